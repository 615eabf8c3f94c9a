"""The map for paper: one still picture of what the folium map shows, with its legend, scale and north."""

import io
from typing import Final, Literal

import matplotlib as mpl
import numpy as np
from geopandas import GeoDataFrame
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from geodata.grid import Grid
from maps import words
from maps.figures import base as figures
from maps.figures.laid import Window, borders, features, paths
from maps.pack import Pack
from maps.style import INK, LINE, OPACITIES, PAPER, SHADES, SHARE_OF_A_SHADE, Shading, shading

_NAMED_SPOTS: Final = 15
_APART: Final = 0.025  # of the width, between two ranks
_MOST_PATROLS: Final = 6
_DOTS_PER_INCH: Final = 170
_DASHES: Final = ("-", "--", ":", "-.")
_NINE_TENTHS: Final = (0.05, 0.95)
_CLOSER: Final = 0.6  # of the area's length: above it, closer is no closer
_Dash = Literal["-", "--", ":", "-."]
_ROUND_METRES: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)


def printed_map(pack: Pack) -> figures.Picture:
    """Return the risk surface, hot spots, wards, patrols and bases of `pack` as a PNG for paper."""
    alt = f"{words.count(len(pack.hotspots), 'hot spot')} on the wards; the table of hot spots says what each holds."
    title = f"Where {words.what_gathers(pack.rank_by)} gathers, hot spots and bases"
    return map_of(pack, pack.grid.bounds, title, words.sentence(alt))


def closer_map(pack: Pack) -> figures.Picture | None:
    """Return the same map where the middle nine tenths of the hot spots lie, or None where that is most of the area."""
    window = closer_window(pack.hotspots, pack.grid)
    if window is None:
        return None
    alt = "The same map, closer: where the middle nine tenths of the hot spots lie."
    return map_of(pack, window, "A closer look at the hot spots", alt)


def closer_window(hotspots: GeoDataFrame, grid: Grid) -> Window | None:
    """Return where the middle nine tenths of the hot spots lie, or None where that is most of the area."""
    if hotspots.empty:
        return None
    middle = hotspots.geometry.representative_point()
    (west, east), (south, north) = np.quantile(middle.x, _NINE_TENTHS), np.quantile(middle.y, _NINE_TENTHS)
    edge = max(0.15 * max(east - west, north - south), 3 * grid.cell)
    whole = grid.bounds
    if max(east - west, north - south) + 2 * edge > _CLOSER * max(whole[2] - whole[0], whole[3] - whole[1]):
        return None
    return (west - edge, south - edge, east + edge, north + edge)


def widened(window: Window, shape: float) -> Window:
    """Return `window` widened about its middle until it is `shape` times as wide as high."""
    west, south, east, north = window
    wide, high = max(east - west, shape * (north - south)) / 2, max(north - south, (east - west) / shape) / 2
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide, y - high, x + wide, y + high


def map_of(pack: Pack, window: Window, title: str, alt: str) -> figures.Picture:
    """Return what lies in `window` of the risk surface, hot spots, wards, patrols and bases, as a PNG."""
    classes = shading(np.where(pack.study, pack.risk.to_numpy(np.float64), 0.0))
    west, south, east, north = window
    height = float(np.clip(7.4 * (north - south) / (east - west), 3.5, 8.0))
    with mpl.rc_context({"font.family": "DejaVu Sans", "font.size": 8, "text.parse_math": False}):
        figure = Figure(figsize=(7.4, height + 1.6), layout="constrained")
        FigureCanvasAgg(figure)
        axes, key = figure.subplots(2, 1, height_ratios=(height, 1.0))
        ground(axes, pack, classes, window)
        places(axes, pack, apart=_APART * (east - west))
        scale_and_north(axes, window)
        _legend(key, pack, classes)
        axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], aspect="equal")
        figures.label(figure, pack, f"{title}, {pack.force}")
        held = io.BytesIO()
        figure.savefig(held, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
    return figures.Picture(title, alt, "image/png", held.getvalue())


def ground(axes: Axes, pack: Pack, classes: Shading, window: Window) -> None:
    """Paint the risk over the ground of a window, with the wards' borders."""
    west, south, east, north = pack.grid.bounds
    colours = np.array([to_rgba(PAPER, 0), *(to_rgba(*pair) for pair in zip(SHADES, OPACITIES, strict=True))])
    cells = classes.number.reshape(pack.grid.rows, pack.grid.columns)
    axes.imshow(colours[cells], extent=(west, east, south, north), origin="lower", interpolation="nearest", zorder=1)
    features(axes, pack, window)
    borders(axes, pack.wards.geometry, max(east - west, north - south))


def places(axes: Axes, pack: Pack, *, apart: float) -> None:
    """Draw hot spots with their ranks, no two of these nearer than `apart` metres, patrols and bases."""
    outline_hotspots(axes, pack.hotspots, apart=apart)
    walked = _routes_drawn(pack)
    for dash, (_, routes) in zip(_cycle(len(walked)), walked.groupby("shift", sort=False), strict=False):
        lines = LineCollection(paths(routes.geometry), colors="#b3261e", linewidths=1.0, linestyles=dash, zorder=3)
        lines.set_path_effects(halo())
        axes.add_collection(lines)
    axes.plot([base.x for base in pack.bases], [base.y for base in pack.bases], "s", ms=5, mfc=PAPER, mec=INK, zorder=5)


def outline_hotspots(
    axes: Axes,
    hotspots: GeoDataFrame,
    *,
    width: float = 1.1,
    named: int = _NAMED_SPOTS,
    size: float | None = None,
    apart: float = 0.0,
) -> None:
    """
    Draw hot spots, the first `named` of them with their rank.

    Parameters
    ----------
    axes : map, in metres
    hotspots : in the order of their ranks
    width, size : of lines and of letters, points
    named : how many have their rank written on them
    apart : metres
        Nearer than that to a rank already written, none is: it would cover that one.
    """
    outlines = LineCollection(paths(hotspots.boundary), colors=INK, linewidths=width, zorder=4)
    outlines.set_path_effects(halo())
    axes.add_collection(outlines)
    middle = hotspots.geometry.representative_point()
    written: list[tuple[float, float]] = []
    for rank, x, y in zip(hotspots["rank"].iloc[:named], middle.x, middle.y, strict=False):
        if any(np.hypot(x - a, y - b) < apart for a, b in written):
            continue
        written.append((x, y))
        text = axes.annotate(
            str(rank), (x, y), ha="center", va="center", fontweight="bold", fontsize=size, zorder=6,
            annotation_clip=True,
        )  # fmt: skip
        text.set_path_effects(halo())


def scale_and_north(axes: Axes, window: Window) -> None:
    """Draw a scale bar and an arrow to the north."""
    west, south, east, _ = window
    metres = max((length for length in _ROUND_METRES if length <= (east - west) / 4), default=_ROUND_METRES[0])
    name = f"{metres // 1000} km" if metres >= 1000 else f"{metres} m"
    left, low = west + (east - west) * 0.03, south + (east - west) * 0.03
    axes.plot([left, left + metres], [low, low], color=INK, linewidth=2.5, solid_capstyle="butt", zorder=7)
    mark = axes.annotate(name, (left, low), xytext=(0, 4), textcoords="offset points", zorder=7)
    mark.set_path_effects(halo())
    arrow = {"arrowstyle": "-|>", "color": INK}
    axes.annotate("", (0.97, 0.98), (0.97, 0.92), xycoords="axes fraction", arrowprops=arrow, zorder=7)
    axes.annotate("N", (0.97, 0.9), xycoords="axes fraction", ha="center", va="center", fontweight="bold", zorder=7)


def _legend(key: Axes, pack: Pack, classes: Shading) -> None:
    shades = [
        Patch(
            facecolor=to_rgba(SHADES[name - 1], OPACITIES[name - 1]),
            label=f"{words.number(classes.low[name])} or more",
        )
        for name in sorted(classes.low, reverse=True)
    ]
    marks = [
        Line2D([], [], color=INK, linewidth=1.1, label="Hot spot, by rank"),
        Line2D([], [], color=LINE, linewidth=0.6, label="Ward"),
        Line2D([], [], marker="s", linestyle="none", ms=5, mfc=PAPER, mec=INK, label="Base"),
    ]
    shifts = dict.fromkeys(_routes_drawn(pack)["shift"].astype(str))
    for dash, shift in zip(_cycle(len(shifts)), shifts, strict=True):
        marks.append(Line2D([], [], color="#b3261e", linestyle=dash, label=figures.drawable(f"CSO patrols, {shift}")))
    title = (
        f"Expected {pack.rank_by} a week in one cell; each shade holds about {words.percent(SHARE_OF_A_SHADE)} of it"
    )
    key.axis("off")
    key.legend(
        handles=[*shades, *marks], loc="upper left", ncols=3, frameon=False, title=title, alignment="left",
        fontsize=7.5, title_fontsize=8, borderaxespad=0,
    )  # fmt: skip


def _routes_drawn(pack: Pack) -> GeoDataFrame:
    """Return the patrols that the map shows: all of them, or none where they would hide everything else."""
    return pack.routes if len(pack.routes) <= _MOST_PATROLS else pack.routes.iloc[:0]


def halo() -> list[patheffects.AbstractPathEffect]:
    """Return a white rim about what is drawn, so that it shows on every shade."""
    return [patheffects.withStroke(linewidth=2.6, foreground=PAPER)]


def _cycle(count: int) -> list[_Dash]:
    return [_DASHES[number % len(_DASHES)] for number in range(count)]
