"""What every product says of the run it was made from, be it a tasking pack or an analyst's study."""

from typing import Protocol

import pandas as pd
from geopandas import GeoDataFrame

from geodata.fitness import Fitness
from hotspots.sensitivity import Sensitivity
from maps.pack.insight import Insight


class Edition(Protocol):
    """For whom a product is and from which run: what stands on every page and sheet."""

    @property
    def force(self) -> str:
        """Name shown to readers."""

    @property
    def marking(self) -> str:
        """Protective marking."""

    @property
    def run_id(self) -> str:
        """First digits of the fingerprint of inputs and settings."""


class Findings(Edition, Protocol):
    """Of when, from what: the part of a pack and of a study that figures, pages and tables share."""

    @property
    def period(self) -> str:
        """The time analysed in words."""

    @property
    def next_period(self) -> str:
        """The time forecast in words."""

    @property
    def rank_by(self) -> str:
        """What hot spots are ranked by: "harm" or "crimes"."""

    @property
    def sources(self) -> pd.DataFrame:
        """Table of files read."""

    @property
    def fitness(self) -> Fitness:
        """What the data can and cannot bear."""

    @property
    def wards(self) -> GeoDataFrame:
        """Table of areas."""

    @property
    def hotspots(self) -> GeoDataFrame:
        """Table of hot spots."""

    @property
    def sensitivity(self) -> Sensitivity | None:
        """The hot spots of the density map under other settings."""

    @property
    def insight(self) -> Insight | None:
        """When, how much an hour, how concentrated, what is new."""

    @property
    def parameters(self) -> pd.DataFrame:
        """Settings: name, value, meaning."""
