"""What an extract would change: crimes that came, that went, and that are told otherwise than before."""

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from geopandas import GeoDataFrame

from service.store.catalogue import Store
from service.store.segments import Segment, read_file

COLUMNS: Final = ("month", "rows", "added", "removed", "kept", "changed")
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
    rows = [month_differences(store.segments, segment, there.get(month)) for month, segment in written.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def month_differences(folder: Path, segment: Segment, before: Segment | None) -> tuple[str, int, int, int, int, int]:
    """
    Return what one segment would change, as a row of `differences`.

    Parameters
    ----------
    folder : of the segments
    segment, before : of one month; None where nothing is there
    """
    if before is None or before == segment:
        added = segment.rows if before is None else 0
        return segment.month, segment.rows, added, 0, segment.rows - added, 0
    new, old = read_file(folder, segment), read_file(folder, before)
    ours, theirs = _prints(new), _prints(old)
    kept = int(np.minimum(*theirs.align(ours, fill_value=0)).sum())
    return segment.month, segment.rows, len(new) - kept, len(old) - kept, kept, _changed(new, old)


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
