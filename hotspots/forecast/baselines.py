"""Forecasts that every other one has to beat: what was, what was last, and what was, smoothed."""

import numpy as np

from geodata.cast import FloatArray
from hotspots.density import density_at_centres
from hotspots.forecast.history import History


def raw_count(history: History) -> FloatArray:
    """Return the mean weight a week in each cell over the whole history."""
    return history.per_cell() / float(history.weeks.sum())


def last_period(history: History) -> FloatArray:
    """Return the mean weight a week in each cell over the last period."""
    return raw_count(history.during(history.weeks.size - 1))


def density(history: History) -> FloatArray:
    """Return the kernel density of the history, scaled to its mean weekly total inside the study area."""
    surface = density_at_centres(history.x, history.y, history.weights, history.grid, history.bandwidth)
    inside = float(surface[history.study].sum())
    return surface * (history.weekly_total() / inside) if inside > 0 else np.zeros_like(surface)
