"""A surface as an ESRI ASCII grid: text that QGIS, ArcGIS and R open, with its CRS in a file beside it."""

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from pyproj import CRS
from pyproj.enums import WktVersion

from geodata.cast import BoolArray
from geodata.grid import Grid

NOTHING: Final = -9999
_DIGITS: Final = "%.6g"


def write_surface(surface: pd.Series, grid: Grid, path: str | Path, *, study: BoolArray) -> tuple[Path, Path]:
    """
    Write one number per cell, six significant figures, the northernmost row first.

    Parameters
    ----------
    surface : at least 0, one per cell of `grid`
    grid : Grid
    path : the file to write; its CRS goes beside it, in a file that ends in .prj
    study : True for each cell of the study area
        The others are written as having no value.

    Returns
    -------
    paths : of the surface and of its CRS
    """
    held = Path(path)
    values = np.where(study, surface.to_numpy(dtype=np.float64), NOTHING).reshape(grid.rows, grid.columns)[::-1]
    with held.open("w", encoding="ascii", newline="\n") as file:
        file.write(
            f"ncols {grid.columns}\nnrows {grid.rows}\nxllcorner {grid.west!r}\nyllcorner {grid.south!r}\n"
            f"cellsize {grid.cell!r}\nNODATA_value {NOTHING}\n"
        )
        for row in values:
            file.write(" ".join([_DIGITS % value if value else "0" for value in row.tolist()]) + "\n")
    beside = held.with_suffix(".prj")
    beside.write_text(CRS(grid.crs).to_wkt(WktVersion.WKT1_ESRI) + "\n", encoding="ascii", newline="\n")
    return held, beside
