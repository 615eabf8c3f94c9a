"""What a force may say of its neighbourhood teams: ranks, funds, rules and locks, in the section `staff`."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Settled = Count | tuple[Count, Count]
Decile = Annotated[str, Field(pattern=r"^([1-9]|10)$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class FundPosts(_Section):
    """Posts that a fund pays for, and the only wards it may pay in."""

    constables: Count = 0
    csos: Count = 0
    sergeants: Count = 0
    inspectors: Count = 0
    wards: tuple[str, ...] | None = None


class LockedTeam(_Section):
    """What is settled about a ward: a number, or the fewest and the most."""

    constables: Settled | None = None
    csos: Settled | None = None


class StrandWeight(_Section):
    """A kind of demand: what it counts, and the hours that reach 63 % of it in a ward of average demand."""

    weight: Positive = 1.0
    saturation_hours: Positive = 40.0


class Costs(_Section):
    """Pounds a year of one post."""

    constables: Count = 0
    csos: Count = 0
    sergeants: Count = 0
    inspectors: Count = 0


class Staff(_Section):
    """How the posts are shared out; what is not given is not asked for."""

    wards: str | None = None
    demand: str | None = None
    sergeants: Count | None = None
    inspectors: Count | None = None
    hours_a_week: Positive = 40.0
    on_duty: Share = 0.75
    constable_patrol_share: Share = 0.40
    cso_patrol_share: Share = 0.70
    abstraction: Share = 0.0
    saturation_hours: Positive = 40.0
    largest: Annotated[int, Field(ge=1)] | None = None
    workload: Positive | None = None
    moves: Count | None = None
    loss_cap: Share | None = None
    band: Annotated[float, Field(ge=0)] | None = None
    least_service: Share | None = None
    objective: Literal["total", "worst first", "fair"] = "total"
    price_of_robustness: Share = 0.005
    strands: dict[str, StrandWeight] = {}
    funds: dict[str, FundPosts] = {}
    locks: dict[str, LockedTeam] = {}
    deprivation: dict[Decile, Positive] = {}
    surge: dict[str, Positive] = {}
    costs: Costs = Costs()
    budget: Count | None = None
