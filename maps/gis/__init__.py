"""What a geographic information system opens: GeoPackage with styles, QGIS project, File GDB, GeoParquet."""

from maps.gis.exchange import write_file_gdb, write_geoparquet
from maps.gis.layers import write_gis
from maps.gis.project import write_project

__all__ = ["write_file_gdb", "write_geoparquet", "write_gis", "write_project"]
