"""What a geographic information system opens: GeoPackage with styles, QGIS project, File GDB, GeoParquet."""

from typing import TYPE_CHECKING, Final

from geodata.on_demand import on_demand

if TYPE_CHECKING:
    from maps.gis.exchange import write_file_gdb, write_geoparquet
    from maps.gis.layers import write_gis
    from maps.gis.project import write_project

_HOMES: Final = {
    "exchange": ("write_file_gdb", "write_geoparquet"),
    "layers": ("write_gis",),
    "project": ("write_project",),
}

__all__ = ["write_file_gdb", "write_geoparquet", "write_gis", "write_project"]

__getattr__ = on_demand(__name__, _HOMES)
