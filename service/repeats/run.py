"""
Repeat victimisation, on one page: who suffers again, how soon, and what is due to them.

    read -> premises -> counts -> time course -> lists -> products
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.areas import locate
from hotspots.repeats import repeat_table, repeats
from hotspots.significance import benjamini_hochberg
from hotspots.time_course import FEWEST_REPEATS, TimeCourse, time_course
from maps.repeats.files import write_products
from maps.repeats.study import EVERY, Kind, RepeatStudy, RestrictedLists
from service.manifest import RUN_DIGITS
from service.publish import publish, refuse_file
from service.reading.events import ANY_OFFENCE
from service.repeats.figures import figures, summary
from service.repeats.lists import restricted_lists
from service.repeats.scene import RepeatsRequest, Scene, set_scene
from service.repeats.subjects import MOST, Subject, Subjects, subjects
from service.stages import Stage, silent

_NIGHT: Final = pd.Timedelta(seconds=1)


@dataclass(frozen=True)
class RepeatsOutcome:
    """What was found, the lists, the figures as JSON can hold them, the products by name, and a summary to print."""

    study: RepeatStudy
    lists: RestrictedLists
    figures: dict[str, Any]
    products: dict[str, Path]
    summary: str


def run_repeats(request: RepeatsRequest, *, stage: Stage = silent) -> RepeatsOutcome:
    """
    Find out who suffers again and how soon, and write what is due to them.

    Parameters
    ----------
    request : what is asked
    stage : tells of each stage

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is written then.
    """
    refuse_file(request.out)
    with stage("read"):
        scene = set_scene(request)
    with stage("premises"):
        who = subjects(scene.crimes, scene.premises)
    with stage("counts and time course"):
        study = _study(scene, who)
    with stage("lists"):
        lists = restricted_lists(scene, who)
    found = figures(study, lists)
    products: dict[str, Path] = {}
    if request.out is not None:
        with stage("products"):
            _, products = publish(request.out, scene, write=partial(write_products, study, lists), figures=found)
    return RepeatsOutcome(study, lists, found, products, summary(study, lists, request.out, products))


def _study(scene: Scene, who: Subjects) -> RepeatStudy:
    first, last = scene.crimes["moment"].min(), scene.as_of - _NIGHT
    return RepeatStudy(
        force=scene.profile.force.name,
        marking=scene.profile.force.marking,
        run_id=scene.run[:RUN_DIGITS],
        period=" to ".join(f"{day.day} {day:%B %Y}" for day in (first, last)),
        stamp=last.tz_localize(None).normalize(),
        sources=scene.sources,
        kinds=tuple(_kind(scene, subject, who) for subject in who.found),
        refusals=who.refusals,
        notes=scene.notes,
    )


def _kind(scene: Scene, subject: Subject, who: Subjects) -> Kind:
    rows = subject.counted(scene.crimes["offence"])
    crimes, held = scene.crimes[rows], subject.who[rows]
    offence = crimes["offence"].astype("string").rename("offence")
    targets = scene.targets.get(subject.kind) if subject.claimed else None
    harm = scene.harm.of(crimes["offence"])
    counted = partial(repeats, held, day=crimes["moment"], harm=harm, targets=targets)
    every = counted().rename({"all": EVERY})
    each = counted(by=offence).drop(index=ANY_OFFENCE, errors="ignore")
    counts = pd.concat([every, each]).rename_axis("offence")
    courses, note = _courses(scene, crimes, held, counts, targets)
    tested = {name: course.p for name, course in courses.items() if name != EVERY and course.p == course.p}
    return Kind(
        kind=subject.kind,
        level=subject.level,
        claimed=subject.claimed,
        reason=subject.reason,
        counts=counts,
        times=_times(held, offence, list(counts.index), targets),
        areas=_by_area(scene, crimes, held, subject, who.listed),
        courses=courses,
        q=dict(zip(tested, benjamini_hochberg(list(tested.values())).tolist(), strict=True)),
        course_note=note,
    )


def _times(held: pd.Series, offence: pd.Series, names: list[str], targets: float | None) -> pd.DataFrame:
    parts = {name: repeat_table(held if name == EVERY else held[offence == name], targets) for name in names}
    return pd.concat(parts, names=["offence", "times"])


def _courses(
    scene: Scene, crimes: GeoDataFrame, held: pd.Series, counts: pd.DataFrame, targets: float | None
) -> tuple[dict[str, TimeCourse], str]:
    dated = (crimes["precision"] != "month") & held.notna()
    if dated.sum() < max(1, MOST * held.notna().sum()):
        return {}, "Most crimes are dated by month only: nothing can be said of the days between them."
    enough = counts.index[counts["repeats"] >= FEWEST_REPEATS]
    end = (scene.as_of - _NIGHT).tz_localize(None)
    found = {}
    for name in [EVERY, *enough.drop(EVERY, errors="ignore")]:
        own = dated if name == EVERY else dated & (crimes["offence"] == name)
        found[str(name)] = time_course(held[own], crimes.loc[own, "moment"], end=end, targets=targets, seed=scene.seed)
    return found, ""


def _by_area(
    scene: Scene, crimes: GeoDataFrame, held: pd.Series, subject: Subject, listed: pd.DataFrame
) -> pd.DataFrame:
    """Return the counts by area, of every crime type and of each."""
    if scene.areas is None:
        return pd.DataFrame(columns=["code", "name", "offence"])
    code = locate(crimes, scene.areas).astype("string")
    offence = crimes["offence"].astype("string")
    targets, harm = _area_targets(scene.areas, subject, listed), scene.harm.of(crimes["offence"])
    parts = []
    for name in [EVERY, *sorted(set(offence) - {ANY_OFFENCE})]:
        own = code.notna() if name == EVERY else code.notna() & (offence == name)
        table = repeats(
            held[own], by=code[own].rename("code"), day=crimes.loc[own, "moment"], harm=harm[own], targets=targets
        )
        parts.append(table.reset_index().assign(offence=name))
    every = pd.concat(parts, ignore_index=True)
    every.insert(1, "name", every["code"].map(scene.areas.set_index("code")["name"]))
    every.insert(2, "offence", every.pop("offence"))
    return every.sort_values(["code", "offence"], key=lambda key: key.replace(EVERY, ""), ignore_index=True)


def _area_targets(areas: GeoDataFrame, subject: Subject, listed: pd.DataFrame) -> pd.Series | None:
    if not subject.claimed:
        return None
    if subject.kind == "victim":
        return pd.Series(areas["population"].to_numpy(), index=areas["code"])
    if listed.empty:
        return None
    points = GeoDataFrame(listed, geometry=shapely.points(listed[["x", "y"]].to_numpy(dtype=np.float64)), crs=areas.crs)
    return locate(points, areas).astype("string").value_counts().astype("float64")
