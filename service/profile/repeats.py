"""How a force answers repeat victimisation: the section `[repeats]` of its profile, and the responses it stands for."""

from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

if TYPE_CHECKING:  # a profile is read by verbs that need no analysis
    from hotspots.response import Response

_Positive = Annotated[float, Field(gt=0)]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Due(_Rule):
    """What is due to a victim of one tier, and within how many hours."""

    within_hours: Annotated[int, Field(ge=1)]
    actions: Annotated[tuple[str, ...], Field(min_length=1)]


class Graded(_Rule):
    """The graded response to one sort of crime."""

    name: Annotated[str, Field(min_length=1)]
    offences: Annotated[tuple[str, ...], Field(min_length=1)]
    subject: Literal["place", "victim"] = "place"
    neighbours: bool = False
    bronze: Due
    silver: Due
    gold: Due

    @property
    def response(self) -> "Response":
        """The same as the analysis takes it."""
        from hotspots.response import Response, Tier

        tiers = {name: Tier(due.within_hours, due.actions) for name, due in
                 (("bronze", self.bronze), ("silver", self.silver), ("gold", self.gold))}  # fmt: skip
        return Response(self.name, self.offences, self.subject, self.neighbours, **tiers)


class Repeats(_Rule):
    """How repeat victims are ranked, who is on the response list, and which neighbours are told."""

    marking: str = "OFFICIAL-SENSITIVE"
    half_life: _Positive = 90
    recent: _Positive = 28
    look_back: _Positive = 365
    least_tier: Literal["bronze", "silver", "gold"] = "bronze"
    rings: Annotated[tuple[_Positive, ...], Field(min_length=1)] = (25, 50, 100)
    cocoon_days: _Positive = 42
    responses: tuple[Graded, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(outer <= inner for inner, outer in zip(self.rings, self.rings[1:], strict=False)):
            raise ValueError("rings must rise")
        names = [each.name for each in self.responses]
        if len(set(names)) < len(names):
            raise ValueError("responses must have different names")
        return self

    @property
    def graded(self) -> "tuple[Response, ...]":
        """The force's own responses, or those built in where it names none."""
        from hotspots.response import RESPONSES

        return tuple(each.response for each in self.responses) or RESPONSES

    @property
    def options(self) -> dict[str, Any]:
        """What the response list is asked."""
        return {"recent": self.recent, "look_back": self.look_back, "least": self.least_tier, "responses": self.graded}
