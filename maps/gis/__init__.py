"""What a geographic information system opens: GeoPackage with styles, QGIS project, File GDB, GeoParquet."""

from maps.gis.layers import write_gis

__all__ = ["write_gis"]
