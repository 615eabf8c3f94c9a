"""
The force profile: what a force tells Beatplan about itself, in TOML, every line optional.

A profile that holds a word Beatplan does not know is refused: a typo must not pass for a setting.
"""

import difflib
import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from geodata.errors import InputError, NotFoundError
from geodata.extract import ExtractMapping
from geodata.harm import DEFAULT_HARM, POLICE_GENERATED
from geodata.tables import WORKING_CRS
from service.profile.patrols import Delivery, Patrol
from service.profile.public import LocalPage, MapServer, Panel, PublicPage, Short, Target, Weighing
from service.profile.repeats import Repeats
from service.profile.staff import Staff

Auto = Literal["auto"]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Role = Literal["CSO", "constable", "sergeant", "inspector"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Force(_Section):
    """Who the products are for."""

    name: Short = "the force"
    marking: Short = "OFFICIAL"
    credits: tuple[str, ...] = ()


class Crimes(_Section):
    """How the crime files are read."""

    record_key: str | None = None
    extract: ExtractMapping | None = None


class Areas(_Section):
    """Which columns of the areas file say what."""

    code: str | None = None
    name: str | None = None
    kind: str = "ward"
    edition: int | None = None


class Analysis(_Section):
    """How hot spots are found."""

    crs: str = WORKING_CRS
    cell: Positive | Auto = "auto"
    bandwidth: Positive | Auto = "auto"
    area_share: Share | Auto = "auto"
    smallest_hotspot: Positive = 20_000
    largest_hotspot: Positive = 90_000
    rank_by: Literal["harm", "crimes"] = "harm"
    exclude: tuple[str, ...] = POLICE_GENERATED
    since: date | None = None
    origins: Annotated[int, Field(ge=1)] = 6
    forecasts: Literal["quick", "all"] = "quick"
    seed: Annotated[int, Field(ge=0)] = 0

    @model_validator(mode="after")
    def _sizes_in_order(self) -> Self:
        if self.smallest_hotspot > self.largest_hotspot:
            raise ValueError("smallest_hotspot must not be larger than largest_hotspot")
        return self


class Harm(_Section):
    """The harm table: one that Beatplan ships, by name, or a CSV file of the force's own."""

    table: str = DEFAULT_HARM


class Place(_Section):
    """A base, in longitude and latitude or in metres of the working CRS."""

    name: Annotated[str, Field(min_length=1)]
    lon: float | None = None
    lat: float | None = None
    easting: float | None = None
    northing: float | None = None

    @model_validator(mode="after")
    def _one_position(self) -> Self:
        degrees = self.lon is not None and self.lat is not None
        metres = self.easting is not None and self.northing is not None
        if degrees == metres:
            raise ValueError(f'base "{self.name}" needs either lon and lat or easting and northing')
        return self


class Hours(_Section):
    """A shift; one that ends before it starts ends on the next day."""

    name: Annotated[str, Field(min_length=1)]
    start: Clock
    end: Clock


class Units(_Section):
    """Patrols of one kind that one base sends out in one shift."""

    base: str
    shift: str
    role: Role = "CSO"
    patrols: Annotated[int, Field(ge=0)] = 1
    officers: Annotated[int, Field(ge=1)] = 2


class Posts(_Section):
    """The neighbourhood officers to share out between wards."""

    constables: Annotated[int, Field(ge=0)] | None = None
    csos: Annotated[int, Field(ge=0)] | None = None
    officers_per_sergeant: Annotated[int, Field(ge=1)] = 6
    floor: Annotated[int, Field(ge=0)] = 1
    current: dict[str, tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]]] = {}


class Profile(_Section):
    """Everything that a force may say; an empty file is a whole profile."""

    force: Force = Force()
    crimes: Crimes = Crimes()
    areas: Areas = Areas()
    analysis: Analysis = Analysis()
    harm: Harm = Harm()
    control_strategy: dict[str, Positive] = {}
    community_priorities: dict[str, Positive] = {}
    bases: tuple[Place, ...] = ()
    shifts: tuple[Hours, ...] = ()
    units: tuple[Units, ...] = ()
    posts: Posts = Posts()
    staff: Staff = Staff()
    patrol: Patrol = Patrol()
    delivery: Delivery = Delivery()
    repeats: Repeats = Repeats()
    public: PublicPage = PublicPage()
    neighbourhoods: dict[str, LocalPage] = {}
    panel: Panel = Panel()
    intelligence: Weighing = Weighing()
    map: MapServer = MapServer()
    targets: tuple[Target, ...] = ()

    @model_validator(mode="after")
    def _names_known(self) -> Self:
        _unique("bases", [base.name for base in self.bases])
        _unique("shifts", [shift.name for shift in self.shifts])
        _unique("targets", [target.name for target in self.targets])
        for unit in self.units:
            _known("base", unit.base, [base.name for base in self.bases])
            _known("shift", unit.shift, [shift.name for shift in self.shifts])
        return self


def read_profile(path: Path | None) -> Profile:
    """
    Return the profile in `path`, or the one that says nothing where there is none.

    Raises
    ------
    NotFoundError
        If there is no such file.
    InputError
        If it is not TOML, or holds an unknown word or a value that breaks a rule; the word and its place are named.
    """
    if path is None:
        return Profile()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise NotFoundError(f"The force profile must be a file, and there is none at {path}.") from None
    except UnicodeDecodeError:
        raise InputError(f"The force profile must be UTF-8 text, and {path.name} is not.") from None
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The force profile must be TOML; {path.name} is not: {error}.") from None
    except ValidationError as error:
        raise InputError(f"The force profile {path.name} must keep its rules: {_sentence(error)}.") from None
    except (ValueError, RecursionError):  # TOML of more digits or deeper than can be read
        raise InputError(f"The force profile must be TOML that can be read, and {path.name} is not.") from None


def _sentence(error: ValidationError) -> str:
    return "; ".join(_finding(each) for each in error.errors()[:3])


def _finding(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"] if not _is_branch(part))
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"`{place}` is not a setting{_suggestion(error['loc'])}"
    message = error["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"`{place}`: {message}" if place else message


def _is_branch(part: object) -> bool:
    """Tell pydantic's names for the branches of a union from the words of the profile."""
    return isinstance(part, str) and (
        part == "float" or part.startswith(("literal[", "constrained-", "ExtractMapping"))
    )


def _suggestion(location: tuple[str | int, ...]) -> str:
    known = _settings_at(location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    return f" (did you mean `{near[0]}`?)" if near else f" (there are: {', '.join(known)})" if known else ""


def _settings_at(location: tuple[str | int, ...]) -> list[str]:
    model: Any = Profile
    for part in location:
        if isinstance(part, str) and part in getattr(model, "model_fields", {}):
            annotation = model.model_fields[part].annotation
            model = annotation if hasattr(annotation, "model_fields") else (getattr(annotation, "__args__", (None,))[0])
    fields = getattr(model, "model_fields", None) or getattr(model, "__dataclass_fields__", {})
    return sorted(fields)


def _unique(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f'{what} must have different names, and "{twice[0]}" is used twice')


def _known(what: str, name: str, names: list[str]) -> None:
    if name not in names:
        given = ", ".join(f'"{each}"' for each in names) or "none"
        raise ValueError(f'a unit must have a {what} that the profile names; "{name}" is not among them ({given})')
