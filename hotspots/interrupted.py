"""
An interrupted series beside the force's own: by how much the treated area's share of crime changed.

In each period the treated area has y crimes and the comparison (the rest of the force, or the control areas) has c.
Whatever moves both alike, a season, a new way of recording, a holiday, leaves y / (y + c) where it was. Given the sum,
y is binomial, and

    logit of the share = a + b x after + d x time

exp(b) is the ratio by which the treated area's crime changed beyond the comparison's. The main figure leaves the drift
d out: it is then the ratio of ratios (T1 / C1) / (T0 / C0), with standard error sqrt(phi (1/T0 + 1/C0 + 1/T1 + 1/C1)).
The drift is fitted beside it, as a check: a treated area that had been drifting down before would have gone on to. phi
is Pearson's dispersion over periods, at least 1: where crime comes in runs it widens the interval (quasi-likelihood)
[1]_.

References
----------
.. [1] McCullagh, P. & Nelder, J. A. (1989). Generalized Linear Models, 2nd edition. Chapman and Hall, chapter 4.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, stdtrit

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError

LEAST_BEFORE: Final = 2  # periods
_ROUNDS: Final = 50
_HALF: Final = 0.5  # added to all four sums where one is 0


@dataclass(frozen=True)
class Ratio:
    """
    A ratio with its uncertainty on the logarithmic scale.

    Parameters
    ----------
    log : logarithm of the ratio; NaN where it cannot be had
    error : standard error of the logarithm
    freedom : degrees of freedom of its t law
    """

    log: float
    error: float
    freedom: int

    @property
    def value(self) -> float:
        """The ratio: below 1 where crime fell more than in the comparison."""
        return float(np.exp(self.log))

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Return the lower and the upper end of the interval of the ratio."""
        reach = float(stdtrit(self.freedom, 0.5 + cast.within(level, "level", 0, 1) / 2)) * self.error
        return float(np.exp(self.log - reach)), float(np.exp(self.log + reach))


@dataclass(frozen=True)
class InterruptedSeries:
    """
    What the series shows.

    Parameters
    ----------
    effect : by which the treated area changed beyond the comparison
    allowing_for_drift : the same beside a steady drift of the treated area's share
    drift : of the odds of the treated area a period, fitted to the periods before alone
    dispersion : Pearson's, of the share over periods; 1 is chance, above it crime comes in runs
    before, after : periods
    """

    effect: Ratio
    allowing_for_drift: Ratio
    drift: Ratio
    dispersion: float
    before: int
    after: int


def interrupted_series(treated: ArrayLike, comparison: ArrayLike, after: ArrayLike) -> InterruptedSeries:
    """
    Return by how much the treated area's crime changed beyond the comparison's.

    Parameters
    ----------
    treated, comparison : crimes, whole and at least 0, one per period in the order of time
        Periods without any crime in either say nothing and are left out.
    after : True for each period from the start of the intervention

    Returns
    -------
    InterruptedSeries

    Raises
    ------
    InputError
        If the three are not of one length, or there are fewer than two periods with crime before or none after.
    """
    y, c, late = _checked(treated, comparison, after)
    time = np.arange(y.size, dtype=np.float64)
    known = y + c > 0
    y, c, late, time = y[known], c[known], late[known], time[known]
    if (~late).sum() < LEAST_BEFORE or not late.any():
        raise InputError(
            f"A series needs at least {LEAST_BEFORE} periods with crime before and one after, "
            f"got {int((~late).sum())} and {int(late.sum())}."
        )
    one = np.ones_like(time)
    sums = np.array([[y[~late].sum(), c[~late].sum()], [y[late].sum(), c[late].sum()]])
    sums += _HALF if (sums == 0).any() else 0.0
    freedom = max(1, y.size - 2)
    phi = _dispersion(y, c, sums[late.astype(int)], freedom)
    log = float(np.log(sums[1, 0] / sums[1, 1]) - np.log(sums[0, 0] / sums[0, 1]))
    effect = Ratio(log, float(np.sqrt(phi * (1.0 / sums).sum())), freedom)
    return InterruptedSeries(
        effect,
        allowing_for_drift=_fitted(y, c, np.column_stack((one, late, time - time.mean())), 1),
        drift=_fitted(y[~late], c[~late], np.column_stack((one, time - time.mean()))[~late], 1),
        dispersion=phi,
        before=int((~late).sum()),
        after=int(late.sum()),
    )


def _checked(treated: ArrayLike, comparison: ArrayLike, after: ArrayLike) -> tuple[FloatArray, FloatArray, BoolArray]:
    size = np.size(treated)
    y, c = cast.weights(treated, size, "treated"), cast.weights(comparison, size, "comparison")
    late = np.asarray(after)
    if late.dtype != np.bool_ or late.shape != (size,):
        raise InputError(f"`after` must hold True or False for each of the {size} periods.")
    return y, c, late


def _dispersion(y: FloatArray, c: FloatArray, sums: FloatArray, freedom: int) -> float:
    """Return Pearson's chi-squared of the shares over its degrees of freedom, at least 1."""
    share, total = sums[:, 0] / sums.sum(axis=1), y + c
    return max(1.0, float(((y - total * share) ** 2 / (total * share * (1.0 - share))).sum()) / freedom)


def _fitted(y: FloatArray, c: FloatArray, design: FloatArray, term: int) -> Ratio:
    """Return one coefficient of a quasi-binomial fit by reweighted least squares, NaN where there is no fit."""
    total, freedom = y + c, y.size - design.shape[1]
    nothing = Ratio(float("nan"), float("nan"), 1)
    if freedom < 1 or np.linalg.matrix_rank(design) < design.shape[1] or y.sum() == 0 or c.sum() == 0:
        return nothing
    share = (y + _HALF) / (total + 2 * _HALF)
    for _ in range(_ROUNDS):
        weight = total * share * (1.0 - share)
        information = design.T @ (design * weight[:, None])
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e12:
            return nothing
        found = np.linalg.solve(information, design.T @ (weight * logit(share) + y - total * share))
        before, share = share, expit(design @ found)
        if np.abs(share - before).max() < 1e-12:
            break
    else:
        return nothing
    phi = max(1.0, float(((y - total * share) ** 2 / (total * share * (1.0 - share))).sum()) / freedom)
    error = np.sqrt(phi * np.linalg.inv(information)[term, term])
    return Ratio(float(found[term]), float(error), freedom)
