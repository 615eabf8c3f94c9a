"""The layers of a tasking map, each made from one part of the findings."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from folium.map import Layer
from geopandas import GeoSeries

from geodata.cast import FloatArray
from geodata.streets import Streets
from maps import words
from maps.elements import Label, Labels, Lines, group, image, shapes
from maps.facts import Patrol, records, shifts, ward_rows
from maps.lonlat import geometry_in_lonlat, to_lonlat
from maps.pack import Pack
from maps.style import Shading
from maps.surface import picture

# Sheets of the map from the ground up; Leaflet puts labels at 600 and what one points at above that.
PANES: Final = {"land": 210, "streets": 250, "risk": 300, "routes": 420, "spots": 440}
STREET: Final = "#b9c2cb"
# What gathers, by what the hot spots are ranked by.
RANKED: Final = {"harm": "harm", "crimes": "crime"}
_MOST_WARD_POINTS: Final = 30_000
_MOST_STREET_POINTS: Final = 120_000
_MOST_STREET_NAMES: Final = 250
_MOST_STOPS_AT_FIRST: Final = 24
_THIN_M: Final = 3.0


@dataclass(frozen=True)
class Switch:
    """
    A layer that the reader may switch.

    Parameters
    ----------
    name : what the page's script calls it
    words : what the reader is told
    layer : the drawing
    shown : whether it is there at the start
    """

    name: str
    words: str
    layer: Layer
    shown: bool


@dataclass(frozen=True)
class Drawn:
    """The streets of a base map, and how far from a hot spot one is drawn at most (metres; None: all are)."""

    layers: tuple[Layer, ...]
    within_m: float | None


def switches(pack: Pack, walks: tuple[Patrol, ...], classes: Shading) -> tuple[Switch, ...]:
    """
    Return the layers in the order of a meeting's questions.

    Parameters
    ----------
    pack : one run's findings
    walks : its patrols
    classes : of the risk in each cell
    """
    found: list[Switch] = []
    drawn = picture(np.where(pack.study, classes.number, 0), pack.grid)
    if drawn is not None:
        what = f"Where {RANKED[pack.rank_by]} gathers"
        found.append(Switch("risk", what, image(drawn, pane="risk", show=True), shown=True))
    if len(pack.hotspots):
        found.append(Switch("spots", "Hot spots", group(_spots(pack), show=True), shown=True))
    found.append(Switch("teams", "Who goes: teams by ward", group([_teams(pack)], show=False), shown=False))
    for number, (shift, group_of) in enumerate(shifts(walks).items()):
        shown = number == 0 and sum(len(walk.stops) for walk in group_of) <= _MOST_STOPS_AT_FIRST
        layer = group(_walks(pack, group_of), show=shown)
        found.append(Switch(f"patrols-{number}", f"Patrols: {shift}", layer, shown=shown))
    if pack.bases:
        found.append(Switch("bases", "Bases", group([_bases(pack)], show=True), shown=True))
    return tuple(found)


def land(pack: Pack) -> tuple[Layer, ...]:
    """Return the wards with their names, thinned alike on both sides of a border until they are small."""
    metres, outline = _THIN_M, geometry_in_lonlat(pack.wards.geometry, simplify=_THIN_M)
    while shapely.get_num_coordinates(outline.to_numpy()).sum() > _MOST_WARD_POINTS and metres < 1_000:
        metres *= 2
        outline = geometry_in_lonlat(pack.wards.geometry, simplify=metres)
    tips = [{"look": "ward", "tip": name} for name in pack.wards["name"]]
    longitude, latitude = _middles(pack.wards.geometry)
    biggest = np.argsort(-pack.wards.area.to_numpy(), kind="stable")
    names = [Label(longitude[at], latitude[at], "ward-name", pack.wards["name"].iloc[at]) for at in biggest]
    return shapes(outline, tips, pane="land"), Labels(names, importance=1)


def streets(pack: Pack) -> Drawn:
    """Return the street network as a quiet ground, nearest to the hot spots first where it is too much to send."""
    if pack.streets is None:
        return Drawn((), None)
    edges = pack.streets.lines()
    far = _distance(edges, pack)
    order = np.argsort(far, kind="stable")
    points = np.cumsum(shapely.get_num_coordinates(edges.to_numpy()[order]))
    kept = order[: max(1, int(np.searchsorted(points, _MOST_STREET_POINTS, side="right")))]
    merged = shapely.line_merge(shapely.multilinestrings(edges.to_numpy()[np.sort(kept)]))
    line = geometry_in_lonlat(GeoSeries(shapely.get_parts(merged), crs=edges.crs), simplify=_THIN_M)
    layers = (Lines(line, pane="streets", colour=STREET), _street_names(pack.streets, edges, kept))
    return Drawn(layers, float(far[kept].max()) if len(kept) < len(edges) else None)


def _distance(edges: GeoSeries, pack: Pack) -> FloatArray:
    if len(pack.hotspots) == 0:
        return np.zeros(len(edges))
    tree = shapely.STRtree(pack.hotspots.geometry.to_numpy())
    (asked, _), metres = tree.query_nearest(edges.to_numpy(), return_distance=True, all_matches=False)
    found = np.zeros(len(edges))
    found[asked] = metres
    return found


def _street_names(network: Streets, edges: GeoSeries, kept: np.ndarray) -> Labels:
    """Name the longest streets drawn, each once, at its longest stretch and along it."""
    lengths = edges.length.to_numpy()[kept]
    table = pd.DataFrame({"name": np.asarray(network.names)[kept], "edge": kept, "metres": lengths}).dropna()
    longest = table.sort_values(["metres", "edge"], ascending=[False, True]).drop_duplicates("name")
    total = table.groupby("name")["metres"].sum()
    longest = longest.assign(total=longest["name"].map(total)).sort_values(["total", "name"], ascending=[False, True])
    chosen = longest.head(_MOST_STREET_NAMES)
    line = geometry_in_lonlat(edges.iloc[chosen["edge"]])
    labels = [_along(shape, name) for shape, name in zip(line, chosen["name"], strict=True)]
    return Labels(labels, importance=0)


def _along(line: shapely.LineString, name: str) -> Label:
    (west, south), (east, north) = line.coords[0], line.coords[-1]
    middle = line.interpolate(0.5, normalized=True)
    turn = -np.degrees(np.arctan2(north - south, (east - west) * np.cos(np.radians(middle.y))))
    upright = (turn + 90) % 180 - 90
    return Label(middle.x, middle.y, "street-name", name, turn=round(float(upright)))


def _spots(pack: Pack) -> list[Layer]:
    spots = pack.hotspots.sort_values("rank", kind="stable")
    outline = geometry_in_lonlat(spots.geometry)
    longitude, latitude = _middles(spots.geometry)
    tips = [
        f"{spot.rank}. {spot.name}: {words.number(spot.expected_crimes)} crimes a week" for spot in spots.itertuples()
    ]
    looks = [{"look": "spot", "key": key, "tip": tip} for key, tip in zip(spots["hotspot_id"], tips, strict=True)]
    ranks = [
        Label(longitude[at], latitude[at], _rank_look(spot.rank), str(spot.rank), tips[at], spot.hotspot_id)
        for at, spot in enumerate(records(spots))
    ]
    casing = shapes(outline, [{"look": "casing spot-casing", "key": key} for key in spots["hotspot_id"]], pane="spots")
    return [casing, shapes(outline, looks, pane="spots"), Labels(ranks, importance=5)]


def _rank_look(rank: int) -> str:
    return "rank rank-first" if rank <= 5 else "rank"


def _teams(pack: Pack) -> Labels:
    places = dict(zip(pack.wards["code"], zip(*_middles(pack.wards.geometry), strict=True), strict=True))
    labels = []
    for row in records(ward_rows(pack)):
        team = f"{words.count(row.constables, 'constable')}, {words.count(row.csos, 'CSO')}"
        text, tip = f"{row.constables} + {row.csos}", f"{row.name}: {team}; {row.reason}".removesuffix("; ")
        longitude, latitude = places[row.code]
        labels.append(Label(longitude, latitude, "team", text, tip))
    return Labels(labels, importance=3)


def _walks(pack: Pack, walks: tuple[Patrol, ...]) -> list[Layer]:
    lines = geometry_in_lonlat(GeoSeries([walk.line for walk in walks], crs=pack.routes.crs), simplify=1.0)
    looks = [
        {"look": f"route route-{walk.colour}", "key": walk.key, "tip": f"{walk.unit}: {_walk_words(walk)}"}
        for walk in walks
    ]
    casing = shapes(lines, [{"look": "casing route-casing", "key": walk.key} for walk in walks], pane="routes")
    return [casing, shapes(lines, looks, pane="routes"), Labels(_stops(pack, walks), importance=4)]


def _walk_words(walk: Patrol) -> str:
    return f"{words.count(len(walk.stops), 'stop')}, {words.number(walk.metres / 1000)} km from {walk.base}"


def _stops(pack: Pack, walks: tuple[Patrol, ...]) -> list[Label]:
    """Number the stops on the walk where it comes closest to the middle of the hot spot, side by side."""
    middle = pack.hotspots.set_index("hotspot_id").geometry.representative_point()
    labels, standing = [], dict.fromkeys(middle.index, 0)
    for walk in walks:
        for stop in walk.stops:
            point = walk.line.interpolate(walk.line.project(middle[stop.hotspot]))
            (longitude,), (latitude,) = to_lonlat(np.array([point.x]), np.array([point.y]), pack.routes.crs)
            standing[stop.hotspot] += 1
            tip = f"{walk.unit}, stop {stop.number}: {stop.place}, {stop.arrive} to {stop.leave}"
            look, shift = f"stop route-{walk.colour}", 14 + 26 * standing[stop.hotspot]
            labels.append(Label(longitude, latitude, look, str(stop.number), tip, walk.key, shift=shift))
    return labels


def _bases(pack: Pack) -> Labels:
    x, y = (np.array([getattr(base, axis) for base in pack.bases], dtype=np.float64) for axis in "xy")
    longitude, latitude = to_lonlat(x, y, pack.grid.crs)
    labels = [Label(a, b, "base", base.name) for a, b, base in zip(longitude, latitude, pack.bases, strict=True)]
    return Labels(labels, importance=2)


def _middles(polygons: GeoSeries) -> tuple[FloatArray, FloatArray]:
    inside = polygons.representative_point()
    return to_lonlat(inside.x.to_numpy(), inside.y.to_numpy(), polygons.crs)
