"""
Prospective mapping (ProMap): recent crimes make the places about them riskier, the more so the nearer and the newer.

A crime counts in every cell within 400 metres for eight weeks. With d whole cell widths from its cell (0 in the cell
itself, between centres, rounded down) and t whole weeks since (0 in the last seven days), it counts [1]_ ::

    1/(1 + d) * 1/(1 + t)

or, in the later form [2]_ with d and t counted from 1, (1 + 1/d) * 1/t, which falls off less with distance. The scores
are scaled to the mean weekly weight of those eight weeks inside the study area: an order of places becomes a number
that can be held to what then happens.

References
----------
.. [1] Bowers, K. J., Johnson, S. D. & Pease, K. (2004). Prospective hot-spotting: the future of crime mapping? British
   Journal of Criminology 44(5), 641-658.
.. [2] Johnson, S. D. et al. (2007). Prospective crime mapping in operational context. Home Office Online Report 19/07.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from geodata.cast import FloatArray
from hotspots._kernels.promap import spread
from hotspots.forecast.history import History

REACH: Final = 400.0  # metres
WEEKS: Final = 8
WEEK: Final = 7.0  # days

Weight = Callable[[FloatArray], FloatArray]


def promap(history: History) -> FloatArray:
    """Return the weight expected in each cell and week by the weights of 2004."""
    return _scaled(history, lambda cells: 1.0 / (1.0 + cells), lambda weeks: 1.0 / (1.0 + weeks))


def promap_later(history: History) -> FloatArray:
    """Return the weight expected in each cell and week by the weights of 2007."""
    return _scaled(history, lambda cells: 1.0 + 1.0 / (1.0 + cells), lambda weeks: 1.0 / (1.0 + weeks))


def scores(history: History, by_distance: Weight, by_age: Weight) -> FloatArray:
    """Return the sum over recent crimes near each cell of their weight by whole cells and whole weeks."""
    grid = history.grid
    age = np.floor((history.days - history.time) / WEEK)
    recent = (history.cell >= 0) & (age < WEEKS)
    # The two factors part, so that crimes of one cell are one: 50,000 crimes cost no more than the cells they lie in.
    heavy = history.weights[recent] * by_age(np.maximum(age[recent], 0.0))
    cells, place = np.unique(history.cell[recent], return_inverse=True)
    held = np.bincount(place, weights=heavy, minlength=cells.size).astype(np.float64, copy=False)
    return spread(cells, held, grid.rows, grid.columns, _stencil(grid.cell, by_distance)).ravel()


def _stencil(cell: float, by_distance: Weight) -> FloatArray:
    reach = int(REACH / cell)
    steps = np.arange(-reach, reach + 1)
    away = np.hypot(steps[:, None], steps[None, :])
    return np.where(away * cell <= REACH, by_distance(np.floor(away)), 0.0)


def _scaled(history: History, by_distance: Weight, by_age: Weight) -> FloatArray:
    found = scores(history, by_distance, by_age)
    inside = float(found[history.study].sum())
    return found * (_recent_total(history) / inside) if inside > 0 else np.zeros_like(found)


def _recent_total(history: History) -> float:
    """Return the mean weight a week inside the study area over the weeks that count."""
    seen = min(WEEKS * WEEK, history.days)
    counted = (history.cell >= 0) & (history.time >= history.days - seen)
    return float(history.weights[counted][history.study[history.cell[counted]]].sum() * WEEK / seen)
