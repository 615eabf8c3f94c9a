"""A service over an embedded store, with an account of every role, and the way in."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Page

from maps.report.public import write_public
from service.intelligence.grading import read_grading
from service.intelligence.reports import Report, write_report
from service.releases import release
from service.store import Store, open_store
from service.store.files import NATION
from service.store.runs import find_run
from service.tasking import community, meetings
from service.tasking.community import Petition, Priority
from service.tasking.published import find
from service.web import Settings, create_app
from service.web.accounts import Account, arrive, create_account
from service.web.roles import ROLES
from service.web.sessions import begin_session
from service.web.visit import COOKIE
from tests.maps.test_public import public_pack
from tests.service.tasking.made_run import FOLDER, FORCE, tell_of_run, write_run
from tests.service.web.work_made import work_made


def account_of(role: str, force: str = FORCE) -> Account:
    """The account of a role that the force has, or the nation."""
    return Account(f"the-{role}" if force == FORCE else f"the-{force}s-{role}", role, force)


PASSWORD = "a long enough password"  # noqa: S105 - of accounts that live as long as a test


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_minutes(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def accounts_made(made_once: Callable[..., Path]) -> Path:
    """A database with an account of every role: a password is slow to hash, so they are made once."""
    return made_once("accounts", _accounts) / "store.db"


def _accounts(folder: Path) -> None:
    folder.mkdir()
    opened = open_store(f"sqlite:///{folder / 'store.db'}", folder / "segments", clock=Clock())
    for role in ROLES:
        create_account(opened, f"the-{role}", role=role, force=FORCE, password=PASSWORD, actor="system")
        arrive(opened, account_of(role, NATION))
    _something_to_decide(opened)
    work_made(opened)
    opened.close()


def _something_to_decide(store: Store) -> None:
    """A published run, a meeting on it, a petition and a priority, each of them the first of its table."""
    write_run(store.folder / FOLDER)
    write_public(public_pack(), store.folder / FOLDER)
    tasked = find(store, FORCE, tell_of_run(store, FOLDER))
    release(store, find_run(store, FORCE, tasked.number, published_only=True), actor="the-analyst")
    meetings.begin(store, FORCE, tasked.number, present="", actor="the-tasking")
    petition = Petition("E05000002", "Light the underpass", 250, "2024-06-20")
    community.petition(store, FORCE, petition, wards=tasked.wards, actor="the-panel")
    priority = Priority("E05000001", 2.0, "Speeding by the school", "2024-06-01")
    community.prioritise(store, FORCE, priority, wards=tasked.wards, actor="the-panel")
    report = Report("H01", "Bicycles are taken from the racks", read_grading("2AP"))
    write_report(store, tasked, report, actor="the-intelligence")


def with_run(accounts_made: Path, folder: Path) -> Path:
    """Put the run's products, and all else that lies in files, into the folder of a store of its own."""
    shutil.copytree(accounts_made.parent / "segments", folder, copy_function=os.link)
    return folder


@pytest.fixture
def store(accounts_made: Path, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    shutil.copyfile(accounts_made, tmp_path / "store.db")
    with_run(accounts_made, tmp_path / "segments")
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "segments", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def client(store: Store) -> Callable[[], TestClient]:
    """A browser without a history; call it for each one wanted."""
    app = create_app(Settings(), store)
    return lambda: TestClient(app, base_url="https://testserver", follow_redirects=False)


def form_token(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def enter(client: Callable[[], TestClient], store: Store) -> Callable[..., tuple[TestClient, str]]:
    """A browser that an account of a role has signed in with, of the force or the nation, and its form token."""

    def entered(role: str, force: str = FORCE) -> tuple[TestClient, str]:
        browser = client()
        session = begin_session(store, account_of(role, force))
        browser.cookies.set(COOKIE, session.token)
        return browser, session.form_token

    return entered


def watched(context: BrowserContext, asked: list[str], told: list[str], *, patience: int = 10_000) -> Page:
    """Open a page whose requests and complaints are written down; `patience` in milliseconds."""
    page = context.new_page()
    page.set_default_timeout(patience)
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    return page
