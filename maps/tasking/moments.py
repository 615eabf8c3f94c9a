"""When: what each shift of the week and each week or month so far holds in each hot spot and ward."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from hotspots.time_of_week import DAY
from maps import words
from maps.drawing.elements import Moments
from maps.drawing.lonlat import middles
from maps.pack import Pack
from maps.tasking.dates import DAYS, period
from maps.tasking.switch import Switch

_HOUR: Final = 60
_NO_SHIFT: Final = "outside shifts"
_MOST_PERIODS: Final = 130  # of which the newest are kept


@dataclass(frozen=True)
class Scale:
    """
    Numbers of many places at many times.

    Parameters
    ----------
    name, words : what the page's script and the reader call it
    unit : of the numbers, "crimes expected"
    steps : the times in words
    together : how many of them make a day, or 0
    table : numbers, one row a place (keys of the page), one column a step
    names : of the places
    at : longitude and latitude of the places
    """

    name: str
    words: str
    unit: str
    steps: tuple[str, ...]
    together: int
    table: pd.DataFrame
    names: tuple[str, ...]
    at: tuple[FloatArray, FloatArray]


def switches(pack: Pack) -> tuple[Switch, ...]:
    """Return a layer of marks for each scale of time that the data bear."""
    return tuple(Switch(scale.name, scale.words, Moments(_data(scale))) for scale in scales(pack))


def scales(pack: Pack) -> tuple[Scale, ...]:
    """Return the scales of time that the data bear."""
    found = pack.insight
    if found is None or pack.hotspots.empty:
        return ()
    spots = pack.hotspots.sort_values("rank", kind="stable")
    held = []
    if found.week is not None:
        held.append(_scale("when-week", "Shifts of the week", "crimes expected", by_shift(pack), spots, "hotspot_id"))
    if found.spots_by_period is not None:
        table = found.spots_by_period.iloc[:, -_MOST_PERIODS:]
        held.append(_scale("when-spots", f"{_every(table)}: hot spots", "crimes recorded", table, spots, "hotspot_id"))
    if found.wards_by_period is not None:
        table = found.wards_by_period.iloc[:, -_MOST_PERIODS:]
        held.append(_scale("when-wards", f"{_every(table)}: wards", "crimes recorded", table, pack.wards, "code"))
    return tuple(held)


def by_shift(pack: Pack) -> pd.DataFrame:
    """
    Return the crimes expected in each hot spot (rows, hotspot_id) in each shift of the week (columns, in words).

    What is expected in a week is shared out as recorded crime fell on the hours of the week.
    """
    if pack.insight is None or pack.insight.week is None:
        raise RuntimeError("The shifts of a week were asked for without a week.")
    profiles, weights = pack.insight.week.profiles, {}
    for at, name in enumerate(DAYS):
        for shift, (start, end) in of_a_day(pack.insight.shifts).items():
            weights[f"{name}, {shift}"] = _hours(start + DAY * at, end + DAY * at, profiles.shape[1])
    sums = profiles @ pd.DataFrame(weights, index=profiles.columns)
    week = profiles.sum(axis=1)
    expected = pack.hotspots.set_index("hotspot_id")["expected_crimes"]
    return sums.div(week.where(week > 0), axis=0).fillna(0.0).mul(expected, axis=0).loc[profiles.index]


def facts(pack: Pack) -> dict[str, Any] | None:
    """Return what the page says of the times of the week, with a row for each hot spot, or None if nobody asked."""
    if pack.insight is None:
        return None
    rows = [] if pack.insight.week is None else _busiest(pack)
    return {
        "note": words.sentence(pack.insight.week_note),
        "rows": rows,
        "scales": [{"name": scale.name, "unit": scale.unit, "words": scale.words} for scale in scales(pack)],
    }


def _busiest(pack: Pack) -> list[dict[str, Any]]:
    table, spots = by_shift(pack), pack.hotspots.sort_values("rank", kind="stable")
    best = table.to_numpy().argmax(axis=1)
    by_key = {key: (table.columns[at], float(table.iloc[row, at])) for row, (key, at) in
              enumerate(zip(table.index, best, strict=True))}  # fmt: skip
    return [
        {"rank": spot.rank, "name": spot.name, "key": spot.hotspot_id, "shift": shift, "crimes": words.number(crimes)}
        for spot in spots.itertuples(index=False)
        for shift, crimes in [by_key.get(spot.hotspot_id, ("", 0.0))]
        if crimes > 0
    ]


def of_a_day(shifts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Return the shifts in the order of the day, and between them what none of them covers, by name and hours."""
    free = np.ones(DAY, dtype=np.bool_)
    for start, end in shifts.values():
        free[np.arange(start, end) % DAY] = False
    begins = np.flatnonzero(free & ~np.roll(free, 1)).tolist()
    gaps = [(_NO_SHIFT, (start, start + int(np.argmin(np.roll(free, -start))))) for start in begins]
    ordered = sorted([*shifts.items(), *gaps], key=lambda shift: shift[1])
    return {f"{name} {_clock(start)} to {_clock(end)}": (start, end) for name, (start, end) in ordered}


def _hours(start: int, end: int, hours: int) -> FloatArray:
    """Return the share of each hour of the week that lies between two minutes of it; past its end is its beginning."""
    first = np.arange(0, end + _HOUR, _HOUR)
    inside = np.clip(np.minimum(first + _HOUR, end) - np.maximum(first, start), 0, _HOUR) / _HOUR
    return np.bincount(np.arange(len(first)) % hours, weights=inside, minlength=hours).astype(np.float64)


def _clock(minute: int) -> str:
    return f"{minute // _HOUR % 24:02d}:{minute % _HOUR:02d}"


def _every(table: pd.DataFrame) -> str:
    return "Month by month" if len(str(table.columns[0])) == len("2024-06") else "Week by week"


def _scale(name: str, said: str, unit: str, table: pd.DataFrame, places: Any, key: str) -> Scale:
    held = places[places[key].isin(table.index)]
    steps = tuple(str(step) for step in table.columns)
    if name != "when-week":
        steps = tuple(words.capital(period(step)) for step in steps)
    together = len(steps) // len(DAYS) if name == "when-week" else 0
    return Scale(name, said, unit, steps, together, table.loc[held[key]], tuple(held["name"]), middles(held.geometry))


def _data(scale: Scale) -> dict[str, Any]:
    longitude, latitude = scale.at
    values = scale.table.to_numpy(dtype=np.float64)
    scaled = np.rint(values * 100).astype(np.int64) if scale.name == "when-week" else values.astype(np.int64)
    prefix = "ward-" if scale.name == "when-wards" else ""
    return {
        "name": scale.name,
        "unit": scale.unit,
        "per": 100 if scale.name == "when-week" else 1,
        "steps": list(scale.steps),
        "together": scale.together,
        "places": _places([f"{prefix}{key}" for key in scale.table.index], scale.names, longitude, latitude),
        "values": scaled.tolist(),
    }


def _places(keys: Sequence[str], names: Sequence[str], longitude: FloatArray, latitude: FloatArray) -> list[Any]:
    rows = zip(keys, names, latitude.round(6).tolist(), longitude.round(6).tolist(), strict=True)
    return [[key, str(name), north, east] for key, name, north, east in rows]
