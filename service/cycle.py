"""
The working cycle, on one page: from recorded crime to a tasking pack.

    read -> fitness -> weigh -> forecast and back-test -> choose hot spots -> demand
         -> staff teams -> schedule patrols -> plan CSO hours (each plan checked)
         -> what changed, who suffers, the last tasking, where it stands -> products -> manifest
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from geodata.fitness import assess
from maps.pack import Pack
from maps.product import Asked
from maps.products import DEFAULT, parts_of, ready, write_products
from service import packing
from service.analysis import scene as analysis
from service.analysis.further import look_further
from service.analysis.insight import look_closer
from service.analysis.places import choose_hotspots
from service.deployment import plan as deployment
from service.deployment.held_back import hold_up
from service.deployment.hours import cso_hours
from service.deployment.walked_back import walk_back
from service.publish import publish, refuse_file
from service.reading import inputs
from service.reading.inputs import Request
from service.reading.past_reviews import read_reviews

Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Outcome:
    """What a run made: the findings, the manifest's content, the products by name, and a summary to print."""

    pack: Pack
    manifest: dict[str, Any]
    products: dict[str, Path]
    summary: str


def run_cycle(request: Request, *, stage: Stage = lambda _name: nullcontext()) -> Outcome:
    """
    Run the working cycle and write its products.

    Parameters
    ----------
    request : what to read, and where to write
    stage : called with each stage's name as it begins; the stage runs inside what it returns

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is written then.
    """
    names = ready(request.products or DEFAULT)
    refuse_file(request.out)
    with stage("read"):
        given, reviews = inputs.read(request), read_reviews(request.reviews)
    with stage("fitness"):
        scene = analysis.set_scene(given)
        fitness = assess(
            given.crimes, given.wards, periods=scene.periods, harm=given.harm, lsoa_editions=given.lsoa_editions or None
        )
        analysis.refuse_gaps(fitness.gaps, allowed=request.allow_gaps)
    with stage("forecast and back-test"):
        outlook = analysis.look_ahead(given, scene)
    with stage("hot spots"):
        chosen = choose_hotspots(given, scene, outlook)
        redrawn = analysis.redrawn(given, scene, outlook)
        insight = look_closer(given, scene, chosen, fitness)
    with stage("staff teams"):
        teams = deployment.staff(given, scene)
        outturn = hold_up(scene, teams, seed=given.seed)
    with stage("schedule patrols"):
        patrols = deployment.patrol(given, scene, chosen.table, teams)
        walks = walk_back(given, scene, outlook, patrols)
    with stage("plan CSO hours"):
        hours = cso_hours(given, scene, chosen.table, patrols)
    with stage("what changed, who suffers"):
        further = look_further(
            given, scene, chosen, outlook=outlook, fitness=fitness, teams=teams, patrols=patrols, parts=parts_of(names)
        )
    with stage("gather"):
        pack = packing.pack(
            given, scene, outlook, hotspots=chosen.table, teams=teams, patrols=patrols, fitness=fitness,
            sensitivity=redrawn, insight=insight, outturn=outturn, walks=walks, hours=hours, further=further,
        )  # fmt: skip
    write = partial(write_products, pack, names=names, asked=Asked(request.hotspots, reviews), stage=stage)
    figures = packing.figures(pack) | {"asked": _asked(request, names)}
    content, products = publish(request.out, given, write=write, figures=figures)
    return Outcome(pack, content, products, packing.summary(pack, request.out, products))


def _asked(request: Request, names: Sequence[str]) -> dict[str, Any]:
    """Return what was asked beyond inputs and settings, so that `reproduce` can ask it again."""
    return {"products": list(names), "hotspots": list(request.hotspots), "allow_gaps": request.allow_gaps}
