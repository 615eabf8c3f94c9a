"""Every input that is stored is read or refused in a sentence, and the fuzzer's own figures are read right."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.run import CORPUS, NAMES, figures, record
from tests.fuzz.targets import TARGETS, answer

ENTRIES = sorted(path for path in CORPUS.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: str(path.relative_to(CORPUS)))
def test_what_is_stored_is_a_result_or_a_sentence(path: Path) -> None:
    assert answer(path.parent.name, path.read_bytes(), whole=True)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_stored_reaches_every_kind_of_answer(name: str) -> None:
    answers = {answer(name, path.read_bytes()) for path in ENTRIES if path.parent.name == name}
    assert name in TARGETS
    assert len(answers) >= 4


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=30, deadline=None, derandomize=True)
@given(data=st.data())
def test_any_change_to_what_is_stored_is_a_result_or_a_sentence(name: str, data: st.DataObject) -> None:
    entry = data.draw(st.sampled_from([path for path in ENTRIES if path.parent.name == name])).read_bytes()
    at = data.draw(st.integers(0, len(entry)))
    removed, added = data.draw(st.integers(0, 8)), data.draw(st.binary(max_size=8))
    assert answer(name, entry[:at] + added + entry[at + removed :])


def test_the_figures_are_what_the_fuzzer_said_and_add_up(tmp_path: Path) -> None:
    said = (
        "#2\tINITED cov: 10 ft: 11 corp: 3/4b exec/s: 0 rss: 41Mb\n"
        "#900\tNEW    cov: 40 ft: 60 corp: 7/90b lim: 9 exec/s: 450 rss: 50Mb L: 4/9 MS: 1 EraseBytes-\n"
        "#1000\tDONE   cov: 40 ft: 60 corp: 7/90b lim: 11 exec/s: 500 rss: 51Mb\nDone 1000 runs in 2 second(s)\n"
    )
    row = figures("csv", said, crashed=False, seconds=3)
    assert row == {"target": "csv", "runs": 1, "executions": 1000, "seconds": 2, "per_second": 500, "crashes": 0,
                   "edges_covered": 40, "corpus": 7}  # fmt: skip
    file = tmp_path / "fuzz.json"
    record(file, row)
    record(file, figures("csv", said.split("#1000")[0], crashed=True, seconds=3))
    record(file, figures("place", said, crashed=False, seconds=3))
    first, second = json.loads(file.read_text())
    assert (first["runs"], first["executions"], first["seconds"], first["crashes"]) == (2, 1900, 5, 1)
    assert second["target"] == "place"
