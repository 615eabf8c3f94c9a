"""What `beatplan hotspots` found: the frozen value that its page, layers, surfaces and tables are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import BoolArray
from geodata.fitness import Fitness
from geodata.grid import Grid
from geodata.streets import Streets
from hotspots.sensitivity import Sensitivity
from hotspots.vulnerable_localities import VulnerableLocalities
from maps.pack.insight import Insight

MOST_SLICES: Final = 12  # of space and time that are drawn


@dataclass(frozen=True)
class Smoothing:
    """
    The bandwidth and how it was chosen.

    Parameters
    ----------
    metres : the bandwidth
    how : in a few words: "as given", "what would have caught most", ...
    sentence : what was found when it was chosen
    score : what the curve's scores are, in words; empty where there is no curve
    curve : bandwidth (metres) and score of every candidate, or None where none were compared
    """

    metres: float
    how: str
    sentence: str
    score: str = ""
    curve: pd.DataFrame | None = None


@dataclass(frozen=True)
class Beside:
    """
    Crime held against something else.

    Parameters
    ----------
    what : what it is held against, in words
    measure : a name in `hotspots.dual.MEASURES`
    surface : the measure by cell
    contours : outlines of the cells beyond chance: side, level, by ("p" or "q"), cells, area_m2; or None
    bandwidth : metres, of both densities
    crimes, reference : weight on either side
    floored : share of the study area where the reference is so thin that the measure rests on its floor
    sentence : what was found
    """

    what: str
    measure: str
    surface: pd.Series
    contours: GeoDataFrame | None
    bandwidth: float
    crimes: float
    reference: float
    floored: float
    sentence: str


@dataclass(frozen=True)
class SpaceTime:
    """
    Where and when crime thickened most.

    Parameters
    ----------
    days : how far a crime reaches before and after it
    unit : "week", "month" or "period": what a slice is, and the name of the column that holds it
    peaks : two rows a slice: where crime was densest, and where it was furthest above the place's own mean, with cell,
        easting, northing, density and the usual density (crimes a week and square kilometre), and the hot spot if any
    newest : density by cell in the newest slices
    sentence : what was found
    """

    days: float
    unit: str
    peaks: pd.DataFrame
    newest: pd.DataFrame
    sentence: str


@dataclass(frozen=True)
class Study:
    """
    One run's hot-spot study.

    Parameters
    ----------
    force, marking, run_id : shown on every product
    period, next_period : the time analysed and the time forecast, in words
    rank_by, risk_unit : what hot spots are ranked by, and its unit
    stamp : first moment of the newest period
    sources, fitness, wards : files read, what the data can bear, table of areas
    grid, study : the cells and which of them lie in the force's area
    drawn : the street network, or None
    density : how the surfaces were made, in words
    surfaces : name to Series over all cells: weight per square kilometre and week
    shifts : name of each shift to the name of its surface, empty where the times do not bear it
    shift_note : why not, or empty
    hotspots : table of hot spots
    hotspot_note : how they were made, in a sentence or two
    cells : one row per cell with any crime, indexed by cell: what is known of it, and its classes
    tables : name to further table, each written as CSV
    streets : name of a layer to stretches of street, each with `crimes_per_km`; empty where no streets were given
    street_note : what to know of them, or empty
    smoothing : the bandwidth
    sensitivity : the hot spots of the density map under other settings, or None where none can be tried
    insight : when, how much an hour, how concentrated, what is new
    beside : crime against something else, or None
    space_time : where and when crime thickened most, or None where it was not asked for
    localities : the Vulnerable Localities Index, or None where its inputs were not given
    notes : each a sentence that a reader must know
    parameters : columns name, value, meaning
    credits : attribution of the data
    versions : name to version of the program and what it computes with
    """

    force: str
    marking: str
    run_id: str
    period: str
    next_period: str
    rank_by: str
    risk_unit: str
    stamp: pd.Timestamp
    sources: pd.DataFrame
    fitness: Fitness
    wards: GeoDataFrame
    grid: Grid
    study: BoolArray
    drawn: Streets | None
    density: str
    surfaces: Mapping[str, pd.Series]
    shifts: Mapping[str, str]
    shift_note: str
    hotspots: GeoDataFrame
    hotspot_note: str
    cells: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    streets: Mapping[str, GeoDataFrame]
    street_note: str
    smoothing: Smoothing
    sensitivity: Sensitivity | None
    insight: Insight
    beside: Beside | None
    space_time: SpaceTime | None
    localities: VulnerableLocalities | None
    notes: tuple[str, ...]
    parameters: pd.DataFrame
    credits: tuple[str, ...]
    versions: Mapping[str, str]

    @property
    def about(self) -> str:
        """Force, marking and run in words, said of each layer."""
        return f"{self.force}, {self.marking}, run {self.run_id}"
