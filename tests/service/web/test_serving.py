"""The service as it is started: what it prints, answers, and leaves behind."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from geodata.errors import InputError
from service.store import open_store
from service.web import serving
from service.web.serving import MADE_UP, serve, service_store, spool_in
from service.web.settings import Settings
from tests.barriers import barriers

PROGRAM = "from service.cli import main; main()"


def settings_in(folder):
    return Settings(store=f"sqlite:///{folder / 'store.db'}", folder=folder / "kept")


def test_the_first_start_makes_an_administrator_and_the_second_does_not(tmp_path):
    with service_store(settings_in(tmp_path), demo=False) as (_, passwords):
        assert list(passwords) == ["admin"]
    with service_store(settings_in(tmp_path), demo=False) as (_, passwords):
        assert passwords == {}


def test_of_two_services_that_begin_at_once_on_a_store_one_makes_the_administrator(tmp_path, monkeypatch):
    with service_store(settings_in(tmp_path), demo=False):
        monkeypatch.setattr(serving, "list_accounts", lambda _: [])  # as the second saw it
        with service_store(settings_in(tmp_path), demo=False) as (_, passwords):
            assert passwords == {}


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "example.org"])  # noqa: S104 - it is refused
def test_a_look_round_is_for_this_machine_alone(host, tmp_path):
    with pytest.raises(InputError, match="for this machine alone"):
        serve(settings_in(tmp_path), host=host, port=0, demo=True)


def test_the_audit_is_verified_from_the_command_line(beatplan, tmp_path):
    with service_store(settings_in(tmp_path), demo=False):
        pass
    address = f"sqlite:///{tmp_path / 'store.db'}"
    whole = beatplan("audit", "verify", "--store", address)
    assert whole.code == 0
    assert "The audit is whole: 1 entries" in whole.out
    cut = beatplan("audit", "verify", "--store", address, "--head", "0" * 64)
    assert cut.code == 2
    assert "entry 2 of 1 does not follow" in cut.err
    none = beatplan("audit", "verify", "--store", f"sqlite:///{tmp_path / 'nothing.db'}")
    assert none.code == 2
    assert "There is no store" in none.err
    assert not (tmp_path / "nothing.db").exists()


@pytest.fixture(scope="module")
def served():
    """`beatplan serve --demo` in a process of its own: its address, and the passwords that it printed."""
    command = [sys.executable, "-u", "-c", PROGRAM, "serve", "--demo", "--port", "0"]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    passwords = {}
    for line in program.stdout:
        if found := re.match(r"  (\w+): (\S+)$", line):
            passwords[found[1]] = found[2]
        if found := re.search(r"answers at (\S+)", line):
            break
    yield found[1], passwords
    program.terminate()
    assert program.wait(timeout=20) in (0, -15)


@pytest.mark.browser
def test_on_a_phone_each_role_signs_in_and_out(browser, served):
    """Each page that it comes to is looked at closely where every page is; here what a look round adds, once."""
    address, passwords = served
    for role in ("analyst", "admin", "auditor", "patrol"):
        context = browser.new_context(viewport={"width": 390, "height": 844})
        page = context.new_page()
        asked = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        told = []
        page.on("console", lambda message, told=told: told.append(message.text))
        page.goto(f"{address}/")
        assert page.url.endswith("/log-in")
        page.get_by_label("Name").fill(role)
        page.get_by_label("Password").fill(passwords[role])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{address}/")
        assert MADE_UP in page.inner_text("main")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert role != "analyst" or barriers(page) == []
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{address}/log-in")
        assert [url for url in asked if not url.startswith(address) and not url.startswith("data:")] == []
        assert told == []
        context.close()


@pytest.mark.browser
def test_a_look_round_makes_up_its_force_and_its_run_while_it_is_looked_at(browser, served):
    address, passwords = served
    page = browser.new_page()
    page.goto(f"{address}/log-in")
    page.get_by_label("Name").fill("analyst")
    page.get_by_label("Password").fill(passwords["analyst"])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    assert MADE_UP in page.inner_text("main")
    page.goto(f"{address}/jobs/1")
    expect(page.locator("main")).to_contain_text("its first run is being made", timeout=120_000)
    page.goto(f"{address}/imports")
    cells = page.locator("tbody tr").first.locator("td").all_inner_texts()
    read, accepted, refused = (int(text.replace(",", "")) for text in cells[-3:])
    assert read == accepted + refused > 10_000
    page.goto(f"{address}/runs")
    page.get_by_role("link", name="see how far it is").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text("It was cancelled, and nothing of it was kept.")
    page.close()


def test_what_is_sent_lies_in_the_stores_own_folder_while_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    store = open_store(settings_in(tmp_path).store, settings_in(tmp_path).folder)
    (store.folder / "spool").mkdir()
    (store.folder / "spool" / "left by a crash").write_bytes(b"rows")
    spool_in(store)
    with tempfile.NamedTemporaryFile() as file:
        assert Path(file.name).parent == store.folder / "spool"
    assert not any((store.folder / "spool").iterdir())
    store.close()


def test_a_store_kept_by_a_folder_is_opened_by_the_same_settings(tmp_path):
    kept = open_store(settings_in(tmp_path).store, settings_in(tmp_path).folder)
    kept.close()
    assert Path(tmp_path / "store.db").is_file()


def test_the_first_page_waits_for_nothing_that_draws_plans_or_solves():
    heavy = ("allocation", "folium", "highspy", "hotspots", "httpx2", "matplotlib", "numba", "scipy", "xlsxwriter")
    program = f"import sys, service.web.app, service.jobs.local; print([n for n in {heavy!r} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
