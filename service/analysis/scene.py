"""From accepted crimes to ranked hot spots: the analyst's half of the cycle."""

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.areas import locate
from geodata.cast import BoolArray
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2, Grid
from geodata.periods import Periods
from hotspots.backtest import Backtest, backtest
from hotspots.choose import patrollable_share
from hotspots.density import CoarseGridWarning
from hotspots.forecast import METHODS, SLOW, forecast
from hotspots.forecast.methods import BASELINE
from hotspots.history import HotspotHistory, hotspot_history, values_by_period
from hotspots.hit_curve import hit_rate_curve
from hotspots.sensitivity import Sensitivity, sensitivity
from hotspots.shape import SMOOTH, Shape, best_shape
from service.reading.inputs import Inputs

SMALL_FORCE_KM2: Final = 25.0
CELLS_IN_BANDWIDTH: Final = 3.0
MOST_SHAPE_TESTS: Final = 3
NEXT_CELLS: Final = 1.5  # reach the eight cells about a cell
WEEKS_TOGETHER: Final = 4  # a cell has too few crimes in one week for a week to be judged by itself
FEWEST_FOR_HISTORY: Final = 5  # periods: fewer have no last fifth


@dataclass(frozen=True)
class Scene:
    """
    The crimes that are analysed, and the sheet they are drawn on.

    Parameters
    ----------
    crimes : table of crimes inside the areas, in a whole period, of the offences analysed
    ward : Series, code of each crime's area
    harm : Series, harm of each crime times its control-strategy weight
    grid, study : cells, and which of them lie in the areas
    periods : weeks or months
    bandwidth : metres
    excluded : crimes left out of the risk surface by offence
    """

    crimes: GeoDataFrame
    ward: pd.Series
    harm: pd.Series
    grid: Grid
    study: BoolArray
    periods: Periods
    bandwidth: float
    excluded: int

    @property
    def area(self) -> float:
        """Square metres of the study area."""
        return float(self.study.sum()) * self.grid.cell_area


@dataclass(frozen=True)
class Outlook:
    """
    What is expected next, and how well that would have been known before.

    Parameters
    ----------
    rules : share (of the study area), min_area and max_area (square metres) of the hot spots
    backtest : each forecast's record
    shape : what the hot spots grow on
    crimes, harm : Series, expected in each cell in one week, by the forecast with the best record
    surface : Series, what is ranked by in each cell and one week, smoothed by its density: the picture on the map
    """

    rules: Mapping[str, Any]
    backtest: Backtest
    shape: Shape
    crimes: pd.Series
    harm: pd.Series
    surface: pd.Series


def set_scene(given: Inputs) -> Scene:
    """
    Choose the crimes to analyse, the cells and the periods.

    Raises
    ------
    InputError
        If no accepted crime lies in the areas, none is left once offences are excluded, or no cell's centre lies in
        an area.
    """
    settings, everything = given.profile.analysis, given.crimes.crimes
    ward = locate(everything, given.wards)
    inside = ward.notna()
    if not inside.any():
        raise InputError(f"Crimes and areas must overlap; none of {len(everything):,} accepted crimes lies in an area.")
    wanted = inside & ~everything["offence"].isin(settings.exclude)
    if not wanted.any():
        raise InputError("Some crime must be left to analyse; every located crime is of an excluded offence.")
    since = None if settings.since is None else pd.Timestamp(settings.since)
    periods = Periods.of(everything[wanted], as_of=given.as_of, since=since)
    crimes = periods.within(everything[wanted])
    cell = settings.cell if settings.cell != "auto" else _cell(given.wards)
    grid = Grid.over(given.wards, cell)
    study = grid.mask(given.wards)
    if not study.any():
        raise InputError(f"Cells must be small enough that the centre of one lies in an area; none of {cell:g} m does.")
    strategy = crimes["offence"].map(given.profile.control_strategy).astype("float64").fillna(1.0)
    return Scene(
        crimes=crimes,
        ward=ward.loc[crimes.index],
        harm=given.harm.of(crimes["offence"]) * strategy,
        grid=grid,
        study=study,
        periods=periods,
        bandwidth=settings.bandwidth if settings.bandwidth != "auto" else CELLS_IN_BANDWIDTH * cell,
        excluded=int((inside & ~wanted).sum()),
    )


def refuse_gaps(gaps: tuple[str, ...], *, allowed: bool) -> None:
    """
    Refuse months without a crime between the first and the last, unless they are allowed.

    Raises
    ------
    InputError
        Naming the months.
    """
    if gaps and not allowed:
        raise InputError(
            f"Months must follow one another, and there is no crime in {', '.join(gaps)}: "
            "fetch what is missing, or pass --allow-gaps."
        )


def look_ahead(given: Inputs, scene: Scene) -> Outlook:
    """Back-test the forecasts that the profile asks for, and let the one with the best record say what to expect."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)  # `too_coarse` says it
        return _look_ahead(given, scene)


def too_coarse(scene: Scene) -> tuple[str, ...]:
    """Return what follows from a bandwidth below the side of a cell, in a sentence, or nothing."""
    if scene.bandwidth >= scene.grid.cell:
        return ()
    return (
        f"The bandwidth of {scene.bandwidth:g} m is below the side of a cell, {scene.grid.cell:g} m. "
        "The density then misses crimes between the centres of cells: take smaller cells or a greater bandwidth.",
    )


def _look_ahead(given: Inputs, scene: Scene) -> Outlook:
    settings = given.profile.analysis
    tried = [name for name in METHODS if settings.forecasts == "all" or name not in SLOW]
    weights = scene.harm if settings.rank_by == "harm" else None
    rules: dict[str, Any] = {
        "share": area_share(given, scene),
        "min_area": settings.smallest_hotspot,
        "max_area": settings.largest_hotspot,
    }
    record = backtest(
        scene.crimes, scene.grid, scene.periods, study=scene.study, share=rules["share"], bandwidth=scene.bandwidth,
        harm=scene.harm, origins=settings.origins, seed=given.seed, methods=tried,
    )  # fmt: skip
    shape = best_shape(
        scene.crimes, scene.grid, scene.periods, method=record.best, study=scene.study, bandwidth=scene.bandwidth,
        weights=weights, origins=min(settings.origins, MOST_SHAPE_TESTS), **rules,
    )  # fmt: skip
    return Outlook(
        rules,
        record,
        shape,
        crimes=_expected(scene, record.best, None),
        harm=_expected(scene, record.best, scene.harm),
        surface=_expected(scene, SMOOTH, weights),
    )


def forecast_curve(given: Inputs, scene: Scene, outlook: Outlook) -> pd.DataFrame:
    """Return how much of what came the forecast used, and another beside it, would have caught at any share of area."""
    settings = given.profile.analysis
    methods = list(dict.fromkeys((outlook.backtest.best, BASELINE, SMOOTH)))[:2]
    return hit_rate_curve(
        scene.crimes, scene.grid, scene.periods, methods=methods, study=scene.study,
        bandwidth=scene.bandwidth, weights=scene.harm if settings.rank_by == "harm" else None,
        origins=settings.origins, seed=given.seed,
    )  # fmt: skip


def area_share(given: Inputs, scene: Scene) -> float:
    """Return the share of the study area to put into hot spots: the profile's, or as many as can be visited."""
    settings = given.profile.analysis
    if settings.area_share != "auto":
        return settings.area_share
    return patrollable_share(scene.area, max_area=settings.largest_hotspot)


def _expected(scene: Scene, method: str, weights: pd.Series | None) -> pd.Series:
    return forecast(
        scene.crimes,
        scene.grid,
        scene.periods,
        method=method,
        bandwidth=scene.bandwidth,
        weights=weights,
        study=scene.study,
    )


def redrawn(given: Inputs, scene: Scene, outlook: Outlook) -> Sensitivity | None:
    """Return the hot spots of the density map under other settings, or None where the cells are too coarse."""
    if too_coarse(scene):
        return None
    weights = scene.harm if given.profile.analysis.rank_by == "harm" else None
    return sensitivity(
        scene.crimes, given.wards, bandwidth=scene.bandwidth, cell=scene.grid.cell, weights=weights, **outlook.rules
    )


def cell_history(scene: Scene) -> HotspotHistory | None:
    """
    Return how often each cell where crime was recorded has been hot, or None of fewer than five periods.

    Cells without any crime, fields and water, are left out: beside them every street would be hot.
    """
    values = values_by_period(scene.crimes, scene.grid, long_periods(scene.periods))
    if values.shape[1] < FEWEST_FOR_HISTORY:
        return None
    return hotspot_history(values, scene.grid, radius=reach(scene), study=with_crime(scene))


def with_crime(scene: Scene) -> BoolArray:
    """Return True for each cell where any crime analysed was recorded; the study area where there is none."""
    cell = scene.grid.cell_of(*cast.coordinates(scene.crimes, scene.grid.crs))
    found = np.bincount(cell[cell >= 0], minlength=scene.grid.size) > 0
    return found if found.any() else scene.study


def long_periods(periods: Periods) -> Periods:
    """Return months as they are, and weeks four at a time, counted back from the newest."""
    if periods.unit == "month":
        return periods
    return Periods(periods.edges[::-WEEKS_TOGETHER][::-1], periods.unit)


def reach(scene: Scene) -> float:
    """Return how far the neighbourhood of a cell reaches in the local statistics: the bandwidth, in metres."""
    return max(scene.bandwidth, NEXT_CELLS * scene.grid.cell)


def by_ward(
    scene: Scene, codes: Iterable[str], *, counted: pd.Series | None = None, weeks: float | None = None
) -> pd.DataFrame:
    """
    Return crimes (recorded) and expected crimes and harm a week of wards, indexed by code.

    Parameters
    ----------
    scene : the crimes analysed
    codes : of the wards
    counted : which of the crimes count, None: all
    weeks : in which these were recorded, None: all that are analysed
    """
    weeks = float(scene.periods.weeks.sum()) if weeks is None else weeks
    table = pd.DataFrame({"ward": scene.ward, "crimes": 1, "harm": scene.harm})
    grouped = (table if counted is None else table[counted]).groupby("ward")[["crimes", "harm"]]
    sums = grouped.sum().reindex(pd.Index(codes, name="code"), fill_value=0)
    return sums.assign(expected_crimes=sums["crimes"] / weeks, expected_harm=sums["harm"] / weeks).drop(columns="harm")


def by_period(scene: Scene) -> pd.DataFrame:
    """Return crimes and harm of every period analysed."""
    number = scene.periods.number(scene.crimes)
    size = scene.periods.size
    return pd.DataFrame(
        {
            "period": scene.periods.labels,
            "crimes": np.bincount(number, minlength=size),
            "harm": np.bincount(number, weights=scene.harm, minlength=size),
        }
    )


def _cell(wards: GeoDataFrame) -> float:
    """50 m cells for a force that one can walk across, else 100 m."""
    return 50.0 if float(wards.area.sum()) < SMALL_FORCE_KM2 * SQUARE_METRES_PER_KM2 else 100.0
