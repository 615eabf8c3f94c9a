"""Who suffers again, and where risk is raised after recent crimes: sentences and tables for documents."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from maps import words
from maps.pack import Pack, Suffering
from maps.report import missing
from maps.report.table import Column, Table

KINDS: Final = {"place": "at places", "victim": "against victims"}
TIERS: Final = {1: "1: act first", 2: "2: next", 3: "3: if time allows"}


def repeats(pack: Pack) -> tuple[str, ...]:
    """Say how much of crime is a repeat at the same place and against the same victim, or why it cannot be told."""
    found = pack.suffering
    if found is None:
        return (missing.SUFFERING,)
    every = found.offences.drop_duplicates("kind") if len(found.offences) else found.offences
    told = [_repeated(row) for row in every.to_dict("records")]
    return (*told, found.places_note, found.victims_note)


def windows(pack: Pack) -> tuple[str, ...]:
    """Say where and for how long risk is raised after recent crimes, or why that cannot be told."""
    found = pack.suffering
    if found is None:
        return ()
    if found.windows is None or found.windows.empty:
        return tuple(dict.fromkeys((found.bands_note, found.windows_note)))
    count, first = len(found.windows), int((found.windows["tier"] == 1).sum())
    open_now = f"{words.capital(words.count(count, 'area'))} of raised risk {'is' if count == 1 else 'are'} open"
    return (found.bands_note, f"{open_now}, {words.number(first, 0)} of them in the first tier.", found.windows_note)


def times_table(found: Suffering | None, kind: str) -> Table:
    """Return how many places, or victims, had one, two or more crimes, beside what chance alone would give."""
    held = None if found is None else {"place": found.places, "victim": found.victims}[kind]
    what = {"place": "Places", "victim": "Victims"}[kind]
    name, caption = f"repeat-{kind}s", f"{what} by how often they suffered"
    if held is None:
        empty = missing.SUFFERING if found is None else {"place": found.places_note, "victim": found.victims_note}[kind]
        return Table(name, caption, (Column("Crimes suffered", []),), empty=words.sentence(empty))
    shown = held[held["times"] != "0"]
    chance = (
        (Column("By chance alone", shown["expected"].tolist(), "whole"),) if shown["expected"].notna().any() else ()
    )
    columns = (
        Column("Crimes suffered", shown["times"].replace("3+", "3 or more").tolist()),
        Column(what, shown["number"].tolist(), "whole"),
        *chance,
        Column("Crimes", shown["crimes"].tolist(), "whole"),
        Column("Share of crimes", shown["share_of_crimes"].tolist(), "percent"),
    )
    return Table(name, caption, columns, empty="None was counted.")


def offences_table(found: Suffering | None) -> Table:
    """Return the share of crimes of each type that are repeats, with its interval."""
    name, caption = "repeat-offences", "How much of each crime type is a repeat"
    if found is None or found.offences.empty:
        return Table(name, caption, (Column("Crime type", []),), empty="Repeats cannot be told by crime type.")
    held = found.offences
    columns = (
        Column("Crime type", held["offence"].tolist()),
        Column("Repeats", held["kind"].map(KINDS).tolist()),
        Column("Crimes", held["crimes"].tolist(), "whole"),
        Column("Of them repeats", held["repeats"].tolist(), "whole"),
        Column("Share", held["share"].tolist(), "percent", held["share_low"].tolist(), held["share_high"].tolist()),
    )
    return Table(name, caption, columns, empty="", note="Below a share: its 95 % interval.")


def windows_table(found: Suffering | None) -> Table:
    """Return the areas of raised risk, those to act on first before the others."""
    name, caption = "windows", "Where risk is raised after recent crimes"
    held = None if found is None else found.windows
    if held is None or held.empty:
        return Table(name, caption, (Column("Crime type", []),), empty="No area of raised risk can be given.")
    columns = (
        Column("Tier", [TIERS.get(int(tier), str(tier)) for tier in held["tier"]]),
        Column("Crime type", held["offence"].tolist()),
        Column("Recent crimes in it", held["places"].tolist(), "whole"),
        Column("Hectares", (held.geometry.area / 1e4).tolist(), "tenths"),
        Column("Until", [_day(day) for day in held["expires"]]),
        Column("Days left", held["days_left"].tolist(), "whole"),
        Column("Times chance", held["ratio"].tolist(), "real"),
    )
    return Table(name, caption, columns, empty="", note="The map shows the ground; no document names an address.")


def _repeated(row: Mapping[Hashable, Any]) -> str:
    crimes = f"Of {words.count(float(row['crimes']), 'crime')}"
    low, high = words.percent(float(row["share_low"])), words.percent(float(row["share_high"]))
    share, span = words.percent(float(row["share"])), f"(95 % interval {low} to {high})"
    if row["kind"] == "place":
        return f"{crimes} at places that are known, {share} followed another there {span}."
    return f"{crimes} whose victim is known, {share} were against someone who had suffered before {span}."


def _day(text: object) -> str:
    day = pd.Timestamp(str(text))
    return f"{day.day} {day.month_name()}"
