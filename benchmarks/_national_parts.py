"""The parts of the national benchmark: each a command as a user would give it, watched, and a row of what it needed."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from benchmarks._national_rows import NationalRow, fingerprint
from benchmarks._national_watch import Watched, python, watched
from benchmarks._record import MIB

VERB: Final = "from service.cli import main; main()"
_UNEQUAL: Final = ("nation.db", "ledger", "import-ledger")  # of which the bytes tell when, or by whom


@dataclass(frozen=True)
class Load:
    """
    A nation as `make` wrote it, or some of its forces.

    Parameters
    ----------
    folder : of the nation
    crimes : folder of its crimes
    forces : those in `crimes`
    """

    folder: Path
    crimes: Path
    forces: tuple[str, ...]

    @classmethod
    def of(cls, folder: Path) -> "Load":
        """Return a whole nation."""
        return cls(folder, folder / "crimes", tuple(pd.read_csv(folder / "forces.csv")["force"]))

    @property
    def force_months(self) -> int:
        """How many files it has."""
        return sum(1 for _ in self.crimes.glob("*/*.csv"))

    @property
    def rows(self) -> int:
        """How many rows, each of which ends a line."""
        return sum(path.read_bytes().count(b"\n") - 1 for path in self.crimes.glob("*/*.csv"))

    @property
    def last_year(self) -> str:
        """The last year of its months."""
        return max(each.name for each in self.crimes.iterdir())[:4]

    def by_size(self) -> list[str]:
        """Return its forces, the median first, then those nearest to it in rows, so that any first few are alike."""
        rows = pd.read_csv(self.folder / "forces.csv").set_index("force")["incidents"].loc[list(self.forces)]
        return [str(force) for force in (rows - rows.median()).abs().sort_values(kind="stable").index]

    @contextmanager
    def some(self, forces: Sequence[str] = (), *, year: str = "") -> Iterator["Load"]:
        """Lend some forces, or a year, in a folder of their own: links, nothing is copied."""
        chosen = tuple(forces) or self.forces
        with tempfile.TemporaryDirectory(prefix="some-", dir=self.folder) as name:
            for month in sorted(self.crimes.glob(f"{year}*")):
                place = Path(name) / month.name
                place.mkdir()
                for force in chosen:
                    file = f"{month.name}-{force}-street.csv"
                    os.link(month / file, place / file)
            yield Load(self.folder, Path(name), chosen)


def step(task: str, name: str, load: Load, out: Path, *, workers: int, month: str = "") -> NationalRow:
    """Return the row of one step by itself."""
    command = python(
        "-m", "benchmarks._national_steps", name, "--crimes", str(load.crimes), "--out", str(out),
        "--workers", str(workers), "--month", month,
    )  # fmt: skip
    seen = _sound(watched(command))
    return _row(task, load, workers, seen, json.loads(seen.output.splitlines()[-1]))


def everything(
    task: str, load: Load, out: Path, *, workers: int, kill_every: float | None = None, seed: int = 0
) -> NationalRow:
    """Return the row of `beatplan national`, and of what it left the fingerprint."""
    command = python(
        "-c", VERB, "national", "--crimes", str(load.crimes), "--forces", str(load.folder / "forces.geojson"),
        "--people", str(load.folder / "forces.csv"), "--wards", str(load.folder / "wards.geojson"),
        "--workers", str(workers), "--out", str(out), "--quiet",
    )  # fmt: skip
    seen = _sound(watched(command, kill_every=kill_every, seed=seed))
    files = prints(out)
    facts = {"force_months": load.force_months, "rows": load.rows, "killed": seen.killed, "files": len(files),
             "fingerprint": fingerprint(files)}  # fmt: skip
    return _row(task, load, workers, seen, facts)


def prints(out: Path) -> dict[str, str]:
    """Return the fingerprint of each file that a run left, less those whose bytes tell when or by whom."""
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not any(part.startswith(_UNEQUAL) for part in path.relative_to(out).parts)
    }


def lost(undisturbed: Mapping[str, str], disturbed: Mapping[str, str]) -> list[str]:
    """Return the files that one run left and the other did not, or otherwise."""
    return sorted(name for name in {*undisturbed, *disturbed} if undisturbed.get(name) != disturbed.get(name))


def _sound(seen: Watched) -> Watched:
    if seen.code:
        raise RuntimeError(f"the command ended with {seen.code}:\n{seen.errors}")
    return seen


def _row(task: str, load: Load, workers: int, seen: Watched, facts: dict[str, Any]) -> NationalRow:
    return NationalRow(
        task=task,
        parameters={"forces": len(load.forces), "months": load.force_months // len(load.forces)},
        subject=f"beatplan, {workers} workers",
        seconds=round(seen.seconds, 2),
        cpu_seconds=round(seen.cpu_seconds, 2),
        peak_mib=round(seen.peak_mib, 1),
        threads=workers,
        read_mib=round(seen.read_bytes / MIB, 2),
        moved_mib=round(seen.moved_bytes / MIB, 3),
        facts={**facts, "rows_a_second": round(facts["rows"] / seen.seconds)},
    )
