"""A patrol's meal break in words."""

import pandas as pd

from maps.pack import Pack
from maps.tasking.facts import Patrol, records


def meal(pack: Pack, walk: Patrol) -> str:
    """
    Return "Break 12:05 to 12:35 at Central.", or nothing where none is planned.

    Parameters
    ----------
    pack : one run's findings
    walk : one of its patrols
    """
    breaks = pack.schedule.breaks
    if breaks is None:
        return ""
    places = dict(zip(pack.hotspots["hotspot_id"], pack.hotspots["name"], strict=True))
    own = breaks.loc[(breaks["unit"] == walk.unit) & (breaks["shift"] == walk.shift)]
    told = [
        f"Break {row.start} to {row.end} at {walk.base if pd.isna(row.hotspot_id) else places[row.hotspot_id]}."
        for row in records(own)
    ]
    return " ".join(told)
