"""The rows that tie wards together, for the programme over teams: posts and funds, span, moves, shares of hours."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from allocation._frame import Frame
from allocation.team_problem import RANKS
from geodata.cast import BoolArray, FloatArray


@dataclass(frozen=True)
class Links:
    """
    Rows, all of them equalities, with bounded columns that take up what is left.

    Parameters
    ----------
    constable, cso, leaver : rows x wards, what one constable, one CSO and one post that leaves the ward count
    target : rows, what each adds up to
    column : rows x columns besides the teams: posts by fund, sergeants by neighbourhood, what is left of a limit
    most, whole : of each such column, which is at least 0
    names : of the rows' rules
    """

    constable: FloatArray
    cso: FloatArray
    leaver: FloatArray
    target: FloatArray
    column: csc_array
    most: FloatArray
    whole: BoolArray
    names: tuple[str, ...]


class _Rows:
    def __init__(self, wards: int) -> None:
        self._wards = wards
        self._rows: list[tuple[FloatArray, FloatArray, FloatArray]] = []
        self._target: list[float] = []
        self._names: list[str] = []
        self._most: list[float] = []
        self._whole: list[bool] = []
        self._entries: list[tuple[int, int, float]] = []

    def row(self, name: str, target: float, parts: tuple[FloatArray | float, ...] = (0.0, 0.0, 0.0)) -> int:
        """Add a row: what a constable, a CSO and a leaver count by ward; return its number."""
        constable, cso, leaver = (np.broadcast_to(np.asarray(part, dtype=np.float64), self._wards) for part in parts)
        self._rows.append((constable, cso, leaver))
        self._target.append(target)
        self._names.append(name)
        return len(self._rows) - 1

    def column(self, most: float, entries: dict[int, float], *, whole: bool = False) -> None:
        """Add a column between 0 and `most`."""
        self._entries += [(row, len(self._most), entry) for row, entry in entries.items()]
        self._most.append(most)
        self._whole.append(whole)

    def links(self) -> Links:
        """Return the rows and columns so far."""
        constable, cso, leaver = (np.array(part) for part in zip(*self._rows, strict=True))
        rows, columns, entries = np.array(self._entries, dtype=np.float64).reshape(-1, 3).T
        shape = (len(self._rows), len(self._most))
        matrix = csc_array((entries, (rows.astype(np.int64), columns.astype(np.int64))), shape=shape)
        target, most, whole = np.array(self._target), np.array(self._most), np.array(self._whole, dtype=np.bool_)
        return Links(constable, cso, leaver, target, matrix, most, whole, tuple(self._names))


def links(frame: Frame) -> Links:
    """Return the rows of the rules T2, T4, T7, T9 and T11, those that are asked for."""
    rows = _Rows(frame.size)
    for role, rank in enumerate(RANKS[:2]):
        classes, payers = frame.classes(rank)
        counted = [_unit(role, classes == number) for number in range(len(payers))]
        _paid(rows, frame, rank, payers, [rows.row("T2", 0.0, part) for part in counted])
    if frame.problem.posts.sergeants is not None and frame.rules.span is not None:
        _span(rows, frame)
    if frame.rules.moves is not None:
        rows.column(frame.rules.moves, {rows.row("T9", frame.rules.moves, (0.0, 0.0, 1.0)): 1.0})
    if frame.rules.band is not None:
        for group, (low, high) in enumerate(zip(*frame.band, strict=True)):
            inside = (frame.group == group).astype(np.float64)
            row = rows.row("T11", high / frame.hours[0], (inside, inside * frame.hours[1] / frame.hours[0], 0.0))
            rows.column((high - low) / frame.hours[0], {row: 1.0})
    return rows.links()


def _unit(role: int, inside: BoolArray) -> tuple[FloatArray | float, ...]:
    counted: list[FloatArray | float] = [0.0, 0.0, 0.0]
    counted[role] = inside.astype(np.float64)
    return tuple(counted)


def _paid(rows: _Rows, frame: Frame, rank: str, payers: list[tuple[int, ...]], places: list[int]) -> None:
    """Tie the posts of a rank in each class of places to those who pay for them; each payer pays for all its posts."""
    funds = sorted({fund for each in payers for fund in each})
    spent = {fund: rows.row("T7", float(getattr(frame.payers[fund], rank))) for fund in funds}
    for place, there in zip(places, payers, strict=True):
        for fund in there:
            rows.column(float(getattr(frame.payers[fund], rank)), {place: -1.0, spent[fund]: 1.0})


def _span(rows: _Rows, frame: Frame) -> None:
    """Tie officers to the sergeants of their neighbourhood, who add up to those there are."""
    sergeants, span = frame.problem.headcount("sergeants"), frame.rules.span or 1
    classes, payers = frame.classes("sergeants")
    places = [rows.row("T4", 0.0) for _ in payers]
    _paid(rows, frame, "sergeants", payers, places)
    for home in range(len(frame.homes)):
        inside = (frame.home == home).astype(np.float64)
        led = rows.row("T4", 0.0, (inside, inside, 0.0))
        rows.column(float(sergeants), {led: -float(span), places[classes[home]]: 1.0}, whole=True)
        rows.column(float(sergeants * span), {led: 1.0})
