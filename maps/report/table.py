"""A table of findings: the same columns for the page, in words, and for the spreadsheet, in numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Self

import pandas as pd

from maps import words

Kind = Literal["text", "whole", "real", "tenths", "percent", "points", "gain", "lines"]

Headings = Mapping[str, tuple[str, Kind]]
"""Column of a frame to its heading and kind."""

UNFOLDED_ROWS: Final = 15
"""Rows of a table that are shown before the rest is folded away."""

_WORDS: Final[dict[str, Callable[[float], str]]] = {
    "whole": lambda value: words.number(value, 0),
    "real": words.number,
    "tenths": lambda value: words.number(value, 1),
    "percent": words.percent,
    "points": words.points,
    "gain": words.gain,
}
_WITH_INTERVAL: Final[dict[str, Callable[[float, float, float], str]]] = {
    "percent": words.percent_with_interval,
    "points": words.points_with_interval,
}


@dataclass(frozen=True)
class Column:
    """
    One column.

    Parameters
    ----------
    heading : words, with the unit
    values : one a row; text, numbers (NaN where not known), or for "lines" tuples of text
    kind : how a value is written
        A percent, percentage points and a gain are held as shares of 1; the last two are written with their sign.
    low, high : ends of an interval, written below the value, for "real", "percent" and "points"
    missing : stands for a number that is not there
    """

    heading: str
    values: Sequence[Any]
    kind: Kind = "text"
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    missing: str = words.NOT_KNOWN

    @property
    def numeric(self) -> bool:
        """Whether the values are numbers, to be set flush right."""
        return self.kind in _WORDS

    @property
    def cells(self) -> list[tuple[str, ...]]:
        """The values in words, each a tuple of lines."""
        if self.low is not None and self.high is not None:
            return [self._with_interval(*three) for three in zip(self.values, self.low, self.high, strict=True)]
        if self.kind == "lines":
            return [tuple(words.printable(line) for line in lines if line) for lines in self.values]
        if self.kind == "text":
            return [("" if pd.isna(value) else words.glued(words.printable(value)),) for value in self.values]
        return [(self.missing if pd.isna(value) else _WORDS[self.kind](float(value)),) for value in self.values]

    def _with_interval(self, value: float, low: float, high: float) -> tuple[str, ...]:
        """Return the value and, below it, "10.1 to 14.8", with as many decimals."""
        if pd.isna(low) or pd.isna(high):
            return (self.missing,) if pd.isna(value) else (_WORDS[self.kind](float(value)),)
        say = _WITH_INTERVAL.get(self.kind, words.with_interval)
        first, interval = say(value, low, high).split(" (")
        return first, interval.rstrip(")").replace(" ", words.SPACE)


@dataclass(frozen=True)
class Table:
    """
    Columns of one length under a caption.

    Parameters
    ----------
    name : letters and hyphens, the anchor on the page
    caption : what the table shows, with its period or unit
    columns : the first heads its row
    empty : the sentence that stands in place of a table without rows
    note : a sentence below the table
    unfolded : rows shown before the rest is folded away
    """

    name: str
    caption: str
    columns: tuple[Column, ...]
    empty: str
    note: str = ""
    unfolded: int = field(default=UNFOLDED_ROWS)

    def __len__(self) -> int:
        return len(self.columns[0].values)

    @property
    def narrow(self) -> bool:
        """Whether the table is read more easily when it does not fill the page."""
        return len(self.columns) <= 3

    @property
    def rows(self) -> list[tuple[tuple[str, ...], ...]]:
        """The rows in words: a tuple of cells, each a tuple of lines."""
        return list(zip(*(column.cells for column in self.columns), strict=True))

    @property
    def parts(self) -> list[list[tuple[tuple[str, ...], ...]]]:
        """The rows shown and, where there are more, those folded away; two rows more are not worth folding."""
        rows = self.rows
        if len(rows) <= self.unfolded + 2:
            return [rows]
        return [rows[: self.unfolded], rows[self.unfolded :]]

    @classmethod
    def of(cls, name: str, caption: str, table: pd.DataFrame, headings: Headings, **rest: Any) -> Self:
        """Return the columns of `table` named in `headings`, under those headings and kinds."""
        columns = tuple(Column(heading, table[column].tolist(), kind) for column, (heading, kind) in headings.items())
        return cls(name, caption, columns, **rest)
