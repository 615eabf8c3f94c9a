"""Random orders that a seed and a number give, so that work may be shared out among threads in any way."""

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geodata.compiled import inner

OrderArray = NDArray[np.int32]

# SplitMix64 (Steele, Lea & Flood 2014): the state steps by an odd constant, the output is a hash of it.
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
_SECOND: Final = np.uint64(0x94D049BB133111EB)
_BY_27: Final = np.uint64(27)
_BY_30: Final = np.uint64(30)
_BY_31: Final = np.uint64(31)
_BY_32: Final = np.uint64(32)
_ONE: Final = np.uint64(1)
_LOW: Final = np.uint64(0xFFFFFFFF)


@njit(cache=True)
def stream(seed: int, number: int) -> Any:
    """Return the first state of stream `number` of `seed`."""
    return _mix(_mix(np.uint64(seed) + _STEP) + np.uint64(number) * _STEP)


@njit(cache=True)
def shuffle(items: NDArray[Any], state: Any) -> None:
    """Put `items` into an order in which each is as likely as any other (Fisher & Yates)."""
    for last in range(items.size - 1, 0, -1):
        state, chosen = _below(state, last + 1)
        items[last], items[chosen] = items[chosen], items[last]


@inner
def _mix(state: Any) -> Any:
    state = (state ^ (state >> _BY_30)) * _FIRST
    state = (state ^ (state >> _BY_27)) * _SECOND
    return state ^ (state >> _BY_31)


@inner
def _below(state: Any, bound: int) -> tuple[Any, Any]:
    """Return the next state and a whole number from 0 to `bound` - 1; `bound` is below 2^32."""
    # Lemire (2019): a product in place of a division; the few products that favour a number are drawn again.
    width = np.uint64(bound)
    state = state + _STEP
    product = (_mix(state) >> _BY_32) * width
    if (product & _LOW) < width:
        least = (_LOW + _ONE - width) % width
        while (product & _LOW) < least:
            state = state + _STEP
            product = (_mix(state) >> _BY_32) * width
    return state, np.int64(product >> _BY_32)
