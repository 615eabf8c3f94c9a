"""The slides of a tasking meeting: ten, each one question with one picture, all text editable."""

from maps import words
from maps.documents.blocks import Edition
from maps.documents.deck import Deck, Slide
from maps.figures import base as figures
from maps.figures import curves as figure_curves
from maps.figures import printed_map
from maps.pack import Pack
from maps.report import asked, closer, evidence, happened, suffered
from maps.report.drawn import drawn, first
from maps.report.place_picture import place_picture
from maps.report.summary import summarise
from maps.report.table import Column, Table

_FIRST = 5


def slides(pack: Pack) -> Deck:
    """
    Return the ten slides of one run, in the order in which a meeting asks.

    Parameters
    ----------
    pack : one run's findings; a slide whose part is not there says so, and what brings it
    """
    asks = (_opening, _happened, _where, _changed, _when, _again, _trust, _who_goes, _last, _closing)
    title = f"Tasking meeting, {words.capital(pack.force)}, {pack.period}"
    return Deck(title, Edition.of(pack), tuple(ask(pack) for ask in asks))


def _opening(pack: Pack) -> Slide:
    lead = summarise(pack).lead[:2]
    questions = tuple(words.sentence(each.what) for each in asked.decisions(pack)[:3])
    return Slide(f"{words.capital(pack.force)}: what to decide", (*lead, *questions), drawn(pack, "hot-spots"))


def _happened(pack: Pack) -> Slide:
    points = (*happened.change(pack), *evidence.trend(pack)[-1:])
    return Slide("What happened", points, drawn(pack, "trend") or figures.trend(pack, raster=True))


def _where(pack: Pack) -> Slide:
    picture = printed_map.closer_map(pack) or printed_map.printed_map(pack)
    order = evidence.order(pack)[:1] or ("No place stood out from the rest.",)
    return Slide("Where: the first hot spots, closer", order, picture, _first_spots(pack))


def _changed(pack: Pack) -> Slide:
    points = (*happened.movers(pack, "wards")[:3], *happened.movers(pack, "offences")[:2])
    picture = drawn(pack, "change") or figure_curves.ranks(pack, raster=True)
    return Slide("What changed, and where", points or happened.change(pack), picture)


def _when(pack: Pack) -> Slide:
    points = (*closer.week(pack.insight), closer.concentration(pack.insight))
    return Slide("When, and how far crime gathers", points, first(pack, "week", "concentration"))


def _again(pack: Pack) -> Slide:
    title, points = "Who suffers again, and what is new", (*suffered.repeats(pack)[:2], *closer.scan(pack)[:1])
    picture = drawn(pack, "near-repeat")
    if picture is not None:
        return Slide(title, (*points, *suffered.windows(pack)[1:2]), picture)
    if pack.hotspots.empty:
        return Slide(title, points, None, suffered.windows_table(pack.suffering))
    return Slide(
        title, (*points, "The picture shows the first hot spot."), place_picture(pack, pack.hotspots.iloc[0].to_dict())
    )


def _trust(pack: Pack) -> Slide:
    skill = figures.skill(pack, raster=True) if len(pack.backtest.summary) else None
    points = tuple(each for each in (pack.backtest.sentence, pack.backtest.note) if each)
    return Slide("How far to trust the forecast", points, drawn(pack, "hit-rate") or skill)


def _who_goes(pack: Pack) -> Slide:
    _, teams, patrols = summarise(pack).decisions
    points = (*teams.sentences[:2], *patrols.sentences[:2])
    return Slide("Who goes: teams and CSO patrols", points, drawn(pack, "allocation"))


def _last(pack: Pack) -> Slide:
    picture = drawn(pack, "before-after")
    if picture is not None:
        return Slide("What came of the last tasking", happened.past(pack)[:4], picture)
    keep = "Keep this run's folder: the next meeting looks back on it."
    return Slide("The last tasking", (*happened.past(pack)[:3], keep), figures.comparison(pack, raster=True))


def _closing(pack: Pack) -> Slide:
    held = asked.decisions(pack)
    columns = (
        Column("Decision", [f"{number}. {each.what}" for number, each in enumerate(held, start=1)]),
        Column("Owner", [each.owner or "Name:" for each in held]),
        Column("By", [each.due or "Date:" for each in held]),
        Column("Answer", ["☐ agreed  ☐ changed  ☐ declined" for _ in held]),
    )
    table = Table("asked", "Decisions asked of the meeting", columns, empty="Nothing is asked.")
    said = "Record the answer, its owner and its date here; the next assessment looks back on it."
    return Slide("Decisions to record", (said,), None, table, rows=8)


def _first_spots(pack: Pack) -> Table:
    held, name = pack.hotspots.head(_FIRST), f"expected_{pack.rank_by}"
    ends = (held[f"{name}_low"].tolist(), held[f"{name}_high"].tolist())
    columns = (
        Column("Place", (held["hotspot_id"] + " " + held["name"]).tolist()),
        Column(f"{words.capital(pack.rank_by)} a week", held[name].tolist(), "real", *ends),
        Column("History", held["history"].tolist()),
    )
    return Table("first", "The first hot spots, with 90 % intervals", columns, empty="No hot spot was found.")
