"""What the patrols of scenarios come to, side by side: harm exposed to patrol, where, what is walked, what is unmet."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation._task import Patrol, Task, task_of
from allocation.problem import Problem
from allocation.routes import patrols_of
from allocation.rules import MealBreak, Rules
from allocation.schedule import Schedule
from geodata.cast import FloatArray
from geodata.errors import InputError

KEY: Final = ["hotspot_id", "shift"]
SUMS: Final = ["visits", "minutes", "exposed"]
UNMET: Final = [*KEY, "value", "reason"]
NOBODY: Final = "Nobody patrols."


@dataclass(frozen=True, eq=False)
class Patrolled:
    """
    The patrols of one scenario.

    Parameters
    ----------
    visits : table of visits asked for, in harm a week without any weight of choice
    rules : of the patrols
    wards : by hotspot_id, the code of its ward; some may be missing
    problem, schedule : what was planned, whose visits may be weighed by priorities; None: nobody patrols
    meal : break that was planned, or None
    """

    visits: pd.DataFrame
    rules: Rules
    wards: Mapping[str, str]
    problem: Problem | None = None
    schedule: Schedule | None = None
    meal: MealBreak | None = None


@dataclass(frozen=True, eq=False)
class Exposures:
    """
    Patrols side by side, the base first; each figure is of one day's pattern, harm a week.

    Parameters
    ----------
    summary : columns scenario, patrols, visits, minutes (of presence), hotspots (visited), exposed (harm), exposed_more
        (beside the base), more_low, more_high (between which the best plans of both surely differ, since none passes
        its bound; missing where a plan seeks weighed visits), exposed_share (of what all the visits asked for would be
        exposed to), walked_km, walking_minutes, driving_minutes, unmet_visits, unmet_harm, patrol_gap
    wards : columns scenario, ward, visits, minutes, exposed, exposed_more
    hotspots : the same by hotspot_id, with its ward
    unmet : columns scenario, hotspot_id, shift, value, reason: visits asked for and not planned, and what they are
        worth to the plan
    """

    summary: pd.DataFrame
    wards: pd.DataFrame
    hotspots: pd.DataFrame
    unmet: pd.DataFrame


def compare_patrols(plans: Mapping[str, Patrolled]) -> Exposures:
    """
    Return the patrols of scenarios side by side.

    Parameters
    ----------
    plans : by the scenario's name, the base first; of the same hot spots

    Raises
    ------
    InputError
        If there are none, or the hot spots differ.
    """
    if not plans:
        raise InputError("At least one scenario is needed to compare patrols, got none.")
    by_spot = {name: _by_spot(plan) for name, plan in plans.items()}
    base = next(iter(by_spot.values()))
    if any(list(table.index) != list(base.index) for table in by_spot.values()):
        raise InputError(
            "Scenarios must be of the same hot spots for their patrols to be compared, got some of others."
        )
    tables = []
    for name, table in by_spot.items():
        more = table["exposed"] - base["exposed"]
        home = pd.Series(table.index.map(plans[name].wards), index=table.index, dtype="string")
        told = table[SUMS].assign(exposed_more=more, ward=home).reset_index()
        tables.append(told.assign(scenario=name)[["scenario", "hotspot_id", "ward", *SUMS, "exposed_more"]])
    hotspots = pd.concat(tables, ignore_index=True)
    wards = hotspots.groupby(["scenario", "ward"], sort=False)[[*SUMS, "exposed_more"]].sum().reset_index()
    first = _ends(next(iter(plans.values())), base)
    rows = [_row(name, plans[name], table, first) for name, table in by_spot.items()]
    unmet = [_unmet(plan).assign(scenario=name)[["scenario", *UNMET]] for name, plan in plans.items()]
    return Exposures(pd.DataFrame(rows), wards, hotspots, pd.concat(unmet, ignore_index=True))


def _unmet(plan: Patrolled) -> pd.DataFrame:
    """Return the visits that are asked for and not planned, with the reason."""
    if plan.schedule is not None:
        return plan.schedule.unmet
    return plan.visits[plan.visits["value"] > 0].assign(reason=NOBODY)


def _by_spot(plan: Patrolled) -> pd.DataFrame:
    """Return by hot spot the visits, minutes and harm exposed of a plan, and the visits and harm that are unmet."""
    asked = plan.visits.set_index(KEY).sort_index()
    done = pd.Series(0, index=asked.index)
    if plan.schedule is not None:
        done = plan.schedule.plan.groupby(KEY).size().reindex(asked.index, fill_value=0)
    earned = np.concatenate([[0.0], np.cumsum(plan.rules.decay)])
    most = np.minimum(asked["most"].to_numpy(), len(plan.rules.decay)) * (asked["value"].to_numpy() > 0)
    count, value = done.to_numpy(), asked["value"].to_numpy()
    table = pd.DataFrame(
        {
            "visits": count,
            "minutes": count * asked["minutes"].to_numpy(),
            "exposed": value * earned[np.minimum(count, len(earned) - 1)],
            "unmet_visits": np.maximum(0, most - count),
            "unmet_harm": value * np.maximum(0.0, earned[most] - earned[np.minimum(count, len(earned) - 1)]),
        },
        index=asked.index,
    )
    return table.groupby("hotspot_id").sum()


def _ends(plan: Patrolled, by_spot: pd.DataFrame) -> tuple[float, float]:
    """Return the harm that a plan is exposed to, and what no plan of the same problem passes."""
    exposed = float(by_spot["exposed"].sum())
    if plan.problem is None or plan.schedule is None:
        return exposed, exposed
    same = plan.problem.visits["value"].to_numpy() == plan.visits["value"].to_numpy()
    return exposed, plan.schedule.bound if same.all() else float("nan")


def _row(name: str, plan: Patrolled, by_spot: pd.DataFrame, base: tuple[float, float]) -> dict[str, Any]:
    sums, (exposed, bound) = by_spot.sum(), _ends(plan, by_spot)
    whole = sums["exposed"] + sums["unmet_harm"]
    metres, walking, driving = travelled(plan.problem, plan.schedule)
    return {
        "scenario": name,
        "patrols": 0 if plan.schedule is None else int(plan.schedule.plan["unit"].nunique()),
        "visits": int(sums["visits"]),
        "minutes": int(sums["minutes"]),
        "hotspots": int((by_spot["visits"] > 0).sum()),
        "exposed": exposed,
        "exposed_more": exposed - base[0],
        "more_low": exposed - base[1],
        "more_high": bound - base[0],
        "exposed_share": float(sums["exposed"] / whole) if whole > 0 else 1.0,
        "walked_km": metres / 1000,
        "walking_minutes": walking,
        "driving_minutes": driving,
        "unmet_visits": int(sums["unmet_visits"]),
        "unmet_harm": float(sums["unmet_harm"]),
        "patrol_gap": 0.0 if plan.schedule is None else plan.schedule.gap,
    }


def travelled(problem: Problem | None, schedule: Schedule | None) -> tuple[float, int, int]:
    """Return the metres walked, the minutes walked and the minutes driven of a plan, there and back (rules P3, P8)."""
    if problem is None or schedule is None:
        return 0.0, 0, 0
    legs = [
        leg
        for shift in problem.shifts
        for task in [task_of(problem, shift.name)]
        for patrol in patrols_of(problem, task, schedule.plan)
        for leg in _legs(task, patrol)
    ]
    told: FloatArray = np.array(legs, dtype=np.float64).reshape(-1, 2)
    on_foot = told[:, 1] > 0
    return float(told[:, 1].sum()), int(told[on_foot, 0].sum()), int(told[~on_foot, 0].sum())


def _legs(task: Task, patrol: Patrol) -> list[tuple[float, float]]:
    """Return minutes and metres walked of every leg of a patrol, the way back among them."""
    if not patrol.stops:
        return []
    home, stops = task.base[patrol.unit], patrol.stops
    ends = [(task.out[home, stop], task.out_metres[home, stop]) for stop in (stops[0], stops[-1])]
    return [ends[0], *((task.between[leg], task.metres[leg]) for leg in pairwise(stops)), ends[1]]
