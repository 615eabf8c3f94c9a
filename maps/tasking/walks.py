"""Who goes on foot: the patrols of a shift as lines and numbered stops, and stop by stop by the clock."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from folium.map import Layer
from geopandas import GeoSeries

from maps import words
from maps.drawing.elements import Label, Labels, shapes
from maps.drawing.lonlat import geometry_in_lonlat, to_lonlat
from maps.pack import Pack
from maps.tasking.facts import Patrol

DAY: Final = 1440  # minutes


def drawn(pack: Pack, walks: Sequence[Patrol]) -> list[Layer]:
    """Return the ways of some patrols: what is walked in each patrol's own dashes, what is driven straight and thin."""
    crs = pack.routes.crs
    on_foot, by_car = _ways(walks)
    lines = geometry_in_lonlat(GeoSeries([line for _, line in on_foot], crs=crs), simplify=1.0)
    looks = [{"look": f"route route-{walk.colour}", "key": walk.key, "tip": _tip(walk)} for walk, _ in on_foot]
    casing = [{"look": "casing route-casing", "key": walk.key} for walk, _ in on_foot]
    drives = geometry_in_lonlat(GeoSeries([line for _, line in by_car], crs=crs))
    driven = [{"look": f"drive route-{walk.colour}", "key": walk.key, "tip": f"{_tip(walk)}; driven"}
              for walk, _ in by_car]  # fmt: skip
    return [
        shapes(lines, casing, pane="routes"),
        *([shapes(drives, driven, pane="routes")] if by_car else []),
        shapes(lines, looks, pane="routes"),
        Labels(_stops(pack, walks), importance=4),
    ]


def steps(pack: Pack, walks: Sequence[Patrol]) -> list[dict[str, Any]]:
    """Return what the page's script needs to walk through the stops of some patrols by the clock."""
    start = _begin([_minutes(stop.arrive) for walk in walks for stop in walk.stops])
    crs = pack.routes.crs
    return [
        {
            "key": walk.key,
            "name": walk.unit,
            "colour": walk.colour,
            "base": walk.base,
            "home": _at(walk.line.coords[0], crs),
            "stops": [
                {
                    "at": _at(stop.leg.coords[-1], crs),
                    "from": (_minutes(stop.arrive) - start) % DAY,
                    "to": (_minutes(stop.leave) - start) % DAY,
                    "arrive": stop.arrive,
                    "leave": stop.leave,
                    "place": f"{stop.rank}. {stop.place}",
                    "way": "by car" if stop.driven else "on foot",
                }
                for stop in walk.stops
            ],
        }
        for walk in walks
    ]


def way(metres: float, driven: bool) -> str:
    """Return how a leg is made, in words."""
    return "driven" if driven else f"{words.number(metres, 0)} m on foot"


def _ways(walks: Sequence[Patrol]) -> tuple[list[tuple[Patrol, Any]], list[tuple[Patrol, Any]]]:
    """Return what is walked and what is driven, one shape a patrol, where it has any."""
    on_foot, by_car = [], []
    for walk in walks:
        driven = [stop.leg for stop in walk.stops if stop.driven]
        walked = [*(stop.leg for stop in walk.stops if not stop.driven), walk.home]
        on_foot.append((walk, shapely.line_merge(shapely.MultiLineString(walked), directed=True)))
        if driven:
            by_car.append((walk, shapely.MultiLineString(driven)))
    return on_foot, by_car


def _tip(walk: Patrol) -> str:
    return f"{walk.unit}: {words.count(len(walk.stops), 'stop')}, {words.number(walk.metres / 1000)} km on foot"


def _stops(pack: Pack, walks: Sequence[Patrol]) -> list[Label]:
    """Number the stops where the way reaches them, side by side where patrols share one."""
    labels: list[Label] = []
    standing: dict[str, int] = {}
    for walk in walks:
        for stop in walk.stops:
            latitude, longitude = _at(stop.leg.coords[-1], pack.routes.crs)
            standing[stop.hotspot] = standing.get(stop.hotspot, 0) + 1
            how = "driven there" if stop.driven else way(stop.metres, driven=False)
            tip = f"{walk.unit}, stop {stop.number}: {stop.place}, {stop.arrive} to {stop.leave}, {how}"
            look, shift = f"stop route-{walk.colour}", 14 + 26 * standing[stop.hotspot]
            labels.append(Label(longitude, latitude, look, str(stop.number), tip, walk.key, shift=shift))
    return labels


def _at(point: Sequence[float], crs: Any) -> list[float]:
    longitude, latitude = to_lonlat(np.array([point[0]]), np.array([point[1]]), crs)
    return [round(float(latitude[0]), 6), round(float(longitude[0]), 6)]


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)


def _begin(arrivals: Sequence[int]) -> int:
    """Return the minute at which a shift's stops begin: after the longest stretch of the day without an arrival."""
    if not arrivals:
        return 0
    held = np.unique(arrivals)
    gaps = pd.Series(held).diff().fillna(held[0] + DAY - held[-1])
    return int(held[int(gaps.to_numpy().argmax())])
