"""Who suffers again, and where risk is raised after recent crimes; never a word about any one victim or address."""

from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame


@dataclass(frozen=True, eq=False)
class Suffering:
    """
    Repeats and near repeats, each with the reason where the data do not bear it.

    Parameters
    ----------
    places : times (0, 1, 2, 3+), number of places (missing for 0 where it is not known how many there are),
        share_of_targets, crimes, share_of_crimes, expected (by chance alone); None where it is not claimed
    places_note : how much of the crime the table rests on, or why there is none
    victims, victims_note : the same of people
    offences : one row a crime type, all types first: kind ("place" or "victim"), offence, crimes, number (of places or
        people), repeats, share, share_low, share_high (95 % interval): the share of crimes that are repeats; empty
        where neither is claimed
    bands : one row an offence and band of distance and time: offence, space, time (as written, "[0, 100)"), space_low,
        space_high (metres), time_low, time_high (days), observed, expected (pairs), ratio, ratio_low, ratio_high, p, q,
        more (than chance, at a false discovery rate of 5 % over the bands of all offences); None where near repeats
        cannot be told
    bands_note : what was tested and found, or why nothing can be
    windows : one row an offence and tier, those to act on first before: tier (1: most is still to come, to 3), offence,
        places (recent crimes it is drawn about), expires (day on which the last of them shuts, YYYY-MM-DD), days_left,
        ratio (how many times chance's pairs came as near in space and time), geometry (the ground, tiers of one offence
        never overlapping); None where no window may be given, empty where none is open
    windows_note : the day for which they are open and what they rest on, or why there are none
    """

    places: pd.DataFrame | None
    places_note: str
    victims: pd.DataFrame | None
    victims_note: str
    offences: pd.DataFrame
    bands: pd.DataFrame | None
    bands_note: str
    windows: GeoDataFrame | None
    windows_note: str
