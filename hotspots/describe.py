"""The table of hot spots: what each is called, what happens there, how much to expect, and why it was chosen."""

from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from shapely.geometry.base import BaseGeometry

from geodata import cast, tables
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots.density import weights_of
from hotspots.expectation import count_interval, excess_variance, harm_interval
from hotspots.history import HISTORY_CLASSES
from hotspots.ranking import LEAST_PERIODS, rank_intervals, rank_stability, weight_by_period
from hotspots.spots import Spots
from hotspots.trend import TOO_FEW, trend
from hotspots.wording import RankBy, mixes, most, names, reasons

TOP_QUARTER: Final = 4


def describe(
    spots: Spots,
    crimes: GeoDataFrame,
    grid: Grid,
    periods: Periods,
    *,
    expected_crimes: pd.Series,
    harm: Any,
    areas: GeoDataFrame,
    wards: pd.Series,
    expected_harm: pd.Series | None = None,
    rank_by: RankBy = "harm",
    classes: pd.Series | None = None,
    seed: int = 0,
) -> GeoDataFrame:
    """
    Return the table of hot spots, one row per spot in order of rank.

    Intervals are 90 % prediction intervals for one week (`expectation.py`) from how the spot's own periods vary. The
    trend is that of its rates a week (`trend.py`). Its history is the class that most of its cells with a class have,
    of equally many the one that `HISTORY_CLASSES` names first; "none" where no cell of it has one. The interval on its
    rank is that of its mean rate among these spots, and its stability the share of windows of half the periods in which
    it is in the first quarter of them (`ranking.py`); both are missing below six periods. A spot is named
    after the location most of its crimes give; where that is a kind of place ("Parking Area") the street most named is
    added, and where two spots would bear one name, their grid references.

    Parameters
    ----------
    spots : the hot spots chosen
    crimes : table of crimes, points in the CRS of `grid`
        Those outside `periods` are left out.
    grid : Grid
    periods : Periods
    expected_crimes : crimes a week, one per cell of `grid`
    harm : at least 0, one per crime
    areas : table of areas
    wards : code of the area that holds each crime, missing outside, indexed like `crimes`
    expected_harm : harm a week, one per cell of `grid`
        By default the crimes expected in a spot at the mean harm of those recorded there.
    rank_by : what `spots` was chosen and ranked by
    classes : one of `HISTORY_CLASSES`, indexed by cell, as in the column `hot` of a `HotspotHistory`
        Cells that are not in it have no class. Without it every history is "too few to say".
    seed : of the bootstrap behind the intervals on ranks

    Returns
    -------
    hot spots : `tables.HOTSPOTS`

    Raises
    ------
    InputError
        If a Series is not one number per cell or per crime, or `crimes` is in another CRS than `grid`.
    """
    held = _crimes_held(spots, crimes, grid, periods, weights_of(harm, crimes, "harm"), wards)
    size = len(spots.table)
    per_crime = _harm_per_crime(held, size)
    crimes_a_week = _per_spot(spots, cast.weights(expected_crimes, grid.size, "expected_crimes"))
    harm_a_week = (
        crimes_a_week * per_crime["mean"].to_numpy()
        if expected_harm is None
        else _per_spot(spots, cast.weights(expected_harm, grid.size, "expected_harm"))
    )
    weeks = periods.weeks.to_numpy(dtype=np.float64)
    counts = _counts(held, size, periods.size)
    weigh = harm if rank_by == "harm" else None
    alpha = excess_variance(counts, weeks)
    crimes_low, crimes_high = count_interval(crimes_a_week, alpha)
    harm_low, harm_high = harm_interval(harm_a_week, crimes_a_week, alpha, per_crime["spread"].to_numpy())
    table = GeoDataFrame(
        {
            "hotspot_id": pd.array([f"H{rank:02d}" for rank in spots.table["rank"]], dtype="string"),
            "rank": spots.table["rank"].to_numpy(),
            **_order(weight_by_period(spots, crimes, grid, periods, weights=weigh), weeks, seed),
            "name": pd.array(names(held, spots, grid), dtype="string"),
            "ward": pd.array(_wards(held, spots, areas), dtype="string"),
            "crimes": counts.sum(axis=1).astype(np.int64),
            "offence_mix": pd.array(mixes(held, size), dtype="string"),
            "expected_crimes": crimes_a_week,
            "expected_crimes_low": crimes_low,
            "expected_crimes_high": crimes_high,
            "expected_harm": harm_a_week,
            "expected_harm_low": harm_low,
            "expected_harm_high": harm_high,
            "area_m2": spots.table["area_m2"].to_numpy(),
            "trend": pd.array(trend(counts, weeks), dtype="string"),
            "history": pd.array(_histories(spots, classes), dtype="string"),
            "reason": pd.array(reasons(held, spots, rank_by), dtype="string"),
        },
        geometry=spots.table.geometry.to_numpy(),
        crs=grid.crs,
    )
    return tables.check(table, tables.HOTSPOTS)


def _crimes_held(
    spots: Spots, crimes: GeoDataFrame, grid: Grid, periods: Periods, harm: FloatArray, wards: pd.Series
) -> pd.DataFrame:
    """Return the crimes of the periods that lie in a spot: spot (from 0), period, offence, location, ward, harm."""
    if not wards.index.equals(crimes.index):
        raise InputError("`wards` must have the index of the crimes, got a Series with another one.")
    x, y = cast.coordinates(crimes, grid.crs)
    number = np.full(grid.size + 1, -1, dtype=np.int64)  # the last one stands for outside the grid: cell -1
    number[spots.cells.index.to_numpy()] = spots.cells.to_numpy() - 1
    spot, period = number[grid.cell_of(x, y)], periods.number(crimes)
    kept = (spot >= 0) & (period >= 0)
    found = crimes.loc[kept]
    return pd.DataFrame(
        {
            "spot": spot[kept],
            "period": period[kept],
            "offence": found["offence"].astype("string").array,
            "location": found["location"].astype("string").array,
            "ward": wards.loc[kept].astype("string").array,
            "harm": harm[kept],
        }
    )


def _per_spot(spots: Spots, surface: FloatArray) -> FloatArray:
    ranks = spots.cells.to_numpy() - 1
    return np.bincount(ranks, weights=surface[spots.cells.index], minlength=len(spots.table)).astype(np.float64)


def _order(by_period: pd.DataFrame, weeks: FloatArray, seed: int) -> dict[str, FloatArray]:
    """Return the interval of each rank and how steadily it is in the top quarter; missing of too few periods."""
    size, periods = by_period.shape
    if periods < LEAST_PERIODS or size == 0:
        return {name: np.full(size, np.nan) for name in ("rank_low", "rank_high", "stability")}
    top = -(-size // TOP_QUARTER)
    ranks = rank_intervals(by_period, weeks=weeks, top=top, seed=seed)
    steady = rank_stability(by_period, window=periods // 2, top=top, weeks=weeks)
    columns = {"rank_low": ranks["low"], "rank_high": ranks["high"], "stability": steady["share"]}
    return {name: column.to_numpy(dtype=np.float64) for name, column in columns.items()}


def _histories(spots: Spots, classes: pd.Series | None) -> list[str]:
    if classes is None:
        return [TOO_FEW] * len(spots.table)
    found = classes.astype("string").reindex(spots.cells.index).fillna("none")
    counted = pd.crosstab(spots.cells.to_numpy(), found.to_numpy()).reindex(
        index=spots.table["rank"], columns=list(HISTORY_CLASSES[:-1]), fill_value=0
    )
    return [
        str(name) if row[name] else "none"
        for name, (_, row) in zip(counted.idxmax(axis=1), counted.iterrows(), strict=True)
    ]


def _counts(held: pd.DataFrame, size: int, periods: int) -> FloatArray:
    """Return crimes by spot and period."""
    pairs = held["spot"].to_numpy() * periods + held["period"].to_numpy()
    return np.bincount(pairs, minlength=size * periods).reshape(size, periods).astype(np.float64)


def _harm_per_crime(held: pd.DataFrame, size: int) -> pd.DataFrame:
    """Return the mean harm of one crime and its variance over the squared mean, by spot; of all spots where none is."""
    groups = held.groupby("spot")["harm"]
    whole = held["harm"].mean() if len(held) else 0.0
    mean = groups.mean().reindex(range(size)).fillna(whole)
    variance = groups.var(ddof=0).reindex(range(size)).fillna(held["harm"].var(ddof=0) if len(held) else 0.0)
    return pd.DataFrame({"mean": mean, "spread": (variance / mean.where(mean > 0) ** 2).fillna(0.0)})


def _wards(held: pd.DataFrame, spots: Spots, areas: GeoDataFrame) -> list[Any]:
    """Return the code of the ward that holds most of each spot's crime, or else the one at a point inside it."""
    fullest = most(held, "ward")
    return [fullest.get(spot) or _area_at(shape, areas) for spot, shape in enumerate(spots.table.geometry)]


def _area_at(shape: BaseGeometry, areas: GeoDataFrame) -> Any:
    positions: IntArray = areas.sindex.query(shape.representative_point(), predicate="intersects")
    return min(areas["code"].iloc[positions].astype(str), default=pd.NA)
