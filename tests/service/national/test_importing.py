"""A nation imported by force and month: as the store's own import has it, once, whole, whatever is broken."""

import gzip

import pytest
from sqlalchemy import func, select

from geodata.crimes import read_crimes
from geodata.errors import InputError
from service.cluster import open_engine
from service.national.importing import import_nation
from service.store import audit, open_store
from service.store.importing import import_crimes
from service.store.segments import current, read_kept
from service.store.tables import IMPORTS, REJECTS, SEGMENTS
from tests.service.national.street_files import NOWHERE, write_month

MONTHS = ("2023-12", "2024-01", "2024-02")
FORCES = ("durham", "kent")


@pytest.fixture
def nation(tmp_path):
    folder = tmp_path / "nation"
    for force in FORCES:
        for month in MONTHS:
            write_month(folder, force, month, more=(NOWHERE,))
    return folder


def imported(store, folder, ledger="ledger", **more):
    with open_engine() as engine:
        return import_nation(store, folder, engine, folder.parent / ledger, actor="analyst", **more)


def kept(store, force):
    with store.reading() as reading:
        return current(reading, force)


def tallies(store):
    with store.reading() as reading:
        tables = [reading.execute(select(func.count()).select_from(table)).scalar_one() for table in (IMPORTS, REJECTS)]
        states = dict(reading.execute(select(SEGMENTS.c.state, func.count()).group_by(SEGMENTS.c.state)).all())
        chain = audit.verify(reading)
    assert chain.broken is None
    return *tables, states, chain.entries


def test_each_month_is_what_the_stores_own_import_makes_of_it(store, nation, tmp_path):
    done = imported(store, nation)
    own = open_store(f"sqlite:///{tmp_path / 'own.db'}")
    for force in FORCES:
        files = sorted(nation.glob(f"*/*-{force}-street.csv"))
        for path in files:  # named as the national import names them
            read = read_crimes([path])
            read.crimes["source_file"] = read.crimes["source_file"].cat.rename_categories(
                [path.relative_to(nation).as_posix()]
            )
            import_crimes(own, force, read, actor="analyst")
        assert kept(store, force) == kept(own, force)
        assert len(read_kept(store, force)) == 3 * 40
    own.close()
    assert done.broken == ()
    assert done.forces["rows_read"].tolist() == [123, 123]
    assert (done.forces["rows_accepted"] + done.forces["rows_rejected"]).tolist() == [123, 123]
    assert tallies(store) == (2, 6, {"current": 6}, 2)


def test_what_is_there_already_changes_nothing_with_its_ledger_or_without(store, nation):
    imported(store, nation)
    before = tallies(store)
    for ledger in ("ledger", "another"):
        again = imported(store, nation, ledger)
        assert again.forces["months"].tolist() == again.forces["import"].tolist() == [0, 0]
        assert again.forces["rows_read"].tolist() == [123, 123]
        assert tallies(store) == before


def test_a_month_that_changed_takes_the_place_of_what_was_there(store, nation):
    imported(store, nation)
    first = {each.month: each for each in kept(store, "kent")}
    write_month(nation, "kent", "2024-01", rows=50, more=(NOWHERE, NOWHERE))
    write_month(nation, "kent", "2024-03")
    again = imported(store, nation, months=lambda month: month >= "2024-01")
    assert again.forces.set_index("force")["months"].to_dict() == {"durham": 0, "kent": 2}
    assert again.sources["rows_accepted"].tolist() == [40, 40, 50, 40, 40]
    now = {each.month: each for each in kept(store, "kent")}
    assert {month for month in now if now[month] != first.get(month)} == {"2024-01", "2024-03"}
    assert (store.segments / first["2024-01"].path).is_file()
    with store.reading() as reading:
        newest = reading.execute(select(IMPORTS).order_by(IMPORTS.c.id.desc()).limit(1)).mappings().one()
        act = reading.execute(select(audit.AUDIT.c.details).order_by(audit.AUDIT.c.number.desc()).limit(1)).scalar_one()
    assert [newest[name] for name in ("rows_read", "rows_accepted", "rows_rejected")] == [92, 90, 2]
    assert '"added":50' in act
    assert '"kept":40' in act
    assert tallies(store)[2:] == ({"current": 7, "superseded": 1}, 3)


def test_a_broken_file_is_told_and_the_others_go_on(store, nation):
    (nation / "2024-01" / "2024-01-kent-street.csv").write_text("Crime ID,Month\n1,2024-01\n")
    with gzip.open(nation / "2024-02" / "2024-02-btp-street.csv.gz", "wb") as file:
        file.write((nation / "2024-02" / "2024-02-kent-street.csv").read_bytes()[:900])
    packed = nation / "2024-02" / "2024-02-btp-street.csv.gz"
    packed.write_bytes(packed.read_bytes()[:-20])
    done = imported(store, nation)
    assert [name for name, _ in done.broken] == [
        packed.relative_to(nation).as_posix(),
        "2024-01/2024-01-kent-street.csv",
    ]
    assert "cut short or damaged" in done.broken[0][1]
    assert "must have the column `Longitude`" in done.broken[1][1]
    assert done.forces.set_index("force")["months"].to_dict() == {"btp": 0, "durham": 3, "kent": 2}

    write_month(nation, "kent", "2024-01")
    packed.unlink()
    mended = imported(store, nation)
    assert mended.broken == ()
    assert mended.forces.set_index("force")["months"].to_dict() == {"durham": 0, "kent": 1}


def test_rows_of_another_month_and_without_a_month_are_refused_not_kept(store, nation):
    strays = (
        NOWHERE.replace("{month}", "x"),
        ",2019-05,F,F,-1.7,52.1,,,,Burglary,,",
        ",{month},F,F,-1.7,52.1,,,,Robbery,,",
    )
    write_month(nation, "kent", "2024-01", rows=3, more=strays)
    empty = write_month(nation, "kent", "2024-02", rows=0, more=(NOWHERE,))
    assert empty.is_file()
    done = imported(store, nation, forces=("kent",))
    assert done.forces[["rows_read", "rows_accepted", "rows_rejected", "months"]].iloc[0].tolist() == [48, 44, 4, 2]
    with store.reading() as reading:
        found = reading.execute(select(REJECTS.c.line, REJECTS.c.reason).order_by(REJECTS.c.file, REJECTS.c.line)).all()
    assert [tuple(row) for row in found] == [
        (42, "no coordinates"), (5, "month is missing or not YYYY-MM"), (6, "month is not the file's"),
        (2, "no coordinates"),
    ]  # fmt: skip


def test_another_import_that_comes_between_is_compared_with_again(store, nation, monkeypatch, tmp_path):
    from service.national import importing

    other = tmp_path / "other"
    write_month(other, "kent", "2024-01", rows=7, seed=9)
    draft, came = importing._draft, []

    def interrupted(*given):
        found = draft(*given)
        if not came:
            came.append(True)
            imported(store, other, "other ledger")
        return found

    monkeypatch.setattr(importing, "_draft", interrupted)
    done = imported(store, nation, forces=("kent",))
    assert done.forces["months"].tolist() == [3]
    assert [each.rows for each in kept(store, "kent")] == [40, 40, 40]
    assert tallies(store)[2] == {"current": 3, "superseded": 1}


def test_an_import_that_breaks_off_leaves_whole_forces_and_goes_on_where_it_stopped(store, nation, monkeypatch):
    from service.national import importing

    keep = importing._keep

    def breaks_off(store, force, *given):
        if force == "kent":
            raise KeyboardInterrupt
        return keep(store, force, *given)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "_keep", breaks_off)
        with pytest.raises(KeyboardInterrupt):
            imported(store, nation)
    assert kept(store, "kent") == []
    assert len(kept(store, "durham")) in (0, 3)
    assert len(list((nation.parent / "ledger").glob("*.json"))) >= 2  # both years of kent, at the least
    assert imported(store, nation).forces["rows_accepted"].tolist() == [120, 120]
    assert tallies(store) == (2, 6, {"current": 6}, 2)


def test_a_folder_must_hold_each_month_once(store, nation):
    with pytest.raises(InputError, match="holds none of essex"):
        imported(store, nation, forces=("kent", "essex"))
    with pytest.raises(InputError, match="must hold a month that is asked for"):
        imported(store, nation, forces=("durham",), months=lambda month: month > "2024-02")
    copy = nation / "copy" / "2024-01-kent-street.csv"
    copy.parent.mkdir()
    copy.write_bytes((nation / "2024-01" / "2024-01-kent-street.csv").read_bytes())
    with pytest.raises(InputError, match=r"must lie in one file; 2024-01/2024-01-kent-street\.csv and copy"):
        imported(store, nation)
    with pytest.raises(InputError, match=r"such as 2024-06-durham-street\.csv; .* holds none\."):
        imported(store, copy.parent.parent / "nothing")
    assert tallies(store) == (0, 0, {}, 0)


@pytest.mark.shared
def test_real_files_are_read_as_they_are_read_elsewhere(shared, tmp_path):
    folder = tmp_path / "crime"
    folder.symlink_to(shared / "data" / "crime" / "city-of-london")
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    done = imported(store, folder)
    read = read_crimes([folder])
    assert (done.forces["rows_accepted"].tolist(), done.forces["rows_rejected"].tolist()) == (
        [len(read.crimes)],
        [len(read.rejects)],
    )
    found, whole = read_kept(store, "city-of-london"), read.crimes
    for crimes in (found, whole):
        crimes["x"], crimes["y"] = crimes.geometry.x, crimes.geometry.y
    columns = ["crime_id", "offence", "occurred_from", "place_id", "location", "lsoa", "x", "y"]
    one, other = (table[columns].astype(str).value_counts().sort_index() for table in (found, whole))
    assert one.equals(other)
    store.close()
