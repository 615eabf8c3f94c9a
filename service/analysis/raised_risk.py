"""Where crime comes near crime in space and time, tested offence by offence, and where risk is raised now, in tiers."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata.fitness import Fitness
from hotspots.bands import Bands
from hotspots.knox import knox
from hotspots.near_repeat import FEWEST, Reach, near_repeat_reach
from hotspots.open_windows import open_windows
from hotspots.significance import LEVEL, benjamini_hochberg
from maps import words
from service.analysis.scene import Scene
from service.near_repeat.scene import CLAIM
from service.reading.inputs import Inputs

BANDS: Final = Bands((0.0, 0.1, 100.0, 200.0, 300.0, 400.0), (0.0, 7.0, 14.0, 21.0, 28.0))
LOOK_BACK: Final = 365  # days
MOST_CRIMES: Final = 5_000  # of one offence, the newest
DRAWS: Final = 200  # of the intervals of the reach
FIRST, SECOND = 2 / 3, 1 / 3  # share of the excess still to come, from which a window is of the first tier, the second
SNAPPED: Final = "Positions are map points, each standing for a street: metres between crimes mean nothing."
NOT_MEASURED: Final = "No windows are open, as no near repeat was measured that they could rest on."
_BANDS: Final = [
    "space", "time", "space_low", "space_high", "time_low", "time_high", "observed", "expected", "ratio", "ratio_low",
    "ratio_high", "p",
]  # fmt: skip
_TIERS: Final = ["tier", "offence", "places", "expires", "days_left", "ratio", "geometry"]


@dataclass(frozen=True, eq=False)
class RaisedRisk:
    """Bands and windows as a `Suffering` has them, each with its note."""

    bands: pd.DataFrame | None
    bands_note: str
    windows: GeoDataFrame | None
    windows_note: str


def raised_risk(given: Inputs, scene: Scene, fitness: Fitness) -> RaisedRisk:
    """
    Test every offence with enough crimes for near repeats and, where they are measured, return the windows now open.

    Many offences are tested, so that the false discovery rate is taken over the bands of all of them; p is then the
    tail of the exact moments, since dealings could not reach p as small as that asks.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    fitness : what the data can bear; its reason stands where nothing can be told
    """
    reason = _refused(scene, fitness)
    recent = scene.crimes[:0] if reason else _recent(scene)
    counts = recent["offence"].astype("string").value_counts().sort_index().sort_values(ascending=False, kind="stable")
    names = counts.index[counts >= FEWEST]
    if names.empty:
        reason = reason or f"No offence has {FEWEST} dated crimes in the last year: near repeats cannot be told."
        return RaisedRisk(None, reason, None, reason)
    tests = {str(name): _newest(recent[recent["offence"] == name]) for name in names}
    bands = _bands({name: knox(crimes, BANDS, permutations=0).table for name, crimes in tests.items()})
    near = [name for name in tests if bands.loc[bands["offence"] == name, "more"].any()]
    measured = {name: (tests[name], near_repeat_reach(tests[name], seed=given.seed, draws=DRAWS)) for name in near}
    told = {name: found for name, found in measured.items() if found[1].strength_low > 0}
    return RaisedRisk(bands, _found(tests, near), *_windows(given, scene, told, bands))


def _refused(scene: Scene, fitness: Fitness) -> str:
    own = fitness.claims[fitness.claims["claim"].str.startswith(CLAIM)].iloc[0]
    if not own["allowed"]:
        return str(own["reason"])
    return SNAPPED if (scene.crimes["place_kind"] == "map point").mean() > 0.5 else ""


def _recent(scene: Scene) -> GeoDataFrame:
    dated = scene.crimes["precision"] != "month"
    return scene.crimes[dated & (scene.crimes["occurred_to"] > scene.periods.end - pd.Timedelta(days=LOOK_BACK))]


def _newest(crimes: GeoDataFrame) -> GeoDataFrame:
    return crimes.sort_values(["occurred_from", "source_file", "source_row"], kind="stable").tail(MOST_CRIMES)


def _bands(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    bands = pd.concat([table[_BANDS].assign(offence=name) for name, table in tables.items()], ignore_index=True)
    q = benjamini_hochberg(bands["p"].to_numpy(dtype=np.float64))
    more = (q <= LEVEL) & (bands["observed"] > bands["expected"])
    return bands.assign(q=q, more=more)[["offence", *_BANDS, "q", "more"]]


def _found(tests: dict[str, GeoDataFrame], near: list[str]) -> str:
    crimes = sum(map(len, tests.values()))
    head = f"Tested on {crimes:,} crimes of the last year: {words.listing(tests, most=6)}."
    if not near:
        return f"{head} No band holds more pairs than chance would put there."
    return f"{head} More pairs than chance would put there are near in space and in time: {words.listing(near)}."


def _windows(
    given: Inputs, scene: Scene, told: dict[str, tuple[GeoDataFrame, Reach]], bands: pd.DataFrame
) -> tuple[GeoDataFrame | None, str]:
    """Return the tiers of all offences, None where none may be given, and what they rest on."""
    if not told:
        return None, NOT_MEASURED
    day = scene.periods.end.tz_localize(None).normalize()
    area = GeoSeries([shapely.union_all(given.wards.geometry.to_numpy())], crs=given.wards.crs)
    tiers, notes = [], [f"Open on {day.day} {day.month_name()} {day.year}."]
    for name, (crimes, reach) in told.items():
        found = open_windows(crimes, reach, on=day, area=area)
        notes.append(f"{name}: {found.refused or reach.sentence}")
        if found.refused is None:
            own = bands[(bands["offence"] == name) & (bands["space_low"] < reach.metres)]
            tiers.append(_tiers(found.windows, day, own).assign(offence=name))
    if not tiers:
        return None, " ".join(notes)
    table = pd.concat(tiers).sort_values(["tier", "offence"], kind="stable", ignore_index=True)
    return GeoDataFrame(table[_TIERS], geometry="geometry", crs=scene.crimes.crs), " ".join(notes)


def _tiers(windows: GeoDataFrame, day: pd.Timestamp, bands: pd.DataFrame) -> pd.DataFrame:
    """Return the windows of one offence drawn together by how much is still to come; a higher tier takes the ground."""
    to_come = windows["to_come"].to_numpy()
    tier = np.where(to_come >= FIRST, 1, np.where(to_come >= SECOND, 2, 3))
    rows = []
    taken: BaseGeometry = shapely.Polygon()
    for number in np.unique(tier):
        own = windows[tier == number]
        ground = shapely.union_all(own.geometry.to_numpy())
        last = str(own["expires"].max())
        left = (pd.Timestamp(last) - day).days
        row = (int(number), len(own), last, left, _ratio(bands, own["age_days"]), shapely.difference(ground, taken))
        rows.append(row)
        taken = shapely.union(taken, ground)
    return pd.DataFrame(rows, columns=[name for name in _TIERS if name != "offence"])


def _ratio(bands: pd.DataFrame, ages: pd.Series) -> float:
    """Return how many times chance's pairs came as many days apart as these windows are old."""
    own = bands[(bands["time_low"] <= ages.max()) & (bands["time_high"] > ages.min())]
    return float(own["observed"].sum() / own["expected"].sum()) if own["expected"].sum() > 0 else float("nan")
