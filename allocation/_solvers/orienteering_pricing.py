"""
The round worth most at given prizes: a bound by two-cycle-free walks, then rounds that remember their neighbourhood.

Time is in coarse steps, every leg rounded down, so that no real round is lost. `ahead` is the most that can still be
earned from a place at a step by walks that do not turn straight back; with it, labels that cannot pass `floor` are
dropped. A label at a place remembers which of the place's neighbours it has visited, and may return to others [1]_.

References
----------
.. [1] Baldacci, Mingozzi and Roberti (2011). New route relaxation and pricing strategies for the vehicle routing
   problem. Operations Research 59(5), 1269-1283.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

NONE = -1
Steps = npt.NDArray[np.int32]
Masks = npt.NDArray[np.uint16]


class Coarse(NamedTuple):
    """Legs with the service before them, opening and closing by place, in coarse steps; the last place is the end."""

    leg: IntArray
    opens: IntArray
    closes: IntArray


class Memory(NamedTuple):
    """What a label keeps: the bit of j at i (0: none), and from i to j the bits kept of each set of bits at i."""

    bit: Masks
    kept: Masks


@numba.njit(cache=True)
def memory(near: IntArray) -> Memory:
    """Return what is remembered where each place has these neighbours."""
    n, size = near.shape
    bit = np.zeros((n, n), np.uint16)
    for i in range(n):
        for b in range(size):
            bit[i, near[i, b]] = 1 << b
    kept = np.zeros((n, n, 1 << size), np.uint16)
    for i in range(n):
        for j in range(n):
            for b in range(size):
                to = bit[j, near[i, b]]
                if to:
                    for mask in range(1 << size):
                        if mask >> b & 1:
                            kept[i, j, mask] |= to
            kept[i, j] |= bit[j, i]
    return Memory(bit, kept)


@numba.njit(cache=True)
def look_ahead(coarse: Coarse, prize: FloatArray) -> tuple[FloatArray, FloatArray, Steps]:
    """Return by place and step the most to be earned afterwards, the most by another next place, and the first's."""
    n, last = len(prize), int(coarse.closes[-1])
    first = np.full((n, last + 1), -np.inf)
    second = np.full((n, last + 1), -np.inf)
    follow = np.full((n, last + 1), NONE, np.int32)
    first[n - 1, :] = 0.0
    for t in range(last, -1, -1):
        for i in range(n - 1):
            if t < coarse.opens[i] or t > coarse.closes[i]:
                continue
            best, other, to = -np.inf, -np.inf, NONE
            if t + coarse.leg[i, n - 1] <= last:
                best, to = 0.0, n - 1
            for j in range(1, n - 1):
                there = max(coarse.opens[j], t + coarse.leg[i, j])
                if prize[j] <= 0.0 or j == i or there > coarse.closes[j]:
                    continue
                value = prize[j] + (second[j, there] if follow[j, there] == i else first[j, there])
                if value > best:
                    best, other, to = value, best, j
                elif value > other:
                    other = value
            first[i, t], second[i, t], follow[i, t] = best, other, to
    return first, second, follow


@numba.njit(cache=True)
def relaxed_round(coarse: Coarse, prize: FloatArray, ahead: tuple[FloatArray, FloatArray, Steps]) -> IntArray:
    """Return the places of the best walk that does not turn straight back."""
    first, _, follow = ahead
    n = len(prize)
    places = np.empty(first.shape[1] + n, np.int64)
    count, here, t, before = 0, 0, int(coarse.opens[0]), NONE
    while True:
        to = follow[here, t]
        if to == before and before != NONE:
            best, to = -np.inf, n - 1
            for j in range(1, n):
                there = max(coarse.opens[j], t + coarse.leg[here, j])
                if j in (here, before) or there > coarse.closes[j] or (j < n - 1 and prize[j] <= 0.0):
                    continue
                gain = prize[j] if j < n - 1 else 0.0
                if j < n - 1:
                    gain += _onward(ahead, j, there, here)
                if gain > best:
                    best, to = gain, j
        if to == n - 1 or to == NONE or count >= len(places):
            return places[:count]
        t = max(coarse.opens[to], t + coarse.leg[here, to])
        places[count] = to
        count += 1
        before, here = here, to


@inner
def _onward(ahead: tuple[FloatArray, FloatArray, Steps], place: int, t: int, before: int) -> float:
    """Return the most to be earned after a place that was reached from `before`."""
    most: float = ahead[1][place, t] if ahead[2][place, t] == before else ahead[0][place, t]
    return most


class Labels(NamedTuple):
    """Labels in the order they were made: place, memory, worth, the one before, and the next of the step and place."""

    at: Steps
    mask: Masks
    worth: FloatArray
    parent: Steps
    link: Steps
    head: Steps


@inner
def _blank(most: int, steps: int, n: int) -> Labels:
    return Labels(
        np.empty(most, np.int32),
        np.empty(most, np.uint16),
        np.empty(most),
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.full((steps, n), NONE, np.int32),
    )


@inner
def _extended(
    coarse: Coarse,
    prize: FloatArray,
    ahead: tuple[FloatArray, FloatArray, Steps],
    known: Memory,
    floor: float,
    seen: FloatArray,
    labels: Labels,
    label: int,
    t: int,
    count: int,
) -> int:
    """Write the labels that follow from one at step `t`; return how many there are, or -1 where there is no room."""
    i, held, now = labels.at[label], labels.mask[label], labels.worth[label]
    for j in range(1, len(prize) - 1):
        there = max(coarse.opens[j], t + coarse.leg[i, j])
        if prize[j] <= 0.0 or j == i or there > coarse.closes[j] or known.bit[i, j] & held:
            continue
        value, kept = now + prize[j], known.kept[i, j, held]
        if value + _onward(ahead, j, there, i) <= floor or value <= seen[j, kept]:
            continue
        if count == len(labels.at):
            return -1
        labels.at[count], labels.mask[count], labels.worth[count] = j, kept, value
        labels.parent[count], labels.link[count] = label, labels.head[there, j]
        labels.head[there, j] = count
        count += 1
    return count


@numba.njit(cache=True)
def best_rounds(
    coarse: Coarse,
    prize: FloatArray,
    ahead: tuple[FloatArray, FloatArray, Steps],
    known: Memory,
    floor: float,
    most: int,
    keep: int,
) -> tuple[float, IntArray]:
    """
    Return a bound on all rounds, at least `floor`, and the places of rounds above it (NONE beyond their ends).

    Labels go by step of time; one is dropped where another at the place was there no later, is worth no less and
    remembers no more. Where `most` labels are not enough, the bound is that of the walks.
    """
    n, last = len(prize), int(coarse.closes[-1])
    size = known.kept.shape[2]
    labels = _blank(most, last + 1, n)
    seen = np.full((n, size), -np.inf)  # by place: the most of any label that remembers no more than this
    labels.at[0], labels.mask[0], labels.worth[0], labels.parent[0], labels.link[0] = 0, 0, 0.0, NONE, NONE
    labels.head[coarse.opens[0], 0] = 0
    count = 1
    ends, values = np.full(keep, NONE, np.int64), np.full(keep, floor)
    for t in range(last + 1):
        for i in range(n - 1):
            label = labels.head[t, i]
            while label != NONE:
                now, held = labels.worth[label], labels.mask[label]
                if now > seen[i, held]:
                    for more in range(size):
                        if more & held == held and seen[i, more] < now:
                            seen[i, more] = now
                    worst = values.argmin()
                    if now > values[worst] and t + coarse.leg[i, n - 1] <= last:
                        values[worst], ends[worst] = now, label
                    count = _extended(coarse, prize, ahead, known, floor, seen, labels, label, t, count)
                    if count < 0:
                        return ahead[0][0, coarse.opens[0]], _traced(labels.at, labels.parent, ends, n)
                label = labels.link[label]
    return values.max(), _traced(labels.at, labels.parent, ends, n)


@inner
def _traced(at: Steps, parent: Steps, ends: IntArray, n: int) -> IntArray:
    """Return the places of the rounds that end in these labels."""
    rounds = np.full((len(ends), 4 * n), NONE, np.int64)
    for k in range(len(ends)):
        label, count = ends[k], 0
        while label > 0 and count < 4 * n:
            rounds[k, count] = at[label]
            count += 1
            label = parent[label]
        for i in range(count // 2):
            rounds[k, i], rounds[k, count - 1 - i] = rounds[k, count - 1 - i], rounds[k, i]
    return rounds
