"""The quarters of a release: what of them is printed, whether for the first time, and none otherwise than before."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from geodata.errors import InputError

if TYPE_CHECKING:
    from maps.public.releases import Release

_CARRIED: Final = "carried.csv"


@dataclass(frozen=True)
class Quarter:
    """What would be printed of one quarter: its name and words, whether for the first time, and how many counts."""

    name: str
    words: str
    new: bool
    printed: int
    withheld: int


def chained(figures: Path, carried: Path | None) -> tuple[Quarter, ...]:
    """
    Return the quarters of a table for the public, the newest last.

    Parameters
    ----------
    figures : `public.csv` that is to be printed
    carried : the one printed before, or None

    Raises
    ------
    InputError
        If there is no whole quarter, or one that was printed before is not printed as it was.
    """
    from maps.public.releases import read_earlier

    found = {each.name: each for each in read_earlier(figures)}
    if not found:
        raise InputError("A release must hold a whole quarter of the calendar, and this run has none.")
    before = {} if carried is None else {each.name: each for each in read_earlier(carried)}
    for name, earlier in before.items():
        if name not in found or not _same(earlier, found[name]):
            raise InputError(
                f"What was printed of {earlier.words} must be printed again to the digit, and this run prints it "
                "otherwise: make a run anew, which carries on from what was published last."
            )
    return tuple(_quarter(each, new=each.name not in before) for each in found.values())


def words_of(figures: Path) -> dict[str, str]:
    """Return the quarters of a table for the public by name, each in words."""
    from maps.public.releases import read_earlier

    return {each.name: each.words for each in read_earlier(figures)}


def without_figures(figures: Path, never: Collection[str]) -> Path:
    """
    Write beside a table for the public the same with every count of some quarters withheld; return its path.

    Raises
    ------
    InputError
        If it has no such quarter.
    """
    from maps.public.releases import as_table, read_earlier
    from maps.tables.spreadsheet import write_table

    if not set(never) <= set(words_of(figures)):
        raise InputError("A quarter that is never printed again must be one that the release prints.")
    held = pd.read_csv(figures, dtype=str, keep_default_na=False)
    names = dict(zip(held["code"], held["area"], strict=True))
    kept = (_blank(each) if each.name in never else each for each in read_earlier(figures))
    return write_table(as_table(tuple(kept), names), figures.with_name(_CARRIED))


def _quarter(found: "Release", *, new: bool) -> Quarter:
    parts = (found.by_offence, found.by_month.iloc[:, :-1])  # the totals of the areas stand in both
    counts, withheld = sum(part.size for part in parts), int(sum(part.isna().to_numpy().sum() for part in parts))
    return Quarter(found.name, found.words, new, counts - withheld, withheld)


def _same(earlier: "Release", later: "Release") -> bool:
    pairs = ((earlier.by_offence, later.by_offence), (earlier.by_month, later.by_month))
    return all(_in_order(one).equals(_in_order(other)) for one, other in pairs)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_index().sort_index(axis=1)


def _blank(found: "Release") -> "Release":
    from maps.public.releases import Release

    tables = (table.mask(table.notna()) for table in (found.by_offence, found.by_month))
    return Release(found.name, *tables)
