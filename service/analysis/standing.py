"""Where the force stands: trends with control limits, wards beside posts and funds, and progress against targets."""

from typing import Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from geodata.periods import Periods
from hotspots.control_chart import control_limits
from hotspots.vulnerable_localities import INPUTS, VulnerableLocalities, vulnerable_localities
from maps import words
from maps.pack import Standing
from maps.repeats.study import EVERY
from service.analysis.scene import Scene, long_periods
from service.analysis.targets import progress
from service.deployment.plan import Teams
from service.reading.inputs import Inputs

WEEKS_IN_YEAR: Final = 365.25 / 7
TWO_YEARS: Final = 2 * 365 - 1  # days
SEASON: Final = "The crimes cover less than two years: a season cannot be told from a trend."
WEIGHED: Final = "Harm counts the control strategy's weights."
CHART: Final = (
    "Laney's u' chart (2002): three standard errors about the mean of all periods, widened by how much neighbouring "
    "periods differ beyond chance. A point outside stands out of the series; it says not why, and a trend or a season "
    "shows as points outside too. There are no limits below eight periods, or five crimes a period."
)


def where_it_stands(given: Inputs, scene: Scene, teams: Teams) -> Standing:
    """
    Return what a strategic assessment is made from.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    teams : who works in which ward
    """
    periods = long_periods(scene.periods)
    offences = _offences(scene, periods)
    localities = None if given.localities is None else vulnerable_localities(given.localities)
    short = (scene.periods.end - scene.periods.start).days < TWO_YEARS
    return Standing(
        offences=offences,
        limits=_limits(offences, periods),
        limits_note=CHART,
        wards=_wards(given, scene, teams, localities),
        vli_note=_vli_note(localities),
        funds=_funds(given, teams),
        targets=progress(given.profile.targets, offences, periods),
        notes=(*((SEASON,) if short else ()), *((WEIGHED,) if given.profile.control_strategy else ())),
    )


def _offences(scene: Scene, periods: Periods) -> pd.DataFrame:
    """Return crimes and harm of each period and crime type, the most frequent first within a period."""
    number = periods.number(scene.crimes)
    held = number >= 0
    offence = scene.crimes["offence"].astype("string")[held]
    names = offence.value_counts().sort_index().sort_values(ascending=False, kind="stable").index
    code = names.get_indexer(pd.Index(offence))
    cell = number[held] * len(names) + code
    size = periods.size * len(names)
    index = pd.MultiIndex.from_product([periods.labels, names], names=["period", "offence"])
    return index.to_frame(index=False).assign(
        crimes=np.bincount(cell, minlength=size), harm=np.bincount(cell, weights=scene.harm[held], minlength=size)
    )


def _limits(offences: pd.DataFrame, periods: Periods) -> pd.DataFrame:
    weeks = periods.weeks.to_numpy()
    counts = offences.pivot_table(index="period", columns="offence", values="crimes", aggfunc="sum", observed=False)
    counts = counts.reindex(index=periods.labels, columns=offences["offence"].unique())
    counts.insert(0, EVERY, counts.sum(axis=1))
    charts = [
        control_limits(counts[name], weeks).assign(offence=str(name), period=periods.labels) for name in counts.columns
    ]
    columns = ["offence", "period", "crimes", "weeks", "rate", "centre", "low", "high", "outside"]
    return pd.concat(charts, ignore_index=True)[columns]


def _wards(given: Inputs, scene: Scene, teams: Teams, localities: VulnerableLocalities | None) -> pd.DataFrame:
    wards = given.wards
    sums = pd.DataFrame({"ward": scene.ward, "crimes": 1, "harm": scene.harm}).groupby("ward")[["crimes", "harm"]].sum()
    sums = sums.reindex(wards["code"], fill_value=0).reset_index(drop=True)
    years = float(scene.periods.weeks.sum()) / WEEKS_IN_YEAR
    people = wards["population"].where(wards["population"] > 0)
    table = pd.DataFrame(wards[["code", "name"]]).assign(
        crimes=sums["crimes"].astype("int64"),
        harm=sums["harm"].astype("float64"),
        rate=sums["crimes"] * 1000 / years / people,
        deprivation_decile=wards["deprivation_decile"],
    )
    index = pd.DataFrame(columns=["vli", "priority"]) if localities is None else localities.table
    table["vli"] = table["code"].map(index["vli"]).astype("float64")
    table["vli_priority"] = table["code"].map(index["priority"]).astype("boolean")
    posts = teams.staffing.table.set_index("ward")[["constables", "csos"]].reindex(table["code"])
    demand = teams.demand.set_index("ward")["harm"].reindex(table["code"])
    shares = {"demand_share": demand, "post_share": posts.sum(axis=1), "cso_share": posts["csos"]}
    return table.assign(**{name: _share(values) for name, values in shares.items()})


def _share(values: pd.Series) -> FloatArray:
    held: FloatArray = values.to_numpy(dtype=np.float64)
    return held / held.sum() if held.sum() > 0 else np.full(len(held), np.nan)


def _vli_note(localities: VulnerableLocalities | None) -> str:
    if localities is None:
        return f"The Vulnerable Localities Index needs {words.listing(INPUTS.values())}: none was given."
    if localities.missing:
        return f"The Vulnerable Localities Index has no value without {words.listing(localities.missing)}."
    without = int(localities.table["vli"].isna().sum())
    few = f" {words.count(without, 'area')} without one of them: no index there." if without else ""
    return f"The Vulnerable Localities Index rests on all six of its inputs.{few}"


def _funds(given: Inputs, teams: Teams) -> pd.DataFrame:
    """Return the CSOs that each fund pays for, beside the demand of the wards where it may."""
    columns = ["code", "name", "fund", "csos", "share", "demand_share"]
    paid, funds = teams.staffing.funded, given.profile.staff.funds
    if paid.empty or not funds:
        return pd.DataFrame(columns=columns)
    demand = teams.demand.set_index("ward")["harm"]
    names = dict(zip(given.wards["code"], given.wards["name"], strict=True))
    parts = []
    for fund, own in paid[paid["rank"] == "csos"].groupby("fund", sort=True):
        posts = own.groupby("place")["posts"].sum()
        wards = list(funds[str(fund)].wards or demand.index) if fund in funds else list(demand.index)
        table = pd.DataFrame({"code": wards, "name": [names.get(ward, ward) for ward in wards], "fund": str(fund)})
        csos = posts.reindex(wards, fill_value=0).to_numpy()
        parts.append(table.assign(csos=csos, share=_share(pd.Series(csos)), demand_share=_share(demand.reindex(wards))))
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
