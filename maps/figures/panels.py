"""Panels of still maps: one window, the areas' borders, scale and north, hot spots and a legend."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from maps.figures import base as figures
from maps.figures.laid import Window, borders
from maps.figures.printed_map import closer_window, halo, scale_and_north
from maps.study.study import Study

DENSITIES: Final = "YlGnBu"  # little is nearly as pale as nothing, and more is darker in a photocopy too
_WIDE: Final = 9.0  # inches of a picture
_HIGH: Final = 7.0  # of its maps


def window_of(study: Study) -> Window:
    """Return where the middle nine tenths of the hot spots lie, or the whole area where that is most of it."""
    return closer_window(study.hotspots, study.grid) or study.grid.bounds


def panels_of(window: Window, rows: int, columns: int) -> tuple[Figure, list[Axes], Window]:
    """Return a figure of maps of one window, in the order in which one reads, and the window widened to fill them."""
    west, south, east, north = window
    wide = _WIDE / columns
    high = float(np.clip(wide * (north - south) / (east - west), 0.5 * wide, min(1.3 * wide, _HIGH / rows)))
    figure = Figure(figsize=(_WIDE, rows * high + 1.2), layout="constrained")
    panels = list(np.ravel(figure.subplots(rows, columns)))
    more = max(0.0, (north - south) * wide / high - (east - west)) / 2
    window = west - more, south, east + more, north
    for axes in panels:
        axes.set(xlim=(window[0], window[2]), ylim=(south, north), xticks=[], yticks=[], aspect="equal")
        for side in axes.spines.values():
            side.set_visible(False)
    return figure, panels, window


def paint(axes: Axes, study: Study, values: Any, **look: Any) -> Any:
    """Draw one value per cell of the grid."""
    west, south, east, north = study.grid.bounds
    cells = np.ma.asarray(values).reshape(study.grid.rows, study.grid.columns)
    limits = axes.get_xlim(), axes.get_ylim()
    extent = (west, east, south, north)
    image = axes.imshow(cells, extent=extent, origin="lower", interpolation="nearest", zorder=1, **look)
    axes.set(xlim=limits[0], ylim=limits[1])
    return image


def ground(axes: Axes, study: Study, window: Window) -> None:
    """Draw the areas' borders, a scale and the north."""
    west, south, east, north = window
    borders(axes, study.wards.geometry, max(east - west, north - south), width=0.5)
    scale_and_north(axes, window)


def key_below(axes: Axes, keys: Sequence[Any], title: str = "") -> None:
    """Write the legend below a map."""
    axes.legend(
        handles=list(keys), loc="upper left", bbox_to_anchor=(0.0, -0.01), ncols=4, frameon=False, fontsize=8,
        title=title or None, title_fontsize=8, alignment="left", borderaxespad=0,
    )  # fmt: skip


def name_panel(axes: Axes, name: str) -> None:
    """Write what a panel shows into its upper left corner."""
    look: dict[str, Any] = {"ha": "left", "va": "top", "fontsize": 8.5, "fontweight": "bold", "zorder": 8}
    text = axes.annotate(figures.drawable(name), (0.02, 0.97), xycoords="axes fraction", **look)
    text.set_path_effects(halo())
