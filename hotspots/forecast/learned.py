"""
A forecast learned from the past: regression trees, boosted, that give the expected weight of a cell in one period.

Each row of what is learned from is a cell before one of the last periods; what is known of it then is what was recorded
in it over windows of 1, 2, 4, 8, 26 and all periods, the same smoothed over the cells about it at the bandwidth and at
twice the bandwidth, what its eight neighbours had, how long ago it last had anything, the level and the season of the
whole area, and what lasts (`History.features`). What is learned is by how much the period then brought more or less
than the mean of the cell's own past, smoothed and not, with the Poisson deviance as the loss [1]_: from nothing, trees
climb so steeply to the busiest cells that they overshoot them many times over. Cells with nothing about them are so
many that only some of each period are kept, each standing for as many. The same history gives the same bits on any
number of threads.

References
----------
.. [1] Ke, G. et al. (2017). LightGBM: a highly efficient gradient boosting decision tree. Advances in Neural
   Information Processing Systems 30; as in scikit-learn's HistGradientBoostingRegressor.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import pandas as pd

from geodata.cast import FloatArray, IntArray
from hotspots._kernels.promap import spread
from hotspots.forecast.history import History
from hotspots.forecast.smooth import quartic_stencil

WINDOWS: Final = (1, 2, 4, 8, 26)  # periods
LEAST_PERIODS: Final = 8
KNOWN_BEFORE: Final = 4  # periods before the first that is learned from
MOST_TARGETS: Final = 26
ROWS: Final = 80_000
TREES: Final = 60
FLOOR: Final = 0.1  # of the mean of all cells, that every cell is given before the trees correct it
LEAST_PART: Final = 200  # a leaf holds at least one row in so many: crime is rare, and smaller ones learn luck
SEED: Final = 0


@dataclass(frozen=True)
class _Table:
    """The weight of each cell looked at in each period, in units of the mean, as sums up to each period."""

    history: History
    cells: IntArray
    sums: FloatArray  # cells x (periods + 1)
    unit: float

    @classmethod
    def of(cls, history: History) -> Self:
        inside = history.chosen(history.cell >= 0)
        unit = float(inside.weights.mean()) if inside.weights.any() else 1.0
        looked_at = history.study.copy()
        looked_at[inside.cell] = True
        cells = np.flatnonzero(looked_at)
        periods = history.weeks.size
        place = np.searchsorted(cells, inside.cell) * periods + inside.period
        counts = np.bincount(place, weights=inside.weights / unit, minlength=cells.size * periods)
        sums = np.zeros((cells.size, periods + 1))
        np.cumsum(counts.reshape(cells.size, periods), axis=1, out=sums[:, 1:])
        return cls(history, cells, sums, unit)

    def window(self, before: int, length: int) -> FloatArray:
        """Return the weight in each cell over so many periods, up to but not including `before`."""
        return np.asarray(self.sums[:, before] - self.sums[:, max(0, before - length)])

    def around(self, values: FloatArray, stencil: FloatArray) -> FloatArray:
        """Return values by cell spread over the cells about them."""
        grid = self.history.grid
        held = np.flatnonzero(values)
        return spread(self.cells[held], values[held], grid.rows, grid.columns, stencil).ravel()[self.cells]


def learned(history: History) -> FloatArray:
    """Return the weight expected in each cell and week by trees learned from the periods before."""
    expected = np.zeros(history.grid.size)
    table = _Table.of(history)
    rows, wanted, heavy = _past(table)
    if wanted.sum() <= 0:
        return expected
    newest = _known(table, history.weeks.size)
    even = FLOOR * float((wanted * heavy).sum() / heavy.sum())
    level, now = (part[:, _LEVELS].mean(axis=1) + even for part in (rows, newest))
    expected[table.cells] = now * _foretold(rows, wanted / level, heavy * level, newest) * table.unit
    return expected


def too_short(history: History) -> str:
    """Return why there is too little to learn from."""
    periods = history.weeks.size
    return "" if periods >= LEAST_PERIODS else f"it needs {LEAST_PERIODS} periods to learn from, and has {periods}"


def _foretold(rows: FloatArray, wanted: FloatArray, heavy: FloatArray, newest: FloatArray) -> FloatArray:
    """Return what trees grown on `rows` and what came of them expect of the newest rows."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    model = HistGradientBoostingRegressor(
        loss="poisson", max_iter=TREES, max_leaf_nodes=8, min_samples_leaf=max(50, len(rows) // LEAST_PART),
        l2_regularization=1.0, early_stopping=False, random_state=SEED,
    )  # fmt: skip
    # Threads wait for each other at every node of a tree: on a machine with other work, 50 times as long as one thread.
    with threadpool_limits(1, user_api="openmp"):
        return np.asarray(model.fit(rows, wanted, sample_weight=heavy).predict(newest))


def _past(table: _Table) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return what was known before each of the last periods, what came of it in a week, and for how much it stands."""
    periods = table.history.weeks.size
    targets = range(max(KNOWN_BEFORE, periods - MOST_TARGETS), periods)
    parts = []
    for target in targets:
        known = _known(table, target)
        kept, stands = _kept(known, len(targets), target)
        came = table.window(target + 1, 1)[kept] / table.history.weeks[target]
        parts.append((known[kept], came, stands * table.history.weeks[target]))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))  # type: ignore[return-value]


def _kept(known: FloatArray, targets: int, target: int) -> tuple[IntArray, FloatArray]:
    """Return the rows kept: as many as there is room for of the busy and of the quiet cells, every so manieth."""
    busy = known[:, _BUSY] > 0
    chosen, stands = [], []
    for among in (np.flatnonzero(busy), np.flatnonzero(~busy)):
        step = max(1, -(-among.size * targets * 2 // ROWS))
        picked = among[target % step :: step]
        chosen.append(picked)
        stands.append(np.full(picked.size, among.size / max(1, picked.size)))
    return np.concatenate(chosen), np.concatenate(stands)


_BUSY: Final = 0  # the column that says whether anything was ever recorded in or next to a cell
_LEVELS: Final = [6, 9, 10]  # what was recorded a week in the cell, smoothed, and smoothed more widely


def _known(table: _Table, before: int) -> FloatArray:
    """Return what is known of each cell before a period, cells x features."""
    history = table.history
    everything, recent, newest = (table.window(before, length) for length in (before, WINDOWS[2], WINDOWS[0]))
    ring = np.ones((3, 3))
    near, far = (quartic_stencil(reach, history.grid.cell) for reach in (history.bandwidth, 2.0 * history.bandwidth))
    length = float(history.weeks[:before].sum())
    columns = [
        table.around(everything, ring) / length,
        *(table.window(before, window) for window in WINDOWS),
        everything / length,
        table.around(newest, ring),
        table.around(recent, ring),
        *(table.around(everything, stencil) / length for stencil in (near, far)),
        *(table.around(recent, stencil) for stencil in (near, far)),
        _since(table, before),
        *(np.full(table.cells.size, value) for value in _calendar(table, before)),
        *history.features[table.cells].T,
    ]
    return np.stack(columns, axis=1)


def _since(table: _Table, before: int) -> FloatArray:
    """Return the periods since a cell last had anything; as many as there are where it never had."""
    same = table.sums[:, : before + 1] >= table.sums[:, before, None]
    return np.asarray(before - same.argmax(axis=1), dtype=np.float64)


def _calendar(table: _Table, before: int) -> tuple[float, float, float]:
    """Return how high the last four periods stand, by week, and where in the year the next one lies."""
    weeks = table.history.weeks
    level = float(table.window(before, WINDOWS[2]).sum() / weeks[max(0, before - WINDOWS[2]) : before].sum())
    length = float(weeks[min(before, weeks.size - 1)])
    middle = table.history.start + pd.Timedelta(days=7.0 * (float(weeks[:before].sum()) + length / 2.0))
    turn = 2.0 * np.pi * middle.day_of_year / 365.25
    return level, float(np.sin(turn)), float(np.cos(turn))
