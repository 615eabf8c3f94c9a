"""
The bandwidth that would have caught most: each candidate forecasts the last periods, and what then came is counted.

No bandwidth is right in itself; this one is right for the share of the area that will be patrolled. Published map
points may be used, for what is counted then falls on the same points; the answer is right for such data alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.choose import choose
from hotspots.evaluate import hit_rate
from hotspots.forecast.baselines import density
from hotspots.forecast.history import History
from hotspots.intervals import FEWEST_TESTS, mean_interval

CELLS_WIDE: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)
LEAST_HISTORY: Final = 2  # periods before the first one forecast


@dataclass(frozen=True)
class BacktestedBandwidth:
    """
    The bandwidth that caught most, and what every candidate caught.

    Parameters
    ----------
    metres : the bandwidth chosen; NaN where nothing could be tested
    table : one row per candidate, the narrowest first
        bandwidth (metres), crimes_caught and harm_caught (mean shares of a period's; harm NaN where none is given),
        behind, behind_low, behind_high: the share by which it caught less than the one chosen, paired period by
        period, with a 90 % bootstrap interval, and as_good (True where that interval does not lie above 0).
    scores : one row per candidate and period: bandwidth, origin (label of the period), crimes_caught, harm_caught
    tests : number of periods forecast
    sentence : what was found, in plain English
    note : what limits the finding, empty if nothing does
    """

    metres: float
    table: pd.DataFrame
    scores: pd.DataFrame
    tests: int
    sentence: str
    note: str


@dataclass(frozen=True)
class _Flag:
    """How much is flagged, whether harm is counted too, and the rules of the hot spots, if any."""

    share: float
    weighed: bool
    rules: Mapping[str, Any]


def backtested_bandwidth(
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    study: BoolArray,
    share: float,
    candidates: Sequence[float] | None = None,
    harm: Any = None,
    origins: int = 6,
    seed: int = 0,
    **rules: Any,
) -> BacktestedBandwidth:
    """
    Return the bandwidth whose density would have caught most harm (crimes, where no harm is given).

    Each candidate forecasts each of the last periods from those before it, as the back-test does. Flagged are the
    highest cells that fit into `share` of the study area or, where `rules` are given, the hot spots that would have
    been chosen. The rules matter: on published map points single cells are always caught best by the narrowest
    bandwidth, for past and future crimes of a street lie on the very same point, but nobody can visit them all.

    The candidate with the greatest mean share caught is chosen, the wider one of equals. The same periods choose and
    score, so the share that the chosen one caught is a little too good.

    Parameters
    ----------
    crimes : table of crimes, points in the CRS of `grid`
    grid : Grid
    periods : Periods
    study : True for each cell of the study area
    share : share of the study area that may be flagged, above 0 to 1
    candidates : metres, by default 1, 1.5, 2, 3, 4, 6, 8 and 12 cells
    harm : at least 0, one per crime; None where only crimes are counted
    origins : number of periods to forecast, at most; two are always kept as the first history
    seed : of the bootstrap
    rules : min_area, max_area and most, as `choose` takes them; none to flag single cells

    Returns
    -------
    BacktestedBandwidth

    Raises
    ------
    InputError
        If an argument breaks its rule; a candidate below the side of a cell is one.

    References
    ----------
    .. [1] Chainey, S. (2013). Examining the influence of cell size and bandwidth size on kernel density estimation
       crime hotspot maps for predicting spatial patterns of crime. Bulletin of the Geographical Society of Liege 60.
    """
    radii = _candidates(candidates, grid)
    history = History.of(crimes, grid, periods, bandwidth=radii[0], weights=harm, study=study)
    first = max(LEAST_HISTORY, periods.size - cast.whole(origins, "origins", 1))
    flag = _Flag(share, harm is not None, rules)
    rows = [
        {"bandwidth": radius, "origin": periods.labels[period], **caught}
        for period in range(first, periods.size)
        for radius, caught in zip(radii, _caught(history, period, radii, flag), strict=False)
    ]
    scores = pd.DataFrame(rows, columns=["bandwidth", "origin", "crimes_caught", "harm_caught"])
    by = "crimes_caught" if harm is None else "harm_caught"
    table, best = _table(scores, radii, by, seed)
    tests = int(scores["origin"].nunique())
    metres = float(radii[best]) if tests else float("nan")
    sentence = _sentence(table, best, tests, by, periods.unit)
    return BacktestedBandwidth(metres, table, scores, tests, sentence, _note(crimes, best, tests))


def _candidates(candidates: Sequence[float] | None, grid: Grid) -> FloatArray:
    radii = [width * grid.cell for width in CELLS_WIDE] if candidates is None else list(candidates)
    if not radii:
        raise InputError("`candidates` must hold at least one bandwidth, got none.")
    ascending = np.unique([cast.above_zero(radius, "candidates", "metres") for radius in radii])
    if ascending[0] < grid.cell:
        raise InputError(
            f"`candidates` must be at least the side of a cell ({grid.cell:g} metres), got {ascending[0]:g}: crimes "
            "between the centres of cells would count for nothing."
        )
    return ascending


def _caught(history: History, period: int, radii: FloatArray, flag: _Flag) -> list[dict[str, float]]:
    """Return what each candidate would have caught, nothing where the period holds nothing to catch."""
    past, future = history.before(period), history.during(period)
    harm = future.per_cell()
    if harm[history.study].sum() == 0:
        return []
    counted = past.weighing(np.ones_like(past.weights))
    crimes = future.weighing(np.ones_like(future.weights)).per_cell()
    rows = []
    for radius in radii:
        caught = _share_caught(counted, radius, crimes, flag)
        worst = _share_caught(past, radius, harm, flag) if flag.weighed else float("nan")
        rows.append({"crimes_caught": caught, "harm_caught": worst})
    return rows


def _share_caught(past: History, radius: float, future: FloatArray, flag: _Flag) -> float:
    surface = density(replace(past, bandwidth=float(radius)))
    if not flag.rules:
        return hit_rate(surface[past.study], future[past.study], share=flag.share)
    expected = pd.Series(surface, index=past.grid.index)
    spots = choose(expected, past.grid, study=past.study, share=flag.share, **flag.rules)
    return float(future[spots.cells.index].sum() / future[past.study].sum())


def _table(scores: pd.DataFrame, radii: FloatArray, by: str, seed: int) -> tuple[pd.DataFrame, int]:
    """Return what each candidate caught on average and how far it fell behind, and the place of the best."""
    wide = {
        name: scores.pivot_table(index="origin", columns="bandwidth", values=name, dropna=False)
        .reindex(columns=radii)
        .to_numpy(dtype=np.float64)
        for name in ("crimes_caught", "harm_caught")
    }
    table = pd.DataFrame({"bandwidth": radii})
    for name, caught in wide.items():
        table[name] = caught.mean(axis=0) if len(caught) else np.nan
    mean = table[by].to_numpy()
    best = radii.size - 1 - int(np.argmax(mean[::-1])) if len(wide[by]) else radii.size - 1
    behind = wide[by][:, [best]] - wide[by]
    low, high = mean_interval(behind, seed=seed)
    table["behind"] = behind.mean(axis=0) if len(behind) else np.nan
    table["behind_low"], table["behind_high"] = low, high
    table["as_good"] = ~(low > 0)
    return table, best


def _sentence(table: pd.DataFrame, best: int, tests: int, by: str, unit: str) -> str:
    if tests == 0:
        return f"No bandwidth could be tested: it takes a {unit} with crime after at least {LEAST_HISTORY} others."
    what = "crimes" if by == "crimes_caught" else "harm"
    plural = "" if tests == 1 else "s"
    chosen = table.iloc[best]
    caught = (
        f"A bandwidth of {chosen['bandwidth']:g} metres would have caught most: {100 * chosen[by]:.1f} % of the next "
        f"{unit}'s {what}, over {tests} {unit}{plural} forecast"
    )
    if tests < FEWEST_TESTS:
        return f"{caught}; that is too few to tell bandwidths apart."
    alike = table.loc[table["as_good"], "bandwidth"]
    if len(alike) == 1:
        return f"{caught}; every other one tried caught less."
    return f"{caught}; from {alike.min():g} to {alike.max():g} metres {len(alike)} of {len(table)} tried do as well."


def _note(crimes: GeoDataFrame, best: int, tests: int) -> str:
    if tests == 0 or best > 0:
        return ""
    if "place_kind" in crimes and bool((crimes["place_kind"] == "map point").any()):
        return (
            "The narrowest candidate is the best, as is usual on published map points: past and future crimes of a "
            "street lie on the very same point. It says nothing of where in the street crime happens."
        )
    return "The narrowest candidate is the best: smaller cells and a narrower bandwidth may catch more still."
