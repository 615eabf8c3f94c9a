"""What changed against the last period, and what came of the last tasking: sentences and tables for documents."""

import math
from collections.abc import Hashable, Mapping
from typing import Any, Final, Literal

import pandas as pd

from maps import words
from maps.pack import Change, Pack
from maps.report import missing
from maps.report.summary import Fact
from maps.report.table import Column, Table

Kind = Literal["offences", "wards", "hotspots"]
MARKS: Final = {"rose": "▲ rose", "fell": "▼ fell", "no clear change": "– no clear change"}
SURE: Final = ("rose", "fell")
_CALLED: Final = {"offences": "Crime type", "wards": "Ward", "hotspots": "Hot spot"}
_FEW: Final = 3


def change(pack: Pack) -> tuple[str, ...]:
    """Say what changed in all, against the period before and against the year before."""
    if pack.change is None:
        return (missing.CHANGE,)
    year = pack.change.year
    again = () if year is None else (f"Beside a year before: {year.sentence[:1].lower()}{year.sentence[1:]}",)
    return (pack.change.sentence, *again)


def headline(pack: Pack) -> tuple[Fact, ...]:
    """Return the change of all crime against the last period as one number with its interval, where it is known."""
    if pack.change is None or pack.change.total.empty:
        return ()
    row = pack.change.total.iloc[0]
    low, high = words.gain(row["low"] - 1), words.gain(row["high"] - 1)
    if not math.isfinite(row["ratio"]):
        return ()
    note = f"against {pack.change.before}; 90 % interval: {low} to {high}"
    return (Fact("Recorded crime", words.gain(row["ratio"] - 1), note),)


def movers(pack: Pack, kind: Kind) -> tuple[str, ...]:
    """Name what rose and what fell beyond chance, each with its interval, the surest first."""
    if pack.change is None:
        return ()
    table = _sorted(getattr(pack.change, kind))
    moved = table[table["verdict"].isin(SURE)]
    what = _CALLED[kind].lower()
    if moved.empty:
        return (f"No {what} rose or fell by more than chance would explain.",)
    told = [f"{_name(row)} {row['verdict']} by {_size(row)}" for row in moved.head(_FEW).to_dict("records")]
    rose, fell = ((moved["verdict"] == verdict).sum() for verdict in SURE)
    return (
        f"By {what}, {words.number(rose, 0)} rose and {words.number(fell, 0)} fell beyond chance, of "
        f"{words.number(len(table), 0)}.",
        *(words.sentence(each) for each in told),
    )


def changes(pack: Pack, kind: Kind) -> Table:
    """Return how each crime type, ward or hot spot changed, those that moved beyond chance first."""
    name, called = f"change-{kind}", _CALLED[kind]
    if pack.change is None:
        return Table(name, f"{called}: what changed", (Column(called, []),), empty=missing.CHANGE)
    held = _sorted(getattr(pack.change, kind))
    rows = held.to_dict("records")
    columns = (
        Column(called, [_name(row) for row in rows]),
        Column("Before, crimes", held["crimes_before"].tolist(), "whole"),
        Column("Now, crimes", held["crimes_after"].tolist(), "whole"),
        Column("Now, a week", held["after"].tolist(), "real"),
        Column("Change, 90 % interval", [span(row) for row in rows]),
        Column("Beyond chance", [MARKS.get(str(row["verdict"]), str(row["verdict"])) for row in rows]),
    )
    caption = f"{called}s: {pack.change.before} beside {pack.change.after}"
    return Table(name, caption, columns, empty="Nothing was compared.")


def verdicts(found: Change | None) -> Mapping[Hashable, str]:
    """Return how each hot spot changed, marked, by its id."""
    if found is None:
        return {}
    held = found.hotspots.set_index("hotspot_id")["verdict"]
    return {spot: MARKS.get(str(verdict), str(verdict)) for spot, verdict in held.items()}


def past(pack: Pack) -> tuple[str, ...]:
    """Say what came of the last tasking, and what that cannot show."""
    if pack.past is None:
        return (missing.PAST,)
    overdue = int(pack.past.hotspots["overdue"].sum())
    late = (f"{words.capital(words.count(overdue, 'review'))} {'is' if overdue == 1 else 'are'} overdue.",)
    return (pack.past.sentence, *(late if overdue else ()), *pack.past.notes)


def past_table(pack: Pack) -> Table:
    """Return the hot spots of the last tasking: decided, delivered, and what crime did there since."""
    caption = "The last tasking"
    if pack.past is None:
        return Table("past", caption, (Column("Place", []),), empty=missing.PAST)
    held = pack.past.hotspots.sort_values("rank", kind="stable")
    rows = held.to_dict("records")
    columns = (
        Column("Place", [f"{row['hotspot_id']} {row['name']}" for row in rows]),
        Column("Decided", [_known(row["decision"]) for row in rows]),
        Column("Owner", [_known(row["owner"]) for row in rows]),
        Column("Minutes planned", held["planned_minutes"].tolist(), "whole"),
        Column("Minutes delivered", held["delivered_minutes"].tolist(), "whole", missing="–"),
        Column("Crimes before", held["crimes_before"].tolist(), "whole"),
        Column("Crimes since", held["crimes_after"].tolist(), "whole"),
        Column("Change, 90 % interval", [span(row) for row in rows]),
        Column("Beyond chance", [MARKS.get(str(row["verdict"]), str(row["verdict"])) for row in rows]),
    )
    note = "Places are chosen when crime there is high, so some of a fall comes by itself."
    caption = f"The last tasking: {pack.past.before} beside {pack.past.after}"
    return Table("past", caption, columns, empty="The last tasking named no hot spot.", note=note)


def _sorted(held: pd.DataFrame) -> pd.DataFrame:
    moved = held["verdict"].isin(SURE)
    order = held.assign(_moved=~moved, _q=held["q"].where(moved, 1.0), _size=-held["crimes_after"])
    return order.sort_values(["_moved", "_q", "_size"], kind="stable").drop(columns=["_moved", "_q", "_size"])


def _name(row: Mapping[Hashable, Any]) -> str:
    if "offence" in row:
        return str(row["offence"])
    return f"{row['hotspot_id']} {row['name']}" if "hotspot_id" in row else str(row["name"])


def _size(row: Mapping[Hashable, Any]) -> str:
    """Return "32 % (12 % to 55 %)", all above zero, of something that rose or fell."""
    sign = 1 if row["verdict"] == "rose" else -1
    ends = sorted(sign * (float(row[end]) - 1) for end in ("low", "high"))
    if not all(map(math.isfinite, (row["ratio"], *ends))):
        return f"an amount that is {words.NOT_KNOWN}, as there were none before"
    return words.percent_with_interval(sign * (float(row["ratio"]) - 1), *ends)


def span(row: Mapping[Hashable, Any]) -> str:
    """Return "+12 % (−5 % to +30 %)", or a dash where nothing was recorded before."""
    ratio, low, high = (float(row[name]) for name in ("ratio", "low", "high"))
    if not all(map(math.isfinite, (ratio, low, high))):
        return "–"
    return f"{words.gain(ratio - 1)} ({words.gain(low - 1)} to {words.gain(high - 1)})"


def _known(value: Any) -> str:
    return "–" if pd.isna(value) else str(value)
