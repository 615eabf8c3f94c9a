"""A folder that may not be written: a sentence, exit code 2 or 507, and what was kept is as it was."""

import pytest
from fastapi.testclient import TestClient

from geodata.errors import InputError
from service.store import open_store
from service.store.importing import import_crimes
from service.store.segments import read_kept
from service.store.trouble import NOT_WRITABLE
from service.web import Settings, create_app
from tests.service.chaos.limits import without_roots_rights
from tests.service.chaos.test_disk_full import FORCE, MONTHS, counts, only_files, said_of
from tests.service.store.extracts import extract


def shut(folder):
    """Take the right to write away from a folder and all below it."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def opened(folder):
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def held(store, tmp_path):
    import_crimes(store, FORCE, extract(["2024-05"], seed=1), actor="a")
    yield store
    opened(tmp_path)


def test_an_import_into_a_folder_that_may_not_be_written_changes_nothing(held):
    before = counts(held)
    shut(held.folder)
    with without_roots_rights():
        assert said_of(lambda: import_crimes(held, FORCE, extract(MONTHS), actor="a")) == NOT_WRITABLE
        assert counts(held) == before
        assert len(read_kept(held, FORCE)) == 6


@only_files
def test_a_store_whose_database_may_not_be_written_is_not_opened(held, address, tmp_path):
    held.close()
    shut(tmp_path)
    with without_roots_rights(), pytest.raises(InputError, match="may not write"):
        open_store(address, held.folder)
    with without_roots_rights(), pytest.raises(InputError, match="may not write"):
        open_store(address, tmp_path / "another")


@only_files
def test_what_cannot_be_kept_is_answered_507_and_the_pages_go_on(held, tmp_path):
    browser = TestClient(create_app(Settings(), held), base_url="https://testserver")
    assert browser.get("/health").status_code == 200
    held.engine.dispose()
    shut(tmp_path)
    with without_roots_rights():
        answer = browser.get("/log-in", headers={"accept": "application/json"})  # a visit is written down
        assert (answer.status_code, answer.json()) == (507, {"error": NOT_WRITABLE})
    opened(tmp_path)
    held.engine.dispose()
    assert browser.get("/log-in").status_code == 200


def test_a_pack_is_not_made_in_a_folder_that_may_not_be_written(beatplan, town_files, tmp_path):
    out = tmp_path / "pack"
    shut(tmp_path)
    with without_roots_rights():
        ran = beatplan(
            "report", "--crimes", town_files.police_uk, "--areas", town_files.areas, "--out", tmp_path / "pack"
        )
    opened(tmp_path)
    assert ran.code == 2
    assert ran.err == f"beatplan: `--out` must be a folder that can be written, and {out} is not: Permission denied.\n"
    assert not list(tmp_path.iterdir())


def test_a_store_that_may_not_be_written_is_a_sentence_on_the_command_line(beatplan, tmp_path):
    address = f"sqlite:///{tmp_path / 'store.db'}"
    shut(tmp_path)
    with without_roots_rights():
        ran = beatplan("serve", "--store", address, "--port", 0)
    opened(tmp_path)
    assert (ran.code, ran.err) == (2, f"beatplan: {NOT_WRITABLE}\n")
