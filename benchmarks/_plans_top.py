"""
Team orienteering in Chao, Golden and Wasil's format: "n", "m" and "tmax" lines, then "x y score" of each point.

The first point is the start and the last the end; distances are Euclidean, in hundred thousandths and rounded up, so
that no plan is longer than it says. `seconds` are the processor's, for the plan; the proof takes `PROOF_SECONDS` more.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from allocation.orienteering import Outing, check_rounds, plan_rounds
from benchmarks._plans_files import references, rows
from benchmarks._plans_record import PlanRow, verdict_of
from geodata.cast import FloatArray

GRID: Final = 1e5
NEARLY: Final = 1e-3  # of a step: whole distances stay whole
PROOF_SECONDS: Final = 5.0


def read(text: str) -> Outing | None:
    """Return an instance, or None where the text is none."""
    lines = text.split("\n", 3)
    heads = [line.replace(";", " ").split() for line in lines[:3]]
    if [head[0].lower() if len(head) == 2 else "" for head in heads] != ["n", "m", "tmax"]:
        return None
    n, m, tmax = int(heads[0][1]), int(heads[1][1]), float(heads[2][1])
    table = np.array(lines[3].replace(";", " ").split(), dtype=np.float64).reshape(-1, 3)
    return outing_of(table[:, :2], table[:, 2], m, tmax) if len(table) == n else None


def outing_of(xy: FloatArray, score: FloatArray, rounds: int, tmax: float) -> Outing | None:
    """Return rounds between the first and the last point within a length, or None where scores are not whole."""
    if (score % 1).any() or (score < 0).any() or not tmax >= 0:
        return None
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    return limited(np.ceil(apart * GRID - NEARLY).astype(np.int64), score, rounds, int(tmax * GRID + NEARLY))


def limited(legs: np.ndarray, score: FloatArray, rounds: int, limit: int) -> Outing:
    """Return rounds that have nothing to keep to but their length."""
    none = np.zeros(len(score), dtype=np.int64)
    return Outing(legs, score.astype(np.int64), none, none, np.full(len(score), limit), rounds)


def run(folder: Path, seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance."""
    known = references(folder)
    warm()
    return rows(
        "top", folder, read, only, lambda name, outing: [row("top", name, outing, seconds, known.get((name, None)))]
    )


def warm() -> None:
    """Read compiled code from disk, or compile it, before any clock starts."""
    xy = np.random.default_rng(0).uniform(0, 9, (12, 2))
    outing = outing_of(xy, np.arange(12.0), 2, 15.0)
    assert outing is not None
    plan_rounds(outing, turns=40)


def row(family: str, name: str, outing: Outing, seconds: float, reference: float | None) -> PlanRow:
    """Return the row of one instance."""
    began, cpu = time.perf_counter(), time.process_time()
    found = plan_rounds(outing, seconds=seconds, proof_seconds=PROOF_SECONDS)
    taken, cpu = time.perf_counter() - began, time.process_time() - cpu
    size = {"places": len(outing.prize), "rounds": outing.rounds}
    verdict = verdict_of(check_rounds(outing, found))
    return PlanRow(
        family, name, size, found.value, found.bound, found.gap, taken, verdict, reference, found.gap == 0.0,
        {"cpu_seconds": cpu, "search_seconds": seconds},
    )  # fmt: skip
