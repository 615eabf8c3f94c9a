"""Figures for the wall that are maps: hot spots, what changed, and who goes where."""

import textwrap
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from allocation.compare import THIS_PLAN
from maps import words
from maps.figures.base import drawable, plain_axis
from maps.figures.laid import Window, borders, features
from maps.figures.printed_map import closer_window, outline_hotspots, scale_and_north, widened
from maps.pack import Change, Pack
from maps.report.summary import share_inside
from maps.style import CHANGES, DARK, INK, LINE, OPACITIES, PALE, PAPER, SHADES, SHARE_OF_A_SHADE, shading
from maps.wall.frame import Still, frame

_NAMED, _OUTLINE, _RANK = 20, 1.8, 17.0  # hot spots with their rank; points of outlines, and of ranks
_APART: Final = 0.025  # of the width, between two ranks
_MOST_WARDS: Final = 14
_CLEAR: Final = 0.1  # of the greatest change: below it a cell is not painted


def hot_spots(pack: Pack) -> Still | None:
    """Return the risk with the hot spots by rank, or None where there is no hot spot."""
    if pack.hotspots.empty:
        return None
    what = words.what_gathers(pack.rank_by)
    title = (
        f"{words.count(len(pack.hotspots), 'hot spot')} on {words.percent(pack.area_share)} of the area: we expect "
        f"{words.percent(share_inside(pack))} of the week's {what} in them, if the forecast holds"
    )
    first = pack.hotspots.sort_values("rank", kind="stable").head(3)
    alt = f"{title}. The first are {words.listing(first['name'].astype(str))}."

    def draw(part: SubFigure) -> None:
        axes, key = _map_and_side(part)
        classes = shading(np.where(pack.study, pack.risk.to_numpy(np.float64), 0.0))
        used = sorted(classes.low)
        _paint(axes, pack, classes.number, dict(zip(range(1, 6), zip(SHADES, OPACITIES, strict=True), strict=True)))
        window = _borders(axes, pack, closer_window(pack.hotspots, pack.grid) or pack.grid.bounds)
        apart = _APART * (window[2] - window[0])
        outline_hotspots(axes, pack.hotspots, width=_OUTLINE, named=_NAMED, size=_RANK, apart=apart)
        shades = [
            Patch(facecolor=(SHADES[at - 1], OPACITIES[at - 1]), label=f"{words.number(classes.low[at])} or more")
            for at in reversed(used)
        ]
        outline = Line2D([], [], color=INK, linewidth=2.2, label="Hot spot, by rank")
        note = f"Expected {pack.rank_by} a week\nin one cell; each shade\nholds about {words.percent(SHARE_OF_A_SHADE)}"
        _key(key, [*shades, outline], note)

    return frame(pack, "hot-spots", title, alt, draw, number=float(pack.monthly["crimes"].sum()))


def change(pack: Pack) -> Still | None:
    """Return where crime rose and fell, and the wards with their intervals, or None without an earlier time."""
    found = pack.change
    if found is None:
        return None
    title = _changed(found)
    values = np.where(pack.study, found.cells.to_numpy(np.float64), 0.0)
    most = float(np.abs(values).max(initial=0.0))
    steps = np.array([-0.5, -_CLEAR, _CLEAR, 0.5]) * most

    def draw(part: SubFigure) -> None:
        left, right = part.subplots(1, 2, width_ratios=(1.25, 1), gridspec_kw=_EDGES | {"wspace": 0.34})
        number = np.array([1, 2, 0, 3, 4])[np.searchsorted(steps, values)] if most > 0 else np.zeros(len(values), int)
        looks = dict(zip(range(1, 5), ((ink, 0.9) for ink in CHANGES), strict=True))
        _paint(left, pack, number, looks)
        outline_hotspots(left, pack.hotspots, width=_OUTLINE, named=0)
        _borders(left, pack, closer_window(pack.hotspots, pack.grid) or pack.grid.bounds)
        names = ("\N{MINUS SIGN}\N{MINUS SIGN} fell most", "\N{MINUS SIGN} fell", "+ rose", "++ rose most")
        keys = [Patch(facecolor=ink, label=name) for ink, name in zip(CHANGES, names, strict=True)]
        left.legend(handles=keys, loc="lower center", bbox_to_anchor=(0.5, -0.1), ncols=4, frameon=False, fontsize=13)
        _ward_changes(right, found.wards)

    alt = f"{found.sentence} Bars are 90 % intervals. {found.note}"
    return frame(pack, "change", title, alt, draw, number=_crimes(found.total))


def _changed(found: Change) -> str:
    """Return the change of all crime, short enough for a title."""
    total = found.total.iloc[0]
    start = f"{words.number(total['after'])} crimes a week against {words.number(total['before'])} before"
    if pd.isna(total["ratio"]):
        return f"{start}: {total['verdict']}"
    low, high = (words.gain(float(total[name]) - 1) for name in ("low", "high"))
    return f"{start}: {words.gain(float(total['ratio']) - 1)} (90 % interval {low} to {high}), {total['verdict']}"


def allocation(pack: Pack) -> Still | None:
    """Return the officers of each ward, and this plan beside simple ones, or None where nobody is placed."""
    table = pack.staffing.table.assign(officers=lambda held: held["constables"] + held["csos"])
    if table["officers"].sum() == 0:
        return None
    constables, csos = int(table["constables"].sum()), int(table["csos"].sum())
    title = (
        f"{words.count(constables, 'constable')} and {words.count(csos, 'CSO')} for {words.count(len(table), 'ward')}; "
        f"{_beside(pack)}"
    )
    most = table.sort_values(["officers", "ward"], ascending=[False, True], kind="stable").head(_MOST_WARDS)
    said = words.listing(f"{row.name} {row.officers}" for row in most.head(5).itertuples(index=False))

    def draw(part: SubFigure) -> None:
        left, right = part.subplots(1, 2, gridspec_kw=_EDGES | {"wspace": 0.75, "left": 0.17})
        at = np.arange(len(most))
        left.barh(at, most["constables"], color=DARK, label="Constables", height=0.66)
        left.barh(at, most["csos"], left=most["constables"], color=PALE, edgecolor=DARK, hatch="//", label="CSOs",
                  height=0.66)  # fmt: skip
        left.set_yticks(at, [drawable(name, 24) for name in most["name"]])
        left.invert_yaxis()
        left.set_title("Officers, the wards with most", loc="left", fontweight="bold")
        left.legend(loc="lower right", frameon=False)
        plain_axis(left.xaxis)
        _plans(right, pack)

    return frame(pack, "allocation", title, words.sentence(f"{title}; most in {said}"), draw)


def _beside(pack: Pack) -> str:
    if pack.outturn is not None:
        shares = pack.outturn.summary.set_index("plan")["share"]
        of = words.percent(float(shares.get(THIS_PLAN, float("nan"))))
        return f"in months held back, such teams met {of} of the harm that perfect foresight would have met"
    shares = pack.staffing.alternatives.set_index("plan")["share_of_best"].astype(float)
    return f"even shares would expose {words.percent(shares.get('equal split', float('nan')))} as much harm to patrol"


def _plans(axes: Axes, pack: Pack) -> None:
    table = pack.staffing.alternatives
    at = np.arange(len(table))
    share = 100 * table["share_of_best"].astype(float).fillna(0).to_numpy()
    inks = [DARK if plan == THIS_PLAN else PALE for plan in table["plan"]]
    axes.barh(at, share, color=inks, edgecolor=DARK, height=0.62)
    for row, value in zip(at, share, strict=True):
        axes.annotate(
            words.percent(float(value) / 100), (value, row), xytext=(5, 0), textcoords="offset points", va="center"
        )
    axes.set_yticks(at, [textwrap.fill(drawable(plan), 22) for plan in table["plan"]])
    axes.invert_yaxis()
    axes.set(xlim=(0, 118), xlabel="Harm exposed to patrol, % of the best")
    axes.set_title("This plan beside simple ones", loc="left", fontweight="bold")


_EDGES: Final = {"left": 0.03, "right": 0.97, "bottom": 0.12, "top": 0.93}


def _map_and_side(part: SubFigure) -> tuple[Axes, Axes]:
    left, right = part.subplots(1, 2, width_ratios=(4.2, 1), gridspec_kw=_EDGES | {"wspace": 0.02, "bottom": 0.02})
    return left, right


def _paint(axes: Axes, pack: Pack, number: np.ndarray, looks: dict[int, tuple[str, float]]) -> None:
    west, south, east, north = pack.grid.bounds
    held = np.ma.masked_equal(number.reshape(pack.grid.rows, pack.grid.columns), 0)
    colours = ListedColormap([look for _, look in sorted(looks.items())])
    axes.imshow(held, extent=(west, east, south, north), origin="lower", interpolation="nearest", cmap=colours,
                vmin=0.5, vmax=len(looks) + 0.5, zorder=1)  # fmt: skip


def _borders(axes: Axes, pack: Pack, window: Window) -> Window:
    """Draw the ground, the wards, a scale and the north, and return `window`, widened to fill the sheet and shown."""
    west, south, east, north = window = widened(window, axes.bbox.width / axes.bbox.height)
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], aspect="equal")
    for side in axes.spines.values():
        side.set_visible(False)
    features(axes, pack, window)
    borders(axes, pack.wards.geometry, max(east - west, north - south), width=0.9)
    scale_and_north(axes, window)
    return window


def _key(axes: Axes, handles: list[Patch | Line2D], title: str) -> None:
    axes.axis("off")
    axes.legend(handles=handles, loc="center left", frameon=False, title=title, alignment="left", labelspacing=0.8,
                fontsize=15, title_fontsize=14, facecolor=PAPER)  # fmt: skip


def _ward_changes(axes: Axes, wards: pd.DataFrame) -> None:
    """Draw the ratio of the wards that changed most clearly, each with its interval."""
    known = wards.dropna(subset=["ratio"]).loc[lambda held: held["high"].lt(np.inf) & held["ratio"].gt(0)]
    held = known.sort_values(["p", "code"], kind="stable").head(_MOST_WARDS).sort_values("ratio", kind="stable")
    at = np.arange(len(held))
    axes.axvline(1.0, color=LINE, linewidth=1.2)
    axes.hlines(at, held["low"].clip(lower=0.05), held["high"], color=PALE, linewidth=7)
    marks = {"rose": ("^", CHANGES[-1]), "fell": ("v", CHANGES[0])}
    for row, (ratio, verdict) in enumerate(zip(held["ratio"], held["verdict"], strict=True)):
        mark, ink = marks.get(str(verdict), ("o", LINE))
        axes.plot([ratio], [row], mark, color=ink, markersize=11)
    axes.set_yticks(at, [drawable(name, 24) for name in held["name"]])
    axes.set_xscale("log")
    ticks = [tick for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10) if held.empty or held["low"].min() / 2 < tick
             < held["high"].max() * 2]  # fmt: skip
    axes.set_xticks(ticks, [f"\N{MULTIPLICATION SIGN}{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlabel("The bar is the 90 % interval")
    axes.set_title("Wards: after, as a multiple of before", loc="left", fontweight="bold")


def _crimes(total: pd.DataFrame) -> float:
    return float(total[["crimes_before", "crimes_after"]].to_numpy().sum())
