"""The products of near repeat: tables for a spreadsheet, layers for QGIS, and the matrix of bands drawn."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hotspots.knox import Knox
from hotspots.near_repeat import Reach
from hotspots.near_repeat_classes import Chains
from hotspots.open_windows import OpenWindows
from maps.figures.base import SETTINGS
from maps.gis.geopackage import write_layers
from maps.gis.qgis_style import Rule, qml
from maps.tables.spreadsheet import write_table

_DIGITS: Final = 6
_MOST_LABELLED: Final = 120  # bands; more are drawn without their numbers
_COLOURS: Final = {
    "originator": "202,0,32",
    "repeat": "123,50,148",
    "near repeat": "244,165,130",
    "alone": "190,190,190",
}
_WINDOW: Final = Rule("open window", {"color": "244,165,130,90", "outline_color": "202,0,32", "outline_width": "0.3"})
_LINK: Final = Rule("link", {"line_color": "120,120,120", "line_width": "0.3"})
_PLACE: Final = Rule("address at risk", {"color": "202,0,32", "size": "1.2", "outline_style": "no"})


@dataclass(frozen=True, eq=False)
class NearRepeatStudy:
    """
    What was found.

    Parameters
    ----------
    crimes : table of crimes
    knox : the test
    chains : classes and chains of `crimes`; reach : how far and how long; windows : those open
        Each None where it could not be had.
    run : the run's fingerprint
    """

    crimes: GeoDataFrame
    knox: Knox
    chains: Chains | None
    reach: Reach | None
    windows: OpenWindows | None
    run: str


def write_near_repeat(study: NearRepeatStudy, folder: str | Path) -> dict[str, Path]:
    """
    Write everything.

    Parameters
    ----------
    study : NearRepeatStudy
    folder : there already, and empty

    Returns
    -------
    products : name of the file to its path
        `bands.csv`, `matrix.svg`, `near_repeat.gpkg` and, where there are such, `chains.csv` and `windows.csv`
    """
    held = Path(folder)
    tables = {"bands": study.knox.table.round(_DIGITS)}
    if study.chains is not None:
        tables["chains"] = pd.DataFrame(_classed(study.crimes, study.chains).drop(columns="geometry")).round(_DIGITS)
    if study.windows is not None:
        tables["windows"] = pd.DataFrame(study.windows.windows.drop(columns="geometry")).round(_DIGITS)
    paths = [write_table(table, held / f"{name}.csv") for name, table in tables.items()]
    drawn = held / "matrix.svg"
    drawn.write_bytes(matrix(study.knox))
    paths.append(drawn)
    layers = _layers(study)
    if layers:
        paths.append(_geopackage(study, layers, held / "near_repeat.gpkg"))
    return {path.name: path for path in sorted(paths)}


def matrix(found: Knox) -> bytes:
    """Return the ratios of all bands as a picture (SVG); those with more pairs than chance have a frame."""
    ratio, more = found.matrix("ratio"), found.more_than_chance.to_numpy().reshape(found.bands.shape)
    observed, expected = found.matrix("observed"), found.matrix("expected")
    rows, columns = ratio.shape
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(min(14.0, 2.5 + 1.1 * columns), min(18.0, 1.6 + 0.42 * rows)), layout="constrained")
        axes = figure.subplots()
        shade = np.log2(np.clip(np.nan_to_num(ratio, nan=1.0, posinf=4.0), 0.25, 4.0))
        axes.imshow(shade, cmap="RdBu_r", vmin=-2, vmax=2, aspect="auto")
        axes.set_xticks(range(columns), found.bands.time_labels)
        axes.set_yticks(range(rows), found.bands.space_labels)
        axes.set_xlabel("days between two events")
        axes.set_ylabel(f"metres between two events, {found.metric}")
        for i, j in np.ndindex(rows, columns) if rows * columns <= _MOST_LABELLED else ():
            text = "-" if np.isnan(ratio[i, j]) else f"{ratio[i, j]:.2f}\n{observed[i, j]:,} / {expected[i, j]:,.1f}"
            axes.text(j, i, text, ha="center", va="center", fontsize=6.5, color="w" if abs(shade[i, j]) > 1.3 else "k")
            if more[i, j]:
                axes.add_patch(mpl.patches.Rectangle((j - 0.47, i - 0.45), 0.94, 0.9, fill=False, linewidth=1.6))
        axes.set_title("Pairs observed over pairs expected; framed: more than chance (q at most 0.05)", fontsize=8)
        FigureCanvasAgg(figure)
        held = io.BytesIO()
        figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return held.getvalue()


def _classed(crimes: GeoDataFrame, chains: Chains) -> GeoDataFrame:
    """Return the crimes with what each is to the others, in the order of time."""
    day = crimes["occurred_from"].dt.strftime("%Y-%m-%d").astype("string")
    named = {"crime_id": crimes["crime_id"], "offence": crimes["offence"].astype("string"), "date": day}
    named["source_row"] = crimes["source_row"]
    table = chains.table.astype({"class": "string"}).assign(**named)
    points = GeoDataFrame(table, geometry=crimes.geometry)
    return points.sort_values("number", ignore_index=True)


def _layers(study: NearRepeatStudy) -> dict[str, tuple[GeoDataFrame, str]]:
    found: dict[str, tuple[GeoDataFrame, str]] = {}
    if study.windows is not None:
        found["windows"] = study.windows.windows, "Polygon"
        found["addresses"] = study.windows.places, "Point"
    if study.chains is not None:
        points = _classed(study.crimes, study.chains)
        found["links"] = _lines(points), "LineString"
        found["events"] = points, "Point"
    return {name: (table, shape) for name, (table, shape) in found.items() if len(table)}


def _lines(points: GeoDataFrame) -> GeoDataFrame:
    linked = points[points["linked_to"].notna()]
    earlier = points.geometry.to_numpy()[linked["linked_to"].to_numpy(dtype=np.int64) - 1]
    ends = np.stack((shapely.get_coordinates(earlier), shapely.get_coordinates(linked.geometry.to_numpy())), axis=1)
    kept = linked[["linked_to", "number", "class", "metres", "days", "chain"]].reset_index(drop=True)
    return GeoDataFrame(kept, geometry=np.asarray(shapely.linestrings(ends)), crs=points.crs)


def _geopackage(study: NearRepeatStudy, layers: dict[str, tuple[GeoDataFrame, str]], path: Path) -> Path:
    classes = [
        Rule(name, {"color": colour, "size": "1.6", "outline_style": "no"}, f"\"class\" = '{name}'")
        for name, colour in _COLOURS.items()
    ]
    styles = {
        "windows": qml("fill", [_WINDOW], label='"expires"'),
        "addresses": qml("marker", [_PLACE], label="''"),
        "links": qml("line", [_LINK], label="''"),
        "events": qml("marker", classes, label="''"),
    }
    last = study.crimes["occurred_to"].max().tz_localize(None).normalize()
    kept = {name: style for name, style in styles.items() if name in layers}
    return write_layers(layers, path, styles=kept, about=f"run {study.run[:12]}", stamp=last)
