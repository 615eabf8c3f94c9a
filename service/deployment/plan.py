"""From demand to a plan: teams by ward, and the CSO patrols that they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from allocation.credible import credible_share
from allocation.delivery import Delivery
from allocation.demand import visit_demand
from allocation.problem import Posts, Problem, Shift
from allocation.robust import Robust
from allocation.schedule import Schedule, schedule_patrols
from allocation.teams import Staffing
from allocation.times import shift_shares
from allocation.units import csos_by_base
from allocation.variants import Variants, daily_variants
from geodata.areas import locate
from service.analysis.scene import Scene, by_ward
from service.deployment.past import Past, past_of
from service.deployment.patrol_setup import bases_of, meal_break, patrol_rules, shifts_of, units_of, ward_weights
from service.deployment.repair import after_delivery
from service.deployment.robust import plan_offered
from service.deployment.staffing import posts_note, team_problem, weighed_demand
from service.reading.inputs import Inputs

DRAWS: Final = 2  # of other patrols, in each shift, for the days to choose from


@dataclass(frozen=True)
class Teams:
    """
    Who works in which ward.

    Parameters
    ----------
    demand : table of ward demand
    posts : constables and CSOs shared out
    staffing : the teams, with their proof
    past : that they were held against
    notes : what was taken because the profile does not say, each a sentence
    sure : the teams held against other demand; None where the past is too short
    """

    demand: pd.DataFrame
    posts: Posts
    staffing: Staffing
    past: Past
    notes: tuple[str, ...]
    sure: Robust | None = None


@dataclass(frozen=True)
class Patrols:
    """
    Who goes to which hot spot, when.

    Parameters
    ----------
    problem : what was planned: bases, shifts, units and visits
    schedule : one typical day, with its breaks and its bound
    variants : a plan for each of the coming days, or None where the profile wants none
    delivery : what was delivered of the last tasking, or None where nobody said
    csos : by base: those of the wards nearest to it
    notes : what was taken because the profile does not say, each a sentence
    """

    problem: Problem
    schedule: Schedule
    variants: Variants | None
    delivery: Delivery | None
    csos: Mapping[str, int]
    notes: tuple[str, ...]


def staff(given: Inputs, scene: Scene) -> Teams:
    """Share the posts out between wards."""
    profile = given.profile
    sums = by_ward(scene, given.wards["code"])
    demand = weighed_demand(profile, given.wards, crimes=sums["expected_crimes"], harm=sums["expected_harm"])
    problem = team_problem(profile, demand)
    past = past_of(scene, given.wards["code"])
    staffing, sure = plan_offered(profile, problem, past, seed=given.seed)
    return Teams(demand, problem.posts, staffing, past, _said(posts_note(profile, len(given.wards))), sure)


def patrol(given: Inputs, scene: Scene, hotspots: GeoDataFrame, teams: Teams) -> Patrols:
    """Plan one typical day of patrols to the hot spots, and as many days like it as the profile asks for."""
    profile, settings, meal = given.profile, given.profile.patrol, meal_break(given.profile)
    bases, base_note = bases_of(profile, given.wards, teams.demand)
    shifts, shift_note = shifts_of(profile)
    csos = csos_by_base(teams.staffing.table, given.wards, bases)
    units, unit_note = units_of(profile, csos, shifts, patrol_rules(profile))
    visits, shift_basis = _visits(given, scene, hotspots, shifts, teams.demand)
    asked = after_delivery(given, scene, hotspots, visits, patrol_rules(profile))
    problem = Problem.of(units, bases, shifts, visits=asked.visits, streets=given.streets, rules=asked.rules)
    crimes = dict(zip(hotspots["hotspot_id"], hotspots["expected_crimes"], strict=True))
    schedule = schedule_patrols(problem, crimes=crimes, meal=meal, seed=given.seed)
    variants = None
    if settings.variants and len(schedule.plan):
        variants = daily_variants(
            problem, schedule.plan, days=settings.variants, share=settings.variant_share, draws=DRAWS, meal=meal,
            seed=given.seed,
        )  # fmt: skip
    notes = _said(base_note, shift_note, unit_note, shift_basis, *asked.notes)
    return Patrols(problem, schedule, variants, asked.delivery, csos, notes)


def _visits(
    given: Inputs, scene: Scene, hotspots: GeoDataFrame, shifts: tuple[Shift, ...], demand: pd.DataFrame
) -> tuple[pd.DataFrame, str | None]:
    """Return the visits that the hot spots ask for, and what their share of each shift rests on."""
    settings, hotspot = given.profile.patrol, locate(scene.crimes, hotspots, by="hotspot_id")
    shares = shift_shares(scene.crimes, shifts, hotspot=hotspot, hotspots=hotspots["hotspot_id"], weight=scene.harm)
    believed = credible_share(scene.harm, hotspot, hotspots["hotspot_id"])
    weights = ward_weights(demand, hotspots)
    visits = visit_demand(
        hotspots.assign(
            expected_harm=hotspots["expected_harm"] * believed * weights,
            expected_crimes=hotspots["expected_crimes"] * weights,
        ),
        shifts,
        share_by_shift=shares.table,
        measure="expected_harm" if given.profile.analysis.rank_by == "harm" else "expected_crimes",
        minutes=settings.visit_minutes,
        most=settings.most_visits,
    )
    return visits, shares.basis


def _said(*notes: str | None) -> tuple[str, ...]:
    return tuple(note for note in notes if note is not None)
