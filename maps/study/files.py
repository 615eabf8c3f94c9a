"""The files a study is opened in: a page for people, layers and surfaces for QGIS, tables for Excel."""

from pathlib import Path
from typing import Any, Final

from geopandas import GeoDataFrame

from maps.gis import qgis_style as style
from maps.gis.geopackage import write_layers
from maps.gis.raster import write_surface
from maps.report.study_page import write_page
from maps.study.sheets import study_sheets
from maps.study.study import Study
from maps.tables.spreadsheet import write_book, write_table

_INK: Final = "11,12,12,255"
_SPOT_FILLS: Final = {"hot": "0,32,77,215", "cold": "255,234,70,215", "none": "200,200,200,90"}
_SIDE_INKS: Final = {"higher": "178,24,43,255", "lower": "33,102,172,255"}


def write_study(study: Study, folder: str | Path) -> dict[str, Path]:
    """
    Write the page, the layers, the surfaces and the tables.

    Parameters
    ----------
    study : one run's findings
    folder : there already, and empty

    Returns
    -------
    products : name of the file to its path
        `study.html`, `tables.xlsx`, `hotspots.gpkg`, `cells.csv`, one `.csv` a table, one `.asc` with its `.prj` a
        surface
    """
    held = Path(folder)
    stamp = study.stamp.tz_localize(None)
    paths = [
        write_page(study, held / "study.html"),
        write_book(study_sheets(study), held / "tables.xlsx", found=study, stamp=stamp),
        write_layers(
            _layers(study), held / "hotspots.gpkg", styles=_styles(study), about=study.about, stamp=stamp
        ),
        write_table(study.cells.reset_index(), held / "cells.csv"),
    ]  # fmt: skip
    streets = {name: table.drop(columns="geometry") for name, table in study.streets.items()}
    paths += [write_table(table, held / f"{name}.csv") for name, table in {**study.tables, **streets}.items()]
    surfaces = dict(study.surfaces)
    if study.beside is not None:
        surfaces["against"] = study.beside.surface
    for name, surface in surfaces.items():
        paths += write_surface(surface, study.grid, held / f"{name}.asc", study=study.study)
    return {path.name: path for path in paths}


def _layers(study: Study) -> dict[str, tuple[GeoDataFrame, str]]:
    cells = study.cells.drop(columns=["easting", "northing"]).reset_index()
    squares = GeoDataFrame(_as_text(cells), geometry=study.grid.polygons(cells["cell"]).to_numpy(), crs=study.grid.crs)
    layers = {"cells": (squares, "Polygon"), "hot_spots": (_hot_spots(study), "MultiPolygon")}
    layers |= {name: (_as_text(table), "MultiLineString") for name, table in study.streets.items()}
    if study.space_time is not None:
        peaks = study.space_time.peaks
        squares = study.grid.polygons(peaks["cell"]).to_numpy()
        layers["space_time"] = (GeoDataFrame(peaks, geometry=squares, crs=study.grid.crs), "Polygon")
    if study.beside is not None and study.beside.contours is not None:
        layers["against"] = (study.beside.contours, "MultiPolygon")
    if study.insight.scan is not None:
        layers["scan"] = (study.insight.scan.clusters, "Polygon")
    return layers


def _hot_spots(study: Study) -> GeoDataFrame:
    """Return the hot spots with what an hour of patrol meets in each, and how many other maps keep it."""
    held = study.hotspots
    if study.insight.hours is not None:
        hours = study.insight.hours.rename(columns={"rank": "hour_rank", "rank_low": "hour_rank_low",
                                                    "rank_high": "hour_rank_high"})  # fmt: skip
        held = held.merge(hours, on="hotspot_id", how="left", validate="one_to_one")
    return held


def _as_text(table: Any) -> Any:
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
        "against": style.qml("fill", _side_rules(), label="''"),
        "space_time": style.qml("fill", [style.Rule("Peak in space and time", outline)], label="''", size=8),
        "scan": style.qml("fill", [style.Rule("More than its totals explain", outline)], label='"p"', size=8),
    }
    streets = {name: style.qml("line", _street_rules(table), label="''") for name, table in study.streets.items()}
    return {name: qml for name, qml in {**found, **streets}.items() if name in _layers(study)}


def _side_rules() -> list[style.Rule]:
    return [
        style.Rule(
            f"{side.capitalize()} than its reference, beyond chance",
            {"color": "0,0,0,0", "style": "no", "outline_color": ink, "outline_width": "0.6"},
            f'"side" = {style.quoted(side)}',
        )
        for side, ink in _SIDE_INKS.items()
    ]


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
