"""
The self-exciting process in continuous space and time, as it is used for near repeats.

    lambda(x, t) = mu(x) + sum over t_i < t of theta omega exp(-omega (t - t_i)) exp(-d_i^2 / (2 s^2)) / (2 pi s^2)

over pairs within 400 metres and eight weeks, fitted by expectation and maximisation in which each event is shared out
between the background and the events that may have triggered it [1]_, with the corrections for offspring beyond the
cut-offs and after the end. The background is a mixture, in shares that the fit finds, of how the background events lie
in cells, of the same smoothed by a quartic of the bandwidth, and of an even scatter over the study area; an event is
never evidence for its own background. For a forecast of harm a crime's harm goes where its count does.

References
----------
.. [1] Veen, A. & Schoenberg, F. P. (2008). Estimation of space-time branching process models in seismology using an
   EM-type algorithm. Journal of the American Statistical Association 103(482), 614-624; for crime Mohler, G. O. et al.
   (2011). Self-exciting point process modeling of crime. JASA 106(493), 100-108.
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from geodata.cast import BoolArray, FloatArray, IntArray
from hotspots._kernels.etas import Pairs, Parameters, excitation, in_squares, pairs_of, spread_over_cells
from hotspots._kernels.promap import spread
from hotspots.forecast.excitation import (
    FASTEST,
    FEWEST_OFFSPRING,
    GROUPS,
    MOST_OFFSPRING,
    SLOWEST,
    START,
    Residuals,
    expected_rate,
    fixed_point,
    jackknife_interval,
    offspring_so_far,
    residuals,
    spread_ties,
)
from hotspots.forecast.history import History
from hotspots.forecast.smooth import quartic_stencil

REACH: Final = 400.0  # metres
CUT: Final = 56.0  # days
START_SPREAD: Final = 100.0  # metres
LEAST_SPREAD: Final = 0.25  # of a cell: finer than that no map can show
LAYERS: Final = 3  # of the background: smooth, by cell, even


@dataclass(frozen=True)
class _Events:
    """The events inside the grid, in squares and by time, their pairs, and the history they come from."""

    history: History
    pairs: Pairs
    left: FloatArray  # days that each was watched for its offspring
    cells: IntArray  # those that hold any
    place: IntArray  # of each event among these

    @classmethod
    def of(cls, history: History) -> Self:
        inside = history.chosen(history.cell >= 0)
        order, squares = in_squares(inside.x, inside.y, inside.time, inside.grid.bounds, REACH)
        inside = inside.chosen(order)
        pairs = pairs_of(inside.x, inside.y, inside.time, squares, REACH, CUT)
        cells, place = np.unique(inside.cell, return_inverse=True)
        return cls(inside, pairs, np.minimum(inside.days - inside.time, CUT), cells, place)

    @property
    def size(self) -> int:
        return self.left.size


@dataclass(frozen=True)
class Fit:
    """
    A process fitted in continuous space and time.

    Parameters
    ----------
    theta : the branching ratio, events triggered by one event
    omega : decay, a day
    spread : s, metres: the spread of offspring along either axis
    background : chance of each event to be of each layer of the background, layers x events in the order of the fit
    steps : of the fit; `MOST_STEPS` where it stopped short
    """

    theta: float
    omega: float
    spread: float
    background: FloatArray
    steps: int

    @property
    def layers(self) -> FloatArray:
        """The share of each layer in the background: smooth, by cell, even."""
        held = self.background.sum(axis=1)
        return np.asarray(held / held.sum() if held.sum() > 0 else held)


def self_exciting(history: History) -> FloatArray:
    """Return the weight expected in each cell and week by the self-exciting process in space and time."""
    events = _Events.of(history)
    if events.size == 0:
        return np.zeros(history.grid.size)
    fit = _fitted(events)
    weights = events.history.weights
    layers = _layers(events, fit.background.sum(axis=0) * weights)
    held = (fit.background * weights).sum(axis=1)
    lasting = held @ layers / history.days
    return 7.0 * expected_rate(
        lasting, _excited(events, fit), theta=fit.theta, omega=fit.omega, horizon=history.horizon
    )


def fit_events(history: History) -> Fit:
    """Return the process in space and time that fits `history` best."""
    return _fitted(_Events.of(history))


def events_interval(history: History, fit: Fit) -> tuple[float, float]:
    """Return the 90 % interval of the branching ratio, by leaving out a twentieth of the events' squares in turn."""
    events = _Events.of(history)
    side = 4.0 * REACH
    squares = (events.history.y // side) * 1e6 + events.history.x // side
    numbers = np.unique(squares, return_inverse=True)[1]
    groups = min(GROUPS, int(numbers.max(initial=-1)) + 1)
    without = [_without(events, numbers % GROUPS != group, fit) for group in range(groups * (groups > 1))]
    return jackknife_interval(fit.theta, np.array(without))


def events_residuals(history: History, fit: Fit, *, seed: int = 0) -> Residuals:
    """Return how well the process tells when the events of the whole area come."""
    time = spread_ties(history.time[history.cell >= 0], seed)
    steady = float(fit.background.sum()) / history.days
    return residuals(steady * time + fit.theta * _within(fit.spread) * offspring_so_far(time, fit.omega, CUT))


def _without(events: _Events, kept: BoolArray, fit: Fit) -> float:
    """Return theta for some of the events, which keep their order."""
    start = _state(max(fit.theta, FEWEST_OFFSPRING), fit.omega, fit.spread, fit.background[:, kept])
    return _fitted(_Events.of(events.history.chosen(kept)), start).theta


def _fitted(events: _Events, start: FloatArray | None = None) -> Fit:
    size, cell = events.size, events.history.grid.cell
    least, around = LEAST_SPREAD * cell, quartic_stencil(events.history.bandwidth, cell)

    def improve(state: FloatArray) -> FloatArray:
        given = Parameters(*np.exp(state[:3]))
        densities = _own_left_out(events, state[3:].reshape(LAYERS, size), around) / events.history.days
        sums = excitation(events.pairs, given._replace(spread=given.spread**2))
        whole = densities.sum(axis=0) + sums[0]
        known = np.where(whole > 0, whole, 1.0)
        waited, apart = (float((part / known).sum()) for part in sums[1:])
        return _state(*_next(events, float((sums[0] / known).sum()), waited, apart, given, least), densities / known)

    parts = LAYERS * size
    low = _state(FEWEST_OFFSPRING, SLOWEST, least, np.zeros(parts))
    high = _state(MOST_OFFSPRING, FASTEST, REACH, np.ones(parts))
    if start is None:
        start = _state(*START, max(START_SPREAD, least), np.full(parts, (1.0 - START[0] / 2.0) / LAYERS))
    state, steps = fixed_point(improve, start, low, high)
    theta, omega, spread = (float(value) for value in np.exp(state[:3]))
    theta = theta if theta > FEWEST_OFFSPRING * 1.01 else 0.0
    return Fit(theta, omega, spread, state[3:].reshape(LAYERS, size), steps)


def _state(theta: float, omega: float, spread: float, background: FloatArray) -> FloatArray:
    return np.concatenate((np.log([theta, omega, spread]), background.ravel()))


def _next(
    events: _Events, triggered: float, waited: float, apart: float, given: Parameters, least: float
) -> tuple[float, float, float]:
    """Return theta, omega and the spread at which the expected log likelihood is greatest, all else held."""
    fading = np.exp(-given.omega * events.left)
    within = _within(given.spread)
    seen = within * float((1.0 - fading).sum())
    if triggered < FEWEST_OFFSPRING * max(seen, 1.0):
        return FEWEST_OFFSPRING, given.omega, given.spread
    theta = min(triggered / max(seen, 1.0), MOST_OFFSPRING)
    omega = triggered / (waited + theta * within * float((events.left * fading).sum()))
    beyond = theta * float((1.0 - fading).sum()) * REACH**2 * (1.0 - within)
    spread = np.sqrt((apart + beyond) / (2.0 * triggered))
    return theta, float(np.clip(omega, SLOWEST, FASTEST)), float(np.clip(spread, least, REACH))


def _within(spread: float) -> float:
    """Return the share of offspring that fall within reach."""
    return float(-np.expm1(-0.5 * (REACH / spread) ** 2))


def _by_cell(events: _Events, weights: FloatArray, around: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what lies in each cell that holds events, and the same smoothed, in every cell."""
    grid = events.history.grid
    held = np.bincount(events.place, weights=weights, minlength=events.cells.size).astype(np.float64, copy=False)
    return held, spread(events.cells, held, grid.rows, grid.columns, around).ravel()


def _layers(events: _Events, weights: FloatArray) -> FloatArray:
    """Return the parts of the background by cell, each adding up to 1 over the study area, 0 where nothing is known."""
    grid, study = events.history.grid, events.history.study
    held, smooth = _by_cell(events, weights, quartic_stencil(events.history.bandwidth, grid.cell))
    by_cell = np.zeros(grid.size)
    by_cell[events.cells] = held
    layers = np.stack((smooth, by_cell, study.astype(np.float64)))
    totals = layers[:, study].sum(axis=1, keepdims=True)
    return np.asarray(np.divide(layers, totals, out=np.zeros_like(layers), where=totals > 0))


def _own_left_out(events: _Events, background: FloatArray, around: FloatArray) -> FloatArray:
    """Return the events of each layer per square metre where each event is, without what it adds there itself."""
    layers, own = background.sum(axis=1), background.sum(axis=0)
    held, smooth = _by_cell(events, own, around)
    per_event = layers / events.history.grid.cell_area
    rest = np.maximum(own.sum() - own, 1e-300)
    found = np.empty_like(background)
    found[0] = smooth[events.cells][events.place] - own * around[around.shape[0] // 2, around.shape[0] // 2]
    found[1] = held[events.place] - own
    found[:2] = np.maximum(found[:2], 0.0) * per_event[:2, None] / rest
    found[2] = per_event[2] / float(events.history.study.sum())
    return found


def _excited(events: _Events, fit: Fit) -> FloatArray:
    """Return what recent events add to the weight a day of each cell now."""
    history = events.history
    recent = history.chosen(history.time > history.days - CUT)
    grid = history.grid
    weights = recent.weights * fit.theta * fit.omega * np.exp(-fit.omega * (history.days - recent.time))
    surface = np.zeros((grid.rows, grid.columns))
    x, y = (recent.x - grid.west) / grid.cell, (recent.y - grid.south) / grid.cell
    spread_over_cells(x, y, weights, fit.spread / grid.cell, REACH / grid.cell, surface)
    return surface.ravel()
