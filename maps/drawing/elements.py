"""
What folium lacks or does unsafely, as small elements of our own: the only module that touches its raw text boxes.

Every text given here passes `escape` here. `assets/tasking.js` holds the scripts that the templates call.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import folium
import numpy as np
import shapely
from branca.element import MacroElement
from folium.map import CustomPane, Layer
from folium.template import Template
from geopandas import GeoSeries

from maps.drawing.surface import Picture
from maps.escape import escape, json_in_script

_SCALE: Final = 1_000_000  # six decimals of a degree


@dataclass(frozen=True)
class Label:
    """
    A short text that stands at one place of the map.

    Parameters
    ----------
    longitude, latitude : degrees
    kind : class of the style sheet
    text : shown; escaped here
    tip : shown on pointing; escaped here, "" for none
    key : what pointing and clicking selects, "" for nothing
    shift : pixels to the right, so that labels at one place stand side by side
    turn : degrees clockwise
    room : metres that the place named is wide; a label much wider than that is not shown; 0 for any width
    fill : share of a bar that is filled, 0 to 1 and over, or None for no bar
    """

    longitude: float
    latitude: float
    kind: str
    text: str
    tip: str = ""
    key: str = ""
    shift: int = 0
    turn: int = 0
    room: float = 0.0
    fill: float | None = None


class Labels(Layer):
    """
    Labels that give way to each other: where two would collide, the one named first is shown.

    Parameters
    ----------
    labels : in order of importance
    importance : of this layer beside the others; the higher one is shown
    """

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = "
        "beatplan.labels({{ this.labels }}, {{ this.importance }});{% endmacro %}"
    )

    def __init__(self, labels: Sequence[Label], *, importance: int) -> None:
        super().__init__(name="labels", overlay=True, control=False)
        self._name = "Labels"
        self.importance = importance
        self.labels = json_in_script([_written(label) for label in labels])


class Lines(Layer):
    """
    Many plain lines drawn as one, written as steps from point to point: a third of the size of GeoJSON.

    Parameters
    ----------
    lines : LineStrings in longitude and latitude
    pane : of the map
    colour : of the lines
    """

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = "
        "beatplan.lines({{ this.steps }}, {{ this.options }});{% endmacro %}"
    )

    def __init__(self, lines: GeoSeries, *, pane: str, colour: str) -> None:
        super().__init__(name="lines", overlay=True, control=False)
        self._name = "Lines"
        self.steps = json_in_script([_steps(line) for line in lines])
        self.options = json_in_script({"pane": pane, "color": colour})


class Moments(Layer):
    """
    One mark a place, sized by a number that changes from moment to moment.

    Parameters
    ----------
    data : name, unit, per (what the numbers are multiples of), steps (words of the moments), places (key, name,
        latitude, longitude) and values (whole numbers, one row a place, one column a step); plain text, which the
        page's script only ever sets as text
    """

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = beatplan.moments({{ this.data }});{% endmacro %}"
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(name="moments", overlay=True, control=False)
        self._name = "Moments"
        self.data = json_in_script(data)


class Start(MacroElement):
    """
    The last script of a page: it ties the layers to what stands beside the map.

    Parameters
    ----------
    layers : name that the page's switches use, to layer
    settings : what `beatplan.start` is told besides
    """

    _template = Template(
        "{% macro script(this, kwargs) %}beatplan.start({{ this._parent.get_name() }}, { "
        "{% for name, layer in this.layers.items() %}{{ name|tojson }}: {{ layer.get_name() }}, {% endfor %}"
        "}, {{ this.settings }});{% endmacro %}"
    )

    def __init__(self, layers: Mapping[str, Layer], settings: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Start"
        self.layers = dict(layers)
        self.settings = json_in_script(settings)


def group(children: Sequence[Layer], *, show: bool = False) -> folium.FeatureGroup:
    """Return `children` as one layer that is switched as one."""
    made = folium.FeatureGroup(name="group", control=False, show=show)
    for child in children:
        made.add_child(child)
    return made


def shapes(geometry: GeoSeries, properties: Sequence[Mapping[str, str]], *, pane: str) -> folium.GeoJson:
    """
    Return shapes whose look is told by the style sheet.

    Parameters
    ----------
    geometry : in longitude and latitude
    properties : for each shape `look` (classes of the style sheet), and `key` and `tip` as in `Label` where wanted
    pane : of the map
    """
    features = [
        {"type": "Feature", "properties": _safe(words), "geometry": shape.__geo_interface__}
        for shape, words in zip(geometry, properties, strict=True)
        if not shape.is_empty
    ]
    collection = {"type": "FeatureCollection", "features": features}
    dress = folium.JsCode("beatplan.dress")
    return folium.GeoJson(collection, name="shapes", control=False, on_each_feature=dress, pane=pane)


def image(drawn: Picture, *, pane: str, show: bool) -> folium.raster_layers.ImageOverlay:
    """Return a picture as a layer; the facts beside the map say in words what it shows."""
    south, west, north, east = drawn.bounds
    bounds = [[south, west], [north, east]]
    return folium.raster_layers.ImageOverlay(
        drawn.url, bounds, name="image", control=False, show=show, alt="", pane=pane
    )


def pane(name: str, order: int) -> CustomPane:
    """Return a sheet of the map; those of higher order lie above."""
    return CustomPane(name, z_index=order, pointer_events=True)


def _safe(words: Mapping[str, str]) -> dict[str, str]:
    return {name: str(escape(text)) for name, text in words.items()}


def _written(label: Label) -> dict[str, Any]:
    at = [round(label.latitude, 6), round(label.longitude, 6)]
    words = {"text": label.text, "tip": label.tip, "key": label.key}
    kept = {name: str(escape(text)) for name, text in words.items() if text}
    room, fill = round(label.room), None if label.fill is None else round(min(label.fill, 1.0), 2)
    moved = {name: value for name, value in (("shift", label.shift), ("turn", label.turn), ("room", room)) if value}
    filled = {} if fill is None else {"fill": fill}
    return {"at": at, "kind": label.kind, **kept, **moved, **filled}


def _steps(line: shapely.LineString) -> list[int]:
    points = np.rint(shapely.get_coordinates(line)[:, ::-1] * _SCALE).astype(np.int64)
    steps: list[int] = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64)).ravel().tolist()
    return steps
