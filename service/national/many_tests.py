"""Many tests at once: how many would be findings by chance alone, and which stand when all are judged together."""

from typing import Final

import pandas as pd

from hotspots.significance import benjamini_hochberg

TOGETHER: Final = "q_all"
LEVEL: Final = 0.05


def judged_together(table: pd.DataFrame) -> pd.DataFrame:
    """
    Return a table of tests with the false discovery rate at which each would be called a finding among all of them.

    Parameters
    ----------
    table : a row a test, with `p`; a `q` that it holds is of the tests of one force and type alone

    Returns
    -------
    table : with `q_all`, Benjamini and Hochberg's over every row
    """
    return table if table.empty else table.assign(**{TOGETHER: benjamini_hochberg(table["p"])})


def by_chance(table: pd.DataFrame, what: str) -> str:
    """Return how many of the tests chance would call findings, how many are called so, and how many stand together."""
    tests, small, stand = len(table), int((table["p"] <= LEVEL).sum()), int((table[TOGETHER] <= LEVEL).sum())
    return (
        f"{what}: {tests:,} pairs of a distance and a time were tested. Were crimes dealt out by chance, about "
        f"{LEVEL * tests:,.0f} would have p of {LEVEL:g} or less; {small:,} have, and {stand:,} stand when all are "
        f"judged together ({TOGETHER})."
    )
