"""
Did it work: what changed where something was done, less what changed where nothing was.

Two measures of one place before and after. The weighted displacement difference sets the change in the treated area
against that in a control area, and adds what moved to the streets around; the E-test asks whether two counts alone can
come of one rate. Both take counts as Poisson: where crime comes in runs, their intervals are too narrow, and
`hotspots.interrupted` measures by how much.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError

_REACH: Final = 1e-13  # of a Poisson law's tail, left out at each end
_EQUAL: Final = 1e-9  # statistics closer than this are one


@dataclass(frozen=True)
class Effect:
    """
    A difference in crimes (or harm), with its standard error.

    Parameters
    ----------
    change : below 0 where it fell
    error : standard error
    """

    change: float
    error: float

    @property
    def z(self) -> float:
        """The change over its standard error, NaN where nothing was counted."""
        return self.change / self.error if self.error > 0 else float("nan")

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Return the lower and the upper end of the normal interval."""
        reach = float(ndtri(0.5 + cast.within(level, "level", 0, 1) / 2)) * self.error
        return self.change - reach, self.change + reach


@dataclass(frozen=True)
class DisplacementDifference:
    """
    The weighted displacement difference and its parts.

    Parameters
    ----------
    local : change in the treated area less that in the control
    displacement : the same for the areas around them
    total : both together
    """

    local: Effect
    displacement: Effect
    total: Effect


def weighted_displacement_difference(
    treated: ArrayLike,
    control: ArrayLike,
    *,
    displaced: ArrayLike | None = None,
    displaced_control: ArrayLike | None = None,
    time: tuple[float, float] = (1.0, 1.0),
    area: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0),
    harm: ArrayLike | None = None,
) -> DisplacementDifference:
    """
    Return (T1 - T0) - (C1 - C0) [1]_, and the same for the areas around, and both together.

    Each count is divided by the weights of its time and its area, its variance by their squares; counts of offences
    are multiplied by their harm, their variances by its square.

    Parameters
    ----------
    treated, control : crimes before and after; or before and after x offences, where `harm` is given
    displaced, displaced_control : the same, around the treated and around the control area
    time : weights of before and after, such as their days
    area : weights of the treated, the control, and the areas around them, such as their size
    harm : one per offence, at least 0

    Returns
    -------
    DisplacementDifference
        In crimes or harm per unit of the weights.

    Raises
    ------
    InputError
        If counts are not whole and at least 0, not of one form, or a weight is not above 0.

    References
    ----------
    .. [1] Wheeler, A. P. & Ratcliffe, J. H. (2018). A simple weighted displacement difference test to evaluate place
       based crime interventions. Crime Science 7, 11.
    """
    weights = np.ones(1) if harm is None else cast.weights(harm, np.size(harm), "harm")
    lengths = np.array([cast.above_zero(each, "time") for each in time])
    sizes = [cast.above_zero(each, "area") for each in area]
    nothing = np.zeros((2, weights.size))
    given = (treated, control, displaced, displaced_control)
    counts = [nothing if each is None else _counts(each, weights.size) for each in given]
    rates = [(held @ weights / (lengths * size), held @ weights**2 / (lengths * size) ** 2)
             for held, size in zip(counts, sizes, strict=True)]  # fmt: skip
    local, around = _difference(rates[0], rates[1]), _difference(rates[2], rates[3])
    total = Effect(local.change + around.change, float(np.hypot(local.error, around.error)))
    return DisplacementDifference(local, around, total)


def poisson_e_test(first: int, second: int, *, exposure: tuple[float, float] = (1.0, 1.0)) -> float:
    """
    Return how often chance alone sets two Poisson counts of one rate at least as far apart [1]_.

    Two-sided. It does better than the exact conditional test where counts are few, and needs no control area, so that
    it cannot tell an effect from a season.

    Parameters
    ----------
    first, second : whole numbers, at least 0
    exposure : days, or area times days, of each, above 0

    Returns
    -------
    p : above 0 to 1

    Raises
    ------
    InputError
        If an argument breaks its rule.

    References
    ----------
    .. [1] Krishnamoorthy, K. & Thomson, J. (2004). A more powerful test for comparing two Poisson means. Journal of
       Statistical Planning and Inference 119, 23-35.
    """
    counts = cast.whole(first, "first"), cast.whole(second, "second")
    sizes = [cast.above_zero(each, "exposure") for each in exposure]
    if sum(counts) == 0:
        return 1.0
    rate = sum(counts) / sum(sizes)
    from scipy.stats import poisson  # a third of a second to import, and few runs need it

    laws = [poisson(rate * size) for size in sizes]
    reach = [np.arange(int(law.ppf(_REACH)), int(law.isf(_REACH)) + 1, dtype=np.float64) for law in laws]
    seen = abs(float(_apart(np.array(float(counts[0])), np.array(float(counts[1])), sizes)))
    rare, chance = laws[1].pmf(reach[1]), laws[0].pmf(reach[0])
    # Row by row: the table of all pairs would take gigabytes for counts of a hundred thousand.
    tail = [float(rare[np.abs(_apart(x, reach[1], sizes)) >= seen - _EQUAL].sum()) for x in reach[0][:, None]]
    return float(min(1.0, chance @ np.array(tail)))


def _counts(values: ArrayLike, offences: int) -> FloatArray:
    held = np.asarray(values, dtype=np.float64).reshape(2, -1) if np.size(values) == 2 * offences else np.empty(0)
    if held.shape != (2, offences) or not np.isfinite(held).all() or (held < 0).any() or (held % 1 != 0).any():
        raise InputError(
            f"Counts must be whole numbers of at least 0, before and after{' for each offence' * (offences > 1)}."
        )
    return held


def _difference(one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]) -> Effect:
    change = (one[0][1] - one[0][0]) - (other[0][1] - other[0][0])
    return Effect(float(change), float(np.sqrt(one[1].sum() + other[1].sum())))


def _apart(first: FloatArray, second: FloatArray, sizes: list[float]) -> FloatArray:
    """Return the difference of two rates over its standard error, 0 where both are 0."""
    error = np.sqrt(first / sizes[0] ** 2 + second / sizes[1] ** 2)
    gap = first / sizes[0] - second / sizes[1]
    return np.asarray(np.divide(gap, error, out=np.zeros_like(error), where=error > 0), dtype=np.float64)
