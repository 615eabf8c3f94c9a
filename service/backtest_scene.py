"""What a back-test is asked, and what it works on: crimes on a ground, cut into periods."""

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import FloatArray
from geodata.crimes import CrimeRead, read_crimes
from geodata.errors import InputError
from geodata.harm import read_harm
from geodata.periods import Periods, every_of
from geodata.streets import covers, read_streets
from hotspots.street_by_cell import street_by_cell
from service import inputs
from service.events import Events, read_events
from service.inputs import KEY_VARIABLE
from service.profile import Profile, read_profile
from service.study_area import StudyArea, study_area


@dataclass(frozen=True, kw_only=True)
class BacktestRequest:
    """
    What a back-test is asked.

    Parameters
    ----------
    events : a table of events of any city, or None
    crimes : folders, files or globs of recorded crime, where `events` is None
    profile : force profile in TOML: how `crimes` are read, and the offences left out
    areas, polygon : file of areas, or of an outline; neither for the hull of the events
    streets : file of streets, for the index by street length
    harm : harm table, by name or path; None to count crimes alone
    cell : metres
    share : share of the study area flagged; None for as much as can be patrolled
    bandwidth : metres, of the methods that smooth; None for three cells
    origins : periods forecast, at most
    period : length of a period, such as 7d, or month; None for weeks, or months where only these are known
    methods : names; None for all
    as_of : first day (YYYY-MM-DD) that is not yet known
    seed : of the bootstrap
    out : folder in which scores are kept as they come, so that a run cut short can go on; None to keep none
    """

    events: Events | None = None
    crimes: tuple[str, ...] = ()
    profile: Path | None = None
    areas: Path | None = None
    polygon: Path | None = None
    streets: Path | None = None
    harm: str | None = None
    cell: float = 150.0
    share: float | None = None
    bandwidth: float | None = None
    origins: int = 26
    period: str | None = None
    methods: tuple[str, ...] | None = None
    as_of: str | None = None
    seed: int = 0
    out: Path | None = None


@dataclass(frozen=True)
class BacktestScene:
    """
    What a back-test works on.

    Parameters
    ----------
    read : what was read, with rejects and sources
    crimes : table of crimes, those analysed
    ground : the study area
    periods : Periods
    street : metres of street in each cell, or None
    harm : of each crime, or None
    excluded : number of crimes left out by offence
    """

    read: CrimeRead
    crimes: GeoDataFrame
    ground: StudyArea
    periods: Periods
    street: FloatArray | None
    harm: pd.Series | None
    excluded: int


def backtest_scene(request: BacktestRequest) -> BacktestScene:
    """
    Read what a back-test is given.

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule.
    """
    profile = read_profile(request.profile)
    read = _read(request, profile)
    ground = study_area(read.crimes, cell=request.cell, areas=request.areas, polygon=request.polygon)
    kept = ground.crimes[~ground.crimes["offence"].isin(profile.analysis.exclude)]
    if kept.empty:
        raise InputError("Some crime must be left to analyse; every located crime is of an excluded offence.")
    periods = _periods(kept, request)
    crimes = periods.within(kept)
    harm = None if request.harm is None else read_harm(request.harm).of(crimes["offence"])
    excluded = len(ground.crimes) - len(kept)
    return BacktestScene(read, crimes, ground, periods, _street(request, ground), harm, excluded)


def _read(request: BacktestRequest, profile: Profile) -> CrimeRead:
    if request.events is not None:
        return read_events(request.events)
    key = os.environ.get(KEY_VARIABLE)
    return read_crimes(
        request.crimes,
        crs=profile.analysis.crs,
        record_key=profile.crimes.record_key,
        mapping=profile.crimes.extract,
        key=key.encode() if key else None,
    )


def _periods(crimes: GeoDataFrame, request: BacktestRequest) -> Periods:
    every = every_of(request.period or "7d")
    monthly = bool((crimes["precision"] == "month").any())
    if monthly and request.period is not None and every != "month":
        raise InputError(
            f"A period of {request.period} needs crimes whose day is known; of some only the month is: "
            "take `--period month`."
        )
    return Periods.of(crimes, as_of=inputs._moment(request.as_of), every=every)


def _street(request: BacktestRequest, ground: StudyArea) -> FloatArray | None:
    if request.streets is None:
        return None
    streets = read_streets(request.streets, crs=ground.grid.crs, cache=inputs._cache())
    areas = GeoDataFrame(geometry=ground.outline)
    if not covers(streets, areas):
        raise InputError(f"The streets must overlap the area studied, and those in {request.streets} do not.")
    return street_by_cell(streets, ground.grid)
