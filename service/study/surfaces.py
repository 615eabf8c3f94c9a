"""The surfaces of a study: how crime thickens over the ground, in each shift, and beside something else."""

import re
import warnings
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.area_figures import read_area_column
from geodata.area_tables import read_population
from geodata.areas import locate, read_areas
from geodata.errors import InputError
from geodata.fitness import Fitness
from geodata.grid import SQUARE_METRES_PER_KM2
from hotspots.adaptive import adaptive_density
from hotspots.density import CoarseGridWarning, density_at_centres, kernel_density, weekly_density
from hotspots.dual import dual_density, residents
from hotspots.significance import LEVEL
from hotspots.time_of_week import shift_densities
from hotspots.tolerance import Tolerance, approximated, relabelled, tolerance_contours
from maps.study.study import Beside
from service.analysis.insight import own_shifts, times_bear
from service.analysis.scene import Scene
from service.reading.inputs import Inputs, Request
from service.study.options import Against, Options, day_of

PERMUTATIONS: Final = 99
FEWEST_EVENTS: Final = 10  # within the bandwidth: below it the normal approximation is poor


def surfaces(given: Inputs, scene: Scene, options: Options) -> tuple[dict[str, pd.Series], tuple[str, ...]]:
    """Return crimes and harm per square kilometre and week, and what they warn of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CoarseGridWarning)
        found = {
            name: weekly_density(_density(given, scene, options, weights), scene.periods)
            for name, weights in (("density_crimes", None), ("density_harm", scene.harm))
        }
    # Of a bandwidth below the cell `analysis.too_coarse` tells; what is left is that adaptive discs are too narrow.
    coarse = [str(each.message) for each in caught if issubclass(each.category, CoarseGridWarning)]
    return found, tuple(dict.fromkeys(coarse)) if options.adaptive else ()


def made_how(scene: Scene, options: Options) -> str:
    """Return in words how the surfaces were made."""
    if options.adaptive:
        return f"adaptive quartic, {scene.bandwidth:g} m for a typical crime"
    edge = "no edge correction" if options.edge is None else f"edge correction: {options.edge}"
    return f"{options.kernel}, {scene.bandwidth:g} m, {edge}"


def _density(given: Inputs, scene: Scene, options: Options, weights: pd.Series | None) -> pd.Series:
    if options.adaptive:
        return adaptive_density(scene.crimes, scene.grid, bandwidth=scene.bandwidth, weights=weights)
    return kernel_density(
        scene.crimes, scene.grid, bandwidth=scene.bandwidth, kernel=options.kernel, weights=weights,
        edge=options.edge, study=None if options.edge is None else given.wards,
    )  # fmt: skip


def shift_surfaces(given: Inputs, scene: Scene, fitness: Fitness) -> tuple[dict[str, pd.Series], dict[str, str], str]:
    """Return the density of each shift by name of surface, the shifts' names, and why there are none."""
    reason = times_bear(fitness)
    crimes = scene.crimes[scene.crimes["precision"] != "month"]
    if reason or crimes.empty:
        return {}, {}, reason or "Shifts cannot be told apart: every crime analysed is dated by month only."
    windows = own_shifts(given)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CoarseGridWarning)
            found = shift_densities(crimes, scene.grid, windows, bandwidth=scene.bandwidth)
    except InputError as refused:
        return {}, {}, str(refused)
    names = {shift: f"density_shift_{_slug(shift, at)}" for at, shift in enumerate(windows, start=1)}
    weekly = {names[shift]: weekly_density(found[shift], scene.periods) for shift in windows}
    return weekly, names, ""


def _slug(name: str, number: int) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or str(number)


def beside(request: Request, given: Inputs, scene: Scene, options: Options) -> Beside | None:
    """
    Return crime held against what was asked for, or None where nothing was.

    Raises
    ------
    InputError
        If there is no crime on either side, or the areas lack the figures.
    """
    against = options.against
    if against is None:
        return None
    if against.kind in ("before", "offence"):
        return _events(given, scene, options, against)
    return _people(request, given, scene, options, against)


def _events(given: Inputs, scene: Scene, options: Options, against: Against) -> Beside:
    """Hold crimes against crimes: who swaps labels with whom can be asked, and so what is beyond chance."""
    crimes, reference, what = _parted(given, scene, against)
    if crimes.empty or reference.empty:
        counts = f"{len(crimes):,} on one side and {len(reference):,} on the other"
        raise InputError(f"`--against` needs some crime on either side; {what} leaves {counts}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)
        held = dual_density(
            crimes, reference, scene.grid, bandwidth=scene.bandwidth, measure=options.measure, study=scene.study
        )
        one_by_one = relabelled(
            crimes, reference, scene.grid, bandwidth=scene.bandwidth, permutations=PERMUTATIONS, seed=given.seed,
            study=scene.study,
        )  # fmt: skip
        together = _where_dense(crimes, reference, scene)
    contours = pd.concat(
        [
            tolerance_contours(found, scene.grid, by=by).assign(by=by)
            for found, by in ((one_by_one, "p"), (together, "q"))
        ]
    )
    higher, lower = (float((side[scene.study] <= LEVEL).mean()) for side in (together.q_higher, together.q_lower))
    found_where = f"denser beyond chance on {100 * higher:.2g} % of the area and thinner on {100 * lower:.2g} %"
    sentence = (
        f"Against {what}, crime is {found_where if higher + lower > 0 else 'nowhere denser or thinner beyond chance'} "
        f"(false discovery rate 5 %, where {FEWEST_EVENTS} events or more lie within the bandwidth). Repeats and near "
        "repeats count as if they were independent: take it as where to look."
    )
    return Beside(
        what, options.measure, held.surface, GeoDataFrame(contours.reset_index(drop=True), crs=scene.grid.crs),
        scene.bandwidth, float(len(crimes)), float(len(reference)), held.floored, sentence,
    )  # fmt: skip


def _where_dense(crimes: GeoDataFrame, reference: GeoDataFrame, scene: Scene) -> Tolerance:
    """
    Return how rare the risk of each cell is among all, where enough events lie about it for the normal approximation.

    Random labellings by the hundred cannot tell it: their smallest p is too large for a rate over 100,000 cells.
    """
    found = approximated(crimes, reference, scene.grid, bandwidth=scene.bandwidth, study=scene.study)
    (x, y), (u, v) = (cast.coordinates(events, scene.grid.crs) for events in (crimes, reference))
    every = np.concatenate((x, u)), np.concatenate((y, v)), np.ones(x.size + u.size)
    surface = density_at_centres(*every, scene.grid, scene.bandwidth, kernel="uniform")
    about = surface * np.pi * scene.bandwidth**2 / SQUARE_METRES_PER_KM2
    dense = pd.Series(about >= FEWEST_EVENTS, index=scene.grid.index)
    return replace(found, q_higher=found.q_higher.where(dense), q_lower=found.q_lower.where(dense))


def _parted(given: Inputs, scene: Scene, against: Against) -> tuple[GeoDataFrame, GeoDataFrame, str]:
    """Return the crimes, what they are held against, and its name."""
    if against.kind == "before":
        early = scene.crimes["occurred_from"] < day_of(against.value)
        return scene.crimes[~early], scene.crimes[early], f"the time before {against.value}"
    everything = scene.periods.within(given.crimes.crimes)
    other = everything[everything["offence"] == against.value]
    other = other[locate(other, given.wards).notna()] if len(other) else other
    return scene.crimes[scene.crimes["offence"] != against.value], GeoDataFrame(other), against.value


def _people(request: Request, given: Inputs, scene: Scene, options: Options, against: Against) -> Beside:
    """Hold crimes against what is counted by area, at the middle of each."""
    areas, what = _counted(request, given, against)
    width = float(np.sqrt(areas.area.median()))
    bandwidth = max(scene.bandwidth, width)
    reference = residents(areas)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)
        found = dual_density(
            scene.crimes, reference, scene.grid, bandwidth=bandwidth, measure=options.measure,
            reference_weights=reference["population"].to_numpy(), study=scene.study,
        )  # fmt: skip
    sentence = (
        f"Crime against {what}, counted at the middle of {len(areas):,} areas and spread over {bandwidth:,.0f} m. "
        "What is counted by area cannot swap places with crimes, so nothing is said of chance."
    )
    return Beside(
        what, options.measure, found.surface, None, bandwidth, float(len(scene.crimes)),
        float(reference["population"].sum()), found.floored, sentence,
    )  # fmt: skip


def _counted(request: Request, given: Inputs, against: Against) -> tuple[GeoDataFrame, str]:
    """Return areas with the figures in the column `population`, and what these are."""
    small, own = request.lsoas, given.profile.areas
    areas = given.wards
    if small is not None:
        areas = read_areas(small, kind="LSOA", crs=given.profile.analysis.crs)
    if against.kind == "column":
        code, kind = (own.code, own.kind) if small is None else (None, "LSOA")
        column = read_area_column(small or request.areas, against.value, code=code, kind=kind)
        areas = areas.assign(population=areas["code"].map(column).astype("float64"))
    elif small is not None and request.population is not None:
        table = read_population(request.population)["population"]
        areas = areas.assign(population=areas["code"].map(table).astype("float64"))
    known = areas[areas["population"].notna()]
    what = against.value if against.kind == "column" else "residents"
    if known.empty or not known["population"].gt(0).any():
        raise InputError(f"`--against` needs {what} of the areas, and none is known: give `--population` or a column.")
    return GeoDataFrame(known), what
