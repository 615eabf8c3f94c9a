"""
How sure a mean over few trials is: seeded bootstrap intervals, widened for the few trials there are.

The rows (the periods forecast, say) are drawn again with replacement and the percentiles of their means taken [1]_. The
plain percentile interval is too narrow for few rows: with five, a 90 % interval holds the truth about 75 % of the
time. It is widened here to the reach that Student's t would have [2]_; for many rows nothing is left of that.
"""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtrit

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError

FEWEST_TESTS: Final = 3  # below this an interval over rows says nothing
RESAMPLES: Final = 2_000
LEVELS: Final = (0.9, 0.95)
_ONE_DRAW: Final = 4_000_000  # numbers held at once


def mean_interval(
    values: ArrayLike, *, level: float = 0.9, samples: int = RESAMPLES, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """
    Return the lower and the upper end of the interval of each column's mean.

    All columns are drawn together, so that the interval of a column of differences is that of a paired comparison.
    Rows are taken as exchangeable: where good weeks come in runs, the interval is too narrow.

    Parameters
    ----------
    values : rows x columns, or one column
        One row per trial, finite.
    level : of the interval, above 0 and below 1
    samples : number of bootstrap samples, at least 100
    seed : start of the random numbers

    Returns
    -------
    low, high : one per column; NaN where there are fewer than 3 rows

    Raises
    ------
    InputError
        If `values` is not a table of finite numbers, or a parameter is out of range.

    References
    ----------
    .. [1] Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman and Hall, chapter 13.
    .. [2] Hesterberg, T. C. (2015). What teachers should know about the bootstrap. The American Statistician 69(4),
       371-386, section 4.4 (the expanded percentile interval).
    """
    table = _table(values)
    rows, columns = table.shape
    reach = _reach(level, rows)
    draws = cast.whole(samples, "samples", 100)
    rng = np.random.default_rng(cast.whole(seed, "seed"))
    if rows < FEWEST_TESTS:
        return np.full(columns, np.nan), np.full(columns, np.nan)
    times = rng.multinomial(rows, np.full(rows, 1.0 / rows), size=draws) / rows
    step = max(1, _ONE_DRAW // draws)
    # einsum, not a matrix product: the sums are then the same on any number of threads and beside any other column
    ends = [
        np.quantile(np.einsum("dr,rc->dc", times, table[:, first : first + step]), [reach, 1.0 - reach], axis=0)
        for first in range(0, columns, step)
    ]
    low, high = np.concatenate(ends, axis=1) if ends else np.empty((2, 0))
    return low, high


def paired_differences(table: pd.DataFrame, against: str, *, seed: int = 0) -> pd.DataFrame:
    """
    Return by how much each other column of `table` exceeds the column `against` on average, trial by trial.

    Parameters
    ----------
    table : rows x columns, finite
        One row per trial, one column per thing compared.
    against : name of a column
    seed : start of the random numbers

    Returns
    -------
    differences : one row per other column, in their order
        method, against, difference (mean), low_90, high_90, low_95, high_95, trials.

    Raises
    ------
    InputError
        If `against` is no column, or `table` holds other than finite numbers.
    """
    if against not in table:
        raise InputError(f"`against` must be one of {', '.join(map(str, table.columns))}; got {against!r}.")
    others = [name for name in table.columns if name != against]
    gains = table[others].sub(table[against], axis=0).to_numpy(dtype=np.float64)
    found = pd.DataFrame({"method": others, "against": against})
    found["difference"] = gains.mean(axis=0) if len(gains) else np.nan
    for level in LEVELS:
        low, high = mean_interval(gains, level=level, seed=seed)
        found[f"low_{100 * level:.0f}"], found[f"high_{100 * level:.0f}"] = low, high
    return found.assign(trials=len(gains))


def _table(values: ArrayLike) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    table = array[:, None] if array.ndim == 1 else array
    if table.ndim != 2 or not np.isfinite(table).all():
        raise InputError("`values` must be rows of finite numbers, one per trial, got something else.")
    return table


def _reach(level: float, rows: int) -> float:
    """Return the share of the bootstrap means to leave out at each end."""
    tail = (1.0 - cast.within(level, "level", 0, 1)) / 2.0
    if not 0.0 < tail < 0.5:
        raise InputError(f"`level` must be above 0 and below 1, got {level}.")
    if rows < FEWEST_TESTS:
        return tail
    return float(ndtr(np.sqrt(rows / (rows - 1.0)) * stdtrit(rows - 1, tail)))
