"""
A made-up force: its land, streets, premises and recorded crime, with a truth planted in them.

What a method finds in it can be held against what is there, and nothing in it is about anyone. Everything follows
from the seed.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.random import Generator, SeedSequence, default_rng
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geodata._network import Streets
from geodata._town import Town, TownTruth
from geodata._town_crime import OFFENCES, Calendar, chances
from geodata._town_files import write_police_uk, write_town
from geodata._town_ground import make_ground
from geodata._town_incidents import Incidents, crime_ids, crimes_table, draw_incidents, premises_ids, victim_ids
from geodata._town_land import Land, make_land, means
from geodata._town_names import FORCE, place_names
from geodata._town_places import Premises, make_areas, make_premises
from geodata._town_plant import NearRepeats, Planted, plant_hotspots
from geodata._town_streets import make_streets
from geodata._walks import nearest_node
from geodata.cast import FloatArray, above_zero, whole, within
from geodata.errors import InputError
from geodata.tables import AREAS, WORKING_CRS, check

__all__ = ["Town", "TownTruth", "make_town", "write_police_uk", "write_town"]

_WARDS_A_BASE: Final = 13


def make_town(
    seed: int = 0,
    *,
    wards: int = 40,
    months: int = 24,
    incidents: int = 20_000,
    hotspots: int = 12,
    start: str = "2023-01-01",
    near_repeat_metres: float = 200.0,
    near_repeat_days: int = 14,
    near_repeat_strength: float = 0.3,
) -> Town:
    """
    Return a made-up force, its recorded crime and the truth planted in it.

    Parameters
    ----------
    seed : the same seed makes the same force
    wards : number of wards, 1 to 1,000
    months : number of months recorded
    incidents : number of incidents, exactly
    hotspots : number of hot spots planted; fewer where a small force has no room for them
    start : first day recorded, in ISO form
    near_repeat_metres : metres
    near_repeat_days : days, at least 2
    near_repeat_strength : burglaries that each burglary brings on, on average; at most 0.9

    Raises
    ------
    InputError
        If a number is out of its range, or `start` is not a date.
    """
    calendar = _calendar(start, whole(months, "months", 1))
    near = NearRepeats(
        above_zero(near_repeat_metres, "near_repeat_metres", "metres"),
        whole(near_repeat_days, "near_repeat_days", 2),
        within(near_repeat_strength, "near_repeat_strength", 0, 0.9),
    )
    wards, count = int(within(whole(wards, "wards"), "wards", 1, 1000)), whole(incidents, "incidents")
    # one stream of random numbers for each stage: more incidents leave land, streets and premises as they are
    seeds = SeedSequence(whole(seed, "seed")).spawn(7)
    for_land, for_streets, for_places, for_people, for_planting, for_incidents, for_ground = (
        default_rng(own) for own in seeds
    )
    land = make_land(for_land, wards)
    streets = make_streets(for_streets, land)
    premises = make_premises(for_places, land, streets)
    hardship = _hardship(for_people, land)
    areas = check(make_areas(land, premises, place_names(for_people, wards), _by_ward(land, hardship)), AREAS)
    risk = _risk(for_people, hardship[premises.quarter])
    force = shapely.coverage_union_all(areas.geometry.to_numpy())
    planted = plant_hotspots(for_planting, premises, _chance(premises, risk), whole(hotspots, "hotspots"), force)
    risk = risk * planted.risk()
    drawn, repeats = draw_incidents(for_incidents, premises, risk, calendar=calendar, near=near, count=count)
    return Town(
        name=FORCE,
        crimes=crimes_table(drawn, premises, calendar),
        areas=areas,
        streets=streets,
        bases=_bases(for_people, premises, streets, areas),
        premises=premises,
        truth=_truth(planted, near, drawn, repeats, force),
        ground=make_ground(for_ground, land, streets),
    )


def _calendar(start: str, months: int) -> Calendar:
    try:
        first = pd.Timestamp(date.fromisoformat(start))
        return Calendar(first, (first + pd.DateOffset(months=months) - first).days)
    except (TypeError, ValueError):
        raise InputError("`start` must be a day such as 2023-01-01, got something else.") from None


def _hardship(rng: Generator, land: Land) -> FloatArray:
    """Return a standardised level of hardship of each quarter, alike among neighbours and higher in towns."""
    own = rng.normal(size=len(land.seeds))
    _, near = cKDTree(land.seeds).query(land.seeds, k=min(7, len(land.seeds)))
    level = 2 * own[near].mean(axis=1) + 0.8 * np.clip(1 - land.towns.remoteness(land.seeds), 0, 1)
    return np.asarray(np.round((level - level.mean()) / level.std(), 6), dtype=np.float64)


def _risk(rng: Generator, hardship: FloatArray) -> FloatArray:
    """Return how much riskier than others of its kind each premises is; rounded, so that all machines agree."""
    return np.asarray(np.round(np.exp(rng.normal(0, 0.7, len(hardship)) + 0.4 * hardship), 6), dtype=np.float64)


def _by_ward(land: Land, level: FloatArray) -> FloatArray:
    """Return the mean level of each ward's quarters."""
    return np.asarray(np.bincount(land.ward, weights=level) / np.bincount(land.ward), dtype=np.float64)


def _chance(premises: Premises, risk: FloatArray) -> FloatArray:
    """Return the chance of each premises to be the place of any incident, in sum 1."""
    chance = np.zeros(premises.size)
    for offence in OFFENCES:
        chance += offence.share * chances(premises, offence, risk)
    return np.asarray(chance / chance.sum(), dtype=np.float64)


def _bases(rng: Generator, premises: Premises, streets: Streets, areas: GeoDataFrame) -> pd.DataFrame:
    """Return police stations in the middle of groups of premises, each named after its ward."""
    middles = means(rng, premises.door, min(premises.size, max(1, round(len(areas) / _WARDS_A_BASE))))
    node = np.unique(nearest_node(streets, *middles.T)[0])
    x, y = streets.x[node], streets.y[node]
    _, premise = cKDTree(premises.door).query(np.column_stack((x, y)))
    ward = areas["name"].to_numpy()[premises.ward[premise]]
    street = np.asarray(premises.streets)[premises.street[premise]]
    repeated = pd.Series(ward).duplicated(keep=False)
    names = [f"{a}, {b}" if twice else a for a, b, twice in zip(ward, street, repeated, strict=True)]
    return pd.DataFrame({"name": [f"{name} Police Station" for name in names], "x": x, "y": y})


def _truth(
    planted: Planted, near: NearRepeats, drawn: Incidents, repeats: pd.DataFrame, force: BaseGeometry
) -> TownTruth:
    table = {
        "hotspot_id": [f"T{number:02d}" for number in range(1, len(planted.outline) + 1)],
        "strength": planted.strength,
    }
    hotspots = GeoDataFrame(table, geometry=planted.outline, crs=WORKING_CRS)
    hotspots.insert(2, "area_m2", hotspots.area)
    brought = np.flatnonzero(drawn.by >= 0)
    return TownTruth(
        hotspots=hotspots,
        area_share=float(hotspots.area.sum() / force.area),
        near_repeat_metres=near.metres,
        near_repeat_days=near.days,
        near_repeat_strength=near.strength,
        triggered=pd.DataFrame({"crime_id": crime_ids(brought), "triggered_by": crime_ids(drawn.by[brought])}),
        repeat_victims=pd.DataFrame(
            {
                "victim_id": victim_ids(repeats["victim"].to_numpy()),
                "place_id": premises_ids(repeats["place"].to_numpy()),
                "crimes": repeats["crimes"],
            }
        ),
    )
