"""
What is to be staffed: wards, posts, funds and rules, which check themselves; the numbered rules.

Wards w, roles r (c constables, s CSOs), neighbourhoods n, funds f; x[w,c,s] = 1 if ward w has that team.

    maximise  sum u[w](c,s) x[w,c,s]
    T1  every ward has exactly one team, of whole officers, none of a role above `largest`
    T2  the teams add up to the posts there are, for constables and for CSOs
    T3  c + s >= floor in every ward; where the posts cannot pay for it, in as many wards as they can, most demand first
    T4  no sergeant leads more than `span` constables and CSOs; sergeants are whole within each neighbourhood
    T5  v[w](c,s) = sum over strands k of d[w,k] (1 - exp(-(a c + b s) / h[w,k])), d[w,k] = priority x weight x harm a
        week, a and b hours a week on the street of one constable and one CSO, h[w,k] = saturation x sqrt(d[w,k] / mean
        d of the wards with any)
    T6  every neighbourhood has at least one inspector, and they add up to the inspectors there are
    T7  every post is paid for by one fund; a fund pays for just its posts of each rank, in its own wards only
    T8  crimes a week <= workload x (c + s) in every ward
    T9  at most `moves` posts leave their ward of today: the sum of max(0, x0 - x) over wards and roles
    T10 no ward keeps less than (1 - loss cap) of its officers of today
    T11 a group's share of the hours on the street is within (1 - band, 1 + band) times its share of the harm
    T12 a locked ward has its settled constables and CSOs
    T13 service >= least service in every ward; service = T5 over the most that any team could be worth there

The objective u: "total" takes T5 itself; "fair" takes population x log(service), service
at least 0.001 (proportional fairness); "worst first" makes the fewest wards with a service below 5 %, then below
10 %, 15 % and so on, and takes T5 of what is left (lexicographic max-min in steps of 5 %).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation.funds import Fund
from allocation.problem import Posts
from allocation.rules import Lock, TeamRules
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.tables import WARD_DEMAND, check

RULES: Final = frozenset(f"T{number}" for number in range(1, 14))
RANKS: Final = ("constables", "csos", "sergeants", "inspectors")
OWN: Final = "own budget"  # pays for the posts that no fund pays for


@dataclass(frozen=True)
class TeamProblem:
    """
    Teams to be planned.

    Parameters
    ----------
    demand : table of ward demand, sorted by ward
    posts : officers to place, all of them
    rules : the knobs of the rules
    neighbourhoods : ward to neighbourhood, within which sergeants are whole; None: the force is one
    groups : ward to group, for T11; None: the neighbourhoods
    funds : ring-fenced parts of the posts
    locks : by ward, what is settled
    current : columns ward, constables, csos: where posts are today; None: not known
    strands : indexed by ward, a column of harm a week for each of the rules' strands
    worth : wards in order of their codes x constables x CSOs up to `largest`: what each team is worth, in place of T5
        For values that come from elsewhere, such as patrols that were planned; the objective is then "total".

    Raises
    ------
    InputError
        If there is no ward, or any part does not fit the wards or the posts.
    """

    demand: pd.DataFrame
    posts: Posts
    rules: TeamRules = field(default_factory=TeamRules)
    neighbourhoods: Mapping[str, str] | None = None
    groups: Mapping[str, str] | None = None
    funds: tuple[Fund, ...] = ()
    locks: Mapping[str, Lock] = field(default_factory=dict)
    current: pd.DataFrame | None = None
    strands: pd.DataFrame | None = None
    worth: FloatArray | None = None

    def __post_init__(self) -> None:
        _check_demand(self.demand)
        for name, homes in (("neighbourhood", self.neighbourhoods), ("group", self.groups)):
            lacking = 0 if homes is None else sum(ward not in homes for ward in self.demand["ward"])
            if lacking:
                raise InputError(f"Every ward must belong to a {name}, got {lacking} that do not.")
        wards = set(self.demand["ward"])
        unknown = sum(ward not in wards for ward in self.locks)
        if unknown:
            raise InputError(f"A lock must be on a ward of the demand, got {unknown} that are not.")
        _check_funds(self, wards)
        _check_current(self, wards)
        _check_strands(self, wards)
        _check_worth(self)

    @classmethod
    def of(cls, demand: pd.DataFrame, posts: Posts, **others: Any) -> "TeamProblem":
        """Return the problem with the wards of `demand` in order of their codes; all else as `TeamProblem` takes it."""
        check(demand, WARD_DEMAND)
        return cls(demand.sort_values("ward", ignore_index=True), posts, **others)

    def ruled(self, **knobs: Any) -> "TeamProblem":
        """Return the problem with other knobs."""
        return replace(self, rules=replace(self.rules, **knobs))

    def headcount(self, rank: str) -> int:
        """Return the posts of a rank; where sergeants or inspectors are not given, 0."""
        return int(getattr(self.posts, rank) or 0)

    def payers(self) -> tuple[Fund, ...]:
        """Return the funds, the force's own budget last, which pays for what the others do not."""
        rest = {rank: self.headcount(rank) - sum(getattr(fund, rank) for fund in self.funds) for rank in RANKS}
        return (*self.funds, Fund(OWN, **rest))


def _check_demand(demand: pd.DataFrame) -> None:
    check(demand, WARD_DEMAND)
    if demand.empty:
        raise InputError("At least one ward is needed to place teams, got none.")
    endless = int((~np.isfinite(demand[["crimes", "harm", "priority"]])).any(axis=1).sum())
    if endless:
        raise InputError(f"The demand of a ward must be finite, got {endless} where it is not.")


def _check_funds(problem: TeamProblem, wards: set[str]) -> None:
    names = [OWN, *(fund.name for fund in problem.funds)]
    if len(set(names)) < len(names):
        raise InputError(f'Funds must have different names, none of them "{OWN}", got some used twice.')
    for fund in problem.funds:
        unknown = sum(ward not in wards for ward in fund.wards or ())
        if unknown:
            raise InputError(f'The fund "{fund.name}" must list wards of the demand, got {unknown} that are not.')
    for rank in RANKS:
        paid, there = sum(getattr(fund, rank) for fund in problem.funds), getattr(problem.posts, rank)
        if paid and there is None:
            raise InputError(f"The number of {rank} must be given where a fund pays for some, got none.")
        if paid > (there or 0):
            raise InputError(f"Funds must not pay for more {rank} than there are ({there}), got {paid}.")


def _check_current(problem: TeamProblem, wards: set[str]) -> None:
    current, rules = problem.current, problem.rules
    if current is None:
        if rules.moves is not None or rules.loss_cap is not None:
            raise InputError("`moves` and `loss_cap` need the posts of today, got none.")
        return
    lacking = [name for name in ("ward", "constables", "csos") if name not in current.columns]
    if lacking:
        raise InputError(f"`current` must have the columns ward, constables and csos, got none named {lacking[0]}.")
    if sorted(current["ward"]) != sorted(wards):
        raise InputError("`current` must have one row for each ward of the demand, and no others.")
    numbers = current[["constables", "csos"]].to_numpy(dtype=np.float64)
    if not (np.isfinite(numbers).all() and (numbers >= 0).all() and (numbers == np.floor(numbers)).all()):
        raise InputError("Posts in `current` must be whole numbers of at least 0, got some that are not.")


def _check_strands(problem: TeamProblem, wards: set[str]) -> None:
    if not problem.rules.strands:
        return
    names = [strand.name for strand in problem.rules.strands]
    if problem.strands is None or not set(names) <= set(problem.strands.columns):
        raise InputError("`strands` must have a column for each strand of the rules, got some missing.")
    if sorted(problem.strands.index) != sorted(wards):
        raise InputError("`strands` must have one row for each ward of the demand, and no others.")
    numbers = problem.strands[names].to_numpy(dtype=np.float64)
    bad = int((~(np.isfinite(numbers) & (numbers >= 0))).sum())
    if bad:
        raise InputError(f"Harm in `strands` must be finite and at least 0, got {bad} that are not.")


def _check_worth(problem: TeamProblem) -> None:
    if problem.worth is None:
        return
    rules, most = problem.rules, (problem.rules.largest or 0) + 1
    if problem.worth.shape != (len(problem.demand), most, most) or rules.largest is None:
        raise InputError("`worth` must hold a number for each ward and each team up to `largest`, got another shape.")
    if rules.objective != "total" or rules.least_service is not None:
        raise InputError("`worth` knows no service: the objective must be total, and no least service asked for.")
    bad = int((~np.isfinite(problem.worth)).sum())
    if bad:
        raise InputError(f"Numbers in `worth` must be finite, got {bad} that are not.")
