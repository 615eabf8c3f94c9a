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
from maps.tasking.facts import Patrol, Stop

DAY: Final = 1440  # minutes
_LETTER_PX: Final = 9


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


def way_back(walk: Patrol) -> str:
    """Return how a patrol comes back, in a sentence."""
    how = way(walk.metres - sum(stop.metres for stop in walk.stops), walk.driven_back)
    return f"Then back to {walk.base}: {how}."


def _ways(walks: Sequence[Patrol]) -> tuple[list[tuple[Patrol, Any]], list[tuple[Patrol, Any]]]:
    """Return what is walked and what is driven, one shape a patrol, where it has any."""
    on_foot, by_car = [], []
    for walk in walks:
        legs = [*((stop.leg, stop.driven) for stop in walk.stops), (walk.home, walk.driven_back)]
        driven = [leg for leg, by_car in legs if by_car]
        walked = [leg for leg, by_car in legs if not by_car]
        if walked:
            on_foot.append((walk, shapely.line_merge(shapely.MultiLineString(walked), directed=True)))
        if driven:
            by_car.append((walk, shapely.MultiLineString(driven)))
    return on_foot, by_car


def _tip(walk: Patrol) -> str:
    return f"{walk.unit}: {words.count(len(walk.stops), 'stop')}, {words.number(walk.metres / 1000)} km on foot"


def _stops(pack: Pack, walks: Sequence[Patrol]) -> list[Label]:
    """Number the stops where the way reaches them, all of a patrol in one place together, patrols side by side."""
    labels: list[Label] = []
    right: dict[str, int] = {}
    for walk in walks:
        for spot in dict.fromkeys(stop.hotspot for stop in walk.stops):
            here = [stop for stop in walk.stops if stop.hotspot == spot]
            latitude, longitude = _at(here[0].leg.coords[-1], pack.routes.crs)
            numbers = " ".join(str(stop.number) for stop in here)
            wide = max(26, _LETTER_PX * len(numbers) + 12)
            shift = right.get(spot, 27) + wide // 2
            right[spot] = shift + wide - wide // 2
            tip = f"{walk.unit}: {here[0].place}: {'; '.join(_told(stop) for stop in here)}"
            labels.append(Label(longitude, latitude, f"stop route-{walk.colour}", numbers, tip, walk.key, shift=shift))
    return labels


def _told(stop: Stop) -> str:
    how = "driven there" if stop.driven else way(stop.metres, driven=False)
    return f"stop {stop.number}, {stop.arrive} to {stop.leave}, {how}"


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
