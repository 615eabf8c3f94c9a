"""A staffing problem in numbers: what the solvers need of it, wards in the order of the demand."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from allocation._benefit import Benefit
from allocation._span import floors
from allocation.funds import Fund
from allocation.rules import TeamRules
from allocation.team_problem import RANKS, TeamProblem
from geodata.cast import FloatArray, IntArray

ROUND_OFF = 1e-9


@dataclass(frozen=True)
class Frame:
    """
    The arrays of a problem.

    Parameters
    ----------
    problem : whose numbers these are
    benefit : rule T5
    home, homes : number of each ward's neighbourhood, and their names
    group, groups : the same for the groups of rule T11
    now : wards x (constables, CSOs) of today, or None
    """

    problem: TeamProblem
    benefit: Benefit
    home: IntArray
    homes: tuple[str, ...]
    group: IntArray
    groups: tuple[str, ...]
    now: IntArray | None

    @classmethod
    def of(cls, problem: TeamProblem) -> "Frame":
        """Return the arrays of `problem`."""
        table = problem.demand
        home, homes = _numbered(table, problem.neighbourhoods)
        group, groups = _numbered(table, problem.groups or problem.neighbourhoods)
        now = None
        if problem.current is not None:
            there = problem.current.set_index("ward").loc[list(table["ward"])]
            now = there[["constables", "csos"]].to_numpy(dtype=np.int64)
        benefit = replace(Benefit.of(table, problem.rules, problem.strands), worth=problem.worth)
        return cls(problem, benefit, home, homes, group, groups, now)

    @property
    def rules(self) -> TeamRules:
        """The knobs."""
        return self.problem.rules

    @property
    def size(self) -> int:
        """The number of wards."""
        return len(self.home)

    @cached_property
    def posts(self) -> IntArray:
        """Constables and CSOs to place."""
        return np.array([self.problem.posts.constables, self.problem.posts.csos], dtype=np.int64)

    @cached_property
    def asked_for(self) -> frozenset[str]:
        """The numbers of the rules that can stand in the way of a plan."""
        rules, posts = self.rules, self.problem.posts
        wanted = {
            "T1": rules.largest is not None,
            "T2": True,
            "T3": rules.floor > 0,
            "T4": posts.sergeants is not None and rules.span is not None,
            "T6": rules.inspector_each and posts.inspectors is not None,
            "T7": any(fund.wards is not None for fund in self.problem.funds),
            "T8": rules.workload is not None,
            "T9": rules.moves is not None,
            "T10": rules.loss_cap is not None,
            "T11": rules.band is not None,
            "T12": bool(self.problem.locks),
            "T13": bool(rules.least_service),
        }
        return frozenset(rule for rule, asked in wanted.items() if asked)

    @cached_property
    def limits(self) -> tuple[IntArray, IntArray]:
        """Fewest and most of each role, wards x (constables, CSOs), by rules T1, T2 and T12."""
        most = self.posts if self.rules.largest is None else np.minimum(self.posts, self.rules.largest)
        low, high = np.zeros((self.size, 2), dtype=np.int64), np.tile(most, (self.size, 1))
        for ward, lock in self.locks.items():
            for role, limits in enumerate(lock):
                if limits is not None:
                    low[ward, role], high[ward, role] = limits[0], min(limits[1], int(high[ward, role]))
        return low, high

    @cached_property
    def payers(self) -> tuple[Fund, ...]:
        """The funds, the force's own budget last."""
        return self.problem.payers()

    @cached_property
    def wards(self) -> dict[str, int]:
        """Number by code."""
        return {ward: number for number, ward in enumerate(self.problem.demand["ward"])}

    @cached_property
    def hours(self) -> FloatArray:
        """Hours a week on the street of a constable and of a CSO."""
        return np.array([self.rules.constable_hours, self.rules.cso_hours])

    @cached_property
    def asked(self) -> dict[str, FloatArray]:
        """Officers that each ward should have by rules T3, T8 and T10, before they are made whole."""
        rules, zero = self.rules, np.zeros(self.size)
        crimes = self.problem.demand["crimes"].to_numpy(dtype=np.float64)
        there = zero if self.now is None else self.now.sum(axis=1)
        return {
            "T3": floors(self.benefit.demand, self.problem.posts, rules).astype(np.float64),
            "T8": zero if rules.workload is None else crimes / rules.workload,
            "T10": zero if rules.loss_cap is None else there * (1 - rules.loss_cap),
        }

    @cached_property
    def least(self) -> dict[str, IntArray]:
        """The same in whole officers."""
        return {rule: _up(asked) for rule, asked in self.asked.items()}

    @cached_property
    def least_hours(self) -> FloatArray:
        """Hours a week on the street that each ward must have by rule T13."""
        return self.benefit.hours_for(self.rules.least_service or 0.0)

    @property
    def without_demand(self) -> bool:
        """Whether nothing is expected anywhere, so that posts are shared evenly for no gain."""
        given = self.rules.objective == "fair" or self.benefit.worth is not None
        return not given and not self.benefit.demand.any()

    def worth(self, ward: IntArray, constables: IntArray, csos: IntArray) -> FloatArray:
        """Return what the objective makes of teams."""
        if self.rules.objective == "fair":
            population = self.problem.demand["population"].to_numpy(dtype=np.float64)
            fair: FloatArray = self.benefit.fairness(population, ward, constables, csos)
            return fair
        if self.without_demand:
            hours = self.benefit.hours(constables, csos)
            return np.asarray(-np.expm1(-hours / self.benefit.saturation[ward, 0]))
        value: FloatArray = self.benefit.value(ward, constables, csos)
        return value

    @cached_property
    def locks(self) -> dict[int, tuple[tuple[int, int] | None, tuple[int, int] | None]]:
        """Fewest and most constables and CSOs by number of the locked ward."""
        locks = sorted((self.wards[ward], lock) for ward, lock in self.problem.locks.items())
        return {ward: (lock.constables, lock.csos) for ward, lock in locks}

    @cached_property
    def band(self) -> tuple[FloatArray, FloatArray]:
        """Fewest and most hours of each group, by rule T11."""
        share, band = self.harm_share, self.rules.band or 0.0
        total = float(self.posts @ self.hours)
        return max(0.0, 1 - band) * share * total, (1 + band) * share * total

    @cached_property
    def harm_share(self) -> FloatArray:
        """Each group's share of the harm, or of the wards where there is none."""
        harm = self.problem.demand["harm"].to_numpy(dtype=np.float64)
        harm = harm if harm.any() else np.ones(self.size)
        return np.asarray(np.bincount(self.group, weights=harm, minlength=len(self.groups)) / harm.sum())

    def classes(self, rank: str) -> tuple[IntArray, list[tuple[int, ...]]]:
        """
        Return the class of each ward (or neighbourhood) by which payers may pay there, and each class's payers.

        Payers without a post of the rank pay nowhere.
        """
        teams = rank in RANKS[:2]
        count = self.size if teams else len(self.homes)
        payers = [(number, fund) for number, fund in enumerate(self.payers) if getattr(fund, rank)]
        if not payers:
            return np.zeros(count, dtype=np.int64), [()]
        pays = np.ones((count, len(payers)), dtype=np.bool_)
        for column, (_, fund) in enumerate(payers):
            if fund.wards is not None:
                there = np.array(sorted({self.wards[ward] for ward in fund.wards}), dtype=np.int64)
                pays[:, column] = np.isin(np.arange(count), there if teams else self.home[there])
        kinds, number = np.unique(pays, axis=0, return_inverse=True)
        sets = [tuple(payers[column][0] for column in np.flatnonzero(kind)) for kind in kinds]
        return number.reshape(-1).astype(np.int64), sets


def _numbered(table: pd.DataFrame, homes: Mapping[str, str] | None) -> tuple[IntArray, tuple[str, ...]]:
    if homes is None:
        return np.zeros(len(table), dtype=np.int64), ("the force",)
    names, number = np.unique([homes[ward] for ward in table["ward"]], return_inverse=True)
    return number.astype(np.int64), tuple(str(name) for name in names)


def _up(numbers: FloatArray) -> IntArray:
    return np.asarray(np.vectorize(math.ceil, otypes=[np.int64])(numbers - ROUND_OFF))
