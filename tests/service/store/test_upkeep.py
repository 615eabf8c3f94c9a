"""Looking after the store from the command line, and handing it to QGIS users."""

import json

import pytest
from sqlalchemy import create_engine, select, text

from geodata.errors import InputError, NotFoundError
from service.store import audit, open_store
from service.store.backup import back_up, restore
from service.store.importing import import_crimes
from service.store.postgis import export_postgis
from service.store.segments import read_kept
from service.store.tables import AUDIT
from service.upkeep import Upkeep, look_after
from service.web.settings import Settings
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FORCE, tell_of_run, write_run


@pytest.fixture
def settings(tmp_path):
    settings = Settings(store=f"sqlite:///{tmp_path / 'store.db'}", folder=tmp_path / "kept")
    store = open_store(settings.store, settings.folder)
    import_crimes(store, FORCE, extract(["2023-05", "2024-05"]), actor="analyst")
    store.close()
    return settings


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"what": "backup"}, "needs --to"),
        ({"what": "restore"}, "needs --from"),
        ({"what": "retain", "force": FORCE}, "needs --before"),
        ({"what": "erase", "force": FORCE}, "either `--crime` or `--victim`"),
        ({"what": "erase", "force": FORCE, "crime": "1", "victim": "2"}, "either `--crime` or `--victim`"),
        ({"what": "export", "to": "postgresql://x"}, "needs --force"),
    ],
)
def test_an_act_says_what_it_needs(asked, told):
    with pytest.raises(InputError, match=told):
        Upkeep(**asked)


def test_months_crimes_and_victims_go_and_a_copy_comes_back(beatplan, settings, tmp_path):
    where = ("--store", settings.store, "--folder", settings.folder)
    assert beatplan("store", "backup", "--to", tmp_path / "copy", *where).code == 0
    gone = beatplan("store", "retain", "--force", FORCE, "--before", "2024-01", *where)
    assert (gone.code, gone.out) == (0, "Erased: 6 crimes.\n")
    assert look_after(Upkeep("erase", force=FORCE, crime="C0-7"), settings)[0] == {"crimes": 1, "segments": 1}
    assert look_after(Upkeep("erase", force=FORCE, victim="V1"), settings)[0]["crimes"] > 0
    other = Settings(store=f"sqlite:///{tmp_path / 'other.db'}", folder=tmp_path / "other")
    with pytest.raises(NotFoundError, match="no store"):
        look_after(Upkeep("retain", force=FORCE, before="2024-01"), other)
    look_after(Upkeep("restore", source=tmp_path / "copy"), other)
    store = open_store(other.store, other.folder)
    assert len(read_kept(store, FORCE)) == 12
    store.close()


def test_a_copy_holds_what_forces_gave_and_what_runs_made(settings, tmp_path):
    store = open_store(settings.store, settings.folder)
    write_run(store.folder / "runs" / "one")
    (store.folder / "files" / "ab").mkdir(parents=True)
    (store.folder / "files" / "ab" / "abc").write_bytes(b"areas")
    (store.folder / "files" / "x.draft").write_bytes(b"half")
    contents = back_up(store, tmp_path / "copy")
    other = open_store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other")
    restore(other, tmp_path / "copy")
    assert (other.folder / "files" / "ab" / "abc").read_bytes() == b"areas"
    assert (other.folder / "runs" / "one" / "manifest.json").is_file()
    assert not (other.folder / "files" / "x.draft").exists()
    told = json.loads(contents.read_text())
    contents.write_text(json.dumps(told | {"files": {"segments/../../x": "0"}}))
    with pytest.raises(InputError, match="within itself"):
        restore(other, tmp_path / "copy")
    other.close()
    store.close()


def test_qgis_users_find_crimes_and_layers_and_their_views_go_on(server, settings):
    address = server.format(name="postgres")
    store = open_store(settings.store, settings.folder)
    write_run(store.folder / "runs" / "one")
    tell_of_run(store, "runs/one")
    rows = export_postgis(store, FORCE, address, actor="admin")
    assert rows["crimes"] == 12
    assert rows["hot_spots"] > 0
    engine = create_engine(address.replace("postgresql", "postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    schema = "beatplan_sample_force"
    with engine.connect() as connection:
        view = f"CREATE VIEW {schema}.mine AS SELECT * FROM {schema}.crimes"  # noqa: S608 - ours
        connection.execute(text(view))
        export_postgis(store, FORCE, address, actor="admin")
        found = connection.execute(
            text(f"SELECT count(*), min(ST_SRID(geom)), min(ST_X(geom)) FROM {schema}.mine")  # noqa: S608 - ours
        ).one()
        names = {row.column_name for row in connection.execute(
            text("SELECT column_name FROM information_schema.columns WHERE table_schema = :schema"), {"schema": schema}
        )}  # fmt: skip
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()
    assert found[:2] == (12, 27700)
    assert found[2] == pytest.approx(read_kept(store, FORCE).geometry.x.min())
    assert "victim_id" not in names
    with store.reading() as reading:
        last = reading.execute(select(AUDIT).order_by(AUDIT.c.number.desc())).mappings().first()
        assert audit.verify(reading).broken is None
    assert (last["act"], json.loads(last["details"])["crimes"]) == ("disclosure", 12)
    with pytest.raises(InputError, match="goes to postgresql"):
        export_postgis(store, FORCE, settings.store, actor="admin")
    with pytest.raises(NotFoundError, match="Nothing is kept"):
        export_postgis(store, "other-force", address, actor="admin")
    store.close()
