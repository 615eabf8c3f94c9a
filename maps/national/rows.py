"""The league as a reader sees it: words for each cell, numbers to sort by, a shade for each force."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd

from maps import words
from maps.national.nation import Nation
from maps.style import CLASSES

# Heading, what it says in full, and whether it holds numbers.
COLUMNS: Final = (
    ("Force", "", False),
    ("Crimes", "", True),
    ("Per 1,000 people", "a year, with the interval that counts alone give", True),
    ("Similar forces", "mean of their rates, lowest to highest", True),
    ("Place", "in its group, 1 is the highest rate", True),
    ("Beside its group", "", False),
)
NOT_KNOWN: Final = "\N{EN DASH}"
VERDICTS: Final = {"above": "\N{BLACK UP-POINTING TRIANGLE} above", "below": "\N{BLACK DOWN-POINTING TRIANGLE} below"}


def rows_of(nation: Nation, offence: str) -> list[dict[str, Any]]:
    """Return one row a force: key, shade (0 where no rate is known), cells (words) and by (what sorting goes by)."""
    table = nation.league[nation.league["offence"] == offence]
    names = dict(zip(nation.areas["force"], nation.areas["name"], strict=True))
    shades = shade(table["rate"])
    return [_row(row, names[row["force"]], int(tone)) for row, tone in
            zip(table.to_dict("records"), shades, strict=True)]  # fmt: skip


def shade(rates: pd.Series) -> np.ndarray:
    """Return in which fifth of the forces each rate lies, 5 the highest, 0 where none is known."""
    known = rates.dropna()
    below = rates.rank(method="min").sub(1).div(max(1, len(known)))
    return np.where(rates.notna(), 1 + np.floor(below.fillna(0) * CLASSES), 0).astype(np.int64)


def key_of(nation: Nation, offence: str) -> list[str]:
    """Return the range of the rates of each shade, the lowest first, "" where no force has it."""
    table = nation.league[nation.league["offence"] == offence]
    tones = shade(table["rate"])
    parts = (table["rate"][tones == number] for number in range(1, CLASSES + 1))
    return [_range(part.min(), part.max()) if len(part) else "" for part in parts]


def _range(low: float, high: float) -> str:
    return words.interval(low, high) if low < high else words.number(low)


def _row(row: Mapping[Any, Any], name: str, tone: int) -> dict[str, Any]:
    group = _with_range(row["group_mean"], row["group_low"], row["group_high"])
    place = f"{int(row['place'])} of {int(row['others']) + 1}" if np.isfinite(row["place"]) else NOT_KNOWN
    cells = [
        words.printable(name),
        words.number(row["crimes"], 0),
        _with_range(row["rate"], row["low"], row["high"]),
        group,
        place,
        VERDICTS.get(row["verdict"], row["verdict"]),
    ]
    by = [None, row["crimes"], row["rate"], row["group_mean"], row["place"], None]
    return {"key": f"force-{row['force']}", "shade": tone, "cells": cells, "by": [_plain(each) for each in by]}


def _with_range(value: float, low: float, high: float) -> str:
    return words.with_interval(value, low, high) if np.isfinite(value) else NOT_KNOWN


def _plain(value: Any) -> float | None:
    return round(float(value), 6) if value is not None and np.isfinite(value) else None
