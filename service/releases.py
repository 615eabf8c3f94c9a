"""
What is told to everybody: releases, each carried on from the one before it.

A quarter is printed once. What a release prints of an earlier quarter is what was printed of it, to the digit: two
versions of one quarter, side by side, would tell what one of them withholds. A release that was withdrawn has been
seen: its quarters are printed again as they were, or, where their figures were the reason, never again in any form.
"""

import json
import secrets
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.quarters import Quarter, chained, without_figures
from service.store import Store, audit
from service.store.runs import Run
from service.store.tables import RELEASES

PAGE, FIGURES, LAYER = "public.html", "public.csv", "public.geojson"
FILES: Final = {PAGE: "text/html; charset=utf-8", FIGURES: "text/csv; charset=utf-8", LAYER: "application/geo+json"}
LONGEST_REASON: Final = 500


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


def withdraw(store: Store, force: str, number: int, reason: str, *, actor: str, never: Collection[str] = ()) -> None:
    """
    Take a release back: nothing is published until the next.

    Parameters
    ----------
    store, force, number : which
    reason : in a sentence
    actor : account
    never : quarters, "2024 Q2", that no later release prints in any form; the others are printed again as they were

    Raises
    ------
    NotFoundError
        If the force has no such release.
    InputError
        If it is not the one that is published, no reason is given, or it has no such quarter.
    """
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InputError(f"A withdrawal must give its reason, in at most {LONGEST_REASON} characters.")
    with store.writing() as writing:
        found = _find(writing, force, number)
        if found.state != "published":
            raise InputError("Only the release that is published can be withdrawn.")
        carried = without_figures(store.folder / found.folder / found.carried, never).name if never else found.carried
        values = {"state": "withdrawn", "reason": reason, "carried": carried}
        writing.execute(update(RELEASES).where(RELEASES.c.id == number).values(**values))
        told = {"done": "withdrawn", "reason": reason, "never printed again": sorted(never)}
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
    made = store.folder / run.folder
    if any(not (made / name).is_file() for name in FILES):
        raise NotFoundError("The run made no page for the public: ask for one with the neighbourhood figures.")
    if run.state == "withdrawn":
        raise InputError("A run that was withdrawn must not be published to anybody.")
    carried = carried_on(reading, run.force)
    return chained(made / FIGURES, None if carried is None else store.folder / carried)


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
