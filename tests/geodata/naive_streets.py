"""Walking distances the slow way: every point a node of a networkx graph, nothing cut and nothing merged."""

from itertools import pairwise

import networkx as nx
import numpy as np

from geodata._osm import Ways
from geodata.projection import to_metres


def whole_graph(ways: Ways, crs: str) -> nx.Graph:
    """The largest piece, by length, of the network of all points; nodes carry `xy`."""
    x, y = to_metres(ways.x, ways.y, ways.crs, crs)
    graph = nx.Graph()
    for first, last in pairwise(ways.starts):
        for here, there in pairwise(range(first, last)):
            if ways.points[here] != ways.points[there] and np.isfinite([x[here], x[there]]).all():
                metres = float(np.hypot(x[here] - x[there], y[here] - y[there]))
                for at in (here, there):
                    graph.add_node(int(ways.points[at]), xy=(x[at], y[at]))
                graph.add_edge(int(ways.points[here]), int(ways.points[there]), metres=metres)
    pieces = [graph.subgraph(piece) for piece in nx.connected_components(graph)]
    return max(pieces, key=lambda piece: piece.size("metres"))


def outside_share(ways: Ways, crs: str) -> float:
    """The share of the length of street that is not in the largest piece."""
    x, y = to_metres(ways.x, ways.y, ways.crs, crs)
    steps = {}
    for first, last in pairwise(ways.starts):
        for here, there in pairwise(range(first, last)):
            ends = frozenset((int(ways.points[here]), int(ways.points[there])))
            steps[ends] = float(np.hypot(x[here] - x[there], y[here] - y[there]))
    return 1 - whole_graph(ways, crs).size("metres") / sum(steps.values())


def metres_between(graph: nx.Graph, starts: list[tuple[float, float]], ends: list[tuple[float, float]]) -> np.ndarray:
    """Shortest ways between places that are nodes of the graph."""
    node = {xy: number for number, xy in graph.nodes(data="xy")}
    answer = np.full((len(starts), len(ends)), np.inf)
    for row, start in enumerate(starts):
        reached = nx.single_source_dijkstra_path_length(graph, node[start], weight="metres")
        for column, end in enumerate(ends):
            answer[row, column] = reached.get(node[end], np.inf)
    return answer
