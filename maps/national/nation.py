"""What was found of the nation, ready to be shown."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import FloatArray
from geodata.grid import Grid


@dataclass(frozen=True, eq=False)
class Nation:
    """
    One national run's findings.

    Parameters
    ----------
    areas : force, name and geometry in the working CRS, one row a force, those without crimes too
    league : force, offence, crimes, months, rate, low, high (per 1,000 residents and year), others, group_mean,
        group_low, group_high, place, verdict; the types of crime in the order in which they are offered, all first
    groups : force, rank, other, distance
    told : force to what else was found of it, a sentence each
    grid : coarse squares over all areas
    density : type of crime to crimes per square kilometre and year in each square of `grid`
    tables : name to a table that is written beside the page
    period : in words
    marking : of the page
    run_id : what the run is called
    notes : what limits the findings, a sentence each
    credits : whose data these are
    """

    areas: GeoDataFrame
    league: pd.DataFrame
    groups: pd.DataFrame
    told: Mapping[str, tuple[str, ...]]
    grid: Grid
    density: Mapping[str, FloatArray]
    tables: Mapping[str, pd.DataFrame]
    period: str
    marking: str
    run_id: str
    notes: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()

    @property
    def offences(self) -> list[str]:
        """The types of crime, all of them together first."""
        return [str(name) for name in self.league["offence"].unique()]
