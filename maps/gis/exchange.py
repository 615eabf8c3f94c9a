"""The same layers for other systems: a File GDB for ArcGIS, and GeoParquet for whoever works on columns."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyogrio
from geopandas import GeoDataFrame

from maps.archive import write_archive
from maps.gis.layers import layers
from maps.pack import Pack

_CATALOGUE: Final = ("GDB_Items", "GDB_ItemRelationships")


def write_file_gdb(pack: Pack, path: str | Path) -> Path:
    """
    Write the layers as a File GDB in a zip file, the form in which ArcGIS Online and Pro take it.

    Parameters
    ----------
    pack : one run's findings
    path : the zip file; the folder in it has its name, without ".zip"

    Returns
    -------
    path : as given
    """
    held = Path(path)
    with TemporaryDirectory(dir=held.parent, prefix=f".{held.name}-") as workshop:
        folder = Path(workshop) / held.stem
        for name, (table, shape) in layers(pack).items():
            kind = {
                "geometry_type": shape.replace("LineString", "MultiLineString"),
                "promote_to_multi": shape != "Point",
            }
            with _rings_in_order():
                _narrow(table).to_file(folder, layer=name, driver="OpenFileGDB", engine="pyogrio", **kind)
        names = _names(folder)
        files = {f"{folder.name}/{file.name}": file.read_bytes() for file in sorted(folder.iterdir())}
    return write_archive(held, {name: _renamed(content, names) for name, content in files.items()})


def write_geoparquet(pack: Pack, folder: str | Path) -> tuple[Path, ...]:
    """
    Write each layer as GeoParquet 1.0.

    Parameters
    ----------
    pack : one run's findings
    folder : there already

    Returns
    -------
    paths : one file a layer
    """
    paths = []
    for name, (table, _) in layers(pack).items():
        paths.append(Path(folder) / f"{name}.parquet")
        table.to_parquet(paths[-1], index=False, compression="zstd", schema_version="1.0.0")
    return tuple(paths)


@contextmanager
def _rings_in_order() -> Iterator[None]:
    """Let GDAL take a ring's turn for what it is; else it compares all with all, and warns beyond a hundred."""
    option = "OGR_ORGANIZE_POLYGONS"
    before = pyogrio.get_gdal_config_option(option)
    pyogrio.set_gdal_config_options({option: "ONLY_CCW"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({option: before})


def _narrow(table: GeoDataFrame) -> GeoDataFrame:
    """Return whole numbers in 32 bits, which every ArcGIS reads as whole numbers; no count of a run is larger."""
    return table.astype(dict.fromkeys(table.select_dtypes(["int64", "Int64"]), "Int32"))


def _names(folder: Path) -> dict[bytes, bytes]:
    """Return what GDAL named by chance in the catalogue of a File GDB, each with a name made from its place there."""
    found = {}
    for table in _CATALOGUE:
        rows = pyogrio.read_dataframe(folder, layer=table, read_geometry=False, columns=["UUID"], LIST_ALL_TABLES="YES")
        for place, name in enumerate(rows["UUID"]):
            found[uuid.UUID(name).bytes_le] = uuid.uuid5(uuid.NAMESPACE_URL, f"beatplan:{table}:{place}").bytes_le
    return found


def _renamed(content: bytes, names: dict[bytes, bytes]) -> bytes:
    for name, other in names.items():
        content = content.replace(name, other)
    return content
