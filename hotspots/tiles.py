"""A grid too large for one process, tile by tile: in each the density of the whole, to the bit."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from hotspots._kernels.desk import room_for
from hotspots._kernels.gaussian import gaussian_part, gaussian_reach
from hotspots._kernels.lanes import MOST
from hotspots._kernels.layers import Layers, scatter_layers
from hotspots._kernels.scatter import scatter_part
from hotspots._kernels.tally import unit_for
from hotspots._kernels.tiles import Part, Sheet
from hotspots.density import KERNELS, SHAPES, Kernel, one_of, reach_of

TILE_M: Final = 20_000.0

__all__ = ["TILE_M", "Bounds", "Layers", "Tile", "Whole", "cells_of", "tile_row", "tiles_of"]

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Tile:
    """
    Some rows and columns of a grid.

    Parameters
    ----------
    row, column : the first of them, from the south-west
    rows, columns : how many there are
    """

    row: int
    column: int
    rows: int
    columns: int

    @property
    def part(self) -> Part:
        """The same as kernels take it."""
        return Part(self.row, self.column, self.rows, self.columns)

    def bounds(self, grid: Grid) -> Bounds:
        """Return the west, south, east and north edge in metres."""
        west, south = grid.west + self.column * grid.cell, grid.south + self.row * grid.cell
        return west, south, west + self.columns * grid.cell, south + self.rows * grid.cell


def tiles_of(grid: Grid, side: float = TILE_M) -> Iterator[Tile]:
    """
    Return square tiles that cover a grid, each cell once, row by row from the south-west; the last may be smaller.

    Parameters
    ----------
    grid : Grid
    side : metres, a whole number of cells

    Raises
    ------
    InputError
        If `side` is not above 0, or no whole number of cells.
    """
    for number in range(-(-grid.rows // cells_of(side, grid))):
        yield from tile_row(grid, number, side)


def tile_row(grid: Grid, number: int, side: float = TILE_M) -> list[Tile]:
    """Return the tiles of one row, counted from the south, from west to east; as of `tiles_of`."""
    step = cells_of(side, grid)
    row = number * step
    return [
        Tile(row, column, min(step, grid.rows - row), min(step, grid.columns - column))
        for column in range(0, grid.columns, step)
    ]


def cells_of(side: float, grid: Grid) -> int:
    """Return how many cells wide a tile is, or raise InputError if that is no whole number."""
    cells = cast.above_zero(side, "side", "metres") / grid.cell
    if cells != int(cells) or cells < 1:
        raise InputError(f"`side` must be a whole number of cells of {grid.cell:g} metres, got {side:g} metres.")
    return int(cells)


@dataclass(frozen=True)
class Whole:
    """
    The density of a whole grid, to be asked for tile by tile.

    Parameters
    ----------
    grid : Grid
    bandwidth : metres, as of `kernel_density`
    kernel : one of `KERNELS`
    unit : weight to which shares are rounded where they are summed in whole numbers, 0 where they are not
        That of all the crimes, as of `Whole.of`: the crimes of one tile would give another.
    """

    grid: Grid
    bandwidth: float
    kernel: Kernel = "quartic"
    unit: float = 0.0

    @classmethod
    def of(cls, grid: Grid, weights: FloatArray, *, bandwidth: float, kernel: Kernel = "quartic") -> Self:
        """
        Return what must be known of all the crimes before the density of any tile is.

        Parameters
        ----------
        grid : Grid
        weights : of all the crimes, 1 each where they have none
        bandwidth : metres
        kernel : one of `KERNELS`

        Raises
        ------
        InputError
            If `bandwidth` is not above 0 or `kernel` is not known.
        """
        bandwidth = cast.above_zero(bandwidth, "bandwidth", "metres")
        one_of(kernel, KERNELS, "kernel")
        plain = cls(grid, bandwidth, kernel)
        return cls(grid, bandwidth, kernel, unit_for(weights, plain.sheet) if kernel == "quartic" else 0.0)

    @property
    def sheet(self) -> Sheet:
        """The same as kernels take it."""
        grid = self.grid
        return Sheet(grid.west, grid.south, grid.cell, grid.columns, grid.rows, reach_of(self.bandwidth, self.kernel))

    @property
    def halo(self) -> float:
        """
        Metres about a tile from within which crimes add to it, or to the order of its sums.

        One bandwidth. By the Gaussian kernel its six, and by way of a lattice eight; where a quartic disc is over 32
        cells wide, discs are summed by 128, and all those of the squares about the tile must be there to be counted.
        """
        sheet = self.sheet
        if self.kernel == "gaussian":
            return gaussian_reach(sheet)
        desk = room_for(Part(0, 0, sheet.rows, sheet.columns), sheet).desk
        batched = self.kernel == "quartic" and not self.unit and desk.vectors > MOST
        return 3.0 * sheet.reach + 3.0 * sheet.cell if batched else sheet.reach

    def reaches(self, tile: Tile, x: FloatArray, y: FloatArray) -> BoolArray:
        """Return which crimes a tile must be given."""
        west, south, east, north = tile.bounds(self.grid)
        halo = self.halo
        return (x >= west - halo) & (x <= east + halo) & (y >= south - halo) & (y <= north + halo)

    def density(self, tile: Tile, x: FloatArray, y: FloatArray, weights: FloatArray) -> FloatArray:
        """
        Return the density of the whole at the centres of a tile's cells, to the bit.

        Parameters
        ----------
        tile : Tile
        x, y : metres
            Of the crimes that reach the tile, at least; others change nothing.
        weights : at least 0, one per crime

        Returns
        -------
        density : weight per square kilometre, rows x columns
        """
        if self.kernel == "gaussian":
            return gaussian_part(x, y, weights, self.sheet, tile.part, scale=SQUARE_METRES_PER_KM2)
        return scatter_part(
            x, y, weights, self.sheet, tile.part,
            shape=SHAPES[self.kernel], scale=SQUARE_METRES_PER_KM2, unit=self.unit,
        )  # fmt: skip

    def layers(
        self, tile: Tile, x: FloatArray, y: FloatArray, weights: FloatArray, *, layer: IntArray, count: int
    ) -> Layers:
        """
        Return the same of crimes in several layers, types of crime for instance, in one go: the cells above 0.

        Each layer is a whole of its own; a `unit` that is not 0 is taken for that of all of them.

        Parameters
        ----------
        tile, x, y, weights : as of `density`
        layer : of each crime, 0 up to `count`
        count : of layers

        Returns
        -------
        layers : Layers
        """
        order = np.argsort(layer, kind="stable")
        first = np.concatenate(([0], np.cumsum(np.bincount(layer, minlength=count))))
        x, y, weights = x[order], y[order], weights[order]
        if self.kernel != "gaussian" and not self.unit:
            return scatter_layers(
                x, y, weights, first, self.sheet, tile.part, shape=SHAPES[self.kernel], scale=SQUARE_METRES_PER_KM2
            )
        parts = [slice(start, stop) for start, stop in pairwise(first)]
        surfaces = [self.density(tile, x[part], y[part], weights[part]).ravel() for part in parts]
        cells = [np.flatnonzero(surface) for surface in surfaces]
        ends = np.concatenate(([0], np.cumsum([held.size for held in cells])))
        density = np.concatenate([surface[held] for surface, held in zip(surfaces, cells, strict=True)])
        return Layers(ends, np.concatenate(cells).astype(np.int32), density)
