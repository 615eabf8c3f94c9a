"""What lies between the made-up force's streets: river, parks, woods, a railway and the names of its towns."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely
from geopandas import GeoDataFrame
from numpy.random import Generator
from shapely.geometry.base import BaseGeometry

from geodata._network import Streets
from geodata._town_land import RIVER_HALF_WIDTH_M, Land
from geodata._town_names import place_names
from geodata._town_shapes import CENTRE, Waves
from geodata.tables import WORKING_CRS

_COLUMNS: Final = ("key", "value", "name", "geometry")
_IN_TOWN: Final = 1.1  # remoteness of a quarter's middle, at most
_LEAST_M2: Final = 6_000.0
_PARK_HEDGE_M: Final = 14.0  # between a park and the road round it
_WOODED_SHARE: Final = 0.4  # of the quarters in the country where nobody lives
_KINDS_OF_PARK: Final = ("Park", "Common", "Gardens", "Green", "Recreation Ground")
Row = tuple[str, str, str, BaseGeometry]


def make_ground(rng: Generator, land: Land, streets: Streets) -> GeoDataFrame:
    """Return what a map shows beside the streets: a tag's key and value as OpenStreetMap has them, a name, a shape."""
    names = iter(place_names(rng, len(land.towns.centre) + len(land.quarters) + 1).tolist())
    rows = [*_water(land), *_greens(rng, land, streets, names), *_towns(land, names), *_railway(rng, land)]
    table = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True))
    shapes = shapely.transform(np.array(table.pop("geometry"), dtype=object), lambda xy: np.round(xy, 1))
    return GeoDataFrame({key: list(values) for key, values in table.items()}, geometry=shapes, crs=WORKING_CRS)


def _water(land: Land) -> Iterator[Row]:
    river = shapely.get_parts(shapely.buffer(land.river, RIVER_HALF_WIDTH_M))
    for part in river[~shapely.is_empty(river)]:
        yield "natural", "water", "River Dogger", shapely.Polygon(part.exterior)


def _greens(rng: Generator, land: Land, streets: Streets, names: Iterator[str]) -> Iterator[Row]:
    """Return a park for each quarter in town without a street of its own, and woods for some in the country."""
    within = shapely.buffer(np.array(land.quarters, dtype=object), -_PARK_HEDGE_M)
    tree = shapely.STRtree(streets.lines().to_numpy())
    built_up = np.unique(tree.query(within, predicate="intersects")[0])
    remote = land.towns.remoteness(land.seeds)
    water = shapely.buffer(land.river, 2 * RIVER_HALF_WIDTH_M)
    for quarter in np.setdiff1d(np.arange(len(within)), built_up).tolist():
        park = remote[quarter] <= _IN_TOWN
        kind = _KINDS_OF_PARK[rng.integers(len(_KINDS_OF_PARK))]
        wooded, depth = rng.uniform() < _WOODED_SHARE, rng.uniform(0.08, 0.2)
        if not park and not wooded:
            continue
        ground = within[quarter] if park else _rounded(within[quarter], depth)
        green = _largest(shapely.difference(ground, water))
        if green.area > _LEAST_M2:
            yield ("leisure", "park", f"{next(names)} {kind}", green) if park else ("natural", "wood", "", green)


def _rounded(ground: BaseGeometry, depth: float) -> BaseGeometry:
    """Return the middle of `ground`, without corners."""
    metres = depth * float(np.sqrt(ground.area))
    return shapely.buffer(shapely.buffer(ground, -2 * metres), metres)


def _largest(shape: BaseGeometry) -> shapely.Polygon:
    parts: Any = shapely.get_parts(shape)
    return shapely.Polygon(max(parts, key=lambda part: part.area).exterior) if len(parts) else shapely.Polygon()


def _towns(land: Land, names: Iterator[str]) -> Iterator[Row]:
    for number, centre in enumerate(land.towns.centre):
        yield "place", "city" if number == 0 else "town", next(names), shapely.Point(centre)


def _railway(rng: Generator, land: Land) -> Iterator[Row]:
    """Return a railway from border to border through the largest town, and its station there."""
    force = shapely.coverage_union_all(np.array(land.quarters, dtype=object))
    reach = float(np.hypot(*(shapely.get_coordinates(force) - CENTRE).T).max()) + 1000
    turn, past = rng.uniform(0, np.pi), 0.15 * land.towns.radius[0]
    along = np.arange(-reach, reach, 60.0)
    course = CENTRE + np.outer(along, [np.cos(turn), np.sin(turn)]) + past * np.array([-np.sin(turn), np.cos(turn)])
    line = shapely.intersection(shapely.LineString(Waves.drawn(rng).moved(course)), force)
    for part in shapely.get_parts(line):
        yield "railway", "rail", "", part
    yield "railway", "station", "Central Station", _stop(line)


def _stop(line: BaseGeometry) -> BaseGeometry:
    """Return where the railway comes nearest to the middle of the force."""
    return shapely.shortest_line(line, shapely.Point(CENTRE)).interpolate(0)
