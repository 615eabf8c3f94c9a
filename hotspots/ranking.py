"""How sure the order of hot spots is: intervals on ranks and steadiness over time."""

from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from numpy.typing import ArrayLike

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.density import weights_of
from hotspots.spots import Spots

LEAST_PERIODS: Final = 6  # fewer say next to nothing of how much a period varies
_HELD: Final = 4_000_000  # numbers of a bootstrap held at once


def weight_by_period(
    spots: Spots, crimes: GeoDataFrame, grid: Grid, periods: Periods, *, weights: Any = None
) -> pd.DataFrame:
    """
    Return the weight that fell into each hot spot in each period.

    Parameters
    ----------
    spots : the hot spots chosen
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    periods : Periods
    weights : at least 0, one per crime, by default 1 each

    Returns
    -------
    weight : hot spots (their number in `spots`) x periods by label

    Raises
    ------
    InputError
        If `weights` or `crimes` break the rules of `kernel_density`.
    """
    heavy = weights_of(weights, crimes)
    cell, period = grid.cell_of(*cast.coordinates(crimes, grid.crs)), periods.number(crimes)
    number = np.full(grid.size + 1, -1, dtype=np.int64)  # the last one stands for outside the grid: cell -1
    number[spots.cells.index.to_numpy()] = spots.cells.to_numpy() - 1
    kept = (number[cell] >= 0) & (period >= 0)
    size = len(spots.table), periods.size
    pairs = number[cell][kept] * periods.size + period[kept]
    sums = np.bincount(pairs, weights=heavy[kept], minlength=size[0] * size[1]).reshape(size)
    return pd.DataFrame(sums, index=pd.Index(spots.table["rank"], name="hotspot"), columns=periods.labels)


def rank_intervals(
    by_period: pd.DataFrame,
    *,
    weeks: ArrayLike | None = None,
    top: int = 10,
    level: float = 0.9,
    samples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Return the rank of each hot spot by its mean rate, and the interval that a bootstrap over periods gives it.

    Whole periods are drawn again, with replacement and the same ones for all hot spots, and the hot spots ranked anew
    each time [1]_. The interval takes the better rank of ties at its low end and the worse at its high end, so that
    hot spots that nothing tells apart do not look ordered. It says how sure the order among *these* hot spots is, not
    whether they were the right ones to choose; and it takes the periods as interchangeable, so that a trend or a season
    widens it.

    Parameters
    ----------
    by_period : at least 0, hot spots x periods
        Crimes or harm, as from `weight_by_period`.
    weeks : length of each period, by default all alike
    top : number of places for which `in_top` is counted
    level : of the interval, above 0 and below 1
    samples : number of bootstrap samples, at least 100
    seed : start of the random numbers

    Returns
    -------
    ranks : rate (a week, or a period where no weeks are given), rank (from 1, the better of ties), low, high, in_top
        (share of the samples in which it is among the `top`, ties counted against it)
        Indexed like `by_period`.

    Raises
    ------
    InputError
        If the table has under 6 periods or holds a number below 0 or not finite, or a parameter is out of range.

    References
    ----------
    .. [1] Goldstein, H. & Spiegelhalter, D. J. (1996). League tables and their limitations: statistical issues in
       comparisons of institutional performance. Journal of the Royal Statistical Society A 159(3), 385-443.
    """
    values, lengths = _table(by_period, weeks)
    top, samples = cast.whole(top, "top", 1), cast.whole(samples, "samples", 100)
    if values.shape[1] < LEAST_PERIODS:
        raise InputError(f"An interval on ranks needs at least {LEAST_PERIODS} periods, got {values.shape[1]}.")
    if not 0 < cast.within(level, "level", 0, 1) < 1:
        raise InputError(f"`level` must be above 0 and below 1, got {level}.")
    rng = np.random.default_rng(cast.whole(seed, "seed"))
    best, worst = _resampled(values, lengths, samples, rng)
    rate = values.sum(axis=1) / lengths.sum()
    columns = {
        "rate": rate,
        "rank": _ranks(rate[None, :])[0][0],
        "low": np.quantile(best, (1 - level) / 2, axis=0, method="inverted_cdf"),
        "high": np.quantile(worst, (1 + level) / 2, axis=0, method="inverted_cdf"),
        "in_top": (worst <= top).mean(axis=0),
    }
    return pd.DataFrame(columns, index=by_period.index).astype({"rank": np.int64, "low": np.int64, "high": np.int64})


def rank_stability(
    by_period: pd.DataFrame, *, window: int, top: int = 10, weeks: ArrayLike | None = None
) -> pd.DataFrame:
    """
    Return in what share of rolling windows each hot spot is among the top.

    Parameters
    ----------
    by_period : at least 0, hot spots x periods in their order
    window : number of periods looked at together, at most all
    top : number of places; ties count against a hot spot
    weeks : length of each period, by default all alike

    Returns
    -------
    stability : windows (number of them), in_top (number of those in which it is among the top), share
        Indexed like `by_period`.

    Raises
    ------
    InputError
        If the table holds a number below 0 or not finite, or a parameter is out of range.
    """
    values, lengths = _table(by_period, weeks)
    window, top = cast.whole(window, "window", 1), cast.whole(top, "top", 1)
    if window > lengths.size:
        raise InputError(f"`window` must be at most the number of periods ({lengths.size}), got {window}.")
    sums, spans = (np.lib.stride_tricks.sliding_window_view(part, window, -1).sum(-1) for part in (values, lengths))
    _, worst = _ranks((sums / spans).T)
    inside = (worst <= top).sum(axis=0)
    columns = {"windows": len(worst), "in_top": inside, "share": inside / len(worst)}
    return pd.DataFrame(columns, index=by_period.index)


def _table(by_period: pd.DataFrame, weeks: ArrayLike | None) -> tuple[FloatArray, FloatArray]:
    values = by_period.to_numpy(dtype=np.float64)
    cast.weights(values.ravel(), values.size, "by_period")
    lengths = cast.weights(weeks, values.shape[1], "weeks")
    if values.shape[1] == 0 or not (lengths > 0).all():
        raise InputError("`by_period` must have at least one period, and each be over 0 weeks long.")
    return values, lengths


def _resampled(
    values: FloatArray, weeks: FloatArray, samples: int, rng: np.random.Generator
) -> tuple[IntArray, IntArray]:
    """Return the better and the worse rank of each spot in each sample."""
    periods = weeks.size
    drawn = rng.multinomial(periods, np.full(periods, 1 / periods), size=samples).astype(np.float64)
    step = max(1, _HELD // max(1, len(values)))
    parts = []
    for low in range(0, samples, step):
        times = drawn[low : low + step]
        # Period by period: a matrix product would leave the order of sums to the machine's library.
        sums = np.zeros((len(times), len(values)))
        for period in range(periods):
            sums += times[:, period, None] * values[None, :, period]
        parts.append(_ranks(sums / (times * weeks).sum(axis=1)[:, None]))
    best, worst = (np.concatenate(part) for part in zip(*parts, strict=True))
    return best, worst


def _ranks(rates: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the better and the worse rank of each column in each row; rates that differ by rounding alone are ties."""
    best, worst = np.empty(rates.shape, dtype=np.int64), np.empty(rates.shape, dtype=np.int64)
    for row, rate in enumerate(rates):
        slack = 1e-12 * rate.max(initial=0.0)
        order = np.sort(rate)
        best[row] = 1 + rate.size - np.searchsorted(order, rate + slack, side="right")
        worst[row] = rate.size - np.searchsorted(order, rate - slack, side="left")
    return best, worst
