"""Which files the given paths mean: folders searched, patterns expanded, and names that tell nothing of the machine."""

import glob
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from geodata.errors import InputError

_WILD: Final = frozenset("*?[")


@dataclass(frozen=True)
class Found:
    """
    One file.

    Parameters
    ----------
    path : where it is
    name : relative to the path given, with "/" between folders
    asked : True if it was named itself, False if it was found in a folder or by a pattern
    """

    path: Path
    name: str
    asked: bool


def find_files(paths: Sequence[str | Path]) -> tuple[Found, ...]:
    """
    Return all files that `paths` mean, sorted by name, so that the order of `paths` is immaterial.

    Parameters
    ----------
    paths : folders (searched to the bottom), files or glob patterns

    Raises
    ------
    InputError
        If no path is given, one does not exist or matches nothing, or a file is meant twice.
    """
    if isinstance(paths, str | Path) or not paths:
        raise InputError("At least one path must be given, in a list.")
    found = [file for path in paths for file in _meant(path)]
    places = Counter(os.path.realpath(file.path) for file in found)
    twice = sorted(file.name for file in found if places[os.path.realpath(file.path)] > 1)
    if twice:
        raise InputError(f"A file must be given once; `{twice[0]}` is given {places.most_common(1)[0][1]} times.")
    return tuple(sorted(_told_apart(found), key=lambda file: file.name))


def _meant(path: str | Path) -> list[Found]:
    place = Path(path)
    if place.is_dir():
        return _inside(place, place)
    if place.exists():
        return [Found(place, place.name, asked=True)]
    if not _WILD & set(str(path)):
        raise InputError(f"A path must exist; `{path}` does not.")
    base = _fixed_part(place)
    matches = [Path(match) for match in sorted(glob.glob(str(path), recursive=True))]
    files = {file.path: file for match in matches for file in _matched(match, base)}
    if not files:
        raise InputError(f"A pattern must match at least one file; `{path}` matches none.")
    return list(files.values())


def _matched(match: Path, base: Path) -> list[Found]:
    return _inside(match, base) if match.is_dir() else [Found(match, _relative(match, base), asked=False)]


def _inside(folder: Path, base: Path) -> list[Found]:
    files = [Path(root) / name for root, _, names in os.walk(folder) for name in names]
    return [Found(file, _relative(file, base), asked=False) for file in sorted(files)]


def _relative(path: Path, base: Path) -> str:
    return path.relative_to(base).as_posix()


def _fixed_part(pattern: Path) -> Path:
    fixed: list[str] = []
    for part in pattern.parts[:-1]:
        if _WILD & set(part):
            break
        fixed.append(part)
    return Path(*fixed)


def _told_apart(found: Sequence[Found]) -> list[Found]:
    """The same files, names that two of them share lengthened by the folders above until they differ."""
    longest = max((len(file.path.resolve().parts) for file in found), default=0)
    files = list(found)
    for _ in range(longest):
        shared = Counter(file.name for file in files)
        if all(count == 1 for count in shared.values()):
            break
        files = [_lengthened(file) if shared[file.name] > 1 else file for file in files]
    return files


def _lengthened(file: Found) -> Found:
    parts, used = file.path.resolve().parts, len(PurePosixPath(file.name).parts)
    name = "/".join(parts[-used - 1 :]) if used + 1 < len(parts) else file.name
    return Found(file.path, name, file.asked)
