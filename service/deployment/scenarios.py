"""What if: a profile with some lines changed, planned beside the profile as it is."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import ValidationError

from allocation.scenario import Comparison, Scenario, compare_scenarios
from geodata.errors import InputError, NotFoundError
from service.deployment.allocate import Stage, read_problem, records
from service.deployment.scenario_page import write_scenario_page
from service.deployment.staffing import costs, team_posts
from service.profile.force import Profile, _sentence
from service.reading.ward_tables import read_ward_tables

BASE = "base"
OWN = "scenario"  # the section that a profile does not have


@dataclass(frozen=True)
class ScenarioRequest:
    """
    What is to be compared.

    Parameters
    ----------
    base : force profile in TOML
    scenarios : files in TOML, each the lines of the profile that it changes, and perhaps a section `scenario`
    wards, demand : files; None: those that the profile names
    out : folder of the products, or None: none are written
    """

    base: Path
    scenarios: tuple[Path, ...]
    wards: Path | None = None
    demand: Path | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Compared:
    """
    Scenarios side by side.

    Parameters
    ----------
    comparison : plans and tables
    profiles : the whole profile of each scenario, from which its patrols can be planned, too
    figures : as JSON can hold them
    summary : to print
    """

    comparison: Comparison
    profiles: Mapping[str, Profile]
    figures: dict[str, Any]
    summary: str


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
        values = _read(request.base, "force profile")
        profiles = {BASE: _profile(values, request.base.name)}
        values = _with_posts(values, profiles[BASE], request)
        for path in request.scenarios:
            name, profile = _changed(values, path)
            if name in profiles:
                raise InputError(f"Scenarios must have different names, got {name!r} twice.")
            profiles[name] = profile
        scenarios = [_scenario(name, profile, request) for name, profile in profiles.items()]
    with stage("staff teams"):
        comparison = compare_scenarios(scenarios)
    figures = {name: records(getattr(comparison, name)) for name in ("summary", "wards", "groups")}
    if request.out is not None:
        request.out.mkdir(parents=True, exist_ok=True)
        for name in figures:
            getattr(comparison, name).to_csv(request.out / f"{name}.csv", index=False, lineterminator="\n")
        write_scenario_page(comparison, _files(request, profiles[BASE])[0], profiles[BASE], request.out)
    return Compared(comparison, profiles, figures, _summary(comparison))


def overlay(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return settings with some changed: sections are merged, all else is replaced; text such as "+20" adds to a number.

    Parameters
    ----------
    values, changes : as TOML holds them

    Raises
    ------
    InputError
        If something is added to what is no number.
    """
    merged = dict(values)
    for name, change in changes.items():
        now = merged.get(name)
        if isinstance(change, Mapping):
            merged[name] = overlay(now if isinstance(now, Mapping) else {}, change)
        elif isinstance(change, str) and change[:1] in ("+", "-"):
            merged[name] = _added(name, now, change)
        else:
            merged[name] = change
    return merged


def _added(name: str, now: Any, change: str) -> float | int | str:
    try:
        step = float(change)
    except ValueError:
        return change
    if isinstance(now, bool) or not isinstance(now, int | float):
        raise InputError(f"`{name}` can be changed by {change} only where the base gives a number, and it does not.")
    total = now + step
    return int(total) if isinstance(now, int) and total == int(total) else total


def _read(path: Path, what: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"The {what} must be a file, and there is none at {path}.") from None
    except UnicodeDecodeError:
        raise InputError(f"The {what} must be UTF-8 text, and {path.name} is not.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The {what} must be TOML; {path.name} is not: {error}.") from None


def _profile(values: dict[str, Any], name: str) -> Profile:
    try:
        return Profile.model_validate(values)
    except ValidationError as error:
        raise InputError(f"The force profile with {name} must keep its rules: {_sentence(error)}.") from None


def _with_posts(values: dict[str, Any], profile: Profile, request: ScenarioRequest) -> dict[str, Any]:
    """Return the base with the headcounts that are taken where it gives none, so that they can be added to."""
    count = len(read_ward_tables(*_files(request, profile), profile).demand)
    posts = team_posts(profile, count)
    taken = {"constables": posts.constables, "csos": posts.csos}
    return values | {"posts": taken | dict(values.get("posts", {}))}


def _changed(values: dict[str, Any], path: Path) -> tuple[str, Profile]:
    changes = _read(path, "scenario")
    own = changes.pop(OWN, {})
    unknown = sorted(set(own) - {"name", "close_bases"}) if isinstance(own, dict) else [OWN]
    if unknown:
        raise InputError(f"A scenario may have a name and close_bases; `{unknown[0]}` of {path.name} is neither.")
    merged = overlay(values, changes)
    closed = set(own.get("close_bases", ()))
    bases = merged.get("bases", [])
    lacking = sorted(closed - {base.get("name") for base in bases})
    if lacking:
        raise InputError(f'A base that is closed must be one of the base profile\'s, and "{lacking[0]}" is not.')
    if closed:
        merged["bases"] = [base for base in bases if base.get("name") not in closed]
        merged["units"] = [unit for unit in merged.get("units", []) if unit.get("base") not in closed]
    return str(own.get("name", path.stem)), _profile(merged, path.name)


def _files(request: ScenarioRequest, profile: Profile) -> tuple[Path, Path]:
    found = []
    for option, given, named in (
        ("wards", request.wards, profile.staff.wards),
        ("demand", request.demand, profile.staff.demand),
    ):
        if given is None and named is None:
            raise InputError(f"`--{option}` must be given where the profile's section `staff` names no {option}.")
        found.append(given if given is not None else request.base.parent / str(named))
    return found[0], found[1]


def _scenario(name: str, profile: Profile, request: ScenarioRequest) -> Scenario:
    problem, _ = read_problem(*_files(request, profile), profile)
    return Scenario(name, problem, costs(profile))


def _summary(comparison: Comparison) -> str:
    lines = []
    base = comparison.summary.iloc[0]
    for row in comparison.summary.to_dict("records"):
        lines.append(
            f"{row['scenario']}: worth {row['value']:,.4g} ({row['value'] - base['value']:+,.4g}), "
            f"{row['covered']:.1%} of demand, {row['constables']} constables, {row['csos']} CSOs, "
            f"{row['sergeants']} sergeants, {row['inspectors']} inspectors, {row['moved']} posts moved, "
            f"gap {row['gap']:.2e}" + ("" if pd.isna(row["cost"]) else f", £{row['cost']:,.0f}")
        )
        lines += [f"  {row['unmet']}"] if row["unmet"] else []
    return "\n".join(lines)
