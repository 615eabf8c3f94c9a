"""The store: what is kept, replaced, forgotten, copied; the same on SQLite and on PostgreSQL."""

import threading

import pandas as pd
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from geodata.errors import InputError, NotFoundError
from service.store import audit, open_store
from service.store.backup import back_up, restore
from service.store.erasure import forget_before, forget_crime, forget_victim
from service.store.importing import import_crimes
from service.store.segments import current, read_kept, sweep
from service.store.tables import AUDIT, IMPORTS, METADATA, REJECTS, SEGMENTS
from tests.service.store.extracts import crimes, extract

FORCE = "sample-force"


def files(store):
    return sorted(path for path in store.segments.rglob("*") if path.is_file())


def states(store):
    with store.reading() as reading:
        rows = reading.execute(select(SEGMENTS.c.month, SEGMENTS.c.state, SEGMENTS.c.rows).order_by(SEGMENTS.c.id))
        return [tuple(row) for row in rows]


def acts(store):
    with store.reading() as reading:
        return list(reading.execute(select(AUDIT.c.act).order_by(AUDIT.c.number)).scalars())


def same(one, other):
    """The same crimes, whatever their order and wherever read."""
    order = ["crime_id", "occurred_from"]
    held = [table.drop(columns=["source_file"]).sort_values(order).reset_index(drop=True) for table in (one, other)]
    held = [pd.DataFrame(table).astype({"geometry": "str"}).astype("string") for table in held]
    pd.testing.assert_frame_equal(*held)


def test_what_is_imported_is_read_again(store):
    read = extract(["2024-05", "2024-06"])
    done = import_crimes(store, FORCE, read, actor="analyst")
    assert done.rows_read == done.rows_accepted + done.rows_rejected
    assert done.months["added"].tolist() == [6, 6]
    assert states(store) == [("2024-05", "current", 6), ("2024-06", "current", 6)]
    kept = read_kept(store, FORCE)
    same(kept, read.crimes)
    assert kept.crs == read.crimes.crs
    assert read_kept(store, FORCE, ("2024-06",))["occurred_from"].dt.month.unique().tolist() == [6]
    with store.reading() as reading:
        assert reading.execute(select(func.count()).select_from(REJECTS)).scalar_one() == 2
        assert reading.execute(select(IMPORTS.c.rows_read)).scalar_one() == 14


def test_the_second_import_of_the_same_changes_nothing(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    before = states(store), files(store), acts(store)
    again = import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    assert again.number is None
    assert again.months[["added", "removed", "kept"]].to_numpy().tolist() == [[0, 0, 6]]
    assert (states(store), files(store), acts(store)) == before


def test_a_newer_extract_replaces_its_months_and_tells_what_came_and_went(store):
    import_crimes(store, FORCE, extract(["2024-04", "2024-05"]), actor="analyst")
    both = pd.concat([crimes(["2024-05"], seed=0, rows=12).iloc[:0], crimes(["2024-05"], seed=7)])
    read = extract(["2024-05"], seed=7, file="revised.csv")
    assert len(both) == len(read.crimes)
    done = import_crimes(store, FORCE, read, actor="analyst")
    assert done.months[["added", "removed", "kept"]].to_numpy().tolist() == [[6, 6, 0]]
    assert states(store) == [("2024-04", "current", 6), ("2024-05", "superseded", 6), ("2024-05", "current", 6)]
    assert len(files(store)) == 3
    same(read_kept(store, FORCE, ("2024-05",)), read.crimes)


def test_a_crime_in_both_extracts_is_kept_wherever_it_stood(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    read = extract(["2024-05"], file="again.csv")
    done = import_crimes(store, FORCE, read, actor="analyst")
    assert done.months[["added", "removed", "kept"]].to_numpy().tolist() == [[0, 0, 6]]


def test_forces_do_not_see_each_other(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    import_crimes(store, "other-force", extract(["2024-05"], seed=3), actor="analyst")
    assert set(read_kept(store, FORCE)["crime_id"]).isdisjoint(read_kept(store, "other-force")["crime_id"])
    assert read_kept(store, "third-force").empty


@pytest.mark.parametrize("force", ["", "Sample", "../x", "a/b", "a b", "x" * 65, "a;drop table"])
def test_a_name_that_could_be_a_path_or_a_command_is_refused(store, force):
    with pytest.raises(InputError, match="lower-case letters, digits and hyphens"):
        import_crimes(store, force, extract(["2024-05"]), actor="analyst")
    assert files(store) == []


def test_an_extract_without_a_crime_is_refused(store):
    read = extract(["2024-05"])
    nothing = type(read)(read.crimes.iloc[:0], read.rejects, read.sources, ())
    with pytest.raises(InputError, match="must hold a crime"):
        import_crimes(store, FORCE, nothing, actor="analyst")
    assert acts(store) == []


def test_what_fails_on_the_way_leaves_nothing_and_its_files_are_swept(store, monkeypatch):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    before = states(store), acts(store)
    monkeypatch.setattr(audit, "_hash", lambda _entry: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_crimes(store, FORCE, extract(["2024-05", "2024-06"], seed=4), actor="analyst")
    monkeypatch.undo()
    assert (states(store), acts(store)) == before
    assert len(files(store)) == 3
    assert sweep(store) == 2
    same(read_kept(store, FORCE), extract(["2024-05"]).crimes)


def test_two_importers_at_once_lose_nothing_and_double_nothing(store):
    reads = [extract([f"2024-0{month}"], seed=month) for month in range(1, 7)]

    def work(mine):
        for read in mine:
            import_crimes(store, FORCE, read, actor="analyst")

    threads = [threading.Thread(target=work, args=(part,)) for part in (reads[:4], reads[2:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(read_kept(store, FORCE), pd.concat([read.crimes for read in reads]))
    assert [month for month, state, _ in sorted(states(store)) if state == "current"] == [
        f"2024-0{month}" for month in range(1, 7)
    ]
    with store.reading() as reading:
        assert audit.verify(reading).broken is None


def test_months_over_their_time_are_erased_superseded_ones_too(store):
    import_crimes(store, FORCE, extract(["2023-05", "2024-05"]), actor="analyst")
    import_crimes(store, FORCE, extract(["2023-05"], seed=2), actor="analyst")
    gone = forget_before(store, FORCE, "2024-01", actor="admin")
    assert (gone.crimes, gone.segments) == (12, 2)
    assert len(files(store)) == 1
    assert read_kept(store, FORCE)["occurred_from"].dt.year.unique().tolist() == [2024]
    assert forget_before(store, FORCE, "2024-01", actor="admin").segments == 0
    with pytest.raises(InputError, match="written YYYY-MM"):
        forget_before(store, FORCE, "last year", actor="admin")


def test_a_victim_is_forgotten_everywhere_and_nobody_else(store):
    first, second = extract(["2024-05"]), extract(["2024-05"], seed=1)
    import_crimes(store, FORCE, first, actor="analyst")
    import_crimes(store, FORCE, second, actor="analyst")
    gone = forget_victim(store, FORCE, "V1", actor="admin")
    expected = sum(int((read.crimes["victim_id"] == "V1").sum()) for read in (first, second))
    assert (gone.crimes, gone.segments) == (expected, 2)
    others = second.crimes[(second.crimes["victim_id"] != "V1").fillna(value=True)]
    same(read_kept(store, FORCE), others)
    assert len(files(store)) == 2
    for path in files(store):
        assert "V1" not in set(pd.read_parquet(path)["victim_id"])
    with pytest.raises(NotFoundError, match="Nothing of such victim is kept"):
        forget_victim(store, FORCE, "V1", actor="admin")


def test_a_crime_is_forgotten_by_its_reference_and_an_empty_month_goes_with_it(store):
    import_crimes(store, FORCE, extract(["2024-05"], rows=1), actor="analyst")
    assert forget_crime(store, FORCE, "C0-0", actor="admin").crimes == 1
    assert read_kept(store, FORCE).empty
    assert files(store) == []


def test_the_chain_tells_who_did_what(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    forget_crime(store, FORCE, "C0-1", actor="admin")
    assert acts(store) == ["collection", "erasure"]
    with store.reading() as reading:
        found = audit.verify(reading)
        entries = reading.execute(select(AUDIT).order_by(AUDIT.c.number)).mappings().all()
    assert (found.entries, found.broken) == (2, None)
    assert [entry["actor"] for entry in entries] == ["analyst", "admin"]
    assert "C0-1" not in entries[1]["details"]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_the_chain(store, change):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    with pytest.raises(DBAPIError, match="only ever added to"), store.writing() as writing:
        writing.execute(text(change))


def test_a_change_past_the_database_is_found(store):
    for seed in range(3):
        import_crimes(store, FORCE, extract(["2024-05"], seed=seed), actor="analyst")
    with store.reading() as reading:
        head = audit.verify(reading).head
    with store.writing() as writing:
        if store.engine.dialect.name == "sqlite":
            writing.execute(text("DROP TRIGGER audit_no_UPDATE"))
            writing.execute(text("DROP TRIGGER audit_no_DELETE"))
        else:
            writing.execute(text("DROP TRIGGER audit_no_change ON audit"))
        writing.execute(text("UPDATE audit SET actor = 'somebody else' WHERE number = 2"))
    with store.reading() as reading:
        assert audit.verify(reading).broken == 2
    with store.writing() as writing:
        writing.execute(text("DELETE FROM audit WHERE number > 1"))
    with store.reading() as reading:
        assert audit.verify(reading).broken is None
        assert audit.verify(reading, head=head).broken == 2  # cut off: only who kept the head can tell


def test_the_migrations_make_the_tables_that_the_program_knows(store):
    with store.reading() as reading:
        assert compare_metadata(MigrationContext.configure(reading), METADATA) == []


def test_an_older_program_refuses_a_newer_store(store, address):
    with store.writing() as writing:
        writing.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="made by a newer program"):
        open_store(address, store.folder)


def test_a_store_is_opened_again_as_it_was(store, address):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    again = open_store(address, store.folder)
    same(read_kept(again, FORCE), extract(["2024-05"]).crimes)
    again.close()


def test_a_back_up_restores_into_an_empty_store(store, tmp_path):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    import_crimes(store, FORCE, extract(["2024-05"], seed=2), actor="analyst")
    back_up(store, tmp_path / "copy")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other")
    restore(other, tmp_path / "copy")
    assert states(other) == states(store)
    same(read_kept(other, FORCE), read_kept(store, FORCE))
    with other.reading() as reading:
        assert audit.verify(reading).broken is None
    import_crimes(other, FORCE, extract(["2024-06"]), actor="analyst")
    with pytest.raises(InputError, match="into an empty store"):
        restore(other, tmp_path / "copy")
    other.close()


def test_a_back_up_goes_back_into_its_own_kind_of_database(store, address, tmp_path):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    back_up(store, tmp_path / "copy")
    with store.writing() as writing:
        for table in ("rejects", "segments", "imports"):
            writing.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - our own names
        trigger = "DROP TRIGGER audit_no_DELETE" if "sqlite" in address else "DROP TRIGGER audit_no_change ON audit"
        writing.execute(text(trigger))
        writing.execute(text("DELETE FROM audit"))
    restore(store, tmp_path / "copy")
    same(read_kept(store, FORCE), extract(["2024-05"]).crimes)
    import_crimes(store, FORCE, extract(["2024-06"], seed=9), actor="analyst")  # numbers go on after those restored


def test_a_spoilt_back_up_is_refused(store, tmp_path):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    back_up(store, tmp_path / "copy")
    with pytest.raises(InputError, match="to a new folder"):
        back_up(store, tmp_path / "copy")
    (tmp_path / "copy" / "imports.jsonl").write_text("{}\n")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other")
    with pytest.raises(InputError, match="1 files have changed"):
        restore(other, tmp_path / "copy")
    with pytest.raises(NotFoundError, match="has none"):
        restore(other, tmp_path)
    other.close()


def test_a_changed_file_is_not_taken_for_crimes(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    (path,) = files(store)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(RuntimeError, match="is not what was written"):
        read_kept(store, FORCE)


@pytest.mark.parametrize("url", ["", "store.db", "mysql://host/x", "nonsense://", "postgres//x"])
def test_an_address_of_another_kind_is_refused(url, tmp_path):
    with pytest.raises(InputError, match="must begin with sqlite:/// or postgresql://"):
        open_store(url, tmp_path)


def test_a_database_that_does_not_answer_is_said_so(tmp_path):
    with pytest.raises(InputError, match="must answer"):
        open_store(f"postgresql://nobody@/nothing?host={tmp_path}", tmp_path / "segments")


def test_only_what_is_current_is_listed(store):
    import_crimes(store, FORCE, extract(["2024-05"]), actor="analyst")
    import_crimes(store, FORCE, extract(["2024-05"], seed=2), actor="analyst")
    with store.reading() as reading:
        assert len(current(reading, FORCE)) == 1


def test_what_is_current_of_every_force_is_listed_by_force_and_month(store):
    for force in ("south-force", "north-force"):
        import_crimes(store, force, extract(["2024-06", "2024-05"]), actor="analyst")
    months = ("2024-05", "2024-06")
    with store.reading() as reading:
        found = [(each.force, each.month) for each in current(reading)]
        assert found == [(force, month) for force in ("north-force", "south-force") for month in months]
        assert [each.force for each in current(reading, months=("2024-06",))] == ["north-force", "south-force"]
