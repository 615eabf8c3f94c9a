"""Recorded crime from files: each recognised by what it holds, each row accepted or refused with a reason."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata import _extract_rows, extract, police_uk
from geodata._delimited import first_row
from geodata._files import content, head
from geodata._finder import Found, find_files
from geodata._police_api import API_ANSWER, find_record_key, read_api
from geodata._rows import Batch, Judged, assemble, pool
from geodata.errors import InputError
from geodata.extract import FORCE_EXTRACT, ExtractMapping
from geodata.police_uk import STREET_CSV
from geodata.projection import working_crs
from geodata.tables import WORKING_CRS

_NOT_TEXT: Final = "not text"
_MAGIC: Final = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive, an Excel workbook or the like: unpack it, or save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook or the like: save it as CSV"),
    (b"SQLite format 3", "a database or GeoPackage"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xff\xfe", "not UTF-8 text"),
    (b"\xfe\xff", "not UTF-8 text"),
)


@dataclass(frozen=True)
class CrimeRead:
    """
    What was read, and what was refused.

    Parameters
    ----------
    crimes : table of crimes, points in the working CRS
    rejects : file, line and reason of each row refused
    sources : one row a file, with its fingerprint; rows accepted and rejected add up to the rows read
    skipped : files found that hold no crimes, "name: why"
    """

    crimes: GeoDataFrame
    rejects: pd.DataFrame
    sources: pd.DataFrame
    skipped: tuple[str, ...]

    @property
    def tally(self) -> dict[str, Any]:
        """Rows accepted and rejected, the rejected by reason, and a sentence of them: what was read is both."""
        accepted, rejected = len(self.crimes), len(self.rejects)
        reasons = self.rejects["reason"].astype(str).value_counts().sort_index()
        told = rows_told(accepted, rejected)
        why = "; ".join(f"{rows:,} {reason}" for reason, rows in reasons.items())
        return {
            "accepted": accepted, "rejected": rejected, "reasons": {str(key): int(n) for key, n in reasons.items()},
            "sentence": f"{told} ({why})" if why else told,
        }  # fmt: skip


@dataclass(frozen=True)
class _Sort:
    """What a file holds; `kind` is "" where it holds no crimes, and `why` then says what it holds instead."""

    kind: str
    why: str = ""
    record_key: str = ""


def rows_told(accepted: int, rejected: int) -> str:
    """Say how many rows were read, and what became of them."""
    return f"{accepted + rejected:,} rows read = {accepted:,} accepted + {rejected:,} rejected"


def read_crimes(
    paths: Sequence[str | Path],
    *,
    crs: str = WORKING_CRS,
    record_key: str | None = None,
    mapping: ExtractMapping | None = None,
    key: bytes | None = None,
) -> CrimeRead:
    """
    Return the recorded crimes in some files, with every row that was refused and why.

    Street-level CSV files and API answers of data.police.uk are recognised by what they hold, plain or gzipped;
    outcomes, stop and search and other files in a folder are passed over and named. The order of `paths` is
    immaterial: rows stand in the order of file names and lines. No row is dropped in silence, and no two rows are
    taken for one because they look alike.

    Parameters
    ----------
    paths : folders (searched to the bottom), files or glob patterns
    crs : the working CRS, projected, in metres
    record_key : key under which each record of an API answer lies; None to look for it
    mapping : the columns of a force's own extract, if that is what the files are
    key : secret of at least 16 bytes under which victims are hashed, where `mapping` names them

    Returns
    -------
    read : crimes, rejects, sources and the files passed over

    Raises
    ------
    InputError
        If a path or pattern matches nothing, no file holds crimes, a file named itself holds none, a file is damaged or
        lacks a column, two files hold the same rows, there is no row at all, or victims are to be read without a key.
    """
    chosen = working_crs(crs).to_string()
    if mapping is not None:
        extract.require_key(mapping, key)
    found = find_files(paths)
    sorts = [_sort(file, mapping, record_key) for file in found]
    skipped = tuple(f"{file.name}: {sort.why}" for file, sort in zip(found, sorts, strict=True) if not sort.kind)
    _refuse_unasked(found, sorts)
    batches = _batches([(file, sort) for file, sort in zip(found, sorts, strict=True) if sort.kind], mapping)
    judged = _judge(batches, chosen, mapping, key)
    return CrimeRead(*assemble(batches, judged, chosen), skipped)


def _refuse_unasked(found: Sequence[Found], sorts: Sequence[_Sort]) -> None:
    for file, sort in zip(found, sorts, strict=True):
        if (file.asked or len(found) == 1) and not sort.kind:
            raise InputError(f"A file of crimes must hold crimes; `{file.name}` is {sort.why}.")
    if any(sort.kind for sort in sorts):
        return
    if not sorts:
        raise InputError("A folder must hold at least one file of crimes; there is no file in it.")
    tally = Counter(sort.why for sort in sorts)
    seen = "; ".join(f"{count} {why}" for why, count in sorted(tally.items()))
    raise InputError(f"A folder must hold at least one file of crimes; none of its {len(sorts)} files is one ({seen}).")


def _sort(file: Found, mapping: ExtractMapping | None, record_key: str | None) -> _Sort:
    """Recognise a file by its beginning."""
    if file.path.name.startswith((".", "~$")) and not file.asked:
        return _Sort("", "hidden")
    beginning = head(file.path, file.name)
    if not beginning.strip():
        return _Sort("", "empty")
    for magic, why in _MAGIC:
        if beginning.startswith(magic):
            return _Sort("", why)
    if mapping is not None:
        return _sort_extract(beginning, file, mapping)
    answer = find_record_key(beginning, record_key)
    if answer is not None:
        return _Sort(API_ANSWER, record_key=answer)
    return _sort_text(beginning)


def _sort_extract(beginning: bytes, file: Found, mapping: ExtractMapping) -> _Sort:
    missing = extract.lacking(beginning, mapping)
    if not file.asked and set(missing) == set(mapping.columns.values()):
        return _Sort("", _NOT_TEXT if b"\0" in beginning else "without any of the columns mapped")
    return _Sort(FORCE_EXTRACT)


def _sort_text(beginning: bytes) -> _Sort:
    if beginning.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _Sort("", "JSON that holds no crime records")
    header = first_row(beginning)
    names = {name.casefold() for name in header}
    if "outcome type" in names:
        return _Sort("", "police.uk outcomes, not crimes")
    if "object of search" in names:
        return _Sort("", "police.uk stop and search, not crimes")
    if police_uk.street_columns(header) is not None:
        return _Sort(STREET_CSV)
    return _Sort("", _NOT_TEXT if b"\0" in beginning else "text without the columns of a street-level file")


def _batches(chosen: Sequence[tuple[Found, _Sort]], mapping: ExtractMapping | None) -> list[Batch]:
    """Read every file; refuse two that hold the same rows."""
    batches: list[Batch] = []
    seen: dict[str, str] = {}
    for file, sort in chosen:
        whole = content(file.path, file.name)
        if mapping is not None:
            batch = extract.read_extract(whole, file.name, mapping)
        elif sort.kind == STREET_CSV:
            batch = police_uk.read_street(whole, file.name)
        else:
            batch = read_api(whole, file.name, sort.record_key)
        batches.append(batch)
        twin = seen.setdefault(whole.content_sha256, file.name) if batch.rows else file.name
        if twin != file.name:
            raise InputError(f"Each crime must be read once; `{twin}` and `{file.name}` hold the same rows.")
    if not any(batch.rows for batch in batches):
        raise InputError(f"Files of crimes must hold at least one row; the {len(batches)} read hold none.")
    return batches


def _judge(batches: Sequence[Batch], crs: str, mapping: ExtractMapping | None, key: bytes | None) -> Judged:
    rows = pool(batches)
    return police_uk.judge(rows, crs) if mapping is None else _extract_rows.judge(rows, mapping, crs, key)
