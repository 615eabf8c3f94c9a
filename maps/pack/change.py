"""What changed: the newest weeks or months beside those before them, and beside the same ones a year before."""

from dataclasses import dataclass
from typing import Final, Self

import pandas as pd

VERDICTS: Final = ("rose", "fell", "no clear change", "too few to say")


@dataclass(frozen=True, eq=False)
class Change:
    """
    Recorded crime of two times of equal length, side by side.

    Every table has one row a thing compared and the columns crimes_before, crimes_after (recorded), before, after
    (crimes a week), ratio (of the two rates; missing where nothing was recorded before), low, high (90 % interval of
    the ratio; high is infinite where nothing was recorded before), p, q (false discovery rate within the table) and
    verdict, one of `VERDICTS`.

    Parameters
    ----------
    before, after : the two times in words, "2 April 2024 to 29 April 2024"
    total : one row, name "All crime types": every crime analysed
    wards : code, name, then as above; in the order of the table of areas
    offences : offence, then as above; the most frequent first
    hotspots : hotspot_id, name, then as above; in the order of rank
    cells : Series over all cells of the grid: density after less density before, crimes per square kilometre and week,
        smoothed with the kernel and bandwidth of the risk
    spread : by how much rates vary from one such time to the next beyond chance, as a standard deviation of the
        logarithm of the ratio, by table ("total", "wards", "offences", "hotspots"); the intervals allow for it
    sentence : what happened overall, with its number and interval
    note : what a reader must know of the comparison: its length, seasons, what the intervals rest on
    year : the same against the same weeks or months a year before; None where the data do not reach back
    """

    before: str
    after: str
    total: pd.DataFrame
    wards: pd.DataFrame
    offences: pd.DataFrame
    hotspots: pd.DataFrame
    cells: pd.Series
    spread: dict[str, float]
    sentence: str
    note: str
    year: Self | None = None
