"""What people look at: folium maps, figures, the report, spreadsheets and GIS files, made without any server."""

from maps.drawing.offline import save_page
from maps.escape import escape
from maps.gis import write_gis
from maps.patrols.page import patrol_map
from maps.products import write_products
from maps.report import write_report
from maps.scenario.page import scenario_map
from maps.tables.spreadsheet import write_tables
from maps.tasking.page import map_fragment, tasking_map

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
