"""CSO hours: the tours of duty and the visits of each base, each with its bound (stage 2; rules: `allocation.week`)."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from allocation._solvers.tours import BaseWeek, WeekAnswer, legal_tours
from allocation._solvers.week import Master
from allocation._solvers.week_whole import best_week
from allocation.week import TourBase, Week
from geodata.cast import FloatArray, IntArray, whole
from geodata.errors import InputError

DAY_NAMES: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class WeekPlan:
    """
    Tours and visits, with their proof.

    Parameters
    ----------
    tours : base, cso (1, 2, ... at each base), and the shift of each day of the week, "" when off
    visits : base, hotspot_id, day (0 = Monday), shift, visit (its number in the shift, from 1), value
    bases : base, csos, value, bound, gap (relative)
    beside : base, csos, value, bound of other numbers of CSOs there
    objective, bound : sums over bases
    gap : relative
    unmet : each rule that could not be kept, in words
    """

    tours: pd.DataFrame
    visits: pd.DataFrame
    bases: pd.DataFrame
    beside: pd.DataFrame
    objective: float
    bound: float
    gap: float
    unmet: tuple[str, ...]

    @classmethod
    def of(
        cls,
        *,
        tours: pd.DataFrame,
        visits: pd.DataFrame,
        bases: pd.DataFrame,
        beside: pd.DataFrame,
        unmet: tuple[str, ...],
    ) -> "WeekPlan":
        """Return the plan of bases that are planned each by itself, with what they sum to."""
        gap = ((bases["bound"] - bases["value"]) / bases["bound"].where(bases["bound"] > 0)).fillna(0.0)
        value, bound = float(bases["value"].sum()), float(bases["bound"].sum())
        off = (bound - value) / bound if bound > 0 else 0.0
        return cls(tours, visits, bases.assign(gap=gap), beside, value, bound, off, unmet)

    def with_bases(self, other: "WeekPlan") -> "WeekPlan":
        """Return the plan with those bases planned otherwise that `other` holds, in the same order."""
        order, own = list(self.bases["base"]), set(other.bases["base"])

        def joined(name: str) -> pd.DataFrame:
            kept = getattr(self, name)
            both = pd.concat([kept[~kept["base"].isin(own)], getattr(other, name)], ignore_index=True)
            at = both["base"].map(order.index).argsort(kind="stable")
            return pd.DataFrame(both.iloc[at].reset_index(drop=True))

        theirs = tuple(f"{base}: " for base in own)
        unmet = (*(each for each in self.unmet if not each.startswith(theirs)), *other.unmet)
        tables = {name: joined(name) for name in ("tours", "visits", "bases", "beside")}
        return WeekPlan.of(**tables, unmet=tuple(sorted(unmet)))


def plan_week(week: Week, *, beside: int = 0, only: Container[str] | None = None) -> WeekPlan:
    """
    Return the tours and visits of every base that are worth most.

    Parameters
    ----------
    week : what is to be planned
    beside : also solve every base for up to so many CSOs fewer and more: what one more there is worth, exactly
    only : names of the bases that are planned, at least one; None: all

    Raises
    ------
    InputError
        If no legal tour can be made of the shifts.
    """
    tours = _legal(week)
    bases = [base for base in week.bases if only is None or base.name in only]
    parts = [_planned(week, base, tours, whole(beside, "beside")) for base in bases]
    return WeekPlan.of(
        tours=pd.concat([part[2] for part in parts], ignore_index=True),
        visits=pd.concat([part[3] for part in parts], ignore_index=True),
        bases=pd.DataFrame([part[0] for part in parts], columns=ROW),
        beside=pd.DataFrame([row for part in parts for row in part[1]], columns=ROW),
        unmet=tuple(sentence for part in parts for sentence in part[4]),
    )


Row = tuple[str, int, float, float]
ROW = ["base", "csos", "value", "bound"]


def _planned(
    week: Week, base: TourBase, tours: IntArray, beside: int
) -> tuple[Row, list[Row], pd.DataFrame, pd.DataFrame, list[str]]:
    """Return one base's row, the rows of other numbers of CSOs, its tours, its visits and what is unmet."""
    hotspots, given, named = _of_base(week, base, tours)
    master = Master(given, base.csos + beside)
    answers = {csos: best_week(master, csos) for csos in range(max(0, base.csos - beside), base.csos + beside + 1)}
    rows = {csos: (base.name, csos, answer.value, answer.bound) for csos, answer in answers.items()}
    chosen = answers[base.csos]
    short = [
        f"{base.name}: {sentence} (short by {missing:g})."
        for sentence, missing in zip(named, chosen.short, strict=True)
        if missing > 1e-6
    ]
    return (
        rows.pop(base.csos), list(rows.values()), _tours(week, base, tours[chosen.tours]),
        _visits(week, base, hotspots, given, chosen), short,
    )  # fmt: skip


def _legal(week: Week) -> IntArray:
    rules = week.rules
    starts, ends = [shift.start for shift in week.shifts], [shift.end for shift in week.shifts]
    tours = legal_tours(starts, ends, days=rules.days, rest=int(np.ceil(60 * rules.rest_hours)))
    if not len(tours):
        raise InputError(
            f"At least one legal tour must be possible: {rules.days} days a week with {rules.rest_hours:g} hours "
            f"between shifts cannot be made of the {len(week.shifts)} shifts given."
        )
    return tours


def _of_base(week: Week, base: TourBase, tours: IntArray) -> tuple[list[str], BaseWeek, list[str]]:
    """Return the base's hot spots, its week as the solver takes it, and its rules in words (the last: weekends)."""
    visits = week.visits[week.visits["base"] == base.name]
    spots = visits.drop_duplicates("hotspot_id").sort_values("hotspot_id", ignore_index=True)
    number = {name: at for at, name in enumerate(spots["hotspot_id"])}
    shift = {each.name: at for at, each in enumerate(week.shifts)}
    value = np.zeros((len(spots), 7, len(shift)))
    value[visits["hotspot_id"].map(number), visits["day"], visits["shift"].map(shift)] = visits["value"]
    asked = list(_asked(week, base, spots))
    given = BaseWeek(
        value=value,
        decay=np.array(week.rules.decay[: base.again(week.rules.minutes, week.rules.gap)]),
        most=week.rules.most,
        room=base.room(week.rules.minutes),
        officers=np.array([2 if each.name in week.rules.pairs else 1 for each in week.shifts]),
        tours=tours,
        amount=np.array([each[1] for each in asked], dtype=np.float64).reshape(len(asked), len(spots)),
        first=np.array([each[2] for each in asked], dtype=np.bool_),
        least=np.array([each[3] for each in asked], dtype=np.float64),
        off_weekend=week.rules.off_weekend,
    )
    weekend = f"H2 {week.rules.off_weekend:.0%} of the CSOs are off at the weekend"
    return list(spots["hotspot_id"]), given, [*(each[0] for each in asked), weekend]


def _asked(week: Week, base: TourBase, spots: pd.DataFrame) -> Iterator[tuple[str, FloatArray, bool, float]]:
    """Yield the rules H6 to H8 of a base: in words, what a visit to each hot spot counts, first only, how much."""
    rules = week.rules
    if rules.ward_visits:
        for ward in sorted(ward for ward, owner in _owners(week).items() if owner == base.name):
            here = np.where(spots["ward"] == ward, 1.0, 0.0)
            yield f"H6 ward {ward} has {rules.ward_visits} visits a week", here, False, rules.ward_visits
    if rules.tier_days:
        for at in np.flatnonzero(spots["first_tier"]):
            words = f"H7 hot spot {spots['hotspot_id'].iloc[at]} is visited on {rules.tier_days} days"
            only = np.zeros(len(spots))
            only[at] = 1.0
            yield words, only, True, rules.tier_days
    if rules.antisocial_share:
        beyond = spots["antisocial"].to_numpy(dtype=np.float64) - rules.antisocial_share
        yield f"H8 {rules.antisocial_share:.0%} of the visits go to anti-social behaviour", beyond, False, 0.0


def _owners(week: Week) -> dict[str, str]:
    """Return the base that holds most of each ward's value, the first by name among equals."""
    held = week.visits.groupby(["ward", "base"])["value"].sum().reset_index()
    held = held.sort_values(["ward", "value", "base"], ascending=[True, False, True])
    return dict(held.drop_duplicates("ward")[["ward", "base"]].itertuples(index=False))


def _tours(week: Week, base: TourBase, worked: IntArray) -> pd.DataFrame:
    names = np.array([*(shift.name for shift in week.shifts), ""], dtype=object)
    table = pd.DataFrame(names[worked], columns=list(DAY_NAMES), dtype="string")
    return table.assign(base=base.name, cso=np.arange(1, len(table) + 1))[["base", "cso", *DAY_NAMES]]


def _visits(week: Week, base: TourBase, hotspots: list[str], given: BaseWeek, answer: WeekAnswer) -> pd.DataFrame:
    spot, day, shift, number = answer.visits.T
    names = [each.name for each in week.shifts]
    return pd.DataFrame(
        {
            "base": pd.array([base.name] * len(spot), dtype="string"),
            "hotspot_id": pd.array([hotspots[at] for at in spot], dtype="string"),
            "day": day,
            "shift": pd.array([names[at] for at in shift], dtype="string"),
            "visit": number + 1,
            "value": given.value[spot, day, shift] * given.decay[number],
        }
    )
