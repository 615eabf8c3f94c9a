"""Slow and obviously right: every staffing of a small force, rule by rule as they are written."""

import itertools
import math
from collections.abc import Iterator
from functools import cache

from allocation.team_problem import TeamProblem
from tests.allocation.naive import shares

Team = tuple[int, int]


def staffings(plain: "Plain") -> Iterator[dict[str, Team]]:
    """Every staffing that keeps all the rules."""
    wards = list(plain.rows)
    for constables in shares(plain.posts.constables, len(wards)):
        for csos in shares(plain.posts.csos, len(wards)):
            teams = dict(zip(wards, zip(constables, csos, strict=True), strict=True))
            if keeps(plain, teams):
                yield teams


def keeps(plain: "Plain", teams: dict[str, Team]) -> bool:
    rules, posts = plain.rules, plain.posts
    if rules.largest is not None and max(map(max, teams.values())) > rules.largest:
        return False
    ranked = sorted(plain.rows, key=lambda ward: (-sum(plain.demand[ward]), ward))
    payable = len(ranked) if rules.floor == 0 else (posts.constables + posts.csos) // rules.floor
    if any(sum(teams[ward]) < rules.floor for ward in ranked[:payable]):
        return False
    most = rules.workload
    if most is not None and any(row.crimes > most * sum(teams[ward]) for ward, row in plain.rows.items()):
        return False
    for ward, lock in plain.locks.items():
        for limits, number in zip((lock.constables, lock.csos), teams[ward], strict=True):
            if limits is not None and not limits[0] <= number <= limits[1]:
                return False
    if rules.least_service and any(service(plain, ward, team) < rules.least_service for ward, team in teams.items()):
        return False
    return keeps_today(plain, teams) and keeps_band(plain, teams) and keeps_posts(plain, teams)


def keeps_today(plain: "Plain", teams: dict[str, Team]) -> bool:
    now = plain.now
    left = sum(max(0, a - b) for ward in now for a, b in zip(now[ward], teams[ward], strict=True))
    if now and plain.rules.moves is not None and left > plain.rules.moves:
        return False
    cap = plain.rules.loss_cap
    return cap is None or all(sum(teams[ward]) >= (1 - cap) * sum(now[ward]) - 1e-9 for ward in now)


def keeps_band(plain: "Plain", teams: dict[str, Team]) -> bool:
    band = plain.rules.band
    if band is None:
        return True
    harm = {ward: row.harm for ward, row in plain.rows.items()}
    hours = {ward: sum(n * h for n, h in zip(team, each_hours(plain), strict=True)) for ward, team in teams.items()}
    for group in set(plain.groups.values()):
        inside = [ward for ward in teams if plain.groups[ward] == group]
        share = sum(hours[ward] for ward in inside) / sum(hours.values())
        fair = sum(harm[ward] for ward in inside) / sum(harm.values())
        if not (1 - band) * fair - 1e-9 <= share <= (1 + band) * fair + 1e-9:
            return False
    return True


def keeps_posts(plain: "Plain", teams: dict[str, Team]) -> bool:
    """Funds and leaders: some way to place the leaders, such that every fund fills its posts in its own wards."""
    for rank, number in (("constables", 0), ("csos", 1)):
        if not payable(plain, rank, {ward: team[number] for ward, team in teams.items()}, None):
            return False
    names = sorted(set(plain.homes.values()))
    led = {home: sum(sum(teams[ward]) for ward in teams if plain.homes[ward] == home) for home in names}
    for rank, least in (
        ("sergeants", {home: -(-led[home] // plain.rules.span) if plain.rules.span else 0 for home in names}),
        ("inspectors", dict.fromkeys(names, int(plain.rules.inspector_each))),
    ):
        there = getattr(plain.posts, rank)
        ways = [] if there is None else shares(there, len(names))
        placed = (dict(zip(names, way, strict=True)) for way in ways)
        if there is not None and not any(
            all(way[home] >= least[home] for home in names) and payable(plain, rank, way, plain.homes) for way in placed
        ):
            return False
    return True


def payable(plain: "Plain", rank: str, posts: dict[str, int], homes: dict[str, str] | None) -> bool:
    """Hall's condition: no funds together have more posts than there are in the places they may pay in."""
    fenced = [fund for fund in plain.funds if fund.wards is not None]
    for size in range(1, len(fenced) + 1):
        for some in itertools.combinations(fenced, size):
            places = {ward if homes is None else homes[ward] for fund in some for ward in fund.wards or ()}
            if sum(getattr(fund, rank) for fund in some) > sum(posts[place] for place in places):
                return False
    return True


class Plain:
    """A problem's tables as plain dictionaries, read once."""

    def __init__(self, problem: TeamProblem) -> None:
        self.rules, self.posts, self.funds, self.locks = problem.rules, problem.posts, problem.funds, problem.locks
        self.rows = {row.ward: row for row in problem.demand.itertuples()}
        self.homes = problem.neighbourhoods or dict.fromkeys(self.rows, "the force")
        self.groups = problem.groups or self.homes
        today = () if problem.current is None else problem.current.itertuples()
        self.now = {row.ward: (row.constables, row.csos) for row in today}
        self.demand = {}
        for ward, row in self.rows.items():
            harm = [row.harm]
            if self.rules.strands:
                harm = [kind.weight * problem.strands.loc[ward, kind.name] for kind in self.rules.strands]
            self.demand[ward] = [row.priority * each for each in harm]


@cache
def value(plain: Plain, ward: str, team: Team) -> float:
    """Rule T5 as it is written."""
    hours, total = sum(n * h for n, h in zip(team, each_hours(plain), strict=True)), 0.0
    saturations = [kind.saturation_hours for kind in plain.rules.strands] or [plain.rules.saturation_hours]
    for number, saturation in enumerate(saturations):
        some = [each[number] for each in plain.demand.values() if each[number] > 0]
        demand = plain.demand[ward][number]
        if demand > 0:
            mean = sum(some) / len(some)
            total += demand * (1 - math.exp(-hours / (saturation * math.sqrt(demand / mean))))
    return total


def each_hours(plain: Plain) -> tuple[float, float]:
    return plain.rules.constable_hours, plain.rules.cso_hours


def service(plain: Plain, ward: str, team: Team) -> float:
    return value(plain, ward, team) / sum(plain.demand[ward])


def total(plain: Plain, teams: dict[str, Team]) -> float:
    return sum(value(plain, ward, team) for ward, team in teams.items())


def fairness(plain: Plain, teams: dict[str, Team]) -> float:
    mean = sum(row.population for row in plain.rows.values()) / len(plain.rows)
    return sum(
        plain.rows[ward].population / mean * math.log(max(0.001, service(plain, ward, team)))
        for ward, team in teams.items()
    )


def worst_first(plain: Plain, teams: dict[str, Team]) -> tuple[float, ...]:
    """The more the better: fewest wards below 5 %, then below 10 %, and so on, then the total."""
    services = [service(plain, ward, team) for ward, team in teams.items()]
    below = [-sum(each < step / 20 * (1 - 1e-9) for each in services) for step in range(1, 20)]
    return (*below, total(plain, teams))
