"""Is something new going on: the space-time permutation scan, which asks no population and no model of where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from scipy.spatial import cKDTree

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots._kernels.scan import Calendar, Cylinders, Zones, cylinders, greatest, rings
from hotspots.significance import pseudo_p

RADII: Final = (100.0, 200.0, 300.0, 400.0, 500.0, 750.0, 1000.0)  # metres
MOST_PAIRS: Final = 100_000_000  # of places within the greatest radius of each other: 3 GB while they are sorted
DAYS_A_YEAR: Final = 365.25
NEWS: Final = 0.05  # p of a cluster that is worth more random calendars
_HAIR: Final = 1e-9  # so that a place at exactly the radius is inside, whatever the rounding


@dataclass(frozen=True)
class Scan:
    """
    The clusters found, the likeliest first, no two of them sharing a place.

    Parameters
    ----------
    clusters : cluster (from 1), x, y, radius (metres), start, stop (labels of its first and last period), periods,
        places (number of them inside), observed, expected, ratio (observed over expected), llr, p, recurrence_periods,
        recurrence_years (missing if not prospective) and geometry, the circle
    places : x, y, crimes and cluster (0 for none) of each place, from south to north
    crimes : number of crimes scanned
    maxima : greatest log likelihood ratio of each permutation, against which p is taken
    """

    clusters: GeoDataFrame
    places: pd.DataFrame
    crimes: int
    maxima: FloatArray


@dataclass(frozen=True)
class _Cases:
    """Crimes place by place: x, y of the places, the periods of the crimes and where each place's crimes begin."""

    x: FloatArray
    y: FloatArray
    period: IntArray
    first: IntArray

    @property
    def crimes(self) -> IntArray:
        """The number of crimes in each place."""
        return np.diff(self.first)


def space_time_scan(
    crimes: GeoDataFrame,
    periods: Periods,
    *,
    radii: Sequence[float] = RADII,
    longest: int | None = None,
    prospective: bool = True,
    grid: Grid | None = None,
    permutations: int = 999,
    first_look: int | None = None,
    seed: int = 0,
    most: int = 10,
) -> Scan:
    """
    Return where and when more crimes came together than their places' and their periods' totals explain.

    For every circle about a place and every window of periods, c crimes are compared with E = crimes in the circle x
    crimes in the window / all crimes C, by c ln(c/E) + (C - c) ln((C - c)/(C - E)) [1]_. The greatest values are the
    clusters. Each p is the rank of the value among the greatest of `permutations` random calendars, in which the crimes
    keep their places and exchange their periods: it allows for all circles and windows tried. The recurrence interval
    1 / p is how often, by chance alone, a scan made every period would find as much.

    A place that is always busy is no cluster, nor is a month that is busy everywhere. What looks like one and is none:
    a change in recording, or in the list of map points, that meets some places and not others.

    Parameters
    ----------
    crimes : table of crimes, points in a projected CRS
        Those outside the periods are left out.
    periods : Periods, at least 2
    radii : metres, of the circles
    longest : periods, of the windows; by default half of all
    prospective : only windows that end with the last period, to find what is going on now; False for any window
    grid : count by cell and not by point; needed where exact points are many
    permutations : random calendars
    first_look : random calendars after which to stop where the likeliest cluster's p is above 0.05
    seed : start of the random numbers
    most : clusters returned at most

    Returns
    -------
    scan : Scan

    Raises
    ------
    InputError
        If no crime lies in the periods or the grid, periods are fewer than 2, the CRS is not projected, points within
        the greatest radius of each other are too many, or a parameter is out of range.

    References
    ----------
    .. [1] Kulldorff, M., Heffernan, R., Hartman, J., Assuncao, R. & Mostashari, F. (2005). A space-time permutation
       scan statistic for disease outbreak detection. PLoS Medicine 2(3), e59.
    """
    sizes = _checked(radii)
    permutations, seed = cast.whole(permutations, "permutations", least=1), cast.whole(seed, "seed")
    look = permutations if first_look is None else cast.whole(first_look, "first_look", least=1)
    longest, most = _longest(longest, periods), cast.whole(most, "most", least=1)
    cases = _cases(crimes, periods, grid, sizes[-1])
    zones = _zones(cases, sizes)
    totals = np.bincount(cases.period, minlength=periods.size)
    calendar = Calendar(np.concatenate(([0], np.cumsum(totals))), longest, prospective)
    found = cylinders(zones, cases.period, cases.first, calendar)
    chosen = _apart(found.ratio, zones, most)
    drawn = partial(greatest, zones, cases.period, cases.first, calendar, seed)
    maxima = _maxima(drawn, permutations, min(permutations, look), float(found.ratio.max()))
    table = _measured(chosen, found, cases, zones, sizes, calendar, periods)
    table = _judged(table, maxima, periods, prospective)
    circles = GeoSeries.from_xy(table["x"], table["y"], crs=crimes.crs).buffer(table["radius"])
    return Scan(GeoDataFrame(table, geometry=circles), _places(cases, zones, chosen), cases.period.size, maxima)


def _maxima(drawn: Callable[[range], FloatArray], permutations: int, look: int, likeliest: float) -> FloatArray:
    """Return the greatest ratio of each random calendar, of the first `look` alone where no news shows in them."""
    maxima = drawn(range(look))
    p = pseudo_p(np.array([(maxima >= likeliest).sum()]), look)
    return maxima if p[0] > NEWS else np.append(maxima, drawn(range(look, permutations)))


def _checked(radii: Sequence[float]) -> FloatArray:
    sizes = np.array(sorted({cast.above_zero(radius, "radii", "metres") for radius in radii}))
    if sizes.size == 0:
        raise InputError("`radii` must hold at least one radius, got none.")
    return sizes


def _longest(longest: int | None, periods: Periods) -> int:
    if periods.size < 2:
        raise InputError(f"`periods` must be at least 2 to compare one with the others, got {periods.size}.")
    chosen = periods.size // 2 if longest is None else cast.whole(longest, "longest", least=1)
    if chosen >= periods.size:
        raise InputError(f"`longest` must be below the number of periods ({periods.size}), got {chosen}.")
    return chosen


def _cases(crimes: GeoDataFrame, periods: Periods, grid: Grid | None, reach: float) -> _Cases:
    """Return the crimes by place, places near each other lying near each other in memory too."""
    if grid is None and (crimes.crs is None or not crimes.crs.is_projected):
        raise InputError("`crimes` must be in a projected CRS, in metres.")
    x, y = cast.coordinates(crimes, crimes.crs if grid is None else grid.crs)
    number = periods.number(crimes)
    if grid is not None:
        cell = grid.cell_of(x, y)
        x, y = grid.centres(cell)
        number = np.where(cell >= 0, number, -1)
    known = number >= 0
    if not known.any():
        raise InputError("At least one crime must lie in the periods, and in the grid if there is one; none does.")
    x, y, number = x[known], y[known], number[known]
    order = np.lexsort((number, y, x, np.floor(y / reach)))
    x, y = x[order], y[order]
    new = np.flatnonzero(np.concatenate(([True], (np.diff(x) != 0) | (np.diff(y) != 0))))
    return _Cases(x[new], y[new], number[order], np.append(new, x.size).astype(np.int64))


def _zones(cases: _Cases, radii: FloatArray) -> Zones:
    places = np.column_stack([cases.x, cases.y])
    tree = cKDTree(places)
    reach = float(radii[-1]) * (1 + _HAIR)
    pairs = (int(tree.count_neighbors(tree, reach)) - len(places)) // 2
    if pairs > MOST_PAIRS:
        raise InputError(
            f"At most {MOST_PAIRS:,} pairs of places may lie within {radii[-1]:g} metres of each other, got {pairs:,} "
            f"of {len(places):,} places; give a `grid` to count by cell, or smaller `radii`."
        )
    one, other = tree.query_pairs(reach, output_type="ndarray").astype(np.int64).T
    apart = np.hypot(*(places[one] - places[other]).T)
    ring = np.searchsorted(radii * (1 + _HAIR), apart)
    return rings(one, other, ring, cases.crimes, radii.size)


def _apart(ratio: FloatArray, zones: Zones, most: int) -> IntArray:
    """Return the numbers of the zones with the greatest ratios that share no place, the greatest first."""
    chosen: list[int] = []
    taken = np.zeros(len(ratio), dtype=np.bool_)
    for zone in np.argsort(-ratio, axis=None, kind="stable"):
        if len(chosen) == most or ratio.flat[zone] <= 0:
            break
        members = _members(zones, int(zone))
        if not taken[members].any():
            taken[members] = True
            chosen.append(int(zone))
    return np.array(chosen, dtype=np.int64)


def _members(zones: Zones, zone: int) -> IntArray:
    """Return the places within the radius of a zone: what it adds and all smaller radii about its place."""
    sizes = zones.crimes.shape[1]
    return zones.members[zones.edges[zone - zone % sizes] : zones.edges[zone + 1]]


def _measured(
    chosen: IntArray, found: Cylinders, cases: _Cases, zones: Zones, radii: FloatArray, calendar: Calendar,
    periods: Periods,
) -> pd.DataFrame:  # fmt: skip
    """Return what the data say of each cluster."""
    place, size = np.divmod(chosen, radii.size)
    start, stop, observed = (part.ravel()[chosen] for part in (found.start, found.stop, found.observed))
    during = calendar.before[stop] - calendar.before[start]
    expected = zones.crimes.ravel()[chosen] * during / float(calendar.before[-1])
    labels = pd.array(periods.labels, dtype="string")
    columns = {
        "cluster": np.arange(1, chosen.size + 1), "x": cases.x[place], "y": cases.y[place], "radius": radii[size],
        "start": labels[start], "stop": labels[stop - 1], "periods": stop - start,
        "places": np.array([_members(zones, zone).size for zone in chosen.tolist()], dtype=np.int64),
        "observed": observed, "expected": expected, "ratio": observed / expected, "llr": found.ratio.ravel()[chosen],
    }  # fmt: skip
    return pd.DataFrame(columns)


def _judged(table: pd.DataFrame, maxima: FloatArray, periods: Periods, prospective: bool) -> pd.DataFrame:
    """Return the clusters with the p and the recurrence interval of each."""
    as_great = (maxima[:, None] >= table["llr"].to_numpy()[None, :]).sum(axis=0)
    p = pseudo_p(as_great, maxima.size)
    recurrence = 1 / p if prospective else np.full(p.size, np.nan)
    years = float(periods.weeks.mean()) * 7 / DAYS_A_YEAR
    return table.assign(p=p, recurrence_periods=recurrence, recurrence_years=recurrence * years)


def _places(cases: _Cases, zones: Zones, chosen: IntArray) -> pd.DataFrame:
    cluster = np.zeros(cases.x.size, dtype=np.int64)
    for number, zone in enumerate(chosen.tolist(), 1):
        cluster[_members(zones, zone)] = number
    return pd.DataFrame(
        {"x": cases.x, "y": cases.y, "crimes": cases.crimes, "cluster": cluster},
        index=pd.RangeIndex(cases.x.size, name="place"),
    )
