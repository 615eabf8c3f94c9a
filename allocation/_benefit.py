"""Rule T5: what a team is worth to a ward; and the objectives made from it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from allocation.rules import Strand, TeamRules
from geodata.cast import FloatArray, IntArray

LEAST_SERVICE = 0.001  # what a ward without anyone counts as, where services are compared by ratio
HARM = "harm"


@dataclass(frozen=True)
class Benefit:
    """
    Weighted harm a week that a ward's team is exposed to.

    Parameters
    ----------
    strands : wards x strands, weight x priority x harm a week
    saturation : wards x strands, hours a week on the street at which 63 % of the demand is reached
    constable_hours, cso_hours : hours a week on the street of one post
    worth : wards x constables x CSOs, in place of the formula, or None
    """

    strands: FloatArray
    saturation: FloatArray
    constable_hours: float
    cso_hours: float
    worth: FloatArray | None = None

    @classmethod
    def of(cls, table: pd.DataFrame, rules: TeamRules, strands: pd.DataFrame | None = None) -> "Benefit":
        """Return the benefit by ward of a table of ward demand and, where the rules have strands, of their table."""
        kinds = rules.strands or (Strand(HARM, saturation_hours=rules.saturation_hours),)
        harm = table[[HARM]] if strands is None or not rules.strands else strands.loc[list(table["ward"])]
        columns = [_strand(table["priority"] * harm[kind.name].to_numpy(), kind) for kind in kinds]
        demand, saturation = (np.column_stack(parts) for parts in zip(*columns, strict=True))
        return cls(demand, saturation, rules.constable_hours, rules.cso_hours)

    @property
    def demand(self) -> FloatArray:
        """The most that any team could be worth, by ward."""
        return np.asarray(self.strands.sum(axis=1))

    def hours(self, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return hours a week on the street."""
        return constables * self.constable_hours + csos * self.cso_hours

    def value(self, ward: IntArray, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return the value of teams, each given by the number of its ward and its officers."""
        if self.worth is not None:
            most = self.worth.shape[1] - 1
            return np.asarray(self.worth[ward, np.minimum(constables, most), np.minimum(csos, most)])
        return self.at(ward, self.hours(constables, csos))

    def at(self, ward: IntArray, hours: FloatArray) -> FloatArray:
        """Return the value of hours a week on the street of a ward."""
        worth = np.zeros(len(ward))
        for demand, saturation in zip(self.strands.T, self.saturation.T, strict=True):
            worth -= demand[ward] * np.expm1(-hours / saturation[ward])
        return worth

    def values(self, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return the value by ward of one team each."""
        return self.value(np.arange(len(self.strands)), constables, csos)

    def service(self, ward: IntArray, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return the share of its ward's demand that a team reaches; without demand, that of a ward like the mean."""
        return self.service_at(ward, self.hours(constables, csos))

    def service_at(self, ward: IntArray, hours: FloatArray) -> FloatArray:
        """Return the service of hours a week on the street of a ward."""
        demand = self.demand
        plain = -np.expm1(-hours / self.saturation.mean(axis=1)[ward])
        reached = self.at(ward, hours) / np.where(demand > 0, demand, 1.0)[ward]
        return np.where(demand[ward] > 0, reached, plain)

    def hours_for(self, service: float) -> FloatArray:
        """Return the hours a week at which each ward has that service, by halving; 0 for none."""
        ward = np.arange(len(self.strands))
        low, high = np.zeros(len(ward)), 40.0 * self.saturation.max(axis=1)
        for _ in range(60):
            middle = (low + high) / 2
            short = self.service_at(ward, middle) < service
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return high if service > 0 else np.zeros(len(ward))

    def fairness(self, population: FloatArray, ward: IntArray, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return population x log(service) of teams; a ward of unknown population counts as the mean."""
        people = np.where(np.isfinite(population), population, np.nan)
        mean = np.nanmean(people) if np.isfinite(people).any() and np.nansum(people) > 0 else 1.0
        weight = np.where(np.isfinite(people), people, mean) / mean
        return weight[ward] * np.log(np.maximum(self.service(ward, constables, csos), LEAST_SERVICE))


def _strand(demand: pd.Series, kind: Strand) -> tuple[FloatArray, FloatArray]:
    weighted = kind.weight * demand.to_numpy(dtype=np.float64)
    some = weighted > 0
    mean = weighted[some].mean() if some.any() else 1.0
    return weighted, kind.saturation_hours * (np.sqrt(np.where(some, weighted, mean)) / np.sqrt(mean))
