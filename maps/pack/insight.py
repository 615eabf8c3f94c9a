"""What the analyst sees beyond the map: when in the week, what an hour of patrol meets, how far crime gathers, news."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hotspots.scan import Scan
from hotspots.time_of_week import SHIFTS, TimeOfWeek


@dataclass(frozen=True)
class Insight:
    """
    A closer look at one run's crimes and hot spots.

    Parameters
    ----------
    week : crimes by hour of the week, one row a hot spot (hotspot_id), or None where the dates do not bear it
    week_note : how far the times can be trusted, or why there are none
    hours : one row a hot spot (hotspot_id): street_m, hours, per_hour, rank, rank_low, rank_high; None without streets
    concentration : share of the places that hold half of the crime, by offence and year
    curve : places and held: share of the crimes that the top places hold, from (0, 0) to (1, 1)
    scan : places and times with more crime than their totals explain, or None where it cannot be asked
    scan_note : why not, or empty
    spots_by_period, wards_by_period : crimes recorded by hot spot (hotspot_id) and by ward (code), one column a period
        by its label; None if not asked
    hits : hit-rate curve of the forecast used and of the raw count (method, share, hit_rate, low, high); None if not
        asked
    shifts : first and last minute after midnight of the force's own shifts, by name; past 1440 is the next morning
    """

    week: TimeOfWeek | None
    week_note: str
    hours: pd.DataFrame | None
    concentration: pd.DataFrame
    curve: pd.DataFrame
    scan: Scan | None
    scan_note: str
    spots_by_period: pd.DataFrame | None = None
    wards_by_period: pd.DataFrame | None = None
    hits: pd.DataFrame | None = None
    shifts: Mapping[str, tuple[int, int]] = field(default_factory=lambda: dict(SHIFTS))

    @property
    def half(self) -> float:
        """The smallest share of the places that holds half of the crime, as the table has it, or else the curve."""
        table = self.concentration
        whole = table.loc[(table["offence"] == "all") & (table["year"] == "all"), "share"].dropna()
        if not whole.empty:
            return float(whole.iloc[0])
        return float(np.interp(0.5, self.curve["held"], self.curve["places"]))
