"""What changed against the last period of equal length and, where the data reach back, the same weeks a year before."""

import warnings
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.periods import Periods
from hotspots.density import CoarseGridWarning
from hotspots.dual import dual_density
from hotspots.rate_ratio import rate_ratios, spread
from hotspots.trend import TOO_FEW
from maps import words
from maps.pack import Change
from maps.repeats.study import EVERY
from service.analysis.places import Chosen
from service.analysis.scene import WEEKS_TOGETHER, Scene
from service.reading.inputs import Inputs

YEAR: Final = {"week": 52, "month": 12}  # periods, whole weeks, so that weekdays match
SEASON: Final = "A season looks like a change: see the same time a year before."
TOGETHER: Final = (
    "What is called a rise or a fall stands out among all in its table: among many, some intervals leave out no change "
    "by chance."
)
CHOSEN_LATELY: Final = (
    "Hot spots are chosen with the newest crimes, so that places where crime rose lately are more likely among them."
)


_Groups = dict[str, tuple[IntArray, pd.DataFrame]]


@dataclass(frozen=True)
class _Times:
    """The periods after, from `start` on, and those before, `lag` earlier; `size` of each."""

    periods: Periods
    size: int
    lag: int

    @property
    def start(self) -> int:
        return self.periods.size - self.size

    def words(self, start: int) -> str:
        return str(Periods(self.periods.edges[start : start + self.size + 1], self.periods.unit))

    def weeks(self, start: int) -> float:
        return float(self.periods.weeks.iloc[start : start + self.size].sum())


def what_changed(given: Inputs, scene: Scene, chosen: Chosen) -> Change | None:
    """
    Return what changed, or None where there is no earlier period.

    Four weeks are compared with the four before, or a month with the one before.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    chosen : the hot spots
    """
    periods = scene.periods
    size = min(WEEKS_TOGETHER if periods.unit == "week" else 1, periods.size // 2)
    if size == 0:
        return None
    groups, lag = _groups(given, scene, chosen), YEAR[periods.unit]
    last = _change(scene, groups, _Times(periods, size, size))
    if periods.size < lag + size:
        return last
    return replace(last, year=_change(scene, groups, _Times(periods, size, lag)))


def by_time(code: IntArray, number: IntArray, rows: int, periods: Periods, size: int) -> tuple[FloatArray, FloatArray]:
    """
    Return crimes by row and by time of `size` periods, counted back from the newest, and the weeks of each time.

    Parameters
    ----------
    code : row of each crime, -1 for none
    number : period of each crime, -1 for none
    rows : number of rows
    """
    times = periods.size // size
    first = periods.size - times * size
    time = (number - first) // size
    held = (code >= 0) & (number >= first)
    counts = np.zeros((rows, times))
    np.add.at(counts, (code[held], time[held]), 1.0)
    return counts, periods.weeks.to_numpy()[first:].reshape(times, size).sum(axis=1)


def _groups(given: Inputs, scene: Scene, chosen: Chosen) -> _Groups:
    """Return for each table the row to which each crime belongs, -1 for none, and what its rows are."""
    kinds = scene.crimes["offence"].astype("category").value_counts()
    kinds = kinds[kinds > 0].sort_index(key=lambda names: names.astype(str)).sort_values(ascending=False, kind="stable")
    names = kinds.index.astype("string")
    cell = pd.Series(scene.grid.cell_of(*cast.coordinates(scene.crimes, scene.grid.crs)))
    spot = cell.map(chosen.spots.cells)
    return {
        "total": (np.zeros(len(cell), dtype=np.int64), pd.DataFrame({"name": [EVERY]})),
        "wards": (_codes(scene.ward, given.wards["code"]), pd.DataFrame(given.wards[["code", "name"]])),
        "offences": (_codes(scene.crimes["offence"], names), pd.DataFrame({"offence": names})),
        "hotspots": (_codes(spot, chosen.table["rank"]), pd.DataFrame(chosen.table[["hotspot_id", "name"]])),
    }


def _codes(values: pd.Series, names: "pd.Series | pd.Index") -> IntArray:
    """Return the position of each value among the names, -1 where it is not there; each distinct one is sought once."""
    held = pd.Categorical(values)
    place = np.append(pd.Index(names).get_indexer(held.categories), -1)
    code: IntArray = place[held.codes].astype(np.int64)
    return code


def _change(scene: Scene, groups: _Groups, times: _Times) -> Change:
    number = scene.periods.number(scene.crimes)
    found = {name: _compared(code, number, named, times) for name, (code, named) in groups.items()}
    tables = {name: table for name, (table, _) in found.items()}
    beyond = {name: excess for name, (_, excess) in found.items()}
    before, after = times.words(times.start - times.lag), times.words(times.start)
    return Change(
        before=before,
        after=after,
        total=tables["total"],
        wards=tables["wards"],
        offences=tables["offences"],
        hotspots=tables["hotspots"],
        cells=_cells(scene, number, times),
        spread=beyond,
        sentence=_sentence(tables["total"].iloc[0], before, after),
        note=_note(times, beyond["total"]),
    )


def _compared(code: IntArray, number: IntArray, named: pd.DataFrame, times: _Times) -> tuple[pd.DataFrame, float]:
    """Return the named rows with what changed in each, and by how much such rates differ beyond chance."""
    counts, weeks = by_time(code, number, len(named), times.periods, times.size)
    beyond = spread(counts[:, :-1], weeks[:-1])
    starts = (times.start - times.lag, times.start)
    before, after = (
        np.bincount(code[(code >= 0) & (number >= at) & (number < at + times.size)], minlength=len(named))
        for at in starts
    )
    changes = rate_ratios(before, after, weeks=(times.weeks(starts[0]), times.weeks(starts[1])), spread=beyond)
    return pd.concat([named.reset_index(drop=True), changes], axis=1), beyond


def _cells(scene: Scene, number: IntArray, times: _Times) -> pd.Series:
    starts = (times.start, times.start - times.lag)
    after, before = (scene.crimes[(number >= at) & (number < at + times.size)] for at in starts)
    lengths = [np.full(len(part), 1 / times.weeks(at)) for part, at in zip((after, before), starts, strict=True)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)  # `too_coarse` says it
        found = dual_density(
            after, before, scene.grid, bandwidth=scene.bandwidth, measure="difference", weights=lengths[0],
            reference_weights=lengths[1], study=scene.study,
        )  # fmt: skip
    return found.surface.rename("change")


def _sentence(total: pd.Series, before: str, after: str) -> str:
    rates = (
        f"{words.number(total['after'])} crimes a week were recorded from {after}, "
        f"{words.number(total['before'])} from {before}"
    )
    if not np.isfinite(total["ratio"]) or total["verdict"] == TOO_FEW:
        return f"{rates}: too few to say whether that is a change."
    ends = f"90{words.SPACE}% interval {words.gain(total['low'] - 1)} to {words.gain(total['high'] - 1)}"
    clear = "it " + total["verdict"] if total["verdict"] in ("rose", "fell") else total["verdict"]
    return f"{rates}: {words.gain(total['ratio'] - 1)} ({ends}), {clear}."


def _note(times: _Times, beyond: float) -> str:
    unit = times.periods.unit
    length = f"one {unit}" if times.size == 1 else f"{times.size} {unit}s"
    pairs = times.periods.size // times.size - 2  # of neighbours, the newest pair left out
    if pairs < 1:
        rests = "There are too few earlier ones to tell how much crime varies by itself: the intervals are too narrow."
    else:
        measured = f"Measured on {words.count(pairs, 'earlier pair')}"
        rests = f"{measured}, such rates differ by {words.percent(beyond)} beyond chance, which is allowed for."
    other = SEASON if times.lag == times.size else "One year against another is not a trend."
    return f"Compared is {length} with {length}. {rests} {TOGETHER} {other} {CHOSEN_LATELY}"
