"""The store's own fixtures, the same tests on both databases, with a clock that stands still until it is moved."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.store import Store, open_store
from tests.service.store.conftest import address, server

__all__ = ["address", "server"]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 7, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def pass_minutes(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)


@pytest.fixture
def store(address: str, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(address, tmp_path / "kept", clock=Clock())
    yield opened
    opened.close()
