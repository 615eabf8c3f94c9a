"""
The national picture, on one page: every force, worked out alike, beside those like it.

    forces and their people -> import by force and month -> density and near repeats of the nation -> jobs of each force
        -> league -> page, tables -> manifest

What is imported and what each job found stays in the folder `work` of the products: a run that breaks off goes on
there, and one that is done does nothing twice.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import whole_months
from geodata.police_uk import STREET_CSV
from geodata.street_months import force_and_month
from geodata.tables import SOURCES
from maps.national import Nation, write_national
from service import manifest
from service.cluster import Engine, open_engine
from service.credits import NATIONAL_STATISTICS, OPEN_GOVERNMENT
from service.manifest import RUN_DIGITS
from service.national.density import NationalDensity, NationalSurfaces, national_density
from service.national.force_areas import read_forces
from service.national.force_figures import ForceFigures, read_figures
from service.national.force_jobs import work_on_forces
from service.national.force_tally import SQUARE_M
from service.national.force_task import DIGITS, ForceTask
from service.national.importing import import_nation
from service.national.league import league
from service.national.nation_findings import Found, forces_table, told
from service.national.nation_pairs import national_pairs
from service.national.nation_request import NationRequest
from service.national.nation_tasks import Ground, tasks_of
from service.national.nation_told import figures_of, summary
from service.national.similar import most_similar
from service.publish import publish, refuse_file
from service.stages import Stage, silent
from service.store.catalogue import Store, open_store
from service.store.segments import Segment, current

SEGMENT: Final = "segment"  # kind of source: what a store holds
ACTOR: Final = "national"  # who imports, in the audit
ONLY_LOCATED: Final = (
    "Crimes published without a position are in no figure: where they are many, a force's rate is too low."
)


@dataclass(frozen=True)
class NationOutcome:
    """What a national run made: the manifest's content, the products by name, figures, and a summary to print."""

    manifest: dict[str, Any]
    products: dict[str, Path]
    figures: dict[str, Any]
    summary: str


@dataclass(frozen=True)
class _Given:
    """What the products follow from, and its name."""

    sources: pd.DataFrame
    settings: dict[str, Any]
    run: str


def run_nation(
    request: NationRequest,
    *,
    store: Store | None = None,
    stage: Stage = silent,
    ended: Callable[[int, int], None] = lambda *_: None,
) -> NationOutcome:
    """
    Work through a nation and write what was found.

    Parameters
    ----------
    request : NationRequest
    store : one that is open, in place of the request's
    stage : called with each stage's name as it begins; the stage runs inside what it returns
    ended : called as each force's findings are made, with how many there are by then, and how many there will be

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule, or no crime of a force with an area is found. What one force's data cannot
        bear is told among the products, and holds up no other.
    """
    refuse_file(request.out)
    with stage("forces"):
        forces = read_forces(request.forces)
        people = read_figures(request.people, forces)
    ledger = request.work / "ledger"
    with (
        nullcontext(store) if store is not None else _store(request) as kept_in,
        open_engine(request.scheduler, workers=request.workers) as engine,
    ):
        kept, sources, notes = _crimes(request, kept_in, engine, stage)
        ground = _ground(request, kept_in)
        tasks, left_out = tasks_of(kept, forces, ground)
        named = {task.force for task in tasks}
        paths = [str(segment.path) for segment in kept if segment.force in named]
        asked = NationalDensity(kept_in.segments.resolve(), (request.out / "density").resolve())
        surfaces = national_density(engine, asked, paths, ledger, stage=_of("density", stage))
        pairs, undated = national_pairs(
            engine, asked.segments, request.work.resolve(), paths, request.near_repeat, seed=request.settings.seed,
            stage=_of("near repeats", stage),
        )  # fmt: skip
        facts = work_on_forces(engine, tasks, ground.out, ledger, stage=_of("each force", stage), ended=ended)
    with stage("league, page and tables"):
        given = _given(request, sources, people)
        nation = _nation(given, Found.of(tasks, facts), forces, people, (*notes, *left_out, *undated), request.marking)
        whole = {} if pairs.empty else {"near_repeats_nation": pairs.round(DIGITS)}
        nation = replace(nation, tables={**nation.tables, "density": _listed(surfaces, asked.out), **whole})
        content, products = publish(
            request.out, given, write=partial(write_national, nation), figures=figures_of(nation, tasks, request)
        )
    return NationOutcome(content, products, content["figures"], summary(nation, request.out, products))


def _of(what: str, stage: Stage) -> Stage:
    """Tell what each stage is of."""
    return lambda name: stage(f"{what}: {name}")


def _crimes(
    request: NationRequest, store: Store, engine: Engine, stage: Stage
) -> tuple[list[Segment], pd.DataFrame, list[str]]:
    """Import what is given; return the segments to work on, the table of sources, and what could not be read."""
    if request.crimes is None:
        kept = _kept(store, request)
        rows = [(str(each.path), SEGMENT, each.sha256, each.rows, each.rows, 0) for each in kept]
        return kept, pd.DataFrame(rows, columns=list(SOURCES.columns)), []
    if not request.crimes.is_dir():
        raise InputError(f"`--crimes` must be a folder, and {request.crimes.name} is not one.")
    found = import_nation(
        store, request.crimes, engine, request.work / "ledger", actor=ACTOR, months=request.asks, stage=stage
    )
    read = {force_and_month(Path(file).name) for file in found.sources["file"]}
    kept = [each for each in _kept(store, request) if (each.force, each.month) in read]
    broken = [f"{name} could not be read and is in no figure: {reason}" for name, reason in found.broken]
    rows = [(name, STREET_CSV, manifest.sha256_of(request.crimes / name), 0, 0, 0) for name, _ in found.broken]
    unread = pd.DataFrame(rows, columns=list(SOURCES.columns))
    return kept, pd.concat([found.sources, unread], ignore_index=True) if rows else found.sources, broken


def _listed(surfaces: NationalSurfaces, folder: Path) -> pd.DataFrame:
    """Return each surface by its place in the folder, where it is named by its content."""
    return pd.DataFrame({"file": sorted(path.relative_to(folder).as_posix() for path in surfaces.files)})


@contextmanager
def _store(request: NationRequest) -> Iterator[Store]:
    if request.store is None and request.crimes is None:
        raise InputError("Either `--crimes` or `--store` must be given, got neither.")
    request.work.mkdir(parents=True, exist_ok=True)
    opened = open_store(request.store or f"sqlite:///{request.work / 'nation.db'}")
    try:
        yield opened
    finally:
        opened.close()


def _kept(store: Store, request: NationRequest) -> list[Segment]:
    """Return the segments of the months asked for, of every force."""
    with store.reading() as reading:
        return [segment for segment in current(reading) if request.asks(segment.month)]


def _ground(request: NationRequest, store: Store) -> Ground:
    return Ground(
        request.forces.resolve(),
        None if request.wards is None else request.wards.resolve(),
        store.segments.resolve(),
        (request.work / "forces").resolve(),
        request.settings,
    )


def _given(request: NationRequest, crimes: pd.DataFrame, people: ForceFigures) -> _Given:
    beside = {"forces": (request.forces,), "people": people.files, "wards": (request.wards,) if request.wards else ()}
    rows = [
        {"file": f"{kind}: {path.name}", "kind": kind, "sha256": manifest.sha256_of(path), "rows_read": 0,
         "rows_accepted": 0, "rows_rejected": 0}
        for kind, paths in beside.items()
        for path in paths
    ]  # fmt: skip
    sources = pd.concat([crimes, pd.DataFrame(rows)], ignore_index=True)
    asked = ("first", "last", "marking", "near_repeat")
    settings = {name: getattr(request, name) for name in asked} | {
        name: getattr(request.settings, name) for name in ("cell", "share", "seed", "exclude")
    }
    settings |= {name: list(settings[name]) for name in ("exclude", "near_repeat")}
    return _Given(sources, settings, manifest.fingerprint(sources, settings))


def _nation(
    given: _Given, found: Found, forces: GeoDataFrame, people: ForceFigures, notes: Sequence[str], marking: str
) -> Nation:
    counts = found.counts()
    groups = most_similar(people.table, among=counts.index)
    table = league(counts, found.months(), people.table["population"], groups).round(DIGITS)
    box = gpd.GeoSeries([shapely.box(*forces.total_bounds)], crs=forces.crs)
    grid = Grid.over(box, SQUARE_M)
    return Nation(
        areas=forces[["force", "name", "geometry"]],
        league=table,
        groups=groups.round(DIGITS),
        told=told(found),
        grid=grid,
        density=found.density(grid),
        tables={"forces": forces_table(found, people.table).round(DIGITS), **found.tables()},
        period=_period(found.tasks),
        marking=marking,
        run_id=given.run[:RUN_DIGITS],
        notes=(*people.notes, *notes, *found.notes(), *_months_differ(found.tasks), ONLY_LOCATED),
        credits=(OPEN_GOVERNMENT, NATIONAL_STATISTICS),
    )


def _months_differ(tasks: Sequence[ForceTask]) -> Iterator[str]:
    if len({task.months for task in tasks}) > 1:
        yield "Not all forces' crimes are of the same months: rates of different times stand beside each other."


def _period(tasks: Sequence[ForceTask]) -> str:
    """Return from when to when crimes of any force were looked at, in words."""
    return str(whole_months(min(task.months[0] for task in tasks), max(task.months[-1] for task in tasks)))
