"""Problems small enough to see through."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from allocation.problem import Base, Problem, Shift, Unit
from allocation.rules import Rules

EARLY = Shift("early", 420, 900)
QUIET = Rules(briefing=0, debrief=0)


def wards(
    harm: Sequence[float], *, crimes: Sequence[float] | None = None, priority: Sequence[float] | None = None
) -> pd.DataFrame:
    """A table of ward demand: W00, W01, ..."""
    names = [f"W{number:02d}" for number in range(len(harm))]
    return pd.DataFrame(
        {
            "ward": pd.Series(names, dtype="string"),
            "name": pd.Series([f"Ward {number}" for number in range(len(harm))], dtype="string"),
            "crimes": np.array(harm if crimes is None else crimes, dtype=np.float64),
            "harm": np.array(harm, dtype=np.float64),
            "priority": np.array([1.0] * len(harm) if priority is None else priority, dtype=np.float64),
            "population": np.full(len(harm), np.nan),
        }
    )


def visits(
    places: Sequence[tuple[float, float, float]],
    *,
    shifts: Sequence[str] = ("early",),
    minutes: int = 15,
    most: int = 3,
) -> pd.DataFrame:
    """A table of visits: H00, H01, ... at x, y with the value of the first visit, the same in each shift."""
    rows = [
        (f"H{number:02d}", shift, float(x), float(y), minutes, most, float(value))
        for shift in shifts
        for number, (x, y, value) in enumerate(places)
    ]
    table = pd.DataFrame(rows, columns=["hotspot_id", "shift", "x", "y", "minutes", "most", "value"])
    return table.astype(
        {"hotspot_id": "string", "shift": "string", "x": "float64", "y": "float64", "value": "float64"}
        | {"minutes": "int64", "most": "int64"}
    )


def problem(
    places: Sequence[tuple[float, float, float]],
    *,
    units: int = 1,
    minutes: int = 120,
    shift: Shift = EARLY,
    bases: Sequence[tuple[float, float]] = ((0.0, 0.0),),
    visit: int = 15,
    most: int = 3,
    rules: Rules | None = None,
) -> Problem:
    """One shift, units spread over the bases in turn."""
    stations = [Base(f"B{number}", x, y) for number, (x, y) in enumerate(bases)]
    crew = [
        Unit(f"U{number:02d}", "CSO", stations[number % len(stations)].name, shift.name, minutes)
        for number in range(units)
    ]
    wanted = visits(places, shifts=[shift.name], minutes=visit, most=most)
    return Problem.of(crew, stations, [shift], visits=wanted, rules=rules)


def force(seed: int, *, spots: int = 24, units: int = 6, bases: int = 3, size: float = 6000.0) -> Problem:
    """A made-up force of two shifts, with more demand than its units can meet."""
    rng = np.random.default_rng(seed)
    shifts = [Shift("early", 420, 900), Shift("late", 1080, 1560)]
    stations = [Base(f"B{number}", *rng.uniform(0, size, 2)) for number in range(bases)]
    places = np.column_stack([rng.uniform(0, size, (spots, 2)), rng.lognormal(2, 1, spots)])
    crew = [
        Unit(f"{shift.name} {number:02d}", "CSO", stations[number % bases].name, shift.name, 200 + 10 * (number % 3))
        for shift in shifts
        for number in range(units)
    ]
    wanted = visits([tuple(row) for row in places], shifts=[shift.name for shift in shifts])
    return Problem.of(crew, stations, shifts, visits=wanted)


def squares(count: int) -> gpd.GeoDataFrame:
    """A table of areas: a row of squares of 1 km."""
    return gpd.GeoDataFrame(
        {
            "code": pd.Series([f"W{number:02d}" for number in range(count)], dtype="string"),
            "name": pd.Series([f"Ward {number}" for number in range(count)], dtype="string"),
            "kind": pd.Series(["ward"] * count, dtype="string"),
            "edition": pd.Series([pd.NA] * count, dtype="Int64"),
            "population": np.full(count, np.nan),
            "deprivation_decile": np.full(count, np.nan),
        },
        geometry=[shapely.box(1000 * number, 0, 1000 * number + 1000, 1000) for number in range(count)],
        crs="EPSG:27700",
    )
