"""Slow, obviously right twins of the tests of space and time together."""

from itertools import combinations, pairwise, permutations
from math import hypot


def distance(a, b, metric="euclidean"):
    across, up = abs(a[0] - b[0]), abs(a[1] - b[1])
    return across + up if metric == "manhattan" else hypot(across, up)


def band_of(value, edges, closed):
    """The number of the band, or None: closed on the right, the first band holds its lower end too."""
    for number, (low, high) in enumerate(pairwise(edges)):
        if closed == "left" and low <= value < high:
            return number
        if closed == "right" and (low < value <= high or (number == 0 and value == low)):
            return number
    return None


def knox_counts(first, second, bands, metric="euclidean"):
    """Pairs by band; events are (x, y, day), and `second` is None for pairs within one group."""
    pairs = combinations(first, 2) if second is None else ((a, b) for a in first for b in second)
    counts = [[0] * bands.shape[1] for _ in range(bands.shape[0])]
    for a, b in pairs:
        i = band_of(distance(a, b, metric), bands.space, bands.closed)
        j = band_of(abs(a[2] - b[2]), bands.time, bands.closed)
        if i is not None and j is not None:
            counts[i][j] += 1
    return counts


def all_dealings(first, second, bands, metric="euclidean"):
    """The counts of every order of the times, one or two groups."""
    orders = [permutations([event[2] for event in group]) for group in (first, second or [])]
    seconds = list(orders[1])
    for times in orders[0]:
        for others in seconds:
            dealt = [(x, y, t) for (x, y, _), t in zip(first, times, strict=True)]
            against = [(x, y, t) for (x, y, _), t in zip(second, others, strict=True)] if second else None
            yield knox_counts(dealt, against, bands, metric)
