"""Signing on by another's page: against a provider that answers on loopback and checks what it is sent."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey, KeySet
from sqlalchemy import select

from service.store.tables import ACCOUNTS, AUDIT, SIGN_ONS
from service.web import Settings, create_app
from service.web.accounts import close_account
from service.web.settings import SignOn
from service.web.visit import COOKIE
from tests.service.web.provider import CLIENT, SECRET, Provider, provider_app
from tests.service.web.test_pages import answering

BACK = "https://testserver/sign-on/back"
MARY = {"preferred_username": "mary.smith@force.example", "groups": ["BP-Analysts", "Everybody"]}


@pytest.fixture(scope="module")
def whole_provider():
    provider = Provider(BACK)
    with answering(provider_app(provider)) as (address, _):
        provider.issuer = address
        yield provider


@pytest.fixture
def provider(whole_provider, monkeypatch):
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # the provider's own side, on loopback
    whole_provider.user, whole_provider.changes = dict(MARY), {}
    whole_provider.signs_with = whole_provider.keys
    return whole_provider


@pytest.fixture
def browser(provider, store, clock):
    clock.moment = datetime.now(UTC)
    sign_on = SignOn(
        issuer=provider.issuer, client=CLIENT, secret=SECRET, back=BACK, force="sample-force",
        roles={"BP-Analysts": "analyst", "BP-Audit": "auditor", "BP-Checkers": "auditor"},
    )  # fmt: skip
    app = create_app(Settings(sign_on=sign_on), store)
    return TestClient(app, base_url="https://testserver", follow_redirects=False)


def gone_and_back(browser):
    """The address that the provider sends the browser back to."""
    away = browser.get("/sign-on")
    assert away.status_code == 303
    back = httpx2.get(away.headers["location"])
    assert back.status_code == 302, back.text
    return back.headers["location"]


def refused(browser, address, sentence):
    answer = browser.get(address)
    assert (answer.status_code, answer.json()["error"]) == (403, sentence)
    assert browser.get("/").status_code == 401


def test_somebody_whom_the_provider_knows_comes_in_with_the_role_of_their_group(browser, store):
    address = gone_and_back(browser)
    before = browser.cookies[COOKIE]
    assert browser.get(address).headers["location"] == "/"
    assert browser.cookies[COOKIE] != before
    page = browser.get("/")
    assert page.status_code == 200
    assert "mary.smith@force.example (analyst) of sample-force" in page.text
    with store.reading() as reading:
        assert reading.execute(select(ACCOUNTS.c.password).where(ACCOUNTS.c.name.startswith("mary"))).scalar() == "*"
        assert reading.execute(select(SIGN_ONS)).all() == []
        last = reading.execute(select(AUDIT).order_by(AUDIT.c.number.desc())).mappings().first()
    assert last["subject"] == "account mary.smith@force.example"


def test_what_is_asked_carries_a_challenge_a_state_and_a_nonce_and_never_the_secret(browser):
    asked = parse_qs(urlsplit(browser.get("/sign-on").headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 43 for name in ("code_challenge", "state", "nonce"))
    assert "client_secret" not in asked


def test_another_group_changes_the_role_and_two_or_none_let_nobody_in(browser, provider):
    browser.get(gone_and_back(browser))
    provider.user["groups"] = ["BP-Audit", "BP-Checkers"]
    browser.get(gone_and_back(browser))
    assert "(auditor)" in browser.get("/").text
    for groups, count in (["BP-Audit", "BP-Analysts"], 2), ([], 0):
        browser.cookies.clear()
        provider.user["groups"] = groups
        refused(browser, gone_and_back(browser), f"Your groups must give you one role here, and they give {count}.")


def test_an_answer_serves_once_and_only_the_browser_that_asked(browser, store, client):
    address = gone_and_back(browser)
    stale = "That is not the answer to what this browser asked, or it came too late: sign in again."
    other = TestClient(browser.app, base_url="https://testserver", follow_redirects=False)
    other.get("/sign-on")
    refused(other, address, stale)
    assert browser.get(address).status_code == 303
    browser.cookies.clear()
    refused(browser, address, stale)


def test_an_answer_that_comes_late_is_none(browser, clock):
    address = gone_and_back(browser)
    clock.moment += timedelta(minutes=11)
    refused(browser, address, "That is not the answer to what this browser asked, or it came too late: sign in again.")


@pytest.mark.parametrize(
    "changes",
    [{"nonce": "another"}, {"aud": ["another"]}, {"iss": "https://another.example"}, {"exp": 1}, "key", "code"],
)
def test_a_token_that_is_not_for_this_asking_opens_nothing(browser, provider, changes, store):
    address = gone_and_back(browser)
    if changes == "key":
        provider.signs_with = KeySet([ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"})])
    elif changes == "code":
        address = address.replace("code=", "code=x")
    else:
        provider.changes = changes
    refused(browser, address, "The sign-on provider's answer could not be relied upon.")
    with store.reading() as reading:
        assert reading.execute(select(ACCOUNTS).where(ACCOUNTS.c.name.startswith("mary"))).first() is None


def test_an_account_of_ours_or_a_closed_one_is_not_taken_over(browser, provider, store):
    sentence = "That account is closed, or is opened by a password of its own."
    provider.user["preferred_username"] = "the-admin"
    refused(browser, gone_and_back(browser), sentence)
    provider.user["preferred_username"] = "jo"
    browser.get(gone_and_back(browser))
    close_account(store, "jo", actor="the-admin")
    refused(browser, gone_and_back(browser), sentence)


def test_a_provider_that_does_not_answer_is_said_so(store):
    sign_on = SignOn(issuer="http://127.0.0.1:9", client="x", secret=SECRET, back=BACK, roles={}, force="f")
    browser = TestClient(create_app(Settings(sign_on=sign_on), store), base_url="https://testserver")
    refused(browser, "/sign-on", "The sign-on provider does not answer.")
