"""The scenario map: two plans side by side, panning together, and what differs between them."""

from typing import Any, Final

import folium
import pandas as pd
from branca.element import MacroElement
from folium.map import Layer
from folium.template import Template
from geopandas import GeoDataFrame
from markupsafe import Markup

from maps import words
from maps.drawing.elements import Label, Labels, group, pane, shapes
from maps.drawing.lonlat import geometry_in_lonlat, middles
from maps.drawing.offline import ASSETS, Page, asset, offline_map
from maps.escape import environment, json_in_script
from maps.scenario.sides import Side, Sides, changed, signed
from maps.style import ROUTES
from maps.tasking.facts import records
from maps.tasking.layers import PANES

_MAP_HERE: Final = "<!--map-->"  # data cannot hold it: `escape` leaves no angle bracket
_STYLE: Final = ("tasking/page.css", "tasking/map.css", "pair.css")
_OWN: Final = (("leaflet", "leaflet/leaflet.js"), ("drawing", "tasking/drawing.js"), ("pair", "pair.js"))
_THIN_M: Final = 8.0
# What may be switched, in the order of the page; "change" lies on the right alone.
_SWITCHES: Final = {
    "change": "What changes by ward",
    "teams": "Teams",
    "spots": "Hot spots visited",
    "routes": "Patrol routes",
}


class PairStart(MacroElement):
    """
    The last script of the page: it ties two maps to each other and to what stands round them.

    Parameters
    ----------
    other : the map on the left; the parent is the one on the right
    left, right : layers of each map by name, "teams-0"
    settings : what `beatplan.pair` is told besides
    """

    _template = Template(
        "{% macro script(this, kwargs) %}beatplan.pair({{ this.other.get_name() }}, {{ this._parent.get_name() }}, ["
        "{% for side in this.sides %}{ {% for name, layer in side.items() %}"
        "{{ name|tojson }}: {{ layer.get_name() }}, {% endfor %} }, {% endfor %}], {{ this.settings }});{% endmacro %}"
    )

    def __init__(
        self, other: folium.Map, left: dict[str, Layer], right: dict[str, Layer], settings: dict[str, Any]
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PairStart"
        self.other, self.sides, self.settings = other, [left, right], json_in_script(settings)


def scenario_map(sides: Sides) -> folium.Map:
    """
    Return the page of two maps side by side, ready for `save_page`: the base on the left, what if on the right.

    What changes is told by colour and by sign, and again in tables below the maps.

    Parameters
    ----------
    sides : the plans, the base first
    """
    outline = geometry_in_lonlat(sides.wards.geometry, simplify=_THIN_M)
    west, south, east, north = (float(edge) for edge in outline.total_bounds)
    left, right = (_bare(sides, outline, (south + north) / 2, (west + east) / 2) for _ in range(2))
    shown = {"left": _layers(sides, sides.sides[0], 0, outline)}
    shown["right"] = {
        name: layer
        for number, side in enumerate(sides.sides[1:], start=1)
        for name, layer in _layers(sides, side, number, outline).items()
    }
    for each, layers in ((left, shown["left"]), (right, shown["right"])):
        for layer in layers.values():
            each.add_child(layer)
    keys = {f"ward-{code}": at for code, at in zip(sides.wards["code"], _places(sides.wards), strict=True)}
    settings = {
        "bounds": [[south, west], [north, east]],
        "labels": [f"Map of {words.printable(side.name)}" for side in (sides.sides[0], sides.sides[1])],
        "names": [words.printable(side.name) for side in sides.sides],
        "places": keys,
    }
    right.add_child(PairStart(left, shown["left"], shown["right"], settings))
    _framed(sides, left, right, set(shown["left"]) | set(shown["right"]))
    return right


def _bare(sides: Sides, outline: Any, latitude: float, longitude: float) -> folium.Map:
    """Return a map of nothing but the wards."""
    made = offline_map(location=[latitude, longitude], zoom_start=11, zoom_snap=0.25, max_zoom=18, min_zoom=6)
    made.default_js = list(_OWN)
    for name, order in PANES.items():
        made.add_child(pane(name, order))
    looks = [
        {"look": "ward", "tip": name, "key": f"ward-{code}"}
        for code, name in zip(sides.wards["code"], sides.wards["name"], strict=True)
    ]
    made.add_child(shapes(outline, looks, pane="land"))
    biggest = sides.wards.area.sort_values(ascending=False, kind="stable").index
    named = [
        Label(longitude, latitude, "ward-name", name)
        for (latitude, longitude), name in zip(
            _places(sides.wards.loc[biggest]), sides.wards.loc[biggest, "name"], strict=True
        )
    ]
    made.add_child(Labels(named, importance=1))
    return made


def _layers(sides: Sides, side: Side, number: int, outline: Any) -> dict[str, Layer]:
    made: dict[str, Layer] = {f"teams-{number}": group([_teams(sides, side)])}
    if number:
        made[f"change-{number}"] = group(_changes(sides, side, outline))
    if sides.hotspots is not None and side.visited is not None:
        made[f"spots-{number}"] = group(_spots(sides.hotspots, sides.visits(side)))
    if side.routes is not None and len(side.routes):
        made[f"routes-{number}"] = group(_routes(side.routes))
    return made


def _teams(sides: Sides, side: Side) -> Labels:
    rows = side.teams.set_index("ward").reindex(sides.wards["code"]).fillna({"constables": 0, "csos": 0})
    labels = [
        Label(longitude, latitude, "team", f"{row.constables:.0f} + {row.csos:.0f}", _team_words(name, row))
        for (latitude, longitude), name, row in zip(
            _places(sides.wards), sides.wards["name"], rows.itertuples(), strict=True
        )
    ]
    return Labels(labels, importance=3)


def _team_words(name: str, row: Any) -> str:
    return f"{name}: {words.count(row.constables, 'constable')}, {words.count(row.csos, 'CSO')}"


def _changes(sides: Sides, side: Side, outline: Any) -> list[Layer]:
    """Return the wards that change, in a colour, and a sign with the number."""
    more = sides.more(side)
    looks, marks, drawn = [], [], []
    for at, ((latitude, longitude), row) in enumerate(zip(_places(sides.wards), records(more), strict=True)):
        if row.constables or row.csos:
            told = f"{row.name}: {changed(row.constables, 'constable')}, {changed(row.csos, 'CSO')}"
            way = "up" if row.more > 0 else "down" if row.more < 0 else "swap"
            size = min(3, max(1, abs(row.more)))
            looks.append({"look": f"change {way} size-{size}", "tip": told, "key": f"ward-{row.ward}"})
            marks.append(Label(longitude, latitude, f"delta {way}", signed(row.more), told, f"ward-{row.ward}"))
            drawn.append(at)
    return [shapes(outline.iloc[drawn], looks, pane="risk"), Labels(marks, importance=5)]


def _spots(hotspots: GeoDataFrame, told: pd.DataFrame) -> list[Layer]:
    """Return the hot spots: visited in both plans, newly visited, no longer visited, or in neither."""
    outline = geometry_in_lonlat(hotspots.geometry)
    looks = [
        {"look": f"spot {row.look}", "tip": f"{row.rank}. {row.name}: {row.words}", "key": row.hotspot_id}
        for row in records(told)
    ]
    marks = [
        Label(longitude, latitude, f"visited {row.look}", f"{row.sign}{row.rank}", f"{row.name}: {row.words}")
        for (latitude, longitude), row in zip(_places(hotspots), records(told), strict=True)
    ]
    return [shapes(outline, looks, pane="spots"), Labels(marks, importance=4)]


def _routes(routes: GeoDataFrame) -> list[Layer]:
    lines = geometry_in_lonlat(routes.geometry, simplify=2.0)
    turn = routes.groupby("shift", sort=False).cumcount() % len(ROUTES)
    looks = [
        {"look": f"route route-{colour}", "tip": f"{row.unit}: {words.count(row.stops, 'stop')}"}
        for row, colour in zip(records(routes), turn, strict=True)
    ]
    return [shapes(lines, looks, pane="routes")]


def _places(shapes_of: GeoDataFrame) -> list[tuple[float, float]]:
    longitude, latitude = middles(shapes_of.geometry)
    return [(round(float(a), 6), round(float(b), 6)) for a, b in zip(latitude, longitude, strict=True)]


def _framed(sides: Sides, left: folium.Map, right: folium.Map, layers: set[str]) -> None:
    kinds = {name.split("-")[0] for name in layers}
    context = {
        "force": sides.force,
        "marking": sides.marking,
        "names": [side.name for side in sides.sides],
        "switches": [(name, told) for name, told in _SWITCHES.items() if name in kinds],
        "summary": sides.summary_rows(),
        "contrasts": [_contrast(sides, side) for side in sides.sides[1:]],
        "notes": sides.notes,
        "credits": " ".join(words.sentence(credit) for credit in sides.credits),
    }
    written = environment(ASSETS).get_template("pair.html").render(map=Markup(_MAP_HERE), **context)  # noqa: S704 - a constant of ours
    above, below = (Markup(part) for part in written.split(_MAP_HERE))  # noqa: S704 - printed by our own template
    style = "\n".join(asset(name) for name in _STYLE)
    page = Page(title=f"Scenario map, {sides.force}", style=style, look="pair", above=above, below=below)
    page.add_child(left)
    page.add_child(right)


def _contrast(sides: Sides, side: Side) -> dict[str, Any]:
    """Return what differs between a plan and the base, in words."""
    more = sides.more(side)
    wards = [
        {
            "key": f"ward-{row.ward}",
            "name": row.name,
            "before": f"{row.constables_before} + {row.csos_before}",
            "after": f"{row.constables_before + row.constables} + {row.csos_before + row.csos}",
            "more": signed(row.more),
        }
        for row in records(more.sort_values(["more", "name"], ascending=[False, True], kind="stable"))
        if row.constables or row.csos
    ]
    spots = [] if sides.hotspots is None or side.visited is None else list(records(sides.visits(side)))
    return {
        "name": side.name,
        "sentence": sides.sentence(side),
        "wards": wards,
        "spots": [row for row in spots if row.look in ("new", "gone")],
        "told_spots": bool(spots),
    }
