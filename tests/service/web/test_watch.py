"""What the service writes of each asking, how long it takes what is sent, and how it stops."""

import asyncio
import threading

import httpx2
import pytest
from fastapi.testclient import TestClient
from starlette.responses import PlainTextResponse
from structlog.testing import CapturingLogger

from service.web import Settings, create_app
from service.web.visit import COOKIE
from tests.service.web.conftest import form_token
from tests.service.web.test_pages import answering

SECRET = "a row of data"  # noqa: S105 - it is what must not be told


@pytest.fixture
def watched(store):
    log = CapturingLogger()
    app = create_app(Settings(largest_form=1000), store, log=log)

    async def fails(_request):
        raise KeyError(SECRET)

    app.add_route("/fails", fails)
    return TestClient(app, base_url="https://testserver", follow_redirects=False), log


def test_a_line_tells_the_door_and_nothing_of_anybody(watched):
    browser, log = watched
    token = form_token(browser.get("/log-in").text)
    sent = {"name": "mary-smith", "password": "her password here", "form_token": token}
    browser.post("/log-in?who=mary", data=sent)
    browser.get("/accounts/mary-smith/close")
    line = log.calls[1].kwargs
    assert {name: line[name] for name in ("door", "role", "status")} == {
        "door": "POST /log-in", "role": "public", "status": 403
    }  # fmt: skip
    assert line["milliseconds"] > 0
    written = repr(log.calls)
    assert not any(told in written for told in ("mary", "her password", token, browser.cookies[COOKIE]))


@pytest.mark.parametrize("accept", ["text/html", "*/*"])
def test_our_own_fault_is_owned_to_by_its_number_and_not_told(watched, accept):
    browser, log = watched
    answer = browser.get("/fails", headers={"accept": accept})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.text
    assert SECRET not in answer.text + repr(log.calls)
    assert log.calls[0].kwargs["kind"] == "KeyError"
    assert log.calls[0].kwargs["place"].startswith("test_watch.py:")


def test_what_is_too_long_is_refused_before_it_is_read(watched):
    browser, _ = watched
    token = form_token(browser.get("/log-in").text)
    form = {"name": "x", "password": "y" * 1000, "form_token": token}
    answer = browser.post("/log-in", data=form, headers={"accept": "text/html"})
    assert answer.status_code == 413
    assert "must be at most 1,000 bytes" in answer.text
    endless = browser.post("/log-in", content=iter([b"x"]), headers={"x-form-token": token})
    assert (endless.status_code, endless.json()) == (411, {"error": "What is sent must say how long it is."})


def test_what_is_under_way_when_the_service_stops_is_finished(store):
    app, began, go_on, answers = create_app(Settings(), store), threading.Event(), threading.Event(), []

    async def slow(_request):
        began.set()
        await asyncio.to_thread(go_on.wait, 10)
        return PlainTextResponse("done")

    app.add_route("/slow", slow)
    with answering(app) as (address, server):
        asking = threading.Thread(target=lambda: answers.append(httpx2.get(f"{address}/slow", timeout=20)))
        asking.start()
        assert began.wait(10)
        server.should_exit = True
        assert server.stopping.wait(10)
        go_on.set()
        asking.join()
    assert answers[0].text == "done"
