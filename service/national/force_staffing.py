"""Neighbourhood teams of one force: by ward where wards are given, by square of the map where not."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from allocation.problem import Posts
from allocation.rules import TeamRules
from allocation.teams import staff_teams
from geodata.areas import locate, read_areas
from geodata.harm import read_harm
from geodata.tables import WARD_DEMAND, WORKING_CRS, check
from hotspots.naming import grid_reference
from service.deployment.staffing import CONSTABLES_PER_WARD, CSOS_PER_WARD
from service.national.force_ground import areas_of, own_crimes
from service.national.force_task import ForceTask, write_table

SQUARE_M: Final = 5_000.0
BY_SQUARE: Final = (
    "No wards were given: teams are by square of {:g} km of the National Grid, and a square may have none."
)


def staffing(task: ForceTask) -> dict[str, Any]:
    """
    Write the teams that the harm recorded in each ward asks for, and tell what they are worth beside equal ones.

    Every force has two constables and one CSO for each ward, or square with crime: the figures compare places within a
    force, not forces. Wards keep an officer each.
    """
    held = own_crimes(task, "offence")
    held = held[~held["offence"].isin(task.settings.exclude)].reset_index(drop=True)
    held["harm"] = read_harm().of(held["offence"]).to_numpy()
    demand = _by_square(task, held) if task.wards is None else _by_ward(task, held, task.wards[0])
    if demand.empty:
        return {"refused": f"Teams need a ward in the force's area; none of those given is in {task.force}'s."}
    posts = Posts(CONSTABLES_PER_WARD * len(demand), CSOS_PER_WARD * len(demand))
    found = staff_teams(demand, posts, rules=TeamRules(floor=0 if task.wards is None else 1))
    table = demand[["ward", "crimes", "harm"]].merge(found.table, on="ward")
    told = {
        "areas": len(demand), "constables": posts.constables, "csos": posts.csos, "gap": found.gap,
        "beside": dict(zip(found.alternatives["plan"], found.alternatives["share_of_best"].round(4), strict=True)),
    }  # fmt: skip
    note = {"note": BY_SQUARE.format(SQUARE_M / 1_000)} if task.wards is None else {}
    return told | note | write_table(task, "staffing", table)


def _by_ward(task: ForceTask, held: pd.DataFrame, path: str) -> pd.DataFrame:
    """Return the demand of the wards whose middle lies in the force's area."""
    wards = read_areas(path)
    inside = wards.representative_point().within(areas_of(task)[task.force])
    own = gpd.GeoDataFrame(wards[inside]).reset_index(drop=True)
    place = locate(gpd.GeoSeries.from_xy(held["x"], held["y"], crs=WORKING_CRS), own)
    return _demand(own["code"], own["name"], place, held, own["population"], task)


def _by_square(task: ForceTask, held: pd.DataFrame) -> pd.DataFrame:
    """Return the demand of the squares of the National Grid in which the force's area had crime."""
    area = areas_of(task)[task.force]
    shapely.prepare(area)
    held = held[shapely.intersects_xy(area, held["x"], held["y"])]
    corner = np.floor(held[["x", "y"]].to_numpy() / SQUARE_M) * SQUARE_M + SQUARE_M / 2
    place = pd.Series([grid_reference(x, y) for x, y in zip(*np.unique(corner, axis=0).T, strict=True)], dtype="string")
    number = np.unique(corner, axis=0, return_inverse=True)[1]
    nobody = pd.Series(np.nan, index=place.index)
    return _demand(place, "about " + place, place.iloc[number], held, nobody, task)


def _demand(
    codes: pd.Series, names: pd.Series, place: pd.Series, held: pd.DataFrame, people: pd.Series, task: ForceTask
) -> pd.DataFrame:
    """Return the table of ward demand, a week."""
    weeks = float(task.periods.weeks.sum())
    sums = held.assign(crimes=1.0).groupby(place.to_numpy(dtype=object))[["crimes", "harm"]].sum() / weeks
    of_area = sums.reindex(codes.to_numpy(dtype=object)).fillna(0.0)
    table = pd.DataFrame(
        {
            "ward": codes.astype("string").to_numpy(),
            "name": names.astype("string").to_numpy(),
            "crimes": of_area["crimes"].to_numpy(dtype=np.float64),
            "harm": of_area["harm"].to_numpy(dtype=np.float64),
            "priority": np.ones(len(codes)),
            "population": people.to_numpy(dtype=np.float64),
        }
    )
    return check(table.astype({"ward": "string", "name": "string"}), WARD_DEMAND)
