"""A small nation from its files to the league, through the command that a user gives, with what must hold of it."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import shapely

from benchmarks._national_parts import Load, everything, lost, prints
from benchmarks._national_rows import NationalRow
from geodata.nation import Nation, make_nation, write_nation
from geodata.tables import WORKING_CRS

CELL_M: Final = 250.0
FOUND: Final = (
    0.7  # of the hot spots that are there throughout: one in a quiet place stays quiet beside a town's middle
)


def small_run(*, forces: int, rows: int, years: int, workers: int, seed: int) -> tuple[NationalRow, list[str]]:
    """Return what a small run needed, and a sentence on each thing that does not hold."""
    with tempfile.TemporaryDirectory(prefix="nation-") as name:
        folder, out = Path(name) / "nation", Path(name) / "out"
        nation = make_nation(seed, forces=forces, incidents=rows, years=years, start="2023-01")
        write_nation(nation, folder)
        load = Load.of(folder)
        row = everything("everything, small nation", load, out, workers=workers)
        wrong, before = list(_wrong(nation, out, rows)), prints(out)
        again = everything("everything, small nation, again", load, out, workers=workers)
        changed = lost(before, prints(out))
        if changed:
            wrong.append(f"A second run must change nothing; it changed {len(changed)} files, {changed[0]} first.")
    row.facts["again_seconds"] = again.seconds
    return row, wrong


def _wrong(nation: Nation, out: Path, rows: int) -> Iterator[str]:
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    sources = pd.DataFrame(manifest["inputs"])
    read, accepted, rejected = (int(sources[f"rows_{kind}"].sum()) for kind in ("read", "accepted", "rejected"))
    if not read == rows == accepted + rejected:
        yield f"Rows read must be {rows:,}, accepted and rejected; they are {read:,}, {accepted:,} and {rejected:,}."
    league = pd.read_csv(out / "league.csv")
    if set(league["force"]) != set(nation.figures["force"]) or len(league) != 15 * len(nation.forces):
        yield f"The league must have every force by all types and each of 14; it has {len(league)} rows."
    every = league.loc[league["offence"] == "All crime types", "crimes"].sum()
    if not 0.99 * accepted <= every <= accepted:
        yield f"All but strays beyond every force must be in the league; {every:,} of {accepted:,} are."
    found = _found(nation, pd.read_csv(out / "cells.csv"))
    if found < FOUND:
        yield f"Hot spots planted for good must be found; {found:.0%} are."


def _found(nation: Nation, cells: pd.DataFrame) -> float:
    """Return the share of hot spots planted for good that a hot cell of the whole period touches."""
    hot = cells[cells["spot"] == "hot"]
    half = CELL_M / 2
    squares = shapely.box(hot["easting"] - half, hot["northing"] - half, hot["easting"] + half, hot["northing"] + half)
    planted = nation.hotspots[nation.hotspots["history"] == "persistent"]
    touched = planted.sjoin(gpd.GeoDataFrame(geometry=squares, crs=WORKING_CRS))["hotspot_id"].nunique()
    return float(touched) / max(1, len(planted))
