"""
The self-exciting process in cells: each crime makes more of them likely in its cell, for some days.

    lambda_c(t) = mu_c + sum over t_i < t in c of theta omega exp(-omega (t - t_i))

fitted by expectation and maximisation with the correction for offspring that come after the end [1]_. What it needs of
each event is a running sum, so that a step takes time in proportion to the number of events.

As published, mu_c is what is left of the cell's own events over the time watched. An event then vouches for itself, and
with some tens of events in a cell far too few are found to be triggered (.31 where .4 was planted). So here the
background of an event is that of the others in its cell, drawn towards the mean of all cells by a gamma prior fitted to
them [2]_: (a + m) / (b + time watched), m the number of the others that are background. Which are is not known, and
what counts is the mean of the logarithm, so that it is lowered by exp(-v / 2 (a + m)^2), v the variance of m [3]_:
without this .383 is found of .4, with it .395. `shrunk=False` gives the published form.

For a forecast of harm a crime's harm goes where its count does: what is triggered is taken to do the harm of what
triggered it.

References
----------
.. [1] Mohler, G. O. et al. (2015). Randomized controlled field trials of predictive policing. Journal of the American
   Statistical Association 110(512), 1399-1411, section 3.
.. [2] Clayton, D. & Kaldor, J. (1987). Empirical Bayes estimates of age-standardized relative risks for use in disease
   mapping. Biometrics 43(3), 671-681, section 3.1.
.. [3] Teh, Y. W., Newman, D. & Welling, M. (2007). A collapsed variational Bayesian inference algorithm for latent
   Dirichlet allocation. Advances in Neural Information Processing Systems 19, section 3.1.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geodata.cast import FloatArray, IntArray
from hotspots._kernels.etas_grid import CellEvents, Step, of_others, rate_at_end, step, tally
from hotspots.forecast.excitation import (
    FASTEST,
    FEWEST_OFFSPRING,
    GROUPS,
    MOST_OFFSPRING,
    SLOWEST,
    START,
    Expect,
    Residuals,
    expected_rate,
    fixed_point,
    jackknife_interval,
    offspring_so_far,
    residuals,
    spread_ties,
)
from hotspots.forecast.history import History

_STRONGEST: Final = 1e4  # the prior counts for at most so many times what one cell holds


@dataclass(frozen=True)
class _Cells:
    """The events in cells, and their order; the cells that hold any; how many there are with those that hold none."""

    events: CellEvents
    cells: IntArray
    order: IntArray
    places: int

    @classmethod
    def of(cls, history: History) -> Self:
        held = np.flatnonzero(history.cell >= 0)
        held = held[np.lexsort((history.weights[held], history.time[held], history.cell[held]))]
        cells, first = np.unique(history.cell[held], return_index=True)
        edges = np.append(first, held.size).astype(np.int64)
        places = int(history.study.sum()) + int((~history.study[cells]).sum())
        return cls(CellEvents(history.time[held], edges, history.days), cells, held, places)

    def per_cell(self, values: FloatArray) -> FloatArray:
        return np.add.reduceat(values, self.events.first[:-1]) if values.size else values

    def per_event(self, values: FloatArray) -> FloatArray:
        return np.repeat(values, np.diff(self.events.first))


@dataclass(frozen=True)
class GridFit:
    """
    A process fitted in cells.

    Parameters
    ----------
    theta : the branching ratio, events triggered by one event
    omega : decay, a day
    background : by event, the chance that nothing triggered it, by cell and time
    prior : a (events) and b (days) of the gamma prior; 0 in the published form
    steps : of the fit; `MOST_STEPS` where it stopped short
    """

    theta: float
    omega: float
    background: FloatArray
    prior: tuple[float, float]
    steps: int


def self_exciting_grid(history: History) -> FloatArray:
    """Return the weight expected in each cell and week by the self-exciting process in cells."""
    return fitted_self_exciting_grid(history)(history.weights)


def fitted_self_exciting_grid(history: History) -> Expect:
    """Return what gives the weight expected in each cell and week for any weights of the crimes of `history`."""
    cells = _Cells.of(history)
    if cells.cells.size == 0:
        return lambda _weights: np.zeros(history.grid.size)
    fit = _fitted(cells, shrunk=True)
    return lambda weights: _expected(cells, fit, history, weights[cells.order])


def fit_grid(history: History, *, shrunk: bool = True) -> GridFit:
    """Return the process in cells that fits `history` best; with `shrunk` off, in the form published."""
    return _fitted(_Cells.of(history), shrunk=shrunk)


def grid_interval(history: History, fit: GridFit) -> tuple[float, float]:
    """Return the 90 % interval of the branching ratio, by leaving out every twentieth cell in turn."""
    cells = _Cells.of(history)
    groups = min(GROUPS, cells.cells.size)
    shrunk = fit.prior[1] > 0
    without = [_fitted(*_without(cells, group, fit), shrunk=shrunk).theta for group in range(groups * (groups > 1))]
    return jackknife_interval(fit.theta, np.array(without))


def grid_residuals(history: History, fit: GridFit, *, seed: int = 0) -> Residuals:
    """Return how well the process tells when the events of all cells together come."""
    time = spread_ties(history.time[history.cell >= 0], seed)
    steady = float(fit.background.sum()) / history.days
    return residuals(steady * time + fit.theta * offspring_so_far(time, fit.omega))


def _expected(cells: _Cells, fit: GridFit, history: History, weights: FloatArray) -> FloatArray:
    a, b = fit.prior
    steady = fit.background * weights
    mean = steady.sum() / fit.background.sum()
    lasting = np.where(history.study, a * mean / (b + history.days), 0.0)
    lasting[cells.cells] = (a * mean + cells.per_cell(steady)) / (b + history.days)
    excited = np.zeros(history.grid.size)
    excited[cells.cells] = fit.theta * fit.omega * rate_at_end(cells.events, weights, fit.omega)
    return 7.0 * expected_rate(lasting, excited, theta=fit.theta, omega=fit.omega, horizon=history.horizon)


def _without(cells: _Cells, group: int, fit: GridFit) -> tuple[_Cells, FloatArray]:
    """Return all but every so manieth cell that holds events, as large a part of the others, and where to start."""
    kept = np.arange(cells.cells.size) % GROUPS != group
    events = cells.per_event(kept)
    edges = np.append(0, np.cumsum(np.diff(cells.events.first)[kept])).astype(np.int64)
    left = CellEvents(cells.events.time[events], edges, cells.events.end)
    places = round(cells.places * kept.sum() / kept.size)
    start = _state(max(fit.theta, FEWEST_OFFSPRING), fit.omega, fit.background[events])
    return _Cells(left, cells.cells[kept], cells.order[events], places), start


def _state(theta: float, omega: float, background: FloatArray) -> FloatArray:
    return np.concatenate((np.log([theta, omega]), background))


def _fitted(cells: _Cells, start: FloatArray | None = None, *, shrunk: bool) -> GridFit:
    events, steady = cells.order.size, _of_others if shrunk else _of_all

    def improve(state: FloatArray) -> FloatArray:
        theta, omega = np.exp(state[:2])
        found = step(cells.events, steady(cells, state[2:]), theta, omega)
        return _state(*_next(found, events, theta, omega), found.background)

    low, high = _state(FEWEST_OFFSPRING, SLOWEST, np.zeros(events)), _state(MOST_OFFSPRING, FASTEST, np.ones(events))
    if start is None:
        start = _state(*START, np.full(events, 1.0 - START[0] / 2.0))
    state, steps = fixed_point(improve, start, low, high)
    theta, omega = (float(value) for value in np.exp(state[:2]))
    theta = theta if theta > FEWEST_OFFSPRING * 1.01 else 0.0
    prior = _prior(cells, state[2:]) if shrunk else (0.0, 0.0)
    return GridFit(theta, omega, state[2:], prior, steps)


def _of_all(cells: _Cells, background: FloatArray) -> FloatArray:
    """Return the background of each event's cell, a day, as published."""
    return cells.per_event(cells.per_cell(background)) / cells.events.end


def _of_others(cells: _Cells, background: FloatArray) -> FloatArray:
    """Return the background of each event's cell, a day, by the others in it and the prior."""
    by_cell = tally(cells.events, background)
    a, b = _moments(cells, by_cell)
    return of_others(cells.events, background, by_cell, a, b + cells.events.end)


def _next(found: Step, events: int, theta: float, omega: float) -> tuple[float, float]:
    """Return theta and omega by the corrected equations."""
    seen = max(events - found.passed, 1.0)
    if found.triggered < FEWEST_OFFSPRING * seen:
        return FEWEST_OFFSPRING, omega
    theta = min(found.triggered / seen, MOST_OFFSPRING)
    return theta, float(np.clip(found.triggered / (found.waited + theta * found.passed_days), SLOWEST, FASTEST))


def _prior(cells: _Cells, background: FloatArray) -> tuple[float, float]:
    """Return a and b of the gamma prior."""
    return _moments(cells, tally(cells.events, background))


def _moments(cells: _Cells, by_cell: FloatArray) -> tuple[float, float]:
    """Return a and b by moments: the mean number of background events in a cell, and how much more it varies."""
    numbers, doubts = by_cell.T
    mean = float(numbers.sum()) / cells.places
    if mean <= 0:
        return 0.0, 0.0
    # Which events are background is not known: the numbers vary by that too.
    excess = float((numbers**2).sum() + doubts.sum()) / cells.places - mean * mean - mean
    a = min(mean * mean / excess, _STRONGEST * mean) if excess > 0 else _STRONGEST * mean
    return a, a * cells.events.end / mean
