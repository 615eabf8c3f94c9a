"""What `beatplan hotspots` found, and the files it is opened in: layers and surfaces for QGIS, tables for Excel."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import BoolArray
from geodata.grid import Grid
from maps import qgis_style as style
from maps.geopackage import write_layers
from maps.raster import write_surface
from maps.spreadsheet import write_table

_INK: Final = "11,12,12,255"
_SPOT_FILLS: Final = {"hot": "0,32,77,215", "cold": "255,234,70,215", "none": "200,200,200,90"}


@dataclass(frozen=True)
class Study:
    """
    One run's hot-spot study.

    Parameters
    ----------
    about : force, marking and run in words, said of each layer
    stamp : first moment of the newest period
    grid, study : the cells and which of them lie in the force's area
    surfaces : name to Series over all cells: weight per square kilometre and week
    hotspots : table of hot spots
    cells : one row per cell with any crime, indexed by cell: what is known of it, and its classes
    tables : name to further table, each written as CSV
    streets : name of a layer to stretches of street, each with `crimes_per_km`; empty where no streets were given
    """

    about: str
    stamp: pd.Timestamp
    grid: Grid
    study: BoolArray
    surfaces: Mapping[str, pd.Series]
    hotspots: GeoDataFrame
    cells: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    streets: Mapping[str, GeoDataFrame]


def write_study(study: Study, folder: str | Path) -> dict[str, Path]:
    """
    Write the layers, surfaces and tables.

    Parameters
    ----------
    study : one run's findings
    folder : there already, and empty

    Returns
    -------
    products : name of the file to its path
        `hotspots.gpkg`, `cells.csv`, one `.csv` a table, one `.asc` with its `.prj` a surface
    """
    held = Path(folder)
    paths = [write_layers(_layers(study), held / "hotspots.gpkg", styles=_styles(study), about=study.about,
                          stamp=study.stamp.tz_localize(None))]  # fmt: skip
    paths.append(write_table(study.cells.reset_index(), held / "cells.csv"))
    tables = {**study.tables, **{name: table.drop(columns="geometry") for name, table in study.streets.items()}}
    paths += [write_table(table, held / f"{name}.csv") for name, table in tables.items()]
    for name, surface in study.surfaces.items():
        paths += write_surface(surface, study.grid, held / f"{name}.asc", study=study.study)
    return {path.name: path for path in paths}


def _layers(study: Study) -> dict[str, tuple[GeoDataFrame, str]]:
    cells = study.cells.drop(columns=["easting", "northing"]).reset_index()
    squares = GeoDataFrame(_as_text(cells), geometry=study.grid.polygons(cells["cell"]).to_numpy(), crs=study.grid.crs)
    layers = {"cells": (squares, "Polygon"), "hot_spots": (study.hotspots, "MultiPolygon")}
    streets = {name: (_as_text(table), "MultiLineString") for name, table in study.streets.items()}
    return {**layers, **streets}


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with its categories as text, which every file format holds."""
    return table.astype({name: "string" for name, kind in table.dtypes.items() if kind == "category"})


def _styles(study: Study) -> dict[str, str]:
    outline = {"color": "0,0,0,0", "style": "no", "outline_color": _INK, "outline_width": "0.8"}
    spots = [
        style.Rule(f"{name.capitalize()} (q at most 0.05)" if name != "none" else "Neither",
                   {"color": fill, "style": "solid", "outline_style": "no"}, f'"spot" = {style.quoted(name)}')
        for name, fill in _SPOT_FILLS.items()
    ]  # fmt: skip
    found = {
        "cells": style.qml("fill", spots, label="''"),
        "hot_spots": style.qml("fill", [style.Rule("Hot spot", outline)], label='"hotspot_id"', size=9, priority=10),
    }
    streets = {name: style.qml("line", _street_rules(table), label="''") for name, table in study.streets.items()}
    return {**found, **streets}


def _street_rules(streets: GeoDataFrame) -> list[style.Rule]:
    """Return three classes: the densest hundredth of the pieces of street, the densest tenth, and the others."""
    top, upper = (
        (float(streets["crimes_per_km"].quantile(share)) for share in (0.99, 0.9)) if len(streets) else (0.0, 0.0)
    )
    column = '"crimes_per_km"'
    parts = (
        ("Densest hundredth", "0,32,77,255", "1.4", f"{column} > {top!r}"),
        ("Densest tenth", "124,123,120,255", "0.9", f"{column} > {upper!r} AND {column} <= {top!r}"),
        ("Other streets", "200,200,200,255", "0.3", f"{column} <= {upper!r}"),
    )
    return [style.Rule(name, {"line_color": ink, "line_width": wide}, where) for name, ink, wide, where in parts]
