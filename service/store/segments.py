"""
Segments: one force's crimes of one month, in a GeoParquet file that is named by its content and never changes.

A file exists only if the catalogue says so. It is on the disk before the catalogue tells of it, and taken away after
the catalogue has ceased to: a crash at any moment leaves at most a file that nobody asks for, which `sweep` removes.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyarrow as pa
from geopandas import GeoDataFrame
from sqlalchemy import Connection, select

from geodata.drafts import drafted, settle
from geodata.errors import InputError
from geodata.tables import CRIMES, TIME_ZONE, check, empty
from service.store.catalogue import Store
from service.store.parquet import CATEGORIES, crime_columns, segment_bytes
from service.store.tables import SEGMENTS

_FORCE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # it is a folder's name, too
_NAME_DIGITS: Final = 16


@dataclass(frozen=True)
class Segment:
    """
    One file of crimes.

    Parameters
    ----------
    sha256 : of its bytes
    force, month : whose, "2024-06"
    rows : crimes in it
    """

    sha256: str
    force: str
    month: str
    rows: int

    @property
    def path(self) -> Path:
        """Where it lies in the folder of segments."""
        return Path(f"force={self.force}") / f"month={self.month}" / f"{self.sha256[:_NAME_DIGITS]}.parquet"


def refuse_bad_name(force: str) -> None:
    """
    Refuse a force's name that could be a path or a command.

    Raises
    ------
    InputError
        If it is anything but lower-case letters, digits and hyphens, or longer than 64.
    """
    if not _FORCE.fullmatch(force):
        raise InputError("A force's name in the store must be lower-case letters, digits and hyphens, at most 64.")


def months_of(crimes: GeoDataFrame) -> Iterator[tuple[str, GeoDataFrame]]:
    """Return the crimes of each month in which they began, the months in order."""
    month = crimes["occurred_from"].dt.tz_convert(TIME_ZONE).dt.strftime("%Y-%m")
    for name, rows in crimes.groupby(month.to_numpy(), sort=True):
        yield str(name), GeoDataFrame(rows)


def write_segment(store: Store, force: str, month: str, crimes: GeoDataFrame) -> Segment:
    """
    Put crimes on the disk, where they wait for the catalogue to tell of them.

    Parameters
    ----------
    store : Store
    force : letters, digits and hyphens
    month : "2024-06"
    crimes : table of crimes
    """
    return write_columns(store.segments, force, month, crime_columns(crimes), crimes.crs.to_string())


def write_columns(folder: Path, force: str, month: str, crimes: pa.Table, crs: str) -> Segment:
    """
    Put crimes on the disk, as `write_segment` does, where only the folder of segments is to be had.

    Parameters
    ----------
    folder : of the store's segments
    force, month : as of `write_segment`
    crimes : as of `crime_columns`
    crs : of their x and y
    """
    content = segment_bytes(crimes, crs)
    segment = Segment(hashlib.sha256(content).hexdigest(), force, month, crimes.num_rows)
    target = folder / segment.path
    if target.is_file() and hashlib.sha256(target.read_bytes()).hexdigest() == segment.sha256:
        return segment
    with drafted(target) as draft:
        draft.write_bytes(content)
        settle(draft, target)
    return segment


def read_segment(store: Store, segment: Segment) -> GeoDataFrame:
    """
    Return the crimes of a segment, checked against its fingerprint.

    Raises
    ------
    RuntimeError
        If the file is not what was written: the disk or somebody has changed it.
    """
    return read_file(store.segments, segment)


def read_file(folder: Path, segment: Segment) -> GeoDataFrame:
    """
    Return the crimes of a segment in a folder of segments, as `read_segment` does.

    Raises
    ------
    RuntimeError
        If the file is not what was written.
    """
    content = (folder / segment.path).read_bytes()
    if hashlib.sha256(content).hexdigest() != segment.sha256:
        raise RuntimeError(f"the segment {segment.path} is not what was written")
    crimes = gpd.read_parquet(io.BytesIO(content))
    return crimes.astype({"occurred_from": _clock(), "occurred_to": _clock()})


def current(reading: Connection, force: str | None = None, months: tuple[str, ...] | None = None) -> list[Segment]:
    """Return the segments in force, by force and month; of all forces, and all months, where none is named."""
    asked = select(SEGMENTS).where(SEGMENTS.c.state == "current")
    if force is not None:
        asked = asked.where(SEGMENTS.c.force == force)
    if months is not None:
        asked = asked.where(SEGMENTS.c.month.in_(months))
    found = [of_row(row) for row in reading.execute(asked).mappings()]
    return sorted(found, key=lambda each: (each.force, each.month))  # here: databases differ on where a hyphen comes


def not_erased(reading: Connection) -> list[Segment]:
    """Return every segment whose file there must be, superseded ones too."""
    asked = select(SEGMENTS).where(SEGMENTS.c.state != "erased")
    return [of_row(row) for row in reading.execute(asked).mappings()]


def of_row(row: object) -> Segment:
    """Return the segment that a row of the catalogue tells of."""
    held = dict(row)  # type: ignore[call-overload]
    return Segment(**{name: held[name] for name in ("sha256", "force", "month", "rows")})


def read_kept(store: Store, force: str, months: tuple[str, ...] | None = None) -> GeoDataFrame:
    """
    Return the crimes that are kept of a force, in the order of months; an empty table where there are none.

    Parameters
    ----------
    store : Store
    force : as imported
    months : all of them where None
    """
    with store.reading() as reading:
        return join_segments(store, current(reading, force, months))


def join_segments(store: Store, segments: Sequence[Segment]) -> GeoDataFrame:
    """Return the crimes of some segments in one table, one after the other; an empty one where there are none."""
    held = [read_segment(store, segment) for segment in segments]
    if not held:
        return GeoDataFrame(empty(CRIMES), geometry="geometry")
    whole = GeoDataFrame(pd.concat(held, ignore_index=True), crs=held[0].crs)
    return check(whole.astype(dict.fromkeys(CATEGORIES, "category")), CRIMES)


def sweep(store: Store) -> int:
    """Remove files of which the catalogue does not tell, and return how many; nobody may be importing meanwhile."""
    with store.writing() as writing:
        kept = {segment.path for segment in not_erased(writing)}
        found = [path for path in store.segments.rglob("*") if path.is_file()]
        left = [path for path in found if path.relative_to(store.segments) not in kept]
        for path in left:
            path.unlink()
    return len(left)


def _clock() -> pd.DatetimeTZDtype:
    return pd.DatetimeTZDtype("s", TIME_ZONE)
