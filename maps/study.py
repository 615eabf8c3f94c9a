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
    streets : pieces of street with their density, or None where no streets were given
    """

    about: str
    stamp: pd.Timestamp
    grid: Grid
    study: BoolArray
    surfaces: Mapping[str, pd.Series]
    hotspots: GeoDataFrame
    cells: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    streets: GeoDataFrame | None


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
    paths += [write_table(table, held / f"{name}.csv") for name, table in study.tables.items()]
    for name, surface in study.surfaces.items():
        paths += write_surface(surface, study.grid, held / f"{name}.asc", study=study.study)
    return {path.name: path for path in paths}


def _layers(study: Study) -> dict[str, tuple[GeoDataFrame, str]]:
    cells = study.cells.drop(columns=["easting", "northing"]).reset_index()
    squares = GeoDataFrame(_as_text(cells), geometry=study.grid.polygons(cells["cell"]).to_numpy(), crs=study.grid.crs)
    layers = {"cells": (squares, "Polygon"), "hot_spots": (study.hotspots, "MultiPolygon")}
    if study.streets is not None:
        layers["streets"] = (_as_text(study.streets), "LineString")
    return layers


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
    if study.streets is not None:
        found["streets"] = style.qml("line", _street_rules(study.streets), label="''")
    return found


def _street_rules(streets: GeoDataFrame) -> list[style.Rule]:
    """Return three classes: the densest hundredth of the pieces of street, the densest tenth, and the others."""
    top, upper = (float(streets["density"].quantile(share)) for share in (0.99, 0.9)) if len(streets) else (0.0, 0.0)
    return [
        style.Rule("Densest hundredth", {"line_color": "0,32,77,255", "line_width": "1.4"}, f'"density" > {top!r}'),
        style.Rule("Densest tenth", {"line_color": "124,123,120,255", "line_width": "0.9"},
                   f'"density" > {upper!r} AND "density" <= {top!r}'),
        style.Rule("Other streets", {"line_color": "200,200,200,255", "line_width": "0.3"}, f'"density" <= {upper!r}'),
    ]  # fmt: skip
