"""From posts and hot spots to a week of CSO hours: who works which shift of which day, and where they are seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.loop import Loop, consistent_week
from allocation.problem import Problem
from allocation.units import patrol_minutes
from allocation.week import TourBase, TourRules, Week
from geodata.cast import FloatArray
from maps import words
from service.analysis.scene import Scene
from service.deployment.patrol_setup import share_on_patrol
from service.deployment.plan import Patrols
from service.profile.patrols import Patrol
from service.reading.inputs import Inputs

PRESENT: Final = 0.75  # of the posts in a week: a quarter is away on leave, sick or in training
FIRST_TIER: Final = 0.1  # of the hot spots, by rank
USUAL_WALK: Final = 5.0  # minutes between visits, where no patrol tells
WORTH_TELLING: Final = 0.001  # of the promise: what more CSOs at other bases would meet
LEAST_DATED: Final = 350  # crimes of a known day, fifty for each day of the week; with fewer all days count alike


@dataclass(frozen=True)
class Hours:
    """
    The CSOs' week.

    Parameters
    ----------
    loop : the week in which hours and walks agree: tours and visits by base, with their proof and the end-to-end loss
    notes : what was taken because the profile does not say, each a sentence
    """

    loop: Loop
    notes: tuple[str, ...]


def cso_hours(given: Inputs, scene: Scene, hotspots: GeoDataFrame, patrols: Patrols) -> Hours | None:
    """Return the week of the CSOs of every base, or None where there are no CSOs or no hot spots."""
    problem, settings = patrols.problem, given.profile.patrol
    here = {base: int(PRESENT * count + 0.5) for base, count in patrols.csos.items()}
    if hotspots.empty or not any(here.values()):
        return None
    rules = TourRules(
        pairs=tuple(shift.name for shift in problem.shifts if problem.rules.in_pairs(shift.start, shift.end)),
        minutes=settings.visit_minutes,
        gap=settings.gap_minutes,
        decay=problem.rules.decay,
        most=settings.most_visits,
    )
    minutes = min(patrol_minutes(shift, share_on_patrol(given.profile), problem.rules) for shift in problem.shifts)
    walk = _walk(problem, patrols.schedule.plan)
    bases = tuple(TourBase(base.name, here[base.name], minutes, walk=walk) for base in problem.bases)
    days, day_note = _days(scene)
    loop = consistent_week(
        Week(bases, problem.shifts, _visits(problem, hotspots, days), rules),
        problem.bases,
        problem.visits[["hotspot_id", "x", "y"]],
        streets=given.streets,
        rules=problem.rules,
        share=settings.settled,
        reach=settings.csos_moved,
        most=settings.rounds,
        seed=given.seed,
    )
    return Hours(loop, (_note(patrols.csos, here, rules), day_note, _agreed(loop, here, settings)))


def _visits(problem: Problem, hotspots: GeoDataFrame, days: FloatArray) -> pd.DataFrame:
    """Return the table of weekly visits: what the day's pattern asks for, spread over the days, each base its own."""
    nearest = dict(zip(problem.travel.places, problem.travel.from_base.argmin(axis=0), strict=True))
    wards = hotspots.set_index("hotspot_id")["ward"].fillna("none")
    tier = hotspots.set_index("hotspot_id")["rank"] <= max(1, int(FIRST_TIER * len(hotspots)))
    asked = problem.visits.loc[problem.visits.index.repeat(7)].reset_index(drop=True)
    day = np.tile(np.arange(7), len(problem.visits))
    return pd.DataFrame(
        {
            "hotspot_id": asked["hotspot_id"],
            "base": [problem.bases[nearest[spot]].name for spot in asked["hotspot_id"]],
            "ward": asked["hotspot_id"].map(wards),
            "day": day,
            "shift": asked["shift"],
            "value": asked["value"] * days[day],
            "first_tier": asked["hotspot_id"].map(tier).astype("bool"),
            "antisocial": np.zeros(len(asked)),
        }
    ).astype(dict.fromkeys(("hotspot_id", "base", "ward", "shift"), "string"))


def _days(scene: Scene) -> tuple[FloatArray, str]:
    """Return each day's share of the week's harm, and where that comes from."""
    lasting = scene.crimes["occurred_to"] - scene.crimes["occurred_from"]
    known = ((scene.crimes["precision"] != "month") & (lasting <= pd.Timedelta(days=1))).to_numpy()
    day = scene.crimes["occurred_from"].dt.tz_localize(None).dt.day_of_week.to_numpy()[known]
    harm = np.bincount(day, weights=scene.harm.to_numpy()[known], minlength=7)
    if known.sum() < LEAST_DATED or harm.sum() == 0:
        return np.full(7, 1 / 7), f"Every day of the week counts alike, since {known.sum():,} crimes have a known day."
    return harm / harm.sum(), f"Harm is spread over the days of the week by {known.sum():,} crimes of a known day."


def _walk(problem: Problem, plan: pd.DataFrame) -> float:
    """Return the minutes that a CSO walks between visits on average."""
    legs = plan.loc[plan["metres"] > 0, "metres"]
    return USUAL_WALK if legs.empty else float(round(legs.mean() / (problem.rules.walk_kmh * 1000 / 60), 1))


def _note(posts: Mapping[str, int], here: Mapping[str, int], rules: TourRules) -> str:
    twos = f", in twos on the {' and '.join(rules.pairs)} shift," if rules.pairs else ""
    return (
        f"CSO hours: of {sum(posts.values()):,} CSOs {sum(here.values()):,} are taken to be at work in a week{twos} on "
        f"{rules.days} days each with {rules.rest_hours:g} hours of rest between; a visit takes {rules.minutes} "
        f"minutes, and the next one to the same place begins {rules.gap} minutes after it."
    )


def _agreed(loop: Loop, here: Mapping[str, int], settings: Patrol) -> str:
    """Return how far hours and walks agree, and what of the promise is kept."""
    last = loop.rounds.iloc[-1]
    moved = sum(max(0, base.csos - here[base.name]) for base in loop.week.bases)
    rounds = f"{len(loop.rounds)} {'round' if len(loop.rounds) == 1 else 'rounds'}"
    told = f"Hours and walks {'agree' if loop.settled else 'do not quite agree'} after {rounds}"
    if not loop.settled and not np.isnan(last["change"]):
        told += f", the last of which changed the promise by {words.percent(abs(float(last['change'])))}"
    kept = words.percent(1 - max(0.0, float(last["loss"])))
    other = f" {moved} CSOs report to another base than the nearest to their ward, where they meet more."
    more = (
        f" Others beside them would meet {words.percent(loop.further)} more: they stay, since a base gains or loses "
        f"{settings.csos_moved} a round at most and there are {settings.rounds} rounds (`[patrol]`)."
    )
    return (
        f"{told}. Of the harm that the hours promise to be exposed to, patrols on the ground reach {kept}."
        f"{other if moved else ''}{more if loop.further >= WORTH_TELLING else ''}"
    )
