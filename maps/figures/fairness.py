"""Still figures of fairness: what proportion costs, and which records run away with patrols."""

from collections.abc import Mapping
from typing import Final

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from allocation.feedback import Feedback
from maps import words
from maps.figures import base as figures
from maps.figures.base import SETTINGS, Picture
from maps.findings import Findings
from maps.style import DARK, INK, LINE

_DASHES: Final = ("-", "--", ":")
_COLOURS: Final = (DARK, LINE, INK)
_WEEKS_IN_YEAR: Final = 52


def price(found: Findings, front: pd.DataFrame) -> Picture:
    """Return the harm exposed to patrol by how far from proportion the group furthest off may be."""
    title = "What better proportion costs"
    kept = 100 * front["value"] / front["value"].max()
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 3.4), layout="constrained")
        axes = figure.subplots()
        axes.plot(100 * front["disproportion"], kept, "o-", color=DARK, linewidth=1.6)
        axes.set_xlabel("% that the group furthest off is from its share of harm")
        axes.set_ylabel("harm exposed to patrol,\n% of the most")
        for axis in (axes.xaxis, axes.yaxis):
            figures.plain_axis(axis)
        alt = f"From {words.number(kept.iloc[0], 1)} % of the most in closest proportion to 100 % without a rule."
        return figures.finish(figure, found, title, None, alt, raster=True)


def loop(found: Findings, feedback: Feedback, names: Mapping[str, str]) -> Picture:
    """Return how far patrols are from what happens, week by week, by the records that they go by."""
    title = "Patrol time out of place, by the records that patrols go by"
    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9, 3.8), layout="constrained")
        axes = figure.subplots()
        for (name, said), dash, colour in zip(names.items(), _DASHES, _COLOURS, strict=True):
            rows = feedback.weeks[feedback.weeks["records"] == name]
            years = rows["week"] / _WEEKS_IN_YEAR
            axes.fill_between(
                years, 100 * rows["apart_low"], 100 * rows["apart_high"], color=colour, alpha=0.15, linewidth=0
            )
            axes.plot(years, 100 * rows["apart"], dash, color=colour, linewidth=1.8, label=said)
        axes.legend(loc="center right", frameon=False, fontsize=8.5)
        axes.set(xlabel="years", ylabel="% of patrol time", ylim=(0, None), xlim=(0, None))
        ends = dict(zip(feedback.summary["records"], feedback.summary["end"], strict=True))
        alt = " ".join(f"{words.capital(said)}: {words.percent(ends[name])} in year 5." for name, said in names.items())
        return figures.finish(figure, found, title, None, alt, raster=True)
