"""Slow, obviously right twins of the methods in hotspots."""

from itertools import combinations
from math import pi


def kernel_density(xs, ys, weights, centres, bandwidth):
    """The quartic kernel, one crime and one centre at a time; per square kilometre."""
    surface = []
    for cx, cy in centres:
        total = 0.0
        for x, y, weight in zip(xs, ys, weights, strict=True):
            squared = ((cx - x) ** 2 + (cy - y) ** 2) / bandwidth**2
            if squared < 1:
                total += weight * 3 / (pi * bandwidth**2) * (1 - squared) ** 2
        surface.append(total * 1_000_000)
    return surface


def caught(predicted, observed, places):
    """What the top places hold, ranked by prediction and then the worst first."""
    order = sorted(range(len(predicted)), key=lambda i: (-predicted[i], observed[i]))
    return sum(observed[i] for i in order[:places])


def gini(values):
    """Mean difference between all pairs over twice the mean."""
    size = len(values)
    return sum(abs(a - b) for a in values for b in values) / (2 * size * sum(values))


def kendall_s(series):
    """Pairs that rise less pairs that fall."""
    return sum((later > earlier) - (later < earlier) for earlier, later in combinations(series, 2))


def pieces(cells, columns):
    """The number of pieces that cells sharing sides fall into."""
    left, count = set(cells), 0
    while left:
        count += 1
        edge = [left.pop()]
        while edge:
            cell = edge.pop()
            row, column = divmod(cell, columns)
            for near in ((row, column - 1), (row, column + 1), (row - 1, column), (row + 1, column)):
                number = near[0] * columns + near[1]
                if 0 <= near[1] < columns and number in left:
                    left.remove(number)
                    edge.append(number)
    return count
