"""What is known of each cell, and the tables from which its classes follow."""

from typing import Any, Final

import numpy as np
import pandas as pd

from geodata import cast
from hotspots.emerging import FEWEST_PERIODS, emerging_hotspots
from hotspots.gistar import gistar
from hotspots.history import values_by_period
from service.analysis import scene as analysis
from service.analysis.scene import Scene

DIGITS: Final = 6  # decimals of what is written into tables


def local_statistics(scene: Scene, surfaces: dict[str, pd.Series]) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return what is known of each cell with any crime, and the tables from which its classes follow."""
    study, reach, periods = analysis.with_crime(scene), analysis.reach(scene), analysis.long_periods(scene.periods)
    values = values_by_period(scene.crimes, scene.grid, periods)
    harm = gistar(_per_cell(scene, scene.harm), scene.grid, radius=reach, study=study)[["z", "q", "spot"]]
    cells = _cells(scene, surfaces).join(gistar(_per_cell(scene, None), scene.grid, radius=reach, study=study))
    cells = cells.join(harm.add_suffix("_harm"))
    tables = {}
    history = analysis.cell_history(scene)
    if history is not None:
        cells = cells.join(history.table[["hot", "hot_periods"]].rename(columns={"hot": "history"}))
        tables["history"] = _by_period(history.table, values, history.z, history.q)
    if values.shape[1] >= FEWEST_PERIODS:
        emerging = emerging_hotspots(values, scene.grid, radius=reach, study=study)
        cells = cells.join(emerging.table["class"].rename("emerging"))
        tables["emerging"] = _by_period(emerging.table, values, emerging.z, emerging.q)
    return cells.round(DIGITS), tables


def _per_cell(scene: Scene, weights: pd.Series | None) -> np.ndarray[Any, np.dtype[np.float64]]:
    cell = scene.grid.cell_of(*cast.coordinates(scene.crimes, scene.grid.crs))
    held = np.ones(len(cell)) if weights is None else weights.to_numpy(dtype=np.float64)
    return np.bincount(cell[cell >= 0], weights=held[cell >= 0], minlength=scene.grid.size).astype(np.float64)


def _cells(scene: Scene, surfaces: dict[str, pd.Series]) -> pd.DataFrame:
    """Return where each cell with any crime lies, what was recorded in it, and the density at its centre."""
    cells = np.flatnonzero(analysis.with_crime(scene))
    x, y = scene.grid.centres(cells)
    columns = {
        "easting": x,
        "northing": y,
        "crimes": _per_cell(scene, None)[cells].astype(np.int64),
        "harm": _per_cell(scene, scene.harm)[cells],
        **{name: surface.to_numpy()[cells] for name, surface in surfaces.items()},
    }
    return pd.DataFrame(columns, index=pd.Index(cells, name="cell"))


def _by_period(table: pd.DataFrame, values: pd.DataFrame, z: pd.DataFrame, q: pd.DataFrame) -> pd.DataFrame:
    """Return the classes of the cells beside the crimes a week, z and q of every period from which they follow."""
    parts = {"crimes a week": values.loc[table.index], "z": z, "q": q}
    wide = [part.set_axis([f"{name} {period}" for period in part.columns], axis=1) for name, part in parts.items()]
    return pd.concat([table, *wide], axis=1).round(DIGITS).rename_axis("cell").reset_index()
