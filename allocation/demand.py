"""What is asked for: harm by ward for the teams, visits by hot spot and shift for the patrols."""

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.problem import Shift
from allocation.times import by_length
from geodata.cast import FloatArray, whole, within
from geodata.errors import InputError
from geodata.tables import AREAS, HOTSPOTS, PRIORITIES, VISITS, WARD_DEMAND, check


def ward_demand(
    areas: GeoDataFrame, *, crimes: pd.Series, harm: pd.Series, priorities: Mapping[str, float] | None = None
) -> pd.DataFrame:
    """
    Return the table of ward demand.

    Parameters
    ----------
    areas : table of areas
    crimes, harm : expected a week, indexed by the code of the ward; a ward that is missing has 0
    priorities : by code, what the community's priority multiplies the ward's harm by, 1 where it is missing

    Raises
    ------
    InputError
        If a code is no ward's, a number is below 0, or a priority is not between 0.25 and 4.
    """
    check(areas, AREAS)
    wards = areas.sort_values("code", ignore_index=True)
    known = set(wards["code"])
    for name, given in (("crimes", crimes.index), ("harm", harm.index), ("priorities", priorities or {})):
        unknown = sum(code not in known for code in given)
        if unknown:
            raise InputError(f"`{name}` must be given by codes of the wards, got {unknown} that are not.")
    factor = {code: within(value, "priority", *PRIORITIES) for code, value in (priorities or {}).items()}
    demand = pd.DataFrame(
        {
            "ward": wards["code"].astype("string"),
            "name": wards["name"].astype("string"),
            "crimes": crimes.reindex(wards["code"], fill_value=0.0).to_numpy(dtype=np.float64),
            "harm": harm.reindex(wards["code"], fill_value=0.0).to_numpy(dtype=np.float64),
            "priority": [factor.get(code, 1.0) for code in wards["code"]],
            "population": wards["population"].to_numpy(dtype=np.float64),
        }
    )
    return check(demand, WARD_DEMAND)


def visit_demand(
    hotspots: GeoDataFrame,
    shifts: Iterable[Shift],
    *,
    share_by_shift: pd.DataFrame | Mapping[str, float] | None = None,
    measure: Literal["expected_harm", "expected_crimes"] = "expected_harm",
    minutes: int = 15,
    most: int = 3,
) -> pd.DataFrame:
    """
    Return the visits asked for at each hot spot in each shift.

    A plan is one day's pattern, repeated all week: the first visit in a shift is worth the harm a week expected in
    that shift's hours, later ones the shares of it that the rules give.

    Parameters
    ----------
    hotspots : table of hot spots
    shifts : of the day's pattern
    share_by_shift : by shift, the share of the day's harm; or a table of them by hot spot, as `times.ShiftShares.table`
        None: the shift's share of the day's minutes.
    measure : what a hot spot is worth: the column of `hotspots`, a week
    minutes : of each visit; the evidence is for about 15 (Koper)
    most : visits to a hot spot in a shift

    Raises
    ------
    InputError
        If a share is missing or not between 0 and 1.
    """
    check(hotspots, HOTSPOTS)
    shifts = list(shifts)
    shares = _shares(hotspots, shifts, share_by_shift)
    points = hotspots.geometry.representative_point()
    tables = [
        pd.DataFrame(
            {
                "hotspot_id": hotspots["hotspot_id"].astype("string").to_numpy(),
                "shift": shift.name,
                "x": points.x.to_numpy(dtype=np.float64),
                "y": points.y.to_numpy(dtype=np.float64),
                "minutes": np.full(len(hotspots), whole(minutes, "minutes", 1), dtype=np.int64),
                "most": np.full(len(hotspots), whole(most, "most", 1), dtype=np.int64),
                "value": hotspots[measure].to_numpy(dtype=np.float64) * shares[:, number],
            }
        )
        for number, shift in enumerate(shifts)
    ]
    visits = pd.concat(tables, ignore_index=True).astype({"hotspot_id": "string", "shift": "string"})
    return check(visits, VISITS)


def _shares(
    hotspots: GeoDataFrame, shifts: list[Shift], given: pd.DataFrame | Mapping[str, float] | None
) -> FloatArray:
    """Return shares, hot spots x shifts."""
    names, ids = [shift.name for shift in shifts], list(hotspots["hotspot_id"])
    if given is None:
        given = dict(zip(names, by_length(shifts), strict=True))
    columns = given.columns if isinstance(given, pd.DataFrame) else given
    rows = given.index if isinstance(given, pd.DataFrame) else ids
    if not set(names) <= set(columns) or not set(ids) <= set(rows):
        raise InputError("`share_by_shift` must hold every shift and hot spot, got some that are missing.")
    if isinstance(given, pd.DataFrame):
        shares = given.loc[ids, names].to_numpy(dtype=np.float64)
    else:
        shares = np.tile([float(given[name]) for name in names], (len(ids), 1))
    bad = int((~((shares >= 0) & (shares <= 1))).sum())
    if bad:
        raise InputError(f"Shares of the day's harm must be between 0 and 1, got {bad} that are not.")
    return shares
