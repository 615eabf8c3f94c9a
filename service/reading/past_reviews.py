"""The force's own reviews, as `beatplan review --json` wrote them: what a problem profile says worked elsewhere."""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geodata.errors import InputError
from maps.report.reviews import Review

_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class _Intervention(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: _Text
    start: _Text
    end: _Text
    offences: tuple[str, ...] = ()
    verdict: Literal["fell", "probably fell", "cannot tell", "probably rose", "rose"]
    sentence: _Text
    retrospective: bool = False


class _Result(BaseModel):
    model_config = ConfigDict(extra="ignore")

    interventions: tuple[_Intervention, ...]


def review_files(folder: Path | None) -> list[Path]:
    """
    Return the results in a folder, by name; none where there is no folder.

    Raises
    ------
    InputError
        If it is not a folder, or holds no JSON file.
    """
    if folder is None:
        return []
    if not folder.is_dir():
        raise InputError(f"`--reviews` must be a folder of results of `beatplan review --json`, and {folder} is none.")
    found = sorted(path for path in folder.glob("*.json") if path.is_file())
    if not found:
        raise InputError(
            f"`--reviews` must hold results of `beatplan review --json`; there is no .json in {folder.name}."
        )
    return found


def read_reviews(folder: Path | None) -> tuple[Review, ...]:
    """
    Return every intervention reviewed in a folder of results, in the order of its files.

    Raises
    ------
    InputError
        If a file is not such a result.
    """
    return tuple(review for path in review_files(folder) for review in _reviews(path))


def _reviews(path: Path) -> list[Review]:
    try:
        result = _Result.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the whole"
        raise InputError(
            f"A review must be a result of `beatplan review --json`; in {path.name} `{place}` breaks its rule."
        ) from None
    except (ValueError, RecursionError):  # no text, no JSON, or a number of more digits than can be read
        raise InputError(f"A review must be JSON, and {path.name} is not.") from None
    return [Review(**each.model_dump()) for each in result.interventions]
