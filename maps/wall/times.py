"""Figures for the wall about time: the hours of the week, the trend with its limits, and before and after."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import FuncFormatter

from maps import words
from maps.figures.base import drawable, plain_axis
from maps.figures.curves import DAYS
from maps.pack import Pack
from maps.style import DARK, INK, LINE, PALE
from maps.tasking.dates import since, tick
from maps.wall.frame import Still, frame

EVERY_TYPE: Final = "All crime types"
_BUSY_HOURS: Final = 20
_MOST_SPOTS: Final = 16
_MOST_TICKS: Final = 14
_ROOM: Final = 1.55  # of the longest bar, so that the key covers none


def week(pack: Pack) -> Still | None:
    """Return the crimes of all hot spots by day and hour, or None where the dates do not bear it."""
    found = pack.insight.week if pack.insight is not None else None
    if found is None or found.profiles.to_numpy().sum() == 0:
        return None
    hours = found.profiles.sum().to_numpy(dtype=np.float64)
    busiest = float(np.sort(hours)[::-1][:_BUSY_HOURS].sum() / hours.sum())
    day, hour = divmod(int(hours.argmax()), 24)
    title = (
        f"{words.percent(busiest)} of the hot spots' crime falls in {_BUSY_HOURS} of the week's 168 hours; "
        f"most on {DAYS[day]} from {hour:02d}:00"
    )

    def draw(part: SubFigure) -> None:
        axes = part.subplots(gridspec_kw={"left": 0.06, "right": 1.0, "bottom": 0.12, "top": 0.97})
        image = axes.imshow(hours.reshape(7, 24), cmap="cividis_r", aspect="auto", vmin=0)
        axes.set_yticks(range(7), DAYS)
        axes.set_xticks(np.arange(0, 24, 2) - 0.5, [f"{hour:02d}:00" for hour in range(0, 24, 2)])
        part.colorbar(image, ax=axes, label="Crimes recorded in that hour of the week", pad=0.02)

    return frame(pack, "week", title, f"{title}. {found.note}", draw, number=float(hours.sum()))


def trend(pack: Pack) -> Still | None:
    """Return crimes a week by period with the limits of their control chart, or None where they are not worked out."""
    limits = None if pack.standing is None else pack.standing.limits
    if pack.standing is None or limits is None:
        return None
    held = limits[limits["offence"] == EVERY_TYPE]
    if held.empty:
        return None
    newest = held.iloc[-1]
    where = {"above": "above", "below": "below"}.get(str(newest["outside"]), "within")
    title = (
        f"{words.number(newest['rate'])} crimes a week {since(str(newest['period']))}: {where} the limits of "
        f"{words.number(newest['low'])} to {words.number(newest['high'])}"
    )

    def draw(part: SubFigure) -> None:
        axes = part.subplots(gridspec_kw={"left": 0.07, "right": 0.98, "bottom": 0.12, "top": 0.97})
        at = np.arange(len(held))
        axes.fill_between(at, held["low"], held["high"], color=PALE, alpha=0.45, linewidth=0, label="Limits")
        axes.plot(at, held["centre"], color=LINE, linewidth=1.5, linestyle="--", label="Mean")
        axes.plot(at, held["rate"], "-o", color=DARK, linewidth=2, markersize=7, label="Crimes a week")
        out = held["outside"].astype(str).isin(["above", "below"]).to_numpy()
        axes.plot(at[out], held["rate"][out], "D", color="#b3261e", markersize=12, label="Outside the limits")
        step = -(-len(held) // _MOST_TICKS)
        shown = at[(len(held) - 1) % step :: step]
        axes.set_xticks(shown, [tick(str(held["period"].iloc[each])) for each in shown])
        axes.set(xlim=(-0.5, len(held) - 0.5), ylabel="Crimes a week")
        axes.set_ylim(bottom=0)
        axes.legend(loc="lower left", ncols=4, frameon=False)
        plain_axis(axes.yaxis)

    said = f"{title}. {int((held['outside'].astype(str) != '').sum())} of {len(held)} periods lie outside."
    return frame(pack, "trend", title, f"{said} {pack.standing.limits_note}", draw, number=float(held["crimes"].sum()))


def before_after(pack: Pack) -> Still | None:
    """Return crimes a week before and since the last tasking at each of its hot spots, or None without one."""
    past = pack.past
    if past is None or past.hotspots.empty:
        return None
    held = past.hotspots.sort_values("rank", kind="stable").head(_MOST_SPOTS)
    title = past.sentence.rstrip(".")

    def draw(part: SubFigure) -> None:
        left, right = part.subplots(1, 2, sharey=True, width_ratios=(1.3, 1),
                                    gridspec_kw={"left": 0.2, "right": 0.97, "bottom": 0.13, "top": 0.92})  # fmt: skip
        at = np.arange(len(held))
        left.hlines(at, held["before"], held["after"], color=PALE, linewidth=5)
        left.plot(held["before"], at, "o", markersize=11, markerfacecolor="white", markeredgecolor=INK,
                  label="Before", linestyle="none")  # fmt: skip
        left.plot(held["after"], at, "o", markersize=11, color=DARK, label="After", linestyle="none")
        names = held["hotspot_id"].astype(str) + " " + held["name"].astype(str)
        left.set_yticks(at, [drawable(name, 26) for name in names])
        left.invert_yaxis()
        left.set_xlabel("Crimes a week")
        left.set_title("Before and after the last tasking", loc="left", fontweight="bold")
        left.legend(frameon=False, loc="lower right")
        _minutes(right, held["planned_minutes"].to_numpy(float), held["delivered_minutes"].to_numpy(float))

    return frame(pack, "before-after", title, " ".join((past.sentence, *past.notes)), draw)


def _minutes(axes: Axes, planned: np.ndarray, delivered: np.ndarray) -> None:
    at = np.arange(len(planned))
    axes.barh(at, np.nan_to_num(planned), height=0.7, color="white", edgecolor=INK, label="Planned")
    axes.barh(at, np.nan_to_num(delivered), height=0.4, color=DARK, label="Delivered")
    most = max(1.0, np.nanmax([*planned, *delivered], initial=1.0))
    axes.set(xlim=(0, _ROOM * most), xlabel="Minutes of patrol")
    axes.set_title("Planned and delivered", loc="left", fontweight="bold")
    axes.legend(frameon=False, loc="center right")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
