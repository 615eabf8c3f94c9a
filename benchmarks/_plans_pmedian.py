"""
The p-median problem in OR-Library's format: "n m p", then edges "i j cost", of which the last between two counts.

Costs are the lengths of shortest paths. With `BEATPLAN_PEERS=spopt` in the environment, spopt solves the same costs
with HiGHS on one thread, and its seconds stand beside ours; that is most of the time.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.sparse.csgraph import floyd_warshall

from allocation.p_median import p_median
from allocation.siting import check_siting
from benchmarks._plans_files import references, rows
from benchmarks._plans_record import PlanRow, verdict_of
from geodata.cast import FloatArray

PROOF_SECONDS: Final = 60.0
PEERS: Final = "BEATPLAN_PEERS"


@dataclass(frozen=True)
class Network:
    """Lengths of shortest paths between vertices, and how many are to be medians."""

    metres: FloatArray
    p: int


def read(text: str) -> Network | None:
    """Return an instance, or None where the text is none."""
    numbers = [float(word) for word in text.split()]
    if len(numbers) < 3 or numbers[:3] != [int(number) for number in numbers[:3]]:
        return None
    n, m, p = (int(number) for number in numbers[:3])
    edges = np.array(numbers[3 : 3 + 3 * m]).reshape(-1, 3)
    if not 1 <= p <= n or len(edges) != m or len(numbers) != 3 + 3 * m:
        return None
    ends = edges[:, :2].astype(np.int64) - 1
    if m == 0 or ends.min() < 0 or ends.max() >= n or (edges[:, :2] % 1).any() or (edges[:, 2] < 0).any():
        return None
    direct = np.full((n, n), np.inf)
    for (i, j), length in zip(ends.tolist(), edges[:, 2].tolist(), strict=True):
        direct[i, j] = direct[j, i] = length
    np.fill_diagonal(direct, 0.0)
    direct[direct == 0.0] = 1e-12  # scipy takes 0 for no edge
    metres = np.asarray(floyd_warshall(direct, directed=False))
    return Network(np.where(metres < 1e-6, 0.0, np.round(metres, 9)), p)


def run(folder: Path, seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance; the proof may take a minute, or `seconds` where that is more."""
    known = references(folder)
    p_median(np.eye(3), 1)  # compiled code is read from disk

    def solved(name: str, network: Network) -> Iterator[PlanRow]:
        cost = _connected(network.metres)
        began = time.perf_counter()
        found = p_median(cost, network.p, seconds=max(seconds, PROOF_SECONDS))
        taken = time.perf_counter() - began
        faults = check_siting(found, cost, count=network.p)
        size = {"places": len(cost), "sites": len(cost), "p": network.p}
        reference, extra = known.get((name, None)), _peer(cost, network.p)
        yield PlanRow(
            "pmedian", name, size, found.value, found.bound, found.gap, taken, verdict_of(faults), reference,
            found.gap == 0.0, extra,
        )  # fmt: skip

    return rows("pmedian", folder, read, only, solved)


def _connected(metres: FloatArray) -> FloatArray:
    """Return lengths in which no path at all is longer than any plan could be."""
    reached = np.isfinite(metres)
    far = float(metres[reached].max()) * len(metres) + 1.0
    return np.where(reached, metres, far)


def _peer(cost: FloatArray, p: int) -> dict[str, Any]:
    """Return spopt's value and seconds for the same costs, where it is asked for."""
    if os.environ.get(PEERS) != "spopt":
        return {}
    pulp, locate = import_module("pulp"), import_module("spopt.locate")
    began = time.perf_counter()
    model = locate.PMedian.from_cost_matrix(cost, np.ones(len(cost)), p)
    model.solve(pulp.HiGHS(msg=False, threads=1, timeLimit=200))
    taken = time.perf_counter() - began
    return {"spopt_value": float(pulp.value(model.problem.objective)), "spopt_seconds": taken}
