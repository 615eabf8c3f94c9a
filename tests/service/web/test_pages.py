"""Every page of the service, as each role sees it in a browser: accessible, whole, and asking nobody else."""

import re
import shutil
import threading
from contextlib import contextmanager

import pytest
import uvicorn

from service.store import open_store
from service.store.files import NATION
from service.store.importing import import_crimes
from service.web import Settings, create_app
from service.web.doors import DOORS
from service.web.roles import ROLES, may
from service.web.sessions import begin_session
from service.web.visit import COOKIE
from tests.barriers import barriers
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FORCE
from tests.service.web.conftest import Clock, account_of, with_run
from tests.service.web.test_doors import PATHS, whose

PAGES = [door for door in DOORS if door.answer is not None and door.path != "/health"]


class Server(uvicorn.Server):
    """Tells when it is up, and when it begins to stop."""

    def __init__(self, app):
        super().__init__(uvicorn.Config(app, port=0, log_level="warning", proxy_headers=False))
        self.up, self.stopping = threading.Event(), threading.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.up.set()

    async def shutdown(self, sockets=None):
        self.stopping.set()
        await super().shutdown(sockets)


@contextmanager
def answering(app):
    """The address of a service that answers on loopback, in a thread of its own."""
    server = Server(app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.up.wait(20)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}", server
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def served(accounts_made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    shutil.copyfile(accounts_made, folder / "store.db")
    with_run(accounts_made, folder / "segments")
    store = open_store(f"sqlite:///{folder / 'store.db'}", with_run(accounts_made, folder / "files"), clock=Clock())
    import_crimes(store, "sample-force", extract(["2024-05"]), actor="the-analyst")
    with answering(create_app(Settings(), store)) as (address, _):
        yield store, address
    store.close()


@pytest.fixture(scope="module")
def known():
    """What axe has looked at: what pages are about, and who looked, for the rest of a page is the role's."""
    return set()


def about(text, name):
    """What a page is about, which is one for all who may read it, but for the account's name and the form's token."""
    main = re.search("<main.*</main>", text, re.DOTALL)[0]
    return re.sub(r'(name="form_token" value)="[^"]+"', r"\1", main.replace(name, "an account"))


@pytest.mark.browser
@pytest.mark.parametrize(("role", "force"), [*((role, FORCE) for role in [*ROLES, None]), ("analyst", NATION)])
def test_every_page_is_accessible_on_a_screen_and_on_a_phone(browser, served, known, role, force):
    store, address = served
    context, asked, told = browser.new_context(), [], []
    account = account_of(str(role), force)
    if role is not None:
        session = begin_session(store, account)
        where = {"url": address.replace("http:", "https:"), "secure": True}
        context.add_cookies([{"name": COOKIE, "value": session.token, **where}])
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: told.append(message.text))
    own = [door for door in PAGES if may(role, door.permission) and force == whose(door)]
    for path in [PATHS.get(door.path, door.path) for door in own]:
        page.set_viewport_size({"width": 1366, "height": 768})
        answer = page.goto(address + path)
        assert answer.status == 200
        seen = {about(answer.text(), account.name), account}
        if not seen <= known:
            assert barriers(page) == [], path
            known |= seen
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert told == []
    context.close()


@pytest.mark.browser
def test_a_browser_is_told_what_went_wrong_on_a_page(browser, served):
    _, address = served
    page = browser.new_page()
    assert page.goto(f"{address}/nothing-here").status == 404
    assert page.locator("h1").inner_text() == "There is nothing here"
    assert barriers(page) == []
    page.close()


def is_ours(answer):
    """Whether it is a page of the service, and not one that a run made, which is shown in a frame."""
    held = answer.headers.get("content-security-policy", "")
    return "text/html" in answer.headers.get("content-type", "") and not held.startswith("sandbox")


def test_every_door_that_shows_a_page_tells_a_program_its_facts(enter, store):
    import_crimes(store, "sample-force", extract(["2024-05"]), actor="the-analyst")
    for door in DOORS:
        if door.method != "GET":
            continue
        role = next((role for role in ROLES if may(role, door.permission)), None)
        browser, token = enter(role, whose(door))
        address = PATHS.get(door.path, door.path)
        assert is_ours(browser.get(address)) == (door in PAGES), door.path
        if door in PAGES:
            answer = browser.get(address, headers={"accept": "application/json"})
            assert answer.status_code == 200
            assert answer.headers["x-form-token"] == token
            assert set(answer.json()) == set(door.answer.model_fields), door.path


def test_a_program_signs_in_and_is_told_sentences(client):
    program = client()
    program.headers["accept"] = "application/json"
    token = program.get("/log-in").headers["x-form-token"]
    wrong = program.post("/log-in", data={"name": "the-analyst", "password": "no"}, headers={"x-form-token": token})
    assert (wrong.status_code, wrong.json()) == (403, {"error": "The name or the password is not right."})
    assert program.get("/").json() == {"error": "Sign in first."}
