"""
Disclosure control: what may be printed of small counts, so that nobody can work out what is not.

Two tables of one year's counts are published together: areas by offence and areas by month, with the totals of each
line, each column and of everything. Counts of 1 to 4 are withheld; others are withheld beside them, totals last of
all, until what is printed allows each withheld small count to be anything from 1 to 4.

The two tables are one circulation [1]_: count by month -> area -> total of the area -> area by offence -> total of the
offence -> total of everything -> total of the month -> count by month. Each count is an edge and each sum is a node, at
which what comes in goes out. A withheld count can be one more if a path of withheld edges leads back from its end to
its beginning (edges walked along may grow without limit, edges walked against may shrink to 0), so the least that must
be withheld is a cheapest path. Further counts withheld only add paths: what is once protected stays so.

References
----------
.. [1] Gusfield, D. (1988). A graph theoretic approach to statistical data security. SIAM Journal on Computing 17(3),
   552-571; Cox, L. H. (1995). Network models for complementary cell suppression. Journal of the American Statistical
   Association 90, 1453-1462.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

SMALLEST_PRINTED: Final = 5  # besides 0
TOTAL: Final = "All"
# What it costs to withhold a count beside what its own size costs: inner counts first, the grand total last.
_INNER, _OF_AREA, _OF_COLUMN, _OF_EVERYTHING = 1.0, 1e3, 1e5, 1e7
_WITHHELD_ALREADY: Final = 1e-9


@dataclass(frozen=True)
class PublicCounts:
    """
    Counts that may be printed; missing where they are withheld.

    Parameters
    ----------
    by_offence, by_month : Int64, one row an area and one of totals ("All"), a column of totals at the end
    small : counts of 1 to 4 that were withheld, totals among them
    beside : counts that were withheld to protect those
    """

    by_offence: pd.DataFrame
    by_month: pd.DataFrame
    small: int
    beside: int


class _Circulation:
    """The counts as edges: where each begins and ends, its size, what it costs to withhold, and whether it is."""

    def __init__(self, tail: IntArray, head: IntArray, size: IntArray, cost: FloatArray) -> None:
        self.tail, self.head, self.size, self.cost = tail, head, size, cost
        self.withheld = (size > 0) & (size < SMALLEST_PRINTED)
        edges, nodes = len(size), int(max(tail.max(), head.max())) + 1
        # Every edge can be walked along and against; no two edges lie between the same two nodes.
        ways = (np.concatenate([tail, head]), np.concatenate([head, tail]))
        numbered = csr_array((np.arange(2 * edges), ways), shape=(nodes, nodes))
        self._arcs = numbered.data
        self._graph = numbered.astype(np.float64)
        self._arc_between = np.full((nodes, nodes), -1, dtype=np.int32)
        self._arc_between[ways] = np.arange(2 * edges)

    def push(self, edge: int, begin: int, end: int, moved: IntArray) -> None:
        """Move one along the cheapest path from `begin` to `end` that leaves `edge` out, and withhold the path."""
        cost = np.where(self.withheld, _WITHHELD_ALREADY, self.cost)
        ways = np.concatenate([cost, np.where(self.size + moved > 0, cost, np.inf)])
        ways[[edge, edge + len(cost)]] = np.inf
        self._graph.data[:] = ways[self._arcs]
        _, (before,) = dijkstra(self._graph, indices=[begin], return_predecessors=True)
        while end != begin:
            arc = int(self._arc_between[before[end], end])
            walked, step = arc % len(cost), 1 if arc < len(cost) else -1
            self.withheld[walked] = True
            moved[walked] += step
            end = int(before[end])


def protect(by_offence: pd.DataFrame, by_month: pd.DataFrame) -> PublicCounts:
    """
    Return what may be printed of the counts of one year.

    Parameters
    ----------
    by_offence : whole numbers from 0, one row an area, one column an offence
    by_month : the same crimes by month, rows alike

    Returns
    -------
    PublicCounts

    Raises
    ------
    InputError
        If a count is not a whole number from 0, the rows are not the same areas, or their totals differ.
    """
    offences, months = _counts(by_offence, "by_offence"), _counts(by_month, "by_month")
    if not by_offence.index.equals(by_month.index):
        raise InputError("`by_offence` and `by_month` must have the same areas, in the same order.")
    differ = int((offences.sum(axis=1) != months.sum(axis=1)).sum())
    if differ:
        raise InputError(f"Both tables must count the same crimes; {differ} areas have two different totals.")
    if offences.size == 0:
        return PublicCounts(_framed(offences, by_offence), _framed(months, by_month), 0, 0)
    net = _circulation(offences, months)
    small = net.withheld.copy()
    for edge in np.flatnonzero(small):
        _widen(net, int(edge))
    left, right = _printed(net, by_offence.shape, by_month.shape)
    beside = int((net.withheld & ~small).sum())
    return PublicCounts(_framed(left, by_offence), _framed(right, by_month), int(small.sum()), beside)


def _counts(table: pd.DataFrame, name: str) -> npt.NDArray[np.int64]:
    values = table.to_numpy(dtype=np.float64)
    if not (np.isfinite(values).all() and (values >= 0).all() and (values == np.floor(values)).all()):
        raise InputError(f"`{name}` must hold whole numbers from 0.")
    return values.astype(np.int64)


def _circulation(offences: IntArray, months: IntArray) -> _Circulation:
    """Nodes: areas of the offences, offences, areas of the months, months, and the two ends of the grand total."""
    areas, kinds = offences.shape
    spans = months.shape[1]
    area, kind = np.arange(areas), areas + np.arange(kinds)
    again, span = areas + kinds + np.arange(areas), 2 * areas + kinds + np.arange(spans)
    end = 2 * areas + kinds + spans
    groups = [  # tail, head, size, cost, in the order in which `_printed` takes them apart
        (np.repeat(area, kinds), np.tile(kind, areas), offences.ravel(), _INNER),
        (np.tile(span, areas), np.repeat(again, spans), months.ravel(), _INNER),
        (again, area, offences.sum(axis=1), _OF_AREA),
        (kind, np.full(kinds, end), offences.sum(axis=0), _OF_COLUMN),
        (np.full(spans, end + 1), span, months.sum(axis=0), _OF_COLUMN),
        (np.array([end]), np.array([end + 1]), np.array([offences.sum()]), _OF_EVERYTHING),
    ]
    size = np.concatenate([group[2] for group in groups])
    cost = np.concatenate([group[3] * (1 + np.log1p(group[2])) for group in groups])
    tail, head = (np.concatenate([group[side] for group in groups]) for side in (0, 1))
    return _Circulation(tail, head, size, cost)


def _widen(net: _Circulation, edge: int) -> None:
    """Withhold what lets the count of `edge` be anything from 1 to the last that is not printed."""
    size = int(net.size[edge])
    for steps, begin, end in (
        (SMALLEST_PRINTED - 1 - size, net.head[edge], net.tail[edge]),
        (size - 1, net.tail[edge], net.head[edge]),
    ):
        moved = np.zeros(len(net.size), dtype=np.int64)
        for _ in range(steps):
            net.push(edge, int(begin), int(end), moved)


def _printed(net: _Circulation, offences: tuple[int, int], months: tuple[int, int]) -> tuple[Any, Any]:
    """Return both tables with their totals, NaN where a count is withheld."""
    values = np.where(net.withheld, np.nan, net.size.astype(np.float64))
    sizes = (offences[0] * offences[1], months[0] * months[1], offences[0], offences[1], months[1], 1)
    inner, spans, areas, kinds, columns, everything = np.split(values, np.cumsum(sizes)[:-1])
    right = np.append(areas, everything)[:, None]
    return (
        np.hstack([np.vstack([inner.reshape(offences), kinds]), right]),
        np.hstack([np.vstack([spans.reshape(months), columns]), right]),
    )


def _framed(values: Any, like: pd.DataFrame) -> pd.DataFrame:
    if values.shape == like.shape:  # nothing to add up
        values = np.zeros((like.shape[0] + 1, like.shape[1] + 1))
    index, columns = [*like.index, TOTAL], [*like.columns, TOTAL]
    return pd.DataFrame(values, index=pd.Index(index, name=like.index.name), columns=columns).astype("Int64")
