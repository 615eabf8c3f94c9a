"""The Knox test: are events that are near each other in space near each other in time too, more than by chance?"""

from dataclasses import dataclass, replace
from typing import Any, Final, get_args

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.streets import Streets
from hotspots._kernels.knox import permuted
from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox_interval import ratio_interval
from hotspots.lixels import CutStreets
from hotspots.moments import crossed_moments, shared_moments, upper_tail
from hotspots.nearness import LIXEL_M, SNAP_M, Metric, Nearness, nearness
from hotspots.significance import benjamini_hochberg, pseudo_p

FEW: Final = 10.0  # pairs expected or observed, below which a percentage says more than the data do
LEVEL: Final = 0.05


@dataclass(frozen=True)
class Knox:
    """
    What the pairs of events say, band by band.

    Parameters
    ----------
    table : one row per band of distance and of time, those of the shortest distance first
        space_low, space_high (metres), time_low, time_high (days), space and time (the bands as written), observed and
        expected pairs, ratio with its interval ratio_low to ratio_high, z, p, q, and few: whether the pairs are too few
        for a percentage.
    bands : Bands
    sizes : events of the group, or of either group
    metric : how distance is measured
    permutations, seed : of the dealings from which p comes; with none p follows from expectation and variance
    left_out : events that lie too far from any street
    """

    table: pd.DataFrame
    bands: Bands
    sizes: tuple[int, ...]
    metric: Metric
    permutations: int
    seed: int
    left_out: int = 0

    @property
    def more_than_chance(self) -> pd.Series:
        """Whether each row's band has an end and more pairs than chance, at a false discovery rate of 5 %."""
        ending = np.isfinite(self.table["space_high"]) & np.isfinite(self.table["time_high"])
        more: pd.Series = ending & (self.table["q"] <= LEVEL) & (self.table["observed"] > self.table["expected"])
        return more

    def matrix(self, column: str) -> np.ndarray:
        """Return a column of the table as a matrix: bands of distance by bands of time."""
        return self.table[column].to_numpy().reshape(self.bands.shape)


def knox(
    crimes: GeoDataFrame,
    bands: Bands,
    *,
    against: GeoDataFrame | None = None,
    metric: Metric = "euclidean",
    streets: Streets | None = None,
    exact_times: bool = False,
    permutations: int = 999,
    seed: int = 0,
) -> Knox:
    """
    Return how many pairs of events lie in each band of distance and of time, and how many chance would put there.

    Chance keeps every place and every time, and deals the times out anew among the places [1]_. The expectation and
    the variance of that are exact, so that ratio and z need no dealing [2]_ [3]_; p is the rank of what was observed
    among `permutations` dealings, one-sided (more pairs than chance). With two groups (`against`) each pair has one
    event of either, and times are dealt out within each group.

    The interval of the ratio allows for pairs that share events: three burglaries close together are three pairs. It
    is Garwood's for counts, widened by how much the variance exceeds that of independent pairs.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    bands : Bands
    against : table of crimes in the CRS of `crimes`
        The second group of a bivariate test.
    metric : "euclidean", "manhattan" (along the axes of the CRS) or "network" (along `streets`)
    streets : network; events more than 100 metres from any street are left out, and told
    exact_times : to the minute, where a day is 24 hours; by default to the calendar day
    permutations : 0 or more
        With none, p is the upper tail of a distribution of the same mean and variance.
    seed : of the dealings

    Returns
    -------
    knox : Knox

    Raises
    ------
    InputError
        If a crime is dated too coarsely, the CRS is not projected or differs, streets and metric do not go together,
        or pairs are too many.

    References
    ----------
    .. [1] Knox, E. G. (1964). The detection of space-time interactions. Applied Statistics 13(1), 25-30.
    .. [2] Barton, D. E. & David, F. N. (1966). The random intersection of two graphs. In Research Papers in
       Statistics: Festschrift for J. Neyman. Wiley, 455-459.
    .. [3] Mantel, N. (1967). The detection of disease clustering and a generalized regression approach. Cancer
       Research 27, 209-220.
    .. [4] Johnson, S. D., Bernasco, W., Bowers, K. J. et al. (2007). Space-time patterns of risk: a cross national
       assessment of residential burglary victimization. Journal of Quantitative Criminology 23, 201-219.
    """
    permutations, seed = cast.whole(permutations, "permutations"), cast.whole(seed, "seed")
    cut = cut_streets(metric, streets)
    groups, left_out = _groups(crimes, against, exact_times, cut)
    found = knox_of(groups, bands, metric=metric, cut=cut, permutations=permutations, seed=seed)
    return replace(found, left_out=left_out)


def knox_of(
    groups: tuple[Dated, ...],
    bands: Bands,
    *,
    metric: Metric = "euclidean",
    cut: CutStreets | None = None,
    permutations: int = 999,
    seed: int = 0,
) -> Knox:
    """Return the test of one group of events, or between two, already checked."""
    near = nearness(groups, bands, metric=metric, cut=cut, listing=permutations > 0)
    many = _as_many(near, bands, groups[0], permutations, seed) if permutations else None
    return knox_found(near, bands, many, metric=metric, permutations=permutations, seed=seed)


def knox_found(
    near: Nearness, bands: Bands, many: IntArray | None, *, metric: Metric, permutations: int, seed: int
) -> Knox:
    """Return the test, from the pairs and how many dealings had as many in each band; None where none was made."""
    p = None if many is None else pseudo_p(many, permutations)
    return Knox(_judged(_table(near, bands), p), bands, near.sizes, metric, permutations, seed)


def cut_streets(metric: str, streets: Streets | None) -> CutStreets | None:
    """Return the streets to measure along, None for straight lines; refuse one without the other."""
    if metric not in get_args(Metric):
        raise InputError(f"`metric` must be one of {', '.join(get_args(Metric))}, got {metric}.")
    if (metric == "network") != (streets is not None):
        found = "streets alone" if streets is not None else "the metric alone"
        raise InputError(f"The metric `network` and streets must be given together, got {found}.")
    return None if streets is None else CutStreets.of(streets, LIXEL_M)


def on_streets(events: Dated, cut: CutStreets | None) -> Dated:
    """Return the events that lie near enough to a street; all of them where no streets are given."""
    return events if cut is None else events.take(cut.nearest(events.x, events.y, SNAP_M).edge >= 0)


def _groups(
    crimes: GeoDataFrame, against: GeoDataFrame | None, exact: bool, cut: CutStreets | None
) -> tuple[tuple[Dated, ...], int]:
    tables = [crimes] if against is None else [crimes, against]
    for table in tables:
        crs = cut.streets.crs if cut is not None else crimes.crs
        if table.crs is not None and crs is not None and table.crs != crs:
            raise InputError("Both groups of crimes, and the streets, must be in one CRS; they are not.")
    given = [Dated.of(table, exact=exact) for table in tables]
    groups = tuple(on_streets(events, cut) for events in given)
    if min(group.size for group in groups) == 0:
        raise InputError("At least one event must be given, and lie near a street if there are streets; none does.")
    return groups, sum(events.size for events in given) - sum(events.size for events in groups)


def _moments(near: Nearness, i: int, j: int) -> tuple[float, float]:
    pairs = near.space[i], near.time[j]
    squares = tuple((space[i], time[j]) for space, time in zip(near.space_squares, near.time_squares, strict=True))
    if len(near.sizes) == 1:
        return shared_moments(near.sizes[0], pairs, squares[0])
    return crossed_moments((near.sizes[0], near.sizes[1]), pairs, (squares[0], squares[1]))


def _table(near: Nearness, bands: Bands) -> pd.DataFrame:
    rows, columns = bands.shape
    expected, variance = np.empty(bands.shape), np.empty(bands.shape)
    for i in range(rows):
        for j in range(columns):
            expected[i, j], variance[i, j] = _moments(near, i + 1, j + 1)
    observed = near.pairs[1 : rows + 1, 1 : columns + 1]
    low, high = ratio_interval(near, bands, expected, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, z = observed / expected, (observed - expected) / np.sqrt(np.where(variance > 0, variance, np.nan))
    space, time = np.indices(bands.shape).reshape(2, -1)
    return pd.DataFrame(
        {
            "space_low": np.array(bands.space)[space],
            "space_high": np.array(bands.space)[space + 1],
            "time_low": np.array(bands.time)[time],
            "time_high": np.array(bands.time)[time + 1],
            "space": pd.array(bands.space_labels, dtype="string")[space],
            "time": pd.array(bands.time_labels, dtype="string")[time],
            "observed": observed.ravel(),
            "expected": expected.ravel(),
            "variance": variance.ravel(),
            "ratio": ratio.ravel(),
            "ratio_low": low.ravel(),
            "ratio_high": high.ravel(),
            "z": z.ravel(),
            "few": (np.minimum(observed, expected) < FEW).ravel(),
        }
    )


def _as_many(near: Nearness, bands: Bands, first: Dated, permutations: int, seed: int) -> IntArray:
    """Return for each band how many dealings have as many pairs."""
    held = near.listed
    if held is None:
        raise InputError("Pairs must be listed to be dealt out anew.")
    moments = bands.moments(first.a_day)
    time = short_times(held.time, moments)
    closer = permuted(held.pairs, held.first, time, near.sizes[0], moments, permutations, seed)
    return as_many(near, bands, closer)


def short_times(time: IntArray, moments: IntArray) -> Any:
    """Return times in the shortest whole numbers that hold them."""
    short = np.int16 if max(int(time.max()), int(moments[-1])) < np.iinfo(np.int16).max else np.int32
    return time.astype(short)


def as_many(near: Nearness, bands: Bands, closer: IntArray) -> IntArray:
    """Return for each band how many dealings have as many pairs as were observed, from those closer than each edge."""
    rows, columns = bands.shape
    listed = np.array(near.space[:-1])[None, :, None].repeat(len(closer), axis=0)  # beyond the last edge none is
    by_band = np.diff(np.concatenate((closer, listed), axis=2), axis=2, prepend=0)
    rest = np.array(near.time) - by_band.sum(axis=1)
    dealt = np.concatenate((by_band, rest[:, None, :]), axis=1)[:, 1 : rows + 1, 1 : columns + 1]
    return np.asarray((dealt >= near.pairs[1 : rows + 1, 1 : columns + 1]).sum(axis=0), dtype=np.int64)


def _judged(table: pd.DataFrame, dealt: FloatArray | None) -> pd.DataFrame:
    observed, expected, variance = (
        table[name].to_numpy(dtype=np.float64) for name in ("observed", "expected", "variance")
    )
    p = upper_tail(observed, expected, variance) if dealt is None else dealt.ravel()
    judged = table.drop(columns="variance").assign(p=p, q=benjamini_hochberg(p))
    return judged[[*(name for name in judged if name != "few"), "few"]]
