"""What a force may say of its patrols, and of what was delivered of them: the sections `patrol` and `delivery`."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Patrol(_Section):
    """How a patrol spends its shift, and a CSO the week."""

    share_on_patrol: Annotated[float, Field(gt=0, le=1)] = 0.70
    briefing_minutes: Count = 15
    debrief_minutes: Count = 15
    visit_minutes: Annotated[int, Field(ge=1)] = 15
    most_visits: Annotated[int, Field(ge=1)] = 3
    gap_minutes: Count = 60
    walking_kmh: Positive = 4.8
    longest_walk: Positive = 1500
    driving_kmh: Annotated[float, Field(ge=0)] = 30
    pairs_from: Clock | Literal["never"] = "20:00"
    pairs_until: Clock = "06:00"
    meal_minutes: Count = 30
    meal_after: Count = 120
    meal_before: Count = 360
    variants: Count = 7
    variant_share: Share = 0.02
    settled: Share = 0.02
    rounds: Annotated[int, Field(ge=1, le=20)] = 4
    csos_moved: Count = 1

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.meal_after > self.meal_before:
            raise ValueError("meal_after must not be later than meal_before")
        if self.pairs_from != "never" and self.pairs_until > self.pairs_from:
            raise ValueError("pairs_until is in the morning, and must not be later than pairs_from")
        return self


class Delivery(_Section):
    """What debriefs of the last tasking mean for this plan."""

    repair: Annotated[float, Field(ge=0, le=3)] = 0.5
    keep: Share = 0.5
    most_owed: Annotated[float, Field(ge=0, le=100)] = 2.0
    at_rate: bool = True
