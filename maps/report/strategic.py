"""The strategic assessment: a year or more, for those who set priorities, budgets and targets."""

from typing import Final

from maps import words
from maps.documents.blocks import Block, Bullets, Decision, DecisionList, Document, Edition, Note, Paragraph, Section
from maps.documents.blocks import TableBlock as Rows
from maps.figures import base as figures
from maps.pack import Pack, Standing
from maps.report import closer, evidence, gaps, missing, standing
from maps.report.drawn import drawn
from maps.report.summary import warnings
from maps.report.tactical import if_any, rests_on, shown

KIND: Final = "Strategic assessment"
_WARDS: Final = 15
_ASSUMED: Final = "That a trend goes on is an assumption; its interval is about chance, not about what may change."
_YEAR_OF_MONTHS: Final = 12


def strategic(pack: Pack) -> Document:
    """
    Return the strategic assessment of one run.

    Parameters
    ----------
    pack : one run's findings; without its part `standing` the document says what is missing
    """
    found = pack.standing
    sections = (
        Section("in-short", "In short", _in_short(pack, found)),
        Section("choices", "Choices for the strategic meeting", _choices(found)),
        Section("concentration", "How far crime and harm gather", _concentration(pack)),
        Section("trends", "Trends, with their limits", _trends(pack, found)),
        Section("wards", "Wards, deprivation and vulnerable localities", _wards(found)),
        Section("funding", "Funding: demand beside funded CSOs", _funding(found)),
        Section("targets", "Progress against targets", _targets(found)),
        Section("gaps", "Gaps, and limits of the data", gaps.gaps(pack)),
        Section("about", "About this assessment", rests_on(pack)),
    )
    return Document(KIND, f"{words.capital(pack.force)}: where it stands", Edition.of(pack), sections)


def _in_short(pack: Pack, found: Standing | None) -> tuple[Block, ...]:
    crimes = words.count(float(pack.monthly["crimes"].sum()), "recorded crime")
    lead = [f"This assessment covers {crimes}, {pack.period}.", closer.concentration(pack.insight)]
    lead += [missing.STANDING] if found is None else [*standing.moved(found)[:1], *standing.gathered(found)[:1]]
    notes = (*(_short(pack) if found is None else found.notes), *warnings(pack)[:2])
    return (Paragraph(tuple(lead), "lead"), *((Note("Read before you decide", notes),) if notes else ()))


def _short(pack: Pack) -> tuple[str, ...]:
    """Warn where the data do not reach over two years, which a season needs to be told from a trend."""
    months = [period for period in pack.monthly["period"].astype(str) if len(period) == len("2024-06")]
    if months and len(months) < 2 * _YEAR_OF_MONTHS:
        return (f"With {words.count(len(months), 'month')} a season cannot be told from a trend.",)
    return ()


def _choices(found: Standing | None) -> tuple[Block, ...]:
    asked = [
        Decision("Set the control strategy: which crime types count for more", "The plan weighs harm by it."),
        Decision("Agree where need and posts may differ, and why", "The table of wards shows both shares."),
    ]
    if found is not None and len(found.funds):
        asked.append(Decision("Agree what partners fund, and where", "The table of funds shows demand beside each."))
    if found is not None and len(found.targets):
        asked.append(Decision("Keep, change or drop each target", "Its trend and interval stand below."))
    return (DecisionList("asked", tuple(asked)),)


def _concentration(pack: Pack) -> tuple[Block, ...]:
    return (
        Paragraph((closer.concentration(pack.insight), *evidence.history(pack)[:1])),
        *shown(drawn(pack, "concentration"), drawn(pack, "hot-spots")),
        *if_any(Rows(closer.concentration_table(pack.insight), most=12)),
    )


def _trends(pack: Pack, found: Standing | None) -> tuple[Block, ...]:
    picture = drawn(pack, "trend") or figures.trend(pack, raster=True)
    if found is None:
        return (Paragraph((missing.STANDING, *evidence.trend(pack))), *shown(picture))
    return (
        Paragraph(standing.moved(found)),
        *shown(picture),
        Rows(standing.limits(found), most=16),
        Paragraph((found.limits_note,), "note"),
    )


def _wards(found: Standing | None) -> tuple[Block, ...]:
    if found is None:
        return (Paragraph((missing.STANDING,)),)
    return (
        Paragraph((*standing.gathered(found), "These are figures of areas; none is about the people who live there.")),
        Rows(standing.wards(found), most=_WARDS),
    )


def _funding(found: Standing | None) -> tuple[Block, ...]:
    if found is None or found.funds.empty:
        return (Paragraph((missing.STANDING if found is None else missing.FUNDS,)),)
    said = "Who pays for a CSO need not settle where crime harms most; the table sets the two side by side."
    return (Paragraph((said,)), Rows(standing.funds(found), most=_WARDS))


def _targets(found: Standing | None) -> tuple[Block, ...]:
    if found is None or found.targets.empty:
        return (Paragraph((missing.STANDING if found is None else missing.TARGETS,)),)
    return (
        Rows(standing.targets(found), most=12),
        Bullets(tuple(f"{row['name']}: {row['sentence']}" for row in found.targets.to_dict("records"))),
        Paragraph((_ASSUMED,), "note"),
    )
