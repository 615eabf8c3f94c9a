"""A proxy that says who asks, passwords changed and reset, sessions ended, and how often is too often."""

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from geodata.errors import InputError, NotFoundError
from service.web import Settings, create_app
from service.web.settings import Proxy, SignOn, read_settings
from service.web.throttle import TooOftenError, count, refuse_too_often
from tests.service.web.conftest import PASSWORD, form_token

BEHIND = Settings(proxy=Proxy(addresses=("10.0.0.1",), header="X-Remote-User"))
MARY = {"x-remote-user": "the-analyst"}


@pytest.fixture
def asks_from(store):
    """A browser whose asking comes from an address."""
    app = create_app(BEHIND, store)
    return lambda address: TestClient(
        app, base_url="https://testserver", follow_redirects=False, client=(address, 40_000)
    )


def test_whom_the_proxy_names_is_in(asks_from):
    browser = asks_from("10.0.0.1")
    assert browser.get("/log-in", headers=MARY).headers["location"] == "/"
    assert "signed in as the-analyst" in browser.get("/", headers=MARY).text
    assert browser.get("/", headers={"x-remote-user": "the-planner"}).status_code == 401  # another's session


def test_nobody_else_may_say_who_asks(asks_from, client):
    for address in ("10.0.0.2", "unknown"):
        answer = asks_from(address).get("/log-in", headers=MARY)
        assert (answer.status_code, answer.json()) == (
            403, {"error": "Only the proxy of the settings may say who asks."}
        )  # fmt: skip
    assert client().get("/log-in", headers=MARY).status_code == 200  # without the setting it is a header like any other


def test_somebody_without_an_account_is_shown_the_log_in(asks_from):
    answer = asks_from("10.0.0.1").get("/log-in", headers={"x-remote-user": "nobody-here"})
    assert answer.status_code == 200


def test_failures_are_counted_by_where_the_proxy_was_asked_from(asks_from):
    def attempt(address, origin):
        browser = asks_from(address)
        form = {"name": f"not-{address}", "password": "x", "form_token": form_token(browser.get("/log-in").text)}
        return browser.post("/log-in", data=form, headers={"x-forwarded-for": f"6.6.6.6, {origin}"}).status_code

    assert [attempt("10.0.0.1", f"192.0.2.{number}") for number in range(2)] == [403] * 2
    assert [attempt("10.0.0.9", f"192.0.2.{number}") for number in range(6)] == [403] * 5 + [429]  # not the proxy


def test_a_password_is_changed_by_who_knows_it_and_ends_the_other_visits(enter, client):
    (browser, token), (other, _) = enter("patrol"), enter("patrol")
    new = "another long password"
    wrong = browser.post("/my-account/password", data={"old": "wrong", "new": new, "form_token": token})
    assert (wrong.status_code, "The password now is not right." in wrong.text) == (400, True)
    short = browser.post("/my-account/password", data={"old": PASSWORD, "new": "short", "form_token": token})
    assert "at least 12 characters" in short.text
    assert (
        browser.post("/my-account/password", data={"old": PASSWORD, "new": new, "form_token": token}).status_code == 303
    )
    assert browser.get("/my-account").status_code == 200
    assert other.get("/").status_code == 401
    stranger = client()
    form = {"name": "the-patrol", "form_token": form_token(stranger.get("/log-in").text)}
    assert stranger.post("/log-in", data=form | {"password": PASSWORD}).status_code == 403
    assert stranger.post("/log-in", data=form | {"password": new}).status_code == 303


def test_an_administrator_resets_a_password_and_ends_visits(enter):
    (patrol, _), (admin, token) = enter("patrol"), enter("admin")
    for act, form in ("end-sessions", {}), ("password", {"password": "another long password"}):
        patrol, _ = enter("patrol")
        assert admin.post(f"/accounts/the-patrol/{act}", data=form | {"form_token": token}).status_code == 303
        assert patrol.get("/").status_code == 401
        assert admin.post(f"/accounts/nobody/{act}", data=form | {"form_token": token}).status_code == 404


def test_what_is_too_often_is_refused_until_a_while_has_passed(store, clock):
    for _ in range(3):
        refuse_too_often(store, ("export the-analyst",), 3, 15, "Wait.")
        count(store, ("export the-analyst",), 15)
    with pytest.raises(TooOftenError, match="Wait"):
        refuse_too_often(store, ("export the-analyst",), 3, 15, "Wait.")
    refuse_too_often(store, ("export the-planner",), 3, 15, "Wait.")
    clock.pass_minutes(16)
    refuse_too_often(store, ("export the-analyst",), 3, 15, "Wait.")


def test_settings_come_from_arguments_the_environment_and_a_file_in_that_order(tmp_path, monkeypatch):
    file = tmp_path / "beatplan.toml"
    file.write_text("idle_minutes = 5\nfailures = 3\nexports = 9\nproxy = {addresses = ['10.0.0.1'], header = 'X'}\n")
    monkeypatch.setenv("BEATPLAN_SETTINGS", str(file))
    monkeypatch.setenv("BEATPLAN_FAILURES", "4")
    settings = read_settings(idle_minutes=7, store=None)
    assert (settings.idle_minutes, settings.failures, settings.exports) == (7, 4, 9)
    assert settings.proxy.header == "X"
    file.write_text("idle_minutes = 0\n")
    with pytest.raises(InputError, match="`idle_minutes` does not"):
        read_settings()
    file.write_text("idle_minuets = 5\n")
    with pytest.raises(InputError, match="`idle_minuets` does not"):
        read_settings()
    file.write_text("idle_minutes five")
    with pytest.raises(InputError, match="must be TOML"):
        read_settings()
    monkeypatch.setenv("BEATPLAN_SETTINGS", str(tmp_path / "nothing.toml"))
    with pytest.raises(NotFoundError, match="no file of settings"):
        read_settings()


def test_a_sign_on_must_be_safe_and_its_roles_known():
    good = {"issuer": "https://idp.example", "client": "x", "secret": "y", "back": "https://b.example", "force": "f"}
    with pytest.raises(ValidationError, match="must begin with https"):
        SignOn(**good | {"issuer": "http://idp.example"}, roles={})
    with pytest.raises(ValidationError, match="must name roles"):
        SignOn(**good, roles={"Everybody": "chief"})
    assert "y" not in repr(SignOn(**good, roles={}).secret)
