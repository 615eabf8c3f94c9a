"""What is expected in each cell in the week to come, of crimes and of harm, with how far it may be off."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from hotspots.expectation import count_interval, harm_interval
from hotspots.forecast.calibration import Calibration, calibration
from hotspots.forecast.history import History
from hotspots.forecast.methods import expected

ORIGINS: Final = 4


@dataclass(frozen=True)
class Prediction:
    """
    One method's forecast of the week after the last period.

    Parameters
    ----------
    cells : one row per cell of the study area, indexed by cell
        crimes, crimes_low, crimes_high and, where harm is known, harm, harm_low, harm_high: 90 % prediction intervals.
    total : the same columns of the study area as a whole
    calibration : how the method's forecasts of the last periods compare with what came
    """

    cells: pd.DataFrame
    total: pd.Series
    calibration: Calibration


def prediction(name: str, history: History, harm: FloatArray | None = None, *, origins: int = ORIGINS) -> Prediction:
    """
    Return what a method expects, with intervals set by how its forecasts of the last periods did.

    Parameters
    ----------
    name : a name in `METHODS` that `bears` the history
    history : with weights of 1 each
    harm : of each crime of the history, in its order; None where crimes alone are forecast
    origins : past periods that set the intervals, at most
    """
    past = calibration(name, history, origins=origins)
    study = np.flatnonzero(history.study)
    found = expected(name, history, history.weights, *(() if harm is None else (harm,)))
    crimes, weight = found[0][study], None if harm is None else found[1][study]
    spread = 0.0 if harm is None else _spread(harm)
    cells = _columns(crimes, weight, past.alpha, spread)
    whole = None if weight is None else np.array([weight.sum()])
    total = _columns(np.array([crimes.sum()]), whole, past.alpha_total, spread)
    return Prediction(cells.set_index(pd.Index(study, name="cell")), total.iloc[0], past)


def _columns(crimes: FloatArray, harm: FloatArray | None, alpha: float, spread: float) -> pd.DataFrame:
    wide = np.full(crimes.size, alpha)
    low, high = count_interval(crimes, wide)
    table = pd.DataFrame({"crimes": crimes, "crimes_low": low, "crimes_high": high})
    if harm is None:
        return table
    low, high = harm_interval(harm, crimes, wide, np.full(crimes.size, spread))
    return table.assign(harm=harm, harm_low=low, harm_high=high)


def _spread(harm: FloatArray) -> float:
    """Return the variance of the harm of one crime over its squared mean."""
    mean = float(harm.mean()) if harm.size else 0.0
    return float(harm.var()) / mean**2 if mean > 0 else 0.0
