"""How far next week's crime and harm may lie from what is expected: 90 % prediction intervals."""

from typing import Final

import numpy as np

from geodata.cast import FloatArray

TAIL: Final = 0.05  # on each side


def excess_variance(counts: FloatArray, weeks: FloatArray) -> FloatArray:
    """
    Return the overdispersion alpha of each row of counts, where the variance is mu + alpha mu^2 [1]_.

    By moments about the row's own mean rate: alpha = sum((c - mu)^2 - mu) / sum(mu^2), 0 where counts vary no more than
    chance. A trend counts as variation too, which widens the interval.

    Parameters
    ----------
    counts : places x periods, crimes
    weeks : length of each period in weeks

    References
    ----------
    .. [1] Cameron, A. C. & Trivedi, P. K. (1998). Regression Analysis of Count Data. Cambridge, section 3.3.
    """
    mean = counts.sum(axis=1, keepdims=True) / weeks.sum() * weeks
    squares = (mean**2).sum(axis=1)
    excess = ((counts - mean) ** 2 - mean).sum(axis=1)
    return np.where(squares > 0, np.maximum(excess, 0.0) / np.where(squares > 0, squares, 1.0), 0.0)


def count_interval(mean: FloatArray, alpha: FloatArray) -> tuple[FloatArray, FloatArray]:
    """
    Return the 5 % and 95 % points of next week's crimes: negative binomial, Poisson where `alpha` is 0.

    The expected number itself is taken in where it lies outside, as it does for a few crimes a year.

    Parameters
    ----------
    mean : crimes expected in the week
    alpha : overdispersion, as of `excess_variance`
    """
    from scipy.stats import nbinom  # a third of a second to import, and few runs need it

    mixed = np.maximum(alpha, 1e-9)  # at 1e-9 the negative binomial is the Poisson to nine digits
    size, chance = 1.0 / mixed, 1.0 / (1.0 + mixed * mean)
    low, high = (nbinom.ppf(tail, size, chance) for tail in (TAIL, 1.0 - TAIL))
    return np.minimum(low, np.floor(mean)), np.maximum(high, np.ceil(mean))


def harm_interval(
    mean: FloatArray, crimes: FloatArray, alpha: FloatArray, spread: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Return the 5 % and 95 % points of next week's harm: a gamma with the moments of the sum of that many crimes' harm.

    For N crimes of mean harm m and squared coefficient of variation v, var = m^2 (var N + v E N) [1]_.

    Parameters
    ----------
    mean : harm expected in the week
    crimes : crimes expected in the week
    alpha : overdispersion of the number of crimes
    spread : variance of the harm of one crime over its squared mean

    References
    ----------
    .. [1] Bowers, N. L. et al. (1997). Actuarial Mathematics, 2nd ed. Society of Actuaries, sections 12.2 and 12.5.
    """
    from scipy.stats import gamma  # as above

    nothing = (mean <= 0) | (crimes <= 0)
    relative = (1.0 + spread) / np.where(nothing, 1.0, crimes) + alpha
    scale = np.where(nothing, 1.0, mean) * relative
    low, high = (gamma.ppf(tail, 1.0 / relative, scale=scale) for tail in (TAIL, 1.0 - TAIL))
    return np.where(nothing, 0.0, np.minimum(low, mean)), np.where(nothing, mean, np.maximum(high, mean))
