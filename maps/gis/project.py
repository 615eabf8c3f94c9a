"""
The QGIS project: the tasking map as QGIS opens it, with a sheet of A3 ready to print.

It reads the layers of the GeoPackage beside it and says as little as every version since 3.22 needs. The styles are
those of the GeoPackage, because a project does not ask for them.
"""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from pyproj import CRS

from maps import words
from maps.archive import write_archive
from maps.figures.laid import Window
from maps.figures.printed_map import widened
from maps.gis.layers import LAYERS, styles
from maps.pack import Pack

TITLES: Final = {
    "bases": "Bases", "hot_spots": "Hot spots", "patrols": "CSO patrols", "wards": "Wards and their teams",
    "risk": "Where crime and harm gather",
}  # fmt: skip
_GEOMETRY: Final = {"fill": "Polygon", "line": "Line", "marker": "Point"}
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_VERSION: Final = "3.22.0"
_MARGIN: Final = 0.05
_PAGE, _MAP, _LABEL, _LEGEND, _SCALE_BAR, _PICTURE = "65638", "65639", "65641", "65642", "65646", "65640"
# Left, top, width and height in millimetres on a sheet of A3 on its side.
_SHEET: Final = (0.0, 0.0, 420.0, 297.0)
_FRAME: Final = (10.0, 30.0, 300.0, 250.0)
_MAP_ID: Final = "{" + str(uuid.uuid5(uuid.NAMESPACE_URL, "beatplan:tasking-map")) + "}"


def write_project(pack: Pack, geopackage: Path, path: str | Path) -> Path:
    """
    Write the project as `.qgz`.

    Parameters
    ----------
    pack : one run's findings
    geopackage : what `write_gis` wrote of them; it must lie beside the project
    path : the project

    Returns
    -------
    path : as given
    """
    held = Path(path)
    project = _DOCTYPE + ET.tostring(_project(pack, geopackage.name), encoding="unicode")
    return write_archive(held, {f"{held.stem}.qgs": project.encode()})


def _project(pack: Pack, source: str) -> ET.Element:
    title = words.printable(f"{pack.force}: tasking map, {pack.period}")
    root = ET.Element("qgis", projectname=title, version=_VERSION)
    ET.SubElement(root, "title").text = title
    _crs(ET.SubElement(root, "projectCrs"), pack)
    settings = ET.SubElement(ET.SubElement(root, "properties"), "SpatialRefSys")
    ET.SubElement(settings, "ProjectionsEnabled", type="int").text = "1"
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters"
    _extent(ET.SubElement(canvas, "extent"), _around(pack))
    _crs(ET.SubElement(canvas, "destinationsrs"), pack)
    tree, kept = ET.SubElement(root, "layer-tree-group"), ET.SubElement(root, "projectlayers")
    drawn = styles(pack)
    for name, words_of in TITLES.items():
        where = f"./{source}|layername={name}"
        ET.SubElement(
            tree, "layer-tree-layer", id=_identity(name), name=words_of, source=where, providerKey="ogr",
            checked="Qt::Checked", expanded="1" if name in ("risk", "hot_spots") else "0",
        )  # fmt: skip
        kept.append(_layer(pack, name, words_of, where, drawn[name]))
    _metadata(root, pack, title)
    ET.SubElement(root, "Layouts").append(_layout(pack, title))
    return root


def _layer(pack: Pack, name: str, title: str, where: str, style: str) -> ET.Element:
    qml = ET.fromstring(style)  # noqa: S314 - our own text
    layer = ET.Element(
        "maplayer", type="vector", geometry=_GEOMETRY[LAYERS[name]], labelsEnabled=qml.get("labelsEnabled", "0")
    )
    for tag, text in {"id": _identity(name), "datasource": where, "layername": title, "shortname": name}.items():
        ET.SubElement(layer, tag).text = text
    _crs(ET.SubElement(layer, "srs"), pack)
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    layer.extend(qml)
    return layer


def _identity(name: str) -> str:
    """Return what a layer is called within the project: QGIS throws away what is not longer than ten letters."""
    return f"beatplan_{name}"


def _metadata(root: ET.Element, pack: Pack, title: str) -> None:
    held = ET.SubElement(root, "projectMetadata")
    said = {
        "title": title,
        "abstract": f"{pack.marking}. Run {pack.run_id}. Plans for {pack.next_period}. {' '.join(pack.credits)}",
        "rights": pack.marking,
    }
    for tag, text in said.items():
        ET.SubElement(held, tag).text = words.printable(text)


def _crs(parent: ET.Element, pack: Pack) -> None:
    crs = CRS.from_user_input(pack.grid.crs)
    system = ET.SubElement(parent, "spatialrefsys")
    authority = crs.to_authority()
    ET.SubElement(system, "wkt").text = crs.to_wkt("WKT2_2019")
    if authority:
        ET.SubElement(system, "srsid").text = "1"  # any number: QGIS then looks the system up by its authority
        ET.SubElement(system, "authid").text = ":".join(authority)
    ET.SubElement(system, "description").text = crs.name


def _around(pack: Pack) -> Window:
    west, south, east, north = pack.grid.bounds
    edge = _MARGIN * max(east - west, north - south)
    return west - edge, south - edge, east + edge, north + edge


def _extent(element: ET.Element, bounds: Window) -> None:
    for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        ET.SubElement(element, tag).text = repr(value)


def _layout(pack: Pack, title: str) -> ET.Element:
    """Return a sheet of A3: marking, title, map, key, scale, north, sources and run."""
    layout = ET.Element("Layout", name="Tasking map, A3", units="mm", printResolution="200")
    pages = ET.SubElement(layout, "PageCollection")
    _item(pages, _PAGE, _SHEET)
    view = _item(layout, _MAP, _FRAME, uuid=_MAP_ID, frame="true", followPreset="false", keepLayerSet="false")
    extent = widened(_around(pack), _FRAME[2] / _FRAME[3])
    ET.SubElement(view, "Extent", dict(zip(("xmin", "ymin", "xmax", "ymax"), map(repr, extent), strict=True)))
    lines: Mapping[str, tuple[tuple[float, float, float, float], int]] = {
        pack.marking: ((10.0, 4.0, 400.0, 8.0), 14),
        title: ((10.0, 13.0, 400.0, 14.0), 24),
        f"{pack.marking}. Run {pack.run_id}. {' '.join(pack.credits)}": ((10.0, 283.0, 400.0, 11.0), 8),
        f"Plans for {pack.next_period}": ((315.0, 30.0, 95.0, 14.0), 12),
    }
    for text, (box, points) in lines.items():
        label = _item(layout, _LABEL, box, labelText=words.printable(text), marginX="0", marginY="0", halign="1")
        ET.SubElement(label, "LabelFont", description=f"DejaVu Sans,{points},-1,5,50,0,0,0,0,0")  # until QGIS 3.24
        ET.SubElement(label, "text-style", _text(points))
    _key(layout)
    _scale(layout, extent)
    _item(layout, _PICTURE, (294.0, 33.0, 13.0, 17.0), file="arrows/NorthArrow_02.svg", mode="2", resizeMode="0")
    return layout


def _key(layout: ET.Element) -> None:
    legend = _item(
        layout, _LEGEND, (315.0, 46.0, 95.0, 200.0), map_uuid=_MAP_ID, title="", symbolWidth="7", symbolHeight="4",
        columnCount="1", wrapChar="", resizeToContents="1",
    )  # fmt: skip
    held = ET.SubElement(legend, "styles")
    for name, points in {"title": 14, "group": 12, "subgroup": 11, "symbolLabel": 9}.items():
        style = ET.SubElement(held, "style", name=name, alignment="1", marginTop="2.5", marginLeft="2")
        ET.SubElement(style, "text-style", _text(points))


def _scale(layout: ET.Element, extent: Window) -> None:
    metres = (extent[2] - extent[0]) / 4
    step = next(length for length in (50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 1)
                if length <= metres)  # fmt: skip
    unit, size, name = ("km", 1_000, "km") if step >= 1_000 else ("meters", 1, "m")
    bar = _item(
        layout, _SCALE_BAR, (14.0, 262.0, 100.0, 14.0), mapUuid=_MAP_ID, style="Single Box", unitType=unit,
        unitLabel=name, numSegments="2", numSegmentsLeft="0", numUnitsPerSegment=repr(step / size / 2),
        numMapUnitsPerScaleBarUnit="1", height="3", background="true", segmentSizeMode="0",
    )  # fmt: skip
    ET.SubElement(bar, "text-style", _text(10))


def _item(parent: ET.Element, kind: str, box: tuple[float, float, float, float], **more: str) -> ET.Element:
    left, top, width, height = box
    place = {"position": f"{left},{top},mm", "positionOnPage": f"{left},{top},mm", "size": f"{width},{height},mm"}
    look = {"visibility": "1", "opacity": "1", "background": "false", "frame": "false", "outlineWidthM": "0.3,mm"}
    return ET.SubElement(parent, "LayoutItem", {"type": kind, **place, **look, **more})


def _text(points: int) -> dict[str, str]:
    return {"fontFamily": "DejaVu Sans", "fontSize": str(points), "fontSizeUnit": "Point", "textColor": "20,32,43,255"}
