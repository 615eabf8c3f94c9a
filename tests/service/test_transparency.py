"""The transparency record says what the run says of itself, and asks the force for the rest."""

import json

import pytest

from geodata.errors import InputError, NotFoundError
from service.transparency import OPEN, record, write_record
from tests.service.tasking.made_run import write_run


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "one"
    write_run(folder)
    return folder / "manifest.json"


def test_a_record_is_filled_in_from_the_manifest(beatplan, manifest, tmp_path):
    done = beatplan("transparency", manifest, "--out", tmp_path / "record.md")
    assert done.code == 0
    told, text = json.loads(manifest.read_text()), (tmp_path / "record.md").read_text()
    assert f"{text.count(OPEN)} points are left to the force" in done.out
    assert f"Run `{told['run'][:12]}`" in text
    assert f"{told['rows_read']:,} rows read" in text
    assert all(f"`{name}`" in text for name in told["products"])
    assert f"numpy {told['versions']['numpy']}" in text
    assert next(line for line in text.splitlines() if line.startswith("## ")) == "## Tier 1: what it is"


def test_a_forces_name_cannot_write_the_record(manifest):
    told = json.loads(manifest.read_text())
    told["settings"]["profile"]["force"]["name"] = "<script>\n# [x](y)"
    text = record(told)
    assert "<script>" not in text.replace("\\<", "")
    assert "\n# \\[x" not in text


def test_what_is_no_manifest_is_refused(tmp_path):
    with pytest.raises(NotFoundError, match="no manifest"):
        write_record(tmp_path / "none.json", tmp_path / "out.md")
    for content in ("[]", "{}", "no json", '{"run": "x"}'):
        (tmp_path / "other.json").write_text(content)
        with pytest.raises(InputError, match="this is none"):
            write_record(tmp_path / "other.json", tmp_path / "out.md")
    assert not (tmp_path / "out.md").exists()
