"""How one force's crime gathers, what may be said of who suffers again, and whether crime follows crime."""

from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.tables import WORKING_CRS
from hotspots.bands import Bands
from hotspots.concentration import top_share
from hotspots.concentration_table import concentration_table
from hotspots.knox import knox
from hotspots.repeats import repeat_table
from service.national.force_ground import ground_of, own_crimes
from service.national.force_task import ForceTask, write_table

ALL: Final = "all"  # offences
DENSEST: Final = 0.05  # of the places
SAMPLES: Final = 200
MOST: Final = 0.5  # of the crimes: a claim stands on most of them, or not at all
NOT_PREMISES: Final = (
    "Positions are map points: two crimes on one point are not at one address, so that nothing is said of repeat "
    "victimisation. The table counts crimes by map point."
)
MONTHS_ONLY: Final = "Near repeats need the day of each crime; {} of {} crimes are dated by month only."
FEWEST_DATED: Final = 50  # of an offence
MOST_DATED: Final = 30_000  # of an offence: pairs grow with its square
BANDS: Final = Bands(space=(0, 100, 200, 300, 400, 500, 1000), time=(0, 7, 14, 21, 28))
PERMUTATIONS: Final = 999  # so that p can be small enough to stand among the tests of all forces


def concentration(task: ForceTask) -> dict[str, Any]:
    """
    Write how far each type of crime gathers in few places: cells of the force's area, and the map points in use.

    Cells without crime are places too; of points only those are known on which there was some.
    """
    ground, held = ground_of(task), own_crimes(task, "offence", "occurred_from")
    cell = pd.Series(ground.grid.cell_of(held["x"], held["y"]), index=held.index)
    inside = (cell >= 0) & ground.own[cell.clip(lower=0)]
    point = pd.Series(held.groupby(["x", "y"], sort=True).ngroup(), index=held.index)
    number = pd.Series(np.cumsum(ground.own) - 1)
    of_cells = number.reindex(cell.where(inside)).set_axis(held.index).astype("Int64")
    parts = {"cell": (of_cells, int(ground.own.sum())), "point": (point, int(point.max()) + 1)}
    tables = [_gathered(held, place, places, task).assign(place=kind) for kind, (place, places) in parts.items()]
    table = pd.concat(tables, ignore_index=True)
    table = table[["place", *(name for name in table if name != "place")]]
    whole = table[table["offence"] == ALL].set_index("place")
    told = {
        kind: {name: float(whole[name][kind]) for name in ("densest", "share", "gini", "gini_low", "gini_high")}
        for kind in parts
        if kind in whole.index
    }
    return {"outside": int((~inside).sum()), **told} | write_table(task, "concentration", table)


def repeats(task: ForceTask) -> dict[str, Any]:
    """Write how many premises, or where not known map points, had 1, 2, 3 or more crimes of each type."""
    held = own_crimes(task, "offence", "place_id", "place_kind")
    at_premises = held["place_kind"].eq("premises") & held["place_id"].notna()
    bears = bool(at_premises.mean() > MOST)
    if not bears:
        held = held.assign(place_id=held.groupby(["x", "y"], sort=True).ngroup().astype("string"))
    kept = held[at_premises] if bears else held
    parts = {ALL: kept} | {str(name): part for name, part in kept.groupby("offence", sort=True, observed=True)}
    table = pd.concat(
        [repeat_table(part["place_id"]).reset_index().assign(offence=name) for name, part in parts.items()],
        ignore_index=True,
    )
    table = table[table["times"] != "0"].assign(place="premises" if bears else "map point")
    told = {"bears": bears} | ({} if bears else {"refused": NOT_PREMISES})
    return told | write_table(
        task, "repeats", table[["offence", "place", "times", "victims", "crimes", "share_of_crimes"]]
    )


def near_repeats(task: ForceTask) -> dict[str, Any]:
    """Write the Knox table of each type of crime that is dated by day; tell why not where months are all there is."""
    held = own_crimes(task, "offence", "occurred_from", "occurred_to", "precision")
    by_month = int((held["precision"] == "month").sum())
    dated = held[(held["precision"] != "month") & ~held["offence"].isin(task.settings.exclude)]
    tables = []
    if by_month <= MOST * len(held):
        points = GeoDataFrame(dated, geometry=gpd.points_from_xy(dated["x"], dated["y"], crs=WORKING_CRS))
        for name, part in points.groupby("offence", sort=True, observed=True):
            if FEWEST_DATED <= len(part) <= MOST_DATED:
                found = knox(GeoDataFrame(part), BANDS, permutations=PERMUTATIONS, seed=task.settings.seed)
                tables.append(found.table.assign(offence=str(name), events=len(part)))
    told = {} if tables else {"refused": _why_not(len(held), by_month)}
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["offence", "events"])
    return {"tested": len(tables), **told} | write_table(task, "near_repeats", table)


def _why_not(crimes: int, by_month: int) -> str:
    if by_month > MOST * crimes:
        return MONTHS_ONLY.format(f"{by_month:,}", f"{crimes:,}")
    return f"Near repeats need from {FEWEST_DATED} to {MOST_DATED:,} dated crimes of a type, and no type has."


def _gathered(held: pd.DataFrame, place: pd.Series, places: int, task: ForceTask) -> pd.DataFrame:
    """Return the table of concentration of the whole time, with the share of crime in the densest of the places."""
    table = concentration_table(held, place, places=places, samples=SAMPLES, seed=task.settings.seed)
    table = table[table["year"] == ALL].drop(columns=["year", "share_of_harm"])
    known = place.notna()
    counts = [
        np.bincount(place[known & ((name == ALL) | (held["offence"] == name))].to_numpy(np.int64), minlength=places)
        for name in table["offence"]
    ]
    return table.assign(densest=[top_share(each, share=DENSEST) for each in counts])
