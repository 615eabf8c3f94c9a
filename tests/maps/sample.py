"""A small force made by hand: four wards, five hot spots, three patrols; every product can be made from it."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from allocation.problem import Base, Unit
from allocation.schedule import Schedule
from allocation.teams import Staffing
from geodata.fitness import Fitness
from geodata.grid import Grid
from geodata.streets import Streets
from geodata.tables import AREAS, HOTSPOTS, PLAN, REJECTS, SOURCES, STAFFING, WARD_DEMAND, WORKING_CRS, check
from hotspots.backtest import Backtest
from hotspots.scan import Scan
from hotspots.sensitivity import Sensitivity
from hotspots.time_of_week import TimeOfWeek
from maps.pack import Insight, Pack
from tests.maps import sample_findings as findings

WEST, SOUTH, SIDE = 400_000.0, 300_000.0, 3_000.0
WARDS = ("Canal Side", "Market", "St Mary's & Park", "Weavers' Hill")
PLACES = ("Station Road", "Bull Ring", "Park Lane", "Mill Street", "Quay Parade")
CENTRES = ((401_150, 301_250), (401_850, 301_950), (400_650, 302_150), (402_350, 300_850), (400_750, 300_650))


def sample_pack(*, hostile: str = "", streets: Streets | None = None) -> Pack:
    """
    Return a valid pack.

    Parameters
    ----------
    hostile : text added to every name, reason, street, offence, unit, file and marking
    streets : drawn as the base map where given
    """
    wards, hotspots, plan = _wards(hostile), _hotspots(hostile), _plan(hostile)
    grid = Grid.over(wards, 100.0)
    return Pack(
        force="Sample Police" + hostile,
        marking="OFFICIAL" + hostile,
        period="1 June 2023 to 30 June 2024",
        next_period="the week after 30 June 2024",
        run_id="0123456789ab",
        grid=grid,
        study=grid.mask(wards),
        risk=_risk(grid),
        risk_unit="days of imprisonment (sample harm table)" + hostile,
        rank_by="harm",
        sources=_sources(hostile),
        rejects=_rejects(hostile),
        skipped=("notes.txt: holds no crimes" + hostile,),
        fitness=_fitness(hostile),
        wards=wards,
        hotspots=hotspots,
        area_share=0.0128,
        backtest=_backtest(hostile),
        sensitivity=_sensitivity(hotspots),
        ward_demand=_ward_demand(hostile),
        staffing=_staffing(hostile),
        schedule=_schedule(plan, hostile),
        bases=_bases(hostile),
        units=_units(hostile),
        routes=_routes(hostile),
        streets=streets,
        ward_table=_ward_table(hostile),
        monthly=pd.DataFrame(
            {"period": ["2024-04", "2024-05", "2024-06"], "crimes": [80, 95, 88], "harm": [9e3, 11e3, 8e3]}
        ),
        assumptions=("No staffing was given: 12 constables and 8 CSOs were taken." + hostile,),
        parameters=_parameters(hostile),
        credits=("Contains public sector information licensed under the Open Government Licence v3.0." + hostile,),
        versions={"beatplan": "0.1.0", "python": "3.11"},
        insight=_insight(hotspots, wards),
        until=date(2024, 7, 1),
        change=findings.sample_change(wards, hotspots, grid, hostile=hostile),
        suffering=findings.sample_suffering(hostile=hostile),
        past=findings.sample_past(hotspots, hostile=hostile),
        standing=findings.sample_standing(wards, hostile=hostile),
        fairness=findings.sample_fairness(wards, hostile=hostile),
        public=findings.sample_public(hostile=hostile),
    )


def text(*values: str, hostile: str = "") -> pd.Series:
    """Return `values` as strings, each followed by `hostile`."""
    return pd.Series([value + hostile for value in values], dtype="string")


def _wards(hostile: str) -> GeoDataFrame:
    half, middle = SIDE / 2, (WEST + SIDE / 2, SOUTH + SIDE / 2)
    corners = ((WEST, SOUTH), (WEST + half, SOUTH), (WEST, SOUTH + half), (WEST + half, SOUTH + half))
    boxes = [shapely.box(x, y, x + half, y + half) for x, y in corners]
    boxes[3] = boxes[3].difference(shapely.Point(WEST + SIDE, SOUTH + SIDE).buffer(half / 2))
    boxes[0] = (
        boxes[0].difference(shapely.Point(middle).buffer(half / 8)).union(shapely.box(WEST, SOUTH - 200, *middle))
    )
    table = {
        "code": text("E05000001", "E05000002", "E05000003", "E05000004"),
        "name": text(*WARDS, hostile=hostile),
        "kind": text(*["ward"] * 4),
        "edition": pd.Series([2023] * 4, dtype="Int64"),
        "population": [9_100.0, 12_350.0, float("nan"), 8_020.0],
        "deprivation_decile": [2.0, 1.0, float("nan"), 6.0],
    }
    return check(GeoDataFrame(table, geometry=boxes, crs=WORKING_CRS), AREAS)


def _hotspots(hostile: str) -> GeoDataFrame:
    harm = np.array([310.5, 205.25, 120.0, 44.75, 12.5])
    crimes = harm / 40
    table = {
        "hotspot_id": text("H01", "H02", "H03", "H04", "H05"),
        "rank": [1, 2, 3, 4, 5],
        "rank_low": [1.0, 1.0, 2.0, 4.0, float("nan")],
        "rank_high": [2.0, 3.0, 3.0, 5.0, float("nan")],
        "stability": [1.0, 0.5, 0.25, 0.0, float("nan")],
        "name": text(*PLACES, hostile=hostile),
        "ward": text("E05000001", "E05000004", "E05000003", "E05000002", "E05000001"),
        "crimes": [212, 141, 88, 40, 13],
        "offence_mix": text(
            *["Violence and sexual offences 41 %, Burglary 22 %, Vehicle crime 9 %"] * 5, hostile=hostile
        ),
        "expected_crimes": crimes,
        "expected_crimes_low": crimes * 0.7,
        "expected_crimes_high": crimes * 1.4,
        "expected_harm": harm,
        "expected_harm_low": harm * 0.6,
        "expected_harm_high": harm * 1.5,
        "area_m2": [40_000.0, 40_000.0, 30_000.0, 20_000.0, 20_000.0],
        "trend": text("rising", "steady", "falling", "too few to say", "too few to say"),
        "history": text("persistent", "emerging", "intermittent", "former", "none"),
        "reason": text(*["It holds 9 % of expected harm on 0.4 % of the area."] * 5, hostile=hostile),
    }
    half_sides = (100.0, 100.0, 85.0, 70.0, 70.0)
    boxes = [shapely.box(x - h, y - h, x + h, y + h) for (x, y), h in zip(CENTRES, half_sides, strict=True)]
    return check(GeoDataFrame(table, geometry=boxes, crs=WORKING_CRS), HOTSPOTS)


def _sensitivity(hotspots: GeoDataFrame) -> Sensitivity:
    settings = {"setting": [0, 1, 2, 3], "bandwidth": [300.0, 200.0, 300.0, 450.0], "cell": [100.0] * 4}
    more = {"offset": [0.0, 0.0, 0.5, 0.0], "hotspots": [5, 5, 4, 5], "area_m2": [15e4] * 4}
    table = hotspots[["rank", "geometry", "area_m2"]].assign(survival=[1.0, 1.0, 0.8, 0.5, 0.0], covered=0.7)
    spots = hotspots[["rank", "geometry"]].assign(setting=0)
    held = pd.DataFrame(settings | more | {"jaccard": [1.0, 0.55, 0.7, 0.6]})
    return Sensitivity(held, table, spots, "Three of five hot spots stay.")


def _insight(hotspots: GeoDataFrame, wards: GeoDataFrame) -> Insight:
    spots = pd.Index(hotspots["hotspot_id"], name="hotspot_id")
    hours = np.tile(np.arange(168.0) % 24, (5, 1)) * np.array([[5.0], [4], [3], [2], [0]])
    known = pd.Series([0.4, 0.5, 0.6, 0.7, 0.9, 1.0], index=pd.Index([1.0, 3, 6, 12, 24, 168], name="hours"))
    week = TimeOfWeek(
        pd.DataFrame(hours, index=spots, columns=pd.RangeIndex(168, name="hour")), known, 0, "Half known."
    )
    yields = {"street_m": [900.0, 700, 500, 300, 100], "hours": [0.25] * 5, "per_hour": [1_242.0, 821, 480, 179, 50]}
    ranks = {"rank": [1, 2, 3, 4, 5], "rank_low": [1.0, 1, 2, 4, 4], "rank_high": [2.0, 3, 3, 5, 5]}
    by_offence = {"offence": ["all", "Burglary"], "year": ["all", "all"], "crimes": [494, 120], "places": [61, 40]}
    shares = {"share": [0.021, 0.03], "share_of_harm": [0.013, 0.03], "gini": [0.61, 0.5], "gini_low": [0.58, 0.41]}
    return Insight(
        week=week,
        week_note="40 % of 494 crimes are known to within an hour",
        hours=pd.DataFrame({"hotspot_id": spots, **yields, **ranks}),
        concentration=pd.DataFrame({**by_offence, **shares, "gini_high": [0.64, 0.58]}),
        curve=pd.DataFrame({"places": [0.0, 0.02, 0.2, 1.0], "held": [0.0, 0.5, 0.9, 1.0]}),
        scan=_scan(),
        scan_note="",
        spots_by_period=_by_period(hotspots["hotspot_id"], "hotspot_id"),
        wards_by_period=_by_period(wards["code"], "code"),
    )


def _by_period(names: pd.Series, called: str) -> pd.DataFrame:
    counts = np.arange(3 * len(names)).reshape(len(names), 3)
    return pd.DataFrame(counts, index=pd.Index(names, name=called), columns=["2024-04", "2024-05", "2024-06"])


def _scan() -> Scan:
    places = pd.DataFrame({"x": [401_850.0], "y": [301_950.0], "crimes": [31], "cluster": [1]})
    what = {"cluster": [1, 2], "x": [401_850.0, 400_200.0], "y": [301_950.0, 302_700.0], "radius": [100.0, 300.0]}
    when = {"start": ["2024-05", "2024-06"], "stop": ["2024-06", "2024-06"], "periods": [2, 1], "places": [3, 9]}
    found = {"observed": [13, 6], "expected": [1.9, 2.4], "ratio": [6.84, 2.5], "llr": [14.2, 1.7], "p": [0.001, 0.61]}
    rare = {"recurrence_periods": [1_000.0, 1.64], "recurrence_years": [83.3, 0.14]}
    table = pd.DataFrame({**what, **when, **found, **rare})
    circles = [shapely.Point(x, y).buffer(r) for x, y, r in zip(table["x"], table["y"], table["radius"], strict=True)]
    return Scan(GeoDataFrame(table, geometry=circles, crs=WORKING_CRS), places, 494, np.linspace(1.0, 9.0, 999))


def _risk(grid: Grid) -> pd.Series:
    x, y = grid.centres()
    peaks = [36 / (rank + 1) * np.exp(-((x - a) ** 2 + (y - b) ** 2) / 9e4) for rank, (a, b) in enumerate(CENTRES)]
    surface = np.sum(peaks, axis=0)
    return pd.Series(np.where(surface > 0.01, surface, 0.0), index=grid.index, name="expected")


def _plan(hostile: str) -> pd.DataFrame:
    stops = [
        ("CSO 1", "Central", "day", 1, "H01", "10:10", "10:25", 450.0, 120.0),
        ("CSO 1", "Central", "day", 2, "H02", "10:40", "10:55", 1_010.0, 90.0),
        ("CSO 1", "Central", "day", 3, "H03", "11:15", "11:30", 1_220.0, 60.0),
        ("CSO 2", "Canal", "day", 1, "H05", "10:05", "10:20", 300.0, 8.0),
        ("CSO 2", "Canal", "day", 2, "H01", "10:40", "10:55", 720.0, 70.0),
        ("CSO 3", "Central", "late", 1, "H04", "18:20", "18:35", 900.0, 30.0),
        ("CSO 3", "Central", "late", 2, "H01", "19:00", "19:15", 1_300.0, 110.0),
    ]
    names = ["unit", "base", "shift", "stop", "hotspot_id", "arrive", "leave", "metres", "value"]
    plan = pd.DataFrame(stops, columns=names).assign(role="CSO", minutes=15)
    for column in ("unit", "base", "shift"):
        plan[column] = plan[column] + hostile
    plan = plan[list(PLAN.columns)]
    strings = [column for column in plan if column not in ("stop", "minutes", "metres", "value")]
    return check(plan.astype(dict.fromkeys(strings, "string")), PLAN)


def _routes(hostile: str) -> GeoDataFrame:
    central, canal = (401_400, 301_500), (400_500, 300_300)
    walks = [(central, 0, 1, 2, central), (canal, 4, 0, canal), (central, 3, 0, central)]
    lines = [shapely.LineString([CENTRES[p] if isinstance(p, int) else p for p in walk]) for walk in walks]
    table = {
        "unit": text("CSO 1", "CSO 2", "CSO 3", hostile=hostile),
        "role": text("CSO", "CSO", "CSO"),
        "base": text("Central", "Canal", "Central", hostile=hostile),
        "shift": text("day", "day", "late", hostile=hostile),
        "stops": [3, 2, 2],
        "metres": [3_600.0, 1_800.0, 3_100.0],
        "driven_back": [False, False, True],
    }
    return GeoDataFrame(table, geometry=lines, crs=WORKING_CRS)


def _bases(hostile: str) -> tuple[Base, ...]:
    return (Base("Central" + hostile, 401_400.0, 301_500.0), Base("Canal" + hostile, 400_500.0, 300_300.0))


def _units(hostile: str) -> tuple[Unit, ...]:
    homes = (("CSO 1", "Central", "day"), ("CSO 2", "Canal", "day"), ("CSO 3", "Central", "late"))
    return tuple(Unit(name + hostile, "CSO", base + hostile, shift + hostile, 240, 2) for name, base, shift in homes)


def _sources(hostile: str) -> pd.DataFrame:
    table = {
        "file": text("2024-06-sample-street.csv", "wards.gpkg", hostile=hostile),
        "kind": text("police.uk street CSV", "areas"),
        "sha256": text("ab" * 32, "cd" * 32),
        "rows_read": [500, 0],
        "rows_accepted": [494, 0],
        "rows_rejected": [6, 0],
    }
    return check(pd.DataFrame(table), SOURCES)


def _rejects(hostile: str) -> pd.DataFrame:
    table = {
        "file": text(*["2024-06-sample-street.csv"] * 6, hostile=hostile),
        "line": [7, 9, 88, 120, 121, 400],
        "reason": text(*["no coordinates"] * 5, "not a month", hostile=hostile),
    }
    return check(pd.DataFrame(table), REJECTS)


def _fitness(hostile: str) -> Fitness:
    claims = {
        "claim": text("Hot spots", "Near repeats in days", hostile=hostile),
        "allowed": [True, False],
        "reason": text("494 located crimes.", "Dates are known by month only.", hostile=hostile),
    }
    return Fitness(
        facts=pd.DataFrame({"fact": text("rows read", "distinct points", hostile=hostile), "value": text("500", "61")}),
        reasons=pd.DataFrame({"reason": text("no coordinates", "not a month", hostile=hostile), "rows": [5, 1]}),
        claims=pd.DataFrame(claims),
        warnings=("Cells of 100 m are finer than the published map points." + hostile,),
        outside=3,
        distinct_points=61,
        gaps=("2023-11" + hostile,),
    )


def _backtest(hostile: str) -> Backtest:
    methods = ["raw count", "last period", "density"]
    hits = np.array([0.21, 0.17, 0.24])
    summary = pd.DataFrame(
        {"method": methods, "hit_rate": hits, "hit_rate_low": hits - 0.03, "hit_rate_high": hits + 0.03}
    )
    summary = summary.assign(pai=hits * 78, pai_low=hits * 70, pai_high=hits * 86, pei=hits * 1.6)
    summary = summary.assign(harm_hit_rate=hits + 0.04, harm_pai=hits * 81, origins=6)
    gain = hits - hits[0]
    summary = summary.assign(gain=gain, gain_low=gain - 0.02 * (gain != 0), gain_high=gain + 0.02 * (gain != 0))
    origins = pd.DataFrame({"origin": ["2024-05", "2024-06"]})
    scores = summary[["method", "hit_rate", "pai", "pei", "harm_hit_rate", "harm_pai"]].merge(origins, how="cross")
    scores = scores.assign(crimes=88)[
        ["method", "origin", "hit_rate", "pai", "pei", "harm_hit_rate", "harm_pai", "crimes"]
    ]
    sentence = "The density forecast caught 24 % of crime on 1.3 % of the area, the raw count 21 %." + hostile
    return Backtest(
        scores=scores, summary=summary, best="density", sentence=sentence, note="Six months." + hostile, share=0.0128
    )


def _ward_demand(hostile: str) -> pd.DataFrame:
    table = {
        "ward": text("E05000001", "E05000002", "E05000003", "E05000004"),
        "name": text(*WARDS, hostile=hostile),
        "crimes": [8.4, 3.1, 4.6, 5.9],
        "harm": [330.0, 90.0, 160.0, 230.0],
        "priority": [1.0, 1.2, 1.0, 1.0],
        "population": [9_100.0, 12_350.0, float("nan"), 8_020.0],
    }
    return check(pd.DataFrame(table), WARD_DEMAND)


def _staffing(hostile: str) -> Staffing:
    table = {
        "ward": text("E05000001", "E05000002", "E05000003", "E05000004"),
        "name": text(*WARDS, hostile=hostile),
        "sergeants": [0.5, 0.5, 0.5, 0.5],
        "constables": [5, 2, 2, 3],
        "csos": [3, 1, 2, 2],
        "value": [120.5, 40.25, 66.0, 90.0],
        "reason": text(
            "the next CSO here is worth 4.1, the cut-off was 5.3", *["held at the floor"] * 3, hostile=hostile
        ),
    }
    plans = ["this plan", "equal split", "proportional to crime", "proportional to harm with a floor"]
    by_plan = pd.DataFrame({"ward": table["ward"]}).merge(pd.DataFrame({"plan": plans}), how="cross")
    return Staffing(
        table=check(pd.DataFrame(table), STAFFING),
        objective=316.75,
        bound=316.75,
        gap=0.0,
        unmet=("No ward may fall below its floor, and two posts are vacant." + hostile,),
        plus_one=pd.DataFrame({"role": ["constable", "CSO"], "gain": [6.1, 4.4]}),
        alternatives=_alternatives(plans, 316.75),
        by_plan=by_plan.assign(constables=3, csos=2),
        rules=("1. Every ward keeps at least one constable and one CSO." + hostile,),
    )


def _schedule(plan: pd.DataFrame, hostile: str) -> Schedule:
    unmet = {"hotspot_id": text("H05"), "shift": text("late", hostile=hostile), "value": [3.0]}
    gains = {"base": text("Central", "Canal", hostile=hostile), "shift": text("day", "late", hostile=hostile)}
    return Schedule(
        plan=plan,
        objective=488.0,
        bound=492.5,
        gap=0.0092,
        unmet=pd.DataFrame(unmet).assign(reason=text("no unit within reach", hostile=hostile)),
        plus_one=pd.DataFrame(gains).assign(gain=[31.0, 12.5]),
        alternatives=_alternatives(["this plan", "equal split", "proportional to crime"], 488.0),
        travel_basis="straight line",
        rules=("1. A patrol starts and ends at its base." + hostile,),
        planned_minutes=105,
    )


def _alternatives(plans: list[str], best: float) -> pd.DataFrame:
    shares = 1 - 0.06 * np.arange(len(plans))
    return pd.DataFrame({"plan": plans, "objective": best * shares, "share_of_best": shares})


def _ward_table(hostile: str) -> pd.DataFrame:
    table: dict[str, Any] = {
        "code": text("E05000001", "E05000002", "E05000003", "E05000004"),
        "name": text(*WARDS, hostile=hostile),
        "crimes": [225, 40, 88, 141],
        "expected_crimes": [8.4, 3.1, 4.6, 5.9],
        "expected_harm": [330.0, 90.0, 160.0, 230.0],
        "hotspots": [2, 1, 1, 1],
    }
    return pd.DataFrame(table)


def _parameters(hostile: str) -> pd.DataFrame:
    table = {"name": text("cell", "bandwidth"), "value": text("100 m", "300 m")}
    return pd.DataFrame(table).assign(meaning=text("side of a cell", "reach of one crime", hostile=hostile))
