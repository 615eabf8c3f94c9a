"""
What was delivered of what was planned, and what that means for the next plan: debt, and a rate to plan with.

Debriefs say how many minutes a unit spent where. Officers are called away: published trials delivered from about half
to four fifths of what was planned [1]_, and a plan that counts on all of it puts too few visits where they matter most.

References
----------
.. [1] Ariel, B., Weinborn, C. & Sherman, L. W. (2016). "Soft" policing at hot spots: do police community support
   officers work? Journal of Experimental Criminology 12, 277-317 (37 of 45 minutes a day at the hot spots treated).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from allocation.rules import Rules
from geodata.cast import whole, within
from geodata.errors import InputError
from geodata.tables import DELIVERED, PLAN, VISITS, check

CONFIDENCE: Final = 0.90
PATROL: Final = ["unit", "shift", "hotspot_id"]


@dataclass(frozen=True)
class Delivery:
    """
    Dose received beside dose planned.

    Parameters
    ----------
    doses : columns hotspot_id, planned_minutes, delivered_minutes, share, over all days
        A hot spot where minutes were spent though none were planned has no share.
    rates : columns base, shift, stops, planned_minutes, delivered_minutes, rate, low, high
        By base and shift, the share of planned minutes that was spent at hot spots, its 90 % interval, and from how
        many stops; no interval from fewer than two.
    rate : of all together
    debt : minutes owed to each place of the next plan, by hotspot_id: what the plan after that carries on
    """

    doses: pd.DataFrame
    rates: pd.DataFrame
    rate: float
    debt: Mapping[str, float] = field(default_factory=dict)


def dose_received(plan: pd.DataFrame, delivered: pd.DataFrame, *, days: int = 1) -> Delivery:
    """
    Return what was delivered of a plan that was to be walked every day for `days` days.

    The rate is a ratio of sums; its interval is that of a ratio estimator over the stops of the plan, each unit's at a
    hot spot together, by Student's t [1]_. Minutes at a hot spot that a unit was not sent to count as well.

    Parameters
    ----------
    plan : table of stops: one day's pattern
    delivered : table of delivered patrols
    days : that `delivered` covers

    Raises
    ------
    InputError
        If the plan has no stop, or minutes were delivered by a unit and shift that it does not hold.

    References
    ----------
    .. [1] Cochran, W. G. (1977). Sampling Techniques, 3rd ed. Wiley, eq. 6.4.
    """
    check(plan, PLAN)
    check(delivered, DELIVERED)
    if not len(plan):
        raise InputError("A plan must have at least one stop to be compared with what was delivered, got none.")
    base = plan.drop_duplicates(["unit", "shift"]).set_index(["unit", "shift"])["base"]
    strange = int((~pd.MultiIndex.from_frame(delivered[["unit", "shift"]]).isin(base.index)).sum())
    if strange:
        raise InputError(f"Delivered patrols must be of units and shifts in the plan, got {strange} that are not.")
    planned = plan.groupby(PATROL)["minutes"].sum() * float(whole(days, "days", 1))
    done = delivered.groupby(PATROL)["minutes"].sum()
    stops = pd.concat([planned.rename("planned_minutes"), done.rename("delivered_minutes")], axis=1).fillna(0.0)
    stops = stops.sort_index().reset_index().join(base, on=["unit", "shift"])
    doses = stops.groupby("hotspot_id")[["planned_minutes", "delivered_minutes"]].sum().reset_index()
    doses["share"] = doses["delivered_minutes"] / doses["planned_minutes"].where(doses["planned_minutes"] > 0)
    rows = [(*where, len(each), *_rate(each)) for where, each in stops.groupby(["base", "shift"])]
    columns = ["base", "shift", "stops", "planned_minutes", "delivered_minutes", "rate", "low", "high"]
    return Delivery(doses, pd.DataFrame(rows, columns=columns), _rate(stops)[2])


def carried_debt(
    doses: pd.DataFrame, *, before: Mapping[str, float] | None = None, keep: float = 0.5, most: float | None = None
) -> pd.Series:
    """
    Return the minutes owed to each hot spot: those planned and not delivered, and what is left of the debt before.

    Parameters
    ----------
    doses : as `Delivery.doses`
    before : debt carried into the plan that `doses` is of, by hotspot_id
    keep : share of that debt which still counts; at 1 nothing is ever forgiven
    most : what may be owed, as so many times what the last plan gave the place, where it gave any; None: no limit

    Returns
    -------
    debt : minutes, at least 0, by hotspot_id
        More than was planned pays off older debt, and never becomes a claim on a hot spot.

    Raises
    ------
    InputError
        If `keep` is not between 0 and 1, or `most` is below 0.
    """
    keep, table = within(keep, "keep", 0.0, 1.0), doses.set_index("hotspot_id")
    old = pd.Series(before or {}, dtype="float64")
    places = table.index.union(old.index)
    missed = (table["planned_minutes"] - table["delivered_minutes"]).reindex(places, fill_value=0.0)
    owed = keep * old.reindex(places, fill_value=0.0) + missed
    if most is not None:
        planned = table["planned_minutes"].reindex(places, fill_value=0.0)
        owed = owed.clip(upper=(within(most, "most", 0.0, 1e6) * planned).where(planned > 0, np.inf))
    return owed.clip(lower=0.0).rename("debt").rename_axis("hotspot_id")


def repaired(visits: pd.DataFrame, debt: pd.Series, doses: pd.DataFrame, *, weight: float = 0.5) -> pd.DataFrame:
    """
    Return the visits demanded with those worth more whose hot spots are owed minutes.

    A value is multiplied by 1 + `weight` x the debt as a share of what was planned, of all of it at most. The next
    plan's objective is then in repaired values; what it is worth in harm is told by the visits as they were.

    Parameters
    ----------
    visits : table of visits
    debt : minutes by hotspot_id, as `carried_debt` gives
    doses : as `Delivery.doses`
    weight : what the value of a hot spot that received nothing rises by, as a share of it

    Raises
    ------
    InputError
        If `weight` is not between 0 and 3.
    """
    weight = within(weight, "weight", 0.0, 3.0)
    planned = doses.set_index("hotspot_id")["planned_minutes"].reindex(debt.index)
    share = (debt / planned.where(planned > 0)).fillna((debt > 0).astype("float64")).clip(0.0, 1.0)
    factor = 1.0 + weight * visits["hotspot_id"].map(share).fillna(0.0).to_numpy(dtype=np.float64)
    return check(visits.assign(value=visits["value"] * factor), VISITS)


def at_rate(visits: pd.DataFrame, rules: Rules, delivery: Delivery) -> tuple[pd.DataFrame, Rules]:
    """
    Return visits and rules that count what is likely to be delivered of each visit planned.

    Each planned visit is made with the measured rate r as its chance, whatever becomes of the others. The n-th that is
    planned is then worth r times the mean of decay[J], where J of the n - 1 before it are made, J binomial. Values are
    taken at the rate of their shift, the decay at that of all. Where half is delivered, a third visit planned is worth
    more than the third visit made: the plan books more where it matters most.

    Parameters
    ----------
    visits : table of visits
    rules : of the patrols
    delivery : what was measured

    Raises
    ------
    InputError
        If nothing was delivered: no plan can count on that.
    """
    rate = min(1.0, delivery.rate)
    if not rate > 0:
        raise InputError("At least some minutes must be delivered to plan with their rate, got none.")
    sums = delivery.rates.groupby("shift")[["planned_minutes", "delivered_minutes"]].sum()
    planned = sums["planned_minutes"]
    by_shift = (sums["delivered_minutes"] / planned.where(planned > 0)).clip(upper=1.0)
    share = visits["shift"].map(by_shift).astype("float64").fillna(rate).to_numpy()
    return check(visits.assign(value=visits["value"] * share), VISITS), replace(
        rules, decay=expected_decay(rules.decay, rate)
    )


def expected_decay(decay: tuple[float, ...], rate: float) -> tuple[float, ...]:
    """Return what the n-th visit planned is worth, as a share of the first, if each is made with the chance `rate`."""
    expected = [
        math.fsum(math.comb(n, made) * rate**made * (1 - rate) ** (n - made) * decay[made] for made in range(n + 1))
        for n in range(len(decay))
    ]
    # Means of what falls fall too; rounding must not make them rise.
    return tuple(np.minimum.accumulate([1.0, *expected[1:]]).tolist())


def _rate(stops: pd.DataFrame) -> tuple[float, float, float, float, float]:
    """Return the sums of minutes, their ratio, and its interval."""
    planned, done = (stops[name].to_numpy(dtype=np.float64) for name in ("planned_minutes", "delivered_minutes"))
    rate, count = float(done.sum() / planned.sum()) if planned.sum() > 0 else math.nan, len(stops)
    if count < 2 or math.isnan(rate):
        return float(planned.sum()), float(done.sum()), rate, math.nan, math.nan
    error = math.sqrt(count / (count - 1) * float(((done - rate * planned) ** 2).sum())) / float(planned.sum())
    reach = float(stdtrit(count - 1, (1 + CONFIDENCE) / 2)) * error
    return float(planned.sum()), float(done.sum()), rate, max(0.0, rate - reach), rate + reach
