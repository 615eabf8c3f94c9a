"""What a force may say for the public, for its maps and of its aims: contacts, priorities, tile server, targets."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Said = Annotated[str, Field(min_length=1, max_length=300)]
Short = Annotated[str, Field(max_length=100)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s\"'<>]+$", max_length=300)]
# One host, written out: it is what a page's policy allows.
Server = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:\d{1,5})?/[^\s\"'<>`\\]*$", max_length=300)]
Email = Annotated[str, Field(pattern=r"^[^\s@<>\"']+@[^\s@<>\"']+$", max_length=100)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class NamedContact(_Section):
    """Whom a household may ask for, as the force publishes it."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    role: Short = ""
    email: Email | Literal[""] = ""
    telephone: Short = ""


class LocalPage(_Section):
    """What is published of one area."""

    contact: NamedContact | None = None
    priorities: tuple[Said, ...] = ()
    similar: tuple[str, ...] = ()


class PublicPage(_Section):
    """What stands on every page for the public."""

    website: Address | Literal[""] = ""
    text: Annotated[str, Field(max_length=2_000)] = ""


class Panel(_Section):
    """From how many signatures on a petition puts its ward before the tasking meeting."""

    petition_signatures: Annotated[int, Field(ge=1)] = 100


class Weighing(_Section):
    """What reports of intelligence weigh: a ward counts 1 + `weight` for each full point of its reports."""

    weight: Annotated[float, Field(ge=0, le=1)] = 0.0


class MapServer(_Section):
    """A tile server of the force's own, for base maps; without one no page asks any server for anything."""

    tiles: Server | None = None
    attribution: Short = ""

    @model_validator(mode="after")
    def _whole_template(self) -> Self:
        if self.tiles is None:
            return self
        missing = [part for part in ("{z}", "{x}", "{y}") if part not in self.tiles]
        if missing:
            raise ValueError(f"tiles must hold {{z}}, {{x}} and {{y}}, and {missing[0]} is missing")
        if not self.attribution:
            raise ValueError("tiles need an attribution: whose map it is")
        return self


class Target(_Section):
    """An aim of the force: from how much a week to how much a week, by when."""

    name: Said
    offences: tuple[str, ...] = ()
    measure: Literal["crimes", "harm"] = "crimes"
    baseline: Annotated[float, Field(gt=0)]
    aim: Annotated[float, Field(ge=0)]
    by: date

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if self.aim == self.baseline:
            raise ValueError(f'target "{self.name}" must aim at another number than its baseline')
        return self
