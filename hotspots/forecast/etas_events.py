"""The events that a self-exciting process in space and time is fitted to: their pairs, and where they leave it."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geodata.cast import BoolArray, FloatArray, IntArray
from hotspots._kernels.etas import Pairs, Placed, earlier, in_squares, pairs_of
from hotspots._kernels.promap import spread
from hotspots.forecast.history import History
from hotspots.forecast.smooth import quartic_stencil

REACH: Final = 400.0  # metres
CUT: Final = 56.0  # days
LAYERS: Final = 3  # of the background: smooth, by cell, even
MOST_PAIRS: Final = 10_000_000  # beyond, events are asked in part; 50 steps over them take some five seconds
SAMPLE: Final = 4_000  # events, whose pairs say how many there are of all; so many have fewer than the most


@dataclass(frozen=True)
class PairedEvents:
    """
    The events inside the grid, in squares and by time, with their pairs.

    Where there are too many pairs only every so manieth event, in the order of time, is asked what came before it. What
    is found of these holds for the others: the process is the same everywhere and always.

    Parameters
    ----------
    history : the events inside the grid
    order : number of each in the history that was given
    placed : where and when they are, and which are asked
    pairs : of those asked with the earlier ones
    left : days that each was watched for its offspring
    cells : those that hold any
    place : of each event among these
    every : of so many events one is asked
    """

    history: History
    order: IntArray
    placed: Placed
    pairs: Pairs
    left: FloatArray
    cells: IntArray
    place: IntArray
    every: int

    @classmethod
    def of(cls, history: History) -> Self:
        """Return the events of a history, so many of them asked as there is room for their pairs."""
        held = np.flatnonzero(history.cell >= 0)
        held = held[np.argsort(history.weights[held], kind="stable")]
        order, placed = _placed(history.chosen(held))
        every = _room(placed)
        return cls._paired(history, held[order], placed._replace(asked=_every(placed, every)), every)

    def without(self, kept: BoolArray) -> Self:
        """Return some of the events, those of them asked that were."""
        history = self.history.chosen(kept)
        order, placed = _placed(history)  # which they have already
        return self._paired(history, order, placed._replace(asked=self.placed.asked[kept]), self.every)

    @classmethod
    def _paired(cls, history: History, order: IntArray, placed: Placed, every: int) -> Self:
        inside = history.chosen(order)
        cells, place = np.unique(inside.cell, return_inverse=True)
        left = np.minimum(inside.days - inside.time, CUT)
        return cls(inside, order, placed, pairs_of(placed, REACH, CUT), left, cells, place, every)

    @property
    def asked(self) -> BoolArray:
        """True for each event that is asked what came before it."""
        return self.placed.asked

    @property
    def share(self) -> float:
        """The share of the events that are asked."""
        return float(self.asked.mean())

    def of_all(self, background: FloatArray) -> FloatArray:
        """Return layers x events: of those asked what is given, of the others the mean of that."""
        found = np.repeat(background.mean(axis=1, keepdims=True), self.asked.size, axis=1)
        found[:, self.asked] = background
        return np.asarray(found)

    def by_cell(self, weights: FloatArray, around: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what lies in each cell that holds events, and the same smoothed, in every cell."""
        grid = self.history.grid
        held = np.bincount(self.place, weights=weights, minlength=self.cells.size).astype(np.float64, copy=False)
        return held, spread(self.cells, held, grid.rows, grid.columns, around).ravel()

    def layers(self, weights: FloatArray) -> FloatArray:
        """Return the parts of the background by cell, each of sum 1 over the study area, 0 where nothing is known."""
        grid, study = self.history.grid, self.history.study
        held, smooth = self.by_cell(weights, quartic_stencil(self.history.bandwidth, grid.cell))
        by_cell = np.zeros(grid.size)
        by_cell[self.cells] = held
        layers = np.stack((smooth, by_cell, study.astype(np.float64)))
        totals = layers[:, study].sum(axis=1, keepdims=True)
        return np.asarray(np.divide(layers, totals, out=np.zeros_like(layers), where=totals > 0))

    def own_left_out(self, background: FloatArray, around: FloatArray) -> FloatArray:
        """Return the events of each layer per square metre where each asked is, without what it adds there itself."""
        layers, own = background.sum(axis=1) / self.share, background.sum(axis=0)
        whole = np.full(self.asked.size, own.mean())
        whole[self.asked] = own
        held, smooth = self.by_cell(whole, around)
        place = self.place[self.asked]
        per_event = layers / self.history.grid.cell_area
        rest = np.maximum(own.sum() / self.share - own, 1e-300)
        found = np.empty_like(background)
        found[0] = smooth[self.cells][place] - own * around[around.shape[0] // 2, around.shape[0] // 2]
        found[1] = held[place] - own
        found[:2] = np.maximum(found[:2], 0.0) * per_event[:2, None] / rest
        found[2] = per_event[2] / float(self.history.study.sum())
        return found


def one_in(history: History) -> int:
    """Return of how many events one is asked what came before it: 1 where there is room for the pairs of all."""
    return _room(_placed(history.chosen(history.cell >= 0))[1])


def _room(placed: Placed) -> int:
    step = max(1, placed.time.size // SAMPLE)
    seen = earlier(placed._replace(asked=_every(placed, step)), REACH, CUT).sum() if step > 1 else 0
    return max(1, int(-(-seen * step // MOST_PAIRS)))


def _placed(history: History) -> tuple[IntArray, Placed]:
    return in_squares(history.x, history.y, history.time, history.grid.bounds, REACH)


def _every(placed: Placed, step: int) -> BoolArray:
    """Return True for every so manieth event in the order of time."""
    asked = np.zeros(placed.time.size, dtype=np.bool_)
    asked[np.lexsort((placed.y, placed.x, placed.time))[step // 2 :: step]] = True
    return asked
