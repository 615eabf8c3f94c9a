"""The independent verdict on CSO hours: whether a plan keeps the rules H1 to H5 of `allocation.week`, and its value."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

import pandas as pd

from allocation.tours import DAY_NAMES, WeekPlan
from allocation.week import TourBase, Week

TOLERANCE: Final = 1e-9  # relative, between two ways to add up the same figures
HOURS_IN_WEEK: Final = 168


def check_week(week: Week, plan: WeekPlan) -> tuple[str, ...]:
    """
    Return each broken rule of a week's plan in words, none where it keeps them all.

    H6 to H8 may give way: each that is not kept must be among what the plan says is unmet.

    Parameters
    ----------
    week : what was to be planned
    plan : tours and visits
    """
    duty = _duty(plan.tours)
    faults = [*_tours(week, plan.tours)]
    for base in week.bases:
        visits = plan.visits[plan.visits["base"] == base.name]
        faults += [*_weekend(week, base, plan), *_patrols(week, base, duty, visits), *_wishes(week, base, plan, visits)]
    return (*faults, *_visits(week, plan))


def _duty(tours: pd.DataFrame) -> Counter[tuple[str, int, str]]:
    """CSOs on duty by base, day and shift."""
    return Counter(
        (base, day, shift)
        for base, *shifts in tours[["base", *DAY_NAMES]].itertuples(index=False)
        for day, shift in enumerate(shifts)
        if shift
    )


def _tours(week: Week, tours: pd.DataFrame) -> Iterator[str]:
    starts = {shift.name: shift.start / 60 for shift in week.shifts}
    ends = {shift.name: shift.end / 60 for shift in week.shifts}
    held = Counter(tours["base"])
    for base in week.bases:
        if held[base.name] != base.csos:
            yield f"H1: {base.name} has {base.csos} CSOs, and tours for {held[base.name]}."
    for base_name, cso, *shifts in tours[["base", "cso", *DAY_NAMES]].itertuples(index=False):
        worked = [(24 * day + starts[shift], 24 * day + ends[shift]) for day, shift in enumerate(shifts) if shift]
        if len(worked) != week.rules.days:
            yield f"H1: CSO {cso} of {base_name} works {len(worked)} days, not {week.rules.days}."
        for (_, end), (start, _) in zip(worked, [*worked[1:], (worked[0][0] + HOURS_IN_WEEK, 0.0)], strict=True):
            if start - end < week.rules.rest_hours - TOLERANCE:
                yield f"H1: CSO {cso} of {base_name} rests {start - end:g} hours between two shifts."


def _weekend(week: Week, base: TourBase, plan: WeekPlan) -> Iterator[str]:
    own = plan.tours[plan.tours["base"] == base.name]
    off = int(((own["Saturday"] == "") & (own["Sunday"] == "")).sum())
    if off < math.floor(week.rules.off_weekend * base.csos + TOLERANCE) and not _said(plan, base, "H2"):
        yield f"H2: only {off} CSOs of {base.name} are off at the weekend, and the plan does not say so."


def _patrols(week: Week, base: TourBase, duty: Counter[tuple[str, int, str]], visits: pd.DataFrame) -> Iterator[str]:
    room = math.floor(base.minutes / (week.rules.minutes + base.walk))
    for (day, shift), made in Counter(zip(visits["day"], visits["shift"], strict=True)).items():
        patrols = duty[base.name, int(day), shift] // (2 if shift in week.rules.pairs else 1)
        if made > patrols * room:
            yield f"H3, H4: {base.name} makes {made} visits on day {day}, {shift}; {patrols} patrols make {room} each."


def _visits(week: Week, plan: WeekPlan) -> Iterator[str]:
    named = week.visits[["hotspot_id", "day", "shift", "value"]]
    worth = {(hotspot, day, shift): value for hotspot, day, shift, value in named.itertuples(index=False, name=None)}
    decay = week.rules.decay
    most = {base.name: _apart(week, base) for base in week.bases}
    owner = dict(zip(week.visits["hotspot_id"], week.visits["base"], strict=True))
    made: dict[tuple[str, int, str], list[tuple[int, float]]] = defaultdict(list)
    columns = ["base", "hotspot_id", "day", "shift", "visit", "value"]
    for base, hotspot, day, shift, visit, value in plan.visits[columns].itertuples(index=False, name=None):
        if owner.get(hotspot) != base:
            yield f"H5: {base} visits {hotspot}, which is not its own."
        made[hotspot, day, shift].append((visit, value))
    for (hotspot, day), count in Counter(zip(plan.visits["hotspot_id"], plan.visits["day"], strict=True)).items():
        if count > week.rules.most:
            yield f"H5: {hotspot} has {count} visits on day {day}, more than {week.rules.most}."
    total = 0.0
    for (hotspot, day, shift), visits in made.items():
        if [number for number, _ in sorted(visits)] != list(range(1, len(visits) + 1)) or len(visits) > min(
            len(decay), most[owner[hotspot]]
        ):
            yield f"H5: the visits to {hotspot} on day {day} are not numbered from 1, or are too many."
            continue
        for number, value in visits:
            worth_it = worth.get((hotspot, day, shift), 0.0) * decay[number - 1]
            total += worth_it
            if not math.isclose(value, worth_it, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
                yield f"H5: a visit to {hotspot} on day {day} is not worth what it is said to be."
    if not math.isclose(total, plan.objective, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
        yield f"The visits are worth {total:.9g}, and the plan says {plan.objective:.9g}."


def _apart(week: Week, base: TourBase) -> int:
    """Visits to one place, one after the other, `gap` minutes apart, that are over within a patrol's minutes."""
    count, over = 1, week.rules.minutes
    while over + week.rules.gap + week.rules.minutes <= base.minutes and count < len(week.rules.decay):
        count, over = count + 1, over + week.rules.gap + week.rules.minutes
    return count


def _wishes(week: Week, base: TourBase, plan: WeekPlan, visits: pd.DataFrame) -> Iterator[str]:
    spots = week.visits.drop_duplicates("hotspot_id").set_index("hotspot_id")
    here = spots.loc[visits["hotspot_id"]]
    held = week.visits.groupby(["ward", "base"])["value"].sum()
    for ward in sorted(set(spots["ward"])):
        most = held[ward]
        if min(most[most == most.max()].index) == base.name and (here["ward"] == ward).sum() < week.rules.ward_visits:
            yield from _unsaid(plan, base, f"H6 ward {ward} ")
    days = visits.groupby("hotspot_id")["day"].nunique()
    for hotspot in spots.index[spots["first_tier"] & (spots["base"] == base.name)]:
        if days.get(hotspot, 0) < week.rules.tier_days:
            yield from _unsaid(plan, base, f"H7 hot spot {hotspot} ")
    if here["antisocial"].sum() < week.rules.antisocial_share * len(here) - 1e-6:
        yield from _unsaid(plan, base, "H8")


def _said(plan: WeekPlan, base: TourBase, rule: str) -> bool:
    return any(sentence.startswith(f"{base.name}: {rule}") for sentence in plan.unmet)


def _unsaid(plan: WeekPlan, base: TourBase, rule: str) -> Iterator[str]:
    if not _said(plan, base, rule):
        yield f"{rule.strip()}: not kept by {base.name}, and the plan does not say so."
