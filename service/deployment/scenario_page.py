"""The page of two maps for scenarios, where the wards are polygons."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd
from geopandas import GeoDataFrame

from service.profile.force import Profile

if TYPE_CHECKING:
    from allocation.exposure import Patrolled
    from allocation.scenario import Comparison
    from maps.scenario.sides import Walked
    from service.deployment.scenario_ground import Ground

PAGE: Final = "scenario.html"


def areas_of(wards: Path, profile: Profile) -> GeoDataFrame | None:
    """
    Return the table of areas in a file of wards, or None where it is a table without shapes.

    Raises
    ------
    InputError
        If the wards cannot be read.
    """
    from geodata.areas import read_areas
    from service.reading.ward_tables import TABLES

    if wards.name.lower().endswith(TABLES):
        return None
    own, crs = profile.areas, profile.analysis.crs
    return read_areas(wards, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=crs)


def write_scenario_page(
    comparison: "Comparison",
    areas: GeoDataFrame,
    profile: Profile,
    out: Path,
    *,
    summary: pd.DataFrame,
    notes: tuple[str, ...] = (),
    ground: "Ground | None" = None,
    patrols: "Mapping[str, Patrolled] | None" = None,
) -> Path:
    """
    Write the scenario map into a folder.

    Parameters
    ----------
    comparison : the plans of the teams, the base first
    areas : table of areas, of the same wards
    profile : of the base
    out : folder, there already
    summary : one row a plan, as shown on the page
    notes : each a sentence
    ground, patrols : what was patrolled and by whom, or None where teams alone are compared
    """
    from maps.drawing.offline import save_page
    from maps.scenario.page import scenario_map
    from maps.scenario.sides import sides_of_comparison

    walked = {} if ground is None else {name: _walked(plan, ground) for name, plan in (patrols or {}).items()}
    force = profile.force
    sides = sides_of_comparison(
        comparison, areas, force=force.name, marking=force.marking, sources=force.credits, summary=summary,
        notes=notes, hotspots=None if ground is None else ground.hotspots, walked=walked,
    )  # fmt: skip
    save_page(scenario_map(sides), out / PAGE)
    return out / PAGE


def _walked(plan: "Patrolled", ground: "Ground") -> "Walked":
    from maps.scenario.sides import Walked
    from service.deployment.routes import routes

    if plan.problem is None or plan.schedule is None:
        return Walked(frozenset(), None)
    drawn = routes(plan.schedule.plan, plan.problem, ground.hotspots, ground.streets)
    return Walked(frozenset(plan.schedule.plan["hotspot_id"]), drawn)
