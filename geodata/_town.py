"""What a made-up force is: tables as the readers give them, and the truth planted in them."""

from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame

from geodata._network import Streets
from geodata._town_places import Premises


@dataclass(frozen=True, eq=False)
class TownTruth:
    """
    What was planted.

    Parameters
    ----------
    hotspots : table of hotspot_id, strength, area_m2; geometry polygon
        The chance of each premises inside was multiplied by the strength, in a place where crime was already denser
        than in the force: crimes per square kilometre are some multiple of those outside, and that is no less.
    area_share : share of the force's area that the hot spots take up
    near_repeat_metres, near_repeat_days : how far off and how soon a burglary brings on others, at most
    near_repeat_strength : how many others each burglary brings on, on average
    triggered : table of crime_id, triggered_by: the burglaries brought on, and by which
    repeat_victims : table of victim_id, place_id, crimes: people made to suffer again at home, and how often in all
    """

    hotspots: GeoDataFrame
    area_share: float
    near_repeat_metres: float
    near_repeat_days: int
    near_repeat_strength: float
    triggered: pd.DataFrame
    repeat_victims: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Town:
    """
    A made-up force.

    Parameters
    ----------
    name : of the force
    crimes : table of crimes in the order of time, each at its moment, or over the span in which nobody saw it
    areas : table of wards
    streets : in one piece
    bases : table of name, x, y: police stations, each on a street
    premises : every door, kerb and kind
    truth : what was planted
    ground : table of key, value (a tag as OpenStreetMap has it), name; geometry polygon, line or point
        What lies between the streets, for drawing only.
    """

    name: str
    crimes: GeoDataFrame
    areas: GeoDataFrame
    streets: Streets
    bases: pd.DataFrame
    premises: Premises
    truth: TownTruth
    ground: GeoDataFrame
