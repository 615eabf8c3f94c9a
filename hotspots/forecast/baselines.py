"""Forecasts that every other one has to beat: what was, what was last, and what was, smoothed."""

from typing import Final

import numpy as np

from geodata.cast import FloatArray
from hotspots.density import density_at_centres
from hotspots.forecast.history import History

YEAR: Final = 365.25 / 7.0  # weeks
SHORT: Final = 2.0  # weeks: of periods shorter than this, those next to that of a year ago count too


def raw_count(history: History) -> FloatArray:
    """Return the mean weight a week in each cell over the whole history."""
    return history.per_cell() / float(history.weeks.sum())


def last_period(history: History) -> FloatArray:
    """Return the mean weight a week in each cell over the last period."""
    return raw_count(history.during(history.weeks.size - 1))


def same_weeks_last_year(history: History) -> FloatArray:
    """Return the mean weight a week in the period that began nearest to a year before the next; of weeks, of three."""
    begins = np.cumsum(history.weeks) - history.weeks
    nearest = int(np.abs(begins - (history.weeks.sum() - YEAR)).argmin())
    beside = 1 if history.weeks[nearest] < SHORT else 0
    first, last = max(0, nearest - beside), min(history.weeks.size, nearest + beside + 1)
    span = history.chosen((history.period >= first) & (history.period < last))
    return span.per_cell() / float(history.weeks[first:last].sum())


def lacks_a_year(history: History) -> str:
    """Return why a history has no last year."""
    weeks = float(history.weeks.sum())
    return "" if weeks >= np.floor(YEAR) else f"it needs 52 weeks of crimes, and has {weeks:.0f}"


def density(history: History) -> FloatArray:
    """Return the kernel density of the history, scaled to its mean weekly total inside the study area."""
    surface = density_at_centres(history.x, history.y, history.weights, history.grid, history.bandwidth)
    inside = float(surface[history.study].sum())
    return surface * (history.weekly_total() / inside) if inside > 0 else np.zeros_like(surface)
