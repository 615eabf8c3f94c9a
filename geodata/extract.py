"""
A force's own extract, read by a mapping from its columns to ours: exact times, premises, and victims as keyed hashes.

Victims' identifiers never leave the reader: each is replaced by HMAC-SHA256 under a key that only the force holds
[1]_, cut to 128 bits. The same person has the same hash under the same key, so that repeats can be counted; and without
the key nobody can find a person by hashing a list of identifiers.

References
----------
.. [1] Krawczyk, Bellare & Canetti (1997). HMAC: keyed-hashing for message authentication. RFC 2104, sections 2 and 5.
"""

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geodata._delimited import Layout, first_row, read_delimited
from geodata._files import Content, require_text
from geodata._rows import Batch
from geodata.errors import InputError
from geodata.projection import as_crs
from geodata.tables import WORKING_CRS

FORCE_EXTRACT: Final = "force extract"
LEAST_KEY_BYTES: Final = 16

# Columns in which a value stands on many rows.
_REPEATED: Final = frozenset({"offence", "place_id", "victim_id", "location", "lsoa", "grading"})
_OPTIONAL: Final = ("crime_id", "offence", "place_id", "victim_id", "location", "lsoa", "grading")


@dataclass(frozen=True, kw_only=True)
class ExtractMapping:
    """
    Which column of a force's extract holds what.

    Columns are named as in the first row, or "0", "1", ... counted from the left where `header` is False. A moment is
    one column; two (a date and a time); or three to six (year, month, day, hour, minute, second). Dates without a
    time make a crime of precision "day"; so do times if every one in the extract is midnight, as dates exported by a
    spreadsheet are. A span runs from `occurred_from` to `occurred_to`, the day of the latter included.

    Parameters
    ----------
    x, y : columns of easting and northing, or longitude and latitude
    crs : CRS of `x` and `y`; EPSG:4326 for longitude and latitude
    occurred_from, occurred_to : column, or columns, of the first and last moment at which it can have happened
    date_format : strptime pattern of a moment, where its form is none of the common ones
    dayfirst : whether 01/02/2016 is the first of February
    offence : column of the offence
    every_offence : the offence of every row, where there is no such column
    crime_id, place_id, victim_id, location, lsoa, grading : columns, where there are such
    place_kind : "premises" or "map point": what `place_id` and the position stand for
        By default premises where `place_id` is mapped: without it nothing says that a position is an address.
    header : whether the first row holds the names
    delimiter : the character between two fields
    encoding : how the text is encoded, such as "utf-8" or "cp1252"
    """

    x: str
    y: str
    occurred_from: str | Sequence[str]
    occurred_to: str | Sequence[str] | None = None
    crs: str | int = WORKING_CRS
    date_format: str | None = None
    dayfirst: bool = True
    offence: str | None = None
    every_offence: str | None = None
    crime_id: str | None = None
    place_id: str | None = None
    place_kind: str | None = None
    victim_id: str | None = None
    location: str | None = None
    lsoa: str | None = None
    grading: str | None = None
    header: bool = True
    delimiter: str = ","
    encoding: str = "utf-8"

    def __post_init__(self) -> None:
        as_crs(self.crs, "mapping.crs")
        if (self.offence is None) == (self.every_offence is None):
            raise InputError("A mapping must name either `offence` or `every_offence`, and not both.")
        if self.place_kind not in (None, "premises", "map point"):
            raise InputError(f'`place_kind` must be "premises" or "map point", got "{self.place_kind}".')
        if len(self.delimiter) != 1:
            raise InputError(f"`delimiter` must be one character, got {len(self.delimiter)}.")
        if any(len(parts) > 6 or not parts for parts in (self.begins, self.ends or ("",))):
            raise InputError("A moment must be mapped to one column, a date and a time, or three to six parts.")
        if not self.header and not all(column.isdecimal() for column in self.columns.values()):
            raise InputError("Columns must be numbers from 0 where `header` is false.")
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            raise InputError(f'`encoding` must be a known one such as "utf-8", got "{self.encoding}".') from None

    @property
    def begins(self) -> tuple[str, ...]:
        """The columns of the first moment."""
        return _names(self.occurred_from)

    @property
    def ends(self) -> tuple[str, ...]:
        """The columns of the last moment; none where there are none."""
        return _names(self.occurred_to)

    @property
    def columns(self) -> dict[str, str]:
        """Our name of every column mapped, and the extract's."""
        found = {name: getattr(self, name) for name in _OPTIONAL if getattr(self, name) is not None}
        begins = {f"from {at}": column for at, column in enumerate(self.begins)}
        ends = {f"to {at}": column for at, column in enumerate(self.ends)}
        return {"x": self.x, "y": self.y, **begins, **ends, **found}


def lacking(data: bytes, mapping: ExtractMapping) -> tuple[str, ...]:
    """Return the mapped columns that the first row of a file lacks; all of them where it is no such text."""
    header = _header(first_row(data, mapping.delimiter), mapping)
    return tuple(dict.fromkeys(column for column in mapping.columns.values() if column not in header))


def read_extract(content: Content, name: str, mapping: ExtractMapping) -> Batch:
    """
    Return the rows of one extract.

    Raises
    ------
    InputError
        If a column is missing or stands twice, the bytes are not text, or a quote is not closed.
    """
    data = _as_utf8(content.data, name, mapping.encoding)
    header = _header(first_row(data, mapping.delimiter), mapping)
    missing = [column for column in dict.fromkeys(mapping.columns.values()) if column not in header]
    if missing:
        raise InputError(f"An extract must have every column mapped; `{name}` lacks {', '.join(missing)}.")
    twice = [column for column in mapping.columns.values() if header.count(column) > 1]
    if twice:
        raise InputError(f"A column must stand once; `{name}` has {twice[0]} more than once.")
    columns = {ours: header.index(theirs) for ours, theirs in mapping.columns.items()}
    plain = frozenset(columns) - _REPEATED
    rows = read_delimited(data, name, Layout(columns, plain, len(header), mapping.header, mapping.delimiter))
    return Batch(name, FORCE_EXTRACT, content.sha256, rows.table, rows.line, rows.ragged)


def require_key(mapping: ExtractMapping, key: bytes | None) -> None:
    """
    Refuse to read victims without a key.

    Raises
    ------
    InputError
        If `victim_id` is mapped and `key` is not at least 16 bytes.
    """
    if mapping.victim_id is not None and (key is None or len(key) < LEAST_KEY_BYTES):
        found = "none" if key is None else f"{len(key)}"
        raise InputError(f"`victim_id` may be read only under a key of at least {LEAST_KEY_BYTES} bytes, got {found}.")


def _names(columns: str | Sequence[str] | None) -> tuple[str, ...]:
    if columns is None:
        return ()
    return (columns,) if isinstance(columns, str) else tuple(columns)


def _header(row: list[str], mapping: ExtractMapping) -> list[str]:
    return row if mapping.header else [str(number) for number in range(len(row))]


def _as_utf8(data: bytes, name: str, encoding: str) -> bytes:
    if codecs.lookup(encoding).name == "utf-8":
        return data
    require_text(data, name, encoding)
    return data.decode(encoding).encode("utf-8")
