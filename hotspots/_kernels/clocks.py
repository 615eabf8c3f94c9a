"""Days dealt out anew among victims: how long each would then have waited for the next crime."""

from typing import Any

import numpy as np
from numba import njit, prange

from hotspots._kernels.streams import shuffle, stream


@njit(cache=True, parallel=True)
def deal_days(days: Any, starts: Any, end: int, seed: int, again: Any, ended: Any) -> None:
    """
    Fill row r of `again` and `ended` with the waits of calendar r: those that a crime ended, and those still running.

    `days` holds the days of victim v from `starts[v]` to `starts[v + 1]`; waits beyond the last column go into it.
    """
    longest = again.shape[1] - 1
    for run in prange(again.shape[0]):
        dealt = days.copy()
        shuffle(dealt, stream(seed, run))
        for victim in range(starts.size - 1):
            first, second = np.int64(end + 1), np.int64(end + 1)
            for at in range(starts[victim], starts[victim + 1]):
                day = dealt[at]
                if day < first:
                    first, second = day, first
                elif first < day < second:
                    second = day
            if second <= end:
                again[run, min(second - first, longest)] += 1
            else:
                ended[run, min(end - first, longest)] += 1
