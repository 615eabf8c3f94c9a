"""The places that a forecast flags, ranked once for every measure."""

from typing import NamedTuple

import numpy as np

from geodata.cast import FloatArray, IntArray


class Flagged(NamedTuple):
    """The numbers of the places above the cut, of those tied at it, and how many of these are flagged."""

    above: IntArray
    tied: IntArray
    left: int

    def lowest(self) -> IntArray:
        """Return the places flagged in order; of those tied at the cut, the lower numbers."""
        return np.sort(np.append(self.above, self.tied[: self.left]))

    def caught(self, truth: FloatArray) -> float:
        """Return the sum of `truth` over the places flagged; of those tied at the cut, the worst are taken."""
        return float(truth[self.above].sum() + np.partition(truth[self.tied], self.left - 1)[: self.left].sum())


def flagged(guess: FloatArray, places: int) -> Flagged:
    """Return the top `places` of `guess`."""
    # Two partitions in place of a sort of all places by two keys: 5 against 120 ms for half a million.
    cut = np.partition(guess, guess.size - places)[guess.size - places]
    above = np.flatnonzero(guess > cut)
    return Flagged(above, np.flatnonzero(guess == cut), places - above.size)


def ratio(part: float, whole: float) -> float:
    """Return the share, NaN of nothing."""
    return part / whole if whole > 0 else float("nan")
