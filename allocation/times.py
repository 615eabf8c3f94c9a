"""When harm happens: the share of it that falls into each shift."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from allocation.problem import DAY, Shift
from geodata.cast import BoolArray, FloatArray, IntArray, weights

LEAST_TIMED = 50  # crimes with a time of day below which the length of the shifts is taken instead
PRIOR = 20  # crimes that the whole force's times count for at each hot spot


@dataclass(frozen=True)
class ShiftShares:
    """
    How much of each hot spot's harm falls into each shift.

    Parameters
    ----------
    table : one row per hot spot (index hotspot_id), one column per shift; shares of the day's harm
    basis : where they come from, a sentence
    """

    table: pd.DataFrame
    basis: str


def shift_shares(
    crimes: pd.DataFrame,
    shifts: Iterable[Shift],
    *,
    hotspot: pd.Series,
    hotspots: Iterable[str],
    weight: ArrayLike | None = None,
) -> ShiftShares:
    """
    Return the share of each hot spot's harm that falls into each shift, from the times of its crimes.

    A crime known between two moments less than a day apart counts evenly over them (aoristic [1]_). Each hot spot's
    times are eased towards those of all crimes, which count for 20 of its own. Where fewer than 50 crimes have a time
    of day, the shares are those of the shifts' minutes. Times are read off the clock on the wall.

    Parameters
    ----------
    crimes : table of crimes
    shifts : of the day's pattern
    hotspot : for each crime, in the same order, the hot spot that holds it or `<NA>`
    hotspots : all of them, by hotspot_id
    weight : of each crime, by default 1

    Raises
    ------
    InputError
        If a weight is below 0 or not finite.

    References
    ----------
    .. [1] Ratcliffe (2000). Aoristic analysis: the spatial interpretation of unspecific temporal events.
       International Journal of Geographical Information Science 14(7), 669-679.
    """
    shifts, ids = list(shifts), pd.Index(list(hotspots), name="hotspot_id")
    columns = [shift.name for shift in shifts]
    heavy = weights(weight, len(crimes), "weight")
    timed, begin, lasting = _clock_times(crimes)
    if timed.sum() < LEAST_TIMED or not heavy[timed].any():
        shares = np.tile(by_length(shifts), (len(ids), 1))
        basis = f"by the length of the shifts, since {int(timed.sum())} crimes have a time of day"
    else:
        at = ids.get_indexer(pd.Index(hotspot)[timed]).astype(np.int64)
        shares = _eased(_inside(begin[timed], lasting[timed], shifts), heavy[timed], at, len(ids))
        basis = f"by the times of {int(timed.sum()):,} crimes, {int((at >= 0).sum()):,} of them in hot spots"
    return ShiftShares(pd.DataFrame(shares, index=ids, columns=columns), f"Harm is spread over the shifts {basis}.")


def fell_into(
    crimes: pd.DataFrame,
    shifts: Iterable[Shift],
    *,
    hotspot: pd.Series,
    hotspots: Iterable[str],
    weight: ArrayLike | None = None,
) -> pd.DataFrame:
    """
    Return how much fell into each shift at each hot spot: what came, with no easing towards what is usual.

    A crime without a time of day counts in each shift by the share of the day that the shift lasts.

    Parameters
    ----------
    crimes, shifts, hotspot, hotspots, weight : as for `shift_shares`

    Returns
    -------
    fallen : sum of weights, one row per hot spot, one column per shift

    Raises
    ------
    InputError
        If a weight is below 0 or not finite.
    """
    shifts, ids = list(shifts), pd.Index(list(hotspots), name="hotspot_id")
    heavy = weights(weight, len(crimes), "weight")
    timed, begin, lasting = _clock_times(crimes)
    share = np.tile(by_length(shifts), (len(crimes), 1))
    share[timed] = _inside(begin[timed], lasting[timed], shifts)
    at = ids.get_indexer(pd.Index(hotspot))
    here = at >= 0
    sums = [np.bincount(at[here], weights=column[here] * heavy[here], minlength=len(ids)) for column in share.T]
    return pd.DataFrame(np.column_stack(sums), index=ids, columns=[shift.name for shift in shifts])


def by_length(shifts: Iterable[Shift]) -> FloatArray:
    """Return each shift's share of the day's minutes."""
    return np.array([shift.minutes / DAY for shift in shifts])


def _clock_times(crimes: pd.DataFrame) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Return whether each crime has a time of day, the minute after midnight at which it began, and how long it is."""
    begin, end = (crimes[name].dt.tz_localize(None) for name in ("occurred_from", "occurred_to"))
    lasting = ((end - begin) / pd.Timedelta(minutes=1)).to_numpy(dtype=np.float64)
    minute = (begin.dt.hour * 60 + begin.dt.minute).to_numpy(dtype=np.float64)
    timed = (crimes["precision"] == "instant").to_numpy() & (lasting >= 0) & (lasting < DAY)
    return timed, minute, lasting


def _inside(begin: FloatArray, lasting: FloatArray, shifts: list[Shift]) -> FloatArray:
    """Return how much of each crime's time lies in each shift, crimes x shifts."""
    share = np.zeros((len(begin), len(shifts)))
    end = begin + lasting
    for number, shift in enumerate(shifts):
        for day in (-DAY, 0, DAY):
            first, last = shift.start + day, shift.end + day
            overlap = np.clip(np.minimum(end, last) - np.maximum(begin, first), 0.0, None)
            at_once = (begin >= first) & (begin < last)
            share[:, number] += np.where(lasting > 0, overlap / np.maximum(lasting, 1.0), at_once)
    return share


def _eased(inside: FloatArray, heavy: FloatArray, at: IntArray, count: int) -> FloatArray:
    """Return each hot spot's shares, eased towards those of all crimes; weights are taken relative to their mean."""
    heavy = heavy / heavy.mean()
    overall = (inside * heavy[:, None]).sum(axis=0) / heavy.sum()
    here = at >= 0
    mass = np.bincount(at[here], weights=heavy[here], minlength=count)
    own = [np.bincount(at[here], weights=column[here] * heavy[here], minlength=count) for column in inside.T]
    eased: FloatArray = (np.column_stack(own) + PRIOR * overall) / (mass + PRIOR)[:, None]
    return np.clip(eased, 0.0, 1.0)
