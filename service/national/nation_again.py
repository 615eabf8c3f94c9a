"""A national run made again from its manifest."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from geodata.errors import NotFoundError
from service.national.force_task import ForceSettings
from service.national.nation import SEGMENT, run_nation
from service.national.nation_request import NationRequest
from service.stages import Stage, silent

Lay = Callable[[Path, Path, str], Path]


def nation_again(
    was: Mapping[str, Any],
    places: Mapping[tuple[str, str], Path],
    workshop: Path,
    *,
    lay: Lay,
    stage: Stage = silent,
) -> dict[str, Any]:
    """
    Make a national run again, and return its manifest.

    Parameters
    ----------
    was : the manifest
    places : where each input lies, by kind and name
    workshop : folder to work in
    lay : puts a file into a folder under a name, and returns where it lies then
    stage : called with each stage's name

    Raises
    ------
    NotFoundError
        If the run was made from what a store held, whose files the manifest does not name.
    """
    if any(kind == SEGMENT for kind, _ in places):
        raise NotFoundError("A run must be made from files to be made again, and this one was from a store's segments.")
    given: dict[str, Any] = {"crimes": workshop / "crimes"}
    for (kind, name), path in places.items():
        beside = name.startswith(f"{kind}: ")
        laid = lay(path, workshop / (kind if beside else "crimes"), name.removeprefix(f"{kind}: "))
        if beside:
            given[kind] = laid.parent if kind == "people" and was["figures"]["asked"]["people"] == "folder" else laid
    settings = dict(was["settings"])
    first, last, marking = (settings.pop(name) for name in ("first", "last", "marking"))
    near_repeat = tuple(settings.pop("near_repeat", ("Burglary",)))  # which was the only one
    of_forces = ForceSettings(**{**settings, "exclude": tuple(settings["exclude"])})
    request = NationRequest(
        out=workshop / "again", first=first, last=last, marking=marking, settings=of_forces,
        near_repeat=near_repeat, **given,
    )  # fmt: skip
    return run_nation(request, stage=stage).manifest
