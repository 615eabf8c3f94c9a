"""The moment that products are stamped with: taken from the findings, never from the clock."""

import pandas as pd

from maps.pack import Pack


def moment(pack: Pack) -> pd.Timestamp:
    """Return the first moment of the newest period analysed, or 1 January 1980 where there is none; no time zone."""
    newest = pack.monthly["period"].astype(str).max() if len(pack.monthly) else "1980-01-01"
    return pd.Timestamp(newest)
