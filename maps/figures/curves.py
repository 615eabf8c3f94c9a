"""Still figures of a study that are no maps: the week, the order, the curve of concentration, the bandwidth."""

from typing import Final

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from maps import words
from maps.figures import base as figures
from maps.figures.base import SETTINGS, Picture
from maps.findings import Findings
from maps.pack.insight import Insight
from maps.study.study import Smoothing
from maps.style import DARK, INK, LINE, PALE

DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_WEEKS: Final = 6  # hot spots whose week is drawn
MOST_RANKS: Final = 25
_HALF: Final = 0.5


def weeks(found: Findings) -> Picture | None:
    """Return the 168 hours of the first hot spots as maps of day and hour, or None where the dates do not bear it."""
    insight = found.insight
    if insight is None or insight.week is None or insight.week.profiles.empty:
        return None
    profiles = insight.week.profiles.iloc[:MOST_WEEKS]
    names = dict(zip(found.hotspots["hotspot_id"], found.hotspots["name"], strict=True))
    title = "When in the week: crimes by hour, the first hot spots"
    rows = -(-len(profiles) // 2)
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 1.75 * rows + 1.0), layout="constrained")
        panels = list(np.ravel(figure.subplots(rows, 2, squeeze=False)))
        for axes in panels[len(profiles) :]:
            axes.set_visible(False)
        for axes, (spot, hours) in zip(panels, profiles.iterrows(), strict=False):
            week = hours.to_numpy(dtype=np.float64).reshape(7, 24)
            axes.imshow(week, cmap="cividis_r", aspect="auto", vmin=0.0, vmax=max(float(week.max()), 1e-9))
            axes.set_yticks(range(7), DAYS, fontsize=7.5)
            axes.set_xticks(np.arange(0, 24, 3) - _HALF, [f"{hour:02d}" for hour in range(0, 24, 3)], fontsize=7.5)
            name = figures.drawable(f"{spot} {names.get(str(spot), '')}", 34)
            axes.set_title(f"{name}: {words.count(round(float(week.sum())), 'crime')}", loc="left", fontsize=8.5)
        figure.supylabel("")
        return figures.finish(figure, found, title, None, _weeks_in_words(insight), raster=True)


def ranks(found: Findings, *, raster: bool = False) -> Picture | None:
    """Return the rank of each hot spot with its interval, or None where there are too few periods."""
    held = found.hotspots.dropna(subset=["rank_low"]).iloc[:MOST_RANKS]
    if held.empty:
        return None
    title = "How sure the order is: ranks and their 90 % intervals"
    at = np.arange(len(held))
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 1.3 + 0.22 * len(held)), layout="constrained")
        axes = figure.subplots()
        axes.hlines(at, held["rank_low"], held["rank_high"], color=PALE, linewidth=6)
        axes.plot(held["rank"], at, "o", color=DARK, markersize=5)
        names = (held["hotspot_id"] + " " + held["name"]).tolist()
        axes.set_yticks(at, [figures.drawable(name, 36) for name in names], fontsize=8)
        axes.invert_yaxis()
        axes.set_xlabel("rank; the bar holds nine in ten of the ranks found when periods are drawn again")
        figures.plain_axis(axes.xaxis)
        low, high = held["rank_low"].iloc[0], held["rank_high"].iloc[0]
        alt = f"The first of {len(held)} hot spots lies between rank {low:.0f} and {high:.0f}."
        return figures.finish(figure, found, title, None, alt, raster=raster)


def concentration(found: Findings, insight: Insight, *, raster: bool = False) -> Picture | None:
    """Return the Lorenz curve of the cells, or None where there is no crime."""
    curve = insight.curve
    if curve.empty or curve["held"].isna().any():
        return None
    title = "How far crime gathers in few places"
    places, held = curve["places"].to_numpy(), curve["held"].to_numpy()
    half = insight.half
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 4.2), layout="constrained")
        axes = figure.subplots()
        axes.plot(100 * places, 100 * held, color=DARK, linewidth=2.2)
        axes.plot([0, 100], [0, 100], color=LINE, linewidth=1.0, linestyle="--")
        axes.plot([100 * half, 100 * half, 0], [0, 50, 50], color=INK, linewidth=0.8, linestyle=":")
        said = f"half of the crime lies in {words.percent(half)} of the cells"
        axes.annotate(said, (100 * half, 50), xytext=(10, -4), textcoords="offset points", fontweight="bold")
        axes.annotate("if all cells held alike", (62, 60), color=LINE, ha="left", va="top")
        axes.set(xlim=(0, 100), ylim=(0, 100), xlabel="% of the cells, those with most crime first",
                 ylabel="% of the crime")  # fmt: skip
        return figures.finish(figure, found, title, None, words.sentence(said), raster=raster)


def bandwidths(found: Findings, smoothing: Smoothing) -> Picture | None:
    """Return the score of every bandwidth tried, or None where none were compared."""
    curve = smoothing.curve
    if curve is None or not np.isfinite(curve["score"]).any():
        return None
    title = "Which bandwidth does best"
    scale = 100.0 if "as_good" in curve else 1.0
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(curve["bandwidth"], scale * curve["score"], "-", color=LINE, linewidth=1.2)
        good = curve["as_good"] if "as_good" in curve else curve["bandwidth"] == smoothing.metres
        axes.plot(curve["bandwidth"][good], scale * curve["score"][good], "o", color=DARK)
        axes.plot(curve["bandwidth"][~good], scale * curve["score"][~good], "o", color=DARK, markerfacecolor="white")
        axes.axvline(smoothing.metres, color=INK, linewidth=1.0, linestyle="--")
        axes.set_xlabel("bandwidth in metres; filled: as good as the best")
        axes.set_ylabel(f"{'% ' if scale > 1 else ''}{smoothing.score}")
        figures.plain_axis(axes.xaxis)
        return figures.finish(figure, found, title, None, words.sentence(smoothing.sentence))


def _weeks_in_words(insight: Insight) -> str:
    week = insight.week
    if week is None:
        return ""
    said = []
    for spot, hours in week.profiles.iloc[:MOST_WEEKS].iterrows():
        if hours.sum() > 0:
            day, hour = divmod(int(hours.to_numpy().argmax()), 24)
            said.append(f"{spot} most on {DAYS[day]} at {hour:02d}:00")
    return words.sentence("; ".join(said) or "No crime in any hour")
