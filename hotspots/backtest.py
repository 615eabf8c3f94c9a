"""
How well each forecast would have done: forecast from the past alone, then look at what came.

For each of the last periods in turn, every method forecasts from the periods before it, the highest-ranked whole
cells that fit into the share of the study area are flagged, and the crimes (and the harm) of that period that fall
into them are counted. Crimes are scored on the map ranked by expected crimes, harm on the map ranked by expected harm.

The rule for `best`: the method with the greatest mean share of harm caught (of crimes, where no harm is given) among
those whose gain on the raw count, paired period by period, has a 90 % bootstrap interval [1]_ wholly above 0; where
there is none, the raw count. With fewer than 3 periods to test on no method can be told from another, and the density
is taken: one or two periods leave most cells at zero, and a smooth map spreads what little is known.

References
----------
.. [1] Efron, B. & Tibshirani, R. J. (1993). An Introduction to the Bootstrap. Chapman and Hall, chapter 13.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.evaluate import hit_rate, places_in, predictive_efficiency_index
from hotspots.forecast.history import History
from hotspots.forecast.methods import BASELINE, METHODS

UNTESTED: Final = "density"
LEAST_HISTORY: Final = 2  # periods before the first one forecast
FEWEST_TESTS: Final = 3  # below this an interval over periods says nothing
RESAMPLES: Final = 2_000
MEASURES: Final = ("hit_rate", "pai", "pei", "harm_hit_rate", "harm_pai")


@dataclass(frozen=True)
class Backtest:
    """
    What a back-test found.

    Parameters
    ----------
    scores : one row per method and period tested
        method, origin (label of the period forecast), hit_rate, pai, pei, harm_hit_rate, harm_pai, crimes (recorded).
    summary : one row per method
        method, the means of the measures with 90 % intervals over periods (hit_rate_low, hit_rate_high, pai_low,
        pai_high), origins (periods tested), and gain, gain_low, gain_high: the share caught beyond the raw count's.
    best : the method to forecast with
    sentence : what was found, in plain English
    note : what limits the finding, empty if nothing does
    share : share of the study area flagged, in whole cells
    """

    scores: pd.DataFrame
    summary: pd.DataFrame
    best: str
    sentence: str
    note: str
    share: float


def backtest(
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    study: BoolArray,
    share: float,
    bandwidth: float,
    harm: Any = None,
    origins: int = 6,
    seed: int = 0,
) -> Backtest:
    """
    Return how much of each of the last periods every forecast would have caught.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    periods : Periods
    study : True for each cell of the study area
    share : share of the study area that may be flagged, above 0 to 1
    bandwidth : metres, for the methods that smooth
    harm : at least 0, one per crime; None where only crimes are counted
    origins : number of periods to forecast, at most; two are always kept as the first history
    seed : of the bootstrap

    Returns
    -------
    Backtest
        With empty tables where there are fewer than 3 periods, or no crime in those to be forecast.

    Raises
    ------
    InputError
        If an argument breaks its rule.
    """
    history = History.of(crimes, grid, periods, bandwidth=bandwidth, weights=harm, study=study)
    flagged = places_in(share, int(history.study.sum())) / int(history.study.sum())
    tested = range(max(LEAST_HISTORY, periods.size - cast.whole(origins, "origins", 1)), periods.size)
    rows = [row for period in tested for row in _rows(history, period, periods.labels[period], share, harm is not None)]
    scores = pd.DataFrame(rows, columns=["method", "origin", *MEASURES, "crimes"])
    if scores.empty:
        return _untested(scores, flagged, periods)
    by = "hit_rate" if harm is None else "harm_hit_rate"
    summary = _summary(scores, by, seed)
    best = _best(summary, by)
    return Backtest(
        scores, summary, best, _sentence(summary, best, by, flagged, periods.unit), _note(scores, periods), flagged
    )


def _rows(history: History, period: int, label: str, share: float, weighed: bool) -> list[dict[str, Any]]:
    """Return one row of scores per method, none where the period holds nothing to catch."""
    past, future = history.before(period), history.during(period)
    ones = future.weighing(np.ones_like(future.weights))
    crimes, harm = ones.per_cell()[history.study], future.per_cell()[history.study]
    if harm.sum() == 0:
        return []
    counted = past.weighing(np.ones_like(past.weights))
    rows: list[dict[str, Any]] = []
    for name, method in METHODS.items():
        row = {"method": name, "origin": label, "crimes": int(crimes.sum())}
        expected = method(counted)[history.study]
        caught = hit_rate(expected, crimes, share=share)
        efficiency = predictive_efficiency_index(expected, crimes, share=share)
        row |= {"hit_rate": caught, "pai": caught / _area(share, crimes), "pei": efficiency}
        worst = hit_rate(method(past)[history.study], harm, share=share) if weighed else np.nan
        rows.append(row | {"harm_hit_rate": worst, "harm_pai": worst / _area(share, crimes)})
    return rows


def _area(share: float, places: FloatArray) -> float:
    return places_in(share, places.size) / places.size


def _summary(scores: pd.DataFrame, by: str, seed: int) -> pd.DataFrame:
    """Return the mean of each measure, with intervals over the periods, all methods resampled together."""
    names = list(METHODS)
    tables = {m: scores.pivot_table(index="origin", columns="method", values=m, dropna=False)[names] for m in MEASURES}
    tables["gain"] = tables[by].sub(tables[by][BASELINE], axis=0)
    summary = pd.DataFrame({"method": names})
    for measure, table in tables.items():
        summary[measure] = table.mean().to_numpy()
        if measure in ("hit_rate", "pai", "gain"):
            low, high = _interval(table.to_numpy(dtype=np.float64), seed)
            summary[f"{measure}_low"], summary[f"{measure}_high"] = low, high
    summary["origins"] = len(tables[by])
    return summary


def _interval(values: FloatArray, seed: int) -> tuple[FloatArray, FloatArray]:
    """Return the 5 % and 95 % points of the mean of each column over resampled rows, NaN for too few rows."""
    tests, columns = values.shape
    if tests < FEWEST_TESTS:
        return np.full(columns, np.nan), np.full(columns, np.nan)
    draws = np.random.default_rng(seed).integers(0, tests, (RESAMPLES, tests))
    low, high = np.quantile(values[draws].mean(axis=1), [0.05, 0.95], axis=0)
    return low, high


def _best(summary: pd.DataFrame, by: str) -> str:
    if int(summary["origins"].iloc[0]) < FEWEST_TESTS:
        return UNTESTED
    better = summary[summary["gain_low"] > 0]
    return BASELINE if better.empty else str(better.sort_values(by, kind="stable")["method"].iloc[-1])


def _sentence(summary: pd.DataFrame, best: str, by: str, flagged: float, unit: str) -> str:
    what = "crimes" if by == "hit_rate" else "harm"
    tests = int(summary["origins"].iloc[0])
    rates = summary.set_index("method")[by]
    caught = f"{100 * rates[BASELINE]:.1f} % of the next {unit}'s {what}"
    base = f"the raw count caught {caught} in {_percent(flagged)} of the area"
    if tests < FEWEST_TESTS:
        return f"Over {_tests(tests, unit)}, {base}; that is too few to tell the methods apart, the {best} map is used."
    if best == BASELINE:
        rival = summary[summary["method"] != BASELINE].sort_values(by, kind="stable").iloc[-1]
        return f"Nothing beats the raw count: over {_tests(tests, unit)}, {base}; {_gain(rival)}."
    chosen = summary[summary["method"] == best].iloc[0]
    return f"The {best} map beats the raw count: over {_tests(tests, unit)}, {base}; {_gain(chosen)}."


def _gain(row: pd.Series) -> str:
    low, high = 100 * row["gain_low"], 100 * row["gain_high"]
    direction = "more" if row["gain"] >= 0 else "less"
    points = f"{abs(100 * row['gain']):.1f} percentage points {direction}"
    return f"the {row['method']} map caught {points} (90 % interval {low:+.1f} to {high:+.1f})"


def _tests(tests: int, unit: str) -> str:
    return f"{tests} {unit}{'' if tests == 1 else 's'} forecast"


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %"


def _note(scores: pd.DataFrame, periods: Periods) -> str:
    tests = scores["origin"].nunique()
    if tests < FEWEST_TESTS:
        return f"Only {_tests(tests, periods.unit)}: no interval can be given."
    if tests < 6:
        return f"The intervals rest on only {tests} {periods.unit}s forecast: take them as rough."
    return ""


def _untested(scores: pd.DataFrame, flagged: float, periods: Periods) -> Backtest:
    intervals = [f"{m}_{end}" for m in ("hit_rate", "pai", "gain") for end in ("low", "high")]
    summary = pd.DataFrame(columns=["method", *MEASURES, "gain", *intervals, "origins"])
    enough = periods.size > LEAST_HISTORY
    why = (
        "no crime was recorded in the study area in the periods to be forecast"
        if enough
        else f"it takes at least {LEAST_HISTORY + 1} {periods.unit}s of crimes, and there are {periods.size}"
    )
    sentence = f"No forecast could be tested: {why}. The {UNTESTED} map is used untested."
    return Backtest(scores, summary, UNTESTED, sentence, f"No back-test: {why}.", flagged)
