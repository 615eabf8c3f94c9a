"""The independent verdict on teams: whether a staffing keeps the rules T1 to T13, and what it is worth."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import pandas as pd

from allocation._check_leaders import broken_funds, broken_leaders, home_of, rows_of
from allocation.problem import Posts
from allocation.rules import Strand, TeamRules
from allocation.team_problem import RANKS, TeamProblem

TOLERANCE = 1e-9  # relative, between two ways to add up the same figures
UNIT = 10**6  # values are added up as whole millionths


def check_staffing(
    demand: pd.DataFrame,
    posts: Posts,
    staffing: pd.DataFrame,
    *,
    rules: TeamRules | None = None,
    neighbourhoods: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """
    Return each broken rule of a staffing without funds, locks or posts of today in words, none where it keeps them all.

    Parameters
    ----------
    demand : table of ward demand
    posts : officers to place
    staffing : table of staffing
    rules : the knobs of the rules
    neighbourhoods : ward to neighbourhood; None: the force is one
    """
    problem = TeamProblem.of(demand, posts, rules=rules or TeamRules(), neighbourhoods=neighbourhoods)
    return check_teams(problem, staffing)


def check_teams(
    problem: TeamProblem,
    staffing: pd.DataFrame,
    *,
    leaders: pd.DataFrame | None = None,
    funded: pd.DataFrame | None = None,
) -> tuple[str, ...]:
    """
    Return each broken rule of a staffing in words, none where it keeps them all.

    Parameters
    ----------
    problem : what was to be planned
    staffing : table of staffing
    leaders : columns neighbourhood, inspectors, sergeants, or None: the rules T6 and T7 of leaders are not asked for
    funded : columns place, rank, fund, posts, or None: the rule T7 is not asked for
    """
    if sorted(staffing["ward"]) != sorted(problem.demand["ward"]):
        return ("T1: the staffing does not have one row for each ward.",)
    teams = {row.ward: row for row in rows_of(staffing)}
    faults: list[str] = []
    for verdict in (_whole_teams, _posts, _floor, _span, _values, _workload, _today, _band, _locks):
        faults += verdict(problem, teams)
    if leaders is not None:
        faults += broken_leaders(problem, teams, leaders)
    if funded is not None and leaders is not None:
        faults += broken_funds(problem, teams, leaders, funded)
    return tuple(faults)


def teams_value(problem: TeamProblem, staffing: pd.DataFrame) -> int:
    """Return the value of all teams by rule T5 in whole millionths, from the officers alone."""
    worth = _worth(problem)
    return sum(round(UNIT * worth(row.ward, row.constables, row.csos)) for row in rows_of(staffing))


def team_value(row: Any, constables: int, csos: int, *, mean: float, rules: TeamRules) -> float:
    """Return the value of a team to the ward `row` by rule T5; `mean` is the demand of a ward that has any."""
    return _reached(row.priority * row.harm, mean, rules.saturation_hours, _hours(constables, csos, rules))


def _reached(demand: float, mean: float, saturation: float, hours: float) -> float:
    if demand == 0:
        return 0.0
    return float(demand * (1 - math.exp(-hours / (saturation * math.sqrt(demand) / math.sqrt(mean)))))


def _hours(constables: int, csos: int, rules: TeamRules) -> float:
    return constables * rules.constable_hours + csos * rules.cso_hours


class _worth:  # noqa: N801 - used like a function that remembers the means
    """Rule T5 of one problem, from its tables row by row."""

    def __init__(self, problem: TeamProblem) -> None:
        self.rules, self.table = problem.rules, problem.worth
        self.number = {ward: number for number, ward in enumerate(problem.demand["ward"])}
        self.kinds = problem.rules.strands or (Strand("harm", saturation_hours=problem.rules.saturation_hours),)
        self.demand: dict[str, list[float]] = {}
        for row in rows_of(problem.demand):
            harms = [row.harm]
            if problem.rules.strands and problem.strands is not None:
                harms = list(problem.strands.loc[row.ward, [kind.name for kind in self.kinds]])
            self.demand[row.ward] = [
                kind.weight * (row.priority * harm) for kind, harm in zip(self.kinds, harms, strict=True)
            ]
        self.means = [_mean([each[number] for each in self.demand.values()]) for number in range(len(self.kinds))]

    def __call__(self, ward: str, constables: int, csos: int) -> float:
        if self.table is not None:
            return float(self.table[self.number[ward]][int(constables)][int(csos)])
        hours = _hours(constables, csos, self.rules)
        parts = zip(self.demand[ward], self.means, self.kinds, strict=True)
        return math.fsum(_reached(demand, mean, kind.saturation_hours, hours) for demand, mean, kind in parts)

    def service(self, ward: str, constables: int, csos: int) -> float:
        """Return the share of the ward's demand that is reached."""
        most = math.fsum(self.demand[ward])
        if most > 0:
            return self(ward, constables, csos) / most
        saturation = sum(kind.saturation_hours for kind in self.kinds) / len(self.kinds)
        return 1 - math.exp(-_hours(constables, csos, self.rules) / saturation)


def _mean(demands: list[float]) -> float:
    some = [demand for demand in demands if demand > 0]
    return math.fsum(some) / len(some) if some else 1.0


def _whole_teams(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    most = problem.rules.largest
    for ward, row in teams.items():
        for number in (row.constables, row.csos):
            if number < 0 or number % 1:
                yield f"T1: {ward} does not have whole officers."
            if most is not None and number > most:
                yield f"T1: {ward} has more of a role than the largest team."


def _posts(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    for role in RANKS[:2]:
        count = sum(getattr(row, role) for row in teams.values())
        if count != getattr(problem.posts, role):
            yield f"T2: {count} {role} are placed of {getattr(problem.posts, role)}."


def _floor(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    payable, floor = len(teams), problem.rules.floor
    if floor:
        payable = min(payable, (problem.posts.constables + problem.posts.csos) // floor)
    most = _worth(problem).demand
    wards = sorted(teams, key=lambda ward: (-math.fsum(most[ward]), ward))
    yield from (f"T3: {ward} is below the floor." for ward in wards[:payable] if _officers(teams[ward]) < floor)


def _officers(row: Any) -> int:
    return int(row.constables + row.csos)


def _span(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    led: dict[str, int] = defaultdict(int)
    shares: dict[str, list[float]] = defaultdict(list)
    for ward, row in teams.items():
        led[home_of(problem, ward)] += _officers(row)
        shares[home_of(problem, ward)].append(row.sergeants)
    there = {home: math.fsum(parts) for home, parts in shares.items()}
    for home, count in there.items():
        if abs(count - round(count)) > TOLERANCE * max(1.0, count):
            yield f"T4: {home} does not have whole sergeants."
        if problem.rules.span is not None and round(count) * problem.rules.span < led[home]:
            yield f"T4: {home} lacks sergeants."
    sergeants = problem.posts.sergeants
    if sergeants is not None and round(math.fsum(there.values())) != sergeants:
        yield f"T4: not all {sergeants} sergeants are placed."


def _values(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    worth = _worth(problem)
    small = 1e-12 * max(worth.means)
    for ward, row in teams.items():
        value = worth(ward, row.constables, row.csos)
        if not math.isclose(value, row.value, rel_tol=TOLERANCE, abs_tol=small):
            yield f"T5: the value of {ward} is not what its team is worth."
        least = problem.rules.least_service or 0.0
        if worth.service(ward, row.constables, row.csos) < least * (1 - 1e-8):
            yield f"T13: {ward} is served less than the least."


def _workload(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    most = problem.rules.workload
    for row in rows_of(problem.demand):
        if most is not None and row.crimes > most * _officers(teams[row.ward]) + 1e-8 * (most + row.crimes):
            yield f"T8: {row.ward} has more crimes for each officer than the workload."


def _today(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    if problem.current is None:
        return
    moves, cap, left = problem.rules.moves, problem.rules.loss_cap, 0
    for now in rows_of(problem.current):
        row = teams[now.ward]
        left += max(0, now.constables - row.constables) + max(0, now.csos - row.csos)
        if cap is not None and _officers(row) < (1 - cap) * _officers(now) - 1e-8 * _officers(now):
            yield f"T10: {now.ward} loses more of its officers than the cap."
    if moves is not None and left > moves:
        yield f"T9: {left} posts leave their wards, and {moves} may."


def _band(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    band = problem.rules.band
    if band is None:
        return
    groups = problem.groups or problem.neighbourhoods or {}
    hours: dict[str, Fraction] = defaultdict(Fraction)
    harm: dict[str, Fraction] = defaultdict(Fraction)
    total = sum(problem.demand["harm"])
    for row in rows_of(problem.demand):
        group, team = groups.get(row.ward, "the force"), teams[row.ward]
        hours[group] += Fraction(problem.rules.constable_hours) * int(team.constables)
        hours[group] += Fraction(problem.rules.cso_hours) * int(team.csos)
        harm[group] += Fraction(row.harm) if total > 0 else 1
    all_hours, all_harm = sum(hours.values()), sum(harm.values())
    for group in sorted(hours):
        share, fair = hours[group] / all_hours, harm[group] / all_harm
        if not (1 - band) * fair - Fraction(1, 10**8) <= share <= (1 + band) * fair + Fraction(1, 10**8):
            yield f"T11: the share of hours of {group} is too far from its share of harm."


def _locks(problem: TeamProblem, teams: Mapping[str, Any]) -> Iterator[str]:
    for ward, lock in problem.locks.items():
        for limits, number in ((lock.constables, teams[ward].constables), (lock.csos, teams[ward].csos)):
            if limits is not None and not limits[0] <= number <= limits[1]:
                yield f"T12: {ward} is locked, and has another team."
