"""Street files as they come: OpenStreetMap extracts and saved osmnx graphs -> the ways one may walk."""

import bz2
from array import array
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from geodata import _files
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

_DEGREES: Final = "EPSG:4326"
# The walk rule of osmnx, with three departures: shared-use cycleways and whatever else names walkers as allowed stay
# in; `access=no` is out unless they are named; and streets whose pavement is mapped apart stay in, because an extract
# of drivable ways holds no pavements and would fall to pieces.
_IF_NAMED: Final = frozenset({"bus_guideway", "busway", "cycleway", "motorway", "motorway_link"})
_NEVER: Final = frozenset(
    {"abandoned", "construction", "demolished", "disused", "escape", "no", "planned", "platform", "proposed"}
    | {"raceway", "razed", "rest_area", "services"}
)
_WALKERS_NAMED: Final = frozenset({"yes", "designated", "permissive", "official"})
_WALKERS_BARRED: Final = frozenset({"no", "private", "use_sidepath", "discouraged"})
_CLOSED: Final = frozenset({"no", "private"})


@dataclass(frozen=True)
class Ways:
    """
    Walkable ways as runs of points.

    Parameters
    ----------
    points : number of the place of each point; the same number means that ways meet there
    x, y : coordinates in `crs`, one per point; NaN where the file does not say
    starts : position of the first point of each way, and the number of points at the end
    names : street name of each way, None where it has none
    crs : of `x` and `y`; longitude and latitude unless a graph was saved in metres
    """

    points: IntArray
    x: FloatArray
    y: FloatArray
    starts: IntArray
    names: tuple[str | None, ...]
    crs: str = _DEGREES


def walkable(tags: Mapping[str, str]) -> bool:
    """Return whether a way with these OpenStreetMap tags is a street on which one may walk."""
    highway, foot = tags.get("highway"), tags.get("foot")
    if highway is None or highway in _NEVER or tags.get("area") == "yes" or foot in _WALKERS_BARRED:
        return False
    if foot in _WALKERS_NAMED:
        return True
    barred = tags.get("access") in _CLOSED or tags.get("service") == "private" or tags.get("motorroad") == "yes"
    return not barred and highway not in _IF_NAMED


def read_ways(path: Path) -> Ways:
    """
    Return the walkable ways of a street file, told by its content and not by its name.

    Raises
    ------
    InputError
        If the file is neither OpenStreetMap nor GraphML, is damaged or cut short, or a graph lacks coordinates.
    """
    kind = kind_of(path)
    return _graphml_ways(path, kind.removeprefix("graphml")) if kind.startswith("graphml") else _osm_ways(path, kind)


def kind_of(path: Path) -> str:
    """
    Return what a street file is by its content: "graphml" or "osm" and how it is packed, or "osm.pbf".

    Raises
    ------
    InputError
        If the file is neither OpenStreetMap nor GraphML.
    """
    head, packing = _head(path)
    if b"<graphml" in head:
        return f"graphml{packing}"
    if b"<osm" in head:
        return f"osm{packing}"
    if b"OSMHeader" in head[:64] and not packing:
        return "osm.pbf"
    raise InputError(
        f"A street file must be OpenStreetMap (.osm, .osm.gz, .osm.bz2, .osm.pbf) or GraphML, got `{path.name}`, "
        "which is neither."
    )


def _head(path: Path) -> tuple[bytes, str]:
    """Return the beginning of a file, unpacked, and how it was packed."""
    head = _files.head(path, path.name)
    if head.startswith(b"BZh"):
        with suppress(OSError, EOFError), bz2.open(path) as file:
            head = file.read(_files.HEAD_BYTES)
        return head, ".bz2"
    with path.open("rb") as raw:
        return head, ".gz" if raw.read(2) == b"\x1f\x8b" else ""


def _osm_ways(path: Path, kind: str) -> Ways:
    """Return the walkable ways of an extract, in the order of their numbers so that every format gives the same."""
    import osmium

    found: dict[int, tuple[str | None, array[int], array[float], array[float]]] = {}
    try:
        file = osmium.io.File(str(path), kind)
        for way in osmium.FileProcessor(file).with_locations().with_filter(osmium.filter.KeyFilter("highway")):
            if isinstance(way, osmium.osm.Way) and walkable(dict(way.tags)):
                points, x, y = array("q"), array("d"), array("d")
                for node in way.nodes:
                    known = node.location.valid()
                    points.append(node.ref if known else 0)
                    x.append(node.lon if known else np.nan)
                    y.append(node.lat if known else np.nan)
                found[way.id] = way.tags.get("name"), points, x, y
    except RuntimeError as error:
        raise InputError(f"A street file must be whole, but `{path.name}` cannot be read ({error}).") from None
    return _joined(found[number] for number in sorted(found))


def _joined(runs: Iterable[tuple[str | None, Any, Any, Any]]) -> Ways:
    names, points, x, y = [], array("q"), array("d"), array("d")
    starts = array("q", [0])
    for name, way_points, way_x, way_y in runs:
        names.append(name)
        points.extend(way_points)
        x.extend(way_x)
        y.extend(way_y)
        starts.append(len(points))
    return Ways(np.array(points), np.array(x), np.array(y), np.array(starts), tuple(names))


def _graphml_ways(path: Path, packing: str) -> Ways:
    """Return the walkable edges of a graph saved by any version of osmnx, each street once."""
    graph = _saved_graph(path, packing)
    runs: dict[tuple[tuple[float, float], ...], str | None] = {}
    for start, end, edge in graph.edges(data=True):
        if _edge_walkable(edge):
            ends = [(graph.nodes[node]["x"], graph.nodes[node]["y"]) for node in (start, end)]
            run = tuple(edge["geometry"].coords) if "geometry" in edge else tuple(ends)
            runs.setdefault(min(run, run[::-1]), _edge_name(edge))
    every = [point for run in runs for point in run]
    x, y = np.array(every, dtype=np.float64).reshape(-1, 2).T
    numbers = {point: number for number, point in enumerate(dict.fromkeys(every))}
    starts = np.concatenate(([0], np.cumsum([len(run) for run in runs], dtype=np.int64))).astype(np.int64)
    points = np.array([numbers[point] for point in every], dtype=np.int64)
    return Ways(points, x, y, starts, tuple(runs.values()), str(graph.graph.get("crs", _DEGREES)))


def _saved_graph(path: Path, packing: str) -> Any:
    import osmnx

    data = _files.content(path, path.name).data
    try:
        text = (bz2.decompress(data) if packing == ".bz2" else data).decode()
        graph = osmnx.load_graphml(graphml_str=text)
    except Exception as error:  # a saved graph can be broken in as many ways as it has readers
        raise InputError(
            f"A GraphML file must be a graph saved by osmnx, but `{path.name}` is not ({type(error).__name__})."
        ) from None
    lacking = sum("x" not in node or "y" not in node for _, node in graph.nodes(data=True))
    if lacking:
        raise InputError(f"Every node of a GraphML file must have coordinates x and y, got {lacking} without.")
    return graph


def _edge_walkable(edge: Mapping[str, Any]) -> bool:
    """Return whether each of the ways joined into this edge may be walked; a graph without tags was filtered before."""
    if "highway" not in edge:
        return True
    kinds = edge["highway"] if isinstance(edge["highway"], list) else [edge["highway"]]
    tags = {key: edge[key] for key in ("foot", "access", "service", "area") if isinstance(edge.get(key), str)}
    return all(walkable({**tags, "highway": kind}) for kind in kinds)


def _edge_name(edge: Mapping[str, Any]) -> str | None:
    name = edge.get("name")
    return " / ".join(map(str, name)) if isinstance(name, list) else name
