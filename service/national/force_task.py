"""What is asked of one force: whose crimes, of which months, beside which neighbours, on which cells."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geodata import cast
from geodata.periods import Periods, whole_months
from maps.tables.spreadsheet import table_text
from service.national.kept_files import keep

CELLS_AROUND: Final = 1.5  # of a side: the eight cells about a cell
CELLS_IN_BANDWIDTH: Final = 3.0
DIGITS: Final = 6  # decimals of what is written into tables


@dataclass(frozen=True)
class ForceSettings:
    """
    How every force is looked at.

    Parameters
    ----------
    cell : metres
    share : of a force's cells that a forecast flags
    seed : of everything random
    exclude : offences that come to notice because police looked, left out of every map of risk
    """

    cell: float = 250.0
    share: float = 0.01
    seed: int = 0
    exclude: tuple[str, ...] = ("Drugs", "Possession of weapons")

    def __post_init__(self) -> None:
        cast.above_zero(self.cell, "cell", "metres")
        cast.within(cast.above_zero(self.share, "share"), "share", 0, 1)
        cast.whole(self.seed, "seed")

    @property
    def radius(self) -> float:
        """Metres within which cells are neighbours."""
        return CELLS_AROUND * self.cell

    @property
    def bandwidth(self) -> float:
        """Metres over which a density spreads a crime."""
        return CELLS_IN_BANDWIDTH * self.cell


@dataclass(frozen=True)
class ForceTask:
    """
    One force's work, small enough to be sent to whoever does it.

    Parameters
    ----------
    force : its name
    areas : file of the forces' areas, and its sha256
    segments : folder of the segments
    own : paths in it of the force's crimes, by month
    neighbours : names of the forces within reach whose crimes cover the same months
    beside : paths of their crimes
    months : "2024-06", one after the other, all of them covered by `own`
    out : folder of what is found
    settings : as for every force
    wards : file of wards and its sha256; None: squares of the map grid
    """

    force: str
    areas: tuple[str, str]
    segments: str
    own: tuple[str, ...]
    neighbours: tuple[str, ...]
    beside: tuple[str, ...]
    months: tuple[str, ...]
    out: str
    settings: ForceSettings
    wards: tuple[str, str] | None = None

    @property
    def periods(self) -> Periods:
        """The months."""
        return whole_months(self.months[0], self.months[-1])


def write_table(task: ForceTask, name: str, table: pd.DataFrame) -> dict[str, Any]:
    """Write a table into the force's folder, and return what a job tells of it."""
    path = keep(Path(task.out), name, ".csv", table_text(table.round(DIGITS)).encode())
    return {"files": [str(path)], "rows": len(table)}
