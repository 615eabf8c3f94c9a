"""A published value, and the same worked out here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Value:
    """
    One published number beside ours.

    Parameters
    ----------
    method : what was worked out
    source : where it was published
    what : which number of it
    published : as printed, "0.56"
    found : ours
    """

    method: str
    source: str
    what: str
    published: str
    found: float

    @property
    def digits(self) -> int:
        """Digits after the point that were published."""
        return len(self.published.partition(".")[2])

    @property
    def agrees(self) -> bool:
        """Whether ours is the published number to its last digit: within half of it, and the rounding of a sum."""
        return abs(self.found - float(self.published)) <= 0.5 * 10.0**-self.digits * (1 + 1e-9)


def values(method: str, source: str, rows: Iterable[tuple[str, str, float]]) -> Iterator[Value]:
    """Return the values of one method from one source: what, as published, ours."""
    return (Value(method, source, what, published, float(found)) for what, published, found in rows)
