"""One hot spot in one picture: where it lies, how it went from period to period, and when in the week."""

from collections.abc import Callable
from functools import partial
from itertools import zip_longest
from typing import Any, Final

import numpy as np
from geopandas import GeoSeries
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import SubFigure

from maps import words
from maps.figures.base import Picture, drawable, plain_axis
from maps.figures.curves import DAYS
from maps.figures.laid import Window, borders, features, longest_streets, paths
from maps.figures.printed_map import halo, scale_and_north
from maps.pack import Pack
from maps.style import CHOSEN, DARK, INK, LINE
from maps.tasking.dates import tick
from maps.wall.frame import frame

_LEAST_METRES: Final = 700.0
_EDGES: Final = {"left": 0.02, "right": 0.98, "bottom": 0.1, "top": 0.94}
_LABELS: Final = 5
_STREETS: Final = 9  # named


def place_picture(pack: Pack, spot: dict[str, Any]) -> Picture:
    """
    Return the picture of one hot spot.

    Parameters
    ----------
    pack : one run's findings
    spot : a row of its hot spots
    """
    title = f"{spot['hotspot_id']} {spot['name']}: {words.count(spot['crimes'], 'crime')} recorded"
    counts, week = by_period(pack, spot["hotspot_id"]), by_hour(pack, spot["hotspot_id"])

    charts: list[Callable[[Axes], None]] = []
    if counts is not None:
        charts.append(partial(_bars, periods=counts[0], counts=counts[1]))
    if week is not None:
        charts.append(partial(_hours, week=week))

    def draw(part: SubFigure) -> None:
        parts: Any = part.subfigures(1, 2, width_ratios=(1.0, 1.15))
        left, right = parts
        _map(left.subplots(gridspec_kw=_EDGES), pack, spot)
        rows = right.subplots(
            max(1, len(charts)), 1, squeeze=False, gridspec_kw=_EDGES | {"left": 0.14, "hspace": 0.42}
        )
        for axes, chart in zip_longest(np.ravel(rows), charts):
            axes.set_visible(chart is not None)
            if chart is not None:
                chart(axes)

    alt = words.sentence(f"{title}. {_told(counts)}")
    still = frame(pack, f"place-{spot['hotspot_id']}", title, alt, draw, number=float(spot["crimes"]))
    return Picture(still.title, still.alt, "image/png", still.png)


def by_period(pack: Pack, spot: str) -> tuple[list[str], list[float]] | None:
    """Return the periods and the crimes of one hot spot in each, or None where they were not counted."""
    table = None if pack.insight is None else pack.insight.spots_by_period
    if table is None or spot not in table.index:
        return None
    return [str(period) for period in table.columns], np.asarray(table.loc[spot], dtype=np.float64).tolist()


def by_hour(pack: Pack, spot: str) -> np.ndarray | None:
    """Return the crimes of one hot spot by day and hour, or None where the times do not bear it."""
    week = None if pack.insight is None else pack.insight.week
    if week is None or spot not in week.profiles.index:
        return None
    held = week.profiles.loc[spot].to_numpy(dtype=np.float64).reshape(7, 24)
    return held if held.sum() > 0 else None


def _map(axes: Axes, pack: Pack, spot: dict[str, Any]) -> None:
    window = west, south, east, north = _window(spot)
    features(axes, pack, window)
    borders(axes, pack.wards.geometry, east - west)
    others = pack.hotspots[pack.hotspots["hotspot_id"] != spot["hotspot_id"]]
    axes.add_collection(LineCollection(paths(others.boundary), colors=LINE, linewidths=1.2, zorder=3))
    here = paths(GeoSeries([spot["geometry"]]).explode().exterior)
    axes.add_collection(PolyCollection(here, facecolors=[(CHOSEN, 0.35)], edgecolors=INK, linewidths=2.6, zorder=4))
    for street in longest_streets(pack, window, _STREETS).itertuples(index=False):
        _name(axes, str(street.name), street.geometry)
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], aspect="equal")
    scale_and_north(axes, window)


def _name(axes: Axes, name: str, line: Any) -> None:
    """Write a street's name along its middle, upright."""
    middle = line.interpolate(0.5, normalized=True)
    (x1, y1), (x2, y2) = (line.interpolate(share, normalized=True).coords[0] for share in (0.4, 0.6))
    turn = (np.degrees(np.arctan2(y2 - y1, x2 - x1)) + 90) % 180 - 90
    text = axes.text(
        middle.x, middle.y, drawable(name), rotation=turn, rotation_mode="anchor", ha="center", va="center",
        fontsize=11, color=INK, zorder=5, clip_on=True,
    )  # fmt: skip
    text.set_path_effects(halo())


def _window(spot: dict[str, Any]) -> Window:
    west, south, east, north = spot["geometry"].bounds
    half = max(_LEAST_METRES, 1.6 * (east - west), 1.6 * (north - south)) / 2
    x, y = (west + east) / 2, (south + north) / 2
    return (x - half, y - half, x + half, y + half)


def _bars(axes: Axes, periods: list[str], counts: list[float]) -> None:
    axes.bar(range(len(counts)), counts, color=DARK)
    step = max(1, -(-len(periods) // _LABELS))
    shown = range((len(periods) - 1) % step, len(periods), step)
    axes.set_xticks(list(shown), [tick(periods[at]) for at in shown], fontsize=12)
    axes.set_title("Crimes recorded, period by period", loc="left", fontweight="bold")
    axes.set_ylim(bottom=0)
    plain_axis(axes.yaxis)


def _hours(axes: Axes, week: np.ndarray) -> None:
    axes.imshow(week, cmap="cividis_r", aspect="auto", vmin=0.0)
    axes.set_yticks(range(7), DAYS, fontsize=12)
    axes.set_xticks(np.arange(0, 24, 3) - 0.5, [f"{hour:02d}" for hour in range(0, 24, 3)], fontsize=12)
    axes.set_title("When in the week: the darker, the more crime", loc="left", fontweight="bold", color=INK)


def _told(counts: tuple[list[str], list[float]] | None) -> str:
    if counts is None or not counts[0]:
        return "How it went from period to period is not known"
    periods, held = counts
    least, most, last = (words.number(each, 0) for each in (min(held), max(held), held[-1]))
    return f"From {least} to {most} a period; {last} in {periods[-1]}"
