"""Covering by sites as programmes for HiGHS; who covers whom is a matrix, places x sites."""

import numpy as np

from allocation._solvers.highs import Answer, Programme, columns
from geodata.cast import BoolArray, FloatArray

NODES = 20_000


def fewest_sites(near: BoolArray) -> Answer | None:
    """Return the sites that cover every place, as few as can be (value and bound are minus their number)."""
    places, sites = near.shape
    programme = Programme(np.ones(places), np.full(places, np.inf))
    programme.add(columns(-np.ones(sites), np.ones(sites), _entries(near, 0)))
    return programme.solve_whole(np.arange(sites, dtype=np.int32), slack=0.999, nodes=NODES)


def most_covered(near: BoolArray, once: FloatArray, twice: FloatArray, count: int) -> Answer | None:
    """
    Return `count` sites by which most is covered; the first columns are the sites.

    Rows: (1) a place is covered once and twice by no more sites than are near it; (2) `count` sites; (3) nothing is
    covered twice that is not covered once.
    """
    places, sites = near.shape
    again = np.flatnonzero(twice > 0)
    lower = np.concatenate([np.zeros(places), [float(count)], np.zeros(len(again))])
    upper = np.concatenate([np.full(places, np.inf), [float(count)], np.full(len(again), np.inf)])
    programme = Programme(lower, upper)
    opened = [entry | {places: 1.0} for entry in _entries(near, 0)]
    programme.add(columns(np.zeros(sites), np.ones(sites), opened))
    first: list[dict[int, float]] = [{place: -1.0} for place in range(places)]
    for k, place in enumerate(again.tolist()):
        first[place][places + 1 + k] = 1.0
    programme.add(columns(once, np.ones(places), first))
    second: list[dict[int, float]] = [{place: -1.0, places + 1 + k: -1.0} for k, place in enumerate(again.tolist())]
    programme.add(columns(twice[again], np.ones(len(again)), second))
    slack = 1e-9 * max(1.0, float(once.sum() + twice.sum()))
    whole = np.concatenate([np.arange(sites), sites + places + np.arange(len(again))]).astype(np.int32)
    return programme.solve_whole(whole, slack=slack, nodes=NODES)


def _entries(near: BoolArray, first: int) -> list[dict[int, float]]:
    """Return for each site the rows of the places that it covers."""
    return [dict.fromkeys((first + np.flatnonzero(near[:, site])).tolist(), 1.0) for site in range(near.shape[1])]
