"""
The working cycle, on one page: from recorded crime to a tasking pack.

    read -> fitness -> weigh -> forecast and back-test -> choose hot spots -> demand
         -> staff teams -> schedule patrols (each plan checked) -> products -> manifest
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.errors import InputError
from geodata.fitness import assess
from maps.pack import Pack
from maps.products import write_products
from service import analysis, deployment, inputs, manifest, packing
from service.inputs import Request

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
    with stage("read"):
        given = inputs.read(request)
    with stage("fitness"):
        scene = analysis.set_scene(given)
        fitness = assess(given.crimes, given.wards, periods=scene.periods, harm=given.harm)
        analysis.refuse_gaps(fitness.gaps, allowed=request.allow_gaps)
    with stage("forecast and back-test"):
        outlook = analysis.look_ahead(given, scene)
    with stage("hot spots"):
        hotspots = analysis.choose_hotspots(given, scene, outlook)
    with stage("staff teams"):
        teams = deployment.staff(given, scene)
    with stage("schedule patrols"):
        patrols = deployment.patrol(given, scene, hotspots, teams)
    with stage("products"):
        pack = packing.pack(given, scene, outlook, hotspots=hotspots, teams=teams, patrols=patrols, fitness=fitness)
        return _publish(request.out, pack, given)


def _publish(out: Path, pack: Pack, given: inputs.Inputs) -> Outcome:
    """Write everything beside `out` first, then move it in: a run that fails leaves nothing half-written."""
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, and {out.name} is a file.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workshop:
        folder = Path(workshop)
        written = write_products(pack, folder)
        content = manifest.write_manifest(
            folder / "manifest.json",
            run=given.run,
            sources=given.sources,
            settings=given.settings,
            figures=packing.figures(pack),
            products=written,
        )
        out.mkdir(exist_ok=True)
        products = {name: _moved(folder / name, out / name) for name in sorted([*written, "manifest.json"])}
    return Outcome(pack, content, products, packing.summary(pack, out, products))


def _moved(source: Path, target: Path) -> Path:
    shutil.move(source, target)
    return target
