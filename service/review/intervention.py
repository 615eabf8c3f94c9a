"""
An intervention as it was registered before it began: where, when, against what, and how much was planned.

A place chosen after the fact is a place where something had already happened; so an intervention registered after its
start is refused, unless it says that it is retrospective, and then the review says so too.
"""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import shapely
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from shapely.geometry.base import BaseGeometry

from geodata.areas import read_areas, read_outline
from geodata.errors import InputError, NotFoundError

ONE_DAY: Final = timedelta(days=1)
Positive = Annotated[float, Field(gt=0)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Zone(_Section):
    """Places in a file of polygons, all of them or those named, such as hot spots by their ids."""

    file: Annotated[str, Field(min_length=1)]
    ids: tuple[str, ...] = ()
    column: str = "hotspot_id"
    layer: str | None = None

    def shape(self, beside: Path, crs: str) -> BaseGeometry:
        """
        Return the ground of the places, in `crs`; `beside` is the folder from which the file is meant.

        Raises
        ------
        InputError
            If the file cannot be read, or holds no place of an id.
        """
        path = beside / self.file
        if not self.ids:
            return shapely.union_all(read_outline(path, crs=crs, layer=self.layer).to_numpy())
        areas = read_areas(path, code=self.column, name=self.column, crs=crs, layer=self.layer)
        missing = sorted(set(self.ids) - set(areas["code"]))
        if missing:
            raise InputError(f"Each of `ids` must be in {path.name}; {missing[0]} is not ({len(missing)} found).")
        return shapely.union_all(areas.loc[areas["code"].isin(self.ids)].geometry.to_numpy())


class Controls(Zone):
    """Places like those treated where nothing new is done, and how their crime is weighed against the treated."""

    weigh: Literal["none", "area", "crime"] = "none"


class Dosage(_Section):
    """What was planned to be done in the places, in minutes of patrol from start to end."""

    planned_minutes: Positive


class Intervention(_Section):
    """
    An intervention as registered.

    `end` is its last day. Crime of `before` up to the day before `start` is what it is compared with; by default as
    many days as it lasts. `displacement_metres` is how far around the places crime might move, 0 to leave that out.
    """

    name: Annotated[str, Field(min_length=1)]
    registered: date
    start: date
    end: date
    before: date | None = None
    review: date | None = None
    retrospective: bool = False
    offences: tuple[str, ...] = ()
    displacement_metres: Annotated[float, Field(ge=0, le=5000)] = 0.0
    places: Zone
    controls: Controls | None = None
    dosage: Dosage | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"the end must not be before the start, got {self.end} and {self.start}")
        if self.before is not None and self.before >= self.start:
            raise ValueError(f"`before` must be a day before the start, {self.start}, got {self.before}")
        if self.review is not None and self.review <= self.end:
            raise ValueError(f"the review must come after the end, {self.end}, got {self.review}")
        if self.registered > self.start and not self.retrospective:
            raise ValueError(
                f"an intervention must be registered before it starts on {self.start}, or say `retrospective = true`; "
                f"this one was registered on {self.registered}"
            )
        return self

    @property
    def compared_from(self) -> date:
        """The first day of what it is compared with."""
        return self.before or self.start - (self.end - self.start + ONE_DAY)


def read_intervention(path: Path) -> Intervention:
    """
    Return an intervention from its file of TOML.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it is not TOML, lacks what it must say, or breaks a rule.
    """
    try:
        return Intervention.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"An intervention must be a file, and there is none at {path}.") from None
    except UnicodeDecodeError:
        raise InputError(f"An intervention must be UTF-8 text, and {path.name} is not.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"An intervention must be TOML; {path.name} is not: {error}.") from None
    except ValidationError as error:
        found = "; ".join(_finding(each) for each in error.errors()[:3])
        raise InputError(f"The intervention {path.name} must keep its rules: {found}.") from None
    except (ValueError, RecursionError):  # TOML of more digits or deeper than can be read
        raise InputError(f"An intervention must be TOML that can be read, and {path.name} is not.") from None


def _finding(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    message = "is not a setting" if error["type"] == "extra_forbidden" else error["msg"].removeprefix("Value error, ")
    return f"`{place}`: {message[:1].lower()}{message[1:]}" if place else message
