"""
Whether records that patrols make feed on themselves: areas are sent patrols by their records, and patrols make records.

Each week every area's records are those of its victims, who report whether or not anybody patrols, and, where they
count, what patrols detect: more where they are. The next week's patrols are shared out by the records of the last year.
Where patrols' own detections are all that counts, shares drift to whichever areas were ahead, though nothing differs
there: a Polya urn [1]_ [2]_. Victims' reports alone cannot drift, for no patrol makes them.

References
----------
.. [1] Ensign, D., Friedler, S. A., Neville, S., Scheidegger, C., & Venkatasubramanian, S. (2018). Runaway feedback
   loops in predictive policing. Proceedings of Machine Learning Research, 81, 160-171.
.. [2] Lum, K., & Isaac, W. (2016). To predict and serve? Significance, 13(5), 14-19.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.cast import FloatArray, above_zero, whole
from geodata.errors import InputError

VICTIMS: Final = "victims' reports"
BOTH: Final = "reports and detections"
DETECTIONS: Final = "detections alone"
RECORDS: Final[Mapping[str, tuple[float, float]]] = {VICTIMS: (1.0, 0.0), BOTH: (1.0, 1.0), DETECTIONS: (0.0, 1.0)}
"""What counts, to the weight of a report and of a detection."""

MEMORY: Final = 52  # weeks of records by which patrols are shared out
INTERVAL: Final = (0.05, 0.95)


@dataclass(frozen=True)
class Feedback:
    """
    What became of the patrols' shares.

    Parameters
    ----------
    weeks : one row a kind of records and week: records, week (0 is before any patrol), apart, apart_low, apart_high
        `apart` is the share of patrol time that is not where it would be if it followed what happens (half the sum of
        the differences of shares), the mean over the runs; the ends hold 90 % of the runs.
    summary : one row a kind of records: records, start, end (both `apart`, the means of the first and of the last
        year), growth (end - start), growth_low, growth_high (90 % of the runs), runs_away (whether the interval is
        wholly above 0)
    """

    weeks: pd.DataFrame
    summary: pd.DataFrame

    def runs_away(self, records: str) -> bool:
        """Return whether shares drift apart where patrols go by these records."""
        return bool(self.summary.set_index("records").loc[records, "runs_away"])


def feedback(reported: ArrayLike, detected: float, *, weeks: int = 260, runs: int = 200, seed: int = 0) -> Feedback:
    """
    Return what becomes of patrols that go by records, where what happens never changes.

    What patrols can detect is taken to lie where victims' reports are, so that any drift is the records' own making.

    Parameters
    ----------
    reported : crimes a week that victims report, by area
    detected : crimes a week that patrols detect, in all areas together
    weeks : how long, at least two years
    runs : made-up histories
    seed : of every one of them

    Raises
    ------
    InputError
        If fewer than two areas are given, one is negative or not a number, none has any crime, nothing is detected, or
        the time is under two years.
    """
    happens = np.asarray(reported, dtype=np.float64)
    if happens.ndim != 1 or happens.size < 2 or not np.isfinite(happens).all() or (happens < 0).any():
        raise InputError("Feedback must be shown between two areas or more, with crimes of 0 or more each.")
    if not happens.any():
        raise InputError("Feedback must be shown where some crime is reported, got none.")
    above_zero(detected, "detected")
    whole(runs, "runs", 1)
    if weeks < 2 * MEMORY:
        raise InputError(f"Feedback must be shown over at least {2 * MEMORY} weeks, got {weeks}.")
    found = {name: _apart(happens, detected, weight, weeks, runs, seed) for name, weight in RECORDS.items()}
    return Feedback(
        pd.concat([_by_week(name, apart) for name, apart in found.items()], ignore_index=True),
        pd.DataFrame([_in_short(name, apart) for name, apart in found.items()]),
    )


def _apart(
    happens: FloatArray, detected: float, weight: tuple[float, float], weeks: int, runs: int, seed: int
) -> FloatArray:
    """Return how far patrols are from what happens, weeks + 1 x runs; the same seed for all kinds of records."""
    rng, truth = np.random.default_rng(seed), happens / happens.sum()
    size = (runs, happens.size)
    kept = np.stack([_week(rng, happens, detected, weight, np.full(size, 1 / truth.size)) for _ in range(MEMORY)])
    total, apart = kept.sum(axis=0), np.empty((weeks + 1, runs))
    for week in range(weeks + 1):
        patrol = _shared(total)
        apart[week] = np.abs(patrol - truth).sum(axis=1) / 2
        new = _week(rng, happens, detected, weight, patrol)
        total += new - kept[week % MEMORY]
        kept[week % MEMORY] = new
    return apart


def _week(
    rng: np.random.Generator, happens: FloatArray, detected: float, weight: tuple[float, float], patrol: FloatArray
) -> FloatArray:
    """Return one week's records that count: at an even share of patrol, `detected` are detected in all."""
    there = happens / happens.sum() * happens.size * detected
    reports, found = rng.poisson(happens, patrol.shape), rng.poisson(there * patrol)
    return np.asarray(weight[0] * reports + weight[1] * found)


def _shared(total: FloatArray) -> FloatArray:
    """Return each area's share of the records, even where there are none."""
    sums = total.sum(axis=1, keepdims=True)
    return np.where(sums > 0, total / np.where(sums > 0, sums, 1.0), 1 / total.shape[1])


def _by_week(name: str, apart: FloatArray) -> pd.DataFrame:
    low, high = np.quantile(apart, INTERVAL, axis=1)
    columns = {"week": np.arange(len(apart)), "apart": apart.mean(axis=1), "apart_low": low, "apart_high": high}
    return pd.DataFrame({"records": name, **columns})


def _in_short(name: str, apart: FloatArray) -> dict[str, object]:
    start, end = apart[:MEMORY].mean(axis=0), apart[-MEMORY:].mean(axis=0)
    low, high = np.quantile(end - start, INTERVAL)
    return {
        "records": name, "start": start.mean(), "end": end.mean(), "growth": (end - start).mean(), "growth_low": low,
        "growth_high": high, "runs_away": bool(low > 0),
    }  # fmt: skip
