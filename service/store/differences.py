"""What an extract would change: crimes that came, that went, and that are told otherwise than before."""

from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from geopandas import GeoDataFrame

from service.store.catalogue import Store
from service.store.segments import Segment, read_segment

_WHERE_FROM: Final = ("source_file", "source_row")  # not what happened, but where it was read


def differences(store: Store, written: dict[str, Segment], there: dict[str, Segment]) -> pd.DataFrame:
    """
    Return what segments would change of those that are there.

    Parameters
    ----------
    store : Store
    written, there : segment of each month

    Returns
    -------
    months : one row a month: month, rows, added, removed, kept, and how many crimes stand on both sides, but changed
    """
    rows = []
    for month, segment in written.items():
        before = there.get(month)
        if before == segment:
            rows.append((month, segment.rows, 0, 0, segment.rows, 0))
            continue
        new = read_segment(store, segment)
        old = read_segment(store, before) if before is not None else new.iloc[:0]
        ours, theirs = _prints(new), _prints(old)
        kept = int(np.minimum(*theirs.align(ours, fill_value=0)).sum())
        changed = _changed(new, old) if len(old) else 0
        rows.append((month, segment.rows, len(new) - kept, len(old) - kept, kept, changed))
    return pd.DataFrame(rows, columns=["month", "rows", "added", "removed", "kept", "changed"])


def _changed(new: GeoDataFrame, old: GeoDataFrame) -> int:
    """Return how many references stand on both sides, with something else said of them."""
    sides = []
    for crimes, others in ((new, old), (old, new)):
        other = pd.Index(_hashes(others))
        differs = ~pd.Index(_hashes(crimes)).isin(other)
        sides.append(set(crimes["crime_id"][differs].dropna()) - {""})
    return len(sides[0] & sides[1])


def _prints(crimes: GeoDataFrame) -> pd.Series:
    """Return how often each crime occurs, by a print of all that is said of it."""
    return pd.Series(_hashes(crimes)).value_counts().astype("int64")


def _hashes(crimes: GeoDataFrame) -> npt.NDArray[np.uint64]:
    said = pd.DataFrame(crimes.drop(columns=["geometry", *_WHERE_FROM])).assign(
        x=crimes.geometry.x.to_numpy(), y=crimes.geometry.y.to_numpy()
    )
    return np.asarray(pd.util.hash_pandas_object(said, index=False).to_numpy(), dtype=np.uint64)
