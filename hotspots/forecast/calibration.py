"""
How forecasts made in the past compare with what then happened: by level of risk, and how widely it varied.

Each of the last periods is forecast from those before it alone. How much more than chance the counts then differ from
what was expected (alpha: the variance is mu + alpha mu^2) sets the width of the intervals of the next forecast, so that
these hold the error of the forecast itself, not only the luck of the week.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from hotspots.expectation import count_interval
from hotspots.forecast.history import History
from hotspots.forecast.methods import METHODS, bears

BANDS: Final = 10


@dataclass(frozen=True)
class Calibration:
    """
    What past forecasts by one method said, and what came.

    Parameters
    ----------
    bands : one row per band of cells, from the least risk to the most, each with a tenth of all that was expected
        cells (and periods, counted together), expected, observed, ratio (observed over expected).
    alpha : how much more than chance the counts of cells vary about what was expected
    alpha_total : the same of the whole area's
    coverage : share of cells and periods whose count lay in its 90 % interval, each period judged by the alpha of the
        others; NaN with fewer than two periods
    origins : number of periods forecast; with none there are no bands and both alphas are 0
    """

    bands: pd.DataFrame
    alpha: float
    alpha_total: float
    coverage: float
    origins: int


def calibration(name: str, history: History, *, origins: int) -> Calibration:
    """
    Return how forecasts by a method before each of the last periods compare with these.

    Parameters
    ----------
    name : a name in `METHODS`
    history : with weights of 1 each: crimes are counted
    origins : number of periods, at most; those before which the method cannot run are left out
    """
    first = max(1, history.weeks.size - origins)
    tested = [at for at in range(first, history.weeks.size) if not bears(name, history.before(at))]
    study = history.study
    if not tested:
        return Calibration(_bands(np.empty(0), np.empty(0)), 0.0, 0.0, float("nan"), 0)
    expected = np.stack([METHODS[name](history.before(at))[study] * history.weeks[at] for at in tested])
    observed = np.stack([history.during(at).per_cell()[study] for at in tested])
    return Calibration(
        _bands(expected.ravel(), observed.ravel()),
        _alpha(expected, observed),
        _alpha(expected.sum(axis=1), observed.sum(axis=1)),
        _coverage(expected, observed),
        len(tested),
    )


def _alpha(expected: FloatArray, observed: FloatArray) -> float:
    squares = float((expected**2).sum())
    excess = float(((observed - expected) ** 2 - expected).sum())
    return max(0.0, excess / squares) if squares > 0 else 0.0


def _coverage(expected: FloatArray, observed: FloatArray) -> float:
    size = len(expected)
    if size < 2:
        return float("nan")
    held = 0
    for at in range(size):
        others = np.arange(size) != at
        alpha = np.full(expected.shape[1], _alpha(expected[others], observed[others]))
        low, high = count_interval(expected[at], alpha)
        held += int(((observed[at] >= low) & (observed[at] <= high)).sum())
    return held / expected.size


def _bands(expected: FloatArray, observed: FloatArray) -> pd.DataFrame:
    """Return bands of cells in the order of what was expected of them, each with as much of it as the others."""
    order = np.argsort(expected, kind="stable")
    table = pd.DataFrame({"expected": expected[order], "observed": observed[order]})
    sums, total = table["expected"].cumsum(), float(expected.sum())
    if not total > 0:
        table, sums, total = table.iloc[:0], sums.iloc[:0], 1.0
    # A cell belongs to the band in which the middle of what is expected of it lies.
    band = ((sums - table["expected"] / 2.0) * BANDS / total).clip(upper=BANDS - 1).astype("int64").rename("band")
    grouped = table.groupby(band)
    found = grouped.sum().assign(cells=grouped.size())[["cells", "expected", "observed"]]
    return found.assign(ratio=found["observed"] / found["expected"]).reset_index()
