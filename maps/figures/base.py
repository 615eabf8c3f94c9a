"""Still figures for the page and the printer: title, period, number, source, marking and run in words on each."""

import io
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from allocation.compare import THIS_PLAN
from maps import words
from maps.findings import Findings
from maps.pack import Pack
from maps.style import DARK, INK, LINE, PALE

SETTINGS: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "svg.hashsalt": "beatplan",
    "svg.fonttype": "path",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": LINE,
    "hatch.linewidth": 0.6,
}
_LETTERS_ON_AXIS: Final = 84
DOTS_PER_INCH: Final = 150


@dataclass(frozen=True)
class Picture:
    """
    One figure, ready to be put on a page.

    Parameters
    ----------
    title : what it shows, as drawn on it
    alt : what it says, for whoever cannot see it
    media : "image/svg+xml" or "image/png"
    data : the file
    """

    title: str
    alt: str
    media: str
    data: bytes

    @property
    def uri(self) -> str:
        """The file as a data address, which needs no request."""
        return f"data:{self.media};base64,{b64encode(self.data).decode('ascii')}"


def trend(pack: Pack, *, raster: bool = False) -> Picture:
    """Return recorded crimes and harm by period, with the average of the periods before the newest."""
    monthly = pack.monthly
    unit = "month" if all(len(str(period)) == 7 for period in monthly["period"]) else "week"
    title = f"Recorded crime and harm by {unit}"
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 4.6), layout="constrained")
        for axes, column in zip(figure.subplots(2, 1, sharex=True), ("crimes", "harm"), strict=True):
            _bars_over_time(axes, monthly["period"].astype(str).tolist(), monthly[column].to_numpy(float), column)
        return finish(figure, pack, title, int(monthly["crimes"].sum()), _trend_in_words(monthly, unit), raster=raster)


def skill(pack: Pack, *, raster: bool = False) -> Picture:
    """Return each method's hit rate and prediction accuracy index with their 90 % intervals."""
    summary = pack.backtest.summary
    title = "How well each forecast would have done"
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 1.6 + 0.34 * max(1, len(summary))), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        _whiskers(left, summary, "hit_rate", pack.backtest.best, 100.0)
        left.set_xlabel("Hit rate, % of crimes inside, 90 % interval")
        _whiskers(right, summary, "pai", pack.backtest.best, 1.0)
        right.set_xlabel("Prediction accuracy index, 90 % interval")
        left.set_yticks(range(len(summary)), [drawable(method) for method in summary["method"]])
        left.invert_yaxis()
        return finish(figure, pack, title, None, _skill_in_words(summary), raster=raster)


def comparison(pack: Pack, *, raster: bool = False) -> Picture:
    """Return the harm exposed to patrol under this plan and under the simple rules, for teams and for patrols."""
    title = "Harm exposed to patrol: this plan beside simple rules"
    plans = {"Teams by ward": pack.staffing.alternatives, "CSO patrols": pack.schedule.alternatives}
    with mpl.rc_context(SETTINGS):
        most = max(1, *(len(table) for table in plans.values()))
        figure = Figure(figsize=(9, 1.5 + 0.36 * most), layout="constrained")
        for axes, (name, table) in zip(figure.subplots(1, 2), plans.items(), strict=True):
            _share_bars(axes, name, table)
        alt = " ".join(f"{name}: {_shares_in_words(table)}" for name, table in plans.items())
        return finish(figure, pack, title, None, alt, raster=raster)


def _bars_over_time(axes: Axes, labels: Sequence[str], values: Any, name: str) -> None:
    bars = [[(at - 0.4, 0), (at - 0.4, value), (at + 0.4, value), (at + 0.4, 0)] for at, value in enumerate(values)]
    axes.add_collection(PolyCollection(bars, facecolors=DARK))  # one artist: a hundred bars of their own take a second
    axes.set(xlim=(-0.7, max(len(values), 6) - 0.3), ylim=(0, 1.08 * max([1.0, *values])))
    if len(values) > 1:
        average = float(values[:-1].mean())
        axes.axhline(average, color="white", linewidth=3)  # so that the dashes show on the bars too
        axes.axhline(average, color=INK, linestyle="--", linewidth=1.2)
        axes.set_title(f"- - average before the newest: {words.number(average)}", loc="right", fontsize=8)
    step = max(1, -(-len(labels) * max(map(len, labels), default=1) // _LETTERS_ON_AXIS))
    shown = range((len(labels) - 1) % step, len(labels), step) if labels else range(0)
    axes.set_xticks(list(shown), [drawable(labels[at]) for at in shown])
    axes.set_ylabel(name.capitalize())
    plain_axis(axes.yaxis)


def _whiskers(axes: Axes, summary: pd.DataFrame, column: str, best: str, scale: float) -> None:
    for row, record in enumerate(summary.to_dict("records")):
        middle, low, high = (scale * float(record[name]) for name in (column, f"{column}_low", f"{column}_high"))
        colour, face = (DARK, DARK) if record["method"] == best else (LINE, "white")
        axes.plot([low, high], [row, row], color=colour, linewidth=2, solid_capstyle="butt")
        axes.plot([middle], [row], marker="o", markersize=7, markeredgecolor=colour, markerfacecolor=face)
        if np.isfinite(middle):
            axes.annotate(words.number(middle), (middle, row), xytext=(0, 7), textcoords="offset points", ha="center")
    axes.set_xlim(left=0)
    axes.margins(x=0.08, y=0.35)
    axes.grid(axis="x", color="#e3e3e0", linewidth=0.6)
    axes.set_axisbelow(True)
    plain_axis(axes.xaxis)


def _share_bars(axes: Axes, name: str, table: pd.DataFrame) -> None:
    for row, (plan, share) in enumerate(zip(table["plan"].astype(str), table["share_of_best"], strict=True)):
        ours, length = plan == THIS_PLAN, 100 * float(np.nan_to_num(share))
        axes.barh(row, length, color=DARK if ours else PALE, edgecolor=DARK, hatch=None if ours else "//", height=0.62)
        label = words.percent(float(share))
        axes.annotate(label, (length, row), xytext=(3, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(table)), [drawable(plan) for plan in table["plan"]])
    axes.set_ylim(max(len(table), 1) - 0.4, -0.6)
    axes.set_xlim(0, 118)
    axes.set_xlabel("% of the best of these plans")
    axes.set_title(name, loc="left", fontsize=9, fontweight="bold")


def plain_axis(axis: Any) -> None:
    """Give an axis five round numbers at most, thousands separated."""
    axis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=2))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))


def _trend_in_words(monthly: pd.DataFrame, unit: str) -> str:
    if monthly.empty:
        return "No period was analysed."
    newest = monthly.iloc[-1]
    return (
        f"Bars by {unit}, {words.count(len(monthly), unit)}. "
        f"Crimes range from {words.number(monthly['crimes'].min(), 0)} to {words.number(monthly['crimes'].max(), 0)}; "
        f"the newest, {newest['period']}, has {words.number(newest['crimes'], 0)}."
    )


def _skill_in_words(summary: pd.DataFrame) -> str:
    rows = summary.to_dict("records")
    said = (
        f"{row['method']}: hit rate "
        f"{words.percent_with_interval(row['hit_rate'], row['hit_rate_low'], row['hit_rate_high'])}, "
        f"index {words.with_interval(row['pai'], row['pai_low'], row['pai_high'])}."
        for row in rows
    )
    return " ".join(said) or "No method was scored."


def _shares_in_words(table: pd.DataFrame) -> str:
    pairs = zip(table["plan"], table["share_of_best"], strict=True)
    return words.sentence(words.listing(f"{plan} {words.percent(share)}" for plan, share in pairs) or "no plan")


def finish(
    figure: Figure, found: Findings, title: str, number: int | None, alt: str, *, raster: bool = False
) -> Picture:
    """Return `figure` with its title and what it rests on, as SVG, or as PNG where it shows many cells."""
    label(figure, found, f"{title}, {found.force}", number)
    FigureCanvasAgg(figure)
    held = io.BytesIO()
    if raster:
        figure.savefig(held, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
        return Picture(title, words.printable(alt), "image/png", held.getvalue())
    figure.savefig(held, format="svg", metadata={"Date": None, "Creator": None})
    return Picture(title, words.printable(alt), "image/svg+xml", held.getvalue())


def label(figure: Figure, found: Findings, title: str, number: int | None = None) -> None:
    """Write the title above `figure`, and period, number of crimes, source, marking and run below it."""
    figure.suptitle(drawable(title, 90), x=0.01, ha="left", fontsize=11, fontweight="bold")
    figure.supxlabel(drawable(rests_on(found, number), 150), x=0.01, ha="left", fontsize=7.5, color=INK)


def rests_on(found: Findings, number: float | None = None) -> str:
    """Return what a figure rests on: period, number of crimes where it shows crimes, source, marking and run."""
    counted = "" if number is None else f" n = {number:,.0f} crimes."
    source = words.listing(dict.fromkeys(found.sources["kind"].astype(str)), most=3)
    return f"{found.period}.{counted} Source: {source}. {found.marking}. Run {found.run_id}."


def drawable(text: object, most: int = 40) -> str:
    """Return `text` on one line, at most `most` characters, each of which the figures' typeface has."""
    held = words.shortened(words.printable(text), most)
    return "".join(letter if ord(letter) in _glyphs() else "\N{REPLACEMENT CHARACTER}" for letter in held)


@cache
def _glyphs() -> frozenset[int]:
    held = [
        frozenset(font_manager.get_font(font_manager.findfont(f"DejaVu Sans:weight={weight}")).get_charmap())
        for weight in ("normal", "bold")
    ]
    return held[0] & held[1]
