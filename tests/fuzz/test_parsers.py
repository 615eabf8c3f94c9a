"""Every other reader of what somebody else wrote: whatever stands in a file, a result or a sentence, never a row."""

import csv
import io
import json
import os
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.area_figures import read_groups, read_rates
from geodata.area_tables import read_deprivation, read_lookup, read_population
from geodata.areas import read_areas, read_outline
from geodata.errors import InputError, NotFoundError
from geodata.harm import read_harm
from geodata.premises_list import read_premises
from geodata.tables import PRIORITIES
from maps.public.disclosure import protect
from maps.public.releases import read_earlier
from service.intelligence.grading import ASSESSMENTS, HANDLING, SOURCES, read_grading
from service.profile.force import Profile, read_profile
from service.reading.events import Events, read_events
from service.reading.past_reviews import read_reviews
from service.reading.tasking_records import read_decisions, read_delivered
from service.reading.ward_tables import read_ward_tables
from service.review.intervention import read_intervention
from service.tasking.community import Petition, Priority
from service.tasking.debriefs import SEEN, StopTold
from tests.maps.test_disclosure import ranges, true_counts

SQUARE = [[[-1.6, 54.9], [-1.5, 54.9], [-1.5, 55.0], [-1.6, 55.0], [-1.6, 54.9]]]
AREAS = json.dumps({"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"WD24CD": f"E0500000{n}", "WD24NM": f"Ward {n}"},
     "geometry": {"type": "Polygon", "coordinates": SQUARE}} for n in (1, 2)
]})  # fmt: skip
REVIEW = json.dumps({"interventions": [
    {"name": "Lights", "start": "2024-01-01", "end": "2024-02-01", "verdict": "fell", "sentence": "It fell."}
]})  # fmt: skip


HARM = "# name: ours\n# edition: 1\n# unit: days\noffence,weight,basis\nBurglary,438,a\nRobbery,1033,b\n"
WARDS = "code,name,population,deprivation_decile,crimes,harm\nW1,One,900,1,10,50\nW2,Two,800,9,5,9\n"
DECISIONS = "hotspot_id,decision,reason,owner,review_date\nH1,accept,,Insp.,2024-08-01\nH2,decline,x,,\n"
DELIVERED = "unit,shift,hotspot_id,minutes,outcome,note\nU1,early,H1,15,nothing,\nU1,early,H2,0,,\n"
INTERVENTION = (
    'name = "Lights"\nregistered = 2023-12-01\nstart = 2024-01-01\nend = 2024-02-01\n[places]\nfile = "hotspots.gpkg"\n'
)


EXAMPLES = int(os.environ.get("BEATPLAN_EXAMPLES", "15"))
SAME_FOLDER = HealthCheck.function_scoped_fixture  # each example writes its file anew


@dataclass(frozen=True)
class Reader:
    """How a file is called, a good one, and what reads it; `counts` tells rows accepted and refused where both are."""

    name: str
    good: str
    read: Callable[[Path], Any]
    counts: Callable[[Any], int] | None = None


def of_records(read: Any) -> int:
    return len(read.table) + len(read.rejects)


def of_events(read: Any) -> int:
    assert int(read.sources["rows_read"].sum()) == len(read.crimes) + len(read.rejects)
    return len(read.crimes) + len(read.rejects)


READERS = {
    "areas": Reader("a.geojson", AREAS, read_areas),
    "outline": Reader("a.geojson", AREAS, read_outline),
    "population": Reader("p.csv", "LSOA21CD,Population\nE01000001,100\nE01000002,90\n", read_population),
    "deprivation": Reader("d.csv", "LSOA code,IMD Decile\nE01000001,1\nE01000002,10\n", read_deprivation),
    "lookup": Reader("l.csv", "LSOA21CD,WD24CD\nE01000001,E05000001\nE01000002,E05000001\n",
                     lambda path: read_lookup(path, small="LSOA21CD", large="WD24CD")),
    "rates": Reader("r.csv", "code,burglary,robbery\nE01000001,1.5,0\nE01000002,2,1\n",
                    lambda path: read_rates(path, ["burglary", "robbery"])),
    "people": Reader("g.csv", "code,age: 0-15,age: 16+\nE05000001,200,800\nE05000002,1,0\n", read_groups),
    "harm": Reader("h.csv", HARM, read_harm),
    "premises": Reader("p.csv", "uprn,address,x,y\n1,1 Mill Street,424000,564000\n2,2 Mill Street,424010,564000\n",
                       read_premises),
    "wards": Reader("w.csv", WARDS,
                    lambda path: read_ward_tables(path, path, Profile())),
    "events": Reader("e.csv", "x,y,date\n424000,564000,2024-05-01\n424100,564100,2024-05-02 14:05\n",
                     lambda path: read_events(Events(paths=(str(path),), x="x", y="y", date="date")), of_events),
    "decisions": Reader("d.csv", DECISIONS,
                        read_decisions, of_records),
    "delivered": Reader("d.csv", DELIVERED,
                        read_delivered, of_records),
    "releases": Reader("p.csv", "release,code,area,counted_by,name,crimes\n2024 Q1,E05000001,One,month,All,9\n",
                       read_earlier),
    "reviews": Reader("r.json", REVIEW, lambda path: read_reviews(path.parent)),
    "intervention": Reader("i.toml", INTERVENTION, read_intervention),
    "profile": Reader("p.toml", '[force]\nname = "x"\n[posts]\ncsos = 3\n[control_strategy]\na = 2.0\n', read_profile),
}  # fmt: skip
ODD = [
    "", " ", "NaN", "nan", "inf", "-inf", "1e999", "-1", "0", "1e308", "9" * 400, "١٢", "=1+1", "\ud7ff",
    "\u202e", "2024-02-30", "null", '"', '""', "'", ",", "\r", "\n", "\0", "\t", "x" * 140_000, "E05000001", "{}",
    "[" * 2_000, "true", "É", "\ufeff", "9" * 5_000,
]  # fmt: skip


@st.composite
def changed(draw: st.DrawFn, good: str) -> bytes:
    """A good file with some of it cut out, put twice, turned round, or made odd."""
    text = good
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        to = min(len(text), at + draw(st.integers(0, 12)))
        text = text[:at] + draw(st.sampled_from(ODD) | st.just(text[at:to] * 2) | st.text(max_size=6)) + text[to:]
    data = text.encode("utf-8", "surrogatepass")
    return draw(st.sampled_from([data, data, data, data[: len(data) // 2], b"\xff\xfe" + data, b"PK\x03\x04" + data]))


@st.composite
def cells_changed(draw: st.DrawFn, good: str) -> bytes:
    """A good table with some cells made odd, and rows or columns twice, gone or in another order."""
    rows = list(csv.reader(io.StringIO(good)))
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.integers(0, len(rows) - 1))
        rows[row][draw(st.integers(0, len(rows[row]) - 1))] = draw(st.sampled_from(ODD) | st.text(max_size=8))
    order = draw(st.permutations(range(len(rows[0]))) | st.just(range(len(rows[0]))))
    rows = [[row[at] for at in order] for row in rows] + rows[1:] * draw(st.integers(0, 2))
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8", "surrogatepass")


def read_or_refuse(reader: Reader, data: bytes, folder: Path) -> str:
    path = folder / reader.name
    path.write_bytes(data)
    try:
        found = reader.read(path)
    except (InputError, NotFoundError) as refused:
        return str(refused)
    if reader.counts is not None:
        reader.counts(found)
    return "read"


@pytest.mark.parametrize("name", READERS)
def test_a_good_file_is_read(name: str, tmp_path: Path) -> None:
    assert read_or_refuse(READERS[name], READERS[name].good.encode(), tmp_path) == "read"


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=[SAME_FOLDER])
@given(data=st.data())
def test_any_change_to_a_file_is_a_result_or_a_sentence(name: str, data: st.DataObject, tmp_path: Path) -> None:
    reader = READERS[name]
    kinds = changed(reader.good)
    given = data.draw(kinds | cells_changed(reader.good) if reader.name.endswith(".csv") else kinds)
    said = read_or_refuse(reader, given, tmp_path)
    assert said
    assert not {unicodedata.category(each) for each in said} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize("name", ["profile", "intervention", "reviews", "harm"])
@pytest.mark.parametrize("odd", ["9" * 5_000, "[" * 2_000, "x" * 140_000])
def test_what_the_interpreter_itself_cannot_read_is_a_sentence(name: str, odd: str, tmp_path: Path) -> None:
    reader = READERS[name]
    at = reader.good.index("1") if name in ("reviews", "intervention") else len(reader.good)
    more = f"a = {odd}" if name == "profile" else odd
    assert read_or_refuse(reader, (reader.good[:at] + more + reader.good[at:]).encode(), tmp_path) != "read"


def test_no_sentence_holds_what_a_terminal_or_a_log_would_obey() -> None:
    assert str(InputError("columns `a\nb`, `\x1b[2Jc`, `d\u2028e\u202e`.")) == "columns `a b`, ` [2Jc`, `d e `."
    assert str(NotFoundError("There is no \r\n.")) == "There is no   ."


@given(written=st.text(max_size=6) | st.from_regex(r"[1-5A-E][1-5A-E][1-5PC]", fullmatch=True))
def test_a_grading_is_one_of_the_new_or_refused(written: str) -> None:
    try:
        grading = read_grading(written)
    except InputError:
        return
    assert (grading.code[0] in SOURCES, grading.code[1] in ASSESSMENTS, grading.code[2] in HANDLING) == (True,) * 3
    assert 0 <= grading.points <= 1
    assert read_grading(grading.code).code == grading.code


NUMBERS = st.floats() | st.integers(-5, 10**9).map(float)
DAYS = st.dates().map(str) | st.text(max_size=12)


@given(signatures=st.integers() | st.integers(0, 20), subject=st.text(max_size=400), day=DAYS)
def test_a_petition_is_kept_within_its_rules_or_refused(signatures: int, subject: str, day: str) -> None:
    try:
        petition = Petition("W1", subject, signatures, day)
    except InputError:
        return
    assert 1 <= petition.signatures <= 10**7
    assert 0 < len(petition.subject) <= 300
    assert date.fromisoformat(petition.received).isoformat() == petition.received


@given(weight=NUMBERS, reason=st.text(max_size=400), first=DAYS, last=DAYS | st.just(""))
def test_a_priority_is_kept_within_its_rules_or_refused(weight: float, reason: str, first: str, last: str) -> None:
    try:
        priority = Priority("W1", weight, reason, first, last)
    except InputError:
        return
    assert PRIORITIES[0] <= priority.weight <= PRIORITIES[1]
    assert not priority.last_day or priority.first_day <= priority.last_day


@given(done=st.booleans(), minutes=NUMBERS, seen=st.sampled_from([*SEEN, "else"]), note=st.text(max_size=300))
def test_what_is_told_of_a_stop_is_kept_within_its_rules_or_refused(
    done: bool, minutes: float, seen: str, note: str
) -> None:
    try:
        told = StopTold(1, done, minutes, seen, note)
    except InputError:
        return
    assert 0 <= told.minutes <= 24 * 60
    assert told.seen in SEEN
    assert not (told.done and told.minutes == 0)


@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_of_any_counts_a_small_one_stays_hidden_whatever_else_is_printed(data: st.DataObject) -> None:
    areas, kinds, months = (data.draw(st.integers(1, most)) for most in (4, 3, 3))
    counts = st.integers(0, 7) | st.integers(0, 200)
    by_offence = pd.DataFrame([[data.draw(counts) for _ in range(kinds)] for _ in range(areas)])
    cuts = [[data.draw(st.integers(0, int(total))) for _ in range(months - 1)] for total in by_offence.sum(axis=1)]
    by_month = pd.DataFrame(
        np.diff([[0, *sorted(row), int(total)] for row, total in zip(cuts, by_offence.sum(axis=1), strict=True)])
    )
    by_offence.index = by_month.index = pd.Index([f"W{number}" for number in range(areas)])
    by_offence.columns, by_month.columns = (pd.Index([f"{name} {n}" for n in range(size)]) for name, size in
                                            (("offence", kinds), ("month", months)))  # fmt: skip
    printed, truth = protect(by_offence, by_month), true_counts(by_offence, by_month)
    for name, (least, most) in ranges(printed.by_offence, printed.by_month).items():
        if 0 < truth[name] < 5:
            assert least <= 1 + 1e-6
            assert most >= 4 - 1e-6
