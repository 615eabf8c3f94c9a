"""The same map under other settings, side by side: which hot spots are there whatever the setting."""

from typing import Any, Final

import matplotlib as mpl
from geopandas import GeoDataFrame
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from maps import words
from maps.figures import base as figures
from maps.figures.base import SETTINGS, Picture
from maps.figures.laid import Window, borders, paths
from maps.figures.panels import name_panel, panels_of
from maps.figures.printed_map import closer_window
from maps.study.study import Study

MOST_CELLS: Final = 70  # across a panel: more, and a hot spot is a dot


def small_multiples(study: Study) -> Picture | None:
    """Return the hot spots of the density map under every setting tried, or None where none were."""
    found = study.sensitivity
    if found is None or len(found.settings) < 2 or found.hotspots.empty:
        return None
    title = "Hot spots under other settings, and the area shared"
    settings = found.settings
    widths = sorted(settings["bandwidth"].unique())
    grids = sorted(set(zip(settings["cell"], settings["offset"], strict=True)))
    reference = GeoDataFrame(found.hotspots, geometry="geometry", crs=study.grid.crs)
    window = _window(reference, study)
    with mpl.rc_context(SETTINGS):
        figure, panels, window = panels_of(window, len(widths), len(grids))
        for number, axes in enumerate(panels):
            row, column = divmod(number, len(grids))
            _heads(axes, widths[row], grids[column], row == 0, column == 0)
        for case in list[Any](settings.itertuples()):
            axes = panels[widths.index(case.bandwidth) * len(grids) + grids.index((case.cell, case.offset))]
            _setting(axes, study, window, found.spots[found.spots["setting"] == case.setting], reference)
            name_panel(axes, "as set" if case.setting == 0 else words.percent(float(case.jaccard)))
        said = [_setting_in_words(case) for case in settings.iloc[1:].itertuples()]
        return figures.finish(figure, study, title, None, words.sentence("; ".join(said)), raster=True)


def _window(reference: GeoDataFrame, study: Study) -> Window:
    """Return where the hot spots lie, or the ground about the first of them where they would be too small to see."""
    window = closer_window(reference, study.grid) or study.grid.bounds
    half = MOST_CELLS / 2 * study.grid.cell
    if max(window[2] - window[0], window[3] - window[1]) <= 2 * half:
        return window
    middle = reference.geometry.iloc[0].representative_point()
    return middle.x - half, middle.y - half, middle.x + half, middle.y + half


def _setting(axes: Axes, study: Study, window: Window, spots: Any, reference: GeoDataFrame) -> None:
    borders(axes, study.wards.geometry, max(window[2] - window[0], window[3] - window[1]), width=0.4, colour="#c3ccd4")
    filled = paths(spots.geometry.explode().exterior)
    axes.add_collection(PolyCollection(filled, facecolors="#0b4f94", linewidths=0, zorder=2))
    axes.add_collection(LineCollection(paths(reference.boundary), colors="#d1495b", linewidths=0.7, zorder=3))


def _heads(axes: Axes, bandwidth: float, grid: tuple[float, float], first_row: bool, first_column: bool) -> None:
    """Name the bandwidth at the head of a row, and the cell at the head of a column."""
    if first_row:
        axes.set_title(f"{grid[0]:.0f} m cells{', moved' if grid[1] else ''}", fontsize=8)
    if first_column:
        axes.set_ylabel(f"bandwidth {bandwidth:.0f} m", fontsize=8)


def _setting_in_words(row: Any) -> str:
    moved = ", moved" if row.offset else ""
    shared = "as set" if row.setting == 0 else f"shares {words.percent(float(row.jaccard))}"
    return f"{row.bandwidth:.0f} m, {row.cell:.0f} m cells{moved}: {shared}"
