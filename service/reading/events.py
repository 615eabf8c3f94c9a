"""Events of any city: a table with coordinates and a date, read by the names of its columns."""

import os
from dataclasses import dataclass
from typing import Final

from shapely import box

from geodata.crimes import CrimeRead, read_crimes
from geodata.errors import InputError
from geodata.extract import ExtractMapping
from geodata.projection import as_crs, working_crs
from geodata.tables import WORKING_CRS
from service.reading.inputs import KEY_VARIABLE

ANY_OFFENCE: Final = "any"  # of every event, where no column says
LON_LAT: Final = "EPSG:4326"
BRITAIN: Final = (-9.0, 49.75, 2.01, 61.01)  # west, south, east, north: where British National Grid is of use
_ANY_METRES: Final = "EPSG:3857"  # good enough to find the zone in which the events lie


@dataclass(frozen=True, kw_only=True)
class Events:
    """
    A table of events, and which of its columns hold what.

    Columns are named as in the first row; if `x`, `y` and `date` are all numbers there is no such row, and columns are
    counted from 0.

    Parameters
    ----------
    paths : files, folders or globs of delimited text, plain or gzipped
    x, y : columns of easting and northing, or of longitude and latitude
    date : column of the moment, or several parted by commas: a date and a time, or year, month, day, hour, minute
    until : column, or columns, of the last moment at which it can have happened
    dayfirst : whether 01/02/2016 is the first of February
    crs : CRS of `x` and `y`
    offence, place, address, victim : columns, where there are such; of premises by a reference, by how the address was
        typed, or by both; victims are hashed under the key in the environment
    delimiter : the character between two fields
    """

    paths: tuple[str, ...]
    x: str
    y: str
    date: str
    until: str | None = None
    dayfirst: bool = False
    crs: str = WORKING_CRS
    offence: str | None = None
    place: str | None = None
    address: str | None = None
    victim: str | None = None
    delimiter: str = ","

    @property
    def mapping(self) -> ExtractMapping:
        """The columns, as the reader of extracts takes them."""
        begins, ends = _columns(self.date), None if self.until is None else _columns(self.until)
        named = [self.x, self.y, *begins]
        return ExtractMapping(
            x=self.x, y=self.y, crs=self.crs, occurred_from=begins, occurred_to=ends, dayfirst=self.dayfirst,
            offence=self.offence, every_offence=None if self.offence else ANY_OFFENCE, place_id=self.place,
            place_kind="premises" if self.place or self.address else None, location=self.address,
            victim_id=self.victim, header=not all(column.isdecimal() for column in named), delimiter=self.delimiter,
        )  # fmt: skip


def read_events(events: Events) -> CrimeRead:
    """
    Return the events as a table of crimes, with every row that was refused and why.

    The working CRS is that of the coordinates where its unit is the metre; otherwise British National Grid for events
    in Great Britain, and elsewhere the zone of UTM in which they lie.

    Raises
    ------
    NotFoundError
        If a file is not there.
    InputError
        If a column is missing, no row can be used, or degrees are given as metres.
    """
    key = os.environ.get(KEY_VARIABLE)
    secret = key.encode() if key else None
    if events.victim is not None and not secret:
        raise InputError(f"`--victim` may be read only under a key in the environment's `{KEY_VARIABLE}`, got none.")
    crs = _working(events, secret)
    read = read_crimes(events.paths, crs=crs, mapping=events.mapping, key=secret)
    if read.crimes.empty:
        tally = "; ".join(
            f"{rows} {reason}" for reason, rows in read.rejects["reason"].value_counts().sort_index().items()
        )
        crs_meant = "" if "outside" not in tally else f"; coordinates are read as {events.crs}: see `--crs`"
        raise InputError(f"At least one event must have a place and a date; none of them has ({tally}{crs_meant}).")
    _refuse_degrees(read, events)
    return read


def _columns(text: str) -> tuple[str, ...]:
    return tuple(column.strip() for column in text.split(","))


def _working(events: Events, key: bytes | None) -> str:
    given = as_crs(events.crs, "--crs")
    try:
        return working_crs(given).to_string()
    except InputError:
        found = read_crimes(events.paths, crs=_ANY_METRES, mapping=events.mapping, key=key).crimes
    if found.empty:
        return WORKING_CRS
    west, south, east, north = found.to_crs(LON_LAT).total_bounds
    british = box(*BRITAIN).contains(box(west, south, east, north))
    return WORKING_CRS if british else found.estimate_utm_crs().to_string()


def _refuse_degrees(read: CrimeRead, events: Events) -> None:
    if not as_crs(events.crs).is_projected:
        return
    x, y = read.crimes.geometry.x, read.crimes.geometry.y
    if x.abs().max() <= 180 and y.abs().max() <= 90 and not (x.mod(1).eq(0) & y.mod(1).eq(0)).all():
        raise InputError(
            f"Coordinates must be in the unit of their CRS; those given as {events.crs} look like degrees "
            f"(use `--crs {LON_LAT}`)."
        )
