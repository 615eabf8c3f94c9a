"""The tables of repeat victimisation, the same for the page, in words, and for the workbook, in numbers."""

from typing import Final

import numpy as np
import pandas as pd

from hotspots.time_course import TimeCourse
from maps.repeats.study import EVERY, Kind, RepeatStudy
from maps.report.table import Column, Headings, Table

MARKS: Final = (7, 28, 365)
_Q: Final = (
    "p: chance of second crimes so soon, had the days been dealt out at random. q: of the crime types with a p as low "
    "or lower, the share that is expected to be chance."
)
_NOBODY: Final = "Nothing to count."


def counts(kind: Kind) -> Table:
    """Return repeats, prevalence, incidence and concentration by crime type."""
    held = kind.counts
    columns = (Column("Crime type", [str(name) for name in held.index]), *_measures(kind, held))
    note = (
        "Share of repeats: (crimes - victims) / crimes, with its 95 % interval. Harm on repeats: the share of "
        "harm that fell on those with two crimes or more. Same day: repeats on one day."
    )
    return Table(
        f"{_anchor(kind)}-counts", f"Repeats by crime type, by {kind.level}", columns, empty=_NOBODY, note=note
    )


def times(kind: Kind, *, every: bool = False) -> Table:
    """Return the table of 0, 1, 2, 3 or more crimes, of all crime types together or of each."""
    held = kind.times.reset_index()
    held = held if every else held[held["offence"] == EVERY]
    what = kind.plural.capitalize()
    columns: Headings = {
        "times": ("Crimes suffered", "text"),
        "victims": (what, "whole"),
        "share_of_targets": ("Share of all there are", "percent"),
        "expected": ("By chance alone", "tenths"),
        "crimes": ("Crimes", "whole"),
        "share_of_crimes": ("Share of crimes", "percent"),
    }
    if every:
        columns = {"offence": ("Crime type", "text"), **columns}
    caption = f"{what} by the number of crimes suffered"
    note = "By chance alone: what a Poisson count gives, were every one as likely as every other."
    return Table.of(f"{_anchor(kind)}-times", caption, held, columns, empty=_NOBODY, note=note)


def courses(kind: Kind) -> Table:
    """Return how many suffer again within some days, beside chance, and the high-risk period, by crime type."""
    names, held = list(kind.courses), list(kind.courses.values())
    columns = [
        Column("Crime type", names),
        Column("Watched", [course.victims for course in held], "whole"),
        Column("Again", [course.again for course in held], "whole"),
    ]
    columns.append(Column("High risk, days", [_days(course) for course in held]))
    columns.append(Column("p", [course.p for course in held], "real", missing="too few"))
    columns.append(Column("q", [kind.q.get(name, np.nan) for name in names], "real", missing="-"))
    for mark in MARKS:
        shares = [[course.curve[name].to_numpy()[mark - 1] for course in held] for name in
                  ("share", "share_low", "share_high", "chance")]  # fmt: skip
        columns.append(Column(f"Within {mark} days", shares[0], "percent", low=shares[1], high=shares[2]))
        columns.append(Column(f"By chance, {mark} days", shares[3], "percent"))
    caption = f"How soon {kind.plural} suffer again, with 95 % intervals"
    return Table(f"{_anchor(kind)}-courses", caption, tuple(columns), empty=kind.course_note, note=_Q)


def after(kind: Kind) -> Table:
    """Return the share that suffers again after the first, second, and third or later crime."""
    parts = {name: course.by_order for name, course in kind.courses.items()}
    held = pd.concat(parts, names=["offence"]).reset_index() if parts else pd.DataFrame({"offence": []})
    if held.empty:
        return Table(f"{_anchor(kind)}-after", "", (Column("Crime type", []),), empty=kind.course_note)
    columns: Headings = {
        "offence": ("Crime type", "text"),
        "after": ("After crime", "text"),
        "victims": ("Watched", "whole"),
        "again": ("Again", "whole"),
        **{f"within_{mark}": (f"Within {mark} days", "percent") for mark in (7, 28, 91, 182, 365)},
    }
    caption = "The share that suffers again, by how often it has suffered already"
    return Table.of(f"{_anchor(kind)}-after", caption, held, columns, empty=kind.course_note)


def areas(kind: Kind, *, every: bool = False) -> Table:
    """Return the counts by area, of all crime types together or of each."""
    held = kind.areas if every else kind.areas[kind.areas["offence"] == EVERY]
    named = [Column("Area", held["name"].astype(str).tolist()), Column("Code", held["code"].astype(str).tolist())]
    if every:
        named.append(Column("Crime type", held["offence"].astype(str).tolist()))
    if held.empty:
        return Table(f"{_anchor(kind)}-areas", "Areas", tuple(named), empty="No areas were given.")
    note = f"Counted where the crime was: {kind.plural} that suffered in two areas count in both."
    caption = f"Repeats by area, by {kind.level}"
    return Table(f"{_anchor(kind)}-areas", caption, (*named, *_measures(kind, held)), empty=_NOBODY, note=note)


def sheets(study: RepeatStudy) -> dict[str, Table]:
    """Return the tables of the workbook by the name of their sheet, in order."""
    found = {"Findings": Table("notes", "Findings", (Column("Finding", findings(study)),), empty="None.")}
    for kind in study.kinds:
        name = "Places" if kind.kind == "place" else "Victims"
        found |= {
            f"{name}, counts": counts(kind),
            f"{name}, 0 1 2 3+": times(kind, every=True),
            f"{name}, time course": courses(kind),
            f"{name}, after": after(kind),
            f"{name}, areas": areas(kind, every=True),
        }
    return {name: table for name, table in found.items() if len(table)}


def findings(study: RepeatStudy) -> list[str]:
    """Return what is refused, what was found and what to know, in sentences."""
    refused = [f"{claim} is not claimed. {reason}" for claim, reason in study.refusals]
    return [*refused, *(sentence for kind in study.kinds for sentence in said(kind)), *study.notes]


def said(kind: Kind) -> list[str]:
    """Return the findings about one kind in sentences."""
    row = kind.counts.loc[EVERY]
    if not row["victims"]:
        return [f"By {kind.level}: no crime says which."]
    first = (
        f"By {kind.level}: {row['crimes']:,.0f} crimes against {row['victims']:,.0f} {kind.plural}, of which "
        f"{row['repeats']:,.0f} ({100 * row['share']:.0f} %) are repeats; {row['three_or_more']:,.0f} {kind.plural} "
        f"suffered three or more. {100 * row['harm_on_repeats']:.0f} % of the harm fell on those with two or more."
    )
    worst = [f"{name}: {course.sentence}" for name, course in kind.courses.items() if course.days is not None]
    every = [] if worst or not kind.courses else [kind.courses[EVERY].sentence]
    return [first, *worst[:4], *every, *([kind.course_note] if kind.course_note else [])]


def _measures(kind: Kind, held: pd.DataFrame) -> tuple[Column, ...]:
    share = [held[name].tolist() for name in ("share", "share_low", "share_high")]
    known = held["prevalence"].notna().any()
    rates = (
        Column("Prevalence", held["prevalence"].tolist(), "percent"),
        Column("Incidence", held["incidence"].tolist(), "percent"),
    )
    return (
        Column("Crimes", held["crimes"].tolist(), "whole"),
        Column(kind.plural.capitalize(), held["victims"].tolist(), "whole"),
        Column("Repeats", held["repeats"].tolist(), "whole"),
        Column("Share of repeats", share[0], "percent", low=share[1], high=share[2]),
        *(rates if known else ()),
        Column("Concentration", held["concentration"].tolist(), "real"),
        Column("Three or more", held["three_or_more"].tolist(), "whole"),
        Column("Harm on repeats", held["harm_on_repeats"].tolist(), "percent"),
        Column("Same day", held["same_day"].tolist(), "whole"),
        Column("Not said", held["unknown"].tolist(), "whole"),
    )


def _anchor(kind: Kind) -> str:
    return "places" if kind.kind == "place" else "victims"


def _days(course: TimeCourse) -> str:
    return "none found" if course.days is None else f"{course.days} ({course.days_low} to {course.days_high})"
