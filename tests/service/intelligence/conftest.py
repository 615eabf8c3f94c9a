"""The service's own store and browsers, with a published run and a report on its first hot spot."""

import pytest

from service.store import Store
from service.tasking.published import Tasked, find
from tests.service.tasking.made_run import FORCE
from tests.service.web.conftest import accounts_made, client, clock, enter, store

__all__ = ["accounts_made", "client", "clock", "enter", "store"]


@pytest.fixture
def tasked(store: Store) -> Tasked:
    return find(store, FORCE, 1)
