"""
The self-exciting process in continuous space and time, as it is used for near repeats.

    lambda(x, t) = mu(x) + sum over t_i < t of theta omega exp(-omega (t - t_i)) exp(-d_i^2 / (2 s^2)) / (2 pi s^2)

over pairs within 400 metres and eight weeks, fitted by expectation and maximisation in which each event is shared out
between the background and the events that may have triggered it [1]_, with the corrections for offspring beyond the
cut-offs and after the end. The background is a mixture, in shares that the fit finds, of how the background events lie
in cells, of the same smoothed by a quartic of the bandwidth, and of an even scatter over the study area; an event is
never evidence for its own background. Where more than ten million pairs lie within the cut-offs every so manieth event
is asked what triggered it, for the rest the mean of these holds. For a forecast of harm a crime's harm goes where its
count does.

References
----------
.. [1] Veen, A. & Schoenberg, F. P. (2008). Estimation of space-time branching process models in seismology using an
   EM-type algorithm. Journal of the American Statistical Association 103(482), 614-624; for crime Mohler, G. O. et al.
   (2011). Self-exciting point process modeling of crime. JASA 106(493), 100-108.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.cast import BoolArray, FloatArray
from hotspots._kernels.etas import Parameters, excitation, spread_over_cells
from hotspots.forecast.etas_events import CUT, LAYERS, REACH, PairedEvents
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
from hotspots.forecast.smooth import quartic_stencil

START_SPREAD: Final = 100.0  # metres
LEAST_SPREAD: Final = 0.25  # of a cell: finer than that no map can show


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
    every : of so many events one was asked what triggered it
    """

    theta: float
    omega: float
    spread: float
    background: FloatArray
    steps: int
    every: int = 1

    @property
    def layers(self) -> FloatArray:
        """The share of each layer in the background: smooth, by cell, even."""
        held = self.background.sum(axis=1)
        return np.asarray(held / held.sum() if held.sum() > 0 else held)


def self_exciting(history: History) -> FloatArray:
    """Return the weight expected in each cell and week by the self-exciting process in space and time."""
    return fitted_self_exciting(history)(history.weights)


def fitted_self_exciting(history: History) -> Expect:
    """Return what gives the weight expected in each cell and week for any weights of the crimes of `history`."""
    events = PairedEvents.of(history)
    if events.left.size == 0:
        return lambda _weights: np.zeros(history.grid.size)
    fit = _fitted(events)
    return lambda weights: _expected(events, fit, weights[events.order])


def fit_events(history: History) -> Fit:
    """Return the process in space and time that fits `history` best."""
    return _fitted(PairedEvents.of(history))


def events_interval(history: History, fit: Fit) -> tuple[float, float]:
    """Return the 90 % interval of the branching ratio, by leaving out a twentieth of the events' squares in turn."""
    events = PairedEvents.of(history)
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


def _without(events: PairedEvents, kept: BoolArray, fit: Fit) -> float:
    """Return theta for some of the events, which keep their order."""
    fewer = events.without(kept)
    background = fit.background[:, kept][:, fewer.asked]
    start = _state(max(fit.theta, FEWEST_OFFSPRING), fit.omega, fit.spread, background)
    return _fitted(fewer, start).theta if background.size else fit.theta


def _fitted(events: PairedEvents, start: FloatArray | None = None) -> Fit:
    asked, cell = int(events.asked.sum()), events.history.grid.cell
    least, around = LEAST_SPREAD * cell, quartic_stencil(events.history.bandwidth, cell)

    def improve(state: FloatArray) -> FloatArray:
        given = Parameters(*np.exp(state[:3]))
        densities = events.own_left_out(state[3:].reshape(LAYERS, asked), around) / events.history.days
        sums = excitation(events.pairs, given._replace(spread=given.spread**2))
        whole = densities.sum(axis=0) + sums[0]
        known = np.where(whole > 0, whole, 1.0)
        waited, apart = (float((part / known).sum()) for part in sums[1:])
        return _state(*_next(events, float((sums[0] / known).sum()), waited, apart, given, least), densities / known)

    parts = LAYERS * asked
    low = _state(FEWEST_OFFSPRING, SLOWEST, least, np.zeros(parts))
    high = _state(MOST_OFFSPRING, FASTEST, REACH, np.ones(parts))
    if start is None:
        start = _state(*START, max(START_SPREAD, least), np.full(parts, (1.0 - START[0] / 2.0) / LAYERS))
    state, steps = fixed_point(improve, start, low, high)
    theta, omega, spread = (float(value) for value in np.exp(state[:3]))
    theta = theta if theta > FEWEST_OFFSPRING * 1.01 else 0.0
    return Fit(theta, omega, spread, events.of_all(state[3:].reshape(LAYERS, asked)), steps, events.every)


def _state(theta: float, omega: float, spread: float, background: FloatArray) -> FloatArray:
    return np.concatenate((np.log([theta, omega, spread]), background.ravel()))


def _next(
    events: PairedEvents, triggered: float, waited: float, apart: float, given: Parameters, least: float
) -> tuple[float, float, float]:
    """Return theta, omega and the spread at which the expected log likelihood is greatest, all else held."""
    fading = np.exp(-given.omega * events.left)
    within = _within(given.spread)
    come = events.share * float((1.0 - fading).sum())  # of the offspring of all, those of events asked, wherever
    if triggered < FEWEST_OFFSPRING * max(within * come, 1.0):
        return FEWEST_OFFSPRING, given.omega, given.spread
    theta = min(triggered / max(within * come, 1.0), MOST_OFFSPRING)
    omega = triggered / (waited + theta * within * events.share * float((events.left * fading).sum()))
    spread = np.sqrt((apart + theta * come * REACH**2 * (1.0 - within)) / (2.0 * triggered))
    return theta, float(np.clip(omega, SLOWEST, FASTEST)), float(np.clip(spread, least, REACH))


def _within(spread: float) -> float:
    """Return the share of offspring that fall within reach."""
    return float(-np.expm1(-0.5 * (REACH / spread) ** 2))


def _expected(events: PairedEvents, fit: Fit, weights: FloatArray) -> FloatArray:
    history = events.history.weighing(weights)
    layers = events.layers(fit.background.sum(axis=0) * weights)
    lasting = (fit.background * weights).sum(axis=1) @ layers / history.days
    return 7.0 * expected_rate(
        lasting, _excited(history, fit), theta=fit.theta, omega=fit.omega, horizon=history.horizon
    )


def _excited(history: History, fit: Fit) -> FloatArray:
    """Return what recent events add to the weight a day of each cell now."""
    recent = history.chosen(history.time > history.days - CUT)
    grid = history.grid
    weights = recent.weights * fit.theta * fit.omega * np.exp(-fit.omega * (history.days - recent.time))
    surface = np.zeros((grid.rows, grid.columns))
    x, y = (recent.x - grid.west) / grid.cell, (recent.y - grid.south) / grid.cell
    spread_over_cells(x, y, weights, fit.spread / grid.cell, REACH / grid.cell, surface)
    return surface.ravel()
