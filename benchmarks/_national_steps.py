"""
One step of national work by itself, through the functions that `beatplan national` is made of; a program to be watched.

    python -m benchmarks._national_steps import|density --crimes FOLDER --out FOLDER --workers N [--month 2025-]

It prints what came of it as JSON. Steps share OUT: what was imported there is what the density is of.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from benchmarks._national_rows import fingerprint
from benchmarks._record import MIB
from service.cluster import Engine, open_engine
from service.manifest import sha256_of
from service.national.density import NationalDensity, national_density
from service.national.importing import import_nation
from service.store.catalogue import Store, open_store
from service.store.segments import Segment, current


def main(arguments: list[str] | None = None) -> None:
    """Do the step that the first word names."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("step", choices=tuple(STEPS))
    words.add_argument("--crimes", type=Path, required=True)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--month", default="", help="how the months begin whose density is wanted: 2025-")
    given = words.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    with (
        closing(open_store(f"sqlite:///{given.out / 'nation.db'}")) as store,
        open_engine(workers=given.workers) as engine,
    ):
        found = STEPS[given.step](engine, store, given)
    print(json.dumps(found))


def _import(engine: Engine, store: Store, given: argparse.Namespace) -> dict[str, Any]:
    done = import_nation(store, given.crimes, engine, given.out / "ledger", actor="benchmark").forces
    kept = _kept(store, "")
    sizes = sum((store.segments / each.path).stat().st_size for each in kept)
    rows = {name: int(done[name].sum()) for name in ("rows_read", "rows_accepted", "rows_rejected")}
    return {"force_months": len(kept), "rows": rows["rows_read"], **rows, "segments_mib": round(sizes / MIB, 1),
            "fingerprint": fingerprint({str(each.path): each.sha256 for each in kept})}  # fmt: skip


def _density(engine: Engine, store: Store, given: argparse.Namespace) -> dict[str, Any]:
    kept, out = _kept(store, given.month), given.out / "density"
    asked = NationalDensity(store.segments, out)
    done = national_density(engine, asked, [each.path for each in kept], given.out / "ledger")
    names = {path.relative_to(out).as_posix(): sha256_of(path) for path in done.files}
    sizes = sum(path.stat().st_size for path in done.files)
    return {
        "force_months": len(kept), "rows": sum(each.rows for each in kept), "crimes": done.crimes, "cells": done.cells,
        "surfaces_mib": round(sizes / MIB, 1), "fingerprint": fingerprint(names),
    }  # fmt: skip


def _kept(store: Store, month: str) -> list[Segment]:
    with store.reading() as reading:
        return [each for each in current(reading) if each.month.startswith(month)]


STEPS: Final[Mapping[str, Callable[[Engine, Store, argparse.Namespace], dict[str, Any]]]] = MappingProxyType(
    {"import": _import, "density": _density}
)

if __name__ == "__main__":
    main()
