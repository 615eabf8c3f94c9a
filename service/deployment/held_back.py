"""Whether the teams hold up: placed as if the last months were not known yet, and judged by those months."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation.compare import THIS_PLAN, Team
from allocation.outturn import GAIN, KEPT, PERFECT, SAME_PLACES, Outturn, exposed, placed
from allocation.robust import ROBUST
from allocation.team_problem import TeamProblem
from geodata.errors import InputError
from geodata.periods import Periods
from hotspots.intervals import paired_differences
from service.analysis.scene import Scene, by_ward, long_periods
from service.deployment.plan import Teams
from service.deployment.then import known_at

MOST_TRIALS: Final = 6
FEWEST_TRIALS: Final = 3
NOT_SIMPLE: Final = (THIS_PLAN, ROBUST, KEPT, SAME_PLACES, PERFECT)


def hold_up(scene: Scene, teams: Teams, *, seed: int = 0) -> Outturn | None:
    """Return how each way of placing the posts would have done in the last periods, or None where there are too few."""
    periods = long_periods(scene.periods)
    trials = min(MOST_TRIALS, periods.size // 2)
    problem = teams.staffing.problem
    if problem is None or trials < FEWEST_TRIALS:
        return None
    try:
        found = team_trials(scene, problem, periods, range(periods.size - trials, periods.size))
    except InputError:  # the rules clash on what was known then: there was no plan to test
        return None
    opening = f"Placed from what was known before each of the last {trials} {periods.unit}s, the teams"
    return told(found, opening, seed=seed)


def team_trials(
    scene: Scene,
    problem: TeamProblem,
    periods: Periods,
    tested: Iterable[int],
    *,
    more: Callable[[TeamProblem, Scene], Mapping[str, Team]] = lambda _problem, _known: {},
) -> pd.DataFrame:
    """
    Return what each way of placing the posts would have been exposed to in each period, placed on what was known.

    Parameters
    ----------
    scene : the crimes analysed
    problem : posts and rules
    periods : Periods
    tested : numbers of periods
    more : other plans from the problem and the scene as they were known

    Returns
    -------
    trials : columns period, plan, exposed (weighted harm a week)

    Raises
    ------
    InputError
        If the rules cannot all be kept on what was known.
    """
    number = pd.Series(periods.number(scene.crimes), index=scene.crimes.index)
    rows = []
    for period in tested:
        known = known_at(scene, periods.edges[period])
        before = replace(problem, demand=_demand(known, problem.demand, weeks=float(known.periods.weeks.sum())))
        came = _demand(scene, problem.demand, weeks=float(periods.weeks.iloc[period]), counted=number == period)
        held = exposed(before, came, plans=placed(before) | dict(more(before, known)))
        rows += [(periods.labels[period], plan, value) for plan, value in held.items()]
    return pd.DataFrame(rows, columns=["period", "plan", "exposed"])


def _demand(scene: Scene, demand: pd.DataFrame, *, weeks: float, counted: pd.Series | None = None) -> pd.DataFrame:
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
    summary = beside(trials, "exposed", seed=seed)
    return Outturn(trials, summary, f"{opening} {finding(summary, 'exposed', 'been exposed to', 'to ')}")


def beside(trials: pd.DataFrame, measure: str, *, seed: int = 0) -> pd.DataFrame:
    """
    Return each plan's mean, its share of what foresight allows, and what this plan gains on it, paired by period.

    Parameters
    ----------
    trials : columns period, plan and `measure`; every plan in every period
    measure : column
    seed : of the intervals

    Returns
    -------
    summary : columns plan, `measure`, share, gain, gain_low, gain_high (90 %)
        The order of the periods is immaterial.
    """
    wide = trials.pivot_table(index="period", columns="plan", values=measure, sort=False)
    wide = wide.sort_values(list(wide.columns), ignore_index=True)
    gains = paired_differences(wide, THIS_PLAN, seed=seed).set_index("method")
    mean = wide.mean()
    summary = pd.DataFrame({"plan": mean.index.astype("string"), measure: mean.to_numpy()})
    summary["share"] = summary[measure] / mean[PERFECT] if mean[PERFECT] > 0 else 1.0
    for name, column in zip(GAIN, ("difference", "high_90", "low_90"), strict=True):
        summary[name] = -summary["plan"].map(gains[column]).to_numpy(dtype=np.float64)
    return summary


def finding(summary: pd.DataFrame, measure: str, did: str, to: str = "") -> str:
    """
    Return in half a sentence how this plan did against foresight and against the best simple rule.

    Parameters
    ----------
    summary : as `beside` returns it
    measure : its column
    did : what plans do to harm: "been exposed to"
    to : its preposition and a space, where it has one
    """
    found: dict[str, dict[str, float]] = summary.set_index("plan").to_dict("index")  # type: ignore[assignment]
    best = max((plan for plan in found if plan not in NOT_SIMPLE), key=lambda plan: found[plan][measure])
    share, low, high = (100 * found[best][name] / max(found[best][measure], 1e-12) for name in GAIN)
    verdict = "more than" if low > 0 else "less than" if high < 0 else "about as much as"
    return (
        f"would have {did} {100 * found[THIS_PLAN]['share']:.1f} % of what perfect foresight allows, and {to}{verdict} "
        f"the best simple rule ({best}): {share:+.1f} %"
        + ("." if np.isnan(low) else f" (90 % interval {low:+.1f} % to {high:+.1f} %).")
    )
