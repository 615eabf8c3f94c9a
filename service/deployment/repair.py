"""What was delivered of the last tasking, and what that means for the next: minutes owed, and the rate to plan with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from allocation.delivery import Delivery, at_rate, carried_debt, dose_received, repaired
from allocation.rules import Rules
from allocation.team_problem import TeamProblem
from geodata.cast import FloatArray
from geodata.errors import InputError
from service.analysis.scene import Scene
from service.profile.patrols import Delivery as DeliverySettings
from service.reading.inputs import Inputs
from service.reading.last_run import LastRun


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

    """
    last, settings = given.last, given.profile.delivery
    if last is None or last.delivered is None or not len(last.plan):
        return Asked(visits, rules)
    days = max(1, (scene.periods.end.tz_localize(None) - last.until).days)
    delivery, strange = _received(last.plan, last.delivered.table, days)
    here, before = moved_doses(delivery.doses, last, hotspots), moved_debt(last, hotspots)
    debt = carried_debt(here, before=before, keep=settings.keep, most=settings.most_owed)
    again = repaired(visits, debt, here, weight=settings.repair)
    notes = [_owed(delivery, debt, settings.repair), *_older(before, settings.keep), *strange]
    if settings.at_rate and delivery.rate > 0:
        again, rules = at_rate(again, rules, delivery)
        notes.append(f"Visits are planned as if {delivery.rate:.0%} of each were delivered, as was of the last plan.")
    owed = {str(spot): float(minutes) for spot, minutes in debt.items() if minutes > 0}
    return Asked(again, rules, replace(delivery, debt=owed), tuple(notes))


def moved_doses(doses: pd.DataFrame, last: LastRun, hotspots: GeoDataFrame) -> pd.DataFrame:
    """
    Return the doses of the last hot spots by the new ones that lie where they lay, by shares of their area.

    Parameters
    ----------
    doses : as `Delivery.doses`, by the last plan's hotspot_id
    last : the last tasking
    hotspots : table of hot spots of this run
    """
    share = _shares(doses["hotspot_id"], last, hotspots)
    minutes = share @ doses[["planned_minutes", "delivered_minutes"]].to_numpy(dtype=np.float64)
    table = pd.DataFrame(minutes, columns=["planned_minutes", "delivered_minutes"])
    table.insert(0, "hotspot_id", hotspots["hotspot_id"].to_numpy())
    return table.assign(share=table["delivered_minutes"] / table["planned_minutes"].where(table["planned_minutes"] > 0))


def moved_debt(last: LastRun, hotspots: GeoDataFrame) -> dict[str, float]:
    """
    Return the minutes that were owed already when the last plan was made, by the hot spots that lie there now.

    Parameters
    ----------
    last : the last tasking, with the debt that it carried
    hotspots : table of hot spots of this run
    """
    if not last.debt:
        return {}
    ids = pd.Series(sorted(last.debt), dtype="string")
    minutes = _shares(ids, last, hotspots) @ np.array([last.debt[spot] for spot in ids], dtype=np.float64)
    return {spot: float(owed) for spot, owed in zip(hotspots["hotspot_id"], minutes, strict=True) if owed > 0}


def _shares(ids: pd.Series, last: LastRun, hotspots: GeoDataFrame) -> FloatArray:
    """Return which share of the area of each hot spot of the last plan lies in each of now, new x last."""
    there = last.hotspots.set_index("hotspot_id").geometry.reindex(ids).to_numpy()
    both = shapely.area(shapely.intersection(hotspots.geometry.to_numpy()[:, None], there[None, :]))
    share: FloatArray = np.nan_to_num(both / shapely.area(there))
    return share


def repaired_teams(
    problem: TeamProblem, last: LastRun, days: int, settings: DeliverySettings
) -> tuple[TeamProblem, tuple[str, ...]]:
    """
    Return the problem of staffing with wards worth more that are owed minutes, and CSOs' hours at the rate delivered.

    Parameters
    ----------
    problem : as it would be without
    last : the last tasking, with what was delivered of it
    days : that the debriefs cover
    settings : the profile's section `delivery`

    Raises
    ------
    InputError
        If nothing was recorded or planned.
    """
    if last.delivered is None or not len(last.plan):
        raise InputError("Delivery needs debriefs and a last plan with stops, and one of them is not there.")
    delivery, strange = _received(last.plan, last.delivered.table, days)
    home = last.hotspots.set_index("hotspot_id")["ward"]
    doses, before = delivery.doses, pd.Series(dict(last.debt), dtype="float64")
    sums = doses.groupby(doses["hotspot_id"].map(home))[["planned_minutes", "delivered_minutes"]].sum()
    older = {str(ward): float(owed) for ward, owed in before.groupby(before.index.map(home)).sum().items()}
    wards = sums.rename_axis("hotspot_id").reset_index()
    owed = carried_debt(wards, before=older, keep=settings.keep, most=settings.most_owed)
    planned = sums["planned_minutes"].reindex(owed.index)
    share = (owed / planned.where(planned > 0)).fillna((owed > 0).astype("float64")).clip(0.0, 1.0)
    factor = 1.0 + settings.repair * problem.demand["ward"].map(share).fillna(0.0).to_numpy(dtype=np.float64)
    strands = None if problem.strands is None else problem.strands.loc[list(problem.demand["ward"])].mul(factor, axis=0)
    demand = problem.demand.assign(harm=problem.demand["harm"].to_numpy(dtype=np.float64) * factor)
    rules, notes = problem.rules, [f"Of the minutes planned {delivery.rate:.0%} were delivered.", *strange]
    notes += _older(older, settings.keep)
    notes.append(f"{int((factor > 1).sum())} wards are owed minutes, and count for up to {settings.repair:.0%} more.")
    if settings.at_rate and delivery.rate > 0:
        rules = replace(rules, cso_hours=rules.cso_hours * min(1.0, delivery.rate))
        notes.append(f"A CSO counts for {rules.cso_hours:.1f} hours a week on the street, at the rate delivered.")
    return replace(problem, demand=demand, strands=strands, rules=rules), tuple(notes)


def _received(plan: pd.DataFrame, delivered: pd.DataFrame, days: int) -> tuple[Delivery, tuple[str, ...]]:
    """Return the dose received from the units that the plan sent, and how many debriefs are of others."""
    sent = pd.MultiIndex.from_frame(plan[["unit", "shift"]].drop_duplicates())
    known = pd.MultiIndex.from_frame(delivered[["unit", "shift"]]).isin(sent)
    strange = int((~known).sum())
    notes = (f"{strange:,} debriefs are of units or shifts that the last plan did not send, and do not count.",)
    return dose_received(plan, delivered[known].reset_index(drop=True), days=days), notes if strange else ()


def _older(before: Mapping[str, float], keep: float) -> list[str]:
    """Return what is left of the debt that the last plan carried already, in a sentence."""
    minutes = sum(before.values())
    return (
        [f"{minutes:,.0f} minutes were owed before the last tasking; {keep:.0%} of them count."] if minutes > 0 else []
    )


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
