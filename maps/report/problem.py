"""The problem profile of one hot spot: place, victim, offender as location, time; questions, never answers."""

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from geodata.errors import NotFoundError
from maps import words
from maps.documents.blocks import (
    Block,
    Bullets,
    Document,
    Edition,
    Figure,
    Heading,
    Note,
    Paragraph,
    Section,
    TableBlock,
)
from maps.pack import Pack
from maps.report import happened, prompts, reviews, suffered
from maps.report.place_picture import by_hour, place_picture
from maps.report.reviews import Review
from maps.report.table import Column, Table
from maps.report.tactical import rests_on
from maps.tasking.facts import offence_mix

KIND: Final = "Problem profile"
FIRST: Final = 3
_WEEKS: Final = 12

Spot = dict[str, Any]


def chosen(pack: Pack, hotspots: Sequence[str] = ()) -> tuple[str, ...]:
    """
    Return the hot spots to profile: those named, or the first three.

    Raises
    ------
    NotFoundError
        If a name is not that of a hot spot of this run.
    """
    known = pack.hotspots["hotspot_id"].astype(str).tolist()
    unknown = [name for name in hotspots if name not in known]
    if unknown:
        there = f"{known[0]} to {known[-1]}" if known else "none"
        raise NotFoundError(f"A hot spot to profile must be one of this run's ({there}); {unknown[0]} is not.")
    return tuple(dict.fromkeys(hotspots)) or tuple(known[:FIRST])


def problem(pack: Pack, hotspot: str, found: Sequence[Review] = ()) -> Document:
    """
    Return the problem profile of one hot spot.

    Parameters
    ----------
    pack : one run's findings
    hotspot : its id
    found : the force's own reviews, for what worked elsewhere
    """
    spots = pack.hotspots
    spot: Spot = spots[spots["hotspot_id"] == hotspot].iloc[0].to_dict()
    sections = (
        Section("in-short", "In short", _in_short(pack, spot)),
        Section("scanning", "Scanning: what the problem looks like", _scanning(pack, spot)),
        Section("analysis", "Analysis: place, victim, offender, time", _analysis(pack, spot)),
        Section("hypotheses", "Hypotheses to test", _hypotheses(spot)),
        Section("response", "Response: what could be done", _response(pack, spot, found)),
        Section("assessment", "Assessment: how we would know", _assessment(spot)),
        Section("about", "About this profile", rests_on(pack)),
    )
    title = f"{spot['hotspot_id']} {words.printable(spot['name'])}"
    return Document(KIND, title, Edition.of(pack), sections)


def _in_short(pack: Pack, spot: Spot) -> tuple[Block, ...]:
    wards = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    ward = wards.get(spot["ward"])
    where = f"{spot['name']} lies in {ward}." if ward is not None else f"This is {spot['name']}."
    cautions = (
        "It is about a place and a time, never about a person.",
        "It starts the work: what follows are findings of recorded crime, and questions for those who know the place.",
    )
    return (
        Paragraph((where, *_rank(spot), _expected(pack, spot), *_lasting(pack, spot)), "lead"),
        Note("How to use this profile", cautions),
    )


def _rank(spot: Spot) -> tuple[str, ...]:
    if pd.isna(spot["rank_low"]):
        return (f"It ranks {spot['rank']}; there are too few periods to say how surely.",)
    low, high = words.number(spot["rank_low"], 0), words.number(spot["rank_high"], 0)
    return (f"It ranks {spot['rank']} (90 % interval {low} to {high}) among the hot spots.",)


def _expected(pack: Pack, spot: Spot) -> str:
    name = f"expected_{pack.rank_by}"
    ends = words.with_interval(spot[name], spot[f"{name}_low"], spot[f"{name}_high"])
    if pack.rank_by != "harm":
        return f"We expect {ends} crimes a week; in brackets the 90 % interval."
    return f"We expect {ends} of harm a week; in brackets the 90 % interval. Harm is counted in {pack.risk_unit}."


def _lasting(pack: Pack, spot: Spot) -> tuple[str, ...]:
    changed = happened.verdicts(pack.change).get(spot["hotspot_id"])
    against = () if changed is None else (f"Against the last period: {changed[2:]}.",)
    return (f"Its history is {spot['history']} and its trend {spot['trend']}.", *against)


def _scanning(pack: Pack, spot: Spot) -> tuple[Block, ...]:
    return (
        Paragraph((words.sentence(str(spot["reason"])), _holds(spot), *_survives(pack, spot))),
        Figure(place_picture(pack, spot)),
        TableBlock(offences(spot), most=8),
        Paragraph(_changed(pack, spot)),
    )


def _holds(spot: Spot) -> str:
    size = words.number(float(spot["area_m2"]) / 1e4, 1)
    return f"On {size} hectares, {words.count(int(spot['crimes']), 'crime was', 'crimes were')} recorded."


def _survives(pack: Pack, spot: Spot) -> tuple[str, ...]:
    if pack.sensitivity is None:
        return ()
    held = pack.sensitivity.hotspots.set_index("rank")["survival"]
    share = float(held.get(spot["rank"], float("nan")))
    if pd.isna(share):
        return ()
    return (f"It stays a hot spot under {words.percent(share)} of the other settings of the map that were tried.",)


def offences(spot: Spot) -> Table:
    """Return the crime types of a hot spot with their share of its crime."""
    mix = offence_mix(str(spot["offence_mix"]))
    columns = (
        Column("Crime type", [name for name, _ in mix]),
        Column("Share of its recorded crime", [share / 100 for _, share in mix], "percent"),
    )
    return Table("offences", "What was recorded here", columns, empty=words.sentence(str(spot["offence_mix"])))


def _changed(pack: Pack, spot: Spot) -> tuple[str, ...]:
    if pack.change is None:
        return happened.change(pack)
    rows = [row for row in pack.change.hotspots.to_dict("records") if row["hotspot_id"] == spot["hotspot_id"]]
    if not rows:
        return ()
    before, after = (words.number(rows[0][f"crimes_{when}"], 0) for when in ("before", "after"))
    return (
        f"Recorded crime here went from {before} ({pack.change.before}) to {after} ({pack.change.after}).",
        f"By the day that is {happened.span(rows[0])}, with a 90 % interval: {rows[0]['verdict']}.",
    )


def _analysis(pack: Pack, spot: Spot) -> tuple[Block, ...]:
    week = by_hour(pack, spot["hotspot_id"])
    when = prompts.peak(week) or ("" if pack.insight is None else words.sentence(pack.insight.week_note))
    hour = _hour(pack, spot)
    return (
        Paragraph(("The crime triangle asks for three things that meet: a place, a victim or target, and an offender.",
                   "Each has someone who could stand in the way.")),
        Heading("Location: the place, and who manages it"), Paragraph(hour), Bullets(prompts.PLACE),
        Heading("Victim: who or what is harmed, and who could look out for them"),
        Paragraph(_victims(pack, spot)), Bullets(prompts.VICTIM),
        Heading("Offender, as a matter of the place"),
        Paragraph(("No person is named or looked for here: the question is what the place offers.",)),
        Bullets(prompts.OFFENDER),
        Heading("Time"), Paragraph((when or "Times of day were not looked at.",)), Bullets(prompts.TIME),
    )  # fmt: skip


def _hour(pack: Pack, spot: Spot) -> tuple[str, ...]:
    table = None if pack.insight is None else pack.insight.hours
    held = None if table is None else table[table["hotspot_id"] == spot["hotspot_id"]]
    if held is None or held.empty:
        return ("Without streets it is not known how much street there is to cover.",)
    return (f"It has {words.number(float(held['street_m'].iloc[0]), 0)} metres of street.",)


def _victims(pack: Pack, spot: Spot) -> tuple[str, ...]:
    said = suffered.repeats(pack)[:2]
    windows = None if pack.suffering is None else pack.suffering.windows
    if windows is None or windows.empty:
        return (*said, "The figures are of the whole force." if pack.suffering else "")
    near = int(windows.geometry.intersects(spot["geometry"]).sum())
    reach = words.capital(words.count(near, "area of raised risk reaches", "areas of raised risk reach"))
    return (*said, "The figures are of the whole force.", f"{reach} into this hot spot after recent crimes.")


def _hypotheses(spot: Spot) -> tuple[Block, ...]:
    common = [name for name, _ in offence_mix(str(spot["offence_mix"]))[:3]]
    asked = (*prompts.about_offences(common), *prompts.about_history(str(spot["history"]), str(spot["trend"])))
    return (
        Paragraph(("None of these is a finding: each is to be tested on the ground, and dropped if it fails.",)),
        Bullets(asked),
    )


def _response(pack: Pack, spot: Spot, found: Sequence[Review]) -> tuple[Block, ...]:
    visits = pack.schedule.plan[pack.schedule.plan["hotspot_id"] == spot["hotspot_id"]]
    many = words.count(len(visits), "visit")
    minutes = words.count(int(visits["minutes"].sum()), "minute")
    planned = f"The plan proposes {many} of CSO patrols a day here, {minutes} in all."
    common = [name for name, _ in offence_mix(str(spot["offence_mix"]))[:3]]
    return (
        Paragraph((planned, "Patrol shortens a hot hour; what keeps a place hot often lies with others.")),
        Bullets(prompts.RESPONSE),
        Heading("What worked elsewhere, by the force’s own reviews"),
        Paragraph(reviews.said(found)),
        *((TableBlock(reviews.table(reviews.nearest(found, common)), most=6, rest="in the reviews"),) if found else ()),
    )


def _assessment(spot: Spot) -> tuple[Block, ...]:
    low, high = spot["expected_crimes_low"], spot["expected_crimes_high"]
    expected = words.with_interval(spot["expected_crimes"], low, high)
    return (
        Paragraph((
            f"If nothing changes, we expect {expected} crimes a week here, with a 90 % interval.",
            "A count inside that range is no sign that anything changed.",
        )),
        Bullets((
            "Write down places, dates and measure before the start: a review of places chosen afterwards is weak.",
            "Choose places like this one that are left alone, to compare with.",
            "Look around the place too: crime may move, or calm may spread.",
            f"Wait at least {_WEEKS} weeks, then run beatplan review.",
        )),
    )  # fmt: skip
