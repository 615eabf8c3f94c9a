"""Forgetting: what is over its time, and what must not be kept of one person or one crime."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import Connection, insert, select, update

from geodata.errors import InputError, NotFoundError
from service.store import audit
from service.store.catalogue import Store
from service.store.retention import forget_records, mark_runs, take_away
from service.store.segments import Segment, not_erased, of_row, read_segment, write_segment
from service.store.tables import SEGMENTS


@dataclass(frozen=True)
class Erased:
    """
    What is gone.

    Parameters
    ----------
    crimes, segments : how many, and from how many segments, the superseded ones among them
    unrepeatable : runs that were made from them, and that nobody can make again
    records : how many of what else, by its name
    """

    crimes: int
    segments: int
    unrepeatable: int = 0
    records: Mapping[str, int] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, int]:
        """Every count by its name, where it is not 0."""
        told = {"crimes": self.crimes, "segments": self.segments, "unrepeatable": self.unrepeatable, **self.records}
        return {name: count for name, count in told.items() if count}


def forget_before(store: Store, force: str, month: str, *, actor: str) -> Erased:
    """
    Erase every month before one, with the records and products of that time: the retention period has passed.

    Parameters
    ----------
    store : Store
    force : whose crimes
    month : "2019-04", the first that stays
    actor : account

    Raises
    ------
    InputError
        If `month` is not a month.
    """
    try:
        pd.Period(month, freq="M")
        well_written = len(month) == len("2019-04")
    except ValueError:
        well_written = False
    if not well_written:
        raise InputError(f"The first month to keep must be written YYYY-MM, got {month}.")
    with store.writing() as writing:
        old = _held(writing, force, SEGMENTS.c.month < month)
        for row, _ in old:
            writing.execute(update(SEGMENTS).where(SEGMENTS.c.id == row).values(state="erased"))
        found = Erased(
            sum(segment.rows for _, segment in old), len(old), _mark(store, writing, force, [each for _, each in old]),
            forget_records(writing, force, month),
        )  # fmt: skip
        if found.facts:
            _tell(store, writing, actor, force, {"before": month, **found.facts})
    _take_away(store, [segment for _, segment in old])
    take_away(store)
    return found


def forget_victim(store: Store, force: str, pseudonym: str, *, actor: str) -> Erased:
    """
    Erase every crime of one victim, from superseded segments too.

    Parameters
    ----------
    store : Store
    force : whose crimes
    pseudonym : as in the table of crimes
    actor : account

    Raises
    ------
    NotFoundError
        If no crime of that victim is kept.
    """
    return _forget(store, force, lambda crimes: crimes["victim_id"] == pseudonym, "a victim", actor)


def forget_crime(store: Store, force: str, crime_id: str, *, actor: str) -> Erased:
    """
    Erase one crime by its reference, from superseded segments too.

    Raises
    ------
    NotFoundError
        If no such crime is kept.
    """
    return _forget(store, force, lambda crimes: crimes["crime_id"] == crime_id, "a crime", actor)


def _forget(store: Store, force: str, matches: Callable[[GeoDataFrame], pd.Series], what: str, actor: str) -> Erased:
    """Write each segment that holds a match again without it, in the state and of the import that it had."""
    gone: list[Segment] = []
    crimes = 0
    with store.writing() as writing:
        for row, segment in _held(writing, force):
            held = read_segment(store, segment)
            match = matches(held).fillna(value=False).astype(bool)
            if match.any():
                crimes += int(match.sum())
                gone.append(segment)
                _write_again(store, writing, row, segment, GeoDataFrame(held[~match]))
        if not gone:
            raise NotFoundError(f"Nothing of such {what.removeprefix('a ')} is kept of {force}.")
        found = Erased(crimes, len(gone), _mark(store, writing, force, gone))
        _tell(store, writing, actor, force, {"what": what, **found.facts})
    _take_away(store, gone)
    return found


def _mark(store: Store, writing: Connection, force: str, gone: list[Segment]) -> int:
    return mark_runs(writing, force, {segment.sha256 for segment in gone}, at=store.now)


def _write_again(store: Store, writing: Connection, row: int, old: Segment, left: GeoDataFrame) -> None:
    kept = writing.execute(select(SEGMENTS).where(SEGMENTS.c.id == row)).mappings().one()
    writing.execute(update(SEGMENTS).where(SEGMENTS.c.id == row).values(state="erased"))
    if len(left):
        new = write_segment(store, old.force, old.month, left)
        writing.execute(insert(SEGMENTS).values(**vars(new), state=kept["state"], import_id=kept["import_id"]))


def _held(writing: Connection, force: str, *more: object) -> list[tuple[int, Segment]]:
    asked = select(SEGMENTS).where(SEGMENTS.c.force == force, SEGMENTS.c.state != "erased", *more)  # type: ignore[arg-type]
    return [(row["id"], of_row(row)) for row in writing.execute(asked.order_by(SEGMENTS.c.id)).mappings()]


def _tell(store: Store, writing: Connection, actor: str, force: str, details: dict[str, object]) -> None:
    audit.append(writing, at=store.now, actor=actor, act="erasure", subject=f"crimes of {force}", details=details)


def _take_away(store: Store, gone: list[Segment]) -> None:
    """Delete files of which no state but "erased" tells any more."""
    with store.reading() as reading:
        kept = {segment.path for segment in not_erased(reading)}
    for segment in gone:
        if segment.path not in kept:
            (store.segments / segment.path).unlink(missing_ok=True)
