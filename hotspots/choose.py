"""
Patrollable hot spots: from a map of risk to a few places, each small enough to walk and large enough to be worth it.

Each spot starts at the cell of highest risk that no spot holds yet and takes in, one at a time, the adjacent cell
(sharing a side) of highest risk, until it is of the greatest area or that cell's risk is below half of its first
cell's; short of the least area it goes on for as long as any adjacent cell has any risk. It stays within a disc of
twice its greatest area about its first cell, so that it cannot run along a road. Spots are made until the share of the
study area is used up, and of those the ones that hold most are kept: where the risk is spiky (raw counts on published
map points) the share would go into hundreds of single cells, which nobody can visit. Of cells of equal risk the lower
number goes first.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots.evaluate import places_in
from hotspots.forecast.history import study_of
from hotspots.spots import Spots, spots_of

# Of the first cell's risk: seen through a kernel, the edge of an evenly hot place lies at half its height. At a quarter
# spots run on over their edges, and the share is used up with one planted hot spot in six not found.
FALL: Final = 0.5
LARGEST_SHARE: Final = 0.1  # of the study area: more is no longer a choice of places


def patrollable_share(
    study_area_m2: float, *, share: float = 0.01, least: int = 20, most: int = 80, max_area: float
) -> float:
    """
    Return the share of the study area to put into hot spots.

    `share`, but no less than `least` and no more than `most` spots of `max_area` would take up, and never more than
    a tenth: a city of 3 km2 and a county of 5,000 km2 both get a number of places that a force can visit.

    Parameters
    ----------
    study_area_m2 : square metres
    share : share of the study area, above 0 to 1
    least, most : number of spots
    max_area : square metres, of one spot

    Returns
    -------
    share : above 0 to 0.1

    Raises
    ------
    InputError
        If a number is not above 0, or `least` is above `most`.
    """
    area = cast.above_zero(study_area_m2, "study_area_m2", "square metres")
    spot = cast.above_zero(max_area, "max_area", "square metres")
    wanted = cast.within(cast.above_zero(share, "share"), "share", 0, 1) * area
    fewest, greatest = cast.whole(least, "least", 1), cast.whole(most, "most", 1)
    if fewest > greatest:
        raise InputError(f"`least` must not be above `most`, got {fewest} and {greatest}.")
    return min(LARGEST_SHARE, min(max(wanted, fewest * spot), greatest * spot) / area)


def choose(
    expected: pd.Series,
    grid: Grid,
    *,
    study: BoolArray,
    share: float,
    min_area: float,
    max_area: float,
    most: int | None = 80,
    shaped_by: pd.Series | None = None,
) -> Spots:
    """
    Return patrollable hot spots that together take up `share` of the study area at most.

    Cells without risk never enter, so fewer or smaller spots are found where little crime is expected. A spot that
    others hem in below `min_area` is given up; one that is smaller because no more cells about it have any risk is
    kept. No two spots share a cell, and each is one piece.

    Parameters
    ----------
    expected : weight a week (crimes or harm), one per cell of `grid`
    grid : Grid
    study : True for each cell of the study area
    share : share of the study area, above 0 to 1
        In whole cells, at least one.
    min_area, max_area : square metres of one spot
        In whole cells, at least one; `max_area` rounded down, `min_area` up.
    most : number of spots to keep, those with the greatest weight expected; None for all
    shaped_by : what the spots grow on, one number of at least 0 per cell; by default `expected`
        A density, where `expected` is spiky: raw counts on published map points would make spots of single cells.

    Returns
    -------
    Spots
        Ranked by the weight expected in them a week.

    Raises
    ------
    InputError
        If `expected` is not one finite number of at least 0 per cell, or another argument breaks its rule.
    """
    area = study_of(study, grid)
    risk = np.where(area, cast.weights(expected, grid.size, "expected"), 0.0)
    smallest = cast.above_zero(min_area, "min_area", "square metres")
    largest = cast.above_zero(max_area, "max_area", "square metres")
    if smallest > largest:
        raise InputError(f"`min_area` must not be above `max_area`, got {smallest:g} and {largest:g}.")
    greatest = max(1, int(largest / grid.cell_area + 1e-9))
    least = min(greatest, int(np.ceil(smallest / grid.cell_area - 1e-9)))
    cells = int(area.sum())
    height = risk if shaped_by is None else np.where(area, cast.weights(shaped_by, grid.size, "shaped_by"), 0.0)
    found = list(_grow_all(height, grid, least, greatest, places_in(share, cells)))
    kept = len(found) if most is None else cast.whole(most, "most", 1)
    return spots_of(_ranked(found, risk)[:kept], risk, grid, cells * grid.cell_area)


def _grow_all(risk: FloatArray, grid: Grid, least: int, most: int, budget: int) -> Iterator[IntArray]:
    """Yield the cells of one spot after another until `budget` cells are used up."""
    left = risk.copy()  # risk still to be had: 0 once a cell is in a spot
    least = min(least, budget)
    for first in _by_risk(risk).tolist():
        if budget < least or budget == 0:
            return
        if left[first] == 0:
            continue
        spot = _grow(left, grid, first, least, min(most, budget), _reach(most))
        if len(spot) < least and _hemmed_in(spot, risk, left, grid):
            continue
        left[spot] = 0.0
        budget -= len(spot)
        yield spot


def _reach(cells: int) -> float:
    """Return how far a cell's centre may be from the first one's, in cells: so far reaches a disc of twice `cells`."""
    return float(np.sqrt(2.0 * cells / np.pi) + 0.5)


def _by_risk(risk: FloatArray) -> IntArray:
    """Return the cells with any risk, the highest first, the lower number first among equals."""
    cells = np.flatnonzero(risk > 0)
    return cells[np.argsort(-risk[cells], kind="stable")]


def _grow(left: FloatArray, grid: Grid, first: int, least: int, most: int, reach: float) -> IntArray:
    """Return the cells of the spot that starts at `first`, in the order in which it took them in."""
    floor = FALL * left[first]
    spot: list[int] = []
    seen, edge = {first}, [(-left[first], first)]
    while edge and len(spot) < most:
        height, cell = heappop(edge)
        if -height < floor and len(spot) >= least:
            break
        spot.append(cell)
        for beside in _beside(cell, grid):
            if beside not in seen and left[beside] > 0 and _near(first, beside, grid, reach):
                seen.add(beside)
                heappush(edge, (-left[beside], beside))
    return np.array(spot, dtype=np.int64)


def _beside(cell: int, grid: Grid) -> list[int]:
    """Return the cells that share a side with `cell`."""
    row, column = divmod(cell, grid.columns)
    cells = [cell - grid.columns] if row > 0 else []
    cells += [cell - 1] if column > 0 else []
    cells += [cell + 1] if column < grid.columns - 1 else []
    return cells + ([cell + grid.columns] if row < grid.rows - 1 else [])


def _near(first: int, cell: int, grid: Grid, reach: float) -> bool:
    rows, columns = cell // grid.columns - first // grid.columns, cell % grid.columns - first % grid.columns
    return bool(rows * rows + columns * columns <= reach * reach)


def _hemmed_in(spot: IntArray, risk: FloatArray, left: FloatArray, grid: Grid) -> bool:
    around = [beside for cell in spot.tolist() for beside in _beside(cell, grid)]
    return bool(np.any((risk[around] > 0) & (left[around] == 0)))


def _ranked(found: list[IntArray], risk: FloatArray) -> list[IntArray]:
    """Return the spots by the weight expected in them, the first found first among equals; cells in order."""
    spots = [np.sort(cells) for cells in found]
    return sorted(spots, key=lambda cells: -float(risk[cells].sum()))
