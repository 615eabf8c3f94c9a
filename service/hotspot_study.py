"""
The analyst's study, on one page: where crime thickens, where more lies together than chance puts there, since when.

    read -> fitness -> bandwidth -> density -> local statistics -> hot spots -> streets -> products -> manifest

It stops where the working cycle turns to staff and patrols, and writes what a report has no room for: every cell and
period, so that each class can be worked out again in a spreadsheet.
"""

import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.errors import InputError
from geodata.fitness import assess
from geodata.streets import Streets
from hotspots.bandwidth_backtest import backtested_bandwidth
from hotspots.concentration_table import concentration_table
from hotspots.density import CoarseGridWarning, Kernel, kernel_density, weekly_density
from hotspots.emerging import FEWEST_PERIODS, emerging_hotspots
from hotspots.gistar import gistar
from hotspots.history import values_by_period
from hotspots.hot_streets import hot_streets
from hotspots.network_density import network_density
from maps.study import Study, write_study
from service import analysis, inputs
from service.analysis import Scene
from service.inputs import Inputs, Request
from service.publish import publish

Stage = Callable[[str], AbstractContextManager[None]]
DIGITS: Final = 6  # decimals of what is written into tables
HOT_STREETS: Final = 50  # ranked


@dataclass(frozen=True)
class Options:
    """
    What a study is asked beyond what a report is.

    Parameters
    ----------
    cell : metres, in place of the profile's
    bandwidth : metres in place of the profile's, or "auto" for the one that would have caught most
    kernel : shape of a crime's spread in the density surfaces
    network : whether to work out the density along the streets too
    """

    cell: float | None = None
    bandwidth: float | Literal["auto"] | None = None
    kernel: Kernel = "quartic"
    network: bool = False

    @classmethod
    def of(cls, *, cell: float | None, bandwidth: str | None, kernel: str, network: bool, streets: bool) -> "Options":
        """
        Return the options as given on the command line.

        Raises
        ------
        InputError
            If one breaks its rule, or streets and network are not given together.
        """
        if network != streets:
            found = "`--network` alone" if network else "`--streets` alone"
            raise InputError(f"`--streets` and `--network` must be given together, got {found}.")
        size = None if cell is None else cast.above_zero(cell, "--cell", "metres")
        return cls(size, _bandwidth(bandwidth), _kernel(kernel), network)


@dataclass(frozen=True)
class StudyOutcome:
    """What a study made: the findings, the manifest's content, the products by name, and a summary to print."""

    study: Study
    manifest: dict[str, Any]
    products: dict[str, Path]
    summary: str


def run_study(request: Request, options: Options, *, stage: Stage = lambda _name: nullcontext()) -> StudyOutcome:
    """
    Study hot spots and write what was found.

    Parameters
    ----------
    request : what to read, and where to write
    options : Options
    stage : called with each stage's name as it begins; the stage runs inside what it returns

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is written then.
    """
    with stage("read"):
        given = _with_options(inputs.read(request), options)
    with stage("fitness"):
        scene = analysis.set_scene(given)
        fitness = assess(given.crimes, given.wards, periods=scene.periods, harm=given.harm)
        analysis.refuse_gaps(fitness.gaps, allowed=request.allow_gaps)
    with stage("bandwidth"):
        scene, notes = _smoothed(given, scene, options)
    with stage("density"):
        surfaces = _surfaces(scene, options.kernel)
    with stage("local statistics"):
        cells, tables = _local(scene, surfaces, given.seed)
    with stage("hot spots"):
        outlook = analysis.look_ahead(given, scene)
        hotspots = analysis.choose_hotspots(given, scene, outlook)
        redrawn = analysis.redrawn(given, scene, outlook)
    with stage("streets"):
        streets, told = ({}, ()) if given.streets is None else _along_streets(given, given.streets, scene)
    with stage("products"):
        if redrawn is not None:
            tables["sensitivity"] = redrawn.settings.round(DIGITS)
            notes = (*notes, redrawn.sentence)
        study = Study(
            _about(given), scene.periods.edges[-2], scene.grid, scene.study, surfaces, hotspots, cells, tables, streets
        )
        figures = _figures(scene, study, outlook.backtest.best, (*notes, *told, *analysis.too_coarse(scene)))
        content, products = publish(request.out, given, write=partial(write_study, study), figures=figures)
        return StudyOutcome(study, content, products, _summary(given, figures, request.out, products))


def _kernel(name: str) -> Kernel:
    known: dict[str, Kernel] = {str(each): each for each in get_args(Kernel)}
    if name not in known:
        raise InputError(f"`--kernel` must be one of {', '.join(known)}, got {name}.")
    return known[name]


def _bandwidth(text: str | None) -> float | Literal["auto"] | None:
    if text is None or text == "auto":
        return None if text is None else "auto"
    try:
        return cast.above_zero(float(text), "--bandwidth", "metres")
    except ValueError:
        raise InputError(f"`--bandwidth` must be above 0 metres or `auto`, got {text}.") from None


def _with_options(given: Inputs, options: Options) -> Inputs:
    """Put the sizes asked for in place of the profile's, and everything asked for into the run's fingerprint."""
    sizes = {"cell": options.cell, "bandwidth": options.bandwidth}
    settings = given.profile.analysis.model_copy(update={name: size for name, size in sizes.items() if size})
    asked = {"verb": "hotspots", "kernel": options.kernel, "network": options.network, "backtest_bandwidth": False}
    asked["backtest_bandwidth"] = options.bandwidth == "auto"
    return replace(given, profile=given.profile.model_copy(update={"analysis": settings}), options=asked)


def _smoothed(given: Inputs, scene: Scene, options: Options) -> tuple[Scene, tuple[str, ...]]:
    """Return the scene with the bandwidth that would have caught most, where that was asked for, and what was found."""
    if options.bandwidth != "auto":
        return scene, ()
    settings = given.profile.analysis
    found = backtested_bandwidth(
        scene.crimes, scene.grid, scene.periods, study=scene.study, share=analysis.area_share(given, scene),
        harm=scene.harm if settings.rank_by == "harm" else None, origins=settings.origins, seed=given.seed,
    )  # fmt: skip
    return (replace(scene, bandwidth=found.metres) if found.tests else scene), (found.sentence,)


def _surfaces(scene: Scene, kernel: Kernel) -> dict[str, pd.Series]:
    """Return crimes and harm per square kilometre and week."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)  # `analysis.too_coarse` says it
        return {
            name: weekly_density(
                kernel_density(scene.crimes, scene.grid, bandwidth=scene.bandwidth, kernel=kernel, weights=weights),
                scene.periods,
            )
            for name, weights in (("density_crimes", None), ("density_harm", scene.harm))
        }


def _local(scene: Scene, surfaces: dict[str, pd.Series], seed: int) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Return what is known of each cell with any crime, and the tables from which its classes follow."""
    study, reach, periods = analysis.with_crime(scene), analysis.reach(scene), analysis.long_periods(scene.periods)
    values = values_by_period(scene.crimes, scene.grid, periods)
    cells = _cells(scene, surfaces).join(gistar(_per_cell(scene, None), scene.grid, radius=reach, study=study))
    tables = {"concentration": _concentration(scene, seed)}
    history = analysis.cell_history(scene)
    if history is not None:
        cells = cells.join(history.table[["hot", "hot_periods"]].rename(columns={"hot": "history"}))
        tables["history"] = _by_period(history.table, values, history.z, history.q)
    if values.shape[1] >= FEWEST_PERIODS:
        emerging = emerging_hotspots(values, scene.grid, radius=reach, study=study)
        cells = cells.join(emerging.table["class"].rename("emerging"))
        tables["emerging"] = _by_period(emerging.table, values, emerging.z, emerging.q)
    return cells.round(DIGITS), tables


def _per_cell(scene: Scene, weights: pd.Series | None) -> np.ndarray[Any, np.dtype[np.float64]]:
    cell = scene.grid.cell_of(*cast.coordinates(scene.crimes, scene.grid.crs))
    held = np.ones(len(cell)) if weights is None else weights.to_numpy(dtype=np.float64)
    return np.bincount(cell[cell >= 0], weights=held[cell >= 0], minlength=scene.grid.size).astype(np.float64)


def _cells(scene: Scene, surfaces: dict[str, pd.Series]) -> pd.DataFrame:
    """Return where each cell with any crime lies, what was recorded in it, and the density at its centre."""
    cells = np.flatnonzero(analysis.with_crime(scene))
    x, y = scene.grid.centres(cells)
    columns = {
        "easting": x,
        "northing": y,
        "crimes": _per_cell(scene, None)[cells].astype(np.int64),
        "harm": _per_cell(scene, scene.harm)[cells],
        **{name: surface.to_numpy()[cells] for name, surface in surfaces.items()},
    }
    return pd.DataFrame(columns, index=pd.Index(cells, name="cell"))


def _by_period(table: pd.DataFrame, values: pd.DataFrame, z: pd.DataFrame, q: pd.DataFrame) -> pd.DataFrame:
    """Return the classes of the cells beside the crimes a week, z and q of every period from which they follow."""
    parts = {"crimes a week": values.loc[table.index], "z": z, "q": q}
    wide = [part.set_axis([f"{name} {period}" for period in part.columns], axis=1) for name, part in parts.items()]
    return pd.concat([table, *wide], axis=1).round(DIGITS).rename_axis("cell").reset_index()


def _concentration(scene: Scene, seed: int) -> pd.DataFrame:
    """Return how far each offence, in each year, gathers in few of the cells where it could be recorded."""
    cell = scene.grid.cell_of(*cast.coordinates(scene.crimes, scene.grid.crs))
    places = int((scene.study | analysis.with_crime(scene)).sum())
    where = pd.Series(cell, index=scene.crimes.index).where(cell >= 0).astype("Int64")
    return concentration_table(scene.crimes, where, places=places, weights=scene.harm, seed=seed).round(DIGITS)


def _along_streets(given: Inputs, streets: Streets, scene: Scene) -> tuple[dict[str, GeoDataFrame], tuple[str, ...]]:
    """Return the density of every piece of street that any crime reaches, the hottest stretches, and what to know."""
    along = partial(
        network_density, scene.crimes, streets, bandwidth=scene.bandwidth, weeks=float(scene.periods.weeks.sum())
    )
    crimes, harm = along(), along(weights=scene.harm)
    table = crimes.lixels.rename(columns={"density": "crimes_per_km"}).assign(harm_per_km=harm.lixels["density"])
    reached = table["crimes_per_km"] > 0
    pieces = GeoDataFrame(table[reached], geometry=crimes.lines()[reached], crs=streets.crs)
    ranked_by = harm if given.profile.analysis.rank_by == "harm" else None
    hottest = hot_streets(crimes, harm=ranked_by, most=HOT_STREETS)
    return {"street_density": pieces.reset_index(drop=True), "hot_streets": hottest}, (crimes.note,)


def _about(given: Inputs) -> str:
    force = given.profile.force
    return f"{force.name}, {force.marking}, run {given.run[:12]}"


def _figures(scene: Scene, study: Study, forecast: str, notes: tuple[str, ...]) -> dict[str, Any]:
    cells = study.cells
    return {
        "period": str(scene.periods),
        "cell": scene.grid.cell,
        "bandwidth": scene.bandwidth,
        "crimes": len(scene.crimes),
        "hotspots": len(study.hotspots),
        "area_share": float(study.hotspots["area_m2"].sum() / scene.area),
        "forecast": forecast,
        "cells_with_crime": len(cells),
        "hot_cells": int((cells["spot"] == "hot").sum()),
        "histories": _counts(study.hotspots["history"]),
        "emerging": _counts(cells["emerging"]) if "emerging" in cells else {},
        "notes": list(notes),
    }


def _counts(found: pd.Series) -> dict[str, int]:
    return {str(name): int(number) for name, number in found.value_counts().items() if number}


def _summary(given: Inputs, figures: dict[str, Any], out: Path, products: dict[str, Path]) -> str:
    histories = ", ".join(f"{number} {name}" for name, number in figures["histories"].items())
    return "\n".join(
        (
            f"{given.profile.force.name}: {figures['period']}, run {given.run[:12]}",
            f"  {figures['crimes']:,} crimes in {figures['cells_with_crime']:,} cells of {figures['cell']:g} m, "
            f"bandwidth {figures['bandwidth']:g} m; {figures['hot_cells']:,} cells are hot",
            f"  {figures['hotspots']} hot spots on {figures['area_share']:.2%} of the area: {histories or 'none'}",
            *(f"  {note}" for note in figures["notes"]),
            f"Made in {out}:",
            *(f"  {name}" for name in products),
        )
    )
