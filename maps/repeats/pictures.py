"""The time course drawn: the share that suffers again, with its interval, beside chance."""

from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hotspots.time_course import TimeCourse
from maps import words
from maps.figures import base as figures
from maps.figures.base import SETTINGS, Picture
from maps.repeats.study import EVERY, Kind
from maps.style import DARK, INK, LINE, PALE

MOST_PANELS: Final = 4


def time_courses(study: Any, kind: Kind) -> Picture | None:
    """Return the curves of all crime types together and of those with most repeats, or None where there are none."""
    ranked = sorted(kind.courses, key=lambda name: (name != EVERY, -kind.courses[name].again, name))[:MOST_PANELS]
    if not ranked or kind.courses[ranked[0]].again == 0:
        return None
    rows = -(-len(ranked) // 2)
    title = f"How soon {kind.plural} suffer again"
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 2.7 * rows + 1.0), layout="constrained")
        panels = list(np.ravel(figure.subplots(rows, min(2, len(ranked)), squeeze=False)))
        for axes in panels[len(ranked) :]:
            axes.set_visible(False)
        for axes, name in zip(panels, ranked, strict=False):
            _curve(axes, name, kind.courses[name])
        alt = " ".join(f"{name}: {kind.courses[name].sentence}" for name in ranked)
        return figures.finish(figure, study, title, int(kind.counts["crimes"].loc[EVERY]), alt)


def _curve(axes: Axes, name: str, course: TimeCourse) -> None:
    curve = 100 * course.curve[["share", "share_low", "share_high", "chance", "chance_low", "chance_high"]]
    days = curve.index.to_numpy()
    axes.fill_between(days, curve["chance_low"], curve["chance_high"], color=PALE, alpha=0.6, linewidth=0)
    axes.plot(days, curve["chance"], color=LINE, linewidth=1.2, linestyle="--", label="by chance, 95 %")
    axes.fill_between(days, curve["share_low"], curve["share_high"], color=DARK, alpha=0.25, linewidth=0)
    axes.plot(days, curve["share"], color=DARK, linewidth=2.0, label="suffered again, 95 %")
    if course.days is not None:
        axes.axvline(course.days, color=INK, linewidth=1.0, linestyle=":")
        ends = f"{course.days} days ({course.days_low} to {course.days_high})"
        axes.annotate(ends, (course.days, 0), xytext=(4, 4), textcoords="offset points", fontsize=8)
    axes.set(xlim=(0, days[-1]), ylim=(0, max(1e-9, 1.08 * float(curve.to_numpy().max()))))
    axes.set_title(
        figures.drawable(f"{name}, {words.count(course.victims, 'first crime')}", 56), loc="left", fontsize=9
    )
    axes.set_xlabel("days since the first crime")
    axes.set_ylabel("% that suffered again")
    axes.legend(loc="lower right", fontsize=7.5, frameon=False)
    figures.plain_axis(axes.yaxis)
