"""What one aim costs another: the most of the total under each limit of the other (a Pareto front)."""

from typing import Final

import numpy as np
import pandas as pd

from allocation._frame import Frame
from allocation._solvers.feasible import settle
from allocation.team_problem import RULES, TeamProblem
from allocation.teams import Solved, gap, solve
from allocation.why import left
from geodata.errors import InputError

HALVINGS: Final = 12
AIMS: Final = ("moves", "least_service")


def pareto(problem: TeamProblem, *, against: str, points: int = 9) -> pd.DataFrame:
    """
    Return plans that no plan beats in both the total and one other aim, at limits of that aim.

    Parameters
    ----------
    problem : with the objective "total"
    against : "moves", posts that leave their ward of today, or "least_service", that of the ward served least
    points : limits to try, from the strictest that can be kept to where the total gains no more

    Returns
    -------
    front : columns limit, value, bound, gap, moves, least_service
        One row for each limit under which a plan can be made; those of equal value and aim only once.

    Raises
    ------
    InputError
        If the aim is unknown, or the posts of today are not known where moves are asked about.
    """
    if against not in AIMS:
        raise InputError(f"`against` must be one of {', '.join(AIMS)}, got {against}.")
    problem = problem.ruled(objective="total", **{against: None})
    frame = Frame.of(problem)
    if against == "moves" and frame.now is None:
        raise InputError("A front against moves needs the posts of today, got none.")
    free = solve(problem)
    if free is None:
        raise InputError("A front needs rules that can be kept, and these clash; plan them to see which.")
    rows, held = [_row(frame, free, float("nan"))], free.held
    for limit in _limits(frame, rows[0], against, points):
        found = solve(problem.ruled(**{against: limit}), held)
        if found is not None:
            rows.append(_row(frame, found, limit))
            held = found.held
    front = pd.DataFrame(rows).drop_duplicates(["value", "moves", "least_service"])
    return front.sort_values(["moves", "least_service"], ignore_index=True)


def _limits(frame: Frame, free: dict[str, float], against: str, points: int) -> list[float]:
    """Return limits from the strictest that can be kept to where the total gains no more."""
    if against == "moves":
        return [int(limit) for limit in np.linspace(0, free["moves"], points)[:-1]]
    low, high = free["least_service"], 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        kept = settle(Frame.of(frame.problem.ruled(least_service=middle)), RULES) is not None
        low, high = (middle, high) if kept else (low, middle)
    return [float(limit) for limit in np.linspace(free["least_service"], low, points)[1:]]


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
    }
