"""The page of two maps for scenarios, where the wards are polygons."""

from pathlib import Path
from typing import Final

from allocation.scenario import Comparison
from geodata.areas import read_areas
from maps.drawing.offline import save_page
from maps.scenario.page import scenario_map
from maps.scenario.sides import sides_of_comparison
from service.profile.force import Profile
from service.reading.ward_tables import TABLES

PAGE: Final = "scenario.html"


def write_scenario_page(comparison: Comparison, wards: Path, profile: Profile, out: Path) -> Path | None:
    """
    Write the scenario map into a folder, or nothing where the wards are a table without shapes, or one plan is alone.

    Parameters
    ----------
    comparison : the plans, the base first
    wards : file of the wards
    profile : of the base
    out : folder, there already

    Raises
    ------
    InputError
        If the wards cannot be read.
    """
    if wards.name.lower().endswith(TABLES) or len(comparison.staffings) < 2:
        return None
    own = profile.areas
    areas = read_areas(
        wards, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=profile.analysis.crs
    )
    force = profile.force
    sides = sides_of_comparison(comparison, areas, force=force.name, marking=force.marking, sources=force.credits)
    save_page(scenario_map(sides), out / PAGE)
    return out / PAGE
