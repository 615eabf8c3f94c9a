"""From what is kept of the forces to the work on each: its unbroken months, its neighbours and theirs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from geopandas import GeoDataFrame

from geodata.errors import InputError
from service.manifest import sha256_of
from service.national.force_task import ForceSettings, ForceTask
from service.national.segments import month_number
from service.store.segments import Segment


@dataclass(frozen=True)
class Ground:
    """
    What all forces have in common.

    Parameters
    ----------
    areas : file of the forces' areas
    wards : file of wards, if any
    segments : folder of the segments
    out : folder of what is found of each force
    settings : as for every force
    """

    areas: Path
    wards: Path | None
    segments: Path
    out: Path
    settings: ForceSettings


def tasks_of(kept: Sequence[Segment], forces: GeoDataFrame, ground: Ground) -> tuple[list[ForceTask], list[str]]:
    """
    Return the work on each force of which crimes are kept, and what of it is left out, a sentence each.

    A neighbour's crimes count only where they cover the same months: half a border would look cold.

    Raises
    ------
    InputError
        If no crimes are kept of any force that has an area.
    """
    kept_by = _by_force(kept)
    areas = set(forces["force"])
    strangers = sorted(set(kept_by) - areas)
    notes = [f"Of {force} there is no area: its crimes are in no figure." for force in strangers]
    runs = {force: _unbroken(sorted(months)) for force, months in sorted(kept_by.items()) if force in areas}
    if not runs:
        raise InputError("Crimes of at least one force that has an area are needed, got none.")
    notes += list(_gaps(runs, kept_by))
    settings = ground.settings
    near = _within(forces, max(settings.radius, settings.bandwidth))
    prints = {path: sha256_of(path) for path in (ground.areas, ground.wards) if path is not None}
    tasks = []
    for force, months in runs.items():
        beside = [other for other in near[force] if set(months) <= set(kept_by.get(other, ()))]
        task = ForceTask(
            force=force,
            areas=(str(ground.areas), prints[ground.areas]),
            segments=str(ground.segments),
            own=tuple(str(kept_by[force][month].path) for month in months),
            neighbours=tuple(beside),
            beside=tuple(str(kept_by[other][month].path) for other in beside for month in months),
            months=tuple(months),
            out=str(ground.out / force),
            settings=settings,
        )
        tasks.append(task if ground.wards is None else replace(task, wards=(str(ground.wards), prints[ground.wards])))
    return tasks, notes


def _by_force(kept: Sequence[Segment]) -> dict[str, dict[str, Segment]]:
    found: dict[str, dict[str, Segment]] = {}
    for segment in kept:
        found.setdefault(segment.force, {})[segment.month] = segment
    return found


def _unbroken(months: Sequence[str]) -> list[str]:
    """Return the last months that follow one another without a gap."""
    breaks = [at for at, (one, other) in enumerate(pairwise(map(month_number, months)), start=1) if other - one > 1]
    return list(months[breaks[-1] if breaks else 0 :])


def _gaps(runs: Mapping[str, list[str]], kept: Mapping[str, Mapping[str, Segment]]) -> Iterator[str]:
    for force, months in runs.items():
        left = len(kept[force]) - len(months)
        if left:
            yield f"Months must follow one another: of {force} {left} before {months[0]} are left out, for a gap."


def _within(forces: GeoDataFrame, reach: float) -> dict[str, list[str]]:
    """Return the other forces whose areas come within reach of each, by name."""
    one, other = forces.sindex.query(forces.geometry, predicate="dwithin", distance=reach)
    names = forces["force"].to_numpy(dtype=object)
    apart = one != other
    near: dict[str, list[str]] = {str(name): [] for name in names}
    for at in np.lexsort((other, one)):
        if apart[at]:
            near[str(names[one[at]])].append(str(names[other[at]]))
    return near
