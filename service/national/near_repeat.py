"""
Near repeat over the whole nation: one Knox test a type of the crimes of all forces, pairs across borders included.

    events of each force, by type -> their numbers -> pairs by tile -> dealings by block -> the test

A force whose crimes are dated to the month alone can say nothing of days: it is left out, and told with the reason.
Each step's jobs leave their arrays in the folder of the work, in files named by their content, which the next step's
jobs are given by name.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import IntArray
from geodata.errors import InputError
from geodata.tables import WORKING_CRS
from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox import Knox, knox_found
from hotspots.nearness import Metric, Nearness
from hotspots.tiles import TILE_M
from hotspots.tiles_knox import Count, Square, as_many_in, blocks, numbered, squares_of, tile_pairs, whole_of_tiles
from service.national.kept_files import keep, remove_others
from service.national.segments import month_points
from service.stages import Stage, silent
from service.work import Engine, Facts, Job, work_through

_READ: Final = ("x", "y", "offence", "occurred_from", "occurred_to", "precision")


@dataclass(frozen=True)
class NationalKnox:
    """
    What is asked.

    Parameters
    ----------
    segments : folder of the store's segments
    out : folder of the work
    offences : types of crime, each tested by itself
    bands : Bands
    metric : "euclidean" or "manhattan"
    permutations, seed : as of `knox`
    side : of a tile, metres
    """

    segments: Path
    out: Path
    offences: tuple[str, ...]
    bands: Bands
    metric: Metric = "euclidean"
    permutations: int = 999
    seed: int = 0
    side: float = TILE_M


@dataclass(frozen=True)
class NationalNearRepeat:
    """
    What was found of one type.

    Parameters
    ----------
    knox : the test of all forces together; None where none has crimes that can be tested
    events : crimes in it, by force
    refused : why the crimes of other forces are not
    """

    knox: Knox | None
    events: dict[str, int]
    refused: dict[str, str]


def national_near_repeat(
    engine: Engine, asked: NationalKnox, paths: Sequence[str | Path], ledger: Path, *, stage: Stage = silent
) -> dict[str, NationalNearRepeat]:
    """
    Return the Knox test of the nation's crimes of each type: what `knox` returns of them all, to the bit.

    Parameters
    ----------
    engine : whoever does the jobs
    asked : NationalKnox
    paths : of segments in the folder, each one force's crimes of one month
    ledger : folder that tells what is done
    stage : called with what begins

    Raises
    ------
    InputError
        If what is asked breaks a rule, or pairs are too many.
    """
    by_force: dict[str, list[str]] = {}
    for path in sorted(map(str, paths)):
        by_force.setdefault(Path(path).parts[0].removeprefix("force="), []).append(path)
    jobs = [
        Job(f"near repeat events {force}", events_of_force, (asked, force, tuple(held)))
        for force, held in by_force.items()
    ]
    told = dict(zip(by_force, work_through(engine, jobs, ledger, stage=stage).values(), strict=True))
    kept = {path for facts in told.values() for path in facts["files"]}
    found = {}
    for offence in asked.offences:
        of = {force: facts["types"][offence] for force, facts in told.items()}
        refused = {force: str(each["refused"]) for force, each in of.items() if each["refused"]}
        events = {force: int(each["events"]) for force, each in of.items() if each["events"]}
        files = tuple(str(of[force]["file"]) for force in events)
        knox, used = _tested(engine, replace(asked, offences=(offence,)), files, ledger, stage) if files else (None, ())
        found[offence] = NationalNearRepeat(knox, events, refused)
        kept.update(used)
    remove_others(asked.out, "*.npz", kept)
    remove_others(asked.out, "*.draft", ())
    return found


def _tested(
    engine: Engine, asked: NationalKnox, kept: tuple[str, ...], ledger: Path, stage: Stage
) -> tuple[Knox, tuple[str, ...]]:
    """Return the test of one type, and the files that it is made from."""
    name = f"near repeat {asked.offences[0]}"
    numbers = Job(f"{name} numbers", number_events, (asked, kept))
    facts = work_through(engine, [numbers], ledger, stage=stage)[numbers.name]
    numbered_file = str(facts["files"][0])
    jobs = [
        Job(f"{name} tile {row} {column}", pairs_of_tile, (asked, numbered_file, int(row), int(column)))
        for row, column in facts["tiles"]
    ]
    tiles = tuple(str(told["files"][0]) for told in work_through(engine, jobs, ledger, stage=stage).values())
    dealings = [
        Job(f"{name} dealings {block.start}", dealings_of_block, (asked, numbered_file, tiles, block.start, block.stop))
        for block in blocks(asked.permutations)
    ]
    many = [np.array(told["as_many"]) for told in work_through(engine, dealings, ledger, stage=stage).values()]
    total: IntArray | None = np.sum(many, axis=0) if many else None
    near = _near(asked, _events(numbered_file), tiles)
    knox = knox_found(near, asked.bands, total, metric=asked.metric, permutations=asked.permutations, seed=asked.seed)
    return knox, (numbered_file, *tiles)


def events_of_force(asked: NationalKnox, force: str, paths: tuple[str, ...]) -> Facts:
    """Keep a force's crimes of each type as places and days, or tell why they cannot be tested."""
    crimes = month_points(asked.segments, paths, _READ)
    types = {name: _dated(asked, force, crimes[crimes["offence"] == name]) for name in asked.offences}
    return {"types": types, "files": [each["file"] for each in types.values() if each["events"]]}


def _dated(asked: NationalKnox, force: str, crimes: pd.DataFrame) -> Facts:
    points = gpd.points_from_xy(crimes["x"], crimes["y"])
    try:
        events = Dated.of(GeoDataFrame(crimes, geometry=points, crs=WORKING_CRS))
    except InputError as refusal:
        return {"events": 0, "refused": str(refusal)}
    if not events.size:
        return {"events": 0, "refused": ""}
    kept = _keep(asked, f"events-{force}", x=events.x, y=events.y, time=events.time)
    return {"events": events.size, "refused": "", "file": kept}


def number_events(asked: NationalKnox, kept: tuple[str, ...]) -> Facts:
    """Number the events of all forces, in the one order in which times are dealt out."""
    parts = [_arrays(path) for path in kept]
    x, y, time = (np.concatenate([part[name] for part in parts]) for name in ("x", "y", "time"))
    events = numbered(Dated(x, y, time), asked.bands)
    tiles = [[tile.row, tile.column] for tile in squares_of(events, asked.side)]
    return {"tiles": tiles, "files": [_keep(asked, "numbered", x=events.x, y=events.y, time=events.time)]}


def pairs_of_tile(asked: NationalKnox, numbered_file: str, row: int, column: int) -> Facts:
    """Count the neighbours of the events of a tile, and list the pairs that are its own."""
    tile = Square(row, column, asked.side)
    events, listing = _events(numbered_file), asked.permutations > 0
    found = tile_pairs(events, tile, asked.bands, metric=asked.metric, listing=listing)
    kept = _keep(asked, f"tile-{row}-{column}", listed=found.pairs, first=found.first, **found.count._asdict())
    return {"files": [kept]}


def dealings_of_block(asked: NationalKnox, numbered_file: str, tiles: tuple[str, ...], start: int, stop: int) -> Facts:
    """Tell how many dealings of a block have as many pairs, by band."""
    events = _events(numbered_file)
    near, lists = _near(asked, events, tiles), (_arrays(path, ("listed", "first")) for path in tiles)
    given = ((held["listed"], held["first"]) for held in lists)
    return {"as_many": as_many_in(events, near, asked.bands, given, range(start, stop), asked.seed).tolist()}


def _near(asked: NationalKnox, events: Dated, tiles: Sequence[str]) -> Nearness:
    return whole_of_tiles(events, asked.bands, [Count(**_arrays(path, Count._fields)) for path in tiles])


def _events(numbered_file: str) -> Dated:
    return Dated(**_arrays(numbered_file))


def _keep(asked: NationalKnox, name: str, **arrays: Any) -> str:
    held = io.BytesIO()
    np.savez(held, **arrays)
    return str(keep(asked.out, name, ".npz", held.getvalue()))


def _arrays(path: str, names: Sequence[str] = ("x", "y", "time")) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as held:
        return {name: held[name] for name in names}
