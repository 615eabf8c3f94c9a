"""Network density on a made-up town of uneven blocks: ours with three kernels, beside Dijkstra searches in NetworkX."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from typing import Any, Final

import geopandas as gpd
import networkx as nx
import numba
import numpy as np

from benchmarks._record import OURS, Measured, Row, best, measure, versions
from geodata.cast import FloatArray
from geodata.streets import Streets
from geodata.tables import WORKING_CRS
from hotspots.chains import ChainedStreets, NetworkMethod, lixel_mass
from hotspots.lixels import CutStreets, Places
from hotspots.network_density import network_density

BANDWIDTH: Final = 300.0  # metres
LIXEL: Final = 50.0  # metres
BLOCK: Final = 100.0  # metres
UNEVEN: Final = 30.0  # metres by which a junction may lie aside
CLOSED: Final = 0.12  # of the streets between junctions
ASIDE: Final = 5.0  # metres from crimes to the middle of their street, standard deviation
FINE: Final = 32_768  # slabs: what is compared with
SLOW: Final = 4.0  # seconds: what takes longer runs once
SIZES: Final = ((101, 10_000), (501, 100_000), (501, 1_000_000))  # junctions along a side, crimes
FOR_PEERS: Final = (41, 500)
METHODS: Final[tuple[NetworkMethod, ...]] = ("simple", "discontinuous", "continuous")
THREADS: Final = numba.get_num_threads()


@dataclass(frozen=True)
class Setting:
    """Streets, the places of crimes along them, and the crimes themselves, a few metres aside."""

    streets: Streets
    places: Places
    crimes: gpd.GeoDataFrame

    @classmethod
    def of(cls, side: int, size: int) -> "Setting":
        """Return a town of `side` x `side` junctions with `size` crimes anywhere along its streets."""
        rng = np.random.default_rng(1)
        streets = town(side)
        cut = CutStreets.of(streets, LIXEL)
        edge = rng.choice(cut.length.size, size, p=cut.length / cut.length.sum())
        share = rng.random(size)
        ends = (np.column_stack((streets.x, streets.y))[node[edge]] for node in (cut.tail, cut.head))
        begin, end = ends
        spot = begin + (end - begin) * share[:, None] + rng.normal(0, ASIDE, (size, 2))
        crimes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*spot.T), crs=WORKING_CRS)
        return cls(streets, Places(edge, share * cut.length[edge]), crimes)

    @property
    def cut(self) -> CutStreets:
        """The streets in lixels."""
        return CutStreets.of(self.streets, LIXEL)

    @property
    def parameters(self) -> dict[str, Any]:
        """What all subjects are given."""
        sizes = {"n": len(self.crimes), "nodes": self.streets.size, "lixels": self.cut.edge.size}
        return {**sizes, "bandwidth_m": BANDWIDTH, "lixel_m": LIXEL}


@dataclass(frozen=True)
class Subject:
    """One way to the density, and the kernel by whose exact sums it is judged, if it is."""

    name: str
    call: Callable[[], Any]
    method: NetworkMethod | None = None
    threads: int = THREADS


def rows(quick: bool, rounds: int = 3) -> Iterator[Row]:
    """Yield a row for each subject at each size; `quick` leaves out all but the smallest."""
    yield from _rows(Setting.of(*FOR_PEERS), _beside_peers, rounds)
    for side, size in SIZES[:1] if quick else SIZES:
        yield from _rows(Setting.of(side, size), _ours, rounds)


def town(side: int) -> Streets:
    """Return streets between junctions on an uneven lattice, some of them closed."""
    rng = np.random.default_rng(0)
    number = np.arange(side * side).reshape(side, side)
    across, up = np.meshgrid(np.arange(side), np.arange(side))
    spot = np.column_stack((across.ravel(), up.ravel())) * BLOCK + rng.uniform(-UNEVEN, UNEVEN, (side * side, 2))
    pairs = ((number[:, :-1], number[:, 1:]), (number[:-1], number[1:]))
    ends = np.concatenate([np.column_stack((a.ravel(), b.ravel())) for a, b in pairs])
    points = ends[rng.random(len(ends)) > CLOSED].ravel()
    starts = np.arange(0, points.size + 1, 2)
    names = [f"Street {way}" for way in range(starts.size - 1)]
    return Streets.of_ways(points, (spot[points, 0], spot[points, 1]), starts, names=names, crs=WORKING_CRS, sha256="")


def _ours(setting: Setting) -> Iterator[Subject]:
    for method in METHODS:
        yield Subject(f"{OURS}, {method}, first call", partial(_density, setting, method), method)
        yield Subject(f"{OURS}, {method}", partial(_density, setting, method), method)
        yield Subject(f"{OURS}, {method}, one thread", partial(_on_one_thread, setting, method), method, 1)


def _beside_peers(setting: Setting) -> Iterator[Subject]:
    for method in METHODS:
        yield Subject(f"{OURS}, {method}", partial(_density, setting, method), method)
    graph = _graph(setting)
    yield Subject("NetworkX, simple, at lixel centres", partial(_by_dijkstra, setting, graph), None, 1)
    yield Subject("plain Python, discontinuous, at lixel centres", partial(_by_paths, setting), None, 1)


def _density(setting: Setting, method: NetworkMethod) -> FloatArray:
    found = network_density(setting.crimes, setting.streets, bandwidth=BANDWIDTH, lixel=LIXEL, method=method)
    return found.mass


def _on_one_thread(setting: Setting, method: NetworkMethod) -> FloatArray:
    numba.set_num_threads(1)
    try:
        return _density(setting, method)
    finally:
        numba.set_num_threads(THREADS)


def _exact(setting: Setting, method: NetworkMethod) -> FloatArray:
    """Return what no path is merged for that is not as long as another to a hundred-thousandth of the bandwidth."""
    cut = setting.cut
    chained, spots = ChainedStreets.of(cut), np.column_stack((setting.crimes.geometry.x, setting.crimes.geometry.y))
    places = cut.nearest(spots[:, 0].copy(), spots[:, 1].copy(), 100.0)
    events = chained.events(places, np.ones(len(spots)), BANDWIDTH)
    return lixel_mass(chained, events, BANDWIDTH, method=method, kernel="quartic", slabs=FINE)


def _rows(setting: Setting, subjects: Callable[[Setting], Iterator[Subject]], rounds: int) -> Iterator[Row]:
    """Measure the subjects in turn, those that take long once."""
    chosen = list(subjects(setting))
    found = [measure(subject.call) for subject in chosen]
    for _ in range(rounds):
        for at, subject in enumerate(chosen):
            if found[at].seconds < SLOW and not subject.name.endswith("first call"):
                found[at] = best(found[at], measure(subject.call))
    exact = {method: _exact(setting, method) for method in METHODS}
    for subject, measured in zip(chosen, found, strict=True):
        error = None
        if subject.method is not None:
            wanted = exact[subject.method]
            error = float(np.abs(measured.result - wanted).max() / wanted.max())
        yield _row(setting, subject, measured, error)


def _row(setting: Setting, subject: Subject, measured: Measured, error: float | None) -> Row:
    taken = (measured.seconds, measured.cpu_seconds, measured.peak_mib)
    libraries = {**versions(), "networkx": version("networkx")}
    return Row("network density", setting.parameters, subject.name, *taken, error, subject.threads, libraries)


def _graph(setting: Setting) -> Any:
    cut = setting.cut
    graph: Any = nx.Graph()
    graph.add_weighted_edges_from(zip(cut.tail.tolist(), cut.head.tolist(), cut.length.tolist(), strict=True))
    return graph


def _centres(cut: CutStreets) -> FloatArray:
    return cut.length_m * (cut.nth + 0.5)


def _quartic(metres: FloatArray) -> FloatArray:
    left: FloatArray = np.maximum(1.0 - (metres / BANDWIDTH) ** 2, 0.0)
    return 15 / 16 * left**2 / BANDWIDTH


def _by_dijkstra(setting: Setting, graph: Any) -> FloatArray:
    """Two bounded searches a crime, and the nearer way to each lixel: how it is commonly done."""
    cut = setting.cut
    centres, length, density = _centres(cut), cut.length[cut.edge], np.zeros(cut.edge.size)
    for edge, along in zip(*setting.places, strict=True):
        metres = np.full(setting.streets.size, np.inf)
        for node, before in ((cut.tail[edge], along), (cut.head[edge], cut.length[edge] - along)):
            ways = nx.single_source_dijkstra_path_length(graph, int(node), cutoff=BANDWIDTH - before, weight="weight")
            reached = np.fromiter(ways, dtype=np.int64, count=len(ways))
            there = np.fromiter(ways.values(), dtype=np.float64, count=len(ways)) + before
            metres[reached] = np.minimum(metres[reached], there)
        distance = np.minimum(metres[cut.tail[cut.edge]] + centres, metres[cut.head[cut.edge]] + length - centres)
        own = cut.edge == edge
        distance[own] = np.minimum(distance[own], np.abs(centres[own] - along))
        density += _quartic(distance)
    return density


def _by_paths(setting: Setting) -> FloatArray:
    """Every path of every crime, one after the other."""
    cut = setting.cut
    centres, density = _centres(cut), np.zeros(cut.edge.size)
    first = np.concatenate(([0], np.cumsum(cut.pieces)))
    arms: list[list[tuple[int, bool]]] = [[] for _ in range(setting.streets.size)]
    for number, (tail, head) in enumerate(zip(cut.tail, cut.head, strict=True)):
        arms[tail].append((number, True))
        arms[head].append((number, False))
    for edge, along in zip(*setting.places, strict=True):
        lixels = slice(first[edge], first[edge + 1])
        density[lixels] += _quartic(np.abs(centres[lixels] - along))
        paths = [(cut.tail[edge], edge, along, 1.0), (cut.head[edge], edge, cut.length[edge] - along, 1.0)]
        while paths:
            node, came_by, metres, share = paths.pop()
            onward = [arm for arm in arms[node] if arm[0] != came_by] or arms[node]
            for number, forward in onward:
                lixels = slice(first[number], first[number + 1])
                walked = centres[lixels] if forward else cut.length[number] - centres[lixels]
                density[lixels] += share / len(onward) * _quartic(metres + walked)
                there = metres + cut.length[number]
                if there < BANDWIDTH:
                    other = cut.head[number] if forward else cut.tail[number]
                    paths.append((other, number, there, share / len(onward)))
    return density
