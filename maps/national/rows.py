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
SURE: Final = 0.05  # false discovery rate among all that was tested
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


def pairs_of(nation: Nation) -> list[dict[str, str]]:
    """Return one row a type of crime tested for near repeats: name, events, and its nearest pairs against chance."""
    table = nation.tables.get("near_repeats_nation", pd.DataFrame())
    if table.empty:
        return []
    nearest = table[(table["space_low"] == table["space_low"].min()) & (table["time_low"] == table["time_low"].min())]
    return [_pairs(row) for row in nearest.to_dict("records")]


def _pairs(row: Mapping[Any, Any]) -> dict[str, str]:
    more = row["q_all"] <= SURE and row["ratio"] > 1
    return {
        "name": words.printable(row["offence"]),
        "reach": f"{row['space_high']:g} m and {row['time_high']:g} days",
        "events": words.number(row["events"], 0),
        "observed": words.number(row["observed"], 0),
        "expected": words.number(row["expected"]),
        "ratio": NOT_KNOWN if row["few"] else _with_range(row["ratio"], row["ratio_low"], row["ratio_high"]),
        "verdict": "too few pairs" if row["few"] else "more than chance" if more else "no more than chance",
    }


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
