"""The last tasking, looked back on: what was decided, what was delivered, and what crime did there since."""

from dataclasses import dataclass
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

DECISIONS: Final = ("accept", "amend", "decline")


@dataclass(frozen=True, eq=False)
class Past:
    """
    The last tasking, hot spot by hot spot.

    What changed where patrols were sent is what changed in places that were chosen because crime was high there: some
    of a fall comes by itself. Nothing here says that patrol prevented crime; `beatplan review` compares with places
    left alone.

    Parameters
    ----------
    run_id : of the last run
    before, after : the two times compared, in words
    hotspots : one row a hot spot of the last run, by its rank: hotspot_id, rank, name, ward (code), decision (one of
        `DECISIONS`, missing where none was recorded), owner, reason, review_date (YYYY-MM-DD; the last three missing
        where not recorded), planned_minutes (by the last plan, over the time since), delivered_minutes (missing where
        nothing was debriefed), crimes_before, crimes_after (recorded), before, after (crimes a week), ratio, low, high
        (90 % interval), q, verdict (as in a `Change`), overdue (whether the review date is past), sentence, geometry
    planned_minutes, delivered_minutes : over all hot spots; the second missing (NaN) where none is given
    rejects : rows of decisions and of delivery that were refused: file, line, reason
    sentence : the whole in a sentence
    notes : each a sentence that a reader must know
    """

    run_id: str
    before: str
    after: str
    hotspots: GeoDataFrame
    planned_minutes: float
    delivered_minutes: float
    rejects: pd.DataFrame
    sentence: str
    notes: tuple[str, ...]
