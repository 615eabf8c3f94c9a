"""How well one method would have forecast one period, by every measure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np

from geodata.cast import FloatArray, IntArray
from geodata.grid import Grid
from hotspots._flagged import flagged, ratio
from hotspots.evaluate import hit_rate, places_in, poisson_log_score, street_accuracy_index
from hotspots.forecast.history import History
from hotspots.forecast.methods import expected as expected_by

MEASURES: Final = (
    "hit_rate", "pai", "pei", "rri", "harm_hit_rate", "harm_pai", "pai_street", "log_score", "compactness"
)  # fmt: skip
SPREAD: Final = 0.01  # of what is expected, evenly over the study area, before the log score: no cell is impossible


@dataclass(frozen=True)
class Task:
    """
    What is asked of every method alike.

    Parameters
    ----------
    share : share of the study area that may be flagged
    weighed : whether harm is scored too
    street : metres of street in each cell, or None
    """

    share: float
    weighed: bool
    street: FloatArray | None


@dataclass(frozen=True)
class Score:
    """
    How one method did in one period.

    Parameters
    ----------
    measures : by the names in `MEASURES`; NaN where one cannot be had
    crimes : recorded in the study area
    flagged : cells, ascending; of those predicted alike the lower numbers
    """

    measures: Mapping[str, float]
    crimes: int
    flagged: IntArray

    def as_json(self) -> dict[str, Any]:
        """Return the score as JSON can hold it, to the last bit."""
        known = {name: None if np.isnan(value) else value for name, value in self.measures.items()}
        return {"crimes": self.crimes, "measures": known, "flagged": self.flagged.tolist()}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the score that `as_json` wrote."""
        known = {name: float("nan") if value is None else float(value) for name, value in kept["measures"].items()}
        return cls(known, int(kept["crimes"]), np.array(kept["flagged"], dtype=np.int64))


def score(method: str, past: History, future: History, task: Task) -> Score:
    """
    Return how well `method` forecasts `future` from `past`.

    Crimes are scored on the map of expected crimes, harm on the map of expected harm.
    """
    study, counted = past.study, _counted(past)
    weights = (counted.weights, *((past.weights,) if task.weighed else ()))
    foretold = [each[study] * float(future.weeks.sum()) for each in expected_by(method, past, *weights)]
    crimes, came = foretold[0], _counted(future).per_cell()[study]
    share, places = task.share, places_in(task.share, came.size)
    top = flagged(crimes, places)
    caught, total = top.caught(came), float(came.sum())
    harm = hit_rate(foretold[1], future.per_cell()[study], share=share) if task.weighed else float("nan")
    cells = np.flatnonzero(study)[top.lowest()]
    measures = {
        "hit_rate": ratio(caught, total),
        "pai": ratio(caught, total) * came.size / places,
        "pei": ratio(caught, flagged(came, places).caught(came)),
        "rri": ratio(top.caught(crimes), caught),
        "harm_hit_rate": harm,
        "harm_pai": harm * came.size / places,
        "pai_street": _by_street(crimes, came, task, past),
        "log_score": poisson_log_score(_never_impossible(crimes, counted, future), came),
        "compactness": compactness(cells, past.grid),
    }
    return Score(measures, int(total), cells)


def compactness(cells: IntArray, grid: Grid) -> float:
    """Return the share of the cells' sides that lie between two of them: 0 for lone cells, near 1 for one block."""
    flags = np.zeros((grid.rows, grid.columns), dtype=np.bool_)
    flags.flat[cells] = True
    shared = (flags[1:] & flags[:-1]).sum() + (flags[:, 1:] & flags[:, :-1]).sum()
    return float(2 * shared / (4 * cells.size)) if cells.size else float("nan")


def jaccard(one: IntArray, other: IntArray) -> float:
    """Return the share of the cells in either that are in both."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / max(1, one.size + other.size - both)


def _counted(history: History) -> History:
    return history.weighing(np.ones_like(history.weights))


def _by_street(expected: FloatArray, came: FloatArray, task: Task, past: History) -> float:
    if task.street is None:
        return float("nan")
    return street_accuracy_index(expected, came, task.street[past.study], share=task.share)


def _never_impossible(expected: FloatArray, past: History, future: History) -> FloatArray:
    """Return the forecast with a hundredth of it, or of the level so far, spread evenly over the study area."""
    # Half a crime more than was recorded, so that a history without any crime allows for one.
    level = (past.per_cell()[past.study].sum() + 0.5) / past.weeks.sum() * future.weeks.sum() / expected.size
    return np.asarray((1.0 - SPREAD) * expected + SPREAD * level, dtype=np.float64)
