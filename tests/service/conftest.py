"""Runs of the command line inside the test's own process."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from geodata.town import Town, make_town, write_police_uk, write_town
from service.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def beatplan(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `beatplan` with these words and return its exit code and what it printed."""

    def run(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["beatplan", *map(str, words)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return Ran(int(stopped.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def town() -> Town:
    return make_town(3, wards=8, months=8, incidents=3000, hotspots=4)


@dataclass(frozen=True)
class TownFiles:
    crimes: Path
    areas: Path
    streets: Path
    police_uk: Path


@pytest.fixture(scope="session")
def town_files(town: Town, tmp_path_factory: pytest.TempPathFactory) -> TownFiles:
    """The small town on disk: a force's own extract, areas and streets, and police.uk month files."""
    folder = tmp_path_factory.mktemp("town")
    files = write_town(town, folder / "extract")
    write_police_uk(town, folder / "police_uk")
    return TownFiles(files["crimes"], files["areas"], files["streets"], folder / "police_uk")
