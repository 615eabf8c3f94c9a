"""The layers of a tasking map, each made from one part of the findings."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from folium.map import Layer
from geopandas import GeoSeries

from geodata.cast import FloatArray
from geodata.streets import Streets
from maps import words
from maps.drawing.basemap import ground_layers
from maps.drawing.elements import Label, Labels, Lines, group, image, shapes
from maps.drawing.lonlat import geometry_in_lonlat, middles, to_lonlat
from maps.drawing.surface import picture
from maps.pack import Pack
from maps.style import Shading
from maps.tasking.facts import Patrol, records, shifts, ward_rows
from maps.tasking.switch import Switch
from maps.tasking.walks import drawn

# Sheets of the map from the ground up; Leaflet puts labels at 600 and what one points at above that.
PANES: Final = {"land": 210, "streets": 250, "risk": 300, "names": 330, "routes": 420, "spots": 440}
STREET: Final = "#b9c2cb"
# What gathers, by what the hot spots are ranked by.
RANKED: Final = {"harm": "harm", "crimes": "crime"}
_MOST_WARD_POINTS: Final = 30_000
_MOST_STREET_POINTS: Final = 120_000
_MOST_STREET_NAMES: Final = 250
_THIN_M: Final = 3.0
_FIRST: Final = 5  # ranks that stand out
# Classes of hot spots that the map tells apart, by outline and by the form of the number, with their meaning.
CLASSES: Final = {
    "persistent": "hot nearly all the time",
    "emerging": "hot lately, not before",
    "intermittent": "hot now and then",
    "former": "hot before, not lately",
}
UNCLASSED: Final = ("not classed", "too little to say")


@dataclass(frozen=True)
class Drawn:
    """The streets of a base map, and how far from a hot spot one is drawn at most (metres; None: all are)."""

    layers: tuple[Layer, ...]
    within_m: float | None


def where(pack: Pack, classes: Shading) -> tuple[Switch, ...]:
    """
    Return the layers that say where: the risk, and the hot spots with their ranks.

    Parameters
    ----------
    pack : one run's findings
    classes : of the risk in each cell
    """
    found: list[Switch] = []
    drawn = picture(np.where(pack.study, classes.number, 0), pack.grid)
    if drawn is not None:
        found.append(Switch("risk", f"Where {RANKED[pack.rank_by]} gathers", image(drawn, pane="risk", show=True)))
    if len(pack.hotspots):
        found.append(Switch("spots", "Hot spots", group(_spots(pack))))
    return tuple(found)


def lasting(history: str) -> str:
    """Return in a word whether a hot spot lasts."""
    return history if history in CLASSES else UNCLASSED[0]


def key_of_classes(pack: Pack) -> list[tuple[str, str, str]]:
    """Return the classes that the hot spots have: look, name, and what it means."""
    held = set(pack.hotspots["history"])
    found = [(name, name, said) for name, said in CLASSES.items() if name in held]
    return [*found, ("unclassed", *UNCLASSED)] if held - set(CLASSES) else found


def who(pack: Pack, walks: tuple[Patrol, ...]) -> tuple[Switch, ...]:
    """
    Return the layers that say who goes: the teams of the wards, the patrols of each shift, and the bases.

    Parameters
    ----------
    pack : one run's findings
    walks : its patrols
    """
    held = [
        Switch(f"patrols-{number}", f"Patrols: {shift}", group(drawn(pack, group_of)))
        for number, (shift, group_of) in enumerate(shifts(walks).items())
    ]
    bases = [Switch("bases", "Bases", group([_bases(pack)]))] if pack.bases else []
    return (Switch("teams", "Teams by ward", group([_teams(pack)])), *held, *bases)


def land(pack: Pack) -> tuple[Layer, ...]:
    """Return the wards with their names, thinned alike on both sides of a border until they are small."""
    metres, outline = _THIN_M, geometry_in_lonlat(pack.wards.geometry, simplify=_THIN_M)
    while shapely.get_num_coordinates(outline.to_numpy()).sum() > _MOST_WARD_POINTS and metres < 1_000:
        metres *= 2
        outline = geometry_in_lonlat(pack.wards.geometry, simplify=metres)
    looks = [
        {"look": "ward", "tip": name, "key": f"ward-{code}"}
        for code, name in zip(pack.wards["code"], pack.wards["name"], strict=True)
    ]
    longitude, latitude = middles(pack.wards.geometry)
    west, _, east, _ = pack.wards.bounds.to_numpy().T
    biggest = np.argsort(-pack.wards.area.to_numpy(), kind="stable")
    names = [
        Label(longitude[at], latitude[at], "ward-name", pack.wards["name"].iloc[at], room=float(east[at] - west[at]))
        for at in biggest
    ]
    return shapes(outline, looks, pane="land"), Labels(names, importance=1)


def streets(pack: Pack) -> Drawn:
    """Return the street network as a quiet ground, nearest to the hot spots first where it is too much to send."""
    laid = ground_layers(pack)
    if laid is not None:
        return Drawn(*laid)
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
    longitude, latitude = middles(spots.geometry)
    tips = [
        f"{spot.rank}. {spot.name}, {lasting(spot.history)}: {words.number(spot.expected_crimes)} crimes a week"
        for spot in spots.itertuples()
    ]
    looks = [
        {"look": f"spot {_class(history)}", "key": key, "tip": tip}
        for key, tip, history in zip(spots["hotspot_id"], tips, spots["history"], strict=True)
    ]
    ranks = [
        Label(longitude[at], latitude[at], _rank_look(spot), str(spot.rank), tips[at], spot.hotspot_id)
        for at, spot in enumerate(records(spots))
    ]
    casing = shapes(outline, [{"look": "casing spot-casing", "key": key} for key in spots["hotspot_id"]], pane="spots")
    return [casing, shapes(outline, looks, pane="spots"), Labels(ranks, importance=5)]


def _rank_look(spot: Any) -> str:
    return f"rank {_class(spot.history)}" + (" rank-first" if spot.rank <= _FIRST else "")


def _class(history: str) -> str:
    """Return the class of the style sheet for a hot spot's history."""
    return history if history in CLASSES else "unclassed"


def _teams(pack: Pack) -> Labels:
    places = dict(zip(pack.wards["code"], zip(*middles(pack.wards.geometry), strict=True), strict=True))
    labels = []
    for row in records(ward_rows(pack)):
        team = f"{words.count(row.constables, 'constable')}, {words.count(row.csos, 'CSO')}"
        text, tip = f"{row.constables} + {row.csos}", f"{row.name}: {team}; {row.reason}".removesuffix("; ")
        longitude, latitude = places[row.code]
        labels.append(Label(longitude, latitude, "team", text, tip, f"ward-{row.code}"))
    return Labels(labels, importance=3)


def _bases(pack: Pack) -> Labels:
    x, y = (np.array([getattr(base, axis) for base in pack.bases], dtype=np.float64) for axis in "xy")
    longitude, latitude = to_lonlat(x, y, pack.grid.crs)
    labels = [Label(a, b, "base", base.name) for a, b, base in zip(longitude, latitude, pack.bases, strict=True)]
    return Labels(labels, importance=2)
