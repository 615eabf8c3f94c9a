"""Sergeants and inspectors by neighbourhood once the teams are known, and who pays for each post."""

import numpy as np
import pandas as pd

from allocation._frame import Frame
from allocation._solvers.transport import spread, transport
from allocation.compare import apportion, apportion_above
from allocation.team_problem import RANKS
from geodata.cast import FloatArray, IntArray


def leaders(frame: Frame, officers: IntArray) -> tuple[IntArray, IntArray]:
    """
    Return sergeants and inspectors by neighbourhood: as many as are needed, the rest in proportion to officers.

    Parameters
    ----------
    frame : the problem
    officers : wards x (constables, CSOs)
    """
    led = np.bincount(frame.home, weights=officers.sum(axis=1), minlength=len(frame.homes)).astype(np.int64)
    needed = np.zeros_like(led) if frame.rules.span is None else -(-led // frame.rules.span)
    each = np.full(len(led), int(frame.rules.inspector_each), dtype=np.int64)
    return _placed(frame, "sergeants", led, needed), _placed(frame, "inspectors", led, each)


def _placed(frame: Frame, rank: str, led: IntArray, needed: IntArray) -> IntArray:
    there = getattr(frame.problem.posts, rank)
    have = int(needed.sum()) if there is None else int(there)
    weights = led.astype(np.float64)
    if have < needed.sum():
        return apportion(have, weights)
    wanted = apportion_above(have, weights, floor=needed)
    number, payers = frame.classes(rank)
    if len(payers) == 1:
        return wanted
    return spread(wanted, needed, number, _posts_of(frame, rank, payers))


def _posts_of(frame: Frame, rank: str, payers: list[tuple[int, ...]]) -> tuple[list[tuple[int, ...]], dict[int, int]]:
    return payers, {fund: getattr(frame.payers[fund], rank) for each in payers for fund in each}


def ward_share(frame: Frame, officers: IntArray, by_home: IntArray) -> FloatArray:
    """Return each ward's share of the leaders of its neighbourhood, by its officers; equal where there are none."""
    team = officers.sum(axis=1)
    led = np.bincount(frame.home, weights=team, minlength=len(frame.homes))
    wards = np.bincount(frame.home, minlength=len(frame.homes))
    share = np.where(led[frame.home] > 0, team / np.maximum(led, 1)[frame.home], 1.0 / wards[frame.home])
    return np.asarray(by_home[frame.home] * share)


def funded(frame: Frame, officers: IntArray, sergeants: IntArray, inspectors: IntArray) -> pd.DataFrame:
    """Return columns place, rank, fund, posts: who pays for each post of each ward and each neighbourhood."""
    wards, homes = list(frame.problem.demand["ward"]), list(frame.homes)
    rows: list[tuple[str, str, str, int]] = []
    for rank, places, posts in zip(
        RANKS, (wards, wards, homes, homes), (officers[:, 0], officers[:, 1], sergeants, inspectors), strict=True
    ):
        if getattr(frame.problem.posts, rank) is None:
            continue
        number, payers = frame.classes(rank)
        paid = transport(posts, number, *_posts_of(frame, rank, payers))
        rows += [
            (places[place], rank, frame.payers[fund].name, count)
            for (place, fund), count in sorted(paid.items())
            if count
        ]
    table = pd.DataFrame(rows, columns=["place", "rank", "fund", "posts"])
    return table.astype({"place": "string", "rank": "string", "fund": "string", "posts": "int64"})
