"""
Where and when: recorded crimes, areas, streets and harm, read once, checked, and put on one map in metres.

The settings that keep GDAL from reading anything but the file it is given are imported before all else.
"""

from geodata import _gdal as _gdal
from geodata.errors import InputError, NotFoundError
from geodata.grid import Grid
from geodata.periods import Periods

__all__ = ["Grid", "InputError", "NotFoundError", "Periods"]
