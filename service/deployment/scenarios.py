"""What if: a profile with some lines changed, planned beside the profile as it is, down to patrols where asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from allocation.exposure import Exposures, Patrolled, compare_patrols
from allocation.scenario import Comparison, Scenario
from allocation.team_problem import TeamProblem
from geodata.crimes import CrimeRead
from geodata.errors import InputError
from service.deployment.allocate import Stage, read_problem, records
from service.deployment.changes import Lines, changed, profile_of, read_lines
from service.deployment.scenario_ground import (
    Ground,
    ground_of_crimes,
    ground_of_run,
    profile_of_run,
)
from service.deployment.scenario_page import areas_of, write_scenario_page
from service.deployment.scenario_patrols import patrols_of
from service.deployment.scenario_tables import in_lines, joined, what_does_not_act
from service.deployment.scenario_teams import compared, problem_of, settled_bases
from service.deployment.staffing import costs, team_posts
from service.profile.force import Profile
from service.reading.inputs import Request

BASE: Final = "base"


@dataclass(frozen=True)
class ScenarioRequest:
    """
    What is to be compared.

    Parameters
    ----------
    base : force profile, as a file in TOML or as one holds it; None: that of `run`
    scenarios : each the lines of the profile that it changes, and perhaps a section `scenario`
    wards, demand : files; None: those that the profile names, or what the ground holds
    out : folder of the products, or None: none are written
    run : folder of the products of a finished run, whose hot spots are patrolled, or None
    crimes : folders, files or globs, or what was read of them: with `run` for the times of day, without it to find
        the hot spots from
    streets : that patrols walk on, or None
    as_of, allow_gaps, seed : as for a run of the working cycle
    ground : what scenarios are planned on, in place of `run` and `crimes`
    """

    base: Lines | None
    scenarios: tuple[Lines, ...]
    wards: Path | None = None
    demand: Path | None = None
    out: Path | None = None
    run: Path | None = None
    crimes: tuple[str, ...] | CrimeRead = ()
    streets: Path | None = None
    as_of: str | None = None
    allow_gaps: bool = False
    seed: int | None = None
    ground: Ground | None = None


@dataclass(frozen=True)
class Compared:
    """
    Scenarios side by side.

    Parameters
    ----------
    comparison : plans and tables of the teams
    profiles : the whole profile of each scenario
    figures : as JSON can hold them: `summary`, `wards`, `groups`, `notes`; of patrols also `hotspots`, `unmet`
    summary : to print
    exposures, patrols : of the patrols, or None and none where teams alone are compared
    """

    comparison: Comparison
    profiles: Mapping[str, Profile]
    figures: dict[str, Any]
    summary: str
    exposures: Exposures | None = None
    patrols: Mapping[str, Patrolled] | None = None


def compare(request: ScenarioRequest, *, stage: Stage) -> Compared:
    """
    Plan the base and each scenario, one from the last, and lay them side by side.

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
        values, base = _base(request)
        ground = _ground(request, base)
        profiles, notes = _profiles(request, values, ground)
        scenarios = [
            Scenario(name, _problem(profile, request, ground), costs(profile)) for name, profile in profiles.items()
        ]
    with stage("staff teams"):
        comparison, which = compared(scenarios, profiles, ground if request.demand is None else None)
        notes = (*notes, *which)
    patrols: dict[str, Patrolled] = {}
    if ground is not None:
        for name, profile in profiles.items():
            with stage(f"plan patrols: {name}"):
                patrols[name] = patrols_of(profile, ground, comparison.staffings[name], tuple(patrols.values()))
    exposures = compare_patrols(patrols) if patrols else None
    tables = joined(comparison, exposures, None if ground is None else ground.hotspots)
    figures = {name: records(table) for name, table in tables.items()} | {"notes": list(notes)}
    summary = in_lines(tables, notes)
    found = Compared(comparison, profiles, figures, summary, exposures, patrols or None)
    with stage("write"):
        _write(request, found, tables, ground)
    return found


def _write(
    request: ScenarioRequest, found: Compared, tables: Mapping[str, pd.DataFrame], ground: Ground | None
) -> None:
    """Write the tables, and the page of two maps where the wards have shapes."""
    if request.out is None:
        return
    base = found.profiles[BASE]
    request.out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(request.out / f"{name}.csv", index=False, lineterminator="\n")
    areas = ground.areas if ground is not None else areas_of(_files(request, base)[0], base)
    if areas is not None and len(found.profiles) > 1:
        write_scenario_page(
            found.comparison, areas, base, request.out, summary=tables["summary"], notes=tuple(found.figures["notes"]),
            ground=ground, patrols=found.patrols,
        )  # fmt: skip


def _base(request: ScenarioRequest) -> tuple[dict[str, Any], Profile]:
    """Return the base's settings and profile; those of the run where none are given."""
    if request.base is None:
        if request.run is None:
            raise InputError("A base must be given, or a run whose profile it is, and neither is.")
        values = profile_of_run(request.run)
        return values, profile_of(values, request.run.name)
    values = read_lines(request.base, "force profile")
    return values, profile_of(values, request.base.name if isinstance(request.base, Path) else BASE)


def _ground(request: ScenarioRequest, base: Profile) -> Ground | None:
    """Return what patrols are planned on, or None where teams alone are compared."""
    if request.ground is not None:
        return request.ground
    file = request.base if isinstance(request.base, Path) else None
    if request.run is not None:
        return ground_of_run(
            request.run, base, streets=request.streets, crimes=request.crimes, seed=request.seed, file=file
        )
    if not request.crimes:
        if request.streets is not None:
            raise InputError(
                "`--streets` are for patrols: give `--run` or `--crimes`, too, whose hot spots they visit."
            )
        return None
    wards = request.wards if request.wards is not None else _named(request, base, "wards")
    if wards is None:
        raise InputError("`--crimes` need `--wards` with a shape, and none are given.")
    asked = Request(
        crimes=request.crimes, areas=wards, out=Path(), profile=file, streets=request.streets, as_of=request.as_of,
        allow_gaps=request.allow_gaps, seed=request.seed,
    )  # fmt: skip
    return ground_of_crimes(asked)


def _profiles(
    request: ScenarioRequest, values: dict[str, Any], ground: Ground | None
) -> tuple[dict[str, Profile], tuple[str, ...]]:
    """Return the profile of each scenario by its name, the base's first, and what of their lines changes nothing."""
    base = profile_of(values, BASE)
    if ground is not None:
        values = settled_bases(values, base, ground)
    values = _with_posts(values, base, request, ground)
    notes: list[str] = []
    profiles = {BASE: profile_of(values, BASE)}
    for number, lines in enumerate(request.scenarios, start=1):
        name, settings, sections = changed(values, lines, number)
        if name in profiles:
            raise InputError(f"Scenarios must have different names, got {name!r} twice.")
        profiles[name] = profile_of(settings, lines.name if isinstance(lines, Path) else name)
        weighed = ground is not None and ground.times is not None
        notes += what_does_not_act(name, sections, patrolled=ground is not None, weighed=weighed)
    return profiles, (*notes, *(() if ground is None else ground.notes))


def _with_posts(
    values: dict[str, Any], profile: Profile, request: ScenarioRequest, ground: Ground | None
) -> dict[str, Any]:
    """Return the base with the headcounts that are taken where it gives none, so that they can be added to."""
    posts = team_posts(profile, len(_problem(profile, request, ground).demand))
    given = {name: count for name, count in dict(values.get("posts", {})).items() if count is not None}
    return values | {"posts": {"constables": posts.constables, "csos": posts.csos} | given}


def _problem(profile: Profile, request: ScenarioRequest, ground: Ground | None) -> TeamProblem:
    if ground is not None and request.demand is None:
        return problem_of(profile, ground)[0]
    return read_problem(*_files(request, profile), profile)[0]


def _files(request: ScenarioRequest, profile: Profile) -> tuple[Path, Path]:
    found = []
    for option, given in (("wards", request.wards), ("demand", request.demand)):
        file = given if given is not None else _named(request, profile, option)
        if file is None:
            raise InputError(f"`--{option}` must be given where the profile's section `staff` names no {option}.")
        found.append(file)
    return found[0], found[1]


def _named(request: ScenarioRequest, profile: Profile, option: str) -> Path | None:
    """Return the file that a profile names, which is meant from the base's folder."""
    name = getattr(profile.staff, option)
    folder = request.base.parent if isinstance(request.base, Path) else Path()
    return None if name is None else folder / name
