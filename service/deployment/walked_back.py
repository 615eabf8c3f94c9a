"""Whether the patrols hold up: hot spots and routes made as if the last months were not known, judged by them."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation.outturn import Outturn
from allocation.problem import Unit
from allocation.times import fell_into
from allocation.units import csos_by_base
from allocation.walked import walked
from geodata.errors import InputError
from geodata.periods import Periods
from service.analysis.scene import Outlook, Scene, long_periods
from service.deployment.held_back import FEWEST_TRIALS, told
from service.deployment.patrol_setup import patrol_rules, units_of
from service.deployment.plan import Patrols, Teams
from service.deployment.then import Crew, hotspot_of, known_at, places_then, weight_of
from service.reading.inputs import Inputs

AHEAD: Final = 3  # periods that each plan is judged by
PLANS: Final = 2  # made, one after the other
LARGE: Final = 2_000  # patrols x hot spots of all shifts: beyond it one plan is made, since each takes its time


def walk_back(given: Inputs, scene: Scene, outlook: Outlook, teams: Teams, patrols: Patrols) -> Outturn | None:
    """
    Return how each way of sending the same patrols out would have done in the last periods.

    Parameters
    ----------
    given, scene, outlook : of this run
    teams, patrols : as they are planned now; their bases, shifts and units are taken for those of then

    Returns
    -------
    outturn : None where there are no streets, or too few periods to hold any back
    """
    periods = long_periods(scene.periods)
    size = len(patrols.problem.units) * len(set(patrols.problem.visits["hotspot_id"]))
    plans = PLANS if size <= LARGE and periods.size >= 2 * PLANS * AHEAD else 1
    if given.streets is None or periods.size < 2 * FEWEST_TRIALS or not len(patrols.schedule.plan):
        return None
    tables = [
        _trial(given, scene, outlook, teams, patrols, first=periods.size - AHEAD * back, periods=periods)
        for back in range(plans, 0, -1)
    ]
    found = [table for table in tables if table is not None]
    if not found:
        return None
    judges = f"the {AHEAD} {periods.unit}s that they are judged by"
    opening = f"Routes planned only from what was known before {judges}, hot spots included,"
    return told(pd.concat(found, ignore_index=True), opening, seed=given.seed)


def _trial(
    given: Inputs, scene: Scene, outlook: Outlook, teams: Teams, patrols: Patrols, *, first: int, periods: Periods
) -> pd.DataFrame | None:
    """Return what each plan made before a period would have been exposed to in it and the ones after it."""
    now = patrols.problem
    places = places_then(given, known_at(scene, periods.edges[first]), outlook, Crew(now.units, now.bases, now.shifts))
    if places is None:
        return None
    number = pd.Series(periods.number(scene.crimes), index=scene.crimes.index)
    hotspot, weight = hotspot_of(scene, places.spots), weight_of(given, scene)
    weeks = periods.weeks.to_numpy(dtype=np.float64)
    came = {
        periods.labels[each]: fell_into(
            scene.crimes[number == each], now.shifts, hotspot=hotspot[number == each], hotspots=places.names,
            weight=weight[number == each],
        ) / weeks[each]
        for each in range(first, first + AHEAD)
    }  # fmt: skip
    units = _units_of_today(given, teams, patrols)
    today = None if units is None else replace(places.problem, units=units)
    return walked(places.problem, came, crimes=places.crimes, today=today, seed=given.seed)


def _units_of_today(given: Inputs, teams: Teams, patrols: Patrols) -> tuple[Unit, ...] | None:
    """Return the patrols that today's CSOs make, or None where today's posts are not known or units are given."""
    problem, profile = teams.staffing.problem, given.profile
    if problem is None or problem.current is None or profile.units:
        return None
    csos = csos_by_base(problem.current, given.wards, patrols.problem.bases)
    try:
        units, _ = units_of(profile, csos, patrols.problem.shifts, patrol_rules(profile))
    except InputError:  # too few for the rules of the patrols
        return None
    return units or None
