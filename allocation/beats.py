"""
Contiguous beats of like workload, as compact as can be found.

    minimise  sum over beats of the least, over its areas c, of the sum over its areas i of workload[i] metres[i, c]
    B1  every area is in one of `count` beats, and no beat is empty
    B2  the areas of a beat hang together: one reaches all of them through areas that touch
    B3  a beat's workload is within 1 - `band` to 1 + `band` of the mean

Without B2 and B3 it is the p-median problem, whose proven value is the bound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse.csgraph import connected_components

from allocation._solvers.beats import cost_of, recombined
from allocation.p_median import capacitated_p_median, chosen_of, p_median
from allocation.siting import costs
from geodata.cast import BoolArray, FloatArray, IntArray, above_zero, weights, whole
from geodata.errors import InputError

ROUNDS = 3000
PARTS = 10_000  # of the whole workload, in which a beat's is counted for the bound


@dataclass(frozen=True)
class Beats:
    """
    Areas in beats, and how good that is at least.

    Parameters
    ----------
    beat : number of the beat of each area
    centre : area from which each beat is nearest to its work
    load : workload of each beat
    value : workload x metres from the centres
    bound : no contiguous beats within the band are worth less
    gap : (value - bound) / value
    within_band : whether rule B3 is kept; where it is not, no beats were found that keep it
    """

    beat: IntArray
    centre: tuple[int, ...]
    load: FloatArray
    value: float
    bound: float
    gap: float
    within_band: bool


def draw_beats(
    workload: ArrayLike,
    metres: ArrayLike,
    touching: ArrayLike,
    *,
    count: int,
    band: float = 0.1,
    rounds: int = ROUNDS,
    seed: int = 0,
    proof_seconds: float | None = None,
) -> Beats:
    """
    Return contiguous beats, with a bound on how compact any can be.

    Beats grow from areas far apart, then pairs are recombined [1]_. The bound leaves contiguity out: where the gap is
    wide, that may be what contiguity costs.

    Parameters
    ----------
    workload : of each area, above 0 in total
    metres : areas x areas
    touching : areas x areas, whether two share a border
    count : beats, at most as many as areas
    band : share of the mean by which a beat's workload may differ from it
    rounds : recombinations
    seed : of all chance
    proof_seconds : for a bound that knows of the band's upper end; None: no clock, and the bound is the p-median's

    Raises
    ------
    InputError
        If the arrays do not fit each other, a figure is out of its range, or the areas are in more pieces than beats.

    References
    ----------
    .. [1] DeFord, Duchin and Solomon (2021). Recombination: a family of Markov chains for redistricting. Harvard Data
       Science Review 3(1).
    """
    apart = costs(metres)
    work = weights(workload, len(apart), "workload")
    near = _neighbours(touching, apart)
    count, total = chosen_of(count, len(apart)), above_zero(float(work.sum()), "workload")
    _refuse_pieces(near, count)
    cost, mean = work[:, None] * apart, total / count
    limits = (1.0 - above_zero(band, "band")) * mean, (1.0 + band) * mean
    weight = 10.0 * (float(cost.sum(axis=0).min()) + 1.0) / mean
    start, state = _grown(apart, work, near, count), np.array([whole(seed, "seed")], dtype=np.uint64)
    beat = recombined(cost, work, near, start, limits, weight, whole(rounds, "rounds"), state)
    return _told(beat, cost, work, limits, _bound(cost, work, count, limits[1], proof_seconds))


def _neighbours(touching: ArrayLike, apart: FloatArray) -> BoolArray:
    near = np.array(touching, dtype=np.bool_)
    if near.shape != apart.shape or apart.shape[0] != apart.shape[1]:
        raise InputError(f"`metres` and `touching` must be square and alike, got {apart.shape} and {near.shape}.")
    np.fill_diagonal(near, False)
    return np.asarray(near | near.T)


def _refuse_pieces(near: BoolArray, count: int) -> None:
    pieces = int(connected_components(near.astype(np.float64))[0])
    if pieces > count:
        raise InputError(f"Areas must hang together in no more pieces than there are beats, got {pieces} for {count}.")


def _grown(apart: FloatArray, work: FloatArray, near: BoolArray, count: int) -> IntArray:
    """Return beats that grow from areas far apart, the lightest first, each by the nearest area that touches it."""
    piece = connected_components(near.astype(np.float64))[1]
    seeds = [int(np.flatnonzero(piece == each)[0]) for each in range(int(piece.max()) + 1)]
    while len(seeds) < count:
        least = apart[:, seeds].min(axis=1)
        least[seeds] = -1.0
        seeds.append(int(least.argmax()))
    beat = np.full(len(work), -1, dtype=np.int64)
    beat[seeds] = np.arange(count)
    load, grows = work[seeds].copy(), set(range(count))
    while grows:
        lightest = min(grows, key=lambda each: (load[each], each))
        open_to = np.flatnonzero((beat < 0) & near[beat == lightest].any(axis=0))
        if len(open_to):
            area = open_to[apart[open_to, seeds[lightest]].argmin()]
            beat[area] = lightest
            load[lightest] += work[area]
        else:
            grows.remove(lightest)
    return beat


def _bound(cost: FloatArray, work: FloatArray, count: int, most: float, seconds: float | None) -> float:
    """Return what no beats cost less than; with a clock, no beat's workload rounded down passes the band either."""
    bound = p_median(cost, count).bound
    if seconds is None:
        return bound
    part = float(work.sum()) / PARTS
    loads, room = np.floor(work / part), np.full(len(work), np.floor(most / part + 1e-9))
    found = capacitated_p_median(cost, count, load=loads, capacity=room, seconds=seconds)
    return bound if found is None else max(bound, found.bound)


def _told(beat: IntArray, cost: FloatArray, work: FloatArray, limits: tuple[float, float], bound: float) -> Beats:
    members = [np.flatnonzero(beat == each) for each in range(int(beat.max()) + 1)]
    centre = tuple(int(areas[cost[np.ix_(areas, areas)].sum(axis=0).argmin()]) for areas in members)
    load = np.array([work[areas].sum() for areas in members])
    value = float(sum(cost_of(cost, areas) for areas in members))
    bound = min(bound, value)
    slack = 1e-9 * limits[1]
    inside = bool(((load >= limits[0] - slack) & (load <= limits[1] + slack)).all())
    return Beats(beat, centre, load, value, bound, (value - bound) / value if value > 0 else 0.0, inside)


@dataclass(frozen=True)
class Judged:
    """
    What any parts of a map come to as beats.

    Parameters
    ----------
    load : workload of each part, in the order of their labels
    value : workload x metres from the best centre of each
    pieces : pieces that the parts fall into beyond one each
    within_band : whether every load is within the band about the mean
    """

    load: FloatArray
    value: float
    pieces: int
    within_band: bool


def judge_beats(labels: ArrayLike, workload: ArrayLike, metres: ArrayLike, touching: ArrayLike, band: float) -> Judged:
    """
    Return what beats come to that somebody else drew.

    Parameters
    ----------
    labels : the beat of each area, by any names
    workload, metres, touching, band : as for `draw_beats`

    Raises
    ------
    InputError
        If the arrays do not fit each other.
    """
    apart = costs(metres)
    work, near = weights(workload, len(apart), "workload"), _neighbours(touching, apart)
    beat = np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1]
    if len(beat) != len(work):
        raise InputError(f"`labels` must name the beat of every area, {len(work)}, got {len(beat)}.")
    members = [np.flatnonzero(beat == each) for each in range(int(beat.max()) + 1)]
    load = np.array([work[areas].sum() for areas in members])
    value = float(sum(cost_of(work[:, None] * apart, areas) for areas in members))
    pieces = sum(int(connected_components(near[np.ix_(areas, areas)].astype(np.float64))[0]) - 1 for areas in members)
    return Judged(load, value, pieces, bool((np.abs(load / load.mean() - 1.0) <= band + 1e-9).all()))


def check_beats(found: Beats, workload: ArrayLike, metres: ArrayLike, touching: ArrayLike, band: float) -> list[str]:
    """Return which of the rules B1 to B3 beats break, and whether the value is wrong; knows nothing of the search."""
    work, apart, near = np.asarray(workload, dtype=np.float64), np.asarray(metres), np.asarray(touching)
    beats: dict[int, list[int]] = {}
    for area, number in enumerate(found.beat.tolist()):
        beats.setdefault(number, []).append(area)
    faults = []
    if len(found.beat) != len(work) or sorted(beats) != list(range(len(found.centre))):
        faults.append(f"B1 every area is in one of {len(found.centre)} beats, got {len(beats)} with areas")
    torn = sum(len(_reached(areas, near)) < len(areas) for areas in beats.values())
    if torn:
        faults.append(f"B2 a beat hangs together, got {torn} that do not")
    mean = float(work.sum()) / max(1, len(beats))
    odd = sum(abs(float(work[areas].sum()) / mean - 1.0) > band + 1e-9 for areas in beats.values())
    if odd and found.within_band:
        faults.append(f"B3 a beat's workload is within {band:.0%} of the mean, got {odd} that are not")
    value = sum(min(sum(work[i] * apart[i, c] for i in areas) for c in areas) for areas in beats.values())
    if abs(value - found.value) > 1e-9 * max(1.0, value) or found.bound > found.value:
        faults.append(f"the value is {value:g} and the bound no more, got {found.value:g} and {found.bound:g}")
    return faults


def _reached(areas: list[int], near: BoolArray) -> set[int]:
    """Return the areas of a beat that its first reaches through others of the beat."""
    reached, edge = {areas[0]}, [areas[0]]
    while edge:
        here = edge.pop()
        new = [area for area in areas if area not in reached and (near[here, area] or near[area, here])]
        reached.update(new)
        edge += new
    return reached
