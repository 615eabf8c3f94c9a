"""Imports that are killed: whole months or nothing, and every file that the catalogue tells of."""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries
from sqlalchemy import func, select

from benchmarks._chaos_base import FORCE, Act, Tell, details
from geodata.crimes import CrimeRead
from geodata.tables import CRIMES, REJECTS, SOURCES, TIME_ZONE, WORKING_CRS, check, empty
from service.store import Store
from service.store.importing import confirm_import, draft_import, import_crimes
from service.store.segments import not_erased, read_segment, sweep
from service.store.tables import IMPORTS, SEGMENTS

MONTHS: Final = ("2024-05", "2024-06")
_ROWS: Final = 40


def extract(seed: int) -> CrimeRead:
    """Return two months of made-up crimes, others for each seed."""
    rng, size = np.random.default_rng(seed), _ROWS * len(MONTHS)
    days = pd.to_datetime(np.repeat(MONTHS, _ROWS)) + pd.to_timedelta(rng.integers(0, 27 * 24, size), unit="h")
    when = pd.Series(days).dt.tz_localize(TIME_ZONE, ambiguous=True, nonexistent="shift_forward").dt.as_unit("s")
    words = {name: pd.Categorical([None] * size, categories=["x"]) for name in ("location", "lsoa", "grading")}
    table = {
        "crime_id": pd.array([f"C{seed}-{number}" for number in range(size)], dtype="string"),
        "offence": pd.Categorical(rng.choice(["Burglary", "Robbery"], size)), "occurred_from": when,
        "occurred_to": when, "precision": pd.Categorical(["instant"] * size),
        "place_id": pd.Categorical(["P1"] * size), "place_kind": pd.Categorical(["premises"] * size),
        "victim_id": pd.array([None] * size, dtype="string"), **words,
        "source_file": pd.Categorical([f"{seed}.csv"] * size), "source_row": np.arange(2, size + 2),
    }  # fmt: skip
    places = GeoSeries.from_xy(rng.uniform(4e5, 4.1e5, size), rng.uniform(3e5, 3.1e5, size), crs=WORKING_CRS)
    counts = {"rows_read": [size], "rows_accepted": [size], "rows_rejected": [0]}
    about = pd.DataFrame({"file": [f"{seed}.csv"], "kind": ["made up"], "sha256": ["0" * 64], **counts})
    sources = check(about.astype(dict.fromkeys(("file", "kind", "sha256"), "string")), SOURCES)
    crimes = check(GeoDataFrame(table, geometry=places), CRIMES)
    return CrimeRead(GeoDataFrame(crimes), check(empty(REJECTS), REJECTS), sources, ())


def _import(store: Store, tell: Tell, seed: int) -> None:
    tell("begun")
    for step in range(1_000):
        read = extract(1_000 * seed + step)
        if step % 2:
            tell(confirm_import(store, draft_import(store, FORCE, read), actor="chaos").number)
        else:
            tell(import_crimes(store, FORCE, read, actor="chaos").number)


def _wrong(store: Store, told: list[Any]) -> Iterator[str]:
    with store.reading() as reading:
        kept = set(reading.execute(select(IMPORTS.c.id)).scalars())
        entries = [row["import"] for row in details(reading, "collection")]
        months = reading.execute(select(SEGMENTS.c.import_id, func.count()).group_by(SEGMENTS.c.import_id)).all()
        current = list(reading.execute(select(SEGMENTS.c.month).where(SEGMENTS.c.state == "current")).scalars())
        segments = not_erased(reading)
    if not set(told) <= kept:
        yield "an import that was told of is lost"
    if sorted(entries) != sorted(kept) or {number for number, _ in months} != kept:
        yield "an import is there by half: not in the audit, or without segments"
    if any(count != len(MONTHS) for _, count in months) or (kept and sorted(current) != sorted(MONTHS)):
        yield "a month is there by half, twice or not at all"
    sweep(store)
    for segment in segments:
        if len(read_segment(store, segment)) != segment.rows:
            yield "a segment is not what it was"
    if len([path for path in store.segments.rglob("*") if path.is_file()]) != len(segments):
        yield "a file is left of which nobody knows"


IMPORT: Final = Act(_import, _wrong, longest=1.2)
