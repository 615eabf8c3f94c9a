"""The parts of the sample that say what changed, who suffers again, what came of the last tasking, where it stands."""

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from allocation.feedback import feedback
from allocation.robust import Robust
from geodata.grid import Grid
from geodata.tables import REJECTS, WORKING_CRS, check
from maps.pack import Change, Contact, Fairness, Neighbourhood, Past, Public, Standing, Suffering

ALL = "All crime types"
OFFENCES = ("Violence and sexual offences", "Burglary", "Vehicle crime")
MONTHS = [f"{year}-{month:02d}" for year, month in [(2023, m) for m in range(6, 13)] + [(2024, m) for m in range(1, 7)]]


def sample_change(wards: GeoDataFrame, hotspots: GeoDataFrame, grid: Grid, *, hostile: str = "") -> Change:
    """Return a change with a place for every verdict, and the year before."""
    this = _change("May 2024", "June 2024", wards, hotspots, grid, hostile)
    return Change(**(vars(this) | {"year": _change("June 2023", "June 2024", wards, hotspots, grid, hostile)}))


def _change(before: str, after: str, wards: GeoDataFrame, hotspots: GeoDataFrame, grid: Grid, hostile: str) -> Change:
    x, y = grid.centres()
    bump = 9.0 * np.exp(-((x - 401_150) ** 2 + (y - 301_250) ** 2) / 9e4)
    dip = 6.0 * np.exp(-((x - 400_650) ** 2 + (y - 302_150) ** 2) / 9e4)
    spots = hotspots[["hotspot_id", "name"]].assign(**_compared([20, 31, 18, 2, 0], [44, 12, 19, 1, 3]))
    return Change(
        before=before,
        after=after,
        total=pd.DataFrame({"name": [ALL], **_compared([95], [88])}),
        wards=pd.DataFrame(wards[["code", "name"]]).assign(**_compared([30, 25, 38, 2], [52, 11, 23, 2])),
        offences=pd.DataFrame({"offence": [o + hostile for o in OFFENCES], **_compared([50, 30, 15], [46, 12, 30])}),
        hotspots=pd.DataFrame(spots),
        cells=pd.Series(np.where(np.abs(bump - dip) > 0.01, bump - dip, 0.0), index=grid.index, name="change"),
        spread={"total": 0.05, "wards": 0.1, "offences": 0.08, "hotspots": 0.0},
        sentence=f"Crimes went from 22.2 to 20.5 a week from {before} to {after}: no clear change." + hostile,
        note="One month is compared with the one before; a season looks like a change." + hostile,
    )


def _compared(first: list[int], second: list[int]) -> dict[str, object]:
    """Return the columns of a comparison, near enough to what would be worked out."""
    before, after = np.array(first, dtype=np.float64), np.array(second, dtype=np.float64)
    ratio = after / np.where(before > 0, before, np.nan)
    error = 1.645 * np.sqrt(1 / np.maximum(before, 1) + 1 / np.maximum(after, 1))
    low, high = ratio * np.exp(-error), np.where(before > 0, ratio * np.exp(error), np.inf)
    verdict = np.where(low > 1, "rose", np.where(high < 1, "fell", "no clear change"))
    verdict = np.where(before + after < 10, "too few to say", verdict)
    p = np.where((low > 1) | (high < 1), 0.01, 0.6)
    weeks = 30 / 7
    columns = {"crimes_before": first, "crimes_after": second, "before": before / weeks, "after": after / weeks}
    more = {"ratio": ratio, "low": np.where(before > 0, low, 0.0), "high": high, "p": p, "q": np.minimum(1, 2 * p)}
    return columns | more | {"verdict": verdict}


def sample_suffering(*, hostile: str = "") -> Suffering:
    """Return repeats of places and people, a Knox table and three open windows."""
    times = {"times": ["0", "1", "2", "3+"], "number": [4_000.0, 310, 40, 12], "share_of_targets": [0.917, 0.071]}
    times["share_of_targets"] += [0.009, 0.003]
    rest = {"crimes": [0, 310, 80, 44], "share_of_crimes": [0, 0.714, 0.184, 0.101], "expected": [3_950.0, 390, 19, 1]}
    kinds = ["place", "place", "victim", "victim"]
    offences = {"kind": kinds, "offence": [ALL, "Burglary" + hostile] * 2, "crimes": [434, 120, 400, 110]}
    repeats = {"number": [362, 104, 350, 100], "repeats": [72, 16, 50, 10], "share": [0.166, 0.133, 0.125, 0.091]}
    ends = {"share_low": [0.13, 0.08, 0.09, 0.04], "share_high": [0.2, 0.19, 0.16, 0.14]}
    return Suffering(
        places=pd.DataFrame(times | rest),
        places_note="88 % of crimes say at which premises they were." + hostile,
        victims=pd.DataFrame(times | rest),
        victims_note="81 % of crimes say who the victim was." + hostile,
        offences=pd.DataFrame(offences | repeats | ends),
        bands=_bands(hostile),
        bands_note="Burglary comes near burglary within 200 metres and 14 days more often than chance." + hostile,
        windows=_windows(hostile),
        windows_note="Open on 1 July 2024; the reach was measured on 120 burglaries." + hostile,
    )


def _bands(hostile: str) -> pd.DataFrame:
    space, time = ((0, 100), (100, 200)), ((0, 7), (7, 14))
    rows = [(f"[{a}, {b})", f"[{c}, {d})", a, b, c, d) for a, b in space for c, d in time]
    table = pd.DataFrame(rows, columns=["space", "time", "space_low", "space_high", "time_low", "time_high"])
    table.insert(0, "offence", "Burglary" + hostile)
    found = {"observed": [24, 15, 12, 11], "expected": [9.5, 9.2, 10.8, 11.1], "ratio": [2.53, 1.63, 1.11, 0.99]}
    ends = {"ratio_low": [1.8, 1.1, 0.7, 0.6], "ratio_high": [3.4, 2.3, 1.7, 1.6], "p": [0.001, 0.02, 0.4, 0.5]}
    return table.assign(**found, **ends, q=[0.004, 0.04, 0.5, 0.5], more=[True, True, False, False])


def _windows(hostile: str) -> GeoDataFrame:
    centres = ((401_200, 301_300), (401_700, 301_800), (400_600, 302_100))
    table = {
        "tier": [1, 2, 3],
        "offence": ["Burglary" + hostile] * 3,
        "places": [2, 1, 1],
        "expires": ["2024-07-13", "2024-07-08", "2024-07-03"],
        "days_left": [12, 7, 2],
        "ratio": [2.5, 1.8, 1.2],
    }
    return GeoDataFrame(table, geometry=[shapely.Point(at).buffer(200) for at in centres], crs=WORKING_CRS)


def sample_past(hotspots: GeoDataFrame, *, hostile: str = "") -> Past:
    """Return a review of five hot spots: every decision, one without, one overdue."""
    table = hotspots[["hotspot_id", "rank", "name", "ward", "geometry"]].assign(
        decision=pd.Series(["accept", "amend", "decline", "accept", None], dtype="string"),
        owner=pd.Series(["Insp A" + hostile, "Sgt B", "Sgt B", "Insp A", None], dtype="string"),
        reason=pd.Series(["", "later shift" + hostile, "no one free", "", None], dtype="string"),
        review_date=pd.Series(["2024-06-15", "2024-07-15", "2024-07-15", "2024-07-15", None], dtype="string"),
        planned_minutes=[1_350.0, 450.0, 450.0, 450.0, 450.0],
        delivered_minutes=[900.0, 450.0, 0.0, np.nan, np.nan],
        **_compared([40, 31, 18, 2, 9], [22, 30, 40, 1, 8]),
        overdue=[True, False, False, False, False],
        sentence="Crimes went from 9.3 to 5.1 a week; harm here was exposed to patrol for 900 minutes." + hostile,
    )
    refused = {"file": ["decisions.csv" + hostile], "line": [4], "reason": ["decision is not accept, amend or decline"]}
    return Past(
        run_id="ba9876543210",
        before="2 May 2024 to 31 May 2024",
        after="1 June 2024 to 30 June 2024",
        hotspots=table[[name for name in table if name != "geometry"] + ["geometry"]],
        planned_minutes=3_150.0,
        delivered_minutes=1_350.0,
        rejects=check(pd.DataFrame(refused).astype({"file": "string", "reason": "string"}), REJECTS),
        sentence="1,350 of 3,150 planned minutes were delivered at 5 hot spots." + hostile,
        notes=("Places chosen because crime was high fall back by themselves." + hostile,),
    )


def sample_standing(wards: GeoDataFrame, *, hostile: str = "") -> Standing:
    """Return thirteen months of three crime types, wards, a fund and two targets."""
    rng = np.random.default_rng(7)
    grid = pd.MultiIndex.from_product([MONTHS, [o + hostile for o in OFFENCES]], names=["period", "offence"])
    offences = grid.to_frame(index=False).assign(crimes=rng.poisson(30, len(grid)))
    offences = offences.assign(harm=offences["crimes"] * 40.0)
    every = offences.groupby("period", as_index=False)["crimes"].sum().assign(offence=ALL)
    limits = pd.concat([every, offences[["period", "crimes", "offence"]]], ignore_index=True)
    limits = limits[["offence", "period", "crimes"]].assign(weeks=4.35, rate=limits["crimes"] / 4.35)
    centre = limits.groupby("offence")["rate"].transform("mean")
    limits = limits.assign(centre=centre, low=centre * 0.6, high=centre * 1.4)
    above, below = limits["rate"] > limits["high"], limits["rate"] < limits["low"]
    limits["outside"] = np.where(above, "above", np.where(below, "below", ""))
    vli = {"vli": [210.0, 95.0, np.nan, 60.0], "vli_priority": pd.array([True, False, None, False], dtype="boolean")}
    shares = {"demand_share": [0.41, 0.11, 0.2, 0.28], "post_share": [0.4, 0.2, 0.2, 0.2], "cso_share": [1 / 3] * 4}
    table = pd.DataFrame(wards[["code", "name"]]).assign(crimes=[225, 40, 88, 141], harm=[9e3, 1.6e3, 3.5e3, 5.6e3])
    fund = {"fund": "Partner CSOs" + hostile, "csos": [2, 1], "share": [2 / 3, 1 / 3], "demand_share": [0.75, 0.25]}
    return Standing(
        offences=offences,
        limits=limits,
        limits_note="Laney's chart: limits at three standard errors, widened for overdispersion." + hostile,
        wards=table.assign(
            rate=[22.8, 3.0, np.nan, 16.2], deprivation_decile=wards["deprivation_decile"], **vli, **shares
        ),
        vli_note="The index lacks educational attainment." + hostile,
        funds=pd.DataFrame(wards[["code", "name"]]).head(2).assign(**fund),
        targets=_targets(hostile),
        notes=("Thirteen months hold one June twice; a season looks like a trend." + hostile,),
    )


def sample_fairness(wards: GeoDataFrame, *, hostile: str = "") -> Fairness:
    """Return two groups of wards and one ward without any, four plans, and two years of patrols by records."""
    groups = pd.Series(["most deprived fifth" + hostile, "most deprived fifth" + hostile, pd.NA, "fourth fifth"])
    table = pd.DataFrame({"ward": wards["code"], "group": groups, "hours": [90.0, 40.0, 50.0, 70.0], "km2": [2.2] * 4})
    front = pd.DataFrame({"disproportion": [0.02, 0.08, 0.2, 0.31], "value": [910.0, 940.0, 960.0, 964.0]})
    harm = np.random.default_rng(3).poisson([90, 16, 35, 56], (13, 4)).astype(np.float64)
    loop = feedback([9.0, 1.6, 3.5, 5.6], 4.0, weeks=104, runs=20)
    plans = {"plan": ["this plan", "robust plan"], "mean": [960.0, 955.0], "worst": [880.0, 884.0]}
    plans |= {"regret": [0.012, 0.015], "moved": [0, 1]}
    sure = {"officers": [7, 4, 4, 5], "officers_low": [6, 4, 3, 5], "officers_high": [8, 4, 5, 5]}
    own = pd.DataFrame({"ward": wards["code"], **sure, "robust": [6, 4, 5, 5], "same": [0.6, 1.0, 0.5, 0.98]})
    own["robust_same"] = own["same"]
    robust = Robust(50, 50, pd.DataFrame(plans), own, 0.005)
    people = {
        "age" + hostile: pd.DataFrame({"under 25" + hostile: [900, 400, 300, 500], "older": [4e3, 5e3, 2e3, 3e3]})
    }
    return Fairness(table, people, harm, front, loop, robust, ("One ward's deprivation is not known." + hostile,))


def _targets(hostile: str) -> pd.DataFrame:
    what = {"name": ["Fewer burglaries" + hostile, "Less harm"], "offences": ["Burglary" + hostile, ALL]}
    aim = {"measure": ["crimes", "harm"], "baseline": [8.0, 4_000.0], "aim": [6.0, 3_600.0], "by": ["2025-03-31"] * 2}
    now = {"now": [7.1, 4_100.0], "now_low": [6.4, 3_700.0], "now_high": [7.9, 4_500.0]}
    then = {"expected": [5.8, np.nan], "expected_low": [4.1, np.nan], "expected_high": [8.0, np.nan]}
    more = {"progress": [0.45, -0.25], "verdict": ["on course", "cannot be told"]}
    words = ["7.1 a week (90 % interval 6.4 to 7.9), from 8.0 towards 6.0: on course, not sure." + hostile, "Not told."]
    return pd.DataFrame(what | aim | now | then | more | {"sentence": words})


def sample_public(*, hostile: str = "") -> Public:
    """Return a contact, priorities and similar areas of one ward, and less of another."""
    contact = Contact("Sergeant A Example" + hostile, "neighbourhood sergeant", "team@example.police.uk", "101")
    first = Neighbourhood("E05000001", contact, ("Fewer break-ins on Mill Street." + hostile,), ("E05000004",))
    return Public(
        "https://www.example.police.uk", "Call 999 in an emergency." + hostile, (first, Neighbourhood("E05000002"))
    )
