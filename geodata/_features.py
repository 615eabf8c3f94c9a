"""Features from any file GDAL reads as data: checked for what only points at other data, and read without it."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pyogrio
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError
from shapely.errors import GEOSException

from geodata._files import HEAD_BYTES, content, head
from geodata._gdal import VIRTUAL_MARKS
from geodata.errors import InputError

# A zip archive that unpacks to more than this is not a set of boundaries.
MOST_UNPACKED: Final = 4_000_000_000
_DAMAGE: Final = (DataSourceError, DataLayerError, GEOSException, CRSError, UnicodeDecodeError)
_TABLE: Final = re.compile(r"\.(csv|xlsx?|ods)$", re.IGNORECASE)


def read_features(path: Path, layer: str | None) -> GeoDataFrame:
    """
    Return the features of one layer, with the geometry as it lies in the file.

    Parameters
    ----------
    path : GeoJSON, GeoPackage, shapefile, FlatGeobuf, GML or another of GDAL's formats; gzipped or zipped, if need be
    layer : name of the layer; needed only where several hold polygons

    Raises
    ------
    InputError
        If the file does not exist, is in no format that holds areas, only points at other data, has no such layer, or
        several layers to choose from.
    """
    if not path.exists():
        raise InputError(f"A path must exist; `{path.name}` does not.")
    if _TABLE.search(path.name):
        raise InputError(f"A file of areas must hold polygons; `{path.name}` is a table.")
    packed = path.is_file() and path.suffix == ".gz"
    _refuse_virtual(path)
    source = content(path, path.name).data if packed else path
    # GDAL warns of what is unusual in a file; what matters of it is checked below
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            chosen = _layer(source, path.name, layer)
            table = pyogrio.read_dataframe(source, layer=chosen)
        except _DAMAGE:
            raise InputError(
                f"A file of areas must be in a format GDAL reads, and whole; `{path.name}` is not."
            ) from None
    if not isinstance(table, GeoDataFrame):
        raise InputError(f"A file of areas must hold polygons; `{path.name}` is a table.")
    return table


def _layer(source: Path | bytes, name: str, wanted: str | None) -> str:
    layers = [(str(layer), str(kind)) for layer, kind in pyogrio.list_layers(source)]
    names = [layer for layer, _ in layers]
    if wanted is not None and wanted not in names:
        raise InputError(f"A layer must be one of the file's; `{name}` has {_quoted(names)}.")
    spatial = [layer for layer, kind in layers if "Polygon" in kind or kind in ("Unknown", "GeometryCollection")]
    candidates = spatial or names
    if wanted is None and len(candidates) > 1:
        raise InputError(f"`layer` must be named where a file has several; `{name}` has {_quoted(candidates)}.")
    if not candidates:
        raise InputError(f"A file of areas must hold polygons; `{name}` has no layer.")
    return wanted if wanted is not None else candidates[0]


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _refuse_virtual(path: Path) -> None:
    """Refuse a file that only says where other data are, whatever it is called and whenever GDAL was loaded."""
    beginnings = [head(path, path.name)] if path.is_file() else []
    if path.is_file() and zipfile.is_zipfile(path):
        beginnings += _members(path)
    if any(mark in beginning for beginning in beginnings for mark in VIRTUAL_MARKS):
        raise InputError(f"A file of areas must hold the areas itself; `{path.name}` points at other data.")


def _members(path: Path) -> list[bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MOST_UNPACKED:
                raise InputError(f"An archive must unpack to less than 4 GB; `{path.name}` says it is larger.")
            return [archive.open(member).read(HEAD_BYTES) for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, RuntimeError, OSError, EOFError, zlib.error):
        raise InputError(f"A zip archive must be whole and without a password; `{path.name}` is not.") from None
