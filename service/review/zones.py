"""The ground of an intervention: places, controls, what lies around both, and the rest of the force; and its crime."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError

TREATED, CONTROL, AROUND, AROUND_CONTROL, REST = range(5)
NAMES: Final = ("places", "controls", "around", "around_controls", "rest")
_QUARTER: Final = 16  # segments of a quarter circle


@dataclass(frozen=True)
class Zones:
    """
    Ground that does not overlap; an empty shape where there is none.

    Parameters
    ----------
    shapes : of the places, the controls, what is around the places, and around the controls
    """

    shapes: tuple[BaseGeometry, ...]

    @classmethod
    def of(cls, treated: BaseGeometry, control: BaseGeometry | None, metres: float) -> "Zones":
        """
        Return the zones.

        Parameters
        ----------
        treated, control : polygons in metres
        metres : how far around them crime might move

        Raises
        ------
        InputError
            If controls and places overlap.
        """
        other = shapely.MultiPolygon() if control is None else control
        if shapely.area(shapely.intersection(treated, other)) > 0:
            raise InputError("Controls must not overlap the places of the intervention, and they do.")
        around, beyond = (_ring(shape, metres) for shape in (treated, other))
        both = shapely.union(treated, other)
        around = shapely.difference(around, both)
        return cls((treated, other, around, shapely.difference(beyond, shapely.union(both, around))))

    @property
    def areas(self) -> FloatArray:
        """Square metres of each shape."""
        return np.asarray(shapely.area(np.array(self.shapes, dtype=object)), dtype=np.float64)

    def holding(self, x: FloatArray, y: FloatArray) -> IntArray:
        """Return the number of the zone that holds each point, `REST` for none; a shared border is the earlier's."""
        zone = np.full(x.size, REST, dtype=np.int64)
        for number in reversed(range(REST)):
            zone[_inside(self.shapes[number], x, y)] = number
        return zone


def _ring(shape: BaseGeometry, metres: float) -> BaseGeometry:
    return shapely.difference(shapely.buffer(shape, metres, quad_segs=_QUARTER), shape)


def _inside(shape: BaseGeometry, x: FloatArray, y: FloatArray) -> BoolArray:
    shapely.prepare(shape)
    return np.asarray(shapely.intersects_xy(shape, x, y), dtype=np.bool_)
