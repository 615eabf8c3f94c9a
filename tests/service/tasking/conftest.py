"""A store with a published run, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.store import Store
from service.tasking.published import Tasked, find
from tests.service.store.conftest import address, server, store
from tests.service.tasking.made_run import FOLDER, FORCE, tell_of_run, write_run

__all__ = ["address", "server", "store"]


@pytest.fixture(scope="session")
def run_folder(made_once: Callable[..., Path]) -> Path:
    """The products of the sample run, made once."""
    return made_once("sample run", write_run)


@pytest.fixture
def publish(store: Store, run_folder: Path) -> Callable[..., Tasked]:
    """Publish the sample run for a force."""

    def published(force: str = FORCE) -> Tasked:
        place = store.folder / FOLDER
        if not place.exists():
            place.parent.mkdir(parents=True)
            place.symlink_to(run_folder)
        return find(store, force, tell_of_run(store, FOLDER, force=force))

    return published
