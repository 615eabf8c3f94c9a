"""
Near repeat, on one page: is crime near in space near in time too, how far and how long, and where until when.

    read -> fitness -> Knox test -> reach -> classes and chains -> open windows -> products
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geodata.cast import BoolArray
from geodata.errors import InputError
from hotspots.knox import Knox, knox
from hotspots.near_repeat import FEWEST, Reach, near_repeat_reach
from hotspots.near_repeat_classes import Chains, near_repeat_classes
from hotspots.open_windows import OpenWindows, open_windows
from hotspots.space_time_tests import jacquez, mantel, modified_knox
from maps.repeats.near_repeat_files import NearRepeatStudy, write_near_repeat
from service.near_repeat.request import NearRepeatRequest
from service.near_repeat.scene import Scene, set_scene
from service.near_repeat.words import figures, summary
from service.publish import publish, refuse_file
from service.stages import Stage, silent

DEALINGS: Final = 99  # of the times in the cross-checks
NEIGHBOURS: Final = 3
MOST_MEASURED: Final = 200_000  # crimes whose reach is measured; beyond, the bands must do


@dataclass(frozen=True)
class NearRepeatOutcome:
    """What was found, the figures as JSON can hold them, the products by name, and a summary to print."""

    study: NearRepeatStudy
    figures: dict[str, Any]
    products: dict[str, Path]
    summary: str


def run_near_repeat(request: NearRepeatRequest, *, stage: Stage = silent) -> NearRepeatOutcome:
    """
    Test for near repeat and, where it is found, measure it, follow its chains and say where risk is raised.

    Parameters
    ----------
    request : what is asked
    stage : tells of each stage

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule, or the data cannot bear the claim; nothing is written then.
    """
    refuse_file(request.out)
    with stage("read"):
        scene = set_scene(request)
    with stage("Knox test"):
        found = _tested(scene)
    more: BoolArray = found.more_than_chance.to_numpy().reshape(found.bands.shape)
    chains: Chains | None = None
    reach: Reach | None = None
    windows: OpenWindows | None = None
    notes: list[str] = []
    if scene.against is None:
        with stage("chains"):
            chains, notes = _chains(scene, more)
        with stage("reach"):
            reach, told = _reach(scene, bool(more.any()))
            notes += told
        with stage("open windows"):
            windows, told = _windows(scene, reach)
            notes += told
    study = NearRepeatStudy(scene.crimes, found, chains, reach, windows, scene.run)
    held = figures(scene, study, tuple(notes))
    if request.cross_checks:
        with stage("cross-checks"):
            held["cross_checks"] = _cross_checks(scene, reach)
    products: dict[str, Path] = {}
    if request.out is not None:
        with stage("products"):
            _, products = publish(request.out, scene, write=partial(write_near_repeat, study), figures=held)
    return NearRepeatOutcome(study, held, products, summary(held, request.out, products))


def _tested(scene: Scene) -> Knox:
    asked = scene.request
    if asked.calculator_labels:
        asked.bands.calculator_labels()  # refused before anything is worked out
    return knox(
        scene.crimes, asked.bands, against=scene.against, metric=asked.metric, streets=scene.streets,
        exact_times=asked.exact_times, permutations=asked.permutations, seed=asked.seed,
    )  # fmt: skip


def _chains(scene: Scene, more: BoolArray) -> tuple[Chains | None, list[str]]:
    asked, size = scene.request, len(scene.crimes)
    if size > MOST_MEASURED:
        return None, [f"Chains are followed among at most {MOST_MEASURED:,} crimes, not {size:,}."]
    try:
        return near_repeat_classes(scene.crimes, asked.bands, more, metric=asked.metric, streets=scene.streets), []
    except InputError as error:  # more pairs than can be listed
        return None, [f"Chains are not followed. {error}"]


def _cross_checks(scene: Scene, reach: Reach | None) -> dict[str, dict[str, float]]:
    """Return statistic and p of other tests, within the reach measured or else the first band."""
    bands, seed = scene.request.bands, scene.request.seed
    metres, days = (bands.space[1], bands.time[1]) if reach is None else (reach.metres, reach.days - 1)
    tests = {
        "mantel": mantel(scene.crimes, permutations=DEALINGS, seed=seed),
        "modified_knox": modified_knox(scene.crimes, metres=metres, days=days, permutations=DEALINGS, seed=seed),
        "jacquez": jacquez(scene.crimes, neighbours=NEIGHBOURS, permutations=DEALINGS, seed=seed),
    }
    return {name: {"statistic": found.statistic, "p": found.p} for name, found in tests.items()}


def _reach(scene: Scene, found: bool) -> tuple[Reach | None, list[str]]:
    asked, size = scene.request, len(scene.crimes)
    if not found:
        return None, ["No band holds more pairs than chance: distance, days and strength are not measured."]
    if not FEWEST <= size <= MOST_MEASURED:
        return None, [
            f"Distance, days and strength are measured on {FEWEST} to {MOST_MEASURED:,} crimes, not {size:,}."
        ]
    try:
        return near_repeat_reach(scene.crimes, metric=asked.metric, streets=scene.streets, seed=asked.seed), []
    except InputError as error:
        return None, [f"Distance, days and strength are not measured. {error}"]


def _windows(scene: Scene, reach: Reach | None) -> tuple[OpenWindows | None, list[str]]:
    asked = scene.request
    if reach is None or reach.strength_low <= 0:
        return None, ["No windows are open, as no near repeat was measured that they could rest on."]
    last = scene.crimes["occurred_to"].max().tz_localize(None)
    day = last.normalize() + pd.Timedelta(days=int(last > last.normalize()))
    found = open_windows(
        scene.crimes, reach, on=asked.as_of or day, area=scene.area, addresses=scene.addresses, metric=asked.metric,
        streets=scene.streets,
    )  # fmt: skip
    return found, []
