"""
Which forces are like which: the nearest by population, density and deprivation.

With x(i, v) the value v of force i and s(v) the standard deviation of v over all forces that have every figure,

    d(i, j) = sqrt( sum over v of ((x(i, v) - x(j, v)) / s(v))^2 )

v: the logarithm of residents, the logarithm of residents per square kilometre, and the share of residents who live in
the most deprived fifth of small areas. A logarithm makes twice as many people the same difference at every size; as
they stand, London alone would set the scale. The groups that the Home Office publishes follow the same idea with other
figures (`docs/method/most-similar-forces.md`).
"""

from typing import Final

import numpy as np
import pandas as pd

from geodata import cast

MEASURES: Final = ("population", "density", "deprived_share")
OTHERS: Final = 7  # with the force itself a group of eight, as published groups are
COLUMNS: Final = ("force", "rank", "other", "distance")


def with_density(figures: pd.DataFrame) -> pd.DataFrame:
    """Return figures of forces with residents per square kilometre."""
    area = figures["area_km2"].where(figures["area_km2"] > 0)
    return figures.assign(density=figures["population"] / area)


def most_similar(figures: pd.DataFrame, *, among: pd.Index | None = None, others: int = OTHERS) -> pd.DataFrame:
    """
    Return the forces most similar to each.

    Parameters
    ----------
    figures : population, area_km2, deprived_share (0 to 1), indexed by force
        A force that lacks one is in no group.
    among : forces that may be compared, by default all; the scale of the differences is that of all forces anyway
    others : forces in each group beside its own, at most

    Returns
    -------
    groups : force, rank (1 is the most similar), other, distance (standard deviations); of two as near, the one whose
        name comes first

    Raises
    ------
    InputError
        If `others` is below 1.
    """
    others = cast.whole(others, "others", 1)
    values = with_density(figures).sort_index()[list(MEASURES)]
    values = values[(values[["population", "density"]] > 0).all(axis=1) & values["deprived_share"].notna()]
    values = values.assign(population=np.log(values["population"]), density=np.log(values["density"]))
    spread = values.std(ddof=0)
    scaled = values / spread.where(spread > 0, np.inf)
    kept = scaled if among is None else scaled[scaled.index.isin(among)]
    apart = np.sqrt(np.square(kept.to_numpy()[:, None] - kept.to_numpy()[None]).sum(axis=2))
    rows = [
        (kept.index[one], rank, kept.index[other], float(apart[one, other]))
        for one in range(len(kept))
        for rank, other in enumerate(_nearest(apart[one], one, others), start=1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"force": "string", "other": "string"})


def _nearest(apart: np.ndarray, own: int, others: int) -> list[int]:
    order = np.argsort(apart, kind="stable")
    return [int(each) for each in order if each != own][:others]
