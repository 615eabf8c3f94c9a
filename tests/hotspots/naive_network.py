"""Network density in plain Python: every path walked by itself, every lixel integrated by itself."""

from itertools import pairwise

import numpy as np
import pandas as pd

from geodata.streets import Streets

KERNELS = {
    "quartic": lambda u: 15 / 16 * (1 - u * u) ** 2,
    "epanechnikov": lambda u: 3 / 4 * (1 - u * u),
    "triangular": lambda u: 1 - u,
    "uniform": lambda u: 1 / 2 + 0 * u,
}
# Gauss-Legendre with five points is exact for the polynomials between two corners of the integrand.
POINTS, SHARES = np.polynomial.legendre.leggauss(5)


def streets_of(edges, *, names=None, spots=None, crs="EPSG:27700"):
    """Streets from (tail, head, length) as they are: loops, parallel edges and lengths that no map would have."""
    nodes = 1 + max(max(tail, head) for tail, head, _ in edges)
    x, y = np.array(spots, dtype=float).T if spots else (np.arange(nodes) * 100.0, np.zeros(nodes))
    entries = sorted(
        entry
        for number, (tail, head, length) in enumerate(edges)
        for entry in ((tail, head, number, length), (head, tail, -number - 1, length))
    )
    vertices = [(x[end], y[end]) for tail, head, _ in edges for end in (tail, head)]
    return Streets(
        x=x,
        y=y,
        indptr=np.concatenate(([0], np.cumsum(np.bincount([entry[0] for entry in entries], minlength=nodes)))),
        indices=np.array([entry[1] for entry in entries]),
        lengths=np.array([float(entry[3]) for entry in entries]),
        edge_of=np.array([entry[2] for entry in entries]),
        vertices=np.array(vertices, dtype=float),
        offsets=np.arange(0, 2 * len(edges) + 1, 2),
        names=pd.Categorical(pd.array(names or [None] * len(edges), dtype="string")),
        crs=crs,
        sha256="",
        outside_share=0.0,
    )


def network_mass(edges, pieces, events, bandwidth, *, method, kernel="quartic"):
    """The integral of the density over each lixel, edge by edge; events are (edge, metres from its tail, weight)."""
    lixels = [
        (edge, length * nth / count, length * (nth + 1) / count)
        for edge, ((_, _, length), count) in enumerate(zip(edges, pieces, strict=True))
        for nth in range(count)
    ]

    def weight(distance):
        return KERNELS[kernel](distance / bandwidth) / bandwidth if distance < bandwidth else 0.0

    if method == "simple":
        return [sum(w * shortest(edges, e, at, lixel, bandwidth, weight) for e, at, w in events) for lixel in lixels]
    total = [0.0] * len(lixels)
    for edge, at, w in events:
        for number, (own, *span) in enumerate(lixels):
            if own == edge:
                total[number] += w * both_ways([], at, span, bandwidth, weight)
        for walked, from_tail, before, share in paths(edges, edge, at, bandwidth, method):
            line = (before, 1.0) if from_tail else (before + edges[walked][2], -1.0)
            for number, (own, *span) in enumerate(lixels):
                if own == walked:
                    total[number] += w * share * integral([line], span, bandwidth, weight)
    return total


def paths(edges, edge, at, bandwidth, method):
    """Every edge entered by every path shorter than the bandwidth: (edge, from its tail, distance so far, share)."""
    found = []

    def arrive(node, came_by, distance, share):
        if distance >= bandwidth:
            return
        arms = [(number, end == 0) for number, ends in enumerate(edges) for end in (0, 1) if ends[end] == node]
        for arm in arms:
            passed = share * split(method, len(arms), back=arm == came_by)
            if passed:
                found.append((arm[0], arm[1], distance, passed))
                tail, head, length = edges[arm[0]]
                arrive(head if arm[1] else tail, (arm[0], not arm[1]), distance + length, passed)

    tail, head, length = edges[edge]
    arrive(tail, (edge, True), at, 1.0)
    arrive(head, (edge, False), length - at, 1.0)
    return found


def split(method, arms, *, back):
    """The share of a path that leaves by one arm of a node."""
    if method == "continuous":
        return 2 / arms - (1 if back else 0)
    if arms == 1:
        return 1.0
    return 0.0 if back else 1 / (arms - 1)


def shortest(edges, edge, at, lixel, bandwidth, weight):
    """The integral of k(shortest way) over a lixel for one event."""
    tail, head, length = edges[edge]
    between = all_distances(edges)
    other, *span = lixel
    ends = [min(at + between[tail][node], length - at + between[head][node]) for node in edges[other][:2]]
    lines = [(ends[0], 1.0), (ends[1] + edges[other][2], -1.0)]
    if edge == other:
        return both_ways(lines, at, span, bandwidth, weight)
    return integral(lines, span, bandwidth, weight)


def both_ways(lines, at, span, bandwidth, weight):
    """The integral over a piece of the event's own edge, before the event and beyond it."""
    low, high = span
    before = integral([*lines, (at, -1.0)], (low, min(high, at)), bandwidth, weight) if low < at else 0.0
    beyond = integral([*lines, (-at, 1.0)], (max(low, at), high), bandwidth, weight) if high > at else 0.0
    return before + beyond


def integral(lines, span, bandwidth, weight):
    """The integral over `span` of the weight at the least of some distances, each a line intercept + slope x."""
    corners = {*span}
    for number, (intercept, slope) in enumerate(lines):
        corners.add((bandwidth - intercept) / slope)
        corners.update((other - intercept) / (slope - steep) for other, steep in lines[:number] if slope != steep)
    total = 0.0
    for low, high in pairwise(sorted(corner for corner in corners if span[0] <= corner <= span[1])):
        for point, share in zip(POINTS, SHARES, strict=True):
            x = (low + high) / 2 + (high - low) / 2 * point
            total += share * (high - low) / 2 * weight(min(a + b * x for a, b in lines))
    return total


def all_distances(edges):
    """Shortest ways between all nodes (Floyd and Warshall)."""
    nodes = range(1 + max(max(tail, head) for tail, head, _ in edges))
    metres = [[0.0 if a == b else float("inf") for b in nodes] for a in nodes]
    for tail, head, length in edges:
        metres[tail][head] = metres[head][tail] = min(metres[tail][head], length)
    for via in nodes:
        for a in nodes:
            for b in nodes:
                metres[a][b] = min(metres[a][b], metres[a][via] + metres[via][b])
    return metres
