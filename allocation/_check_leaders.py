"""The independent verdict on leaders and funds: the rules T4, T6 and T7 of `allocation.team_problem`."""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from allocation.funds import Fund
from allocation.team_problem import OWN, RANKS, TeamProblem


def rows_of(table: pd.DataFrame) -> list[Any]:
    """Return the rows of a table, one after another."""
    return list(table.itertuples(index=False))


def home_of(problem: TeamProblem, ward: str) -> str:
    """Return the neighbourhood of a ward."""
    return "the force" if problem.neighbourhoods is None else problem.neighbourhoods[ward]


def broken_leaders(problem: TeamProblem, teams: Mapping[str, Any], leaders: pd.DataFrame) -> Iterator[str]:
    """Yield each broken rule of inspectors and of whole sergeants by neighbourhood."""
    rows = rows_of(leaders)
    if sorted(row.neighbourhood for row in rows) != sorted({home_of(problem, ward) for ward in problem.demand["ward"]}):
        yield "T6: the leaders do not have one row for each neighbourhood."
    there = problem.posts.inspectors
    if there is not None and sum(row.inspectors for row in rows) != there:
        yield f"T6: not all {there} inspectors are placed."
    if problem.rules.inspector_each:
        yield from (f"T6: {row.neighbourhood} has no inspector." for row in rows if row.inspectors < 1)
    shares: dict[str, list[float]] = defaultdict(list)
    for ward, row in teams.items():
        shares[home_of(problem, ward)].append(row.sergeants)
    for row in rows:
        if round(math.fsum(shares[row.neighbourhood])) != row.sergeants:
            yield f"T4: {row.neighbourhood} has another number of sergeants than its wards."


def broken_funds(
    problem: TeamProblem, teams: Mapping[str, Any], leaders: pd.DataFrame, funded: pd.DataFrame
) -> Iterator[str]:
    """Yield each broken rule of who pays for whom."""
    paid: dict[tuple[str, str], int] = defaultdict(int)
    spent: dict[tuple[str, str], int] = defaultdict(int)
    funds: dict[str, Fund] = {fund.name: fund for fund in problem.payers()}
    for row in rows_of(funded):
        paid[row.place, row.rank] += row.posts
        spent[row.fund, row.rank] += row.posts
        if row.posts and not _may_pay(problem, funds[row.fund], row.place, row.rank):
            yield f"T7: {row.fund} pays in {row.place}, where it may not."
    held = {(row.ward, rank): getattr(row, rank) for row in teams.values() for rank in RANKS[:2]}
    held |= {(row.neighbourhood, rank): getattr(row, rank) for row in rows_of(leaders) for rank in RANKS[2:]}
    for (place, rank), posts in held.items():
        if getattr(problem.posts, rank) is not None and paid[place, rank] != posts:
            yield f"T7: {paid[place, rank]} {rank} of {place} are paid for, and there are {posts}."
    for fund in funds.values():
        for rank in RANKS:
            if spent[fund.name, rank] != getattr(fund, rank):
                yield f"T7: {fund.name} pays for {spent[fund.name, rank]} {rank} of {getattr(fund, rank)}."


def _may_pay(problem: TeamProblem, fund: Fund, place: str, rank: str) -> bool:
    if fund.name == OWN or fund.wards is None:
        return True
    return place in fund.wards if rank in RANKS[:2] else place in {home_of(problem, ward) for ward in fund.wards}
