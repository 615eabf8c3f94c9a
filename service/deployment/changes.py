"""What if, in the words of the profile: the lines that change, laid over the lines as they are."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from geodata.errors import InputError, NotFoundError
from service.profile.force import Profile, _sentence

OWN: Final = "scenario"  # the section that a profile does not have
KNOWN: Final = ("name", "close_bases")
Lines = Path | Mapping[str, Any]  # a file in TOML, or what one holds


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


def read_lines(lines: Lines, what: str) -> dict[str, Any]:
    """
    Return settings as TOML holds them.

    Raises
    ------
    NotFoundError, InputError
        If there is no such file, or it is not TOML.
    """
    if not isinstance(lines, Path):
        return dict(lines)
    try:
        return tomllib.loads(lines.read_text(encoding="utf-8-sig"))
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"The {what} must be a file, and there is none at {lines}.") from None
    except UnicodeDecodeError:
        raise InputError(f"The {what} must be UTF-8 text, and {lines.name} is not.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The {what} must be TOML; {lines.name} is not: {error}.") from None


def profile_of(values: Mapping[str, Any], name: str) -> Profile:
    """
    Return the profile that settings are.

    Raises
    ------
    InputError
        If they break a rule; `name` says whose they are.
    """
    try:
        return Profile.model_validate(dict(values))
    except ValidationError as error:
        raise InputError(f"The force profile with {name} must keep its rules: {_sentence(error)}.") from None


def changed(values: Mapping[str, Any], lines: Lines, number: int) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """
    Return a scenario's name, the settings under it, and the sections that it changes.

    Parameters
    ----------
    values : the base's settings
    lines : what changes; a section `scenario` may give a name and the bases that are closed
    number : of the scenario, for one without a name

    Raises
    ------
    NotFoundError, InputError
        If the lines cannot be read or mean nothing.
    """
    changes = read_lines(lines, "scenario")
    file = lines.name if isinstance(lines, Path) else f"scenario {number}"
    own = changes.pop(OWN, {})
    unknown = sorted(set(own) - set(KNOWN)) if isinstance(own, Mapping) else [OWN]
    if unknown:
        raise InputError(f"A scenario may have a name and close_bases; `{unknown[0]}` of {file} is neither.")
    merged = _without_bases(overlay(values, changes), own.get("close_bases", ()))
    sections = {*changes, *(("bases",) if own.get("close_bases") else ())}
    named = lines.stem if isinstance(lines, Path) else file
    return str(own.get("name", named)), merged, tuple(sorted(sections))


def _without_bases(merged: dict[str, Any], closed: Any) -> dict[str, Any]:
    """Return settings without some bases and their patrols."""
    if not isinstance(closed, list | tuple):
        raise InputError("`close_bases` of a scenario must be a list of names, and is not.")
    bases = merged.get("bases", [])
    lacking = sorted(set(map(str, closed)) - {str(base.get("name")) for base in bases})
    if lacking:
        raise InputError(f'A base that is closed must be one of the base profile\'s, and "{lacking[0]}" is not.')
    if not closed:
        return merged
    if len(closed) == len(bases):
        raise InputError(f"At least one base must stay open, and all {len(bases)} are closed.")
    kept = {"bases": [base for base in bases if base.get("name") not in closed]}
    if merged.get("units"):
        kept["units"] = [unit for unit in merged["units"] if unit.get("base") not in closed]
        if not kept["units"]:
            raise InputError(
                "Some patrol must start from a base that stays open, and every one starts from those closed."
            )
    return merged | kept
