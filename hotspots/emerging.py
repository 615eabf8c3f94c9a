"""How each hot spot came to be: seventeen classes of emerging hot spots, from Gi* over space and time and its trend."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.cast import BoolArray, FloatArray
from geodata.grid import Grid
from hotspots._kernels.gistar import Stencil
from hotspots.forecast.history import study_of
from hotspots.gistar import stencil_of, sums_around, z_scores
from hotspots.history import cube_of, over_time
from hotspots.significance import LEVEL, SPOTS, verdict_of_z
from hotspots.trend import mann_kendall

MOST: Final = 0.9  # of the periods
FEWEST_PERIODS: Final = 10  # below this nine tenths of the periods are all of them
RULES: Final = (
    ("historical", "in at least 9 of 10 periods, but not in the last"),
    (
        "intensifying",
        "in at least 9 of 10 periods and the last, and z moves further out, Mann-Kendall p at most the level",
    ),
    ("diminishing", "in at least 9 of 10 periods and the last, and z moves back, Mann-Kendall p at most the level"),
    ("persistent", "in at least 9 of 10 periods and the last, and z has no trend"),
    ("oscillating", "in the last period and fewer than 9 of 10, and of the other sign in an earlier one"),
    ("new", "in the last period and never before"),
    ("consecutive", "in the last two or more periods and never before them"),
    ("sporadic", "in fewer than 9 of 10 periods, never of the other sign, and none of the above"),
)
EMERGING_CLASSES: Final = (*(f"{name} {sign} spot" for sign in ("hot", "cold") for name, _ in RULES), "no pattern")
DECIMALS: Final = 9  # of z: those that differ by rounding alone are ties
_HAIR: Final = 1e-9  # so that 9 of 10 are 0.9


@dataclass(frozen=True)
class EmergingHotspots:
    """
    The class of each cell, with all that it follows from.

    Parameters
    ----------
    table : one row per study cell: hot_periods, cold_periods (numbers of periods), last ("hot", "cold" or "none"), run
        (length of the run of periods like the last that ends with it, 0 where that is none), s, tau, trend_z, trend_p
        (Mann-Kendall of z), class
    z, q : study cells x periods, Gi* over space and time and its false discovery rate over all cells and periods
    level : greatest q of a hot or cold period, and greatest p of a trend
    """

    table: pd.DataFrame
    z: pd.DataFrame
    q: pd.DataFrame
    level: float


def emerging_hotspots(
    values: pd.DataFrame,
    grid: Grid,
    *,
    radius: float,
    study: BoolArray | None = None,
    before: int = 1,
    level: float = LEVEL,
) -> EmergingHotspots:
    """
    Return each cell's class of emerging hot spot: eight for hot, the same eight for cold, and none.

    Gi* of a cell in a period sums the cells within `radius` in that period and the `before` periods before it, and sets
    the sum against the mean and standard deviation of all cells in all periods; in the first periods there are fewer
    to sum [1]_. A cell is hot, or cold, in a period where q over all cells and periods is at most `level`. The trend is
    Mann-Kendall's of the cell's z over the periods, two-sided, corrected for ties. The rules are in `RULES`, tried from
    the top for hot and cold at once; where the published wording lets two hold, the first is taken.

    The mean is of the whole time: if crime grows everywhere, hot spots emerge everywhere, and seasons make and unmake
    them. Neighbouring periods share crimes, so the trend's p is smaller than it should be.

    Parameters
    ----------
    values : finite, one row per cell of `grid`, one column per period in order of time, at least 10
        Rates, as of `values_by_period`: of counts, long months would be hotter.
    grid : Grid
    radius : metres, at least the side of a cell
    study : True for each cell of the study area, by default all
    before : earlier periods in a neighbourhood
    level : false discovery rate among hot, and among cold, cells and periods; significance of a trend

    Returns
    -------
    emerging : EmergingHotspots

    Raises
    ------
    InputError
        If `values` do not fit the grid, cover fewer than 10 periods or are not finite, or a parameter is out of range.

    References
    ----------
    .. [1] Esri (2024). How Emerging Hot Spot Analysis works. ArcGIS Pro documentation, Space Time Pattern Mining.
    """
    area = study_of(study, grid)
    cube, stencil = cube_of(values, grid, area, least=FEWEST_PERIODS), stencil_of(grid, area, radius)
    z = _space_time_z(cube, stencil, cast.whole(before, "before"))
    found = verdict_of_z(z.ravel(), level=level)
    table = classify(z, found.code.reshape(z.shape), level=level).set_axis(grid.index[stencil.cells])
    q = found.q.reshape(z.shape)
    return EmergingHotspots(table, over_time(z, table, values), over_time(q, table, values), level)


def classify(z: FloatArray, code: Any, *, level: float = LEVEL) -> pd.DataFrame:
    """
    Return the table of classes.

    Parameters
    ----------
    z : periods x cells
    code : periods x cells, position in `SPOTS`: 0 hot, 1 cold, 2 none
    level : greatest p of a trend
    """
    s, tau, trend_z, trend_p = mann_kendall(np.round(z.T, DECIMALS))
    last, run = code[-1], _run(code)
    rules = _Rules(code, run, (trend_p <= level) & (s != 0), s > 0)
    columns = {
        "hot_periods": (code == 0).sum(axis=0),
        "cold_periods": (code == 1).sum(axis=0),
        "last": pd.Categorical.from_codes(last, categories=pd.Index(SPOTS)),
        "run": run,
        "s": s.astype(np.int64),
        "tau": tau,
        "trend_z": trend_z,
        "trend_p": trend_p,
        "class": pd.Categorical.from_codes(rules.first(), categories=pd.Index(EMERGING_CLASSES)),
    }
    return pd.DataFrame(columns)


def _space_time_z(cube: FloatArray, stencil: Stencil, before: int) -> FloatArray:
    cells = sums_around(np.ones(cube.shape[1]), stencil)
    sums = np.stack([sums_around(values, stencil) for values in cube])
    around, periods = sums.copy(), np.ones((len(cube), 1))
    for back in range(1, min(before, len(cube) - 1) + 1):
        around[back:] += sums[:-back]
        periods[back:] += 1
    return z_scores(around, periods * cells, cube)


def _run(code: Any) -> Any:
    """Return how many of the last periods are all hot, or all cold."""
    like = (code == code[-1]) & (code[-1] < 2)
    return np.where(like.all(axis=0), len(code), (~like[::-1]).argmax(axis=0))


@dataclass(frozen=True)
class _Rules:
    """The numbers that the rules ask for: codes (periods x cells), final runs, whether z has a trend, and which way."""

    code: Any
    run: Any
    trend: BoolArray
    rising: BoolArray

    def first(self) -> Any:
        """Return the position in `EMERGING_CLASSES` of the first rule that holds, the rules of nine tenths first."""
        hot, cold = list(self._holding(0, out=self.rising)), list(self._holding(1, out=~self.rising))
        order = [*range(4), *range(8, 12), *range(4, 8), *range(12, 16)]
        conditions = [*hot, *cold]
        return np.select([conditions[i] for i in order], order, len(EMERGING_CLASSES) - 1)

    def _holding(self, sign: int, *, out: BoolArray) -> Iterator[BoolArray]:
        """Yield where each of `RULES` holds for a sign; `out` is True where z moves further out on its side."""
        periods, other = (self.code == sign).sum(axis=0), (self.code == 1 - sign).any(axis=0)
        last = self.code[-1] == sign
        most = periods >= MOST * len(self.code) - _HAIR
        yield most & ~last
        yield most & last & self.trend & out
        yield most & last & self.trend & ~out
        yield most & last & ~self.trend
        yield ~most & last & other
        yield ~most & last & (periods == 1)
        yield ~most & last & (periods == self.run)
        yield ~most & ~other & (periods > 0)
