"""The made-up force's premises: homes, shops, licensed premises and others, along both sides of every street."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from geopandas import GeoDataFrame
from numpy.random import Generator
from scipy.spatial import cKDTree

from geodata._network import Streets
from geodata._town_land import RIVER_HALF_WIDTH_M, Land
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.tables import WORKING_CRS

KINDS: Final = ("home", "shop", "licensed", "other")
HOME, SHOP, LICENSED, OTHER = range(4)
LEAST_AT_A_POINT: Final = 8  # premises to a published map point, as data.police.uk has it
_PARADES_A_QUARTER: Final = 0.4
_PEOPLE_A_HOME: Final = 2.3


@dataclass(frozen=True, eq=False)
class Premises:
    """
    Every premises, in the order of its number.

    Parameters
    ----------
    door : metres, shape (premises, 2)
    kerb : metres, shape (premises, 2): a place on the street before the door
    kind : position in `KINDS`
    street : number of the street's name
    streets : the names of streets
    quarter : number of the quarter that holds door and kerb
    ward : number of its ward
    remoteness : 0 in the middle of a town, 1 on its edge
    """

    door: FloatArray
    kerb: FloatArray
    kind: IntArray
    street: IntArray
    streets: pd.Index
    quarter: IntArray
    ward: IntArray
    remoteness: FloatArray

    @property
    def size(self) -> int:
        """The number of premises."""
        return len(self.kind)


def make_premises(rng: Generator, land: Land, streets: Streets) -> Premises:
    """Return premises close together in town and far apart in the country, each with door and kerb in one quarter."""
    edge, metres, side = _frontages(rng, land, streets)
    lines = streets.lines().to_numpy()[edge]
    kerb = shapely.get_coordinates(shapely.line_interpolate_point(lines, metres))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, metres + 1.0)) - kerb
    along = ahead / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]
    outward = np.column_stack((-along[:, 1], along[:, 0])) * side[:, None]
    door = _to_10_cm(kerb + outward * rng.uniform(9, 14, (len(kerb), 1)))
    kerb = _to_10_cm(kerb + 3.0 * outward)
    quarter = _quarter(land, door)
    kept = (quarter >= 0) & (_quarter(land, kerb) >= 0) & ~_in_water(land, door)
    door, kerb, edge, quarter = door[kept], kerb[kept], edge[kept], quarter[kept]
    return Premises(
        door=door,
        kerb=kerb,
        kind=_kinds(rng, land, door),
        street=streets.names.codes[edge].astype(np.int64),
        streets=streets.names.categories,
        quarter=quarter,
        ward=land.ward[quarter],
        remoteness=land.towns.remoteness(door),
    )


def make_areas(land: Land, premises: Premises, names: npt.NDArray[np.object_], deprivation: FloatArray) -> GeoDataFrame:
    """Return the table of wards: a name each, people by their homes, and tenths of deprivation (1 = most deprived)."""
    wards = land.wards()
    homes = np.bincount(premises.ward[premises.kind == HOME], minlength=len(wards))
    rank = np.empty(len(wards), dtype=np.int64)
    rank[np.argsort(-deprivation, kind="stable")] = np.arange(len(wards))
    table = {
        "code": pd.array(ward_codes(len(wards)), dtype="string"),
        "name": pd.array(names[: len(wards)], dtype="string"),
        "kind": pd.array(["ward"] * len(wards), dtype="string"),
        "edition": pd.array([2022] * len(wards), dtype="Int64"),
        "population": np.round(homes * _PEOPLE_A_HOME),
        "deprivation_decile": (rank * 10 // len(wards) + 1).astype(np.float64),
    }
    return GeoDataFrame(table, geometry=wards, crs=WORKING_CRS)


def ward_codes(count: int) -> list[str]:
    """Return codes like those of the statistics office, but under a letter that no nation uses."""
    return [f"X05{number:06d}" for number in range(1, count + 1)]


def numbered(prefix: str, numbers: IntArray, width: int) -> pa.Array:
    """Return texts such as P0000012."""
    return pc.binary_join_element_wise(prefix, pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0"), "")


def map_points(premises: Premises) -> tuple[FloatArray, IntArray]:
    """
    Return the places to which published crimes are moved, and the street of each.

    A point is the middle of at least eight neighbouring premises of one street; a street with fewer has none, and its
    crimes go to the nearest point of another.
    """
    order = np.lexsort((np.arange(premises.size), premises.quarter, premises.street))
    block = premises.street[order] * (premises.quarter.max(initial=0) + 1) + premises.quarter[order]
    _, first, count = np.unique(block, return_index=True, return_counts=True)
    place = np.arange(premises.size) - np.repeat(first, count)
    points = count // LEAST_AT_A_POINT
    base = np.concatenate(([0], np.cumsum(points)))
    own = np.minimum(place // LEAST_AT_A_POINT, np.repeat(points, count) - 1)
    point = np.repeat(base[:-1], count) + own
    some = np.repeat(points, count) > 0
    size = np.bincount(point[some], minlength=base[-1])
    xy = [np.bincount(point[some], weights=axis, minlength=base[-1]) / size for axis in premises.kerb[order][some].T]
    street = np.zeros(base[-1], dtype=np.int64)
    street[point[some]] = premises.street[order][some]
    return np.asarray(np.round(np.column_stack(xy)), dtype=np.float64), street


def _frontages(rng: Generator, land: Land, streets: Streets) -> tuple[IntArray, FloatArray, IntArray]:
    """Return for each plot the street edge, the metres along it and the side (1 left, -1 right)."""
    lines = streets.lines().to_numpy()
    length = shapely.length(lines)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    remote = land.towns.remoteness(middle)
    plot = np.where(remote < 1.15, 8 + 5 * remote, 45.0)
    edges, metres, sides = [], [], []
    for side in (1, -1):
        count = np.floor(length / plot + rng.uniform(0, 1, len(length))).astype(np.int64)
        edge = np.repeat(np.arange(len(lines)), count)
        place = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
        edges.append(edge)
        metres.append((place + rng.uniform(0.35, 0.65, len(edge))) / count[edge] * length[edge])
        sides.append(np.full(len(edge), side))
    return np.concatenate(edges), np.concatenate(metres), np.concatenate(sides)


def _to_10_cm(xy: FloatArray) -> FloatArray:
    return np.asarray(np.round(xy, 1), dtype=np.float64)


def _quarter(land: Land, xy: FloatArray) -> IntArray:
    """Return the number of the one quarter that holds each place, -1 where none does or it lies on a border."""
    place, quarter = shapely.STRtree(land.quarters).query(shapely.points(xy), predicate="intersects")
    hits = np.bincount(place, minlength=len(xy))
    answer = np.full(len(xy), -1)
    answer[place] = quarter
    answer[hits != 1] = -1
    return answer


def _in_water(land: Land, xy: FloatArray) -> BoolArray:
    water = shapely.buffer(land.river, RIVER_HALF_WIDTH_M)
    shapely.prepare(water)
    return np.asarray(shapely.contains_xy(water, *xy.T), dtype=np.bool_)


def _kinds(rng: Generator, land: Land, door: FloatArray) -> IntArray:
    """Return the kind of each premises: shops and pubs in the middle of towns and in parades at crossroads."""
    crossroads = np.concatenate([border.line[[0, -1]] for border in land.borders])
    urban = crossroads[land.towns.remoteness(crossroads) < 1]
    count = min(len(urban), int(_PARADES_A_QUARTER * len(land.quarters)) + 1)
    parades = rng.permutation(np.unique(urban, axis=0))[:count] if len(urban) else land.towns.centre
    metres, _ = cKDTree(parades).query(door)
    centre = land.towns.remoteness(door) / 0.14
    trade = 0.7 * np.exp(-(centre**2)) + 0.55 * np.exp(-((metres / 70) ** 2)) + 0.008
    draw = rng.uniform(size=len(door))
    trading, other = draw < np.minimum(trade, 0.85), draw > 0.985
    licensed = trading & (rng.uniform(size=len(door)) < 0.2)
    return np.select([licensed, trading, other], [LICENSED, SHOP, OTHER], HOME).astype(np.int64)
