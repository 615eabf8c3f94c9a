"""Rule T5: what a team is worth to a ward."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.rules import TeamRules
from geodata.cast import FloatArray, IntArray


@dataclass(frozen=True)
class Benefit:
    """
    Weighted harm a week that a ward's team is exposed to.

    Parameters
    ----------
    demand : per ward, priority x harm a week
    saturation : per ward, hours a week on the street at which 63 % of the demand is reached
    constable_hours, cso_hours : hours a week on the street of one post
    """

    demand: FloatArray
    saturation: FloatArray
    constable_hours: float
    cso_hours: float

    @classmethod
    def of(cls, table: pd.DataFrame, rules: TeamRules) -> "Benefit":
        """Return the benefit by ward of a table of ward demand."""
        demand = table["priority"].to_numpy(dtype=np.float64) * table["harm"].to_numpy(dtype=np.float64)
        some = demand > 0
        mean = demand[some].mean() if some.any() else 1.0
        saturation = rules.saturation_hours * (np.sqrt(np.where(some, demand, mean)) / np.sqrt(mean))
        return cls(demand, saturation, rules.constable_hours, rules.cso_hours)

    def value(self, ward: IntArray, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return the value of teams, each given by the number of its ward and its officers."""
        hours = constables * self.constable_hours + csos * self.cso_hours
        return -self.demand[ward] * np.expm1(-hours / self.saturation[ward])

    def values(self, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return the value by ward of one team each."""
        return self.value(np.arange(len(self.demand)), constables, csos)
