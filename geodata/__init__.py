"""
Where and when: recorded crimes, areas, streets and harm, read once, checked, and put on one map in metres.

The settings that keep GDAL from reading anything but the file it is given are imported before all else. Every other
module is imported when one of its names is first asked for, so that a command's help does not wait for pandas.
"""

from typing import TYPE_CHECKING, Final

from geodata import _gdal as _gdal
from geodata.on_demand import on_demand

if TYPE_CHECKING:
    from geodata.area_tables import read_deprivation, read_lookup, read_population, roll_up
    from geodata.areas import locate, read_areas, read_outline
    from geodata.crimes import CrimeRead, read_crimes
    from geodata.errors import InputError, NotFoundError
    from geodata.extract import ExtractMapping
    from geodata.fitness import Fitness, assess
    from geodata.grid import Grid
    from geodata.harm import POLICE_GENERATED, HarmTable, harm_tables, police_generated, read_harm
    from geodata.nation import Nation, make_nation, write_nation
    from geodata.periods import Periods
    from geodata.premises import PremisesMatch, match_premises
    from geodata.premises_list import read_premises
    from geodata.streets import (
        Streets,
        covers,
        nearest_node,
        read_streets,
        travel_metres,
        travel_minutes,
        walking_route,
    )
    from geodata.town import Town, TownTruth, make_town, write_police_uk, write_town

_HOMES: Final = {
    "area_tables": ("read_deprivation", "read_lookup", "read_population", "roll_up"),
    "areas": ("locate", "read_areas", "read_outline"),
    "crimes": ("CrimeRead", "read_crimes"),
    "errors": ("InputError", "NotFoundError"),
    "extract": ("ExtractMapping",),
    "fitness": ("Fitness", "assess"),
    "grid": ("Grid",),
    "harm": ("POLICE_GENERATED", "HarmTable", "harm_tables", "police_generated", "read_harm"),
    "nation": ("Nation", "make_nation", "write_nation"),
    "periods": ("Periods",),
    "premises": ("PremisesMatch", "match_premises"),
    "premises_list": ("read_premises",),
    "streets": (
        "Streets",
        "covers",
        "nearest_node",
        "read_streets",
        "travel_metres",
        "travel_minutes",
        "walking_route",
    ),
    "town": ("Town", "TownTruth", "make_town", "write_police_uk", "write_town"),
}

__all__ = [
    "POLICE_GENERATED",
    "CrimeRead",
    "ExtractMapping",
    "Fitness",
    "Grid",
    "HarmTable",
    "InputError",
    "Nation",
    "NotFoundError",
    "Periods",
    "PremisesMatch",
    "Streets",
    "Town",
    "TownTruth",
    "assess",
    "covers",
    "harm_tables",
    "locate",
    "make_nation",
    "make_town",
    "match_premises",
    "nearest_node",
    "police_generated",
    "read_areas",
    "read_crimes",
    "read_deprivation",
    "read_harm",
    "read_lookup",
    "read_outline",
    "read_population",
    "read_premises",
    "read_streets",
    "roll_up",
    "travel_metres",
    "travel_minutes",
    "walking_route",
    "write_nation",
    "write_police_uk",
    "write_town",
]

__getattr__ = on_demand(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
