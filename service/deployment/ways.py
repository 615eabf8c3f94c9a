"""How far it is between places of a force: along the streets, or by a multiple of the straight line."""

from pathlib import Path
from typing import Final

import numpy as np
from geopandas import GeoDataFrame

from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.streets import covers, read_streets, travel_metres

BEYOND: Final = 100_000.0  # metres: nobody walks or drives farther within a force's ways


def ways(
    ends: tuple[FloatArray, FloatArray], streets: Path | None, areas: GeoDataFrame, *, detour: float
) -> tuple[FloatArray, tuple[str, ...]]:
    """
    Return metres from each place to each site, and what was taken where the streets do not say.

    Parameters
    ----------
    ends : places x 2 and sites x 2, metres in the CRS of `areas`
    streets : travelled on; None: straight lines
    areas : that the streets must reach over
    detour : times the straight line that counts where there are no streets

    Raises
    ------
    InputError
        If the streets cannot be read, or lie elsewhere.
    """
    line = np.hypot(*(ends[0][:, None, :] - ends[1][None, :, :]).transpose(2, 0, 1)) * detour
    if streets is None:
        return line, (f"Ways are {detour:g} times the straight line, because no streets were given.",)
    network = read_streets(streets, crs=str(areas.crs))
    if not covers(network, areas):
        raise InputError(f"The streets must overlap the wards, and those in {streets.name} do not.")
    metres = travel_metres(network, ends[0], ends[1], limit_m=BEYOND)
    cut_off = ~np.isfinite(metres)
    notes = (f"{int(cut_off.sum()):,} ways between a ward and a site are not on the streets given; they count as "
             f"{detour:g} times the straight line.",) if cut_off.any() else ()  # fmt: skip
    return np.where(cut_off, line, metres), notes
