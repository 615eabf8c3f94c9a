"""The assurance page: is patrol in proportion to harm, at what cost, how sure is the plan, can records run away."""

from typing import Final

import pandas as pd

from allocation.fairness import fairness_by_area, fairness_by_people
from allocation.feedback import BOTH, DETECTIONS, VICTIMS
from allocation.robust import Robust
from geodata.cast import FloatArray
from maps import words
from maps.documents.blocks import Block, Bullets, Document, Edition, Figure, Note, Paragraph, Section, TableBlock
from maps.figures import fairness as figures
from maps.pack import Fairness, Pack
from maps.report import missing
from maps.report.table import Column, Table
from maps.report.tactical import rests_on

KIND: Final = "Assurance"
_RATIO: Final = (
    "A ratio of 1 means that a group has the same share of patrol as of recorded harm; below 1 it has less.",
    "The interval holds nine in ten of the ratios found when the periods are drawn again.",
    "Recorded harm is what was reported: a group that reports less is harmed more than is seen here.",
)
_LOOP: Final = (
    "Each line starts from this force's reported crime and shares patrols out by the records of the last year.",
    "It goes on for five years in which nothing else changes, so that any drift is the records' own making.",
)
_LIMITS: Final = (
    "This is about areas and their deprivation, not about whom officers meet or stop.",
    "What patrols detect is taken to lie where reported crime is; if it lies elsewhere, the loop starts elsewhere.",
    "Being patrolled is a good to some and a burden to others: a share says how much, not what it felt like.",
)
_LIVE: Final = "People are taken to be as patrolled, and as harmed, as their ward: this is not whom officers meet."
NAMES: Final = {
    VICTIMS: "victims' reports alone (as this plan does)",
    BOTH: "reports and what patrols detect",
    DETECTIONS: "what patrols detect alone",
}


def assurance(pack: Pack) -> Document:
    """
    Return the assurance page of one run.

    Parameters
    ----------
    pack : one run's findings; without its part `fairness` the document says what is missing
    """
    found = pack.fairness
    sections = (
        Section("in-short", "In short", (Paragraph(_lead(found), "lead"), *_notes(found))),
        Section("groups", "Patrol beside harm, by deprivation", _groups(pack, found)),
        Section("price", "What better proportion would cost", _price(pack, found)),
        Section("sure", "How sure the plan is", _sure(pack, found)),
        Section("loop", "Would the records run away", _feedback(pack, found)),
        Section("limits", "What this cannot say", (Bullets(_LIMITS),)),
        Section("about", "About this page", rests_on(pack)),
    )
    return Document(KIND, f"{words.capital(pack.force)}: fairness, certainty and feedback", Edition.of(pack), sections)


def _lead(found: Fairness | None) -> tuple[str, ...]:
    if found is None:
        return (missing.FAIRNESS,)
    told = []
    if found.wards["group"].notna().any():
        told.append(_furthest(fairness_by_area(found.wards, found.harm)))
    if found.feedback is not None:
        told += [
            f"Patrols that went by {said} {'would' if found.feedback.runs_away(name) else 'would not'} "
            "drift away from what happens."
            for name, said in NAMES.items()
        ]
    return tuple(told) or found.notes


def _furthest(table: pd.DataFrame) -> str:
    known = table.dropna(subset=["ratio"])
    at = int((known["ratio"] - 1).abs().to_numpy().argmax())
    group, row = str(known.index[at]), known.iloc[at]
    held = words.with_interval(row["ratio"], row["ratio_low"], row["ratio_high"])
    return (
        f"The {group} of wards has {words.percent(row['hours_share'])} of the teams' hours and "
        f"{words.percent(row['harm_share'])} of the recorded harm: a ratio of {held}, the furthest from 1."
    )


def _notes(found: Fairness | None) -> tuple[Block, ...]:
    return (Note("What is missing here", found.notes),) if found is not None and found.notes else ()


def _groups(pack: Pack, found: Fairness | None) -> tuple[Block, ...]:
    if found is None or found.wards["group"].isna().all():
        return (Paragraph((missing.DEPRIVATION,)),)
    teams = _shares(found.wards, found.harm, "teams", "Hours of teams")
    return (Paragraph((*_RATIO, *_ungrouped(found))), TableBlock(teams), *_patrols(pack, found), *_people(found))


def _ungrouped(found: Fairness) -> tuple[str, ...]:
    """Say how many wards are in no group, and so in no share."""
    none, wards = int(found.wards["group"].isna().sum()), len(found.wards)
    return (f"The deprivation of {none} of the {wards} wards is not known: they are in no share here.",) if none else ()


def _patrols(pack: Pack, found: Fairness) -> tuple[Block, ...]:
    """Return the same of the minutes that CSO patrols spend in hot spots, where they spend any."""
    plan, ward = pack.schedule.plan, pack.hotspots.set_index("hotspot_id")["ward"]
    minutes = plan["minutes"].groupby(plan["hotspot_id"].map(ward)).sum()
    wards = found.wards.assign(hours=found.wards["ward"].map(minutes).fillna(0).astype("float64") / 60)
    if not wards["hours"].any():
        return ()
    return (TableBlock(_shares(wards, found.harm, "patrols", "Time of CSO patrols in hot spots")),)


def _people(found: Fairness) -> tuple[Block, ...]:
    """Return patrol and harm about a person of each group, a table for each kind of group."""
    harm = found.harm.sum(axis=0)
    tables = []
    for at, (kind, people) in enumerate(found.people.items()):
        table = fairness_by_people(people, found.wards["hours"], harm)
        columns = (
            Column(words.capital(kind), [words.capital(str(group)) for group in table.index]),
            Column("People", table["people"].tolist(), "whole"),
            Column("Patrol about one, anybody 1", table["patrol"].tolist(), "real"),
            Column("Harm about one, anybody 1", table["harm"].tolist(), "real"),
            Column("Patrol over harm", table["ratio"].tolist(), "real"),
        )
        title = f"Patrol and harm where people live, by {kind}"
        tables.append(TableBlock(Table(f"fairness-people-{at + 1}", title, columns, empty="No group.", note=_LIVE)))
    return tuple(tables)


def _shares(wards: pd.DataFrame, harm: FloatArray, name: str, title: str) -> Table:
    table = fairness_by_area(wards, harm)
    columns = (
        Column("Group of wards", [words.capital(str(group)) for group in table.index]),
        Column("Wards", table["areas"].tolist(), "whole"),
        Column("Share of harm", table["harm_share"].tolist(), "percent"),
        Column("Share of patrol", table["hours_share"].tolist(), "percent"),
        Column("Share of ground", table["ground_share"].tolist(), "percent"),
        Column(
            "Patrol over harm", table["ratio"].tolist(), "real",
            low=table["ratio_low"].tolist(), high=table["ratio_high"].tolist(),
        ),
    )  # fmt: skip
    return Table(f"fairness-{name}", title, columns, empty="No group is known.")


def _price(pack: Pack, found: Fairness | None) -> tuple[Block, ...]:
    if found is None or found.front is None:
        return (Paragraph((missing.DEPRIVATION,)),)
    front, best = found.front, float(found.front["value"].max())
    closest, free = front.iloc[0], front.iloc[-1]
    without = (
        "Without a rule, in the plan that is best for what is expected, the group furthest off is "
        f"{words.percent(free['disproportion'])} from its share of the harm expected."
    )
    if len(front) == 1:
        return (Paragraph((without, "No plan of whole officers that keeps the other rules comes closer.")),)
    said = (
        without,
        f"The closest that whole officers and the other rules allow is {words.percent(closest['disproportion'])}.",
        f"It costs {words.percent(1 - closest['value'] / best)} of the harm exposed to patrol.",
        "The setting band in the profile’s section staff takes a limit into the plan.",
    )
    columns = (
        Column("Furthest from proportion", front["disproportion"].tolist(), "percent"),
        Column("Harm exposed to patrol, of the most", (front["value"] / best).tolist(), "percent"),
        Column("Lost", (1 - front["value"] / best).tolist(), "percent"),
    )
    table = Table("price-of-proportion", "Plans in better and better proportion", columns, empty="No plan.")
    return (Paragraph(said), Figure(figures.price(pack, front)), TableBlock(table, most=len(front)))


def _sure(pack: Pack, found: Fairness | None) -> tuple[Block, ...]:
    if found is None or found.robust is None:
        return (Paragraph((missing.ROBUST,)),)
    robust = found.robust
    expected, other = robust.plans.to_dict("records")
    same = float(robust.wards[_same(robust)].mean())
    plan = other if robust.offered else expected
    said = (
        f"The teams were planned again {words.count(robust.replicates, 'time')}, on demand that the same past could "
        "have given, its periods drawn again.",
        f"A ward has the same number of officers in {words.percent(same)} of those plans, on average.",
        f"For not knowing which would come, this plan loses {words.percent(plan['regret'])} of the best possible.",
        f"The plan that does best in the worst tenth moves {words.count(other['moved'], 'post')} and gives up "
        f"{words.percent(max(robust.price, 0.0))} on average.",
        *((robust.sentence,) if robust.sentence else ()),
    )
    names = ("Best for what is expected", "Best in the worst tenth")
    mine = [f"{name} (this plan)" if number == robust.offered else name for number, name in enumerate(names)]
    plans = (
        Column("Plan", mine),
        Column("Harm exposed, mean", robust.plans["mean"].tolist(), "real"),
        Column("In the worst tenth", robust.plans["worst"].tolist(), "real"),
        Column("Lost for not knowing", robust.plans["regret"].tolist(), "percent"),
        Column("Posts moved", robust.plans["moved"].tolist(), "whole"),
    )
    return (
        Paragraph(said),
        TableBlock(Table("robust-plans", "Over other demand", plans, empty="No plan.")),
        TableBlock(_least_sure(pack, robust), rest="surer than these"),
    )


def _same(robust: Robust) -> str:
    return "robust_same" if robust.offered else "same"


def _least_sure(pack: Pack, robust: Robust) -> Table:
    """Return the wards whose number of officers changes most often, the least sure first."""
    names = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    table = robust.wards.sort_values([_same(robust), "ward"], kind="stable")
    columns = (
        Column("Ward", [names.get(code, code) for code in table["ward"]]),
        Column("For what is expected", table["officers"].tolist(), "whole"),
        Column("At least", table["officers_low"].tolist(), "whole"),
        Column("At most", table["officers_high"].tolist(), "whole"),
        Column("Robust plan", table["robust"].tolist(), "whole"),
        Column("The same in", table[_same(robust)].tolist(), "percent"),
    )
    note = "At least and at most hold 90 % of the plans."
    return Table("robust-wards", "Wards, the least sure first", columns, empty="No ward.", note=note)


def _feedback(pack: Pack, found: Fairness | None) -> tuple[Block, ...]:
    if found is None or found.feedback is None:
        return (Paragraph((missing.FEEDBACK,)),)
    table = found.feedback.summary
    columns = (
        Column("Patrols go by", [words.capital(NAMES[name]) for name in table["records"]]),
        Column("Out of place, first year", table["start"].tolist(), "percent"),
        Column("Fifth year", table["end"].tolist(), "percent"),
        Column(
            "Growth",
            table["growth"].tolist(),
            "points",
            low=table["growth_low"].tolist(),
            high=table["growth_high"].tolist(),
        ),
        Column("Runs away", ["yes" if runs else "no" for runs in table["runs_away"]]),
    )  # fmt: skip
    shown = Table("feedback", "Patrol time that is out of place", columns, empty="No records.")
    return (Paragraph(_LOOP), Figure(figures.loop(pack, found.feedback, NAMES)), TableBlock(shown))
