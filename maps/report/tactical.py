"""The tactical assessment: what a tasking and co-ordination meeting reads before it decides, in six to ten pages."""

from collections.abc import Iterable
from typing import Final

from maps import words
from maps.documents import blocks
from maps.documents.blocks import Block, Document, Figure, Paragraph, Section, TableBlock
from maps.figures import base as figures
from maps.figures.base import Picture
from maps.pack import Pack
from maps.report import asked, closer, evidence, gaps, happened, plans, suffered
from maps.report.compact import hot_spots, methods, one_more_patrol
from maps.report.drawn import drawn
from maps.report.summary import Fact, summarise, warnings

KIND: Final = "Tactical assessment"
_WARNINGS: Final = 4
_NEWS: Final = 3


def tactical(pack: Pack) -> Document:
    """
    Return the tactical assessment of one run.

    Parameters
    ----------
    pack : one run's findings; parts that are not there are named in the text, with what brings them
    """
    sections = (
        Section("in-short", "In short", _in_short(pack)),
        Section("decisions", "Decisions for this meeting", _decisions(pack)),
        Section("happened", "What happened, and what changed", _happened(pack)),
        Section("hot-spots", "Hot spots", _hot_spots(pack)),
        Section("again", "Repeat victims, series and raised risk", _again(pack)),
        Section("forecast", "The forecast, and how far to trust it", _forecast(pack)),
        Section("deployment", "The deployment proposed, and its alternatives", _deployment(pack)),
        Section("last", "The last tasking, looked back on", _last(pack)),
        Section("gaps", "Intelligence gaps and limits of the data", gaps.gaps(pack)),
        Section("about", "About this assessment", _about(pack)),
    )
    return Document(
        KIND, f"{words.capital(pack.force)}: where crime and harm gather", blocks.Edition.of(pack), sections
    )


def key_facts(pack: Pack) -> tuple[Fact, ...]:
    """Return the numbers that a meeting starts from; what is estimated has its interval beside it."""
    spots, _, caught, patrols = summarise(pack).facts
    return (spots, *happened.headline(pack), caught, patrols)


def shown(*pictures: Picture | None) -> tuple[Figure, ...]:
    """Return those pictures that there are, as blocks."""
    return tuple(Figure(picture) for picture in pictures if picture is not None)


def rests_on(pack: Pack) -> tuple[Block, ...]:
    """Return what a document rests on: run and credits."""
    read = int(pack.sources["rows_read"].sum())
    return (
        Paragraph((
            f"Run {pack.run_id}, from {words.count(read, 'row')} read.",
            "The same inputs and settings give the same document, byte for byte.",
            "The tasking report holds the method, its sources and every setting.",
        )),
        *listed("Credits", pack.credits),
    )  # fmt: skip


def _in_short(pack: Pack) -> tuple[Block, ...]:
    found = summarise(pack)
    told = [*happened.change(pack)[:1], *closer.news(pack)[:1]]
    said = warnings(pack)
    note = blocks.Note("Read before you decide", said[:_WARNINGS])
    return (
        Paragraph((*found.lead, *told), "lead"),
        blocks.Facts(key_facts(pack)),
        *((note,) if said else ()),
    )


def _decisions(pack: Pack) -> tuple[Block, ...]:
    return (
        Paragraph(("The meeting names an owner and a date for each, and ticks its answer.",)),
        blocks.DecisionList("asked", asked.decisions(pack)),
    )


def _happened(pack: Pack) -> tuple[Block, ...]:
    noted = () if pack.change is None else (Paragraph((pack.change.note,), "note"),)
    return (
        Paragraph(happened.change(pack)),
        *shown(drawn(pack, "trend") or figures.trend(pack, raster=True), drawn(pack, "change")),
        Paragraph((*happened.movers(pack, "offences"), *happened.movers(pack, "wards"))),
        *if_any(TableBlock(happened.changes(pack, "offences"), most=8)),
        *if_any(TableBlock(happened.changes(pack, "wards"), most=8)),
        *noted,
    )


def _hot_spots(pack: Pack) -> tuple[Block, ...]:
    what = words.what_gathers(pack.rank_by)
    return (
        Paragraph((f"A hot spot is a small place where {what} gathers.", "It says nothing about any person.",
                   closer.concentration(pack.insight))),
        TableBlock(hot_spots(pack), most=10),
        *shown(drawn(pack, "hot-spots")),
        Paragraph((*evidence.order(pack), *evidence.history(pack)[:1])),
        *if_any(TableBlock(closer.when_table(pack), most=5)),
    )  # fmt: skip


def _again(pack: Pack) -> tuple[Block, ...]:
    held = pack.suffering
    series = closer.scan(pack)[: 1 + _NEWS]
    return (
        Paragraph(suffered.repeats(pack)),
        *if_any(TableBlock(suffered.times_table(held, "victim"))),
        *if_any(TableBlock(suffered.times_table(held, "place"))),
        *if_any(TableBlock(suffered.offences_table(held), most=6)),
        blocks.Heading("Series, and what is new"),
        Paragraph(series),
        *((blocks.Heading("Near-repeat windows"), Paragraph(suffered.windows(pack))) if held else ()),
        *if_any(TableBlock(suffered.windows_table(held), most=8)),
        *shown(drawn(pack, "near-repeat")),
    )


def _forecast(pack: Pack) -> tuple[Block, ...]:
    scored = len(pack.backtest.summary) > 0
    return (
        Paragraph((f"The forecast is for {pack.next_period}.", pack.backtest.sentence, pack.backtest.note)),
        *shown(drawn(pack, "hit-rate") or (figures.skill(pack, raster=True) if scored else None)),
        TableBlock(methods(pack)),
        Paragraph(closer.sensitivity(pack)),
    )


def _deployment(pack: Pack) -> tuple[Block, ...]:
    (teams, patrols), beside = summarise(pack).decisions[1:], pack.staffing.alternatives
    held_up, walked = (() if held is None else (held.sentence,) for held in (pack.outturn, pack.walks))
    return (
        blocks.Heading("Teams"),
        Paragraph((*teams.sentences, *held_up)),
        *shown(drawn(pack, "allocation")),
        *if_any(TableBlock(plans.alternatives("teams-beside", "The teams beside simple rules", beside))),
        *if_any(TableBlock(plans.one_more_post(pack))),
        *listed("What the posts could not meet", pack.staffing.unmet),
        blocks.Heading("CSO patrols"),
        Paragraph((*patrols.sentences, *walked)),
        *if_any(TableBlock(one_more_patrol(pack), most=5)),
        *if_any(TableBlock(plans.unmet(pack), most=5)),
    )  # fmt: skip


def _last(pack: Pack) -> tuple[Block, ...]:
    return (
        Paragraph(happened.past(pack)),
        *if_any(TableBlock(happened.past_table(pack), most=10)),
        *shown(drawn(pack, "before-after")),
    )


def _about(pack: Pack) -> tuple[Block, ...]:
    return (*listed("What was not given, and what was taken instead", pack.assumptions), *rests_on(pack))


def if_any(block: TableBlock) -> tuple[TableBlock, ...]:
    """Return a table as a block, or nothing where it has no rows."""
    return (block,) if len(block.table) else ()


def listed(title: str, items: Iterable[str]) -> tuple[Block, ...]:
    """Return a heading and a list below it, or nothing where the list is empty."""
    held = tuple(items)
    return (blocks.Heading(title), blocks.Bullets(held)) if held else ()
