"""The teams of one scenario: staffed on the ground that all share, weighed as its profile asks."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from allocation.robust import Robust
from allocation.scenario import Comparison, Scenario, compare_scenarios
from allocation.team_problem import TeamProblem
from allocation.teams import Staffing
from geodata.cast import IntArray
from geodata.errors import InputError
from maps import words
from service.deployment.patrol_setup import bases_of
from service.deployment.robust import plan_offered
from service.deployment.scenario_ground import Ground
from service.deployment.staffing import posts_note, team_problem, weighed_demand
from service.profile.force import Profile


def problem_of(profile: Profile, ground: Ground) -> tuple[TeamProblem, tuple[str, ...]]:
    """Return the staffing that a profile asks for on this ground, and what was taken because it does not say."""
    expected, factors = ground.expected, strategy_factors(profile, ground, "ward")
    demand = weighed_demand(
        profile,
        ground.areas,
        crimes=expected["expected_crimes"],
        harm=expected["expected_harm"] * [factors.get(code, 1.0) for code in expected.index],
    )
    note = posts_note(profile, len(demand))
    return team_problem(profile, demand), (note,) if note else ()


def compared(
    scenarios: Sequence[Scenario], profiles: Mapping[str, Profile], ground: Ground | None
) -> tuple[Comparison, tuple[str, ...]]:
    """
    Return scenarios side by side, each with the teams that a report would offer, and which these are, in a sentence.

    Parameters
    ----------
    scenarios : the base first
    profiles : of each by its name
    ground : whose past their demand is drawn from; None: the teams are the best for what is expected
    """
    sure: dict[str, Robust | None] = {}

    def plan(scenario: Scenario, held: IntArray | None) -> Staffing:
        profile, past, seed, factors = profiles[scenario.name], None, 0, {}
        if ground is not None:
            past, seed, factors = ground.past, ground.seed, strategy_factors(profile, ground, "ward")
        staffing, sure[scenario.name] = plan_offered(
            profile, scenario.problem, past, seed=seed, weights=factors, held=held
        )
        return staffing

    return compare_scenarios(scenarios, plan=plan), _which(sure)


def _which(sure: Mapping[str, Robust | None]) -> tuple[str, ...]:
    """Return which scenarios offer robust teams, or nothing where none was held against other demand."""
    tried = [name for name, found in sure.items() if found is not None]
    robust = [name for name in tried if (found := sure[name]) is not None and found.offered]
    if not tried:
        return ()
    if not robust:
        return ("Teams are those best for what is expected: none standing other demand better is worth its price.",)
    return (f"Teams are the robust ones, as a report offers them, in {words.listing(robust)}.",)


def settled_bases(values: dict[str, Any], profile: Profile, ground: Ground) -> dict[str, Any]:
    """Return the base's settings with the bases that are taken where it names none, so that one can be closed."""
    if profile.bases:
        return values
    problem, _ = problem_of(
        profile.model_copy(update={"staff": profile.staff.model_copy(update={"surge": {}})}), ground
    )
    bases, _ = bases_of(profile, ground.areas, problem.demand)
    return values | {"bases": [{"name": base.name, "easting": base.x, "northing": base.y} for base in bases]}


def strategy_factors(profile: Profile, ground: Ground, label: Literal["hotspot", "ward"]) -> dict[str, float]:
    """
    Return what another control strategy than the base's makes the harm of each hot spot or ward count for.

    Parameters
    ----------
    profile : whose strategy it is
    ground : with the crimes; without them nothing can be weighed anew
    label : what the harm is summed over

    Raises
    ------
    InputError
        If the strategy names an offence that the crimes do not have.
    """
    times = ground.times
    if times is None or profile.control_strategy == dict(ground.strategy):
        return {}
    offence = times.crimes["offence"]
    unknown = sorted(set(profile.control_strategy) - set(offence.cat.categories))
    if unknown:
        raise InputError(f'Each name in `control_strategy` must be an offence of the crimes; "{unknown[0]}" is not.')
    new, old = (offence.map(each).astype("float64").fillna(1.0) for each in (profile.control_strategy, ground.strategy))
    table = pd.DataFrame({"label": getattr(times, label), "harm": times.harm, "weighed": times.harm * new / old})
    sums = table.groupby("label")[["harm", "weighed"]].sum()
    return {str(name): float(row.weighed / row.harm) for name, row in sums.iterrows() if row.harm > 0}
