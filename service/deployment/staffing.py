"""From a force profile to the staffing problem that it describes."""

import math
from collections.abc import Mapping
from typing import Final

import pandas as pd

from allocation.demand import ward_demand
from allocation.funds import Fund
from allocation.problem import Posts
from allocation.rules import Lock, Strand, TeamRules, street_hours
from allocation.scenario import vary
from allocation.team_problem import RANKS, TeamProblem
from geodata.errors import InputError
from service.profile.force import Profile
from service.profile.staff import LockedTeam, Settled

CONSTABLES_PER_WARD: Final = 2
CSOS_PER_WARD: Final = 1


def team_problem(
    profile: Profile,
    demand: pd.DataFrame,
    *,
    neighbourhoods: Mapping[str, str] | None = None,
    groups: Mapping[str, str] | None = None,
    current: pd.DataFrame | None = None,
    strands: pd.DataFrame | None = None,
) -> TeamProblem:
    """
    Return the problem of staffing that a profile describes.

    Parameters
    ----------
    profile : the force profile; its sections `posts` and `staff` count
    demand : table of ward demand, its priorities included
    neighbourhoods, groups : by ward
    current : columns ward, constables, csos; the profile's own, where it has some, come first
    strands : indexed by ward, harm a week of each strand that the profile weighs; None: a ward's harm is of one kind

    Raises
    ------
    InputError
        If the profile does not fit the wards.
    """
    problem = TeamProblem.of(
        demand,
        team_posts(profile, len(demand)),
        rules=team_rules(profile, strands=strands is not None),
        neighbourhoods=neighbourhoods,
        groups=groups,
        funds=tuple(Fund(name, **fund.model_dump()) for name, fund in sorted(profile.staff.funds.items())),
        locks={ward: Lock(**_lock(lock)) for ward, lock in sorted(profile.staff.locks.items())},
        current=current_posts(profile) if profile.posts.current else current,
        strands=strands,
    )
    refuse_over_budget(profile, {rank: problem.headcount(rank) for rank in RANKS})
    return vary(problem, surge=profile.staff.surge) if profile.staff.surge else problem


def team_posts(profile: Profile, wards: int) -> Posts:
    """Return the headcounts of a profile; those of constables and CSOs that it does not give are taken by ward."""
    given = profile.posts
    constables = CONSTABLES_PER_WARD * wards if given.constables is None else given.constables
    csos = CSOS_PER_WARD * wards if given.csos is None else given.csos
    return Posts(constables, csos, profile.staff.sergeants, profile.staff.inspectors)


def posts_note(profile: Profile, wards: int) -> str | None:
    """Return the sentence that says which headcounts were taken because the profile does not give them."""
    rows = (("constables", CONSTABLES_PER_WARD, profile.posts.constables), ("CSOs", CSOS_PER_WARD, profile.posts.csos))
    taken = [f"{each * wards:,} {name} ({each} a ward)" for name, each, own in rows if own is None]
    return f"Headcount was not given: {' and '.join(taken)} were taken for the neighbourhood teams." if taken else None


def team_rules(profile: Profile, *, strands: bool = True) -> TeamRules:
    """Return the knobs of the rules that a profile gives, with its strands or without."""
    staff = profile.staff
    duty = {"on_duty": staff.on_duty, "abstraction": staff.abstraction}
    kinds = sorted(staff.strands.items()) if strands else []
    return TeamRules(
        floor=profile.posts.floor,
        span=profile.posts.officers_per_sergeant,
        constable_hours=street_hours(staff.hours_a_week, patrol_share=staff.constable_patrol_share, **duty),
        cso_hours=street_hours(staff.hours_a_week, patrol_share=staff.cso_patrol_share, **duty),
        saturation_hours=staff.saturation_hours,
        strands=tuple(Strand(name, kind.weight, kind.saturation_hours) for name, kind in kinds),
        largest=staff.largest,
        workload=staff.workload,
        moves=staff.moves,
        loss_cap=staff.loss_cap,
        band=staff.band,
        least_service=staff.least_service,
        objective=staff.objective,
    )


def current_posts(profile: Profile) -> pd.DataFrame | None:
    """Return today's posts of a profile, columns ward, constables and csos, or None where it gives none."""
    if not profile.posts.current:
        return None
    rows = [(ward, constables, csos) for ward, (constables, csos) in sorted(profile.posts.current.items())]
    return pd.DataFrame(rows, columns=["ward", "constables", "csos"]).astype({"ward": "string"})


def weighed_demand(profile: Profile, areas: pd.DataFrame, *, crimes: pd.Series, harm: pd.Series) -> pd.DataFrame:
    """
    Return the table of ward demand, each ward counting as its community's priority and its deprivation ask.

    Parameters
    ----------
    profile : its priorities, and its weights by decile
    areas : table of areas
    crimes, harm : expected a week, by ward

    Raises
    ------
    InputError
        If a priority is of no ward, or the profile weighs deprivation and a ward's decile is not known.
    """
    demand = ward_demand(areas, crimes=crimes, harm=harm, priorities=profile.community_priorities)
    weights = deprived(profile, dict(zip(areas["code"], areas["deprivation_decile"], strict=True)))
    return demand.assign(priority=demand["priority"] * demand["ward"].map(weights).fillna(1.0).astype("float64"))


def deprived(profile: Profile, deciles: Mapping[str, float]) -> dict[str, float]:
    """
    Return what each ward's demand is multiplied by for its deprivation.

    Parameters
    ----------
    profile : its weights by decile
    deciles : by ward, 1 the most deprived; a mean of deciles counts as the nearest

    Raises
    ------
    InputError
        If the profile weighs deprivation and a ward's decile is not known.
    """
    weights = profile.staff.deprivation
    if not weights:
        return {}
    unknown = sum(math.isnan(decile) for decile in deciles.values())
    if unknown:
        raise InputError(f"Weights by deprivation need the decile of every ward, got {unknown} without.")
    return {ward: weights.get(str(round(decile)), 1.0) for ward, decile in deciles.items()}


def costs(profile: Profile) -> dict[str, float]:
    """Return pounds a year of one post by rank, or nothing where the profile gives none."""
    given = profile.staff.costs.model_dump()
    return {rank: float(cost) for rank, cost in given.items()} if any(given.values()) else {}


def refuse_over_budget(profile: Profile, posts: Mapping[str, int]) -> None:
    """
    Refuse posts that cost more than a profile's budget: every post is filled, so that no plan of them costs less.

    Parameters
    ----------
    profile : its costs and its budget
    posts : by rank; a rank that is missing has none

    Raises
    ------
    InputError
        If they cost more, or there is a budget and nothing is said of what a post costs.
    """
    budget, prices = profile.staff.budget, costs(profile)
    if budget is None:
        return
    if not prices:
        raise InputError("A budget needs what a post costs a year, and `staff.costs` says nothing.")
    cost = sum(prices[rank] * count for rank, count in posts.items())
    if cost > budget:
        fewer = math.ceil((cost - budget) / prices["csos"]) if prices["csos"] else 0
        way = f" {fewer} CSOs fewer would keep to it." if 0 < fewer <= posts.get("csos", 0) else ""
        raise InputError(f"The posts must cost at most £{budget:,} a year, and they cost £{cost:,.0f}.{way}")


def _lock(lock: LockedTeam) -> dict[str, tuple[int, int] | None]:
    return {"constables": _limits(lock.constables), "csos": _limits(lock.csos)}


def _limits(settled: Settled | None) -> tuple[int, int] | None:
    return (settled, settled) if isinstance(settled, int) else settled
