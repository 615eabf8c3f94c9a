"""The base map of a run: vector tiles of what the street extract shows."""

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Ground:
    """
    A base map, ready to be put into pages.

    Parameters
    ----------
    far, near : PMTiles, each with the one layer "ground" whose features have a kind and perhaps a name; empty where
        there is nothing to draw
    bounds : south, west, north, east in degrees
    within_m : how far from a hot spot the smallest streets are drawn at most, in metres; None: all are drawn
    """

    far: bytes
    near: bytes
    bounds: tuple[float, float, float, float]
    within_m: float | None
