"""The service's own store and browsers, with a published run and a report on its first hot spot."""

import os
import shutil
from pathlib import Path

import pytest

from service.intelligence.grading import read_grading
from service.intelligence.reports import Report, write_report
from service.store import Store
from service.tasking.published import Tasked, find
from tests.service.tasking.made_run import FORCE, tell_of_run, write_run
from tests.service.web.conftest import accounts_made, client, clock, enter, store

__all__ = ["accounts_made", "client", "clock", "enter", "store"]


@pytest.fixture(scope="session")
def run_made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's products, which take a second to make."""
    folder = tmp_path_factory.mktemp("run") / "reported"
    write_run(folder)
    return folder


@pytest.fixture
def tasked(store: Store, run_made: Path) -> Tasked:
    shutil.copytree(run_made, store.folder / "runs" / "reported", copy_function=os.link)
    found = find(store, FORCE, tell_of_run(store, "runs/reported"))
    write_report(store, found, Report("H01", "Taken from the racks", read_grading("2AP")), actor="the-intelligence")
    return found
