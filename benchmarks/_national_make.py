"""The load: a made-up nation, written as it would be published."""

import time
from pathlib import Path
from typing import Final

from benchmarks._national_rows import NationalRow
from benchmarks._national_watch import children_cpu
from benchmarks._record import measure
from geodata.nation import make_nation, write_nation

GIB: Final = 1 << 30


def make(folder: Path, *, forces: int, rows: int, years: int, start: str, seed: int, workers: int) -> NationalRow:
    """Write a nation and return what that took; memory is that of the process that began it."""
    wall, others = time.perf_counter(), children_cpu()

    def all_of_it() -> None:
        nation = make_nation(seed, forces=forces, incidents=rows, years=years, start=start)
        write_nation(nation, folder, workers=workers)

    done = measure(all_of_it)
    size = sum(path.stat().st_size for path in (folder / "crimes").rglob("*.csv"))
    return NationalRow(
        task="make",
        parameters={"forces": forces, "years": years, "rows": rows, "GiB": round(size / GIB, 2)},
        subject=f"beatplan, {workers} workers",
        seconds=time.perf_counter() - wall,
        cpu_seconds=done.cpu_seconds + children_cpu() - others,
        peak_mib=done.peak_mib,
        threads=workers,
    )
