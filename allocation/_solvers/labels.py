"""
The patrol worth most at given prices, with the gap kept: labels that remember the places they may not yet return to.

A label holds up to four places, each with the end of its last visit, while the gap still forbids a return. What should
be forgotten beyond that may be visited too soon, so that the worth found is a bound on real patrols. Labels that others
make good are left out (`dominance`), and so are those that cannot pass a floor with all that can still be earned, by
patrols that mind only the place before.
"""

from typing import Any, NamedTuple

import numba
import numpy as np

from allocation._solvers.dominance import HOLES, MEMORY, NONE, Labels, Steps, Walks, dominated
from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner

BASE = -2


class Ahead(NamedTuple):
    """By rank, minutes left and place: the most that a visit and all after it are worth, and the next place."""

    worth: FloatArray
    to: Steps


@numba.njit(cache=True, inline="always")
def _ranked(best, value, to):  # type: ignore[no-untyped-def]
    """Return the two best ways on to different places."""
    v1, p1, v2, p2 = best
    if to == p1:
        return max(v1, value), p1, v2, p2
    if value > v1:
        return value, to, v1, p1
    if value > v2:
        return v1, p1, value, to
    return best


@numba.njit(cache=True)
def ahead_of(walks: Walks, prize: FloatArray) -> Ahead:
    """Return what can still be earned where only the place before minds the gap; places of no prize are left out."""
    n = len(prize)
    worth = np.full((2, walks.minutes + 1, n), -np.inf)
    to = np.full((2, walks.minutes + 1, n), NONE, np.int32)
    for m in range(1, walks.minutes + 1):
        for h in range(n):
            if prize[h] <= 0.0:
                continue
            best = (worth[0, m - 1, h], to[0, m - 1, h], worth[1, m - 1, h], to[1, m - 1, h])
            left = m - walks.dwell[h]
            if left >= walks.out[h]:
                best = _ranked(best, prize[h], BASE)
            for j in range(n):
                rest = left - (walks.legs[h, j] if j != h else walks.gap)
                if rest < 0 or prize[j] <= 0.0 or worth[0, rest, j] + prize[h] <= best[2]:
                    continue
                on = _onward(worth, to, prize, j, rest, h, left - walks.gap)
                best = _ranked(best, prize[h] + on, j)
            worth[0, m, h], to[0, m, h], worth[1, m, h], to[1, m, h] = best
    return Ahead(worth, to)


@inner
def _onward(worth: FloatArray, to: Steps, prize: FloatArray, place: int, left: int, before: int, again: int) -> float:
    """Return the most from a visit on, begun with `left` minutes; `before` may begin again with `again` left."""
    most: float = worth[0, left, place]
    if to[0, left, place] != before or before == place:
        return most
    back: float = prize[place] + worth[0, again, before] if again >= 0 else -np.inf
    other: float = worth[1, left, place]
    return min(most, max(other, back))


@inner
def _remember(walks: Walks, labels: Labels, label: int, new: int) -> None:
    """Write what a label after another holds: the place before, and what the other held, if it still matters."""
    here, now, many = labels.at[new], labels.end[new], 0
    for a in range(MEMORY):
        labels.places[new, a] = NONE
    before = labels.at[label]
    if before != here and labels.end[label] + walks.gap > now + walks.soon[here, before]:
        labels.places[new, 0], labels.ends[new, 0], many = before, labels.end[label], 1
    for a in range(MEMORY):
        place = labels.places[label, a]
        if place == NONE or many == MEMORY:
            break
        if place != here and labels.ends[label, a] + walks.gap > now + walks.soon[here, place]:
            labels.places[new, many], labels.ends[new, many] = place, labels.ends[label, a]
            many += 1


@inner
def _extended(
    walks: Walks,
    prize: FloatArray,
    ahead: Ahead,
    floor: float,
    clean: FloatArray,
    labels: Labels,
    first: Steps,
    label: int,
    count: int,
) -> int:
    """Write the labels that follow from one; return how many there are, or NONE where there is no room."""
    here, now, worth = labels.at[label], labels.end[label], labels.worth[label]
    for j in range(len(prize)):
        start = now + (walks.legs[here, j] if j != here else walks.gap)
        for a in range(MEMORY):
            if labels.places[label, a] == j:
                start = max(start, labels.ends[label, a] + walks.gap)
        left, end = walks.minutes - start, start + walks.dwell[j]
        if prize[j] <= 0.0 or left < walks.dwell[j] + walks.out[j] or worth + prize[j] <= clean[j]:
            continue
        again = walks.minutes - now - walks.gap
        if worth + _onward(ahead.worth, ahead.to, prize, j, left, here, again) <= floor:
            continue
        if count == len(labels.at):
            return NONE
        labels.at[count], labels.end[count], labels.before[count] = j, end, label
        labels.worth[count] = worth + prize[j]
        _remember(walks, labels, label, count)
        _sorted_in(labels, first[end], j, count)
        count += 1
    return count


@inner
def _sorted_in(labels: Labels, first: Steps, place: int, label: int) -> None:
    """Put a label into the list of its place and end, those first that are worth most."""
    before, following = NONE, first[place]
    while following != NONE and labels.worth[following] > labels.worth[label]:
        before, following = following, labels.link[following]
    labels.link[label] = following
    if before == NONE:
        first[place] = label
    else:
        labels.link[before] = label


@inner
def _blank(most: int) -> Labels:
    return Labels(
        np.empty(most, np.int32),
        np.empty(most, np.int32),
        np.empty(most),
        np.full(most, NONE, np.int32),
        np.empty(most, np.int32),
        np.full((most, MEMORY), NONE, np.int16),
        np.empty((most, MEMORY), np.int16),
    )


@numba.njit(cache=True)
def best_walks(
    walks: Walks, prize: FloatArray, ahead: Ahead, floor: float, most: int, keep: int
) -> tuple[float, int, IntArray]:
    """
    Return a bound on all patrols, how many labels were made, and the places of patrols above `floor`, the last first.

    The bound is at least `floor`; where `most` labels are not enough it is infinite.
    """
    n = len(prize)
    count: Any = np.int64(0)  # a plain 0 would have numba compile `_extended` for that number, too
    labels, first = _blank(most), np.full((walks.minutes + 1, n), NONE, np.int32)
    done, clean = np.full(n, NONE, np.int32), np.full(n, -np.inf)  # clean: the most of a label that forbids nothing
    best = np.full((walks.minutes + 1, n), -np.inf)
    holes, spare = np.full((HOLES, MEMORY + 1, 2), NONE), np.full((HOLES, MEMORY + 1, 2), NONE)
    top, found = np.full(keep, floor), np.full(keep, NONE, np.int64)
    for h in range(n):
        end = walks.out[h] + walks.dwell[h]
        if prize[h] > 0.0 and end + walks.out[h] <= walks.minutes:
            if count == most:
                return np.inf, most, _traced(labels, found, walks.minutes)
            labels.at[count], labels.end[count], labels.worth[count] = h, end, prize[h]
            labels.link[count], first[end, h] = NONE, count
            count += 1
    for t in range(walks.minutes + 1):
        for h in range(n):
            best[t, h] = best[t - 1, h] if t else -np.inf
            if t >= walks.gap:
                clean[h] = max(clean[h], best[t - walks.gap, h])
            label = first[t, h]
            while label != NONE:
                following, worth = labels.link[label], labels.worth[label]
                if worth > clean[h] and not dominated(walks, labels, done, label, holes, spare):
                    labels.link[label], done[h] = done[h], label
                    best[t, h] = max(best[t, h], worth)
                    clean[h] = worth if labels.places[label, 0] == NONE else clean[h]
                    low = top.argmin()
                    if worth > top[low] and t + walks.out[h] <= walks.minutes:
                        top[low], found[low] = worth, label
                    count = _extended(walks, prize, ahead, floor, clean, labels, first, label, count)
                    if count == NONE:
                        return np.inf, most, _traced(labels, found, walks.minutes)
                label = following
    return top.max(), count, _traced(labels, found, walks.minutes)


@inner
def _traced(labels: Labels, found: IntArray, minutes: int) -> IntArray:
    """Return the places of the patrols that end in these labels, a row each, the last place first."""
    rows = np.full((len(found), minutes + 1), NONE, np.int64)
    for k in range(len(found)):
        label, many = found[k], 0
        while label != NONE:
            rows[k, many] = labels.at[label]
            label, many = labels.before[label], many + 1
    return rows


@numba.njit(cache=True)
def soonest(dwell: IntArray, legs: IntArray) -> IntArray:
    """Return the least minutes from the end of a visit to the beginning of another, by way of any in between."""
    soon = legs.copy()
    for k in range(len(dwell)):
        for i in range(len(dwell)):
            for j in range(len(dwell)):
                soon[i, j] = min(soon[i, j], soon[i, k] + dwell[k] + soon[k, j])
    return soon
