"""One force's hot and cold cells, and how each came to be."""

from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.errors import InputError
from hotspots.emerging import EMERGING_CLASSES, FEWEST_PERIODS, emerging_hotspots
from hotspots.gistar import gistar
from hotspots.history import values_by_period
from service.national.force_ground import Ground, crimes_about, ground_of
from service.national.force_task import ForceTask, write_table

NONE: Final = EMERGING_CLASSES[-1]
FEWEST_CRIMES: Final = 100  # in the force's cells: with fewer chance alone makes hot spots


def local_statistics(task: ForceTask) -> dict[str, Any]:
    """
    Write the cells of a force that are hot, cold or of a class, and tell how many there are of each.

    Gi* is of the crimes of all months, the classes of those of each month. The neighbourhood of a cell at the border
    reaches into the neighbour's, whose cells count among all that are compared and are not written.

    Raises
    ------
    InputError
        If fewer than 100 crimes lie in the force's cells.
    """
    ground = ground_of(task)
    crimes = crimes_about(task, ground)
    cells = _gistar(task, ground, crimes)
    if (held := int(cells["crimes"].sum())) < FEWEST_CRIMES:
        raise InputError(f"Hot cells need {FEWEST_CRIMES} crimes, got {held:,}: chance alone makes some of fewer.")
    told: dict[str, Any] = {"cells": int(ground.own.sum())}
    for spot in ("hot", "cold"):
        told[spot] = int((cells["spot"] == spot).sum())
    if len(task.months) >= FEWEST_PERIODS:
        cells = cells.join(_emerging(task, ground, crimes))
        counts = cells["class"].value_counts()
        told["classes"] = {name: int(counts.get(name, 0)) for name in EMERGING_CLASSES[:-1]}
    else:
        told["refused"] = f"Classes of emerging hot spots need {FEWEST_PERIODS} months, got {len(task.months)}."
        cells["class"] = NONE
    told["crimes_in_hot"] = int(cells.loc[cells["spot"] == "hot", "crimes"].sum())
    told["crimes"] = held
    kept = cells[(cells["spot"] != "none") | (cells["class"] != NONE)]
    return told | write_table(task, "cells", kept.rename_axis("cell").reset_index())


def _gistar(task: ForceTask, ground: Ground, crimes: GeoDataFrame) -> pd.DataFrame:
    grid = ground.grid
    cell = grid.cell_of(*cast.coordinates(crimes, grid.crs))
    held = np.bincount(cell[cell >= 0], minlength=grid.size).astype(np.float64)
    found = gistar(held, grid, radius=task.settings.radius, study=ground.own | ground.rim)[["around", "z", "q", "spot"]]
    x, y = grid.centres(np.flatnonzero(ground.own))
    own = found[ground.own]
    own.insert(0, "easting", x)
    own.insert(1, "northing", y)
    own.insert(2, "crimes", held[ground.own].astype(np.int64))
    return own


def _emerging(task: ForceTask, ground: Ground, crimes: GeoDataFrame) -> pd.DataFrame:
    values = values_by_period(crimes, ground.grid, task.periods)
    found = emerging_hotspots(values, ground.grid, radius=task.settings.radius, study=ground.own | ground.rim)
    return found.table[["hot_periods", "cold_periods", "last", "class"]]
