"""A forecast as one still picture: cells in five shades, with what the shades mean."""

import io
from typing import Any, Final

import matplotlib as mpl
from geopandas import GeoSeries
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from geodata.cast import FloatArray
from geodata.grid import Grid
from maps import words
from maps.style import INK, PAPER, SHADES, shading

_DOTS_PER_INCH: Final = 150
_LONGEST: Final = 9.0  # inches
_SETTINGS: Final[dict[Any, Any]] = {"font.family": "DejaVu Sans", "font.size": 9, "text.parse_math": False}


def forecast_picture(expected: FloatArray, grid: Grid, outline: GeoSeries, *, title: str, unit: str) -> bytes:
    """
    Return a PNG of what is expected in each cell.

    Parameters
    ----------
    expected : at least 0, one per cell of `grid`
    grid : cells in the working CRS
    outline : the ground studied, in the same CRS
    title : above the map
    unit : of `expected`, such as "crimes a week"
    """
    found = shading(expected)
    west, south, east, north = grid.bounds
    scale = _LONGEST / max(east - west, north - south)
    with mpl.rc_context(_SETTINGS):
        size = (max(4.0, scale * (east - west)), max(3.0, scale * (north - south)) + 1.0)
        figure = Figure(figsize=size, layout="constrained", facecolor=PAPER)
        axes = figure.add_subplot()
        colours = ListedColormap([PAPER, *SHADES])
        axes.imshow(
            found.number.reshape(grid.rows, grid.columns), origin="lower", extent=(west, east, south, north),
            cmap=colours, vmin=-0.5, vmax=len(SHADES) + 0.5, interpolation="nearest",
        )  # fmt: skip
        outline.boundary.plot(ax=axes, color=INK, linewidth=0.6)
        axes.set(xlim=(west, east), ylim=(south, north), aspect="equal")
        axes.set_axis_off()
        axes.set_title(title, loc="left", fontsize=10, fontweight="bold")
        keys = [
            Patch(facecolor=SHADES[number - 1], label=f"{words.number(low)} or more ({found.cells[number]:,} cells)")
            for number, low in sorted(found.low.items(), reverse=True)
        ]
        if keys:
            legend = f"{unit[:1].upper()}{unit[1:]}; each shade holds 15 % of all"
            figure.legend(handles=keys, loc="outside lower left", ncols=2, title=legend, fontsize=8, frameon=False)
        file = io.BytesIO()
        FigureCanvasAgg(figure)
        figure.savefig(file, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
        return file.getvalue()
