"""Which hot spots last, which are emerging and which are over: Gi* period by period, and four classes."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots._kernels.gistar import Stencil
from hotspots.density import weights_of
from hotspots.forecast.history import study_of
from hotspots.gistar import stencil_of, sums_around, z_scores
from hotspots.significance import LEVEL, verdict_of_z

HISTORY_CLASSES: Final = ("persistent", "emerging", "former", "intermittent", "none")
PERSISTENT: Final = 0.8  # of all periods
PRESENT: Final = 0.1  # of a stretch of periods: below it a spot is as good as absent
RECENT: Final = 0.2  # of the periods, the last ones, rounded down, but at least one
_HAIR: Final = 1e-9  # so that 8 of 10 are 0.8, whatever the rounding


@dataclass(frozen=True)
class HotspotHistory:
    """
    The class of each cell, with all that it follows from.

    Parameters
    ----------
    table : one row per study cell: for hot and for cold the number of periods (hot_periods), its share of all periods
        (hot_share), of the recent and of the earlier ones (hot_recent, hot_earlier) and the class (hot); and `class`,
        the two in one: "persistent hot spot", ..., "mixed" where both have one, "no pattern"
    z, q : study cells x periods, Gi* and its false discovery rate within the period
    recent : number of periods, the last, that count as recent
    level : greatest q at which a cell is hot, or cold, in a period
    """

    table: pd.DataFrame
    z: pd.DataFrame
    q: pd.DataFrame
    recent: int
    level: float


def values_by_period(crimes: GeoDataFrame, grid: Grid, periods: Periods, *, weights: Any = None) -> pd.DataFrame:
    """
    Return the crimes, or their weight, a week in each cell and period: rates, since months differ in length.

    Parameters
    ----------
    crimes : table of crimes in the CRS of `grid`
        Those outside the grid or the periods are left out.
    grid : Grid
    periods : Periods
    weights : at least 0, one per crime, by default 1 each

    Returns
    -------
    values : weight a week
        One row per cell, in the order of `grid.index`; one column per period, by its label.

    Raises
    ------
    InputError
        If `weights` or the CRS of `crimes` break their rule.
    """
    cell = grid.cell_of(*cast.coordinates(crimes, grid.crs))
    period = periods.number(crimes)
    kept = (cell >= 0) & (period >= 0)
    place = period[kept] * grid.size + cell[kept]
    held = np.bincount(place, weights=weights_of(weights, crimes)[kept], minlength=periods.size * grid.size)
    rates = held.reshape(periods.size, grid.size) / periods.weeks.to_numpy(dtype=np.float64)[:, None]
    return pd.DataFrame(rates.T, index=grid.index, columns=pd.Index(periods.labels, name="period"))


def hotspot_history(
    values: pd.DataFrame,
    grid: Grid,
    *,
    radius: float,
    study: BoolArray | None = None,
    level: float = LEVEL,
) -> HotspotHistory:
    """
    Return whether each cell is a persistent, emerging, former or intermittent hot spot, and the same for cold.

    Each period is judged by itself: Gi* of its values, hot or cold where q over the cells of that period is at most
    `level`. With the last fifth of the periods as the recent ones (rounded down, at least one), a cell is [1]_:
    persistent if hot in at least 0.8 of all periods; emerging if hot in at least 0.1 of the recent and fewer of the
    earlier ones; former the other way about; intermittent if hot in at least 0.1 of all and nothing of the above. The
    first that holds is taken. Hot and cold are classed apart.

    A class says where a cell stood among the cells of its period, not how much crime it had: a force where crime
    doubles everywhere has no emerging hot spot.

    Parameters
    ----------
    values : finite, one row per cell of `grid`, one column per period in order of time
        As of `values_by_period`.
    grid : Grid
    radius : metres, at least the side of a cell
    study : True for each cell of the study area, by default all
    level : false discovery rate within a period, for hot and for cold

    Returns
    -------
    history : HotspotHistory

    Raises
    ------
    InputError
        If `values` do not fit the grid, cover fewer than 2 periods or are not finite, or a parameter is out of range.

    References
    ----------
    .. [1] Ashby, M. (2024). sfhotspot: Hot-spot analysis with simple features, `hotspot_classify`. Its recent periods
       are one more than it says, and its emerging needs 0.2 of them; here the rule is as its documentation words it.
    """
    area = study_of(study, grid)
    cube, stencil = cube_of(values, grid, area, least=2), stencil_of(grid, area, radius)
    z, q, hot, cold = _by_period(cube, stencil, level)
    recent = max(1, int(RECENT * len(cube) + _HAIR))
    table = pd.DataFrame(index=grid.index[stencil.cells])
    for sign, found in (("hot", hot), ("cold", cold)):
        table = table.join(_classes(found, recent, sign, table.index))
    table["class"] = _together(table["hot"], table["cold"])
    return HotspotHistory(table, over_time(z, table, values), over_time(q, table, values), recent, level)


def cube_of(values: pd.DataFrame, grid: Grid, study: BoolArray, *, least: int) -> FloatArray:
    """Return the values of the study cells, periods x cells, or refuse those that do not fit."""
    if not values.index.equals(grid.index):
        raise InputError("`values` must have the index of the grid, got another one.")
    if values.shape[1] < least:
        raise InputError(f"`values` must cover at least {least} periods, got {values.shape[1]}.")
    cube = np.ascontiguousarray(values.to_numpy(dtype=np.float64)[study].T)
    bad = int((~np.isfinite(cube)).sum())
    if bad:
        raise InputError(f"`values` must be finite in the study area, got {bad} that are not.")
    return cube


def over_time(part: FloatArray, table: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Return periods x cells as a table with one row per row of `table` and the columns of `values`."""
    return pd.DataFrame(part.T, index=table.index, columns=values.columns)


def _by_period(cube: FloatArray, stencil: Stencil, level: float) -> tuple[FloatArray, FloatArray, BoolArray, BoolArray]:
    """Return z, q, hot and cold, periods x cells."""
    cells = sums_around(np.ones(cube.shape[1]), stencil)
    z, q = np.empty_like(cube), np.empty_like(cube)
    code = np.empty(cube.shape, dtype=np.int8)
    for period, values in enumerate(cube):
        z[period] = z_scores(sums_around(values, stencil), cells, values)
        found = verdict_of_z(z[period], level=level)
        q[period], code[period] = found.q, found.code
    return z, q, code == 0, code == 1


def _classes(found: BoolArray, recent: int, sign: str, index: pd.Index) -> pd.DataFrame:
    """Return the number of periods found, their shares and the class of each cell."""
    whole, late, early = (part.mean(axis=0) for part in (found, found[-recent:], found[:-recent]))
    rules = [
        whole >= PERSISTENT - _HAIR,
        (late >= PRESENT - _HAIR) & (early < PRESENT - _HAIR),
        (early >= PRESENT - _HAIR) & (late < PRESENT - _HAIR),
        whole >= PRESENT - _HAIR,
    ]
    columns = {
        f"{sign}_periods": found.sum(axis=0),
        f"{sign}_share": whole,
        f"{sign}_recent": late,
        f"{sign}_earlier": early,
        sign: pd.Categorical.from_codes(np.select(rules, list(range(4)), 4), categories=pd.Index(HISTORY_CLASSES)),
    }
    return pd.DataFrame(columns, index=index)


def _together(hot: pd.Series, cold: pd.Series) -> Any:
    """Return the two classes of each cell in one."""
    names = [f"{kind} {sign} spot" for sign in ("hot", "cold") for kind in HISTORY_CLASSES[:-1]] + [
        "mixed",
        "no pattern",
    ]
    none = len(HISTORY_CLASSES) - 1
    one, other = hot.cat.codes.to_numpy(), cold.cat.codes.to_numpy()
    code = np.select(
        [(one < none) & (other < none), one < none, other < none], [2 * none, one, none + other], 2 * none + 1
    )
    return pd.Categorical.from_codes(code, categories=pd.Index(names))
