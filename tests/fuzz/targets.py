"""
What is fuzzed: readers of bytes that somebody else wrote. Each takes any bytes and returns what was said of them.

A result or one sentence (InputError), never another exception; and every row read is accepted or refused, on a line
that there is. The same functions serve libFuzzer (`run.py`), hypothesis and the replay of the stored corpus.
"""

import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from geodata import _delimited, _extract_rows, police_uk
from geodata._files import Content
from geodata._police_api import find_record_key, read_api
from geodata._rows import ACCEPTED, Batch, Judged, assemble, pool
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.extract import ExtractMapping, lacking, read_extract
from geodata.tables import WORKING_CRS
from hotspots.naming import grid_reference
from service.profile.force import Profile, read_profile

KEY: Final = b"a key of a fuzzer's own"
MAPPING: Final = ExtractMapping(
    x="x", y="y", occurred_from="from", occurred_to="to", offence="offence", crime_id="id", place_id="place",
    victim_id="victim", location="location", lsoa="lsoa", grading="grading",
)  # fmt: skip
ONE_IN: Final = 64  # inputs that are read as files too, all tables checked: that takes fifty times as long
NAME: Final = "given.csv"
EAST_END: Final = 700_000.0


def csv(data: bytes, *, whole: bool = False) -> str:
    """Read a street-level file of data.police.uk."""
    if police_uk.street_columns(_delimited.first_row(data)) is None:
        return "another file"
    batch = police_uk.read_street(content(data), NAME)
    both_ways(data, _layout(data))
    judged = police_uk.judge(pool([batch]), WORKING_CRS)
    return told(data, batch, judged, whole=whole or one_in(data), mapping=None)


def extract(data: bytes, *, whole: bool = False) -> str:
    """Read a force's own extract; its first two bytes choose how dates and fields are written."""
    mapping = replace(MAPPING, dayfirst=bool(data[:1] < b"\x80"), delimiter=",;\t|"[(data[1:2] or b"\0")[0] % 4])
    body = data[2:]
    if lacking(body, mapping):
        return "another file"
    batch = read_extract(content(body), NAME, mapping)
    judged = _extract_rows.judge(pool([batch]), mapping, WORKING_CRS, KEY)
    assert judged.victim_id is not None
    assert {len(each or "") for each in judged.victim_id.to_pylist()} <= {0, 32}  # a hash, or none: never a name
    return told(body, batch, judged, whole=whole or one_in(data), mapping=mapping)


def jsonl(data: bytes, *, whole: bool = False) -> str:
    """Read an answer of the API: an array, or one object a line."""
    key = find_record_key(data[:65_536], None)
    if key is None:
        return "another file"
    batch = read_api(content(data), NAME, key)
    judged = police_uk.judge(pool([batch]), WORKING_CRS)
    return told(data, batch, judged, whole=whole or one_in(data), mapping=None)


def profile(data: bytes, *, whole: bool = False) -> str:
    """Read a force's profile; one that is taken is taken again as it was written down."""
    read = in_file(data, read_profile)
    assert Profile.model_validate(read.model_dump(exclude_unset=True)) == read
    return "a profile"


def place(data: bytes, *, whole: bool = False) -> str:
    """Read positions written as text, one "x,y" a line, in one of three CRS; name the square of each."""
    crs = ("EPSG:27700", "EPSG:4326", "EPSG:29903")[(data[:1] or b"\0")[0] % 3]
    mapping = ExtractMapping(x="0", y="1", occurred_from="2", every_offence="Burglary", crs=crs, header=False)
    rows = b"\n".join(line + b",2024-05-01" for line in data[1:].splitlines() if line.strip())
    if not rows:
        return "nothing"
    batch = read_extract(content(rows), NAME, mapping)
    judged = _extract_rows.judge(pool([batch]), mapping, WORKING_CRS, None)
    for at in np.unique(judged.point[judged.reason == ACCEPTED]):
        x, y = float(judged.x[at]), float(judged.y[at])
        square, *figures = grid_reference(x, y).split()
        if x < EAST_END:
            assert (len(square), *map(int, figures)) == (2, int(x % 1e5 // 100), int(y % 1e5 // 100))
    return told(rows, batch, judged, whole=whole or one_in(data), mapping=mapping)


TARGETS: Final[Mapping[str, Callable[..., str]]] = {
    "csv": csv, "extract": extract, "jsonl": jsonl, "profile": profile, "place": place
}  # fmt: skip


def answer(name: str, data: bytes, *, whole: bool = False) -> str:
    """Return what a target says of some bytes: its result, or its sentence; whatever else it raises is a fault."""
    try:
        return TARGETS[name](data, whole=whole)
    except InputError as refused:
        sentence = str(refused)
        assert sentence.endswith(".")
        assert "\n" not in sentence
        return sentence


def told(data: bytes, batch: Batch, judged: Judged, *, whole: bool, mapping: ExtractMapping | None) -> str:
    """Return how many rows were read; each must be accepted or refused once, on a line that there is."""
    refused = int((judged.reason != ACCEPTED).sum()) + len(batch.broken)
    accepted = int((judged.reason == ACCEPTED).sum())
    assert accepted + refused == batch.rows
    lines = [*batch.line.tolist(), *(line for line, _ in batch.broken)]
    assert len(set(lines)) == len(lines)
    most = max(data.count(b"\n") + data.count(b"\r"), data.count(b",")) + 1  # lines, or records of an array
    assert all(1 <= line <= most for line in lines)
    place = np.isfinite(judged.x) & np.isfinite(judged.y)
    assert place[judged.point[judged.reason == ACCEPTED]].all()
    if whole and batch.rows:
        crimes, rejects, sources = assemble([batch], judged, WORKING_CRS)
        assert (len(crimes), len(rejects), int(sources["rows_read"].sum())) == (accepted, refused, batch.rows)
        read = in_file(data, lambda path: read_crimes([path], mapping=mapping, key=KEY))
        assert (len(read.crimes), len(read.rejects)) == (accepted, refused)
    return f"{batch.rows} rows read = {accepted} accepted + {refused} rejected"


def both_ways(data: bytes, layout: _delimited.Layout) -> None:
    """Where the fast way of splitting rows answers, the exact one must answer the same."""
    body = _delimited._body(data)
    start, first = _delimited._after_header(body)
    fast = _delimited._fast(body, start, first, layout) if b"\n" in body and start < len(body) else None
    if fast is None:
        return
    exact = _delimited._exact(body[start:], first, NAME, layout)
    assert fast.line.tolist() == exact.line.tolist()
    assert fast.ragged == exact.ragged
    for name in layout.columns:
        assert (
            fast.table.column(name).cast(pa.string()).to_pylist()
            == exact.table.column(name).cast(pa.string()).to_pylist()
        )


def content(data: bytes) -> Content:
    digest = hashlib.sha256(data).hexdigest()
    return Content(data, digest, digest)


def one_in(data: bytes) -> bool:
    return hashlib.sha256(data).digest()[0] % ONE_IN == 0


def in_file(data: bytes, read: Callable[[Path], Any]) -> Any:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        path = Path(folder) / NAME
        path.write_bytes(data)
        return read(path)


def _layout(data: bytes) -> _delimited.Layout:
    header = [field.casefold() for field in _delimited.first_row(data)]
    return _delimited.Layout({"month": header.index("month")}, frozenset(), len(header))
