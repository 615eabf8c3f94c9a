"""
Layers as a GeoPackage that QGIS opens styled.

The styles lie in a `layer_styles` table that is registered among the contents, which is where QGIS looks for them.
Same findings, same bytes: the moments that SQLite and GDAL would take from the clock are given.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame

_STYLE_TABLE: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY, f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)"""
_REGISTER: Final = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id)
VALUES ('layer_styles', 'attributes', 'layer_styles', 'Styles for QGIS', ?, 0)"""
_KEEP: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
                          styleSLD, useAsDefault, description, owner, ui, update_time)
VALUES ('', '', ?, 'geom', ?, ?, '', 1, ?, '', NULL, ?)"""


def write_layers(
    layers: Mapping[str, tuple[GeoDataFrame, str]],
    path: str | Path,
    *,
    styles: Mapping[str, str],
    about: str,
    stamp: pd.Timestamp,
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> Path:
    """
    Write layers with their styles, and tables without a shape.

    Parameters
    ----------
    layers : name to table and type of geometry ("MultiPolygon", "LineString", "Point")
    path : a GeoPackage that is not there yet
    styles : name of a layer to its style in QML
    about : said of each style
    stamp : the day the file is dated
    tables : name to table, each without a geometry

    Returns
    -------
    path : as given
    """
    held = Path(path)
    with TemporaryDirectory(dir=held.parent, prefix=f".{held.name}-") as workshop:
        draft = Path(workshop) / "draft.gpkg"
        for name, (table, shape) in layers.items():
            options = {"geometry_type": shape, "promote_to_multi": shape.startswith("Multi"), "VERSION": "1.2"}
            table.to_file(draft, layer=name, driver="GPKG", engine="pyogrio", **options)
        for name, rows in (tables or {}).items():
            pyogrio.write_dataframe(rows, draft, layer=name, driver="GPKG")
        with closing(sqlite3.connect(draft, isolation_level=None)) as file:
            _add_styles(file, styles, about, stamp.strftime("%Y-%m-%dT00:00:00.000Z"))
            # GDAL's count of its own transactions depends on the second it began in; a file made afresh has none.
            file.execute("VACUUM INTO ?", (str(held),))
    return held


def _add_styles(file: sqlite3.Connection, styles: Mapping[str, str], about: str, stamp: str) -> None:
    file.execute("BEGIN")
    file.execute(_STYLE_TABLE)
    for name, qml in styles.items():
        file.execute(_KEEP, (name, name, qml, about, stamp))
    file.execute(_REGISTER, (stamp,))
    file.execute("UPDATE gpkg_contents SET last_change = ?", (stamp,))
    file.execute("COMMIT")
