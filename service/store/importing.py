"""Taking in an extract: whole months, each in place of what was there, and what came and went told."""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame
from sqlalchemy import Connection, insert, update

from geodata.crimes import CrimeRead
from geodata.errors import InputError
from service.store import audit
from service.store.catalogue import Store
from service.store.segments import Segment, current, months_of, read_segment, refuse_bad_name, write_segment
from service.store.tables import IMPORTS, REJECTS, SEGMENTS

_WHERE_FROM: Final = ("source_file", "source_row")  # not what happened, but where it was read


@dataclass(frozen=True, eq=False)
class Imported:
    """
    What an import did.

    Parameters
    ----------
    number : of the import; None where everything was there already
    months : one row a month of the extract: month, rows, added, removed, kept (crimes, beside what was there)
    rows_read, rows_accepted, rows_rejected : the second and the third add up to the first
    """

    number: int | None
    months: pd.DataFrame
    rows_read: int
    rows_accepted: int
    rows_rejected: int


def import_crimes(store: Store, force: str, read: CrimeRead, *, actor: str) -> Imported:
    """
    Keep the crimes of an extract: every month that it holds, in place of what was kept of that month.

    What is replaced stays, marked as superseded. An extract that holds what is there already changes nothing.

    Parameters
    ----------
    store : Store
    force : whose crimes; lower-case letters, digits and hyphens
    read : what was read of the extract
    actor : account

    Raises
    ------
    InputError
        If `force` breaks its rule, or the extract holds no crime.
    """
    refuse_bad_name(force)
    if read.crimes.empty:
        raise InputError(f"An extract must hold a crime; of {_rows(read)['rows_read']:,} rows none was accepted.")
    with store.writing() as writing:
        written = {month: write_segment(store, force, month, crimes) for month, crimes in months_of(read.crimes)}
        there = {segment.month: segment for segment in current(writing, force, tuple(written))}
        news = {month: each for month, each in written.items() if there.get(month) != each}
        told = _differences(store, written, there)
        number = _keep(store, writing, force, read, news, told, actor) if news else None
    return Imported(number, told, **_rows(read))


def _rows(read: CrimeRead) -> dict[str, int]:
    return {name: int(read.sources[name].sum()) for name in ("rows_read", "rows_accepted", "rows_rejected")}


def _keep(
    store: Store, writing: Connection, force: str, read: CrimeRead, news: dict[str, Segment], told: pd.DataFrame,
    actor: str,
) -> int:  # fmt: skip
    """Tell the catalogue of the new segments, of what they replace, of the import and of what it refused."""
    files = read.sources[["file", "kind", "sha256"]].to_dict("records")
    about = {"force": force, "at": store.now, "actor": actor, "files": json.dumps(files, sort_keys=True)}
    number = writing.execute(insert(IMPORTS).values(**about, **_rows(read)).returning(IMPORTS.c.id)).scalar_one()
    replaced = (SEGMENTS.c.force == force, SEGMENTS.c.state == "current", SEGMENTS.c.month.in_(list(news)))
    writing.execute(update(SEGMENTS).where(*replaced).values(state="superseded"))
    writing.execute(
        insert(SEGMENTS), [{**vars(each), "state": "current", "import_id": number} for each in news.values()]
    )
    if len(read.rejects):
        refused = zip(*(read.rejects[name].tolist() for name in ("file", "line", "reason")), strict=True)
        names = ("import_id", "file", "line", "reason")
        writing.execute(insert(REJECTS), [dict(zip(names, (number, *row), strict=True)) for row in refused])
    sums = {name: int(told[name].sum()) for name in ("added", "removed", "kept")}
    audit.append(
        writing, at=about["at"], actor=actor, act="collection", subject=f"crimes of {force}",
        details={"import": number, "months": list(news), **_rows(read), **sums},
    )  # fmt: skip
    return int(number)


def _differences(store: Store, written: dict[str, Segment], there: dict[str, Segment]) -> pd.DataFrame:
    rows = []
    for month, segment in written.items():
        before = there.get(month)
        if before == segment:
            rows.append((month, segment.rows, 0, 0, segment.rows))
            continue
        old = _prints(read_segment(store, before)) if before is not None else pd.Series(dtype="int64")
        new = _prints(read_segment(store, segment))
        kept = int(np.minimum(*old.align(new, fill_value=0)).sum())
        rows.append((month, segment.rows, int(new.sum()) - kept, int(old.sum()) - kept, kept))
    return pd.DataFrame(rows, columns=["month", "rows", "added", "removed", "kept"])


def _prints(crimes: GeoDataFrame) -> pd.Series:
    """Return how often each crime occurs, by a print of all that is said of it."""
    said = pd.DataFrame(crimes.drop(columns=["geometry", *_WHERE_FROM])).assign(
        x=crimes.geometry.x.to_numpy(), y=crimes.geometry.y.to_numpy()
    )
    return pd.Series(pd.util.hash_pandas_object(said, index=False).to_numpy()).value_counts().astype("int64")
