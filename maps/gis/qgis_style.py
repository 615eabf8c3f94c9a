"""Styles in QGIS's own words (QML), short enough that every version since 3.4 reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from xml.etree import ElementTree as ET

from maps import words

Shape = Literal["fill", "line", "marker"]

_LAYER_CLASS: Final[dict[Shape, str]] = {"fill": "SimpleFill", "line": "SimpleLine", "marker": "SimpleMarker"}
_PLACEMENT: Final[dict[Shape, str]] = {"marker": "6", "line": "2", "fill": "0"}  # beside, along, around the middle
_GEOMETRY_TYPE: Final[dict[Shape, str]] = {"marker": "0", "line": "1", "fill": "2"}


@dataclass(frozen=True)
class Rule:
    """
    What is drawn how.

    Parameters
    ----------
    label : words in the legend
    properties : QGIS's names and values of a simple symbol
    where : QGIS expression that picks the rows; all of them when empty
    """

    label: str
    properties: Mapping[str, str]
    where: str = ""


def quoted(text: str) -> str:
    """Return `text` as a QGIS expression; what no XML may hold, such as a vertical tab, is told by its number."""
    held = text.replace("\\", "\\\\").replace("'", "''")
    return "'" + "".join(letter if letter.isprintable() else f"' || char({ord(letter)}) || '" for letter in held) + "'"


def qml(shape: Shape, rules: Sequence[Rule], *, label: str = "", size: float = 8, priority: int = 5) -> str:
    """
    Return the style of a layer.

    Parameters
    ----------
    shape : what its geometry is drawn as
    rules : in the order of the legend
    label : QGIS expression of the text beside each feature; none where it is empty
    size : points
    priority : 0 to 10; which label gives way where two would meet
    """
    root = ET.Element(
        "qgis", labelsEnabled="1" if label else "0", version="3.22.0", styleCategories="Symbology|Labeling"
    )
    renderer = ET.SubElement(root, "renderer-v2", type="RuleRenderer", symbollevels="0", forceraster="0")
    held = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        found = {"filter": rule.where} if rule.where else {}
        ET.SubElement(held, "rule", found, symbol=str(number), key=f"rule {number}", label=words.printable(rule.label))
        _symbol(symbols, str(number), shape, rule.properties)
    if label:
        _labels(root, label, size, placement=_PLACEMENT[shape], priority=priority)
    ET.SubElement(root, "layerGeometryType").text = _GEOMETRY_TYPE[shape]
    return ET.tostring(root, encoding="unicode")


def _symbol(parent: ET.Element, name: str, shape: Shape, properties: Mapping[str, str]) -> None:
    symbol = ET.SubElement(parent, "symbol", name=name, type=shape, alpha="1", clip_to_extent="1", force_rhr="0")
    layer = ET.SubElement(symbol, "layer", {"class": _LAYER_CLASS[shape], "pass": "0"}, enabled="1", locked="0")
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in properties.items():
        ET.SubElement(options, "Option", name=key, value=value, type="QString")
        ET.SubElement(layer, "prop", k=key, v=value)  # what versions before 3.26 read


def _labels(root: ET.Element, expression: str, size: float, *, placement: str, priority: int) -> None:
    settings = ET.SubElement(ET.SubElement(root, "labeling", type="simple"), "settings")
    style = {"fieldName": expression, "isExpression": "1", "fontSize": str(size), "fontSizeUnit": "Point"}
    style |= {"fontFamily": "DejaVu Sans", "fontWeight": "63"}
    text = ET.SubElement(settings, "text-style", style, textColor="11,12,12,255", textOpacity="1", multilineHeight="1")
    buffer = {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", "bufferColor": "255,255,255,255"}
    ET.SubElement(text, "text-buffer", buffer, bufferOpacity="1")
    where = {"placement": placement, "priority": str(priority), "placementFlags": "10", "dist": "1", "distUnits": "MM"}
    ET.SubElement(settings, "placement", where, quadOffset="4", centroidWhole="1")
    ET.SubElement(settings, "rendering", drawLabels="1", scaleVisibility="0", obstacle="1", maxNumLabels="2000")
