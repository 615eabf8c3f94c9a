"""
How well each forecast would have done: forecast from the past alone, then look at what came.

For each of the last periods in turn, every method forecasts from the periods before it, the highest-ranked whole
cells that fit into the share of the study area are flagged, and the crimes (and the harm) of that period that fall
into them are counted. Crimes are scored on the map ranked by expected crimes, harm on the map ranked by expected harm.
Which method is then used, and how that is judged, is said in `hotspots.verdict`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots import verdict
from hotspots.evaluate import places_in
from hotspots.forecast.facts import fitted_in_part
from hotspots.forecast.history import History
from hotspots.forecast.methods import BASELINE, METHODS, bears
from hotspots.intervals import mean_interval, paired_differences
from hotspots.scoring import MEASURES, Score, Task, jaccard, score

LEAST_HISTORY: Final = 2  # periods before the first one forecast
COMPARED: Final = ("hit_rate", "pai", "pei", "harm_hit_rate", "harm_pai", "pai_street", "log_score")
_WITH_INTERVAL: Final = ("hit_rate", "pai", "gain")
_SCORES: Final = ("method", "origin", *MEASURES, "jaccard", "crimes")

Remember = Callable[[str, str, Callable[[], Score]], Score]


@dataclass(frozen=True)
class Backtest:
    """
    What a back-test found.

    Parameters
    ----------
    scores : one row per method and period tested
        method, origin (label of the period forecast), hit_rate, pai, pei, rri, harm_hit_rate, harm_pai, pai_street
        (by street length), log_score, compactness, jaccard (of the cells flagged with those flagged for the period
        tested before), crimes (recorded). NaN where one cannot be had.
    summary : one row per method
        method, the means of the measures with 90 % intervals over periods (hit_rate_low, hit_rate_high, pai_low,
        pai_high), origins (periods tested), and gain, gain_low, gain_high: the share caught beyond the raw count's.
    best : the method to forecast with
    sentence : what was found, in plain English
    note : what limits the finding, empty if nothing does
    share : share of the study area flagged, in whole cells
    best_baseline : the baseline that caught most
    differences : one row per measure, method and baseline compared with (the raw count and the best baseline)
        measure, method, against, difference (mean, paired), low_90, high_90, low_95, high_95, trials.
    not_run : name of each method that this data cannot bear, and why
    prequential : what the rule of choice itself would have caught, choosing anew before each period
    """

    scores: pd.DataFrame
    summary: pd.DataFrame
    best: str
    sentence: str
    note: str
    share: float
    best_baseline: str = BASELINE
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)
    not_run: Mapping[str, str] = field(default_factory=dict)
    prequential: Mapping[str, Any] = field(default_factory=dict)


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
    methods: Sequence[str] | None = None,
    street: FloatArray | None = None,
    remember: Remember = lambda _method, _origin, work: work(),
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
    methods : names in `METHODS`, by default all; the raw count is always among them
    street : metres of street in each cell, for the index by street length and for methods that learn from it
    remember : called with a method, a period's label and the work that scores the one on the other
        Returns that score: the work's, or one that was kept from an earlier run.

    Returns
    -------
    Backtest
        With empty tables where there are fewer than 3 periods, or no crime in those to be forecast.

    Raises
    ------
    InputError
        If an argument breaks its rule.
    """
    features = None if street is None else street[:, None]
    history = History.of(crimes, grid, periods, bandwidth=bandwidth, weights=harm, study=study, features=features)
    cells = int(history.study.sum())
    task = Task(share, harm is not None, street)
    first = max(LEAST_HISTORY, periods.size - cast.whole(origins, "origins", 1))
    names, not_run = _entrants(methods, history.before(min(first, periods.size)))
    tested = [period for period in range(first, periods.size) if _anything(history.during(period))]
    scores = _scores(history, names, {period: periods.labels[period] for period in tested}, task, remember)
    flagged = places_in(share, cells) / cells
    if scores.empty:
        return _untested(scores, not_run, flagged, periods)
    found = _judged(scores, names, not_run, flagged, periods, "harm_hit_rate" if task.weighed else "hit_rate", seed)
    notes = [found.note, *(fitted_in_part(name, history.before(tested[-1])) for name in names)]
    return replace(found, note=" ".join(filter(None, notes)))


def _entrants(methods: Sequence[str] | None, least: History) -> tuple[list[str], dict[str, str]]:
    """Return the methods to run, and of the others asked for the reason; `least` is the shortest history."""
    unknown = [name for name in methods or () if name not in METHODS]
    if unknown:
        raise InputError(f"`methods` must be among {', '.join(METHODS)}; got {unknown[0]!r}.")
    asked = [name for name in METHODS if methods is None or name in methods or name == BASELINE]
    why = {name: bears(name, least) for name in asked}
    return [name for name in asked if not why[name]], {name: reason for name, reason in why.items() if reason}


def _anything(future: History) -> bool:
    return bool(future.per_cell()[future.study].sum() > 0)


def _scores(
    history: History, names: list[str], labels: Mapping[int, str], task: Task, remember: Remember
) -> pd.DataFrame:
    """Return one row per method and period, period by period."""
    rows: list[dict[str, Any]] = []
    before: dict[str, Score] = {}
    for period, label in labels.items():
        past, future = history.before(period), history.during(period)
        for name in names:
            found = remember(name, label, partial(score, name, past, future, task))
            stayed = jaccard(before[name].flagged, found.flagged) if name in before else np.nan
            rows.append({"method": name, "origin": label, **found.measures, "jaccard": stayed, "crimes": found.crimes})
            before[name] = found
    return pd.DataFrame(rows, columns=list(_SCORES))


def _judged(
    scores: pd.DataFrame,
    names: list[str],
    not_run: Mapping[str, str],
    flagged: float,
    periods: Periods,
    by: str,
    seed: int,
) -> Backtest:
    tables = {name: _by_origin(scores, name, names) for name in (*MEASURES, "jaccard")}
    rates = tables[by]
    best, base = verdict.chosen(rates, seed), verdict.best_baseline(rates)
    summary, differences = _summary(tables, by, seed), _differences(tables, base, seed)
    return Backtest(
        scores=scores,
        summary=summary,
        differences=differences,
        not_run=not_run,
        prequential=verdict.prequential(rates, seed),
        best=best,
        best_baseline=base,
        sentence=verdict.sentence(summary, differences[differences["measure"] == by], best, by, flagged, periods),
        note=verdict.note(len(rates), periods),
        share=flagged,
    )


def _by_origin(scores: pd.DataFrame, measure: str, names: list[str]) -> pd.DataFrame:
    return scores.pivot_table(index="origin", columns="method", values=measure, dropna=False)[names]


def _summary(tables: Mapping[str, pd.DataFrame], by: str, seed: int) -> pd.DataFrame:
    """Return the mean of each measure, with intervals over the periods, all methods drawn together."""
    gain = tables[by].sub(tables[by][BASELINE], axis=0)
    summary = pd.DataFrame({"method": list(gain)})
    for measure, table in {**tables, "gain": gain}.items():
        summary[measure] = table.mean().to_numpy()
        if measure in _WITH_INTERVAL:
            low, high = mean_interval(table, seed=seed)
            summary[f"{measure}_low"], summary[f"{measure}_high"] = low, high
    return summary.assign(origins=len(gain))


def _differences(tables: Mapping[str, pd.DataFrame], base: str, seed: int) -> pd.DataFrame:
    """Return what each method gained on the raw count and on the best baseline, by every measure that could be had."""
    whole = {name: tables[name] for name in COMPARED if tables[name].notna().all(axis=None)}
    parts = [
        paired_differences(table, against, seed=seed).assign(measure=name)
        for name, table in whole.items()
        for against in dict.fromkeys((BASELINE, base))
    ]
    found = pd.concat(parts, ignore_index=True)
    return found[["measure", *(column for column in found if column != "measure")]]


def _untested(scores: pd.DataFrame, not_run: Mapping[str, str], flagged: float, periods: Periods) -> Backtest:
    intervals = [f"{m}_{end}" for m in _WITH_INTERVAL for end in ("low", "high")]
    summary = pd.DataFrame(columns=["method", *MEASURES, "jaccard", "gain", *intervals, "origins"])
    differences = pd.DataFrame(columns=["measure", *paired_differences(pd.DataFrame({BASELINE: []}), BASELINE)])
    unit, least = verdict.unit_of(periods), LEAST_HISTORY + 1
    why = (
        "no crime was recorded in the study area in the periods to be forecast"
        if periods.size > LEAST_HISTORY
        else f"it takes at least {least} {unit}s of crimes, and there are {periods.size}"
    )
    return Backtest(
        scores=scores,
        summary=summary,
        differences=differences,
        not_run=not_run,
        prequential=verdict.prequential(pd.DataFrame({BASELINE: []}), 0),
        best=verdict.UNTESTED,
        best_baseline=BASELINE,
        sentence=f"No forecast could be tested: {why}. The {verdict.UNTESTED} map is used untested.",
        note=f"No back-test: {why}.",
        share=flagged,
    )
