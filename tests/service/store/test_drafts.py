"""An extract is looked at before it is imported: what it would change, and that confirming does just that."""

import io

import pandas as pd
import pytest

from geodata.errors import InputError, NotFoundError
from service.jobs import queue
from service.store import audit, open_store
from service.store.backup import back_up, restore
from service.store.files import bytes_of, current_files, drop_bytes, keep_bytes, lay_out, plain_name, record_file
from service.store.importing import Draft, confirm_import, discard_draft, draft_import, import_crimes
from service.store.runs import find_run, product_path, record_run
from service.store.segments import read_kept
from tests.service.store.extracts import extract
from tests.service.store.test_store import FORCE, files, same, states


def through_json(draft):
    return Draft.of_facts(draft.force, draft.facts, draft.rejects)


def test_a_draft_changes_nothing_until_it_is_confirmed(store):
    read = extract(["2024-05", "2024-06"])
    draft = draft_import(store, FORCE, read)
    assert states(store) == []
    assert read_kept(store, FORCE).empty
    done = confirm_import(store, through_json(draft), actor="analyst")
    assert (done.rows_read, done.rows_accepted, done.rows_rejected) == (14, 12, 2)
    same(read_kept(store, FORCE), read.crimes)
    again = confirm_import(store, draft_import(store, FORCE, read), actor="analyst")
    assert again.number is None


def test_what_changed_of_a_crime_is_told_apart_from_what_came_and_went(store):
    read = extract(["2024-05"])
    import_crimes(store, FORCE, read, actor="analyst")
    revised = read.crimes.copy()
    revised["offence"] = pd.Categorical(["Fraud", *read.crimes["offence"].astype(str)[1:]])
    fewer = type(read)(revised.iloc[:-1], read.rejects, read.sources, ())
    months = draft_import(store, FORCE, fewer).months
    assert months[["rows", "added", "removed", "kept", "changed"]].to_numpy().tolist() == [[5, 1, 2, 4, 1]]


def test_a_draft_that_was_compared_with_something_else_is_refused(store):
    draft = draft_import(store, FORCE, extract(["2024-05", "2024-06"]))
    import_crimes(store, FORCE, extract(["2024-06"], seed=3), actor="somebody else")
    before = states(store)
    with pytest.raises(InputError, match="2024-06 has changed since"):
        confirm_import(store, draft, actor="analyst")
    assert states(store) == before


def test_a_draft_is_discarded_without_what_is_kept(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    draft = draft_import(store, FORCE, extract(["2024-05", "2024-06"]))
    discard_draft(store, draft)
    assert len(files(store)) == 1
    with pytest.raises(InputError, match="cleared away"):
        confirm_import(store, draft, actor="analyst")


def test_what_goes_with_a_confirmation_is_kept_with_it_or_not_at_all(store):
    draft = draft_import(store, FORCE, extract(["2024-05"]))
    with pytest.raises(ZeroDivisionError):
        confirm_import(store, draft, actor="analyst", also=lambda *_: 1 / 0)
    assert states(store) == []
    with store.reading() as reading:
        assert audit.verify(reading).entries == 0


def test_a_file_takes_the_place_of_the_one_before_it(store, tmp_path):
    for text in (b"one", b"two"):
        kept = {"kind": "profile", "name": "of us.TOML", "sha256": keep_bytes(store, io.BytesIO(text))}
        with store.writing() as writing:
            record_file(store, writing, kept, force=FORCE, actor="analyst")
    with store.reading() as reading:
        assert current_files(reading, "other-force") == {}
        held = current_files(reading, FORCE)
    laid = lay_out(store, {"profile": vars(held["profile"])}, tmp_path)
    assert laid["profile"].name == "profile.toml"
    assert laid["profile"].read_bytes() == b"two"
    drop_bytes(store, held["profile"].sha256)
    assert bytes_of(store, held["profile"].sha256).is_file()
    bytes_of(store, held["profile"].sha256).write_bytes(b"three")
    with pytest.raises(RuntimeError, match="is not what was given"):
        lay_out(store, {"profile": vars(held["profile"])}, tmp_path)
    bytes_of(store, held["profile"].sha256).unlink()
    with pytest.raises(NotFoundError, match="give it again"):
        lay_out(store, {"profile": vars(held["profile"])}, tmp_path)


@pytest.mark.parametrize(("kind", "name"), [("areas", "x.vrt"), ("areas", "x"), ("profile", "x.toml.exe"), ("x", "y")])
def test_a_file_of_another_kind_or_ending_is_refused(kind, name):
    with pytest.raises(InputError, match="must be"):
        plain_name(kind, name)


def test_a_back_up_holds_what_forces_gave_and_runs_made_and_only_that_is_handed_over(store, tmp_path):
    kept = {"kind": "profile", "name": "x.toml", "sha256": keep_bytes(store, io.BytesIO(b"one"))}
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    (store.folder / "runs" / "made").mkdir(parents=True)
    (store.folder / "runs" / "made" / "map.html").write_text("a map", encoding="utf-8")
    job = queue.ask(store, FORCE, "run", {}, actor="analyst")
    with store.writing() as writing:
        record_file(store, writing, kept, force=FORCE, actor="analyst")
        told = {"run": "0" * 64, "until": "2024-05-31", "folder": "runs/made", "state": "made"}
        record_run(writing, store, actor="analyst", force=FORCE, job_id=job, **told)
    back_up(store, tmp_path / "copy")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    restore(other, tmp_path / "copy")
    assert bytes_of(other, kept["sha256"]).read_bytes() == b"one"
    run = find_run(other, FORCE, 1, published_only=False)
    assert product_path(other, run, "map.html").read_text(encoding="utf-8") == "a map"
    for name in ("../made/map.html", "map", ".", ""):
        with pytest.raises(NotFoundError, match="nothing of that name"):
            product_path(other, run, name)
    other.close()
