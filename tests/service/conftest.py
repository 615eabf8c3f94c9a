"""Runs of the command line inside the test's own process."""

import fcntl
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from geodata.town import Town, make_town, write_police_uk, write_town
from service.cli import main
from service.cycle import run_cycle
from service.demo import made_up_request


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


@pytest.fixture(scope="session")
def one_patrol(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A profile that leaves next to nothing to plan, for runs in which nobody looks at plans: they take a third."""
    base = town.bases.iloc[0]
    file = tmp_path_factory.mktemp("profile") / "one patrol.toml"
    file.write_text(
        f'[posts]\ncsos = 0\n[[bases]]\nname = "A"\neasting = {base["x"]:.1f}\nnorthing = {base["y"]:.1f}\n'
        '[[shifts]]\nname = "day"\nstart = "08:00"\nend = "16:00"\n'
        '[[units]]\nbase = "A"\nshift = "day"\nrole = "constable"\n[patrol]\nvariants = 0\n',
        encoding="utf-8",
    )
    return file


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


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], object]], Path]:
    """Have a folder made by whichever of the processes that share the tests comes first, for all of them."""
    folder = tmp_path_factory.getbasetemp()
    common = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def made(name: str, make: Callable[[Path], object]) -> Path:
        out = common / name
        with (common / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not out.exists():
                make(out)
        return out

    return made


@pytest.fixture(scope="session")
def made_up_pack(made_once: Callable[..., Path]) -> Path:
    """The pack of a small made-up force: `beatplan demo --seed 5 --wards 8 --incidents 3000`."""
    return made_once("made-up pack", lambda out: run_cycle(made_up_request(out, seed=5, wards=8, incidents=3000)))
