"""
The tables that cross a package border: their columns, units and rules.

A table is checked once, where it is made (`check`); behind that border it is trusted. Coordinates are metres in the
working CRS, clock times are Europe/London, and a missing value is `<NA>` or `NaT`, never an empty string.
"""

from typing import Any, Final, TypeVar

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from geodata.errors import InputError

WORKING_CRS: Final = "EPSG:27700"
TIME_ZONE: Final = "Europe/London"
PRECISIONS: Final = ("instant", "day", "month")
ROLES: Final = ("inspector", "sergeant", "constable", "CSO")
PRIORITIES: Final = (0.25, 4.0)  # a community priority multiplies by no less and no more

AnyFrame = TypeVar("AnyFrame", bound=pd.DataFrame)

_CLOCK = pd.DatetimeTZDtype("s", TIME_ZONE)
_not_negative = pa.Check.ge(0)


def _text(*, nullable: bool = False) -> pa.Column:
    return pa.Column("category", nullable=nullable)


def _whole(*checks: pa.Check) -> pa.Column:
    return pa.Column("int64", list(checks))


def _real(*checks: pa.Check, nullable: bool = False) -> pa.Column:
    return pa.Column("float64", list(checks), nullable=nullable)


def _string(*, nullable: bool = False, unique: bool = False) -> pa.Column:
    return pa.Column("string", nullable=nullable, unique=unique)


def _schema(name: str, columns: dict[str, pa.Column], *, geometry: bool = False) -> pa.DataFrameSchema:
    if geometry:
        columns = {**columns, "geometry": pa.Column(None)}
    return pa.DataFrameSchema(columns, name=name, strict=True, ordered=True)


CRIMES: Final = _schema(
    "crimes",
    {
        "crime_id": _string(nullable=True),  # as published; missing for anti-social behaviour, may be used twice
        "offence": _text(),
        "occurred_from": pa.Column(_CLOCK),
        "occurred_to": pa.Column(_CLOCK),  # exclusive; equal to occurred_from for an instant
        "precision": pa.Column("category", pa.Check.isin(PRECISIONS)),
        "place_id": _text(nullable=True),  # premises or published map point
        "place_kind": pa.Column("category", pa.Check.isin(("premises", "map point"))),
        "victim_id": _string(nullable=True),  # keyed hash, never the force's own identifier
        "location": _text(nullable=True),  # street or place name as published
        "lsoa": _text(nullable=True),  # code as published, 2011 or 2021 edition
        "grading": _text(nullable=True),
        "source_file": _text(),
        "source_row": _whole(pa.Check.ge(1)),  # line of a text file, number of a record
    },
    geometry=True,
)

REJECTS: Final = _schema(
    "rejects",
    {
        "file": _string(),
        "line": _whole(pa.Check.ge(1)),  # line of a text file, number of a record
        "reason": _string(),
    },
)

SOURCES: Final = _schema(
    "sources",
    {
        "file": _string(unique=True),
        "kind": _string(),  # "police.uk street CSV", "police.uk API", "force extract", "areas", "streets", ...
        "sha256": _string(),
        "rows_read": _whole(_not_negative),
        "rows_accepted": _whole(_not_negative),
        "rows_rejected": _whole(_not_negative),
    },
)

AREAS: Final = _schema(
    "areas",
    {
        "code": _string(unique=True),
        "name": _string(),
        "kind": _string(),  # "ward", "beat", "neighbourhood", "LSOA", "force"
        "edition": pa.Column("Int64", nullable=True),  # year of the boundaries, where known
        "population": _real(_not_negative, nullable=True),
        "deprivation_decile": _real(pa.Check.in_range(1, 10), nullable=True),  # 1 = most deprived
    },
    geometry=True,
)

HOTSPOTS: Final = _schema(
    "hotspots",
    {
        "hotspot_id": _string(unique=True),  # "H01", ... in order of rank
        "rank": _whole(pa.Check.ge(1)),
        "rank_low": _real(pa.Check.ge(1), nullable=True),  # 90 % interval of the rank by the mean of the periods
        "rank_high": _real(pa.Check.ge(1), nullable=True),
        "stability": _real(pa.Check.in_range(0, 1), nullable=True),  # share of windows of time in the top quarter
        "name": _string(),  # the place most named in it, or its grid reference
        "ward": _string(nullable=True),  # code of the ward that holds most of its crime
        "crimes": _whole(_not_negative),  # recorded in the period analysed
        "offence_mix": _string(),  # "Burglary 40 %, Vehicle crime 22 %, ..."
        "expected_crimes": _real(_not_negative),  # a week
        "expected_crimes_low": _real(_not_negative),  # 90 % interval
        "expected_crimes_high": _real(_not_negative),
        "expected_harm": _real(_not_negative),  # a week, in the unit of the harm table
        "expected_harm_low": _real(_not_negative),
        "expected_harm_high": _real(_not_negative),
        "area_m2": _real(pa.Check.gt(0)),
        "trend": _string(),  # "rising", "steady", "falling", "too few to say"
        "history": _string(),  # "persistent", "emerging", "former", "intermittent", "none", "too few to say"
        "reason": _string(),  # one sentence: why this place
    },
    geometry=True,
)

WARD_DEMAND: Final = _schema(
    "ward demand",
    {
        "ward": _string(unique=True),
        "name": _string(),
        "crimes": _real(_not_negative),  # expected a week
        "harm": _real(_not_negative),  # expected a week, weighted by control strategy
        "priority": _real(pa.Check.gt(0)),  # community priority multiplier, 1 = none
        "population": _real(_not_negative, nullable=True),
    },
)

VISITS: Final = _schema(
    "visits",
    {
        "hotspot_id": _string(),
        "shift": _string(),
        "x": _real(),
        "y": _real(),
        "minutes": _whole(pa.Check.ge(1)),  # each visit
        "most": _whole(pa.Check.ge(1)),  # visits in one shift beyond which nothing more is gained
        "value": _real(_not_negative),  # weighted harm a week in this window that the first visit is exposed to
    },
)

WEEKLY_VISITS: Final = _schema(
    "weekly visits",
    {
        "hotspot_id": _string(),
        "base": _string(),  # whose CSOs visit it
        "ward": _string(),  # code of the ward that holds it
        "day": pa.Column("int64", pa.Check.in_range(0, 6)),  # 0 = Monday
        "shift": _string(),
        "value": _real(_not_negative),  # weighted harm in this window that the first visit of the day is exposed to
        "first_tier": pa.Column("bool"),  # to be visited on most days of the week
        "antisocial": _real(pa.Check.in_range(0, 1)),  # share of anti-social behaviour in its crime
    },
)

STAFFING: Final = _schema(
    "staffing",
    {
        "ward": _string(unique=True),
        "name": _string(),
        "sergeants": _real(_not_negative),  # a sergeant may be shared between wards
        "constables": _whole(_not_negative),
        "csos": _whole(_not_negative),
        "value": _real(_not_negative),
        "reason": _string(),  # "held at the floor", "the next CSO here is worth 4.1, the cut-off was 5.3"
    },
)

PLAN: Final = _schema(
    "plan",
    {
        "unit": _string(),
        "role": pa.Column("string", pa.Check.isin(ROLES)),
        "base": _string(),
        "shift": _string(),
        "stop": _whole(pa.Check.ge(1)),  # order of the stops of one unit
        "hotspot_id": _string(),
        "arrive": _string(),  # "14:05", local clock
        "leave": _string(),
        "minutes": _whole(pa.Check.ge(1)),
        "metres": _real(_not_negative),  # walked from the previous stop or the base
        "value": _real(_not_negative),
    },
)

DELIVERED: Final = _schema(
    "delivered patrols",
    {
        "unit": _string(),
        "shift": _string(),
        "hotspot_id": _string(),
        "minutes": _real(_not_negative),  # spent there, as debriefed; several rows add up
        "outcome": _string(nullable=True),
        "note": _string(nullable=True),
    },
)


def check(table: AnyFrame, schema: pa.DataFrameSchema) -> AnyFrame:
    """
    Return `table` unchanged if it keeps the rules of `schema`.

    Raises
    ------
    InputError
        Naming the table, the columns and the rule broken with the number of rows, never a value.
    """
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as error:
        raise InputError(_sentence(schema.name, error.failure_cases)) from None
    return table


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Return a table of `schema` without rows (and, where it has one, an untyped geometry column)."""
    columns: dict[str, Any] = {
        name: pd.Series([], dtype=str(column.dtype) if column.dtype is not None else "object")
        for name, column in schema.columns.items()
    }
    return pd.DataFrame(columns)


def _sentence(name: str | None, failures: pd.DataFrame) -> str:
    # a column that is missing or too many stands among the "failures", under the name of the table
    whole = failures["check"].isin(["column_in_dataframe", "column_in_schema"])
    failures = failures.assign(column=failures["failure_case"].where(whole, failures["column"]))
    broken = failures.groupby(["column", "check"], sort=True, dropna=False).size().reset_index(name="rows")
    found = "; ".join(f"`{row.column}` breaks {row.check} ({row.rows} found)" for row in broken.itertuples())
    return f"The table of {name} must keep its columns and their rules: {found}."
