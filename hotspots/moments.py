"""What dealing the times out anew does to a count of pairs, worked out and not tried out: its mean and its variance."""

from fractions import Fraction

import numpy as np
from scipy.special import betainc, gammainc

from geodata.cast import FloatArray

Whole = int  # of any length: the terms of the variance are of some forty digits and nearly cancel


def shared_moments(size: Whole, pairs: tuple[Whole, Whole], squares: tuple[Whole, Whole]) -> tuple[float, float]:
    """
    Return mean and variance of how many pairs near in space are near in time, one group of events.

    Of n events let A be the pairs near in space and A2 twice those pairs of such pairs that share one event,
    sum of d (d - 1) over the number d of events near each; B and B2 the same in time, and N = n (n - 1) / 2. When
    every order of the times is as likely [1]_ [2]_,

        E[X]   = A B / N
        E[X^2] = A B / N + A2 B2 / (n (n - 1) (n - 2))
                 + 4 (A (A - 1) - A2) (B (B - 1) - B2) / (n (n - 1) (n - 2) (n - 3))

    Parameters
    ----------
    size : number of events
    pairs : A and B
    squares : sums over events of d^2, in space and in time

    References
    ----------
    .. [1] Barton, D. E. & David, F. N. (1966). The random intersection of two graphs. In Research Papers in
       Statistics: Festschrift for J. Neyman. Wiley, 455-459.
    .. [2] Mantel, N. (1967). The detection of disease clustering and a generalized regression approach. Cancer
       Research 27, 209-220.
    """
    (a, b), (a2, b2) = pairs, (square - 2 * own for square, own in zip(squares, pairs, strict=True))
    two = size * (size - 1)
    if two == 0:
        return 0.0, 0.0
    mean = Fraction(2 * a * b, two)
    second = mean
    if size > 2:
        second += Fraction(a2 * b2, two * (size - 2))
    if size > 3:
        apart = (a * (a - 1) - a2) * (b * (b - 1) - b2)
        second += Fraction(4 * apart, two * (size - 2) * (size - 3))
    return float(mean), float(second - mean * mean)


def crossed_moments(
    sizes: tuple[Whole, Whole], pairs: tuple[Whole, Whole], squares: tuple[tuple[Whole, Whole], tuple[Whole, Whole]]
) -> tuple[float, float]:
    """
    Return mean and variance of how many pairs, one event of either group, are near in space and in time.

    The times of each group are dealt out within it. The terms are those of one group, apart for pairs of pairs that
    share the event of the first group, that share the one of the second, and that share none.

    Parameters
    ----------
    sizes : number of events of either group
    pairs : in space and in time
    squares : for either group, sums over its events of d^2 in space and in time, d counting events of the other group
    """
    (m, n), (a, b) = sizes, pairs
    if m * n == 0:
        return 0.0, 0.0
    mean = Fraction(a * b, m * n)
    second, apart = mean, [a * a - a, b * b - b]
    for (in_space, in_time), rest in zip(squares, (n - 1, m - 1), strict=True):
        shared = in_space - a, in_time - b
        apart = [whole - part for whole, part in zip(apart, shared, strict=True)]
        if rest:
            second += Fraction(shared[0] * shared[1], m * n * rest)
    if m > 1 and n > 1:
        second += Fraction(apart[0] * apart[1], m * n * (m - 1) * (n - 1))
    return float(mean), float(second - mean * mean)


def upper_tail(count: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """
    Return the chance of at least `count` where mean and variance are these.

    A negative binomial distribution where the variance exceeds the mean, a binomial one where it falls short of it and
    a Poisson one where they are equal: right in the first two moments, and whole numbers however few.
    """
    count, mean, variance = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (count, mean, variance)))
    safe = np.where(mean > 0, mean, 1.0)
    k, excess = np.maximum(count, 0.5), (variance - mean) / safe
    size = safe / np.where(np.abs(excess) < 1e-9, 1.0, np.abs(excess))
    wide = betainc(k, size, np.clip(excess / (1 + excess), 0, 1), where=excess > -1, out=np.ones(k.shape))
    narrow = betainc(k, np.maximum(size - k + 1, 1e-9), np.clip(-excess, 0, 1))
    chance = np.where(np.abs(excess) < 1e-9, gammainc(k, safe), np.where(excess > 0, wide, narrow))
    chance = np.where((excess < 0) & (k > size), np.where(variance > 0, 0.0, count <= mean), chance)
    return np.where(count <= 0, 1.0, np.where(mean > 0, np.clip(chance, 0.0, 1.0), 0.0))
