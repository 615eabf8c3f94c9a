"""Slow, obviously right twins of the choice of bandwidth, adaptive and dual density."""

from math import exp, hypot, log, pi


def quartic(distance, radius):
    u = distance / radius
    return 3 / (pi * radius**2) * (1 - u**2) ** 2 if u < 1 else 0.0


def left_out(xs, ys, i, radius):
    """The density at crime i of the crimes on other places, as a probability."""
    others = [j for j in range(len(xs)) if (xs[j], ys[j]) != (xs[i], ys[i])]
    return sum(quartic(hypot(xs[i] - xs[j], ys[i] - ys[j]), radius) for j in others) / len(others)


def likelihood(xs, ys, radius, anywhere, area):
    n = len(xs)
    return sum(log((1 - anywhere) * left_out(xs, ys, i, radius) + anywhere / area) for i in range(n)) / n


def least_squares(xs, ys, radius, step):
    """2 / n sum of the densities left out, less the squared density on a fine grid of the whole plane."""
    n = len(xs)
    west, south = min(xs) - radius, min(ys) - radius
    columns = int((max(xs) + radius - west) / step) + 1
    rows = int((max(ys) + radius - south) / step) + 1
    squared = 0.0
    for row in range(rows):
        for column in range(columns):
            cx, cy = west + (column + 0.5) * step, south + (row + 0.5) * step
            height = sum(quartic(hypot(cx - x, cy - y), radius) for x, y in zip(xs, ys, strict=True)) / n
            squared += height**2 * step**2
    return 2 / n * sum(left_out(xs, ys, i, radius) for i in range(n)) - squared


def abramson(xs, ys, weights, bandwidth, pilot, trim):
    """The bandwidth of each crime: h0 min(f^-1/2, G trim) / G, G the geometric mean of f^-1/2."""
    total = sum(weights)
    roots = []
    for x, y in zip(xs, ys, strict=True):
        places = zip(xs, ys, weights, strict=True)
        f = sum(w * quartic(hypot(x - a, y - b), pilot) for a, b, w in places) / total
        roots.append(f**-0.5)
    mean = exp(sum(w * log(root) for w, root in zip(weights, roots, strict=True)) / total)
    return [bandwidth * min(root, mean * trim) / mean for root in roots]


def spread_by(xs, ys, weights, radii, centres):
    """Per square kilometre: each crime over its own disc."""
    crimes = list(zip(xs, ys, weights, radii, strict=True))
    return [1e6 * sum(w * quartic(hypot(cx - x, cy - y), r) for x, y, w, r in crimes) for cx, cy in centres]
