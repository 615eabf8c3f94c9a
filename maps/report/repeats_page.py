"""Repeat victimisation as a page: counts, the table of 0, 1, 2, 3 or more, and the time course; nobody by name."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from maps.escape import environment
from maps.figures.base import Picture
from maps.repeats import tables as repeat_tables
from maps.repeats.pictures import time_courses
from maps.repeats.study import Kind, RepeatStudy, RestrictedLists
from maps.report.page import IN_WORDS, OPEN_ON_PAPER, TEMPLATES, policy_of, style_of
from maps.report.table import Headings, Table


@dataclass(frozen=True)
class _Part:
    """What the page says of one kind."""

    anchor: str
    kind: Kind
    counts: Table
    times: Table
    courses: Table
    after: Table
    areas: Table
    picture: Picture | None


def render(study: RepeatStudy) -> str:
    """Return the page of what a meeting may see."""
    parts = tuple(_part(study, kind) for kind in study.kinds)
    named = {part.anchor: f"By {part.kind.level}" for part in parts}
    contents = {"summary": "What was found", **named, "method": "How it was worked out"}
    return _page(
        "repeats.html.jinja", study, title=f"{study.force}: Beatplan repeat victimisation, {study.period}",
        contents=contents, parts=parts, findings=repeat_tables.findings(study),
    )  # fmt: skip


def render_lists(lists: RestrictedLists) -> str:
    """Return the restricted page: the response list and the neighbours to warn, under pseudonyms."""
    tables = {"due": _due(lists), "neighbours": _neighbours(lists)}
    title = f"{lists.force}: response list, {lists.as_of}"
    return _page("response_list.html.jinja", lists, title=title, lists=lists, tables=tables)


def _page(template: str, study: RepeatStudy | RestrictedLists, **held: object) -> str:
    templates = environment(TEMPLATES, **IN_WORDS)
    script = Markup(f"<script>{OPEN_ON_PAPER}</script>")  # noqa: S704 - our own words
    return templates.get_template(template).render(
        study=study, policy=policy_of(script), style=style_of(study), script=script, **held
    )


def _part(study: RepeatStudy, kind: Kind) -> _Part:
    return _Part(
        anchor="places" if kind.kind == "place" else "victims",
        kind=kind,
        counts=repeat_tables.counts(kind),
        times=repeat_tables.times(kind),
        courses=repeat_tables.courses(kind),
        after=repeat_tables.after(kind),
        areas=repeat_tables.areas(kind),
        picture=time_courses(study, kind),
    )


def _due(lists: RestrictedLists) -> Table:
    columns: Headings = {
        "tier": ("Tier", "text"),
        "response": ("Response", "text"),
        "crime_id": ("Crime", "text"),
        "kind": ("Kind", "text"),
        "subject": ("Pseudonym", "text"),
        "last": ("Happened by", "text"),
        "previous": ("Days before", "whole"),
        "due": ("Due by", "text"),
        "late": ("Late", "text"),
        "actions": ("What is due", "text"),
    }
    held = with_clock(lists.due).assign(late=lists.due["late"].map({True: "late", False: ""}))
    return Table.of("due", f"What is due, {lists.as_of}", held, columns, empty="Nothing is due.", unfolded=60)


def _neighbours(lists: RestrictedLists) -> Table:
    columns: Headings = {
        "premises": ("Premises", "text"),
        "ring_m": ("Ring, m", "whole"),
        "metres": ("Metres", "tenths"),
        "response": ("After", "text"),
        "crime_id": ("Crime", "text"),
        "expires": ("Until", "text"),
    }
    empty = "No neighbours are to be warned."
    return Table.of(
        "neighbours", "Neighbouring premises to warn", with_clock(lists.neighbours), columns, empty=empty, unfolded=60
    )


def with_clock(table: pd.DataFrame) -> pd.DataFrame:
    """Return `table` with its moments as text, to the minute on the local clock."""
    moments = [name for name in ("last", "due", "expires") if name in table]
    said = {name: pd.array([f"{moment:%Y-%m-%d %H:%M}" for moment in table[name]], dtype="string") for name in moments}
    return table.assign(**said)
