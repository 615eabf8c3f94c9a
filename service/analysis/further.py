"""What products ask beyond the plan: what changed, who suffers, the last tasking, where it stands; each where asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata.fitness import Fitness
from maps.pack import Change, Fairness, Past, Standing, Suffering
from service.analysis.change import what_changed
from service.analysis.fairness import how_fair
from service.analysis.last_time import look_back
from service.analysis.places import Chosen
from service.analysis.recorded import recorded
from service.analysis.scene import Outlook, Scene, forecast_curve
from service.analysis.standing import where_it_stands
from service.analysis.suffering import who_suffers
from service.deployment.plan import Patrols, Teams
from service.deployment.routes import routes
from service.reading.inputs import Inputs

PARTS: Final = ("change", "suffering", "past", "standing", "fairness", "hits", "recorded", "days")


@dataclass(frozen=True)
class Further:
    """
    The parts of a pack that products may do without; None where not asked for, or not to be had.

    Two of them go into larger parts: `hits` into the closer look, and `recorded` into what is for the public.
    """

    change: Change | None = None
    suffering: Suffering | None = None
    past: Past | None = None
    standing: Standing | None = None
    fairness: Fairness | None = None
    hits: pd.DataFrame | None = None
    recorded: pd.DataFrame | None = None
    days: tuple[GeoDataFrame, ...] | None = None


def look_further(
    given: Inputs,
    scene: Scene,
    chosen: Chosen,
    *,
    outlook: Outlook,
    fitness: Fitness,
    teams: Teams,
    patrols: Patrols,
    parts: Iterable[str] = PARTS,
) -> Further:
    """
    Return the parts asked for.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    chosen : the hot spots
    outlook : what is expected, and by which forecast
    fitness : what the data can bear
    teams : who works in which ward
    patrols : who goes to which hot spot
    parts : names among `PARTS`
    """
    makers: dict[str, Callable[[], Any]] = {
        "change": lambda: what_changed(given, scene, chosen),
        "suffering": lambda: who_suffers(given, scene, fitness),
        "past": lambda: None if given.last is None else look_back(given.last, scene, given.wards),
        "standing": lambda: where_it_stands(given, scene, teams),
        "fairness": lambda: how_fair(given, scene, teams),
        "hits": lambda: forecast_curve(given, scene, outlook),
        "recorded": lambda: recorded(given),
        "days": lambda: _days(given, chosen, patrols),
    }
    return Further(**{name: makers[name]() for name in PARTS if name in set(parts)})


def _days(given: Inputs, chosen: Chosen, patrols: Patrols) -> tuple[GeoDataFrame, ...] | None:
    """Return the ways of each of the coming days' patrols, or None where one plan is for all."""
    if patrols.variants is None:
        return None
    return tuple(routes(plan, patrols.problem, chosen.table, given.streets) for plan in patrols.variants.plans)
