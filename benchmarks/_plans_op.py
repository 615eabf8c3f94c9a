"""
Orienteering by one path: Tsiligirides's and Chao's format ("tmax paths", then "x y score"), the team's, and OPLib's.

In the first the first point is the start and the second the end. In OPLib's (TSPLIB with COST_LIMIT and
NODE_SCORE_SECTION) the tour starts and ends at the depot, and distances are TSPLIB's rounded or rounded-up ones.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from allocation.orienteering import Outing
from benchmarks import _plans_top
from benchmarks._plans_files import references, rows
from benchmarks._plans_record import PlanRow
from geodata.cast import FloatArray


def read(text: str) -> Outing | None:
    """Return an instance, or None where the text is none."""
    if "NODE_SCORE_SECTION" in text:
        return _oplib(text)
    first, _, rest = text.partition("\n")
    head = first.replace(";", " ").split()
    if len(head) != 2 or head[0].lower() == "n":
        outing = _plans_top.read(text)
        return outing if outing is not None and outing.rounds == 1 else None
    table = np.array(rest.replace(";", " ").split(), dtype=np.float64).reshape(-1, 3)
    order = np.r_[0, 2 : len(table), 1]
    return _plans_top.outing_of(table[order, :2], table[order, 2], int(head[1]), float(head[0]))


def _oplib(text: str) -> Outing | None:
    """Return an instance in OPLib's format, or None where its distances are of another kind."""
    limit = re.search(r"COST_LIMIT\s*:\s*([\d.]+)", text)
    kind = re.search(r"EDGE_WEIGHT_TYPE\s*:\s*(\w+)", text)
    xy, score, depot = (_section(text, name) for name in ("NODE_COORD", "NODE_SCORE", "DEPOT"))
    if limit is None or kind is None or kind[1] not in ROUNDED or not len(xy) or len(xy) != len(score):
        return None
    start = int(depot.ravel()[0]) if len(depot) else int(xy[0, 0])
    order = np.r_[np.flatnonzero(xy[:, 0] == start), np.flatnonzero(xy[:, 0] != start)]
    order = np.r_[order, order[:1]]
    points = xy[order, 1:3]
    apart = ROUNDED[kind[1]](np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64)
    return _plans_top.limited(apart, score[order, 1], 1, int(float(limit[1])))


def _nearest(apart: FloatArray) -> FloatArray:
    whole: FloatArray = np.floor(apart + 0.5)
    return whole


def _pseudo(apart: FloatArray) -> FloatArray:
    """TSPLIB's ATT: a tenth of the squares, rounded up."""
    whole: FloatArray = np.ceil(apart / np.sqrt(10.0) - 1e-9)
    return whole


def _up(apart: FloatArray) -> FloatArray:
    whole: FloatArray = np.ceil(apart - 1e-9)
    return whole


ROUNDED = {"EUC_2D": _nearest, "CEIL_2D": _up, "ATT": _pseudo}


def _section(text: str, name: str) -> FloatArray:
    """Return the numbers of a section as a table with a row a line."""
    found = re.search(rf"{name}_SECTION\s*:?\s*\n((?:[ \t]*-?\d[^\n]*\n?)*)", text)
    rows = [[float(cell) for cell in line.split()] for line in (found[1] if found else "").splitlines() if line.strip()]
    return np.array([line for line in rows if line != [-1.0]])


def run(folder: Path, seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance."""
    known = references(folder)
    _plans_top.warm()
    return rows(
        "op",
        folder,
        read,
        only,
        lambda name, outing: [_plans_top.row("op", name, outing, seconds, known.get((name, None)))],
    )
