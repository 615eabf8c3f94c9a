"""
The analyst's study, on one page: where crime thickens, where more lies together than chance puts there, since when.

    read -> fitness -> bandwidth -> density -> against something else -> local statistics -> hot spots
         -> a closer look -> streets -> products -> manifest

It stops where the working cycle turns to staff and patrols, and writes what a report has no room for: every cell and
period, so that each class can be worked out again in a spreadsheet.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from geodata.area_figures import read_rates
from geodata.fitness import Fitness, assess
from hotspots.vulnerable_localities import INPUTS, VulnerableLocalities, vulnerable_localities
from maps.study.files import write_study
from maps.study.study import Smoothing, Study
from service import manifest, packing
from service.analysis import scene as analysis
from service.analysis.insight import look_closer
from service.analysis.places import choose_hotspots
from service.analysis.scene import Outlook, Scene
from service.assumptions import analysis_parameters
from service.credits import credits_of
from service.publish import publish, refuse_file
from service.reading import inputs
from service.reading.inputs import Inputs, Request
from service.study.bandwidth import smoothing, widest
from service.study.cells import local_statistics
from service.study.figures import figures, summary
from service.study.options import Options, with_options
from service.study.space_time import refuse_months, space_time
from service.study.streets import AlongStreets, along_streets
from service.study.surfaces import beside, made_how, shift_surfaces, surfaces
from service.study.words import further_tables, hotspots_made_how, notes

Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class StudyOutcome:
    """What a study made: the findings, the manifest's content, the products by name, and a summary to print."""

    study: Study
    manifest: dict[str, Any]
    products: dict[str, Path]
    summary: str


@dataclass(frozen=True)
class _Read:
    """What was read and how far it goes."""

    given: Inputs
    fitness: Fitness
    scene: Scene
    smoothing: Smoothing


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
    refuse_file(request.out)
    with stage("read"):
        given = with_options(inputs.read(request), options)
        localities = _localities(options.localities)
    with stage("fitness"):
        scene = analysis.set_scene(given)
        fitness = assess(given.crimes, given.wards, periods=scene.periods, harm=given.harm)
        analysis.refuse_gaps(fitness.gaps, allowed=request.allow_gaps)
        refuse_months(scene, options.space_time)
    with stage("bandwidth"):
        chosen_width = smoothing(given, scene, options)
        scene = replace(scene, bandwidth=chosen_width.metres)
        read = _Read(given, fitness, scene, chosen_width)
    with stage("density"):
        density, warned = surfaces(given, scene, options)
        shifts = shift_surfaces(given, scene, fitness)
    with stage("against something else"):
        against = beside(request, given, scene, options)
    with stage("local statistics"):
        cells, tables = local_statistics(scene, density)
    with stage("hot spots"):
        outlook = analysis.look_ahead(given, scene)
        chosen = choose_hotspots(given, scene, outlook, options.rules)
        redrawn = analysis.redrawn(given, scene, outlook)
    with stage("a closer look"):
        insight = look_closer(given, scene, chosen, fitness)
        moving = space_time(scene, chosen.table, options.space_time)
    with stage("streets"):
        streets = AlongStreets({}) if options.along is None else along_streets(given, scene, options.along)
    with stage("products"):
        study = Study(
            **_said(read, outlook), density=made_how(scene, options), surfaces={**density, **shifts[0]},
            shifts=shifts[1], shift_note=shifts[2], hotspots=chosen.table,
            hotspot_note=hotspots_made_how(chosen, options), cells=cells, tables=tables, streets=streets.layers,
            street_note=streets.note, sensitivity=redrawn, insight=insight, beside=against, space_time=moving,
            localities=localities, notes=(),
        )  # fmt: skip
        study = replace(study, tables={**tables, **further_tables(study)}, notes=(*notes(study, scene), *warned))
        return _published(request, read, study, outlook)


def _published(request: Request, read: _Read, study: Study, outlook: Outlook) -> StudyOutcome:
    found = figures(read.scene, study, forecast=outlook.backtest.best, widest=widest(read.scene))
    content, products = publish(request.out, read.given, write=partial(write_study, study), figures=found)
    return StudyOutcome(study, content, products, summary(study, found, request.out, products))


def _said(read: _Read, outlook: Outlook) -> dict[str, Any]:
    """Return what every product says of the run: for whom, of when, from what, with which settings."""
    given, scene = read.given, read.scene
    return {
        "force": given.profile.force.name,
        "marking": given.profile.force.marking,
        "run_id": given.run[: manifest.RUN_DIGITS],
        "period": str(scene.periods),
        "next_period": packing.next_period(scene),
        "rank_by": given.profile.analysis.rank_by,
        "risk_unit": packing.risk_unit(given),
        "stamp": scene.periods.edges[-2],
        "sources": given.sources,
        "fitness": read.fitness,
        "wards": given.wards,
        "grid": scene.grid,
        "study": scene.study,
        "drawn": given.streets,
        "smoothing": read.smoothing,
        "parameters": analysis_parameters(given, scene, outlook),
        "credits": credits_of(given),
        "versions": manifest.versions(),
    }


def _localities(path: Path | None) -> VulnerableLocalities | None:
    return None if path is None else vulnerable_localities(read_rates(path, list(INPUTS)))
