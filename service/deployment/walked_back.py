"""Whether the patrols hold up: hot spots and routes made as if the last months were not known, judged by them."""

from dataclasses import replace
from typing import Final

import pandas as pd

from allocation.outturn import Outturn
from allocation.walked import walked
from geodata.periods import Periods
from service.analysis.scene import Outlook, Scene, long_periods
from service.deployment.held_back import FEWEST_TRIALS, told
from service.deployment.plan import Patrols
from service.deployment.then import Crew, fell, in_period, known_at, places_then, units_of_today, weight_of
from service.reading.inputs import Inputs

AHEAD: Final = 3  # periods that each plan is judged by
PLANS: Final = 2  # made, one after the other
LARGE: Final = 2_000  # patrols x hot spots of all shifts: beyond it one plan is made, since each takes its time


def walk_back(given: Inputs, scene: Scene, outlook: Outlook, patrols: Patrols) -> Outturn | None:
    """
    Return how each way of sending the same patrols out would have done in the last periods.

    Parameters
    ----------
    given, scene, outlook : of this run
    patrols : as they are planned now; their bases, shifts and units are taken for those of then

    Returns
    -------
    outturn : None where there are no streets, or too few periods to hold any back
    """
    periods = long_periods(scene.periods)
    size = len(patrols.problem.units) * len(set(patrols.problem.visits["hotspot_id"]))
    plans = PLANS if size <= LARGE and periods.size >= 2 * PLANS * AHEAD else 1
    if given.streets is None or periods.size < 2 * FEWEST_TRIALS or not len(patrols.schedule.plan):
        return None
    crew = Crew(patrols.problem.units, patrols.problem.bases, patrols.problem.shifts)
    tables = [
        _trial(given, scene, outlook, crew, first=periods.size - AHEAD * back, periods=periods)
        for back in range(plans, 0, -1)
    ]
    found = [table for table in tables if table is not None]
    if not found:
        return None
    judges = f"the {AHEAD} {periods.unit}s that they are judged by"
    opening = f"Routes planned only from what was known before {judges}, hot spots included,"
    return told(pd.concat(found, ignore_index=True), opening, seed=given.seed)


def _trial(
    given: Inputs, scene: Scene, outlook: Outlook, crew: Crew, *, first: int, periods: Periods
) -> pd.DataFrame | None:
    """Return what each plan made before a period would have been exposed to in it and the ones after it."""
    places = places_then(given, known_at(scene, periods.edges[first]), outlook, crew)
    if places is None:
        return None
    came = {}
    for each in range(first, first + AHEAD):
        then = in_period(scene, periods, each)
        came[periods.labels[each]] = fell(then, places, crew.shifts, weight_of(given, then)) / periods.weeks.iloc[each]
    units = units_of_today(given, crew)
    today = replace(places.problem, units=units) if units else None
    return walked(places.problem, came, crimes=places.crimes, today=today, seed=given.seed)
