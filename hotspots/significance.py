"""Which of many tests to believe: with thousands of cells some look extreme by chance alone."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

SPOTS: Final = ("hot", "cold", "none")
LEVEL: Final = 0.05  # of the places called hot (or cold), the share that may be so by chance


@dataclass(frozen=True)
class Verdict:
    """
    What tests of many places for high and for low values say, hot and cold apart.

    Parameters
    ----------
    p : probability of a value so far out on the side on which the place lies, one-sided
    q : false discovery rate at which the place would be called hot, or cold
    code : position in `SPOTS`, one per place
    """

    p: FloatArray
    q: FloatArray
    code: NDArray[np.int8]

    def spots(self) -> Any:
        """Return "hot", "cold" or "none" for each place, as a categorical."""
        return pd.Categorical.from_codes(self.code, categories=pd.Index(SPOTS))


def benjamini_hochberg(p: ArrayLike) -> FloatArray:
    """
    Return the q of each test: the smallest false discovery rate at which it would be called a finding.

    Of m tests ordered by p, the one of rank r gets the least of p m / r over itself and all after it [1]_. Of the
    tests with q at most 0.05, 5 % at most are expected to be chance. It holds for independent tests and for tests that
    tend to be low together, as neighbouring cells do [2]_; p must be uniform, or larger, where nothing is going on.

    Parameters
    ----------
    p : 0 to 1, one per test, of any shape
        All the tests that were made, not only the small ones.

    Returns
    -------
    q : 0 to 1, in the shape of `p`

    Raises
    ------
    InputError
        If any p is missing or outside 0 to 1.

    References
    ----------
    .. [1] Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical
       Society B 57, 289-300.
    .. [2] Benjamini, Y. & Yekutieli, D. (2001). The control of the false discovery rate in multiple testing under
       dependency. Annals of Statistics 29, 1165-1188, theorem 1.2.
    """
    probability = np.asarray(p, dtype=np.float64)
    bad = int((~((probability >= 0) & (probability <= 1))).sum())
    if bad:
        raise InputError(f"`p` must hold probabilities from 0 to 1, got {bad} that are not.")
    flat = probability.ravel()
    return _step_up(flat, np.argsort(flat)).reshape(probability.shape)


def pseudo_p(as_extreme: ArrayLike, permutations: int) -> FloatArray:
    """
    Return (1 + how many permutations were as extreme) / (1 + permutations): never 0 [1]_.

    Parameters
    ----------
    as_extreme : whole numbers from 0 to `permutations`
    permutations : at least 1

    Raises
    ------
    InputError
        If `permutations` is not a whole number of at least 1, or a count lies outside 0 to it.

    References
    ----------
    .. [1] Davison, A. C. & Hinkley, D. V. (1997). Bootstrap Methods and their Application. Cambridge University Press,
       equation 4.11.
    """
    permutations = cast.whole(permutations, "permutations", least=1)
    counts = np.asarray(as_extreme)
    bad = int((~((counts >= 0) & (counts <= permutations))).sum())
    if bad:
        raise InputError(f"`as_extreme` must lie between 0 and {permutations}, got {bad} that do not.")
    return (1.0 + counts) / (1.0 + permutations)


def verdict(high: FloatArray, low: FloatArray, *, level: float = LEVEL) -> Verdict:
    """
    Return which places are hot and which cold: two questions, each with a false discovery rate of its own.

    Parameters
    ----------
    high, low : probability of a value at least, and at most, as great in each place where nothing is going on
        A place that lies high has the smaller of the two on that side.
    level : false discovery rate among the places called hot, and among those called cold
    """
    return _judged(high, low, _step_up(high, np.argsort(high)), _step_up(low, np.argsort(low)), level)


def verdict_of_z(z: FloatArray, *, level: float = LEVEL) -> Verdict:
    """Return the verdict on standard normal scores, one per place."""
    order = np.argsort(z)  # serves both sides: a third of the time of judging 250,000 cells
    high, low = ndtr(-z), ndtr(z)
    return _judged(high, low, _step_up(high, order[::-1]), _step_up(low, order), level)


def _judged(high: FloatArray, low: FloatArray, q_high: FloatArray, q_low: FloatArray, level: float) -> Verdict:
    level = cast.within(cast.above_zero(level, "level"), "level", 0, 1)
    is_high = high <= low
    p, q = np.where(is_high, high, low), np.where(is_high, q_high, q_low)
    # Where both sides are likely nothing stands out, however lenient the level.
    code = np.where((q > level) | (p > 0.5), np.int8(2), np.where(is_high, np.int8(0), np.int8(1)))
    return Verdict(p, q, code)


def _step_up(p: FloatArray, order: IntArray) -> FloatArray:
    """Return the q of tests of which `order` names the smallest p first."""
    ranked = p[order] * (p.size / np.arange(1.0, p.size + 1.0))
    q = np.empty_like(p)
    q[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(q, 1.0, out=q)
