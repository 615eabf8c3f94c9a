"""Slow, obviously right twins of the local statistics and the scan."""

from itertools import combinations, permutations
from math import erfc, hypot, log, sqrt


def benjamini_hochberg(p):
    """By definition: the least rate at which the test is among those found."""
    ranked = sorted(p)
    at = {value: max(rank for rank, other in enumerate(ranked, 1) if other == value) for value in ranked}
    return [min(1.0, min(other * len(p) / at[other] for other in ranked if other >= value)) for value in p]


def neighbours(xs, ys, radius):
    """Of each place the others no further than the radius, and a hair."""
    return [
        [j for j in range(len(xs)) if j != i and hypot(xs[i] - xs[j], ys[i] - ys[j]) <= radius * (1 + 1e-9)]
        for i in range(len(xs))
    ]


def gistar(values, near):
    """z of each place from the formula as printed, weights 1 for the place itself and its neighbours."""
    n = len(values)
    mean = sum(values) / n
    spread = sqrt(sum(value**2 for value in values) / n - mean**2)
    scores = []
    for i, others in enumerate(near):
        w = len(others) + 1
        total = values[i] + sum(values[j] for j in others)
        below = spread * sqrt(max(0.0, (n * w - w**2) / (n - 1)))
        scores.append((total - w * mean) / below if below > 1e-12 else 0.0)
    return scores


def tail(z):
    """The standard normal probability above z."""
    return 0.5 * erfc(z / sqrt(2))


def conditional_p(values, near, i):
    """Of all orders of the other values, the share that puts at least, and at most, as much about place i."""
    others = [j for j in range(len(values)) if j != i]
    found = sum(values[j] for j in near[i])
    least = most = count = 0
    for order in permutations(others):
        put = dict(zip(others, order, strict=True))
        total = sum(values[put[j]] for j in near[i])
        least += total >= found - 1e-9
        most += total <= found + 1e-9
        count += 1
    return least / count, most / count


def mann_kendall(series):
    """S, tau-b, z and two-sided p, ties corrected."""
    n = len(series)
    s = sum((b > a) - (b < a) for a, b in combinations(series, 2))
    groups = [series.count(value) for value in set(series)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in groups)) / 18
    pairs = n * (n - 1) / 2
    tied = sum(t * (t - 1) / 2 for t in groups)
    tau = s / sqrt(pairs * (pairs - tied)) if tied < pairs else 0.0
    z = (s - (s > 0) + (s < 0)) / sqrt(variance) if variance > 0 else 0.0
    return s, tau, z, 2 * tail(abs(z))


def log_likelihood_ratio(c, expected, total):
    """Kulldorff (2005); 0 where there is no excess."""
    if c <= expected:
        return 0.0
    rest = (total - c) * log((total - c) / (total - expected)) if c < total else 0.0
    return c * log(c / expected) + rest


def history_class(found, recent):
    """The class of one sign from a list of True and False, one per period."""

    def share(part):
        return sum(part) / len(part)

    late, early = share(found[-recent:]), share(found[:-recent])
    if share(found) >= 0.8:
        return "persistent"
    if late >= 0.1 > early:
        return "emerging"
    if early >= 0.1 > late:
        return "former"
    return "intermittent" if share(found) >= 0.1 else "none"


def emerging_class(spots, z, level):
    """All the published definitions that hold for a list of "hot", "cold" and "none", the first of which counts."""
    holding = {"most": [], "other": []}
    s, _, _, p = mann_kendall([round(value, 9) for value in z])
    for sign, other, out in (("hot", "cold", s > 0), ("cold", "hot", s < 0)):
        count = spots.count(sign)
        most, last, before = 10 * count >= 9 * len(spots), spots[-1] == sign, spots[:-1]
        trend = p <= level and s != 0
        run = 0
        while run < len(spots) and spots[-1 - run] == sign:
            run += 1
        definitions = {
            "historical": most and not last,
            "intensifying": most and last and trend and out,
            "diminishing": most and last and trend and not out,
            "persistent": most and last and not trend,
            "oscillating": not most and last and other in before,
            "new": not most and last and sign not in before and other not in before,
            "consecutive": not most and run >= 2 and sign not in spots[:-run] and other not in spots,
            "sporadic": not most and count > 0 and other not in spots and (not last or count > run),
        }
        group = "most" if most else "other"
        holding[group] += [f"{name} {sign} spot" for name, holds in definitions.items() if holds]
    return [*holding["most"], *holding["other"]]


def cylinders(xs, ys, periods, radii, windows):
    """Of each distinct place and radius: centre, radius, members, and the greatest ratio of the windows given."""
    places = sorted(set(zip(xs, ys, strict=True)))
    total = len(periods)
    found = []
    for x, y in places:
        for radius in radii:
            inside = [i for i in range(total) if hypot(xs[i] - x, ys[i] - y) <= radius * (1 + 1e-9)]
            best = (0.0, None)
            for start, stop in windows:
                c = sum(start <= periods[i] < stop for i in inside)
                during = sum(start <= period < stop for period in periods)
                ratio = log_likelihood_ratio(c, len(inside) * during / total, total) if c >= 2 else 0.0
                if ratio > best[0] + 1e-12:
                    best = (ratio, (start, stop))
            found.append((x, y, radius, frozenset((xs[i], ys[i]) for i in inside), *best))
    return found
