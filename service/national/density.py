"""
The density of the whole nation by month and type of crime, tile by tile: one surface, from which every force's is cut.

A job is a row of tiles in a month: it reads the crimes of its row, and of the halo about it, once, and works out all
types of crime of a tile in one pass. What a tile's file holds is told in `tiles_files`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hotspots.density import Kernel
from hotspots.tiles import TILE_M, Whole, cells_of, tile_row
from service.national.kept_files import remove_others
from service.national.segments import month_points
from service.national.tiles import Extent, national_grid, tile_name, tile_rows
from service.national.tiles_files import write_tile
from service.stages import Stage, silent
from service.work import Engine, Facts, Job, work_through


@dataclass(frozen=True)
class NationalDensity:
    """
    What is asked.

    Parameters
    ----------
    segments : folder of the store's segments
    out : folder of the surfaces, which then holds this answer and no other
    bandwidth : metres
    kernel : one of `hotspots.KERNELS`
    cell : metres, of which a whole number is a kilometre
    side : of a tile, metres
    """

    segments: Path
    out: Path
    bandwidth: float = 300.0
    kernel: Kernel = "quartic"
    cell: float = 100.0
    side: float = TILE_M

    @property
    def whole(self) -> Whole:
        """The surface that all tiles are parts of: of too many cells for sums of whole numbers."""
        return Whole.of(national_grid(self.cell), np.empty(0), bandwidth=self.bandwidth, kernel=self.kernel)

    @property
    def told(self) -> dict[str, Any]:
        """What a file's metadata tell of the surface; a tile adds its bounds."""
        return {"bandwidth": self.bandwidth, "kernel": self.kernel}


@dataclass(frozen=True)
class NationalSurfaces:
    """
    What was found.

    Parameters
    ----------
    files : the surfaces, each named by its content
    crimes : that lie in a tile; each adds to the surface of its month and type
    outside : crimes that lie beyond the national grid
    cells : whose density is above 0, over all months and types
    """

    files: tuple[Path, ...]
    crimes: int
    outside: int
    cells: int


def national_density(
    engine: Engine, asked: NationalDensity, paths: Sequence[str | Path], ledger: Path, *, stage: Stage = silent
) -> NationalSurfaces:
    """
    Write the density of the nation by month and type of crime.

    Parameters
    ----------
    engine : whoever does the jobs
    asked : NationalDensity
    paths : of segments in the folder, each one force's crimes of one month
    ledger : folder that tells what is done
    stage : called with what begins

    Raises
    ------
    InputError
        If what is asked breaks a rule, or crimes are in another CRS than the nation's.
    """
    extents = [Extent.of(asked.segments, path) for path in paths]
    told = work_through(engine, density_jobs(asked, extents), ledger, stage=stage)
    files = [name for facts in told.values() for name in facts["files"]]
    remove_others(asked.out, "month=*/tile-*", set(files))
    crimes = sum(facts["crimes"] for facts in told.values())
    outside = sum(extent.rows for extent in extents) - crimes
    return NationalSurfaces(tuple(map(Path, files)), crimes, outside, sum(facts["cells"] for facts in told.values()))


def density_jobs(asked: NationalDensity, extents: Sequence[Extent]) -> list[Job]:
    """Return one job a month and row of tiles in which crimes lie."""
    whole, jobs = asked.whole, []
    for month in sorted({extent.month for extent in extents}):
        held = [extent for extent in extents if extent.month == month]
        for row, paths in tile_rows(held, whole.grid, whole.halo, asked.side):
            jobs.append(Job(f"density {month} row {row}", density_of_row, (asked, month, row, paths)))
    return jobs


def density_of_row(asked: NationalDensity, month: str, row: int, paths: tuple[str, ...]) -> Facts:
    """
    Write the surfaces of a row of tiles in a month.

    Parameters
    ----------
    asked : NationalDensity
    month : "2024-06"
    row : of tiles, from the south
    paths : of the segments that reach it
    """
    whole = asked.whole
    tiles = tile_row(whole.grid, row, asked.side)
    points = month_points(asked.segments, paths, ("x", "y", "offence"))
    offence, x, y = points["offence"].cat, points["x"].to_numpy(), points["y"].to_numpy()
    _, south, _, north = tiles[0].bounds(whole.grid)
    near = np.flatnonzero((y >= south - whole.halo) & (y <= north + whole.halo))
    near = near[np.argsort(x[near], kind="stable")]
    x, y, layer = x[near], y[near], np.asarray(offence.codes, dtype=np.int64)[near]
    files, crimes, cells, offences = [], 0, 0, [str(name) for name in offence.categories]
    for tile in tiles:
        west, _, east, _ = tile.bounds(whole.grid)
        crimes += int(((x >= west) & (x < east) & (y >= south) & (y < north)).sum())
        some = slice(*x.searchsorted((west - whole.halo, np.nextafter(east + whole.halo, np.inf))))
        if some.start == some.stop:
            continue
        layers = whole.layers(tile, x[some], y[some], np.ones(x[some].size), layer=layer[some], count=len(offences))
        if layers.cell.size:
            name = tile_name(tile, cells_of(asked.side, whole.grid))
            folder = asked.out / f"month={month}"
            files.append(str(write_tile(folder, name, layers, tile, whole.grid, offences, asked.told)))
            cells += layers.cell.size
    return {"files": files, "crimes": crimes, "cells": cells}
