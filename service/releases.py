"""
What is told to everybody: releases, each carried on from the one before it.

A quarter is printed once. What a release prints of an earlier quarter is what was printed of it, to the digit: two
versions of one quarter, side by side, would tell what one of them withholds. A release that was withdrawn has been
seen: its quarters are printed again as they were, or, where its figures were the reason, never again in any form.
"""

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from sqlalchemy import Connection, RowMapping, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.store import Store, audit
from service.store.runs import Run
from service.store.tables import RELEASES

if TYPE_CHECKING:
    from maps.public.releases import Release

PAGE, FIGURES, LAYER = "public.html", "public.csv", "public.geojson"
FILES: Final = {PAGE: "text/html; charset=utf-8", FIGURES: "text/csv; charset=utf-8", LAYER: "application/geo+json"}
LONGEST_REASON: Final = 500
_CARRIED: Final = "carried.csv"


@dataclass(frozen=True)
class Published:
    """
    One release.

    Parameters
    ----------
    id, force, run_id : which, and the run that made it
    at, actor : when it was published, and by whom
    folder : of its files, in the store's
    quarters : that it was the first to print, "2024 Q2"
    carried : file from which the next one carries on
    state : "published", "superseded" or "withdrawn"
    reason : of its withdrawal; empty before
    """

    id: int
    force: str
    run_id: int
    at: str
    actor: str
    folder: str
    quarters: tuple[str, ...]
    carried: str
    state: str
    reason: str


@dataclass(frozen=True)
class Quarter:
    """What would be printed of one quarter: its name and words, whether for the first time, and how many counts."""

    name: str
    words: str
    new: bool
    printed: int
    withheld: int


def carried_on(reading: Connection, force: str) -> str | None:
    """Return the table, in the store's folder, from which the next release carries on; None before the first."""
    last = _last(reading, force)
    return None if last is None else f"{last.folder}/{last.carried}"


def preview(store: Store, run: Run) -> tuple[Quarter, ...]:
    """
    Return what a run would print, quarter by quarter, the newest last.

    Raises
    ------
    NotFoundError
        If the run made no page for the public.
    InputError
        If it is withdrawn, has no whole quarter, or does not carry on from what was printed before.
    """
    with store.reading() as reading:
        return _checked(reading, store, run)


def release(store: Store, run: Run, *, actor: str) -> int:
    """
    Publish what a run made for the public, in place of what is published now; return the release's number.

    Raises
    ------
    NotFoundError, InputError
        As `preview`; of two who publish at once the second is held to what the first has printed.
    """
    home = Path("releases") / run.force / f"run-{run.id}-{secrets.token_hex(4)}"
    with store.writing() as writing:
        quarters = _checked(writing, store, run)
        _copy(store.folder / run.folder, store.folder / home)
        new = [each.name for each in quarters if each.new]
        own = (RELEASES.c.force == run.force, RELEASES.c.state == "published")
        writing.execute(update(RELEASES).where(*own).values(state="superseded"))
        row = {
            "force": run.force, "run_id": run.id, "at": store.now, "actor": actor, "folder": home.as_posix(),
            "quarters": json.dumps(new), "carried": FIGURES, "state": "published",
        }  # fmt: skip
        number = int(writing.execute(insert(RELEASES).values(**row).returning(RELEASES.c.id)).scalar_one())
        told = {"to": "the public", "run": run.id, "first printed": new,
                "withheld": sum(each.withheld for each in quarters)}  # fmt: skip
        _tell(writing, store, actor, "disclosure", number, run.force, told)
    return number


def withdraw(store: Store, force: str, number: int, reason: str, *, again: bool, actor: str) -> None:
    """
    Take a release back: nothing is published until the next.

    Parameters
    ----------
    store, force, number : which
    reason : in a sentence
    again : whether the quarters that it was the first to print are printed again, as they were; else never again
    actor : account

    Raises
    ------
    NotFoundError
        If the force has no such release.
    InputError
        If it is not the one that is published, or no reason is given.
    """
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InputError(f"A withdrawal must give its reason, in at most {LONGEST_REASON} characters.")
    with store.writing() as writing:
        found = _find(writing, force, number)
        if found.state != "published":
            raise InputError("Only the release that is published can be withdrawn.")
        carried = found.carried if again else _without_figures(store.folder / found.folder, found)
        values = {"state": "withdrawn", "reason": reason, "carried": carried}
        writing.execute(update(RELEASES).where(RELEASES.c.id == number).values(**values))
        told = {"done": "withdrawn", "reason": reason, "printed again": "as it was" if again else "never"}
        _tell(writing, store, actor, "alteration", number, force, told)


def standing(store: Store) -> list[Published]:
    """Return what is published now, one release a force, by its name."""
    asked = select(RELEASES).where(RELEASES.c.state == "published").order_by(RELEASES.c.force)
    with store.reading() as reading:
        return [_release(row) for row in reading.execute(asked).mappings()]


def list_releases(store: Store, force: str) -> list[Published]:
    """Return every release of a force, the newest first."""
    asked = select(RELEASES).where(RELEASES.c.force == force).order_by(RELEASES.c.id.desc())
    with store.reading() as reading:
        return [_release(row) for row in reading.execute(asked).mappings()]


def _checked(reading: Connection, store: Store, run: Run) -> tuple[Quarter, ...]:
    from maps.public.releases import read_earlier

    made = store.folder / run.folder
    if any(not (made / name).is_file() for name in FILES):
        raise NotFoundError("The run made no page for the public: ask for one with the neighbourhood figures.")
    if run.state == "withdrawn":
        raise InputError("A run that was withdrawn must not be published to anybody.")
    found = {each.name: each for each in read_earlier(made / FIGURES)}
    if not found:
        raise InputError("A release must hold a whole quarter of the calendar, and this run has none.")
    carried = carried_on(reading, run.force)
    before = {} if carried is None else {each.name: each for each in read_earlier(store.folder / carried)}
    for name, earlier in before.items():
        if name not in found or not _same(earlier, found[name]):
            raise InputError(
                f"What was printed of {earlier.words} must be printed again to the digit, and this run prints it "
                "otherwise: make a run anew, which carries on from what was published last."
            )
    return tuple(_quarter(each, new=each.name not in before) for each in found.values())


def _quarter(found: "Release", *, new: bool) -> Quarter:
    parts = (found.by_offence, found.by_month.iloc[:, :-1])  # the totals of the areas stand in both
    counts, withheld = sum(part.size for part in parts), int(sum(part.isna().to_numpy().sum() for part in parts))
    return Quarter(found.name, found.words, new, counts - withheld, withheld)


def _same(earlier: "Release", later: "Release") -> bool:
    pairs = ((earlier.by_offence, later.by_offence), (earlier.by_month, later.by_month))
    return all(_in_order(one).equals(_in_order(other)) for one, other in pairs)


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_index().sort_index(axis=1)


def _without_figures(folder: Path, found: Published) -> str:
    """Write the table that the next release carries on from, every count of the quarters first printed withheld."""
    from maps.public.releases import as_table, read_earlier
    from maps.tables.spreadsheet import write_table

    held = pd.read_csv(folder / found.carried, dtype=str, keep_default_na=False)
    names = dict(zip(held["code"], held["area"], strict=True))
    kept = (_blank(each) if each.name in found.quarters else each for each in read_earlier(folder / found.carried))
    write_table(as_table(tuple(kept), names), folder / _CARRIED)
    return _CARRIED


def _blank(found: "Release") -> "Release":
    from maps.public.releases import Release

    tables = (table.mask(table.notna()) for table in (found.by_offence, found.by_month))
    return Release(found.name, *tables)


def _copy(made: Path, home: Path) -> None:
    home.mkdir(parents=True)
    for name in FILES:
        shutil.copyfile(made / name, home / name)


def _last(reading: Connection, force: str) -> Published | None:
    asked = select(RELEASES).where(RELEASES.c.force == force).order_by(RELEASES.c.id.desc()).limit(1)
    row = reading.execute(asked).mappings().first()
    return None if row is None else _release(row)


def _find(reading: Connection, force: str, number: int) -> Published:
    asked = select(RELEASES).where(RELEASES.c.force == force, RELEASES.c.id == number)
    row = reading.execute(asked).mappings().first()
    if row is None:
        raise NotFoundError("There is no such release.")
    return _release(row)


def _release(row: RowMapping) -> Published:
    held = dict(row)
    return Published(**held | {"quarters": tuple(json.loads(held["quarters"])), "reason": held["reason"] or ""})


def _tell(
    writing: Connection, store: Store, actor: str, act: str, number: int, force: str, told: Mapping[str, Any]
) -> None:
    subject = f"release {number} of {force}"
    audit.append(writing, at=store.now, actor=actor, act=act, subject=subject, details=told)
