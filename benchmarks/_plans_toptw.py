"""
Team orienteering with time windows: "k v N t", "D Q", then "i x y d S f a list O C" of each point, the first the depot.

Distances are Euclidean, cut to one decimal. Each instance runs with one path, and with the v paths by which all points
can be visited; those with other numbers of paths that the folder's list names run, too.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from allocation.orienteering import Outing
from benchmarks._plans_files import references, rows
from benchmarks._plans_record import PlanRow
from benchmarks._plans_top import row, warm

TENTHS: Final = 10.0
DEPOT_CELLS: Final = 9  # in the depot's line, which has no window but its own
LEAST_CELLS: Final = 9


def read(text: str) -> Outing | None:
    """Return an instance with the paths by which all points can be visited, or None where the text is none."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    if len(lines) < 3 or len(lines[0]) != 4 or len(lines[1]) > 2:
        return None
    table = [[float(cell) for cell in line] for line in lines[2:]]
    if len(table) != int(lines[0][2]) + 1 or any(len(line) < LEAST_CELLS for line in table):
        return None
    places = [*table, table[0]]
    xy = np.array([line[1:3] for line in places])
    apart = np.floor(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) * TENTHS + 1e-9).astype(np.int64)
    prize = np.array([line[4] for line in places])
    prize[[0, -1]] = 0.0
    if (prize % 1).any():
        return None
    service, opens, closes = (_tenths(places, column) for column in (3, -2, -1))
    return Outing(apart, prize.astype(np.int64), service, opens, closes, int(lines[0][1]))


def _tenths(places: list[list[float]], column: int) -> np.ndarray:
    return np.rint(np.array([line[column] for line in places]) * TENTHS).astype(np.int64)


def run(folder: Path, seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance and number of paths."""
    known = references(folder)
    warm()

    def solved(name: str, outing: Outing) -> Iterator[PlanRow]:
        paths = {1, outing.rounds} | {many for found, many in known if found == name and many}
        for many in sorted(paths):
            yield row("toptw", f"{name} m={many}", replace(outing, rounds=many), seconds, known.get((name, many)))

    return rows("toptw", folder, read, only, solved)
