"""Whatever a program sends to whichever door, what the document says comes back, and never our own fault."""

from contextlib import suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from service.web import Settings, create_app
from service.web.doors import DOORS
from service.web.interface import document
from service.web.roles import ROLES, may
from service.web.sessions import begin_session
from service.web.visit import COOKIE, FORM_HEADER
from tests.service.web.conftest import account_of
from tests.service.web.test_doors import whose

CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
FEW = settings(
    max_examples=5, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def operations(store):
    app = create_app(Settings(failures=10_000), store)
    schema = schemathesis.openapi.from_dict(document(app))
    schema.app = app
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


def test_the_document_tells_of_every_door_and_of_no_other(operations):
    assert set(operations) == {f"{door.method} {door.path}" for door in DOORS}


def test_the_document_is_for_those_who_are_signed_in(enter, client):
    browser, _ = enter("patrol")
    assert browser.get("/api/openapi.json").json()["openapi"].startswith("3.")
    assert client().get("/api/openapi.json").status_code == 401


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_sent_is_our_fault(operations, store, mode):
    for door in DOORS:
        role = next((role for role in ROLES if may(role, door.permission)), None)
        # A door that takes nothing can be sent nothing wrong.
        with suppress(Unsatisfiable):
            knocks(operations[f"{door.method} {door.path}"].as_strategy(mode), store, account_of(role, whose(door)))


def knocks(cases, store, account):
    @FEW
    @given(case=cases)
    def knock(case):
        session = begin_session(store, account)
        keys = {FORM_HEADER: session.form_token, "accept": "application/json"}
        answer = case.call(headers=keys, cookies={COOKIE: session.token})
        case.validate_response(answer, checks=CHECKS)
        assert answer.status_code != 401
        assert b"form was old" not in answer.content

    knock()
