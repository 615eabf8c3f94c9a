"""What a fitted model says beside its forecast: how much crime is triggered by crime, for how long, and if it fits."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from hotspots.forecast.etas import Fit, events_interval, events_residuals, fit_events
from hotspots.forecast.etas_events import CUT, MOST_PAIRS, REACH, one_in
from hotspots.forecast.etas_grid import GridFit, fit_grid, grid_interval, grid_residuals
from hotspots.forecast.excitation import MOST_OFFSPRING, MOST_STEPS, SLOWEST, Residuals
from hotspots.forecast.history import History

POOR_FIT: Final = 0.05


def model_facts(name: str, history: History, *, seed: int = 0) -> dict[str, Any]:
    """
    Return the facts of a self-exciting model as JSON can hold them; nothing for the other methods.

    Parameters
    ----------
    name : a name in `METHODS`
    history : what it is fitted to
    seed : of the moments within a day that are given to crimes known by their day only
    """
    return _FACTS[name](history, seed) if name in _FACTS and (history.cell >= 0).any() else {}


def fitted_in_part(name: str, history: History) -> str:
    """Say where a model is fitted to some of the crimes alone, and why; nothing where it is not."""
    every = one_in(history) if name == "self-exciting" and (history.cell >= 0).any() else 1
    return f"The {name} model: {_in_part(every)}" if every > 1 else ""


def _of_cells(history: History, seed: int) -> dict[str, Any]:
    fit = fit_grid(history)
    return {
        **_common(fit, grid_interval(history, fit), grid_residuals(history, fit, seed=seed)),
        "branching_ratio_published_form": fit_grid(history, shrunk=False).theta,
    }


def _of_events(history: History, seed: int) -> dict[str, Any]:
    fit = fit_events(history)
    layers = dict(zip(("smooth", "by cell", "even"), fit.layers.tolist(), strict=True))
    return {
        **_common(fit, events_interval(history, fit), events_residuals(history, fit, seed=seed)),
        "spread_m": fit.spread,
        "background": layers,
        "asked_every": fit.every,
    }


def _common(fit: GridFit | Fit, interval: tuple[float, float], found: Residuals) -> dict[str, Any]:
    low, high = (None if np.isnan(end) else float(end) for end in interval)
    return {
        "branching_ratio": fit.theta,
        "branching_ratio_low": low,
        "branching_ratio_high": high,
        "half_life_days": float(np.log(2.0) / fit.omega),
        "steps": fit.steps,
        "residual_gap": None if np.isnan(found.gap) else found.gap,
        "residual_p": None if np.isnan(found.p) else found.p,
        "events": found.events,
        "sentence": _sentence(fit, low, high, found),
    }


def _sentence(fit: GridFit | Fit, low: float | None, high: float | None, found: Residuals) -> str:
    between = "" if low is None or high is None else f" (90 % interval {100 * low:.0f} to {100 * high:.0f} %)"
    text = f"{100 * fit.theta:.0f} % of crimes look triggered by one before{between}, half of them within "
    text += f"{np.log(2.0) / fit.omega:.1f} days."
    if fit.theta > 0 and _at_bound(fit):
        text += " The fit ran to a bound: what looks triggered may be how one place or season differs from another."
    if found.p < POOR_FIT:
        text += (
            f" The times of the crimes do not fit the model (greatest gap {found.gap:.3f}, p {found.p:.2g}): the level "
            "changes over the year, or from day to day, in ways that it does not know."
        )
    if isinstance(fit, Fit) and fit.every > 1:
        text += f" {_in_part(fit.every)}"
    return text if fit.steps < MOST_STEPS else f"{text} The fit had not come to rest after {MOST_STEPS} steps."


def _in_part(every: int) -> str:
    return (
        f"Pairs of crimes within {REACH:g} m and {CUT:g} days are more than {MOST_PAIRS / 1e6:g} million: one crime in "
        f"{every}, evenly over time, was asked what triggered it, and the mean of these holds for the others."
    )


def _at_bound(fit: GridFit | Fit) -> bool:
    wide = isinstance(fit, Fit) and fit.spread >= 0.999 * REACH
    return wide or fit.omega <= 1.001 * SLOWEST or fit.theta >= 0.999 * MOST_OFFSPRING


_FACTS: Final[Mapping[str, Callable[[History, int], dict[str, Any]]]] = MappingProxyType(
    {"self-exciting by cell": _of_cells, "self-exciting": _of_events}
)
