"""
The capacitated p-median problem: Osman and Christofides's format, and Lorena and Senne's.

The first is "number optimum", "n p capacity", then "id x y load", with distances cut to whole numbers; the second is
"n p", then "x y capacity load", with distances as they are. Costs are distances, not times load, as in both papers.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from allocation.p_median import capacitated_p_median
from allocation.siting import Siting, check_siting
from benchmarks._plans_files import references, rows
from benchmarks._plans_record import PlanRow, verdict_of
from geodata.cast import FloatArray

PROOF_SECONDS: Final = 150.0
GRID: Final = 1e4  # distances as they are, to a ten thousandth


@dataclass(frozen=True)
class Town:
    """Distances, loads, capacities, how many sites, and the optimum where the file gives one."""

    cost: FloatArray
    load: FloatArray
    capacity: FloatArray
    p: int
    optimum: float | None


def read(text: str) -> Town | None:
    """Return an instance, or None where the text is none."""
    numbers = [float(word) for word in text.split()]
    if len(numbers) > 5 and len(numbers) == 5 + 4 * numbers[2]:
        table = np.array(numbers[5:]).reshape(-1, 4)
        apart = np.floor(_apart(table[:, 1:3]) + 1e-9)
        return _town(apart, table[:, 3], np.full(len(table), numbers[4]), numbers[3], numbers[1])
    if len(numbers) > 2 and len(numbers) == 2 + 4 * numbers[0]:
        table = np.array(numbers[2:]).reshape(-1, 4)
        return _town(np.rint(_apart(table[:, :2]) * GRID) / GRID, table[:, 3], table[:, 2], numbers[1], None)
    return None


def _apart(xy: FloatArray) -> FloatArray:
    apart: FloatArray = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return apart


def _town(cost: FloatArray, load: FloatArray, capacity: FloatArray, p: float, optimum: float | None) -> Town | None:
    if not (1 <= p <= len(cost) and p == int(p)) or (load % 1).any() or (capacity % 1).any():
        return None
    return Town(cost, load, capacity, int(p), optimum)


def run(folder: Path, seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance; the proof may take some minutes, or `seconds` where that is more."""
    known = references(folder)

    def solved(name: str, town: Town) -> Iterator[PlanRow]:
        began = time.perf_counter()
        found = capacitated_p_median(
            town.cost, town.p, load=town.load, capacity=town.capacity, seconds=max(seconds, PROOF_SECONDS)
        )
        yield _row(name, town, found, time.perf_counter() - began, known.get((name, None), town.optimum))

    return rows("cpmp", folder, read, only, solved)


def _row(name: str, town: Town, found: Siting | None, taken: float, reference: float | None) -> PlanRow:
    size = {"places": len(town.cost), "sites": len(town.cost), "p": town.p}
    if found is None:
        nan = float("nan")
        return PlanRow("cpmp", name, size, nan, nan, nan, taken, "no plan was found", reference, False)
    faults = check_siting(found, town.cost, count=town.p, load=town.load.tolist(), capacity=town.capacity.tolist())
    return PlanRow(
        "cpmp", name, size, found.value, found.bound, found.gap, taken, verdict_of(faults), reference, found.gap == 0.0
    )
