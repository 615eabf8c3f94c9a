"""How sure a ratio of pairs is: an interval that allows for pairs that share events."""

from typing import Final

import numpy as np
from scipy.special import gammaincinv

from geodata.cast import FloatArray
from hotspots.bands import Bands
from hotspots.nearness import Nearness

CONFIDENCE: Final = 0.95


def ratio_interval(
    near: Nearness, bands: Bands, expected: FloatArray, chance: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """
    Return the ends of the interval of observed over expected pairs, each in the shape of `bands`.

    Garwood's interval of a count [1]_, for one as many times more variable than Poisson's as this one is. Its variance
    is that which chance gives, and what more pairs, and more pairs that share an event, add to it: three crimes close
    together are three pairs, and came at once.

    Parameters
    ----------
    near : pairs and what they share
    bands : Bands
    expected, chance : mean and variance of the pairs when times are dealt out

    References
    ----------
    .. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.
    """
    observed = near.pairs[1 : bands.shape[0] + 1, 1 : bands.shape[1] + 1]
    variance = _variance(near, bands, expected, chance)
    tail = (1.0 - CONFIDENCE) / 2.0
    spread = np.maximum(np.where(observed > 0, variance / np.maximum(observed, 1), 1.0), 1e-12)
    free = observed / spread
    low = np.where(observed > 0, gammaincinv(np.maximum(free, 1e-300), tail), 0.0) * spread
    high = gammaincinv(free + 1.0, 1.0 - tail) * spread
    with np.errstate(divide="ignore", invalid="ignore"):
        return low / expected, high / expected


def _variance(near: Nearness, bands: Bands, expected: FloatArray, chance: FloatArray) -> FloatArray:
    """Return the variance of what was observed: that of chance, and what more pairs, and more sharing events, add."""
    rows, columns = bands.shape
    kept = slice(1, rows + 1), slice(1, columns + 1)
    observed = near.pairs[kept]
    ends = 2 if len(near.sizes) == 1 else len(near.sizes)
    sharing = near.squares[kept] - ends * observed
    by_chance = np.array([[_sharing_by_chance(near, i + 1, j + 1) for j in range(columns)] for i in range(rows)])
    beyond = near.squares[kept] == 0
    added = np.where(beyond, 0.0, sharing - by_chance)
    return np.maximum(chance + (observed - expected) + added, np.minimum(chance, observed))


def _sharing_by_chance(near: Nearness, i: int, j: int) -> float:
    """Return how often two pairs of a band are expected to share an event, each two counted twice."""
    total = 0.0
    for group, (space, time) in enumerate(zip(near.space_squares, near.time_squares, strict=True)):
        size, others = near.sizes[group], near.sizes[::-1][group] - (len(near.sizes) == 1)
        ends = 2 if len(near.sizes) == 1 else 1
        if others > 1:
            total += (
                (space[i] - ends * near.space[i]) * (time[j] - ends * near.time[j]) / (size * others * (others - 1))
            )
    return total
