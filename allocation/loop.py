"""
The stages made consistent: CSOs between bases, their hours, and the walks that these hours are made of.

    L1  f[b](K), what K CSOs at base b are worth in a week (`tours.plan_week`), takes so many minutes of walking a visit
    L2  the CSOs there are, are shared between the bases so that the sum of f[b](K[b]) is greatest
    L3  every patrol of that week is walked on the streets (`_solvers.patrols`), and the minutes between its visits, the
        way out and back among them, replace the minutes assumed in L1
    L4  L1 to L3 are repeated until what the week promises changes by less than a stated share

What the routes do not reach of the promise is the end-to-end loss: rules that L1 does not know, such as the gap between
two visits, and walks longer than the mean. The loop need not settle; the last round is given, and whether it did.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from allocation._solvers.patrols import draw_patrols, worth_of
from allocation._task import Patrol, Task, task_of
from allocation.problem import Base, Problem, Unit
from allocation.rules import Rules
from allocation.tours import DAY_NAMES, WeekPlan, plan_week
from allocation.week import TourBase, Week
from geodata.cast import whole, within
from geodata.errors import InputError
from geodata.streets import Streets
from geodata.tables import VISITS, check

ROUNDS: Final = 300
SLOT: Final = ["day", "shift"]
NOTHING: Final = 1e-6  # of the promise: a CSO moves to another base for more than that


@dataclass(frozen=True)
class Loop:
    """
    A week whose stages agree.

    Parameters
    ----------
    week : with the CSOs and the walking minutes of the last round
    plan : its tours and visits
    rounds : columns round, promised, walked, loss, change: of every round, its promise, what could be walked of it,
        the share lost, and the change of the promise from the round before
    walks : columns base, csos, assumed, measured: minutes of walking a visit
    settled : whether the last change was below the share asked for
    further : share of the promise that moving CSOs between bases once more would add, `reach` a base at most
    """

    week: Week
    plan: WeekPlan
    rounds: pd.DataFrame
    walks: pd.DataFrame
    settled: bool
    further: float


def consistent_week(
    week: Week,
    bases: Iterable[Base],
    places: pd.DataFrame,
    *,
    streets: Streets | None = None,
    rules: Rules | None = None,
    share: float = 0.02,
    reach: int = 1,
    most: int = 6,
    seed: int = 0,
) -> Loop:
    """
    Return the week whose promise holds on the streets, with the end-to-end loss.

    Parameters
    ----------
    week : its CSOs by base are where sharing begins, its walking minutes the first guess
    bases : where they are, one for each base of the week
    places : columns hotspot_id, x, y (metres) of every hot spot of the week
    streets : walked on; None: straight lines
    rules : of the patrols; their decay and the gap between visits are the week's
    share : change of the promise below which the stages agree
    reach : CSOs that a base may gain or lose in one round
    most : rounds at most
    seed : of the routes

    Raises
    ------
    InputError
        If a base or hot spot has no place, or a figure is out of its range.
    """
    share, reach = within(share, "share", 0.0, 1.0), whole(reach, "reach")
    grounds = _grounds(week, tuple(bases), places, streets, rules or Rules())
    rows: list[tuple[int, float, float, float, float]] = []
    last: tuple[Week, WeekPlan] | None = None
    for number in range(1, whole(most, "most", 1) + 1):
        last = week, plan = _shared(week, reach, last)
        walked, measured = _walked(week, plan, grounds, seed)
        before = rows[-1][1] if rows else np.nan
        change = abs(plan.objective - before) / before if before > 0 else (0.0 if plan.objective == before else np.nan)
        loss = 1 - walked / plan.objective if plan.objective > 0 else 0.0
        rows.append((number, plan.objective, walked, loss, change))
        if change < share or number == most:
            break
        again = [replace(base, walk=measured.get(base.name, base.walk)) for base in week.bases]
        week = replace(week, bases=tuple(again))
    walks = [(base.name, base.csos, base.walk, measured.get(base.name, np.nan)) for base in week.bases]
    return Loop(
        week=week,
        plan=plan,
        rounds=pd.DataFrame(rows, columns=["round", "promised", "walked", "loss", "change"]),
        walks=pd.DataFrame(walks, columns=["base", "csos", "assumed", "measured"]),
        settled=bool(rows[-1][4] < share),
        further=_further(week, plan),
    )


def best_shares(curves: Mapping[str, Mapping[int, float]], total: int) -> dict[str, int]:
    """
    Return how many CSOs each base has so that the sum of the curves is greatest (L2), by dynamic programming.

    Parameters
    ----------
    curves : by base, what each number of CSOs is worth
    total : CSOs to share

    Raises
    ------
    InputError
        If the numbers in the curves do not add up to `total` in any way.
    """
    best: dict[int, tuple[float, dict[str, int]]] = {0: (0.0, {})}
    for base, curve in curves.items():
        longer: dict[int, tuple[float, dict[str, int]]] = {}
        for used, (value, chosen) in best.items():
            for csos, worth in curve.items():
                held = longer.get(used + csos)
                if used + csos <= total and (held is None or value + worth > held[0] + 1e-12):
                    longer[used + csos] = value + worth, {**chosen, base: csos}
        best = longer
    if total not in best:
        raise InputError(f"The CSOs to share must add up by the curves given, and {total} do not.")
    return best[total][1]


def _shared(week: Week, reach: int, last: tuple[Week, WeekPlan] | None) -> tuple[Week, WeekPlan]:
    """Return the week with its CSOs shared between the bases, and its plan (L1, L2); nobody moves for nothing."""
    plan = _planned(week, reach, last)
    shares = _better_shares(week, plan)
    moved = {base.name for base in week.bases if shares[base.name] != base.csos}
    if not moved:
        return week, plan
    week = replace(week, bases=tuple(replace(base, csos=shares[base.name]) for base in week.bases))
    return week, plan.with_bases(plan_week(week, beside=reach, only=moved))


def _better_shares(week: Week, plan: WeekPlan) -> dict[str, int]:
    """Return the best sharing within what the plan knows of each base, a trifle off for each CSO that moves."""
    now = {base.name: base.csos for base in week.bases}
    worth = {base: {csos: value - NOTHING * plan.bound * abs(csos - now[base]) for csos, value in curve.items()}
             for base, curve in _curves(plan).items()}  # fmt: skip
    return best_shares(worth, sum(now.values()))


def _curves(plan: WeekPlan) -> dict[str, dict[int, float]]:
    """Return by base what each number of CSOs that was solved for is worth."""
    curves: dict[str, dict[int, float]] = {}
    for table in (plan.bases, plan.beside):
        for base, csos, value in table[["base", "csos", "value"]].itertuples(index=False):
            curves.setdefault(base, {})[int(csos)] = float(value)
    return curves


def _further(week: Week, plan: WeekPlan) -> float:
    """Return the share of the promise that sharing the CSOs once more would add to it."""
    curves = _curves(plan)
    gain = sum(curves[base][csos] for base, csos in _better_shares(week, plan).items()) - plan.objective
    return gain / plan.objective if plan.objective > 0 else 0.0


def _planned(week: Week, reach: int, last: tuple[Week, WeekPlan] | None) -> WeekPlan:
    """Return the week's plan; a base whose walks leave room for as many visits as last time keeps the plan it had."""

    def asked(base: TourBase) -> tuple[int, int, int]:
        return base.csos, base.room(week.rules.minutes), base.again(week.rules.minutes, week.rules.gap)

    if last is None:
        return plan_week(week, beside=reach)
    was, plan = {base.name: asked(base) for base in last[0].bases}, last[1]
    anew = {base.name for base in week.bases if asked(base) != was[base.name]}
    return plan.with_bases(plan_week(week, beside=reach, only=anew)) if anew else plan


def _grounds(
    week: Week, bases: tuple[Base, ...], places: pd.DataFrame, streets: Streets | None, rules: Rules
) -> dict[tuple[str, str], Task]:
    """Return what each base can visit in each shift, as one unit without a task of its own would find it."""
    where = {base.name: base for base in bases}
    lacking = sum(base.name not in where for base in week.bases)
    unplaced = int((~week.visits["hotspot_id"].isin(places["hotspot_id"])).sum())
    if lacking or unplaced:
        raise InputError(f"Every base and hot spot of the week must have a place, got {lacking + unplaced} without.")
    rules = replace(rules, decay=week.rules.decay, gap=max(rules.gap, week.rules.gap))
    found: dict[tuple[str, str], Task] = {}
    at = places.drop_duplicates("hotspot_id").set_index("hotspot_id")[["x", "y"]].astype("float64")
    for base in week.bases:
        spots = week.visits.loc[week.visits["base"] == base.name, "hotspot_id"].drop_duplicates()
        table = pd.concat(
            [spots.to_frame().assign(shift=shift.name).join(at, on="hotspot_id") for shift in week.shifts]
        )
        table = table.assign(minutes=week.rules.minutes, most=len(rules.decay), value=0.0)
        visits = check(table.astype({"hotspot_id": "string", "shift": "string"}).reset_index(drop=True), VISITS)
        crew = [Unit(shift.name, "CSO", base.name, shift.name, max(1, base.minutes), 2) for shift in week.shifts]
        problem = Problem.of(crew, [where[base.name]], week.shifts, visits=visits, streets=streets, rules=rules)
        found |= {(base.name, shift.name): task_of(problem, shift.name) for shift in week.shifts}
    return found


def _walked(
    week: Week, plan: WeekPlan, grounds: dict[tuple[str, str], Task], seed: int
) -> tuple[float, dict[str, float]]:
    """Return what of the plan can be walked, and the minutes of walking a visit by base (L3)."""
    value, measured = 0.0, {}
    for base in week.bases:
        visits, duty = plan.visits[plan.visits["base"] == base.name], plan.tours[plan.tours["base"] == base.name]
        walking = made = 0
        for _, wanted in visits.groupby(SLOT, sort=True):
            day, shift = int(wanted["day"].iloc[0]), str(wanted["shift"].iloc[0])
            officers = 2 if shift in week.rules.pairs else 1
            crew = int((duty[DAY_NAMES[day]] == shift).sum()) // officers
            task = _slot(grounds[base.name, shift], wanted, crew)
            patrols = draw_patrols(task, rounds=ROUNDS, seed=seed)
            value += worth_of(task, patrols)
            walking += sum(_minutes(task, patrol) for patrol in patrols)
            made += sum(len(patrol.stops) for patrol in patrols)
        if made:
            measured[base.name] = walking / made
    return value, measured


def _slot(ground: Task, wanted: pd.DataFrame, crew: int) -> Task:
    """Return the task of so many patrols to make the visits of one day and shift."""
    number, worth = {place: at for at, place in enumerate(ground.places)}, np.zeros_like(ground.worth)
    for place, value in wanted.sort_values(["hotspot_id", "value"], ascending=[True, False])[
        ["hotspot_id", "value"]
    ].itertuples(index=False):
        row = worth[number[place]]
        row[int((row > 0).sum())] = value
    units = tuple(f"{ground.unit[0]} {at}" for at in range(crew))
    return replace(
        ground,
        worth=worth,
        unit=units,
        base=np.zeros(crew, dtype=np.int64),
        minutes=np.full(crew, ground.minutes[0], dtype=np.int64),
    )


def _minutes(task: Task, patrol: Patrol) -> int:
    """Return the minutes between stops, and from and to the base."""
    if not patrol.stops:
        return 0
    out, stops = task.out[task.base[patrol.unit]], np.array(patrol.stops)
    return int(out[stops[0]] + task.between[stops[:-1], stops[1:]].sum() + out[stops[-1]])
