"""What one run of the working cycle found: the frozen value that every product is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
from geopandas import GeoDataFrame

from allocation.delivery import Delivery
from allocation.loop import Loop
from allocation.outturn import Outturn
from allocation.problem import Base, Unit
from allocation.robust import Robust
from allocation.schedule import Schedule
from allocation.teams import Staffing
from allocation.tours import WeekPlan
from allocation.variants import Variants
from geodata.cast import BoolArray
from geodata.fitness import Fitness
from geodata.grid import Grid
from geodata.streets import Streets
from hotspots.backtest import Backtest
from hotspots.sensitivity import Sensitivity
from maps.pack.change import Change
from maps.pack.fairness import Fairness
from maps.pack.ground import Ground
from maps.pack.insight import Insight
from maps.pack.past import Past
from maps.pack.public import Public, Tiles
from maps.pack.standing import Standing
from maps.pack.suffering import Suffering


@dataclass(frozen=True)
class Pack:
    """
    One run's findings, from the rows read to the patrols proposed.

    Parameters
    ----------
    force : name shown to readers, as the profile gives it
    marking : protective marking, shown at the top and bottom of every product
    period : the time analysed in words, "1 June 2013 to 30 June 2014"
    next_period : the time forecast in words, "the week after 30 June 2014"
    run_id : first 12 hex digits of the fingerprint of inputs and settings
    grid, study : the cells and which of them lie in the force's area
    risk : Series, expected harm per cell and week, smoothed by its density, over all cells of `grid`
    risk_unit : the unit of `risk` in words, "days of imprisonment (name of the harm table)"
    rank_by : "harm" or "crimes": what the hot spots are ranked by
    sources, rejects : tables of files read and of rows refused
    skipped : files in the folders given that hold no crimes, "name: why"
    fitness : what the data can and cannot bear
    wards : table of areas
    hotspots : table of hot spots
    area_share : share of the study area that the hot spots take up
    backtest : how well each forecast would have done
    sensitivity : the hot spots of the density map under other settings, or None where none can be tried
    ward_demand : expected crime and harm by ward
    staffing : teams by ward, with alternatives
    schedule : CSO patrols by shift, with alternatives
    bases, units : where patrols start and what is sent
    routes : one line a unit; columns unit, role, base, shift, stops, metres (walked), driven_back, geometry
    streets : the street network, or None where patrols are planned in straight lines
    ward_table : one row a ward: code, name, crimes (recorded), expected_crimes, expected_harm, hotspots
    monthly : one row a period: period, crimes, harm
    assumptions : each a sentence: what was not given and what was taken instead
    parameters : columns name, value, meaning
    credits : attribution of the data and libraries' names, each a sentence
    versions : name to version of the program and what it computes with
    outturn : how the teams would have done in periods they were not planned on; None where there are too few
    walks : how its patrols would have done in periods they were not planned on; None without streets, or where there
        are too few periods
    week : the tours and visits of the CSOs of every base; None where there are none
    loop : how that week's hours and the walks were made to agree, with the end-to-end loss; None likewise
    variants : a plan for each of the coming days; None where none is asked for
    delivery : what was delivered of the last tasking, by base and shift; None where nobody said
    insight : when in the week, what an hour of patrol meets, how far crime gathers, what is new; None if not asked
    until : the day after the last one analysed; None where it is not known
    change : what changed against the last period and the year before; None where there is no earlier one, or not asked
    suffering : who suffers again, and where windows are open; None if not asked
    past : the last tasking, looked back on; None where it was not given
    standing : trends, wards, funding and targets over all the time analysed; None if not asked
    fairness : patrol beside harm by deprivation, and what the records would come to; None if not asked
    sure : the teams held against other demand, and which are offered; None where the past is too short
    days : as `routes`, of each plan of `variants`; None where one plan is for all days, or not asked
    public : what the profile says for the public
    tiles : the force's own tile server for base maps; None where there is none
    ground : the base map of the street extract; None where it has nothing but lines
    features : what the base map is drawn from: kind, name, geometry; None likewise
    ward_periods : one row a period (of four weeks, or a month) and ward: period, weeks, ward, harm; None if not kept
    """

    force: str
    marking: str
    period: str
    next_period: str
    run_id: str
    grid: Grid
    study: BoolArray
    risk: pd.Series
    risk_unit: str
    rank_by: str
    sources: pd.DataFrame
    rejects: pd.DataFrame
    skipped: tuple[str, ...]
    fitness: Fitness
    wards: GeoDataFrame
    hotspots: GeoDataFrame
    area_share: float
    backtest: Backtest
    sensitivity: Sensitivity | None
    ward_demand: pd.DataFrame
    staffing: Staffing
    schedule: Schedule
    bases: tuple[Base, ...]
    units: tuple[Unit, ...]
    routes: GeoDataFrame
    streets: Streets | None
    ward_table: pd.DataFrame
    monthly: pd.DataFrame
    assumptions: tuple[str, ...]
    parameters: pd.DataFrame
    credits: tuple[str, ...]
    versions: Mapping[str, str]
    insight: Insight | None = None
    outturn: Outturn | None = None
    walks: Outturn | None = None
    week: WeekPlan | None = None
    loop: Loop | None = None
    variants: Variants | None = None
    delivery: Delivery | None = None
    until: date | None = None
    change: Change | None = None
    suffering: Suffering | None = None
    past: Past | None = None
    standing: Standing | None = None
    fairness: Fairness | None = None
    sure: Robust | None = None
    days: tuple[GeoDataFrame, ...] | None = None
    public: Public = field(default_factory=Public)
    tiles: Tiles | None = None
    ground: Ground | None = None
    features: GeoDataFrame | None = None
    ward_periods: pd.DataFrame | None = None
