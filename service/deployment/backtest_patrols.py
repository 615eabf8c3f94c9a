"""Patrols planned before each of the last periods, and the harm that then fell inside their places and times."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pandas as pd

from allocation.compare import STATUS_QUO, THIS_PLAN
from allocation.met import during, exposed_to, parts_of_day, patrol_hours, reached
from allocation.outturn import KEPT, PERFECT, SAME_PLACES
from allocation.problem import Shift, Unit
from allocation.units import csos_by_base
from allocation.walked import drawn, evenly, foreseen
from geodata.errors import InputError
from geodata.periods import Periods
from hotspots.forecast.methods import BASELINE
from service.analysis.scene import Outlook, Scene, look_ahead
from service.deployment.patrol_setup import bases_of, patrol_rules, shifts_of, units_of
from service.deployment.plan import staff
from service.deployment.then import Crew, Places, fell, in_period, known_at, places_then, units_of_today, weight_of
from service.reading.inputs import Inputs

LAST_MAP: Final = "last period's map, equal visits"
LAST_PERIOD: Final = "last period"  # forecast
ONCE: Final = (1.0,)
DURING, WEIGHTED, REACHED = "during", "weighted", "reached"  # measures: see `Patrolled`


@dataclass(frozen=True)
class _Then:
    """A period that came: its crimes alone, what each counts a week, and what it does of each kind counted apart."""

    scene: Scene
    weight: pd.Series
    apart: Mapping[str, pd.Series]

    def fell(self, places: Places, times: tuple[Shift, ...], weight: pd.Series | None = None) -> pd.DataFrame:
        """Return what fell into each hot spot and each of these times, a week."""
        return fell(self.scene, places, times, self.weight if weight is None else weight)


@dataclass(frozen=True)
class Way:
    """Visits, hot spots x shifts, to hot spots of one choosing."""

    places: Places
    visits: pd.DataFrame


@dataclass(frozen=True)
class Patrolled:
    """
    What patrols came to.

    Parameters
    ----------
    trials : columns period, plan, hours (on patrol a week), and harm a week by three measures: during (the minutes of
        the visits, each at any time of its shift), weighted (the visits of a shift by rule P7), reached (in places and
        shifts with a visit, each crime once), and reached of each kind counted apart
    total : by period, harm a week recorded anywhere and at any hour, and of each kind counted apart
    method : forecast that chose the hot spots
    notes : what was taken because the profile does not say, each a sentence
    """

    trials: pd.DataFrame
    total: pd.DataFrame
    method: str
    notes: tuple[str, ...]


def patrol_trials(
    given: Inputs, scene: Scene, periods: Periods, tested: tuple[int, ...], *, apart: Mapping[str, pd.Series]
) -> Patrolled:
    """
    Return what each way of sending the same patrols out would have met in each period.

    Who patrols and which forecast chooses are settled before the first of the periods; hot spots, visits and patrols
    are planned before each.

    Parameters
    ----------
    given, scene : of this run
    periods : Periods
    tested : numbers of periods, in order
    apart : kinds of crime counted apart, by name: True for each crime of the kind

    Raises
    ------
    InputError
        If nobody may patrol, or nothing was known that makes a hot spot.
    """
    start = known_at(scene, periods.edges[tested[0]])
    crew, notes = _crew(given, start)
    outlook = look_ahead(given, start)
    rows: list[dict[str, Any]] = []
    totals, kept = {}, None
    for period in tested:
        then = _then(given, scene, periods, period, apart)
        totals[periods.labels[period]] = _total(then)
        ways = _ways(given, known_at(scene, periods.edges[period]), outlook, crew)
        kept = kept or ways[THIS_PLAN]
        found = _with_hindsight(given, then, ways | {KEPT: kept}, outlook, crew)
        hours = {plan: patrol_hours(way.places.problem.units) for plan, way in ways.items()}
        rows += [
            {"period": periods.labels[period], "plan": plan, "hours": hours.get(plan, hours[THIS_PLAN]), **values}
            for plan, values in found.items()
        ]
    total = pd.DataFrame.from_dict(totals, orient="index")
    return Patrolled(pd.DataFrame(rows), total, outlook.backtest.best, notes)


def _crew(given: Inputs, start: Scene) -> tuple[Crew, tuple[str, ...]]:
    teams, profile = staff(given, start), given.profile
    bases, base_note = bases_of(profile, given.wards, teams.demand)
    shifts, shift_note = shifts_of(profile)
    csos = csos_by_base(teams.staffing.table, given.wards, bases)
    units, unit_note = units_of(profile, csos, shifts, patrol_rules(profile))
    if not units:
        raise InputError("Somebody must patrol for patrols to be tested, and the profile leaves nobody.")
    return Crew(units, bases, shifts), tuple(note for note in (base_note, shift_note, unit_note) if note)


def _then(given: Inputs, scene: Scene, periods: Periods, period: int, apart: Mapping[str, pd.Series]) -> _Then:
    only = in_period(scene, periods, period)
    a_week = weight_of(given, only) / float(periods.weeks.iloc[period])
    return _Then(only, a_week, {name: a_week * kind.loc[only.crimes.index] for name, kind in apart.items()})


def _total(then: _Then) -> dict[str, float]:
    return {REACHED: math.fsum(then.weight), **{name: math.fsum(kind) for name, kind in then.apart.items()}}


def _ways(given: Inputs, known: Scene, outlook: Outlook, crew: Crew) -> dict[str, Way]:
    """Return every way to send the patrols out that is made from what was known, this plan first."""
    ours = places_then(given, known, outlook, crew)
    if ours is None:
        raise InputError("Some hot spot must be known before patrols are tested, and there was no crime to make one.")
    plans = drawn(ours.problem, crimes=ours.crimes, seed=given.seed)
    found = {plan: Way(ours, visits) for plan, visits in plans.items()}
    last = places_then(given, known, outlook, crew, method=LAST_PERIOD)
    found[LAST_MAP] = Way(ours, 0 * plans[THIS_PLAN]) if last is None else _evenly(last, given.seed)
    units = units_of_today(given, crew)
    return found | ({STATUS_QUO: _evenly(_sent(ours, units), given.seed)} if units else {})


def _evenly(places: Places, seed: int) -> Way:
    return Way(places, evenly(places.problem, seed=seed))


def _sent(places: Places, units: tuple[Unit, ...]) -> Places:
    return replace(places, problem=replace(places.problem, units=units))


def _with_hindsight(
    given: Inputs, then: _Then, ways: Mapping[str, Way], outlook: Outlook, crew: Crew
) -> dict[str, dict[str, float]]:
    """Return what each way comes to, and what nobody could have passed: in the same places, and in any."""
    found = {plan: _judged(given, way, then) for plan, way in ways.items()}
    ours = ways[THIS_PLAN].places
    same = {plan: found[plan] for plan, way in ways.items() if way.places is ours}
    visits = {plan: ways[plan].visits for plan in same}
    found[SAME_PLACES] = _no_less(_foreseen(given, then, ours, visits), same)
    best = places_then(given, then.scene, outlook, crew, method=BASELINE)
    found[PERFECT] = _no_less({} if best is None else _foreseen(given, then, best, {}), found)
    return found


def _foreseen(given: Inputs, then: _Then, places: Places, others: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return what the patrols best for each measure come to; crime counted apart, by those that reach most of all."""
    came, problem = then.fell(places, places.problem.shifts), places.problem
    decay = problem.rules.decay
    best = {}
    for measure, worth in {DURING: (1.0,) * len(decay), WEIGHTED: decay, REACHED: ONCE}.items():
        visits = foreseen(problem, came, others, decay=worth, seed=given.seed)
        best[measure] = _judged(given, Way(places, visits), then)
    return {**best[REACHED], DURING: best[DURING][DURING], WEIGHTED: best[WEIGHTED][WEIGHTED]}


def _no_less(own: Mapping[str, float], others: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Return what hindsight comes to: what its own patrols do, or others where these come to more."""
    best = {name: max(each[name] for each in others.values()) for name in next(iter(others.values()))}
    return {name: max(own.get(name, 0.0), best[name]) for name in best}


def _judged(given: Inputs, way: Way, then: _Then) -> dict[str, float]:
    places, visits, problem = way.places, way.visits, way.places.problem
    came, parts = then.fell(places, problem.shifts), parts_of_day(problem.shifts)
    return {
        DURING: during(came, visits, problem.shifts, given.profile.patrol.visit_minutes),
        WEIGHTED: exposed_to(came, visits, problem.rules.decay),
        REACHED: reached(then.fell(places, parts), visits, problem.shifts),
        **{name: reached(then.fell(places, parts, kind), visits, problem.shifts) for name, kind in then.apart.items()},
    }
