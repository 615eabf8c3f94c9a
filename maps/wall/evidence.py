"""Figures for the wall about how far to trust what is said: near repeats, the forecast's record, concentration."""

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from maps import words
from maps.figures.base import drawable
from maps.pack import Pack
from maps.style import DARK, INK, LINE, PALE
from maps.wall.frame import Still, frame

_EDGES: Final = {"left": 0.08, "right": 0.97, "bottom": 0.13, "top": 0.95}
_A_METRE: Final = 1.0  # nearer than that is the same place
_ALMOST_ALL: Final = 0.98
_DASHES: Final = ("-", "--", ":", "-.")


def near_repeat(pack: Pack) -> Still | None:
    """Return how many times chance's pairs come near in space and time, or None where that cannot be told."""
    bands = None if pack.suffering is None else pack.suffering.bands
    if pack.suffering is None or bands is None or bands.empty:
        return None
    offence = _clearest(bands)
    held = bands[bands["offence"] == offence]
    title = _nearest(held, offence)

    def draw(part: SubFigure) -> None:
        axes = part.subplots(gridspec_kw=_EDGES | {"left": 0.12, "right": 1.0})
        ratio, more = (_matrix(held, column) for column in ("ratio", "more"))
        image = axes.imshow(ratio.astype(float), cmap="cividis_r", aspect="auto", vmin=0, vmax=max(2, ratio.max()))
        for (row, column), value in np.ndenumerate(ratio):
            _cell(axes, row, column, float(value), bool(more[row, column]), top=max(2.0, float(ratio.max())))
        axes.set_xticks(range(ratio.shape[1]), _bands(held, "time"), fontsize=13)
        axes.set_yticks(range(ratio.shape[0]), _bands(held, "space"), fontsize=13)
        axes.set(xlabel="Days apart", ylabel="Metres apart")
        part.colorbar(image, ax=axes, label="Times as many pairs as by chance", pad=0.02)

    return frame(pack, "near-repeat", title, f"{title}. {pack.suffering.bands_note}", draw)


def hit_rate(pack: Pack) -> Still | None:
    """Return the share of crime caught by the share of the area flagged, or None where no forecast was scored."""
    curve = None if pack.insight is None else pack.insight.hits
    if curve is None or curve.empty:
        return None
    title = _record(pack)
    methods = list(dict.fromkeys(curve["method"]))
    what = words.what_gathers(pack.rank_by)

    def draw(part: SubFigure) -> None:
        axes = part.subplots(gridspec_kw=_EDGES)
        for number, method in enumerate(methods):
            held, ours = curve[curve["method"] == method], method == pack.backtest.best
            axes.plot(100 * held["share"], 100 * held["hit_rate"], color=DARK if ours else LINE, label=drawable(method),
                      linewidth=3.5 if ours else 2, linestyle="-" if ours else _DASHES[1 + number % 3])  # fmt: skip
            if ours:
                axes.fill_between(100 * held["share"], 100 * held["low"], 100 * held["high"], color=DARK, alpha=0.12)
        axes.axvline(100 * pack.backtest.share, color=INK, linewidth=1, linestyle=":")
        axes.annotate(f"{words.percent(pack.backtest.share)} of the area", (100 * pack.backtest.share, 1),
                      xycoords=axes.get_xaxis_transform(), xytext=(0, 4), textcoords="offset points",
                      ha="center")  # fmt: skip
        axes.set(xlabel="% of the area flagged", ylabel=f"% of the {what} that came inside")
        axes.set(xlim=(0, 100 * _enough(curve["share"], curve["hit_rate"])), ylim=(0, None))
        axes.legend(loc="lower right", frameon=False, title="Forecast, with 90 % interval")

    return frame(pack, "hit-rate", title, pack.backtest.sentence, draw)


def lorenz(pack: Pack) -> Still | None:
    """Return how few of the places hold how much of the crime, or None where there is none."""
    if pack.insight is None:
        return None
    curve = pack.insight.curve
    if curve.empty or curve["held"].isna().any():
        return None
    places, held = curve["places"].to_numpy(), curve["held"].to_numpy()
    half = pack.insight.half
    title = f"Half of the crime lies in {words.percent(half)} of the cells of {pack.grid.cell:g} metres"

    def draw(part: SubFigure) -> None:
        axes = part.subplots(gridspec_kw=_EDGES)
        axes.fill_between(100 * places, 100 * held, 100 * places, color=PALE, alpha=0.35, linewidth=0)
        axes.plot(100 * places, 100 * held, color=DARK, linewidth=3.5)
        axes.plot([0, 100], [0, 100], color=LINE, linewidth=1.5, linestyle="--")
        axes.plot([100 * half, 100 * half, 0], [0, 50, 50], color=INK, linewidth=1.5, linestyle=":")
        axes.annotate(f"half of the crime in {words.percent(half)}", (100 * half, 50), xytext=(14, -6),
                      textcoords="offset points", fontweight="bold", fontsize=18)  # fmt: skip
        axes.annotate("dashed: if all cells held alike", (0.98, 0.04), xycoords="axes fraction", color=LINE, ha="right")
        axes.set(xlabel="% of the cells, those with most crime first", ylabel="% of the crime")
        axes.set(xlim=(0, 100 * min(1.0, 1.3 * _enough(curve["places"], curve["held"]))), ylim=(0, 101))

    return frame(pack, "concentration", title, title + ".", draw, number=float(pack.monthly["crimes"].sum()))


def _record(pack: Pack) -> str:
    """Return the record of the forecast used, short enough for a title."""
    summary, best = pack.backtest.summary, pack.backtest.best
    column = "harm_hit_rate" if pack.rank_by == "harm" and summary["harm_hit_rate"].notna().any() else "hit_rate"
    (row,) = summary[summary["method"] == best].to_dict("records")
    what = "harm" if column == "harm_hit_rate" else "crime"
    caught, area = words.percent(float(row[column])), words.percent(pack.backtest.share)
    return f"The forecast used, {best}, caught {caught} of the {what} that came in {area} of the area"


def _enough(share: pd.Series, held: pd.Series) -> float:
    """Return the share of places at which almost everything is held: beyond it a curve says nothing more."""
    most = float(held.max())
    return float(share[held >= _ALMOST_ALL * most].min())


def _clearest(bands: pd.DataFrame) -> str:
    """Return the crime type whose near repeats are the most pairs beyond chance."""
    beyond = (bands["observed"] - bands["expected"]).where(bands["more"].astype(bool), 0.0)
    return str(beyond.groupby(bands["offence"], sort=False).sum().idxmax())


def _nearest(held: pd.DataFrame, offence: str) -> str:
    """Say how near repeats stand in the nearest band, with their interval."""
    first = held.sort_values(["space_low", "time_low"], kind="stable").iloc[0]
    times = words.with_interval(first["ratio"], first["ratio_low"], first["ratio_high"])
    days = words.count(first["time_high"], "day")
    metres = f"within {words.number(first['space_high'], 0)} metres and"
    start = f"{offence} {'at the same place within' if first['space_high'] < _A_METRE else metres} {days}"
    if not first["more"]:
        return f"{start} comes no more often than by chance ({times} times as often)"
    return f"{start}: {times} times as often as by chance"


def _bands(held: pd.DataFrame, what: str) -> list[str]:
    """Return the bands of distance or time in words: "same place", "up to 100", "100 to 200"."""
    edges = held[[f"{what}_low", f"{what}_high"]].drop_duplicates().sort_values(f"{what}_low")
    return [_band(float(low), float(high)) for low, high in edges.itertuples(index=False)]


def _band(low: float, high: float) -> str:
    if high < _A_METRE:
        return "same place"
    upper = words.number(high, 0)
    if low < _A_METRE:
        return f"up to {upper}"
    return f"{words.number(low, 0)} to {upper}" if np.isfinite(high) else f"over {words.number(low, 0)}"


def _matrix(held: pd.DataFrame, column: str) -> np.ndarray:
    table = held.pivot_table(index="space_low", columns="time_low", values=column, aggfunc="first", sort=True)
    return table.to_numpy()


def _cell(axes: Axes, row: int, column: int, value: float, more: bool, *, top: float) -> None:
    ink = "white" if value > 0.55 * top else INK
    text = words.number(value) if np.isfinite(value) else words.NOT_KNOWN
    axes.text(column, row, f"{text} *" if more else text, ha="center", va="center", color=ink,
              fontweight="bold" if more else "normal")  # fmt: skip
