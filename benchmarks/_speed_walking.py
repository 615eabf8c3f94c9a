"""
Walking times between all pairs of hot spots within 3 km on a city's network: ours beside scipy's shortest paths.

The network is made up: junctions about 80 by 110 metres apart, moved about, a node half-way along streets of 100 metres
and more, as `Streets` keeps them, and a tenth of the streets missing. scipy clears a record of every node for each
source, so it runs for some sources only and its time is told for all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numba
import numpy as np
from scipy.sparse.csgraph import dijkstra

from benchmarks._record import OURS, Measured, Row, best, measure
from benchmarks._speed_density import THREADS
from geodata.cast import FloatArray
from geodata.streets import Streets, nearest_node, travel_minutes

LIMIT_M: Final = 3000.0
SIDES_M: Final = (80.0, 110.0)
MISSING: Final = 0.1
NODES_A_JUNCTION: Final = 1.72
THEIRS: Final = 100  # sources that scipy is asked for


@dataclass(frozen=True)
class Setting:
    """A network of about so many nodes, and hot spots on it."""

    nodes: int
    hotspots: int

    @property
    def parameters(self) -> dict[str, Any]:
        """What all subjects are given."""
        return {"nodes": self.streets.size, "hot spots": self.hotspots, "limit": f"{LIMIT_M:g} m"}

    @cached_property
    def streets(self) -> Streets:
        """The network, the same for the same size."""
        return made_up(self.nodes)

    @cached_property
    def places(self) -> FloatArray:
        """The hot spots, shape (hotspots, 2)."""
        rng, streets = np.random.default_rng(2), self.streets
        at = rng.choice(streets.size, self.hotspots, replace=False)
        return np.column_stack((streets.x[at], streets.y[at])) + rng.normal(0, 10, (self.hotspots, 2))


def made_up(nodes: int) -> Streets:
    """Return a network of about so many nodes: junctions on a lattice, and half-way along the longer streets."""
    rng = np.random.default_rng(1)
    side = int(np.sqrt(nodes / NODES_A_JUNCTION))
    at = np.arange(side * side)
    x, y = (
        spacing * lattice + rng.normal(0, spacing / 8, side * side)
        for spacing, lattice in zip(SIDES_M, np.divmod(at, side), strict=True)
    )
    across, along = at[at < side * (side - 1)], at[at % side < side - 1]
    tail, head = np.concatenate((across, along)), np.concatenate((across + side, along + 1))
    kept = rng.random(len(tail)) > MISSING
    tail, head = tail[kept], head[kept]
    middle = side * side + np.arange(len(tail))
    x, y = (np.concatenate((line, (line[tail] + line[head]) / 2)) for line in (x, y))
    points = np.column_stack((tail, middle, head)).ravel()
    starts = np.arange(0, len(points) + 1, 3)
    names: list[str | None] = [None] * len(tail)
    return Streets.of_ways(points, (x[points], y[points]), starts, names=names, crs="EPSG:27700", sha256="")


QUICK: Final = (Setting(20_000, 500),)
FULL: Final = (Setting(20_000, 500), Setting(300_000, 5_000))


def rows(quick: bool, rounds: int = 3) -> Iterator[Row]:
    """Yield a row for each subject at each size."""
    first = measure(_ours(QUICK[0], THREADS))
    yield _row(QUICK[0], f"{OURS}, first call", THREADS, first, None)
    for setting in QUICK if quick else FULL:
        for threads in sorted({1, THREADS}):
            yield _row(setting, OURS, threads, _least(_ours(setting, threads), rounds), None)
        yield _theirs(setting)


def _least(call: Callable[[], Any], rounds: int) -> Measured:
    found = measure(call)
    for _ in range(rounds - 1):
        found = best(found, measure(call))
    return found


def _row(setting: Setting, name: str, threads: int, found: Measured, error: float | None) -> Row:
    taken = (found.seconds, found.cpu_seconds, found.peak_mib)
    return Row("walking times", setting.parameters, name, *taken, error, threads)


def _ours(setting: Setting, threads: int) -> Callable[[], FloatArray]:
    streets, places = setting.streets, setting.places
    streets.tree  # noqa: B018 - made once for a network, as it is read

    def call() -> FloatArray:
        numba.set_num_threads(threads)
        return travel_minutes(streets, places, places, limit_m=LIMIT_M)

    return call


def _theirs(setting: Setting) -> Row:
    """Return scipy's time for all sources, from some; its memory is that of those alone."""
    streets, places = setting.streets, setting.places
    node, _ = nearest_node(streets, *places.T)
    some = node[:THEIRS]
    graph = streets.graph
    found = measure(lambda: dijkstra(graph, indices=some, limit=LIMIT_M)[:, node])
    share = len(node) / len(some)
    scaled = Measured(found.seconds * share, found.cpu_seconds * share, found.peak_mib, found.result)
    return _row(setting, f"scipy dijkstra, of {len(some)} sources", 1, scaled, None)
