"""The teams that are compared, from the least to the most that the rules and common sense leave a ward."""

import math
from dataclasses import replace

import numpy as np

from allocation._frame import Frame
from allocation._solvers.feasible import settle
from allocation._solvers.team_links import links
from allocation._solvers.team_model import Teams
from allocation._solvers.teams import Placed, place
from allocation.team_problem import RULES
from geodata.cast import IntArray
from geodata.errors import InputError

SPARE = 12  # teams are tabled up to this many posts of a role above twice the ward's share
ROUND_OFF = 1e-9
TINY = 1e-300
MOST_TEAMS = 20_000_000
WIDTHS = (0.3, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.6, 3.0)  # prices of an hour to begin with, as shares of the likely one
TILTS = (0.9, 1.0, 1.1)  # of the price of a CSO's hour to a constable's


Limits = tuple[tuple[float, int], ...]


def best_teams(
    frame: Frame,
    *,
    held: IntArray | None = None,
    start: IntArray | None = None,
    at_most: Limits = (),
    count: float | None = None,
) -> tuple[IntArray, Placed] | None:
    """
    Return the officers by ward, wards x (constables, CSOs), that are worth most, with their proof.

    None: there are none that keep the rules.

    Parameters
    ----------
    frame : the problem
    held : rows (ward, constables, CSOs) that an earlier, similar problem was solved with
    start : officers by ward that keep all rules and `at_most`, where they are known
    at_most : services, and how many wards may stay below each
    count : a service; make the fewest wards that stay below it, and not the most of the objective
    """
    spare = SPARE + max(int(least.max()) for least in frame.least.values())
    low, high = frame.limits
    reaching = _reaching(frame, max((service for service, _ in at_most), default=0.0), count or 0.0)
    while True:
        most = np.clip(np.maximum(_likely(frame) + spare, reaching), low, high)
        most = most if start is None else np.maximum(most, start)
        settled = start if start is not None else _settled(frame, most)
        if settled is None and (most >= high).all():
            return None
        if settled is not None:
            teams = _counted(_table(frame, most), frame, at_most, count)
            unit = math.frexp(float(np.abs(teams.value).max()))[1]  # so that no figure is too small for the solver
            teams = replace(teams, value=np.ldexp(teams.value, -unit))
            placed = place(teams, links(frame), start=teams.find(settled), seeds=_seeds(frame, teams, held))
            rows = np.column_stack([teams.ward, teams.constables, teams.csos])
            officers = rows[placed.chosen, 1:]
            if not ((officers == most) & (most < high)).any():
                return officers, replace(placed, held=rows[placed.held], bound=math.ldexp(placed.bound, unit))
        spare *= 4


def _settled(frame: Frame, most: IntArray) -> IntArray | None:
    found = settle(frame, RULES, most=most)
    return None if found is None else found.officers


def _likely(frame: Frame) -> IntArray:
    """Return twice each ward's share of the posts, by saturation or by demand, whichever is more."""
    benefit = frame.benefit
    share = benefit.saturation.max(axis=1) / benefit.saturation.max(axis=1).sum()
    if benefit.demand.any():
        share = np.maximum(share, benefit.demand / benefit.demand.sum())
    likely: IntArray = np.ceil(2 * share[:, None] * frame.posts).astype(np.int64)
    return likely


def _reaching(frame: Frame, *services: float) -> IntArray:
    """Return the officers of one role alone that reach these services; all, where no rule says how worth grows."""
    if frame.benefit.worth is not None:
        return frame.limits[1]
    hours = np.max([frame.benefit.hours_for(service) for service in services], axis=0)
    reaching: IntArray = np.ceil(hours[:, None] / frame.hours).astype(np.int64) + 1
    return reaching


def _table(frame: Frame, most: IntArray) -> Teams:
    low = np.minimum(frame.limits[0], most)
    widths = most - low + 1
    sizes = widths.prod(axis=1)
    if sizes.sum() > MOST_TEAMS:
        raise InputError(
            f"At most {MOST_TEAMS:,} teams can be compared, got {sizes.sum():,}; plan fewer posts at once."
        )
    ward = np.repeat(np.arange(frame.size), sizes)
    number = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    constables, csos = np.divmod(number, widths[ward, 1])
    constables, csos = constables + low[ward, 0], csos + low[ward, 1]
    least = np.max(list(frame.least.values()), axis=0)
    enough = frame.benefit.hours(constables, csos) >= frame.least_hours[ward] * (1 - ROUND_OFF)
    kept = (constables + csos >= least[ward]) & enough
    ward, constables, csos = ward[kept], constables[kept], csos[kept]
    leavers = np.zeros(len(ward), dtype=np.int64)
    if frame.now is not None:
        leavers = np.maximum(0, frame.now[ward, 0] - constables) + np.maximum(0, frame.now[ward, 1] - csos)
    first = np.searchsorted(ward, np.arange(frame.size))
    value = frame.worth(ward, constables, csos)
    return Teams(ward, constables, csos, leavers, value, first, np.zeros((len(ward), 0)), np.zeros(0))


def _counted(teams: Teams, frame: Frame, at_most: tuple[tuple[float, int], ...], count: float | None) -> Teams:
    """Return the teams with a row for each limit on the wards that stay below a service."""
    if count is None and not at_most:
        return teams
    service = frame.benefit.service(teams.ward, teams.constables, teams.csos)
    below = [(service < least * (1 - ROUND_OFF)).astype(np.float64) for least, _ in at_most]
    value = teams.value if count is None else -(service < count * (1 - ROUND_OFF)).astype(np.float64)
    counts = np.column_stack(below) if below else np.zeros((len(service), 0))
    return replace(
        teams, value=value, counted=counts, at_most=np.array([most for _, most in at_most], dtype=np.float64)
    )


def _seeds(frame: Frame, teams: Teams, held: IntArray | None) -> IntArray:
    """Return teams to begin with: those of an earlier problem, or each ward's best at several prices of an hour."""
    if held is not None:
        return teams.among(held)
    hours, total = frame.benefit.hours(teams.constables, teams.csos), float(frame.posts @ frame.hours)
    low, high = (
        0.0,
        max(float((teams.value - teams.value[teams.first][teams.ward]).max()) / float(frame.hours.min()), TINY),
    )
    for _ in range(30):
        price = (low + high) / 2
        wanted = float(hours[teams.best(teams.value - price * hours)].sum())
        low, high = (price, high) if wanted > total else (low, price)
    tilted = [frame.hours * [1.0, tilt] for tilt in TILTS]
    return np.unique(
        [
            teams.best(teams.value - high * width * (each[0] * teams.constables + each[1] * teams.csos))
            for each in tilted
            for width in WIDTHS
        ]
    )
