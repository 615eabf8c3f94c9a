"""What a geographic information system opens: GeoPackage with styles, QGIS project, File GDB, GeoParquet."""

from pathlib import Path

from maps.gis.exchange import write_file_gdb, write_geoparquet
from maps.gis.layers import write_gis
from maps.gis.project import write_project
from maps.pack import Pack

__all__ = ["write_every_gis", "write_file_gdb", "write_geoparquet", "write_gis", "write_project"]


def write_every_gis(pack: Pack, folder: str | Path) -> tuple[Path, ...]:
    """
    Write the layers for QGIS, for ArcGIS and for whoever works on columns.

    Parameters
    ----------
    pack : one run's findings
    folder : there already

    Returns
    -------
    paths : `hotspots.gpkg`, `tasking.qgz`, `hotspots.gdb.zip`, and a GeoParquet file a layer
    """
    held = Path(folder)
    geopackage = write_gis(pack, held / "hotspots.gpkg")
    project = write_project(pack, geopackage, held / "tasking.qgz")
    return geopackage, project, write_file_gdb(pack, held / "hotspots.gdb.zip"), *write_geoparquet(pack, held)
