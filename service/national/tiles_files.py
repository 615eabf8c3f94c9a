"""
Surfaces of the nation in files, one a tile and month: the cells above 0 alone, as doubles, nothing rounded.

    month=2024-06/tile-14-26-0123456789abcdef.parquet      offence, row, column, density

A file is named by its tile and its content, and never changes. A cell that is in no file has density 0. `row` and
`column` are those of the national grid, of which the file's own metadata tell, and of the bandwidth and the kernel.
About 9 bytes are kept of a cell, 8 of them the density.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots.tiles import Bounds, Layers, Tile
from service.national.kept_files import keep

_REPEATED: Final = ("offence", "row", "column")  # values that come again and again
_TOLD: Final = b"beatplan"


def write_tile(
    folder: Path, name: str, layers: Layers, tile: Tile, grid: Grid, offences: Sequence[str], told: Mapping[str, Any]
) -> Path:
    """
    Write the surface of a tile, at once, and return where.

    Parameters
    ----------
    folder : of the month
    name : of the tile
    layers : of the types of crime, in the order of `offences`
    tile, grid : of the nation
    offences : their names
    told : what else the file's metadata tell
    """
    row, column = np.divmod(layers.cell, np.int32(tile.columns))
    code = np.repeat(np.arange(len(offences), dtype=np.int32), np.diff(layers.first))
    columns = {
        "offence": pa.DictionaryArray.from_arrays(pa.array(code), pa.array(list(offences), pa.string())),
        "row": pa.array(row + np.int32(tile.row)),
        "column": pa.array(column + np.int32(tile.column)),
        "density": pa.array(layers.density),
    }
    place = {name: getattr(grid, name) for name in ("west", "south", "cell", "crs")}
    told = {**told, **place, "bounds": tile.bounds(grid)}
    table = pa.table(columns).replace_schema_metadata({_TOLD: json.dumps(told, sort_keys=True)})
    held = pa.BufferOutputStream()
    # Doubles of a sum have no pattern: packing them takes five times as long, and saves a tenth.
    packed = {name: "zstd" if name in _REPEATED else "none" for name in columns}
    pq.write_table(table, held, compression=packed, use_dictionary=list(_REPEATED), write_statistics=list(_REPEATED))
    return keep(folder, f"tile-{name}", ".parquet", held.getvalue())


def read_tile(path: Path) -> pd.DataFrame:
    """Return the cells of a tile above 0: offence, row, column, density."""
    return pd.DataFrame(pq.read_table(path).to_pandas())


def density_on(folder: Path, grid: Grid, month: str, offence: str) -> pd.Series:
    """
    Return the density of a month and type of crime on a force's own grid, cut from the nation's.

    Two forces have the same values on the cells that they share.

    Parameters
    ----------
    folder : of the surfaces
    grid : cells that lie on those of the nation
    month : "2024-06"
    offence : type of crime

    Returns
    -------
    density : crimes per square kilometre and month
        Indexed by cell, in the order of `grid.index`.

    Raises
    ------
    InputError
        If the grid's cells are no cells of the nation's.
    """
    surface = np.zeros((grid.rows, grid.columns))
    for path in sorted((folder / f"month={month}").glob("tile-*.parquet")):
        told = json.loads(pq.read_metadata(path).metadata[_TOLD])
        if _apart(told["bounds"], grid.bounds):
            continue
        if told["crs"] != grid.crs:
            raise InputError(f"A grid must be in the nation's CRS, {told['crs']}, got {grid.crs}.")
        south, west = (
            (edge - told[name]) / told["cell"] for name, edge in (("south", grid.south), ("west", grid.west))
        )
        if grid.cell != told["cell"] or south != int(south) or west != int(west):
            raise InputError(
                f"A grid must lie on the nation's cells of {told['cell']:g} metres; its corner or its cells do not."
            )
        cells = read_tile(path)
        cells = cells[cells["offence"] == offence]
        row, column = cells["row"].to_numpy() - int(south), cells["column"].to_numpy() - int(west)
        held = (row >= 0) & (row < grid.rows) & (column >= 0) & (column < grid.columns)
        surface[row[held], column[held]] = cells["density"].to_numpy()[held]
    return pd.Series(surface.ravel(), index=grid.index, name="density")


def _apart(one: Sequence[float], other: Bounds) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
