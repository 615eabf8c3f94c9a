"""Every door and every role: who comes in, with what, and what is told to whoever does not."""

import pytest
from sqlalchemy import select

from service.store import audit
from service.store.files import NATION
from service.store.importing import import_crimes
from service.store.tables import ACCOUNTS, AUDIT, SESSIONS
from service.web.doors import DOORS
from service.web.roles import PERMISSIONS, PUBLIC, ROLES, SIGNED_IN, may
from service.web.visit import COOKIE
from tests.service.store.extracts import extract
from tests.service.tasking.made_run import FORCE
from tests.service.web.conftest import PASSWORD, form_token
from tests.service.web.work_made import EXTRACT, NATIONAL, PROFILE, RUNNING, SCENARIO, STREET


def told_of(stop):
    return {f"done-{stop}": "yes", f"minutes-{stop}": "15", f"seen-{stop}": "nothing", f"note-{stop}": ""}


FORMS = {
    "/intelligence": {"hotspot": "H01", "body": "Vans at night", "source": "1", "assessment": "B", "handling": "P"},
    "/log-in": {"name": "the-analyst", "password": PASSWORD},
    "/accounts": {"name": "new-one", "role": "patrol", "force": "sample-force", "password": PASSWORD},
    "/my-account/password": {"old": PASSWORD, "new": PASSWORD},
    "/accounts/{name}/password": {"password": PASSWORD},
    "/accounts/{name}/areas": {"areas": "E05000001; E05000002"},
    "/meetings/{meeting}/decisions/{hotspot}": {"decision": "accept", "owner": "Insp. North"},
    "/meetings/{meeting}/petitions/{petition}": {"answer": "The council is asked."},
    "/patrols/{run}/{number}/debrief": {"key": "0123456789abcdef", "day": "2024-07-01"}
    | {name: value for stop in (1, 2, 3) for name, value in told_of(stop).items()},
    "/files": {"kind": "profile"},
    "/scenarios": {"run": "1", "name": "More", "csos": "+4"},
    "/scenarios/side-by-side": {"chosen": str(SCENARIO)},
    "/releases/{number}/withdraw": {"reason": "A wrong telephone number", "never": "2024 Q1"},
    "/runs": {"first": "2024-05", "final": "2024-05"},
    "/national": {"first": "2024-05", "final": "2024-05", "cell": "500", "share": "1"},
    "/panel/priorities": {"ward": "E05000002", "weight": "2", "reason": "Theft", "first_day": "2024-07-01"},
    "/panel/petitions": {"ward": "E05000002", "subject": "Lights", "signatures": "9", "received": "2024-07-01"},
}
PATHS = {
    "/intelligence/reports.csv": "/intelligence/reports.csv?to=A+partner",
    "/intelligence/{number}/withdraw": "/intelligence/1/withdraw",
    "/accounts/{name}/password": "/accounts/the-panel/password",
    "/accounts/{name}/areas": "/accounts/the-panel/areas",
    "/accounts/{name}/end-sessions": "/accounts/the-panel/end-sessions",
    "/tasking/{run}/meeting": "/tasking/1/meeting",
    "/meetings/{meeting}/minutes": "/meetings/1/minutes",
    "/meetings/{meeting}/minutes.docx": "/meetings/1/minutes.docx",
    "/meetings/{meeting}/chair": "/meetings/1/chair",
    "/meetings/{meeting}/close": "/meetings/1/close",
    "/meetings/{meeting}/decisions/{hotspot}": "/meetings/1/decisions/H01",
    "/meetings/{meeting}/petitions/{petition}": "/meetings/1/petitions/1",
    "/patrols/{run}/{number}": "/patrols/1/1",
    "/patrols/{run}/{number}/map": "/patrols/1/1/map",
    "/patrols/{run}/{number}/debrief": "/patrols/1/1/debrief",
    "/panel/priorities/{priority}/take-back": "/panel/priorities/1/take-back",
    "/imports/{number}/rejects.csv": "/imports/1/rejects.csv",
    "/extracts/{number}": f"/extracts/{EXTRACT}",
    "/extracts/{number}/rejects.csv": f"/extracts/{EXTRACT}/rejects.csv",
    "/extracts/{number}/confirm": f"/extracts/{EXTRACT}/confirm",
    "/extracts/{number}/discard": f"/extracts/{EXTRACT}/discard",
    "/jobs/{number}": f"/jobs/{RUNNING}",
    "/jobs/{number}/cancel": f"/jobs/{RUNNING}/cancel",
    "/runs/{number}": "/runs/1",
    "/runs/{number}/see/{name}": "/runs/1/see/map.html",
    "/runs/{number}/pages/{name}": "/runs/1/pages/map.html",
    "/runs/{number}/files/{name}": "/runs/1/files/plan.csv",
    "/runs/{number}/compared/{other}": "/runs/2/compared/1",
    "/runs/{number}/publish": "/runs/2/publish",
    "/runs/{number}/withdraw": "/runs/1/withdraw",
    "/runs/{number}/public": "/runs/1/public",
    "/releases/{number}/withdraw": "/releases/1/withdraw",
    "/public/{force}/{name}": "/public/sample-force/public.csv",
    "/scenarios/{number}": f"/scenarios/{SCENARIO}",
    "/scenarios/{number}/map": f"/scenarios/{SCENARIO}/map",
    "/scenarios/{number}/files/{name}": f"/scenarios/{SCENARIO}/files/summary.csv",
    "/national/{number}": f"/national/{NATIONAL}",
    "/national/{number}/page": f"/national/{NATIONAL}/page",
    "/national/{number}/files/{name}": f"/national/{NATIONAL}/files/league.csv",
    "/assets/{name}": "/assets/beatplan.css",
    "/accounts/{name}/close": "/accounts/the-patrol/close",
}
FILES = {
    "/imports": {"files": ("2024-06-street.csv", STREET.encode())},
    "/files": {"file": ("profile.toml", PROFILE)},
}
CHANGING = [door for door in DOORS if door.method == "POST"]


def knock(browser, door, token=""):
    address, form = PATHS.get(door.path, door.path), FORMS.get(door.path, {})
    if door.method == "GET":
        return browser.get(address)
    return browser.post(address, data=form | {"form_token": token}, files=FILES.get(door.path))


def name_of(door):
    return f"{door.method} {door.path}"


def whose(door):
    """The force of the accounts for whom a door is there."""
    return NATION if door.national else FORCE


def test_every_door_asks_for_a_permission_that_there_is():
    assert {door.permission for door in DOORS} <= PERMISSIONS
    assert len({(door.method, door.path) for door in DOORS}) == len(DOORS)


def test_no_role_may_do_everything():
    own = PERMISSIONS - {PUBLIC, SIGNED_IN}
    assert all(permissions < own for permissions in ROLES.values())


@pytest.mark.parametrize("door", DOORS, ids=name_of)
def test_each_role_comes_through_the_doors_that_are_its_own_and_no_other(door, enter, client):
    for role in ROLES:
        browser, token = enter(role, whose(door))
        answer = knock(browser, door, token)
        assert (answer.status_code < 400) == may(role, door.permission), role
        if not may(role, door.permission):
            assert answer.status_code == 403
            assert answer.json() == {"error": "Your account may not come through this door."}
    stranger = client()
    token = form_token(stranger.get("/log-in").text) if door.method == "POST" else ""
    assert (knock(stranger, door, token).status_code < 400) == (door.permission == PUBLIC)


@pytest.mark.parametrize("door", [door for door in DOORS if door.national], ids=name_of)
def test_what_is_made_of_every_force_is_not_there_for_whoever_is_bounded_by_one(door, enter, store):
    before = everything(store)
    for role in ROLES:
        browser, token = enter(role)
        answer, nothing = knock(browser, door, token), browser.get("/no-such-door")
        assert (answer.status_code, answer.content) == (nothing.status_code, nothing.content) == (404, answer.content)
        assert "/national" not in browser.get("/", headers={"accept": "text/html"}).text
        for address in (f"/jobs/{NATIONAL}", f"/jobs/{NATIONAL}/cancel"):
            asked = browser.post(address, data={"form_token": token}) if "cancel" in address else browser.get(address)
            assert asked.status_code == (404 if may(role, "queue") else 403)
    assert everything(store)[:2] == before[:2]


@pytest.mark.parametrize("door", CHANGING, ids=name_of)
@pytest.mark.parametrize("token", ["", "wrong", "f" * 43, "é"])
def test_a_form_without_the_sessions_token_changes_nothing(door, token, enter, store):
    role = next((role for role in ROLES if may(role, door.permission)), None)
    browser, _ = enter(role, whose(door))
    before = everything(store)
    answer = knock(browser, door, token)
    assert answer.status_code == 403
    assert "The form was old or not ours" in answer.json()["error"]
    assert everything(store) == before


def test_the_token_of_another_session_does_not_do(enter):
    (browser, _), (_, other) = enter("admin"), enter("admin")
    assert browser.post("/accounts", data=FORMS["/accounts"] | {"form_token": other}).status_code == 403


def test_somebody_without_a_session_is_shown_the_way_in(client):
    answer = client().get("/", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/log-in")
    assert client().get("/").status_code == 401


def test_a_session_planted_before_the_log_in_opens_nothing_after_it(client):
    browser = client()
    page = browser.get("/log-in")
    planted = browser.cookies[COOKIE]
    form = {"name": "the-analyst", "password": PASSWORD, "form_token": form_token(page.text)}
    browser.post("/log-in", data=form)
    assert browser.cookies[COOKIE] != planted
    thief = client()
    thief.cookies.set(COOKIE, planted)
    assert thief.get("/").status_code == 401


def test_the_cookie_is_for_this_site_alone_and_for_no_script(client):
    cookie = client().get("/log-in").headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert {"HttpOnly", "Secure", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "samesite=lax" in cookie.lower()
    assert "domain" not in cookie.lower()


def test_the_store_does_not_know_what_the_browser_holds(client, store):
    browser = client()
    browser.get("/log-in")
    with store.reading() as reading:
        kept = reading.execute(select(SESSIONS.c.token)).scalars().all()
    assert browser.cookies[COOKIE] not in kept
    assert [len(token) for token in kept] == [64]


def test_a_session_ends_when_it_is_not_used_and_after_a_day_whatever(enter, clock):
    browser, _ = enter("analyst")
    clock.pass_minutes(29)
    assert browser.get("/").status_code == 200
    clock.pass_minutes(31)
    assert browser.get("/").status_code == 401
    browser, _ = enter("analyst")
    for _ in range(30):
        clock.pass_minutes(25)
        status = browser.get("/").status_code
    assert status == 401


def test_signing_out_ends_the_session_everywhere(enter, client):
    browser, token = enter("analyst")
    kept = browser.cookies[COOKIE]
    assert browser.post("/log-out", data={"form_token": token}).status_code == 303
    other = client()
    other.cookies.set(COOKIE, kept)
    assert other.get("/").status_code == 401


def test_a_wrong_password_and_a_wrong_name_are_told_alike(client):
    said = set()
    for name in ("the-analyst", "nobody-at-all"):
        browser = client()
        token = form_token(browser.get("/log-in").text)
        answer = browser.post("/log-in", data={"name": name, "password": "not the password", "form_token": token})
        assert answer.status_code == 403
        said.add(answer.text.replace(token, "").split("<main")[1].split("</main>")[0])
    assert len(said) == 1


def test_guessing_is_slowed_and_ends(client, clock):
    def attempt(name, password):
        browser = client()
        token = form_token(browser.get("/log-in").text)
        return browser.post("/log-in", data={"name": name, "password": password, "form_token": token}).status_code

    assert [attempt("the-analyst", "guess") for _ in range(6)] == [403] * 5 + [429]
    assert attempt("the-analyst", PASSWORD) == 429
    assert attempt("the-planner", PASSWORD) == 429  # from the same place
    clock.pass_minutes(16)
    assert attempt("the-analyst", PASSWORD) == 303


def test_an_account_closed_is_out_at_once(enter):
    (patrol, _), (admin, token) = enter("patrol"), enter("admin")
    assert admin.post("/accounts/the-patrol/close", data={"form_token": token}).status_code == 303
    assert patrol.get("/").status_code == 401
    assert admin.post("/accounts/the-patrol/close", data={"form_token": token}).status_code == 404


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "The New One"}, "lower-case letters"),
        ({"name": "the-analyst"}, "must be new"),
        ({"role": "chief"}, "must be one of"),
        ({"password": "short"}, "at least 12 characters"),
        ({"force": "../x"}, "lower-case letters"),
    ],
)
def test_an_account_that_breaks_a_rule_is_not_made(enter, store, change, told):
    browser, token = enter("admin")
    before = everything(store)
    answer = browser.post("/accounts", data=FORMS["/accounts"] | change | {"form_token": token})
    assert answer.status_code == 400
    assert told in answer.text
    assert everything(store) == before


def test_nobody_closes_their_own_account(enter):
    browser, token = enter("admin")
    answer = browser.post("/accounts/the-admin/close", data={"form_token": token})
    assert answer.status_code == 400
    assert browser.get("/").status_code == 200


def test_an_analyst_sees_the_imports_of_their_own_force_only(enter, store):
    import_crimes(store, "sample-force", extract(["2024-05"]), actor="the-analyst")
    import_crimes(store, "other-force", extract(["2024-05"], seed=1), actor="somebody-else")
    browser, _ = enter("analyst")
    page = browser.get("/imports").text
    assert "the-analyst" in page
    assert "somebody-else" not in page


def test_what_an_auditor_looks_at_is_told_to_the_next(enter, store):
    browser, _ = enter("auditor")
    browser.get("/audit")
    with store.reading() as reading:
        last = reading.execute(select(AUDIT).order_by(AUDIT.c.number.desc())).mappings().first()
        assert audit.verify(reading).broken is None
    assert (last["actor"], last["act"], last["subject"]) == ("the-auditor", "consultation", "audit")


@pytest.mark.parametrize(
    "path", ["/docs", "/openapi.json", "/redoc", "/assets/../app.py", "/assets/%2e%2e%2fapp.py", "/x"]
)
def test_there_is_no_door_that_is_not_in_the_table(client, path):
    answer = client().get(path)
    assert answer.status_code == 404
    assert "error" in answer.json()


def test_every_page_forbids_what_it_does_not_need(enter):
    browser, _ = enter("admin")
    headers = browser.get("/accounts").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


def test_what_was_typed_is_shown_and_never_run(enter, store):
    browser, token = enter("admin")
    hostile = "<script>alert(1)</script>"
    answer = browser.post("/accounts", data=FORMS["/accounts"] | {"role": hostile, "form_token": token})
    assert hostile not in answer.text
    with store.writing() as writing:
        audit.append(writing, at=store.now, actor=hostile, act="alteration", subject=hostile, details={"x": hostile})
    auditor, _ = enter("auditor")
    assert hostile not in auditor.get("/audit").text


def test_health_tells_nothing_of_anybody(client, store):
    told = client().get("/health").json()
    assert told["status"] == "ok"
    assert set(told) == {
        "status", "beatplan", "python", "database", "schema_version", "segments", "free_bytes"
    }  # fmt: skip


def everything(store):
    with store.reading() as reading:
        return [reading.execute(select(table)).all() for table in (ACCOUNTS, AUDIT)] + [
            len(reading.execute(select(SESSIONS)).all())
        ]
