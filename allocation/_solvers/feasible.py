"""
Can the rules be kept at all, and if not, by how much must one give way: a small programme over officers by ward.

Whether rules can be kept does not depend on what teams are worth, so that constables and CSOs by ward are whole
numbers of their own here, and no team need be listed. The rules are those of `allocation.team_problem`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from allocation._frame import Frame
from allocation._solvers.highs import Columns, Programme
from allocation.team_problem import RANKS
from geodata.cast import FloatArray, IntArray

NODES = 100_000  # far more than whether rules can be kept has ever taken
INFINITY = float("inf")
ROUND_OFF = 1e-9
MORE = 1e5  # posts: far above any force

Part = tuple[IntArray, FloatArray | float]


@dataclass(frozen=True)
class Settled:
    """Officers by ward that keep the rules, and by how much the softened rule gave way, each part of it by its name."""

    officers: IntArray
    gave: dict[str, float]


class _Model:
    """Columns and rows, gathered one after another."""

    def __init__(self, frame: Frame, active: frozenset[str], soften: str | None) -> None:
        self.frame, self.active, self.soften = frame, active, soften
        self.teams: list[IntArray] = []
        self.knobs: dict[str, IntArray] = {}
        self._bounds: list[tuple[float, float, float, bool]] = []
        self._rows: list[tuple[float, float]] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []

    def columns(self, count: int, most: FloatArray | float, *, worth: float = 0.0, whole: bool = True) -> IntArray:
        """Add `count` columns alike and return their numbers."""
        first = len(self._bounds)
        self._bounds += [(0.0, float(each), worth, whole) for each in np.broadcast_to(most, count)]
        return np.arange(first, first + count)

    def knob(self, rule: str, most: float, *, name: str = "", whole: bool = True) -> list[IntArray]:
        """Add what a softened rule gives way by, as little as it can; nothing where it is another that does."""
        if self.soften != rule:
            return []
        self.knobs[name or rule] = self.columns(1, most, worth=-1.0, whole=whole)
        return [self.knobs[name or rule]]

    def row(self, low: float, high: float, *parts: Part) -> None:
        """Add a row: low <= sum of columns times entries <= high."""
        for columns, entries in parts:
            full = np.broadcast_to(np.asarray(entries, dtype=np.float64), len(columns))
            self._entries.append((np.full(len(columns), len(self._rows)), columns, full))
        self._rows.append((low, high))

    def solve(self) -> FloatArray | None:
        """Return the amounts of the columns that are worth most, or None."""
        low, high = np.array(self._rows).reshape(-1, 2).T
        lower, upper, worth, whole = np.array(self._bounds, dtype=np.float64).T
        none = np.zeros(0, dtype=np.int64)
        rows, columns, entries = (
            (np.concatenate([none, *part]) for part in zip(*self._entries, strict=True))
            if self._entries
            else (none,) * 3
        )
        matrix = csc_array((entries.astype(np.float64), (rows, columns)), shape=(len(low), len(lower)))
        programme = Programme(low.copy(), high.copy())
        programme.add(Columns.of(worth, matrix, upper=upper, lower=lower))
        answer = programme.solve_whole(np.flatnonzero(whole).astype(np.int32), slack=0.0, nodes=NODES)
        if answer is None and not programme.impossible:
            raise RuntimeError("Whether the rules can be kept could not be decided.")
        return None if answer is None else answer.amounts


def settle(
    frame: Frame, active: frozenset[str], *, soften: str | None = None, most: IntArray | None = None
) -> Settled | None:
    """
    Return officers that keep the rules `active`, or None where nobody can.

    Parameters
    ----------
    frame : the problem
    active : numbers of rules, "T1" to "T12"; the others are not asked for
    soften : the one of them that may give way, as little as it can
    most : wards x (constables, CSOs), if there is a reason to look no further
    """
    model = _Model(frame, active, soften)
    for role in range(2):
        free = "T2" not in active or soften == "T2"
        limit = MORE if free else float(frame.posts[role])
        model.teams.append(model.columns(frame.size, limit if most is None else most[:, role].astype(np.float64)))
    for add in (_largest, _headcounts, _least, _service, _locks, _moves, _band):
        add(model)
    homes = len(frame.homes)
    sergeants, inspectors = model.columns(homes, MORE), model.columns(homes, MORE)
    _span(model, sergeants)
    _inspectors(model, inspectors)
    _funds(model, [*model.teams, sergeants, inspectors])
    found = model.solve()
    if found is None:
        return None
    officers = np.column_stack([np.round(found[part]).astype(np.int64) for part in model.teams])
    return Settled(officers, {name: float(found[knob].sum()) for name, knob in model.knobs.items()})


def _largest(model: _Model) -> None:
    if "T1" in model.active and model.frame.rules.largest is not None:
        more = model.knob("T1", MORE)
        for column in np.concatenate(model.teams):
            model.row(-INFINITY, model.frame.rules.largest, (np.array([column]), 1.0), *_less(more))


def _less(knobs: list[IntArray], by: float = -1.0) -> list[Part]:
    return [(knob, by) for knob in knobs]


def _headcounts(model: _Model) -> None:
    if "T2" in model.active:
        for rank, columns, posts in zip(RANKS[:2], model.teams, model.frame.posts, strict=True):
            more = model.knob("T2", MORE, name=rank)
            model.row(float(posts), float(posts), (columns, 1.0), *_less(more))


def _least(model: _Model) -> None:
    """Rules T3, T8 and T10: officers that a ward has at least; the knobs are what a rule's figure falls by."""
    frame = model.frame
    for rule in ("T3", "T8", "T10"):
        least = frame.least[rule]
        if rule not in model.active or not least.any():
            continue
        asked = frame.asked[rule]
        fall = model.knob(rule, 1.0, whole=False) if rule != "T3" else model.knob(rule, float(frame.rules.floor))
        for ward in np.flatnonzero(least):
            each = [(columns[ward : ward + 1], 1.0) for columns in model.teams]
            low = asked[ward] if fall else float(least[ward])
            model.row(low, INFINITY, *each, *[(knob, 1.0 if rule == "T3" else asked[ward]) for knob in fall])


def _service(model: _Model) -> None:
    frame = model.frame
    if "T13" in model.active and frame.rules.least_service:
        for ward, hours in enumerate(frame.least_hours):
            each = zip(model.teams, frame.hours, strict=True)
            model.row(hours * (1 - ROUND_OFF), INFINITY, *[(columns[ward : ward + 1], by) for columns, by in each])


def _locks(model: _Model) -> None:
    if "T12" not in model.active:
        return
    for ward, lock in model.frame.locks.items():
        given_up = model.knob("T12", 1.0, name=str(model.frame.problem.demand["ward"].iloc[ward]))
        for columns, limits in zip(model.teams, lock, strict=True):
            if limits is not None:
                model.row(limits[0], INFINITY, (columns[ward : ward + 1], 1.0), *_less(given_up, float(limits[0])))
                model.row(-INFINITY, limits[1], (columns[ward : ward + 1], 1.0), *_less(given_up, -MORE))


def _moves(model: _Model) -> None:
    frame = model.frame
    if "T9" not in model.active or frame.rules.moves is None or frame.now is None:
        return
    leavers = []
    for columns, now in zip(model.teams, frame.now.T, strict=True):
        leaving = model.columns(frame.size, MORE, whole=False)
        leavers.append(leaving)
        for ward in np.flatnonzero(now):
            model.row(float(now[ward]), INFINITY, (columns[ward : ward + 1], 1.0), (leaving[ward : ward + 1], 1.0))
    model.row(-INFINITY, frame.rules.moves, (np.concatenate(leavers), 1.0), *_less(model.knob("T9", MORE)))


def _band(model: _Model) -> None:
    frame = model.frame
    if "T11" not in model.active or frame.rules.band is None:
        return
    wider, total = model.knob("T11", MORE, whole=False), float(frame.posts @ frame.hours)
    for group, (low, high) in enumerate(zip(*frame.band, strict=True)):
        inside, even = np.flatnonzero(frame.group == group), frame.harm_share[group] * total
        each = [(columns[inside], hours) for columns, hours in zip(model.teams, frame.hours, strict=True)]
        model.row(low, INFINITY, *each, *_less(wider, even))
        model.row(-INFINITY, high, *each, *_less(wider, -even))


def _span(model: _Model, sergeants: IntArray) -> None:
    frame = model.frame
    there, span = frame.problem.posts.sergeants, frame.rules.span
    if "T4" not in model.active or there is None or span is None:
        return
    model.row(there, there, (sergeants, 1.0), *_less(model.knob("T4", MORE)))
    for home in range(len(frame.homes)):
        inside = np.flatnonzero(frame.home == home)
        led = [(columns[inside], 1.0) for columns in model.teams]
        model.row(-INFINITY, 0.0, *led, (sergeants[home : home + 1], -float(span)))


def _inspectors(model: _Model, inspectors: IntArray) -> None:
    there = model.frame.problem.posts.inspectors
    if "T6" in model.active and model.frame.rules.inspector_each:
        if there is not None:
            model.row(there, there, (inspectors, 1.0), *_less(model.knob("T6", MORE)))
        for column in range(len(inspectors)):
            model.row(1.0, INFINITY, (inspectors[column : column + 1], 1.0))


def _funds(model: _Model, placed: list[IntArray]) -> None:
    """Rule T7: each fund's posts of a rank are filled where it may pay; the knob counts those that cannot be."""
    frame = model.frame
    if "T7" not in model.active:
        return
    for rank, columns in zip(RANKS, placed, strict=True):
        number, payers = frame.classes(rank)
        paid: dict[int, list[IntArray]] = {}
        for kind, funds in enumerate(payers):
            fenced = [fund for fund in funds if frame.payers[fund].wards is not None]
            spent = {fund: model.columns(1, MORE, whole=False) for fund in fenced}
            if spent:
                parts = [(each, -1.0) for each in spent.values()]
                model.row(0.0, INFINITY, (columns[np.flatnonzero(number == kind)], 1.0), *parts)
            for fund, column in spent.items():
                paid.setdefault(fund, []).append(column)
        for fund, parts_of in sorted(paid.items()):
            posts = float(getattr(frame.payers[fund], rank))
            model.row(
                posts,
                posts,
                (np.concatenate(parts_of), 1.0),
                *_less(model.knob("T7", MORE, name=f"{fund} {rank}"), 1.0),
            )
