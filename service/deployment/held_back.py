"""Whether the teams hold up: placed as if the last months were not known yet, and judged by those months."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation.compare import THIS_PLAN
from allocation.outturn import PERFECT, Outturn, exposed
from geodata.errors import InputError
from hotspots.intervals import paired_differences
from service.analysis.scene import Scene, by_ward, long_periods
from service.deployment.plan import Teams

MOST_TRIALS: Final = 6
FEWEST_TRIALS: Final = 3
GAIN: Final = ("gain", "gain_low", "gain_high")


def hold_up(scene: Scene, teams: Teams, *, seed: int = 0) -> Outturn | None:
    """Return how each way of placing the posts would have done in the last periods, or None where there are too few."""
    periods = long_periods(scene.periods)
    trials = min(MOST_TRIALS, periods.size // 2)
    problem = teams.staffing.problem
    if problem is None or trials < FEWEST_TRIALS:
        return None
    number = pd.Series(periods.number(scene.crimes), index=scene.crimes.index)
    weeks = periods.weeks.to_numpy(dtype=np.float64)
    rows = []
    for period in range(periods.size - trials, periods.size):
        known = _demand(scene, problem.demand, number.between(0, period - 1), float(weeks[:period].sum()))
        came = _demand(scene, problem.demand, number == period, float(weeks[period]))
        try:
            held = exposed(replace(problem, demand=known), came)
        except InputError:  # the rules clash on what was known then: there was no plan to test
            return None
        rows += [(periods.labels[period], plan, value) for plan, value in held.items()]
    opening = f"Placed from what was known before each of the last {trials} {periods.unit}s, the teams"
    return told(pd.DataFrame(rows, columns=["period", "plan", "exposed"]), opening, seed=seed)


def _demand(scene: Scene, demand: pd.DataFrame, counted: pd.Series, weeks: float) -> pd.DataFrame:
    """Return the table of ward demand with the crimes and the harm a week of some crimes."""
    sums = by_ward(scene, demand["ward"], counted=counted, weeks=weeks)
    return demand.assign(crimes=sums["expected_crimes"].to_numpy(), harm=sums["expected_harm"].to_numpy())


def told(trials: pd.DataFrame, opening: str, *, seed: int = 0) -> Outturn:
    """
    Return trials with their summary and what was found in a sentence.

    Parameters
    ----------
    trials : columns period, plan, exposed
    opening : of the sentence: what was planned from what
    seed : of the intervals
    """
    wide = trials.pivot_table(index="period", columns="plan", values="exposed", sort=False)
    gains = paired_differences(wide, THIS_PLAN, seed=seed).set_index("method")
    mean = wide.mean()
    summary = pd.DataFrame({"plan": mean.index.astype("string"), "exposed": mean.to_numpy()})
    summary["share"] = summary["exposed"] / mean[PERFECT] if mean[PERFECT] > 0 else 1.0
    for name, column in zip(GAIN, ("difference", "high_90", "low_90"), strict=True):
        summary[name] = -summary["plan"].map(gains[column]).to_numpy(dtype=np.float64)
    return Outturn(trials, summary, f"{opening} {_finding(summary)}")


def _finding(summary: pd.DataFrame) -> str:
    found: dict[str, dict[str, float]] = summary.set_index("plan").to_dict("index")  # type: ignore[assignment]
    best = max((plan for plan in found if plan not in (THIS_PLAN, PERFECT)), key=lambda plan: found[plan]["exposed"])
    share, low, high = (100 * found[best][name] / max(found[best]["exposed"], 1e-12) for name in GAIN)
    verdict = "more than" if low > 0 else "less than" if high < 0 else "about as much as"
    return (
        f"would have been exposed to {100 * found[THIS_PLAN]['share']:.1f} % of what perfect foresight allows, and to "
        f"{verdict} the best simple rule ({best}): {share:+.1f} % (90 % interval {low:+.1f} % to {high:+.1f} %)."
    )
