"""
What people look at: folium maps, figures, the report, spreadsheets and GIS files, made without any server.

What draws is imported when one of its names is first asked for, so that a page of words does not wait for matplotlib.
"""

from typing import TYPE_CHECKING, Final

from geodata.on_demand import on_demand
from maps.escape import escape  # a module of this name too: whichever is imported first must stay the function

if TYPE_CHECKING:
    from maps.drawing.offline import save_page
    from maps.gis.layers import write_gis
    from maps.patrols.page import patrol_map
    from maps.products import write_products
    from maps.report import write_report
    from maps.scenario.page import scenario_map
    from maps.tables.spreadsheet import write_tables
    from maps.tasking.page import map_fragment, tasking_map

_HOMES: Final = {
    "drawing.offline": ("save_page",),
    "gis.layers": ("write_gis",),
    "patrols.page": ("patrol_map",),
    "products": ("write_products",),
    "report": ("write_report",),
    "scenario.page": ("scenario_map",),
    "tables.spreadsheet": ("write_tables",),
    "tasking.page": ("map_fragment", "tasking_map"),
}

__all__ = [
    "escape",
    "map_fragment",
    "patrol_map",
    "save_page",
    "scenario_map",
    "tasking_map",
    "write_gis",
    "write_products",
    "write_report",
    "write_tables",
]

__getattr__ = on_demand(__name__, _HOMES)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
