"""What was delivered of the last tasking, and what that means for the next: minutes owed, and the rate to plan with."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from allocation.delivery import Delivery, at_rate, carried_debt, dose_received, repaired
from allocation.rules import Rules
from service.analysis import Scene
from service.inputs import Inputs
from service.last_run import LastRun


@dataclass(frozen=True)
class Asked:
    """
    Visits and rules as they are after what was delivered.

    Parameters
    ----------
    visits : table of visits
    rules : of the patrols
    delivery : what was delivered of the last tasking, or None where nobody said
    notes : each a sentence
    """

    visits: pd.DataFrame
    rules: Rules
    delivery: Delivery | None = None
    notes: tuple[str, ...] = ()


def after_delivery(given: Inputs, scene: Scene, hotspots: GeoDataFrame, visits: pd.DataFrame, rules: Rules) -> Asked:
    """
    Return the visits with those worth more that are owed minutes, all at the rate that was delivered.

    Parameters
    ----------
    given : the last tasking and its debriefs, if there are any, and the profile's section `delivery`
    scene : whose end the debriefs reach to
    hotspots, visits, rules : of this plan

    Raises
    ------
    InputError
        If minutes were delivered by a unit and shift that the last plan does not hold.
    """
    last, settings = given.last, given.profile.delivery
    if last is None or last.delivered is None or not len(last.plan):
        return Asked(visits, rules)
    days = max(1, (scene.periods.end.tz_localize(None) - last.until).days)
    delivery = dose_received(last.plan, last.delivered.table, days=days)
    here = moved_doses(delivery.doses, last, hotspots)
    debt = carried_debt(here)
    again = repaired(visits, debt, here, weight=settings.repair)
    notes = [_owed(delivery, debt, settings.repair)]
    if settings.at_rate and delivery.rate > 0:
        again, rules = at_rate(again, rules, delivery)
        notes.append(f"Visits are planned as if {delivery.rate:.0%} of each were delivered, as was of the last plan.")
    return Asked(again, rules, delivery, tuple(notes))


def moved_doses(doses: pd.DataFrame, last: LastRun, hotspots: GeoDataFrame) -> pd.DataFrame:
    """
    Return the doses of the last hot spots by the new ones that lie where they lay, by shares of their area.

    Parameters
    ----------
    doses : as `Delivery.doses`, by the last plan's hotspot_id
    last : the last tasking
    hotspots : table of hot spots of this run
    """
    there = last.hotspots.set_index("hotspot_id").geometry.reindex(doses["hotspot_id"])
    both = shapely.area(shapely.intersection(hotspots.geometry.to_numpy()[:, None], there.to_numpy()[None, :]))
    share = np.nan_to_num(both / shapely.area(there.to_numpy()))
    minutes = share @ doses[["planned_minutes", "delivered_minutes"]].to_numpy(dtype=np.float64)
    table = pd.DataFrame(minutes, columns=["planned_minutes", "delivered_minutes"])
    table.insert(0, "hotspot_id", hotspots["hotspot_id"].to_numpy())
    return table.assign(share=table["delivered_minutes"] / table["planned_minutes"].where(table["planned_minutes"] > 0))


def _owed(delivery: Delivery, debt: pd.Series, weight: float) -> str:
    owed = debt[debt > 0]
    planned, done = (float(delivery.doses[name].sum()) for name in ("planned_minutes", "delivered_minutes"))
    more = (
        f"{len(owed)} hot spots of this plan are owed {owed.sum():,.0f} of them and count for up to {weight:.0%} more."
        if len(owed)
        else "No hot spot of this plan is owed any."
    )
    said = (
        f"Of {planned:,.0f} minutes planned since the last tasking {done:,.0f} were delivered ({done / planned:.0%})."
    )
    return f"{said} {more}"
