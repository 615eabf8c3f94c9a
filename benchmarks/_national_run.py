"""What each part of the national benchmark runs, in which order, on which share of the load."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benchmarks._national_parts import Load, everything, lost, prints, step
from benchmarks._national_plan import STRONG, WEAK
from benchmarks._national_rows import NationalRow

FEW: Final = 6  # forces in what is disturbed
MANY: Final = 30  # in what is scaled: with six, the start of a worker was most of what was measured
CHAOS: Final = "workers killed"


@dataclass(frozen=True)
class Given:
    """
    What a part is given.

    Parameters
    ----------
    folder : of the nation; what a part makes is in `work` in it, and the import of the whole stays there
    workers : processes
    seconds : between two workers killed
    seed : of which
    """

    folder: Path
    workers: int = 2
    seconds: float = 10.0
    seed: int = 0

    @property
    def load(self) -> Load:
        """The whole nation."""
        return Load.of(self.folder)

    @property
    def kept(self) -> Path:
        """Where the import of the whole stays."""
        return self.folder / "work" / "whole"

    @contextmanager
    def out(self) -> Iterator[Path]:
        """Lend an empty folder."""
        place = self.folder / "work"
        place.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="out-", dir=place) as name:
            yield Path(name)


def _import(given: Given) -> Iterator[NationalRow]:
    shutil.rmtree(given.kept, ignore_errors=True)
    given.kept.mkdir(parents=True)
    yield step("import, all years", "import", given.load, given.kept, workers=given.workers)


def _density(given: Given) -> Iterator[NationalRow]:
    """Of the last year of what was imported, or of that year alone where nothing was."""
    with given.load.some(year=given.load.last_year) as load, given.out() as out:
        place = given.kept if (given.kept / "nation.db").is_file() else out
        if place == out:
            yield step("import, one year", "import", load, out, workers=given.workers)
        shutil.rmtree(place / "density", ignore_errors=True)
        month = f"{given.load.last_year}-"
        yield step("density, one year", "density", load, _fresh(place), workers=given.workers, month=month)


def _year(given: Given) -> Iterator[NationalRow]:
    with given.load.some(year=given.load.last_year) as load, given.out() as out:
        yield everything("everything, one year", load, out, workers=given.workers)


def _scaling(given: Given) -> Iterator[NationalRow]:
    """The same work on 1, 2, 4 ... workers, as many as given; and half of it on one, beside all of it on two."""
    alike = given.load.by_size()
    for row in _steps(given, 1, alike[: MANY // 2]):
        yield replace(row, task=f"{WEAK}: {row.task}")
    for workers in (1 << power for power in range(given.workers.bit_length())):
        for row in _steps(given, workers, alike[:MANY]):
            yield replace(row, task=f"{STRONG}: {row.task}")
            if workers == 2:
                yield replace(row, task=f"{WEAK}: {row.task}")


def _steps(given: Given, workers: int, forces: Sequence[str]) -> Iterator[NationalRow]:
    year = given.load.last_year
    with given.load.some(forces, year=year) as load:
        with given.out() as out:
            yield step("import", "import", load, out, workers=workers)
            yield step("density", "density", load, _fresh(out), workers=workers, month=f"{year}-")
        with given.out() as out:
            yield everything("everything", load, out, workers=workers)


def _chaos(given: Given) -> Iterator[NationalRow]:
    """Everything for a few forces, undisturbed and with a worker killed again and again: it must leave the same."""
    few = given.load.by_size()[:FEW]
    with given.load.some(few, year=given.load.last_year) as load, given.out() as calm, given.out() as rough:
        yield everything(f"{CHAOS}: none", load, calm, workers=given.workers)
        row = everything(
            f"{CHAOS}: every {given.seconds:g} s", load, rough, workers=given.workers,
            kill_every=given.seconds, seed=given.seed,
        )  # fmt: skip
        missing = lost(prints(calm), prints(rough))
        row.facts.update({"lost": len(missing), "lost_files": missing[:20]})
        yield row


def _fresh(place: Path) -> Path:
    """Return a folder whose ledger is forgotten, so that a step is done and not looked up."""
    shutil.rmtree(place / "ledger", ignore_errors=True)
    return place


PARTS: Final[Mapping[str, Callable[[Given], Iterator[NationalRow]]]] = MappingProxyType(
    {"import": _import, "density": _density, "year": _year, "scaling": _scaling, "chaos": _chaos}
)
