"""How code is compiled that only other compiled code calls."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from numba import njit

Code = TypeVar("Code", bound=Callable[..., Any])

NO_DOOR: Final[Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}


def inner(function: Code) -> Code:
    """
    Return a function compiled without a door from Python, which takes a quarter of the compiler's time.

    Python must not call it: numba would call through no address at all. A test sees to that.
    """
    compiled: Any = njit(cache=True, **NO_DOOR)(function)
    return compiled  # type: ignore[no-any-return]
