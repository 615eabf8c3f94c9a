"""Patrol maps: one page a unit and shift, for the phone of who walks it, and for paper."""

from pathlib import Path
from typing import Any, Final

import folium
import pandas as pd
import shapely
from branca.element import MacroElement
from folium.map import Layer
from folium.template import Template
from geopandas import GeoDataFrame, GeoSeries
from markupsafe import Markup

from maps import words
from maps.drawing.basemap import GroundLayer, TileServer
from maps.drawing.elements import Label, Labels, pane, shapes
from maps.drawing.lonlat import geometry_in_lonlat, middles
from maps.drawing.offline import ASSETS, Page, asset, offline_map, save_page
from maps.drawing.vector_tiles import lay_ground
from maps.escape import environment, json_in_script
from maps.figures.still_ground import Atlas
from maps.pack import Pack
from maps.patrols.ask import prompts
from maps.patrols.meal import meal
from maps.tasking.facts import Patrol, patrols, shift_name
from maps.tasking.layers import PANES
from maps.tasking.walks import drawn as way_drawn
from maps.tasking.walks import way, way_back

_MAP_HERE: Final = "<!--map-->"  # data cannot hold it: `escape` leaves no angle bracket
_STYLE: Final = ("tasking/page.css", "tasking/map.css", "patrol.css")
_AROUND_M: Final = 800.0
_MOST_POINTS: Final = 60_000


class PatrolStart(MacroElement):
    """
    The last script of a patrol's page.

    Parameters
    ----------
    settings : what `beatplan.patrol` is told
    """

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "beatplan.patrol({{ this._parent.get_name() }}, {{ this.settings }});{% endmacro %}"
    )

    def __init__(self, settings: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "PatrolStart"
        self.settings = json_in_script(settings)


def patrol_map(pack: Pack, walk: Patrol, atlas: Atlas) -> folium.Map:
    """
    Return the map of one patrol, ready for `save_page`.

    Parameters
    ----------
    pack : one run's findings
    walk : one of its patrols
    atlas : the ground of the same run
    """
    west, south, east, north = geometry_in_lonlat(GeoSeries(_shown(pack, walk), crs=pack.routes.crs)).total_bounds
    bounds = [[float(south), float(west)], [float(north), float(east)]]
    middle = [round((bounds[0][axis] + bounds[1][axis]) / 2, 6) for axis in (0, 1)]
    drawn = offline_map(location=middle, zoom_start=15, zoom_snap=0.25, max_zoom=19, min_zoom=9)
    own = (("drawing", "tasking/drawing.js"), ("patrol", "patrol.js"))
    drawn.default_js = [("leaflet", "leaflet/leaflet.js"), *own]
    for name, order in PANES.items():
        drawn.add_child(pane(name, order))
    for layer in (*_ground(pack, walk, atlas), *_visited(pack, walk), *way_drawn(pack, [walk]), _base(pack, walk)):
        drawn.add_child(layer)
    label = f"Map of {words.printable(walk.unit)}. Arrow keys move it, plus and minus change the scale."
    ends = [stop.leg.coords[-1] for stop in walk.stops]
    stops = geometry_in_lonlat(GeoSeries(shapely.points(ends) if ends else [], crs=pack.routes.crs))
    places = [[point.y, point.x] for point in stops]
    drawn.add_child(PatrolStart({"bounds": bounds, "label": label, "stops": places}))
    _framed(pack, walk, drawn)
    return drawn


def write_patrol_maps(pack: Pack, folder: str | Path) -> tuple[Path, ...]:
    """
    Write one page a patrol, `patrol-01.html` and on, in the order of the plan.

    Parameters
    ----------
    pack : one run's findings
    folder : there already
    """
    atlas, walks = Atlas.of(pack), patrols(pack)
    digits = max(2, len(str(len(walks))))
    paths = []
    for number, walk in enumerate(walks, start=1):
        paths.append(Path(folder) / f"patrol-{number:0{digits}d}.html")
        save_page(patrol_map(pack, walk, atlas), paths[-1])
    return tuple(paths)


def _shown(pack: Pack, walk: Patrol) -> list[Any]:
    visited = pack.hotspots.loc[pack.hotspots["hotspot_id"].isin([stop.hotspot for stop in walk.stops])]
    return [walk.line, *visited.geometry]


def _ground(pack: Pack, walk: Patrol, atlas: Atlas) -> tuple[Layer, ...]:
    if pack.tiles is not None:
        return (TileServer(pack.tiles, pane="streets"),)
    around = shapely.box(*walk.line.buffer(_AROUND_M).bounds)
    area = GeoDataFrame(geometry=[around], crs=pack.routes.crs)
    near = GeoDataFrame(geometry=[walk.line], crs=pack.routes.crs)
    laid = lay_ground(atlas.within(around), area, near, most_points=_MOST_POINTS, margin=0.0)
    return () if laid is None else (GroundLayer(laid, pane="streets", names="names"),)


def _visited(pack: Pack, walk: Patrol) -> tuple[Layer, ...]:
    seen = dict.fromkeys(stop.hotspot for stop in walk.stops)
    spots = pack.hotspots.set_index("hotspot_id").reindex(seen)
    if spots.empty:
        return ()
    tips = [{"look": "visit", "tip": f"{spot.rank:.0f}. {spot.name}"} for spot in spots.itertuples(index=False)]
    return (shapes(geometry_in_lonlat(spots.geometry), tips, pane="spots"),)


def _base(pack: Pack, walk: Patrol) -> Layer:
    start = GeoSeries([shapely.Point(walk.line.coords[0])], crs=pack.routes.crs)
    (longitude,), (latitude,) = middles(start)
    return Labels([Label(longitude, latitude, "base", walk.base)], importance=3)


def _framed(pack: Pack, walk: Patrol, drawn: folium.Map) -> None:
    written = environment(ASSETS).get_template("patrol.html").render(map=Markup(_MAP_HERE), **_context(pack, walk))  # noqa: S704 - a constant of ours
    above, below = (Markup(part) for part in written.split(_MAP_HERE))  # noqa: S704 - printed by our own template
    style = "\n".join(asset(name) for name in _STYLE)
    title = f"{walk.unit}, {shift_name(walk.shift)}, {pack.force}"
    Page(title=title, style=style, look="patrol", above=above, below=below).add_child(drawn)


def _context(pack: Pack, walk: Patrol) -> dict[str, Any]:
    spots = pack.hotspots.set_index("hotspot_id")
    wards = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    officers = {unit.name: unit.officers for unit in pack.units}.get(walk.unit, 1)
    return {
        **{name: getattr(pack, name) for name in ("force", "marking", "period", "next_period", "run_id")},
        "unit": walk.unit,
        "colour": walk.colour,
        "shift": words.capital(shift_name(walk.shift)),
        "who": words.count(officers, walk.role),
        "base": walk.base,
        "km": words.number(walk.metres / 1000),
        "meal": meal(pack, walk),
        "back": way_back(walk),
        "stops": [_stop(stop, spots.loc[stop.hotspot], wards) for stop in walk.stops],
        "prompts": prompts(spots.loc[stop.hotspot, "offence_mix"] for stop in walk.stops),
        "credits": " ".join(words.sentence(credit) for credit in pack.credits),
    }


def _stop(stop: Any, spot: Any, wards: dict[str, str]) -> dict[str, Any]:
    return {
        "number": stop.number,
        "arrive": stop.arrive,
        "leave": stop.leave,
        "place": stop.place,
        "ward": "" if pd.isna(spot["ward"]) else wards.get(spot["ward"], ""),
        "rank": stop.rank,
        "way": words.capital(way(stop.metres, stop.driven)),
        "reason": words.sentence(spot["reason"]),
        "mix": words.sentence(words.glued(spot["offence_mix"])),
    }
