"""Bands of distance and of time between two events, which of their ends belong to them, and how they are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

import numpy as np

from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

Closed = Literal["left", "right"]
MOST_BANDS: Final = 200  # of distance, and of time
MOST_DAYS: Final = 36_525  # a century: what is beyond is beyond all bands


@dataclass(frozen=True)
class Bands:
    """
    Bands of distance and of time.

    Parameters
    ----------
    space : metres, rising from 0 or more
        Edges: two make one band. The last may be infinite.
    time : days, rising from 0 or more
    closed : "left" for [a, b), "right" for (a, b]
        Closed on the right, the first band holds its lower end too, [a, b]: else pairs at one place, or on one day,
        would be in no band.

    Raises
    ------
    InputError
        If edges are fewer than 2, do not rise, lie below 0 or beyond a century, or `closed` is neither.
    """

    space: tuple[float, ...]
    time: tuple[float, ...]
    closed: Closed = "left"

    def __post_init__(self) -> None:
        if self.closed not in get_args(Closed):
            raise InputError(f"`closed` must be one of {', '.join(get_args(Closed))}, got {self.closed}.")
        for name, edges in (("space", self.space), ("time", self.time)):
            _check(name, edges)
        if max(edge for edge in self.time if np.isfinite(edge)) > MOST_DAYS:
            raise InputError(f"`time` must hold edges of at most {MOST_DAYS:,} days, or inf, got more.")

    @property
    def shape(self) -> tuple[int, int]:
        """How many bands of distance and of time there are."""
        return len(self.space) - 1, len(self.time) - 1

    @property
    def space_labels(self) -> tuple[str, ...]:
        """The bands of distance: "[0, 100)"."""
        return _labels(self.space, self.closed)

    @property
    def time_labels(self) -> tuple[str, ...]:
        """The bands of time: "[0, 7)"."""
        return _labels(self.time, self.closed)

    def metres(self) -> FloatArray:
        """Return the least distance that is beyond each finite edge, so that all bands are closed on the left."""
        finite = np.array([edge for edge in self.space if np.isfinite(edge)], dtype=np.float64)
        if self.closed == "right":
            finite[1:] = np.nextafter(finite[1:], np.inf)
        return finite

    def moments(self, a_day: int) -> IntArray:
        """Return the same of time, in whole units of which there are so many in a day."""
        finite = np.array([edge for edge in self.time if np.isfinite(edge)], dtype=np.float64) * a_day
        least = np.ceil(finite)
        if self.closed == "right":
            least[1:] = np.floor(finite[1:]) + 1
        return least.astype(np.int64)

    def calculator_labels(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """
        Return what the Near Repeat Calculator would print above the same bands: "101 to 200" for [100, 200).

        They are one unit too high: for comparing with old reports only.

        Raises
        ------
        InputError
            If the bands are closed on the right, as the calculator's are not.
        """
        if self.closed != "left":
            raise InputError("The Near Repeat Calculator's bands must be closed on the left, got `right`.")
        place = self.space[0] == 0 and self.space[1] <= 1
        return _calculators(self.space, "Same location" if place else None), _calculators(self.time, None)


def edges_of(values: Sequence[float]) -> tuple[float, ...]:
    """Return edges as plain numbers."""
    return tuple(float(value) for value in values)


def written(edge: float) -> str:
    """Return an edge in as few digits as tell it: "0.1", "200", "inf"."""
    return f"{edge:g}" if float(f"{edge:g}") == edge else repr(float(edge))


def _check(name: str, edges: tuple[float, ...]) -> None:
    if not 2 <= len(edges) <= MOST_BANDS + 1:
        raise InputError(f"`{name}` must hold 2 to {MOST_BANDS + 1} edges of bands, got {len(edges)}.")
    below = [edge for edge in edges if not edge >= 0]
    if below or not np.isfinite(edges[:-1]).all():
        raise InputError(f"`{name}` must hold edges of at least 0, of which only the last may be inf, got others.")
    if not (np.diff(edges) > 0).all():
        raise InputError(f"`{name}` must hold edges that rise, got {', '.join(map(written, edges))}.")


def _labels(edges: tuple[float, ...], closed: Closed) -> tuple[str, ...]:
    if closed == "left":
        return tuple(f"[{written(low)}, {written(high)})" for low, high in pairwise(edges))
    first = f"[{written(edges[0])}, {_end(edges[1])}"
    rest = (f"({written(low)}, {_end(high)}" for low, high in pairwise(edges[1:]))
    return (first, *rest)


def _end(edge: float) -> str:
    return f"{written(edge)}]" if np.isfinite(edge) else "inf)"


def _calculators(edges: tuple[float, ...], first: str | None) -> tuple[str, ...]:
    labels = []
    for number, (low, high) in enumerate(pairwise(edges)):
        least = 1.0 if first and number == 1 else low + (low > 0)
        labels.append(f"{written(least)} to {written(high)}" if np.isfinite(high) else f"More than {written(low)}")
    return (first or labels[0], *labels[1:])
