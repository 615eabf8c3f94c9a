"""
The product limit of Kaplan & Meier over clocks that a crime stopped, or that still ran when the data ended.

Counts of clocks are arrays whose last axis is the days, from 0 to the horizon, and one more for all longer ones; axes
before it are different calendars or draws.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray, IntArray

_MARKS: Final = (7, 28, 91, 182, 365)


def clocks(code: IntArray, days: IntArray, starts: IntArray, last: int) -> tuple[IntArray, IntArray, Any]:
    """Return for every crime which of its victim's it is, the days watched after it, and whether another ended them."""
    size = np.diff(np.append(starts, len(code)))
    order = np.arange(len(code)) - np.repeat(starts, size) + 1
    stopped = np.append(code[1:] == code[:-1], False) if len(code) else np.zeros(0, dtype=np.bool_)
    after = np.append(days[1:], last)[: len(days)]
    return order, np.where(stopped, after, last) - days, stopped


def counted(wait: IntArray, stopped: Any, horizon: int) -> tuple[IntArray, IntArray]:
    """Return the clocks that a crime stopped on each day, and those that still ran when the data ended."""
    held = np.minimum(wait, horizon + 1)
    again, ended = (np.bincount(held[which], minlength=horizon + 2) for which in (stopped, ~stopped))
    return again, ended


def at_risk(again: IntArray, ended: IntArray) -> IntArray:
    """Clocks still running until each day, of all (last axis)."""
    left = again + ended
    return np.asarray(left.sum(axis=-1, keepdims=True) - np.cumsum(left, axis=-1) + left, dtype=np.int64)


def divided(part: Any, whole: Any) -> FloatArray:
    """Return part / whole, 0 where the whole is nothing."""
    held: FloatArray = np.divide(part, whole, out=np.zeros(np.shape(whole)), where=np.asarray(whole) > 0)
    return held


def incidence(again: IntArray, ended: IntArray) -> FloatArray:
    """Share that suffered again by each day from 1 to the horizon."""
    hazard = divided(again, at_risk(again, ended))[..., 1:-1]
    return np.asarray(1 - np.cumprod(1 - hazard, axis=-1), dtype=np.float64)


def excess(again: IntArray, ended: IntArray, hazard: FloatArray) -> FloatArray:
    """Second crimes by each day from 1 to the horizon beyond what the chance hazard gives."""
    return np.asarray(np.cumsum((again - at_risk(again, ended) * hazard)[..., 1:-1], axis=-1), dtype=np.float64)


def by_order(order: IntArray, wait: IntArray, stopped: Any) -> pd.DataFrame:
    """Return the share that suffers again within some marks after the 1st, the 2nd, and the 3rd or later crime."""
    rows = {}
    for name, held in (("1st", order == 1), ("2nd", order == 2), ("3rd or later", order >= 3)):
        again, ended = counted(wait[held], stopped[held], _MARKS[-1])
        share = incidence(again, ended)
        within = {f"within_{mark}": float(share[mark - 1]) if held.any() else np.nan for mark in _MARKS}
        rows[name] = {"victims": int(held.sum()), "again": int(stopped[held].sum()), **within}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("after")
