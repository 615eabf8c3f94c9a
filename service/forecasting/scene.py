"""What a back-test is asked, and what it works on: crimes on a ground, cut into periods."""

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.crimes import CrimeRead
from geodata.errors import InputError
from geodata.harm import read_harm
from geodata.periods import Periods, every_of
from geodata.streets import covers, read_streets
from hotspots.choose import patrollable_share
from hotspots.street_by_cell import street_by_cell
from service.profile.force import Profile, read_profile
from service.reading import inputs
from service.reading.events import Events
from service.reading.given import read_given
from service.reading.sources import all_sources
from service.reading.study_area import StudyArea, study_area

CELLS_IN_BANDWIDTH: Final = 3.0


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
    request : what was asked
    read : what was read, with rejects and sources
    crimes : table of crimes, those analysed
    ground : the study area
    periods : Periods
    street : metres of street in each cell, or None
    harm : of each crime, or None
    excluded : number of crimes left out by offence
    """

    request: BacktestRequest
    read: CrimeRead
    crimes: GeoDataFrame
    ground: StudyArea
    periods: Periods
    street: FloatArray | None
    harm: pd.Series | None
    excluded: int

    @cached_property
    def settings(self) -> dict[str, Any]:
        """All that a score depends on beside the files: not the number of origins, nor which methods are asked."""
        asked, grid = self.request, self.ground.grid
        area = float(self.ground.study.sum()) * grid.cell_area
        most = patrollable_share(area, max_area=Profile().analysis.largest_hotspot)
        bandwidth = CELLS_IN_BANDWIDTH * asked.cell if asked.bandwidth is None else asked.bandwidth
        return {
            "verb": "backtest",
            "cell": asked.cell,
            "share": most if asked.share is None else asked.share,
            "bandwidth": cast.above_zero(bandwidth, "--bandwidth", "metres"),
            "from": str(self.periods.start),
            "to": str(self.periods.end),
            "period": asked.period or self.periods.unit,
            "harm": None if asked.harm is None else Path(asked.harm).name,
            "crs": grid.crs,
            "columns": None if asked.events is None else {**asdict(asked.events), "paths": None},
        }

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Table of sources: every file read."""
        asked = self.request
        own = Path(asked.harm) if asked.harm and Path(asked.harm).is_file() else None
        others = {
            "areas": asked.areas, "outline": asked.polygon, "streets": asked.streets, "profile": asked.profile,
            "harm": own,
        }  # fmt: skip
        return all_sources(self.read, others, {})


def backtest_scene(request: BacktestRequest) -> BacktestScene:
    """
    Read what a back-test is given.

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule.
    """
    profile = read_profile(request.profile)
    read = read_given(request.events, request.crimes, profile)
    ground = study_area(read.crimes, cell=request.cell, areas=request.areas, polygon=request.polygon)
    kept = ground.crimes[~ground.crimes["offence"].isin(profile.analysis.exclude)]
    if kept.empty:
        raise InputError("Some crime must be left to analyse; every located crime is of an excluded offence.")
    periods = periods_asked(kept, request.period, request.as_of)
    crimes = periods.within(kept)
    harm = None if request.harm is None else read_harm(request.harm).of(crimes["offence"])
    excluded = len(ground.crimes) - len(kept)
    return BacktestScene(request, read, crimes, ground, periods, _street(request, ground), harm, excluded)


def periods_asked(crimes: GeoDataFrame, period: str | None, as_of: str | None) -> Periods:
    """
    Return the periods that are asked for: of a length such as 7d, or month; None for weeks, or months where only they
    are known.

    Raises
    ------
    InputError
        If days are asked of crimes that are known by month only, or no whole period is there.
    """
    every = every_of(period or "7d")
    monthly = bool((crimes["precision"] == "month").any())
    if monthly and period is not None and every != "month":
        raise InputError(
            f"A period of {period} needs crimes whose day is known; of some only the month is: take `--period month`."
        )
    return Periods.of(crimes, as_of=inputs._moment(as_of), every=every)


def _street(request: BacktestRequest, ground: StudyArea) -> FloatArray | None:
    if request.streets is None:
        return None
    streets = read_streets(request.streets, crs=ground.grid.crs, cache=inputs._cache())
    areas = GeoDataFrame(geometry=ground.outline)
    if not covers(streets, areas):
        raise InputError(f"The streets must overlap the area studied, and those in {request.streets} do not.")
    return street_by_cell(streets, ground.grid)
