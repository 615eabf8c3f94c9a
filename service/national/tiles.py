"""The one grid of the nation, on the lines of the Ordnance Survey's, and which segments reach which row of tiles."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq
from pyproj import CRS

from geodata import cast
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.tables import WORKING_CRS
from hotspots.tiles import TILE_M, Bounds, Tile, cells_of
from service.national.segments import month_of

# All of Great Britain, and Northern Ireland to the west of nought.
WEST_M: Final = -200_000.0
EAST_M: Final = 700_000.0
NORTH_M: Final = 1_300_000.0
LONGEST_CELL_M: Final = 1_000.0


def national_grid(cell: float) -> Grid:
    """
    Return the cells of the whole nation, so that the maps of two forces have the same ones at their border.

    Parameters
    ----------
    cell : metres, of which a whole number is a kilometre

    Raises
    ------
    InputError
        If `cell` is anything else.
    """
    cell = cast.above_zero(cell, "cell", "metres")
    a_kilometre = LONGEST_CELL_M / cell
    if a_kilometre != int(a_kilometre):
        raise InputError(f"`cell` must be metres of which a whole number is a kilometre, got {cell:g}.")
    return Grid(WEST_M, 0.0, cell, int((EAST_M - WEST_M) / cell), int(NORTH_M / cell), WORKING_CRS)


@dataclass(frozen=True)
class Extent:
    """
    Where the crimes of a segment lie.

    Parameters
    ----------
    path : in the folder of segments
    rows : crimes
    bounds : west, south, east and north, metres; None where it holds no crime
    """

    path: str
    rows: int
    bounds: Bounds | None

    @property
    def month(self) -> str:
        """The month of its crimes, "2024-06"."""
        return month_of(self.path)

    @classmethod
    def of(cls, folder: Path, path: str | Path) -> "Extent":
        """
        Return it from the foot of the file, without reading a crime.

        Raises
        ------
        InputError
            If the crimes are in another CRS than the national grid.
        """
        foot = pq.read_metadata(folder / path)
        told = json.loads(foot.metadata[b"geo"])["columns"]["geometry"]
        if not _is_national(json.dumps(told["crs"])):
            raise InputError(f"National work must have crimes in {WORKING_CRS}, and a segment has them in another CRS.")
        return cls(str(path), foot.num_rows, tuple(told["bbox"]) if foot.num_rows else None)


@cache
def _is_national(crs: str) -> bool:
    return CRS.from_json(crs) == CRS(WORKING_CRS)


def tile_rows(
    extents: Sequence[Extent], grid: Grid, halo: float, side: float = TILE_M
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Return each row of tiles in which crimes lie, counted from the south, and the segments that reach it."""
    high, rows = cells_of(side, grid) * grid.cell, -(-grid.rows // cells_of(side, grid))
    held: dict[int, list[str]] = {}
    for extent in extents:
        if extent.bounds is not None:
            south, north = extent.bounds[1] - halo - grid.south, extent.bounds[3] + halo - grid.south
            for row in range(max(0, int(south // high)), min(rows, int(north // high) + 1)):
                held.setdefault(row, []).append(extent.path)
    yield from ((row, tuple(held[row])) for row in sorted(held))


def tile_name(tile: Tile, step: int) -> str:
    """Return a tile's name: its row and column among tiles `step` cells wide."""
    return f"{tile.row // step}-{tile.column // step}"
