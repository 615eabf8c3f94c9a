"""What one aim costs another: the most of the total under each limit of the other (a Pareto front)."""

from typing import Final

import numpy as np
import pandas as pd

from allocation._frame import Frame
from allocation._solvers.feasible import settle
from allocation.team_problem import RULES, TeamProblem
from allocation.teams import Solved, gap, solve
from allocation.why import left
from geodata.cast import IntArray
from geodata.errors import InputError

HALVINGS: Final = 12
AIMS: Final = {"moves": "moves", "least_service": "least_service", "disproportion": "band"}
"""Aim to the rule that limits it."""


def pareto(problem: TeamProblem, *, against: str, points: int = 9) -> pd.DataFrame:
    """
    Return plans that no plan beats in both the total and one other aim, at limits of that aim.

    Parameters
    ----------
    problem : with the objective "total"
    against : "moves", posts that leave their ward of today; "least_service", that of the ward served least; or
        "disproportion", how far any group's share of hours is from its share of harm, as a share of it
    points : limits to try, from the strictest that can be kept to where the total gains no more

    Returns
    -------
    front : columns limit, value, bound, gap, moves, least_service, disproportion
        One row for each limit under which a plan can be made; those of equal value and aim only once.

    Raises
    ------
    InputError
        If the aim is unknown, or the posts of today, or two groups of wards, are not known where they are asked about.
    """
    if against not in AIMS:
        raise InputError(f"`against` must be one of {', '.join(AIMS)}, got {against}.")
    rule = AIMS[against]
    problem = problem.ruled(objective="total", **{rule: None})
    frame = Frame.of(problem)
    if against == "moves" and frame.now is None:
        raise InputError("A front against moves needs the posts of today, got none.")
    if against == "disproportion" and len(frame.groups) < 2:
        raise InputError("A front against disproportion needs two groups of wards or more, got one.")
    free = solve(problem)
    if free is None:
        raise InputError("A front needs rules that can be kept, and these clash; plan them to see which.")
    rows, held = [_row(frame, free, float("nan"))], free.held
    for limit in _limits(frame, rows[0], against, points):
        found = solve(problem.ruled(**{rule: limit}), held)
        if found is not None:
            rows.append(_row(frame, found, limit))
            held = found.held
    front = pd.DataFrame(rows).drop_duplicates(["value", *AIMS])
    return front.sort_values(["disproportion"] if rule == "band" else ["moves", "least_service"], ignore_index=True)


def _limits(frame: Frame, free: dict[str, float], against: str, points: int) -> list[float]:
    """Return limits from the strictest that can be kept to where the total gains no more."""
    if against == "moves":
        return [int(limit) for limit in np.linspace(0, free["moves"], points)[:-1]]
    kept, lost = (free[against], 1.0) if against == "least_service" else (free[against], 0.0)
    for _ in range(HALVINGS):
        middle = (kept + lost) / 2
        can = settle(Frame.of(frame.problem.ruled(**{AIMS[against]: middle})), RULES) is not None
        kept, lost = (middle, lost) if can else (kept, middle)
    return [float(limit) for limit in np.linspace(free[against], kept, points)[1:]]


def _row(frame: Frame, found: Solved, limit: float) -> dict[str, float]:
    officers = found.officers
    service = frame.benefit.service(np.arange(frame.size), officers[:, 0], officers[:, 1])
    return {
        "limit": limit,
        "value": found.objective,
        "bound": found.bound,
        "gap": gap(found.objective, found.bound),
        "moves": 0 if frame.now is None else left(frame.now, officers),
        "least_service": float(service.min()),
        "disproportion": _disproportion(frame, officers),
    }


def _disproportion(frame: Frame, officers: IntArray) -> float:
    """Return how far the share of hours of the group furthest off is from its share of harm, as a share of that."""
    hours = np.bincount(frame.group, weights=officers @ frame.hours, minlength=len(frame.groups))
    harmed = frame.harm_share > 0
    return float(np.abs(hours[harmed] / hours.sum() / frame.harm_share[harmed] - 1.0).max())
