"""
Which forecast to use, and how sure that is.

The rule. The best baseline is the one that caught the greatest mean share of the harm (of the crimes, where no harm is
given); it is used, unless another method's gain on it, paired period by period, has a 90 % bootstrap interval wholly
above 0: then the one of these that caught most is used. So the method used has caught at least as much on average as
every baseline, and a method that is harder to explain must have earned it. Of equals the first is taken, and the raw
count is the first of all. With fewer than 3 periods to test on no method can be told from another, and the density is
used: one or two periods leave most cells at zero, and a smooth map spreads what little is known.

The same periods choose and score, so what the chosen method caught is a little too good. `prequential` says by how
much: before each period the rule is applied to the periods already known, and the method so chosen forecasts it.
"""

from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.periods import Periods
from hotspots.forecast.methods import BASELINE
from hotspots.intervals import FEWEST_TESTS, mean_interval, paired_differences

UNTESTED: Final = "density"
BASELINES: Final = (BASELINE, "last period", "same weeks last year", "density")
FEW_TESTS: Final = 6  # below this an interval is rough


def best_baseline(rates: pd.DataFrame) -> str:
    """Return the baseline with the greatest mean among the columns, the first of equals."""
    return str(rates[[name for name in rates if name in BASELINES]].mean().idxmax())


def chosen(rates: pd.DataFrame, seed: int) -> str:
    """
    Return the method to use, by the rule above.

    Parameters
    ----------
    rates : origins x methods
        Shares caught; the raw count the first column.
    seed : of the bootstrap
    """
    if len(rates) < FEWEST_TESTS:
        return UNTESTED if UNTESTED in rates else BASELINE
    base = best_baseline(rates)
    gains = paired_differences(rates, base, seed=seed)
    better = gains.loc[gains["low_90"] > 0, "method"].tolist()
    return str(rates[better].mean().idxmax()) if better else base


def prequential(rates: pd.DataFrame, seed: int) -> dict[str, Any]:
    """
    Return what the rule itself would have caught: each origin forecast by the method chosen from those before it.

    Parameters
    ----------
    rates : origins x methods, in the order of time

    Returns
    -------
    found : origins (number of them so forecast), caught (mean share), gain, gain_low, gain_high (on the raw count,
        with a 90 % interval); None where there are none
    """
    tested = range(FEWEST_TESTS, len(rates))
    caught = np.array([rates[chosen(rates.iloc[:at], seed)].iloc[at] for at in tested], dtype=np.float64)
    gain = caught - rates[BASELINE].to_numpy(dtype=np.float64)[FEWEST_TESTS:]
    low, high = mean_interval(gain, seed=seed)
    if not len(gain):
        return {"origins": 0, "caught": None, "gain": None, "gain_low": None, "gain_high": None}
    ends = (None, None) if np.isnan(low[0]) else (float(low[0]), float(high[0]))
    found = {"caught": float(caught.mean()), "gain": float(gain.mean())}
    return {"origins": len(gain), **found, "gain_low": ends[0], "gain_high": ends[1]}


def sentence(summary: pd.DataFrame, gains: pd.DataFrame, best: str, by: str, flagged: float, periods: Periods) -> str:
    """Say what was found: what the raw count caught, what is used, and how sure it is that this is more."""
    tests, unit = int(summary["origins"].iloc[0]), unit_of(periods)
    rates = summary.set_index("method")[by]
    caught = f"{100 * rates[BASELINE]:.1f} % of the next {unit}'s {'crimes' if by == 'hit_rate' else 'harm'}"
    base = f"the raw count caught {caught} in {100 * flagged:.2g} % of the area"
    over = f"over {_tests(tests, unit)}, {base}"
    if tests < FEWEST_TESTS:
        return f"O{over[1:]}; that is too few to tell the methods apart, the {best} map is used."
    if best == BASELINE:
        others = rates.drop(BASELINE)
        rival = f"; {_gain(summary, str(others.idxmax()))}" if len(others) else ""
        return f"Nothing beats the raw count: {over}{rival}."
    if not (summary.loc[summary["method"] == best, "gain_low"] > 0).all():
        return f"Nothing is sure to beat the raw count: {over}; {_gain(summary, best)}, the most of all, and is used."
    return f"The {best} map beats the raw count: {over}; {_gain(summary, best)}{_beside(gains, best)}."


def note(tests: int, periods: Periods) -> str:
    """Say what limits the finding; nothing where nothing does."""
    if tests < FEWEST_TESTS:
        return f"Only {_tests(tests, unit_of(periods))}: no interval can be given."
    if tests < FEW_TESTS:
        return f"The intervals rest on only {tests} {unit_of(periods)}s forecast: take them as rough."
    return ""


def unit_of(periods: Periods) -> str:
    """Return what one period is called: week, month, or 14-day period."""
    if periods.unit == "month":
        return "month"
    days = round(7.0 * float(periods.weeks.iloc[-1]))
    return "week" if days == 7 else f"{days}-day period"


def _gain(summary: pd.DataFrame, method: str) -> str:
    return f"the {method} map caught {_points(summary[summary['method'] == method].iloc[0], 'gain')}"


def _beside(gains: pd.DataFrame, best: str) -> str:
    """Return how the best stands beside the best baseline, where that is neither it nor the raw count."""
    row = gains[(gains["method"] == best) & (gains["against"] != BASELINE)]
    if row.empty:
        return ""
    renamed = row.iloc[0].rename({"low_90": "difference_low", "high_90": "difference_high"})
    return f", and {_points(renamed, 'difference')} than the best baseline, the {renamed['against']} map"


def _points(row: pd.Series, name: str) -> str:
    gain, low, high = (float(row[each]) for each in (name, f"{name}_low", f"{name}_high"))
    if low == high == 0:
        return "neither more nor less"
    direction = "more" if gain >= 0 else "less"
    points = f"{abs(100 * gain):.1f} percentage points {direction}"
    return f"{points} (90 % interval {100 * low:+.1f} to {100 * high:+.1f})"


def _tests(tests: int, unit: str) -> str:
    return f"{tests} {unit}{'' if tests == 1 else 's'} forecast"
