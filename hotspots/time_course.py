"""
How soon victims suffer again, beside what chance alone would give, and for how many days the risk is high.

Each victim has one clock. It starts on the day of the first crime and stops on the day of the next; if the data end
before that, the clock still runs then, and is counted for as long as it was watched: whoever was a victim late was
watched for less time, and a plain tally of intervals makes repeats look quicker than they are [1]_. With d the clocks
that stop after t days and n those still running until then, the share that suffers again within t days is

    1 - product over s <= t of (1 - d_s / n_s)                                                  (Kaplan & Meier [2]_)

Chance: the days of all these crimes are dealt out anew among them, at random. So each victim suffers as often as in the
data, and the force has as many crimes on each day, with its seasons; only whether one crime follows soon on another is
left to chance. The chance hazard h_s is that of all such calendars together. By day t there were more second crimes
than chance gives by

    U(t) = sum over s <= t of (d_s - n_s h_s)

U rises as long as the risk is above chance. The day on which it is greatest is the last of the high-risk period;
whether it rises beyond chance at all is told by the greatest U of every calendar. The interval comes from drawing
victims anew with replacement; as no draw holds a crime later than the last that was seen, its upper end is at least
that of a period over which the U extra crimes are spread evenly: days x 0.025^(-1 / U).

References
----------
.. [1] Johnson, S. D., Bowers, K. & Hirschfield, A. (1997). New insights into the spatial and temporal distribution of
   repeat victimization. British Journal of Criminology 37(2), 224-241; Polvi, N. et al. (1991). The time course of
   repeat burglary victimization. British Journal of Criminology 31(4), 411-414.
.. [2] Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. JASA 53, 457-481.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from hotspots._kernels.clocks import deal_days
from hotspots.product_limit import at_risk, by_order, clocks, counted, divided, excess, incidence
from hotspots.significance import pseudo_p

HORIZON_DAYS: Final = 365
FEWEST_REPEATS: Final = 10
LEVEL: Final = 0.95
_LEAST_P: Final = 0.05


@dataclass(frozen=True, eq=False)
class TimeCourse:
    """
    How soon victims suffer again.

    Parameters
    ----------
    curve : indexed by days since the first crime, from 1; columns at_risk, again (clocks that stop on that day), share
        (suffered again by then) with share_low and share_high, chance with chance_low and chance_high, and, where the
        number of targets was given, alike: the share if every target were as likely as every other
    by_order : one row for victims after their 1st, 2nd, and 3rd or later crime; columns victims, again, and the share
        that suffers again within 7, 28, 91, 182 and 365 days
    victims, again : clocks, and those that a second crime stopped within the horizon
    p : chance of so great an excess of soon second crimes; NaN with too few to say
    excess : second crimes in the high-risk period beyond what chance gives
    days, days_low, days_high : length of the high-risk period with its 95 % interval; None where there is none
    sentence : the finding in words
    """

    curve: pd.DataFrame
    by_order: pd.DataFrame
    victims: int
    again: int
    p: float
    excess: float
    days: int | None
    days_low: int | None
    days_high: int | None
    sentence: str


def time_course(
    victim: pd.Series,
    day: pd.Series,
    *,
    end: pd.Timestamp | None = None,
    horizon: int = HORIZON_DAYS,
    targets: float | None = None,
    calendars: int = 999,
    draws: int = 999,
    seed: int = 0,
) -> TimeCourse:
    """
    Return how soon victims (or places) suffer again, exposure corrected, beside chance.

    Crimes of one victim on one day count as one here: several offences recorded of one incident are no return.

    Parameters
    ----------
    victim : who, or which place; rows where it is missing are left out
    day : moment of each crime; its date counts
    end : last day watched; by default that of the last crime
    horizon : days looked ahead
    targets : how many there are that could be victims, for the curve of all being alike
    calendars, draws : how often days are dealt out anew, and victims drawn anew
    seed : of both

    Raises
    ------
    InputError
        If `horizon`, `calendars` or `draws` is not a whole number above 0, or a crime is dated after `end`.
    """
    horizon, calendars = cast.whole(horizon, "horizon", 1), cast.whole(calendars, "calendars", 1)
    draws = cast.whole(draws, "draws", 1)
    code, days, last = _distinct(victim, day, end)
    starts = np.flatnonzero(np.diff(code, prepend=-1)) if len(code) else np.zeros(0, dtype=np.int64)
    order, wait, stopped = clocks(code, days, starts, last)
    again, ended = counted(wait[order == 1], stopped[order == 1], horizon)
    dealt, left = np.zeros((2, calendars, horizon + 2), dtype=np.int64)
    deal_days(days, np.append(starts, len(code)), last, seed, dealt, left)
    hazard = divided(dealt.sum(axis=0), at_risk(dealt, left).sum(axis=0))
    drawn = _drawn(np.random.default_rng(seed), again, ended, draws)
    curve = _curve(again, ended, hazard, (dealt, left), drawn)
    if targets is not None:
        alike = _alike(days[starts], wait[order == 1], days, targets, horizon)
        curve["alike"] = 1 - np.cumprod(1 - alike)
    return TimeCourse(
        curve=curve, by_order=by_order(order, wait, stopped), victims=len(starts),
        again=int(again[1:-1].sum()), **_high_risk(again, ended, hazard, (dealt, left), drawn),
    )  # fmt: skip


def _distinct(victim: pd.Series, day: pd.Series, end: pd.Timestamp | None) -> tuple[IntArray, IntArray, int]:
    """Return victim and day of every day on which one suffered, in order, and the last day watched."""
    number = _day_number(day)
    known = victim.notna().to_numpy() & day.notna().to_numpy()
    last = int(number[day.notna().to_numpy()].max(initial=0)) if end is None else int(_day_number(pd.Series([end]))[0])
    late = int((number[known] > last).sum())
    if late:
        raise InputError(f"Every crime must be dated by the last day watched; {late} are dated after it.")
    code, _ = pd.factorize(victim[known].astype("string"), sort=True)
    both = np.unique(np.column_stack((code, number[known])).astype(np.int64).reshape(-1, 2), axis=0)
    return np.ascontiguousarray(both[:, 0]), np.ascontiguousarray(both[:, 1]), last


def _day_number(moment: pd.Series) -> IntArray:
    local = pd.to_datetime(moment)
    if local.dt.tz is not None:
        local = local.dt.tz_localize(None)
    return local.to_numpy().astype("datetime64[D]").astype(np.int64)


def _drawn(rng: np.random.Generator, again: IntArray, ended: IntArray, draws: int) -> tuple[IntArray, IntArray]:
    """Return the counts of clocks with victims drawn anew; all that matters of a victim is the cell of its clock."""
    cells = np.concatenate((again, ended))
    size = int(cells.sum())
    held = (
        rng.multinomial(size, cells / max(1, size), size=draws)
        if size
        else np.zeros((draws, len(cells)), dtype=np.int64)
    )
    return held[:, : len(again)], held[:, len(again) :]


def _curve(
    again: IntArray,
    ended: IntArray,
    hazard: FloatArray,
    dealt: tuple[IntArray, IntArray],
    drawn: tuple[IntArray, IntArray],
) -> pd.DataFrame:
    ends = [50 * (1 - LEVEL), 50 * (1 + LEVEL)]
    low, high = np.percentile(incidence(*drawn), ends, axis=0)
    chance_low, chance_high = np.percentile(incidence(*dealt), ends, axis=0)
    columns = {
        "at_risk": at_risk(again, ended)[1:-1],
        "again": again[1:-1],
        "share": incidence(again, ended),
        "share_low": low,
        "share_high": high,
        "chance": 1 - np.cumprod(1 - hazard[1:-1]),
        "chance_low": chance_low,
        "chance_high": chance_high,
    }
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(again) - 1, name="day"))


def _alike(first: IntArray, wait: IntArray, days: IntArray, targets: float, horizon: int) -> FloatArray:
    """Chance of a crime on each day after the first, were every target as likely as every other, by season."""
    number = cast.above_zero(targets, "targets")
    start = int(days.min(initial=0))
    daily = np.bincount(days - start, minlength=1)
    found = np.zeros(horizon)
    for day in range(1, horizon + 1):
        running = first[wait >= day] + day - start
        found[day - 1] = daily[np.minimum(running, len(daily) - 1)].mean() / number if len(running) else 0.0
    return np.minimum(found, 1.0)


def _high_risk(
    again: IntArray,
    ended: IntArray,
    hazard: FloatArray,
    dealt: tuple[IntArray, IntArray],
    drawn: tuple[IntArray, IntArray],
) -> dict[str, Any]:
    """Return p, the excess, the days of the high-risk period with their interval, and the finding in words."""
    nothing = {"excess": np.nan, "days": None, "days_low": None, "days_high": None}
    seen = int(again[1:-1].sum())
    if seen < FEWEST_REPEATS:
        return {"p": np.nan, **nothing, "sentence": f"{seen} suffered again: too few to say how soon."}
    beyond = excess(again, ended, hazard)
    reached = int((excess(*dealt, hazard).max(axis=1) >= beyond.max()).sum())
    p = float(pseudo_p(reached, len(dealt[0])))
    if p > _LEAST_P:
        said = "Second crimes come no sooner than chance would put them, given how often each victim suffered"
        return {"p": p, **nothing, "sentence": f"{said} (p = {p:.3f})."}
    days = int(beyond.argmax()) + 1
    tries = excess(*drawn, hazard).argmax(axis=1) + 1
    ends = np.percentile(tries, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    most = float(beyond.max())
    # none of n crimes spread evenly over a period of T days comes after T x 0.025^(1/n) with a chance of 0.025
    unseen = days * ((1 - LEVEL) / 2) ** (-1 / max(1.0, most))
    low, high = round(float(ends[0])), min(len(again) - 2, max(round(float(ends[1])), math.ceil(unseen)))
    soon = int(again[1 : days + 1].sum())
    whole = "all of the " if days == len(again) - 2 else ""
    said = (
        f"The risk is above chance for {whole}{days} days after the first crime (95 % interval {low} to {high}): "
        f"{soon} suffered again in that time, {most:.0f} more than chance gives (p = {p:.3f})."
    )
    return {"p": p, "excess": most, "days": days, "days_low": low, "days_high": high, "sentence": said}
