"""What fell inside planned places and times: harm in a hot spot, in a shift in which the plan sends somebody there."""

from itertools import pairwise

import numpy as np
import pandas as pd

from allocation.problem import DAY, Shift, Unit
from geodata.cast import BoolArray

WEEK_DAYS = 7  # a plan is one day's pattern, repeated all week


def parts_of_day(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    """Return the day cut wherever a shift begins or ends, so that no moment counts twice where shifts overlap."""
    cuts = sorted({moment % DAY for shift in shifts for moment in (shift.start, shift.end)})
    ends = pairwise([*cuts, *(cut + DAY for cut in cuts[:1])])
    return tuple(Shift(f"part {number}", start, end) for number, (start, end) in enumerate(ends))


def reached(came: pd.DataFrame, visits: pd.DataFrame, shifts: tuple[Shift, ...]) -> float:
    """
    Return the harm that fell inside the places and times of a plan; each crime counts once, however often it is met.

    Parameters
    ----------
    came : hot spots x parts of the day (`parts_of_day`), harm a week that fell there and then
    visits : hot spots x shifts, number of visits planned
        Hot spots of which nothing is known in `came` had no crime.
    shifts : of the plan

    Returns
    -------
    reached : harm a week
    """
    then = came.reindex(visits.index, fill_value=0.0).to_numpy(dtype=np.float64)
    return float(np.where(_present(visits, shifts), then, 0.0).sum())


def _present(visits: pd.DataFrame, shifts: tuple[Shift, ...]) -> BoolArray:
    """Return whether the plan sends somebody to each place in a shift that holds each part of the day."""
    held = [
        [any(shift.start <= part.start + day < shift.end for day in (0, DAY)) for part in parts_of_day(shifts)]
        for shift in shifts
    ]
    there = visits[[shift.name for shift in shifts]].to_numpy() > 0
    return np.asarray((there[:, :, None] & np.array(held)[None, :, :]).any(axis=1))


def exposed_to(came: pd.DataFrame, visits: pd.DataFrame, decay: tuple[float, ...]) -> float:
    """
    Return the harm a week that visits are exposed to, the second and third by the shares of rule P7.

    Parameters
    ----------
    came : hot spots x shifts, harm a week
    visits : hot spots x shifts, number of visits planned
    decay : worth of the first, second, ... visit
    """
    earned = np.concatenate([[0.0], np.cumsum(decay)])
    then = came.reindex(index=visits.index, columns=visits.columns, fill_value=0.0).to_numpy(dtype=np.float64)
    return float((then * earned[np.minimum(visits.to_numpy(), len(decay))]).sum())


def during(came: pd.DataFrame, visits: pd.DataFrame, shifts: tuple[Shift, ...], minutes: float) -> float:
    """
    Return the harm a week that falls into the minutes of the visits, each at any time of its shift with equal chance.

    Parameters
    ----------
    came : hot spots x shifts, harm a week
    visits : hot spots x shifts, number of visits planned
    shifts : of the plan
    minutes : of one visit
    """
    share = pd.Series({shift.name: minutes / shift.minutes for shift in shifts})
    then = came.reindex(index=visits.index, columns=visits.columns, fill_value=0.0)
    return float((then * visits * share[visits.columns]).to_numpy(dtype=np.float64).sum())


def patrol_hours(units: tuple[Unit, ...]) -> float:
    """Return the hours a week that units are out on patrol."""
    return WEEK_DAYS * sum(unit.minutes for unit in units) / 60
