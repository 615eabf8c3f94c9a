"""Metres on foot between many places, block by block: each block is that part of the whole, to the bit."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from geodata._network import Streets
from geodata._walks import searched_from_origins, travel_metres
from geodata.cast import FloatArray, whole

A_BLOCK: Final = 1_000  # places searched from


@dataclass(frozen=True)
class WalkBlock:
    """
    Some of the places that ways are searched from.

    Parameters
    ----------
    start, stop : of them
    from_origins : whether they are origins; else destinations
    """

    start: int
    stop: int
    from_origins: bool

    @property
    def part(self) -> tuple[slice, slice]:
        """The rows and columns of the whole matrix that the block fills."""
        some, every = slice(self.start, self.stop), slice(None)
        return (some, every) if self.from_origins else (every, some)


def walk_blocks(
    streets: Streets | None, origins_xy: ArrayLike, destinations_xy: ArrayLike, *, size: int = A_BLOCK
) -> list[WalkBlock]:
    """
    Return blocks that fill the matrix of `travel_metres` once, none of which searches what another does.

    Parameters
    ----------
    streets : network, or None for straight lines
    origins_xy, destinations_xy : metres in the CRS of `streets`, shape (places, 2)
    size : places searched from, of each block

    Raises
    ------
    InputError
        If a coordinate is not finite, or `size` is no whole number of at least 1.
    """
    size = whole(size, "size", 1)
    forwards = streets is None or searched_from_origins(streets, origins_xy, destinations_xy)
    places = len(np.asarray(origins_xy if forwards else destinations_xy, dtype=np.float64).reshape(-1, 2))
    return [WalkBlock(start, min(start + size, places), forwards) for start in range(0, places, size)]


def block_metres(
    streets: Streets | None,
    origins_xy: ArrayLike,
    destinations_xy: ArrayLike,
    block: WalkBlock,
    *,
    limit_m: float | None = None,
) -> FloatArray:
    """
    Return a block's part of the matrix of `travel_metres`.

    Parameters
    ----------
    streets, origins_xy, destinations_xy, limit_m : as of `travel_metres`, of the whole
    block : of `walk_blocks`
    """
    rows, columns = block.part
    origins = np.asarray(origins_xy, dtype=np.float64).reshape(-1, 2)[rows]
    destinations = np.asarray(destinations_xy, dtype=np.float64).reshape(-1, 2)[columns]
    return travel_metres(streets, origins, destinations, limit_m=limit_m, from_origins=block.from_origins)
