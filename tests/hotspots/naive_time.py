"""Slow, obviously right twins of the methods of time, ranks, clusters and concentration."""

from datetime import timedelta
from itertools import pairwise
from math import pi


def mean_in_slice(t, begin, end, days, kernel, steps=500):
    """The mean over a slice of a kernel in time about t, by the middle of many short steps."""
    step, total = (end - begin) / steps, 0.0
    for i in range(steps):
        u = (begin + (i + 0.5) * step - t) / days
        if abs(u) < 1:
            total += (0.75 * (1 - u * u) if kernel == "Epanechnikov" else 15 / 16 * (1 - u * u) ** 2) / days
    return total / steps


def space_time_density(events, centres, edges, bandwidth, days, kernel):
    """Events of (x, y, t in days, weight), one by one at each centre and slice; per square kilometre and week."""
    table = []
    for cx, cy in centres:
        line = []
        for begin, end in pairwise(edges):
            total = 0.0
            for x, y, t, weight in events:
                squared = ((cx - x) ** 2 + (cy - y) ** 2) / bandwidth**2
                if squared < 1:
                    height = weight * 3 / (pi * bandwidth**2) * (1 - squared) ** 2
                    total += height * mean_in_slice(t, begin, end, days, kernel)
            line.append(total * 1_000_000 * 7)
        table.append(line)
    return table


def hours_of_week(begin, end, zone):
    """The share of each of 168 hours, minute by minute of real time, read off the clock on the wall."""
    hours = [0.0] * 168
    minutes = int((end - begin).total_seconds() // 60)
    for i in range(max(1, minutes)):
        moment = (begin + timedelta(minutes=i)).astimezone(zone)
        hours[moment.weekday() * 24 + moment.hour] += 1 / max(1, minutes)
    return hours


def share_in_window(begin, end, first, last, zone):
    """The share of the minutes of a span that the clock on the wall shows inside a window of the day."""
    minutes = max(1, int((end - begin).total_seconds() // 60))
    inside = 0
    for i in range(minutes):
        moment = (begin + timedelta(minutes=i)).astimezone(zone)
        clock = moment.hour * 60 + moment.minute
        inside += first <= clock < last or first <= clock + 1440 < last
    return inside / minutes


def chains(points, weights, radius, least):
    """DBSCAN by hand: the label of each point, -1 for none, clusters numbered in the order of their first core."""
    near = [
        [j for j, other in enumerate(points) if (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 <= radius**2]
        for one in points
    ]
    core = [sum(weights[j] for j in around) >= least for around in near]
    label, number = [-1] * len(points), 0
    for i in range(len(points)):
        if core[i] and label[i] < 0:
            edge = [i]
            while edge:
                at = edge.pop()
                if label[at] < 0:
                    label[at] = number
                    edge += [j for j in near[at] if label[j] < 0] if core[at] else []
            number += 1
    return label
