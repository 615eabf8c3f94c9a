"""How far it is between bases and hot spots, and how long that takes on foot or by car."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.streets import Streets, travel_metres

MOST_PLACES = 3000


@dataclass(frozen=True)
class Travel:
    """
    Distances between the places of a problem.

    Parameters
    ----------
    places : names of the hot spots, sorted
    from_base : bases x places, metres on foot; inf where there is no way within the longest walk
    between : places x places, metres on foot, likewise
    line_from_base, line_between : the same in straight lines, metres, all finite
    basis : "street network" or "straight line"
    """

    places: tuple[str, ...]
    from_base: FloatArray
    between: FloatArray
    line_from_base: FloatArray
    line_between: FloatArray
    basis: str

    def __post_init__(self) -> None:
        count = len(self.places)
        for name in ("from_base", "between", "line_from_base", "line_between"):
            array = getattr(self, name)
            rows = count if name.endswith("between") else self.from_base.shape[0]
            if array.shape != (rows, count):
                raise InputError(f"`{name}` must be {rows} x {count}, got {' x '.join(map(str, array.shape))}.")
            if np.isnan(array).any() or (array < 0).any():
                raise InputError(f"`{name}` must hold metres of at least 0, got some that are not.")


def measure_travel(
    bases: Sequence[tuple[float, float]],
    visits: pd.DataFrame,
    *,
    streets: Streets | None = None,
    longest_walk: float,
) -> Travel:
    """
    Return the distances between bases and hot spots.

    Parameters
    ----------
    bases : x and y, metres
    visits : table of visits
    streets : the network walked on; None: straight lines, which are shorter than any street
    longest_walk : metres beyond which nobody walks, and nothing is measured

    Raises
    ------
    InputError
        If a hot spot lies at two points or nowhere, or there are more than 3,000.
    """
    endless = int((~np.isfinite(visits[["x", "y"]])).any(axis=1).sum())
    if endless:
        raise InputError(f"A hot spot must have finite coordinates, got {endless} that have not.")
    spots = visits[["hotspot_id", "x", "y"]].drop_duplicates().sort_values("hotspot_id")
    twice = int(spots["hotspot_id"].duplicated().sum())
    if twice:
        raise InputError(f"A hot spot must lie at one point, got {twice} at more than one.")
    if len(spots) > MOST_PLACES:
        raise InputError(f"At most {MOST_PLACES:,} hot spots can be planned together, got {len(spots):,}.")
    place_xy = spots[["x", "y"]].to_numpy(dtype=np.float64)
    base_xy = np.asarray(bases, dtype=np.float64).reshape(-1, 2)
    line_from_base, line_between = _lines(base_xy, place_xy), _lines(place_xy, place_xy)
    if streets is None:
        walk_from_base, walk_between, basis = line_from_base, line_between, "straight line"
    else:
        walk_from_base = travel_metres(streets, base_xy, place_xy, limit_m=longest_walk)
        walk_between = travel_metres(streets, place_xy, place_xy, limit_m=longest_walk)
        basis = "street network"
    return Travel(tuple(spots["hotspot_id"]), walk_from_base, walk_between, line_from_base, line_between, basis)


def _lines(origins: FloatArray, destinations: FloatArray) -> FloatArray:
    dx = origins[:, None, 0] - destinations[None, :, 0]
    dy = origins[:, None, 1] - destinations[None, :, 1]
    return np.hypot(dx, dy)
