"""Briefing sheets, one A4 page a patrol: on which days, where to be, when, why, what to ask, room for the debrief."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from maps import words
from maps.documents.pdf import pdf_bytes
from maps.escape import environment
from maps.figures.still_ground import Atlas
from maps.pack import Pack
from maps.patrols.ask import prompts
from maps.patrols.meal import meal
from maps.patrols.picture import patrol_picture
from maps.report.page import TEMPLATES, policy_of
from maps.tasking.facts import Patrol, Stop, offence_mix, patrols, shift_name

# Of a sheet of 190 by 277 mm within its margins, less what keeps its foot from being pushed to the next.
_WIDTH_MM: Final = 190
_TOP_MM, _ASK_MM, _DEBRIEF_MM, _FOOT_MM, _HEADING_MM, _GAP_MM = 26, 23, 25, 9, 6.5, 2.5
_HEIGHT_MM: Final = 276
_GOOD_MAP_MM: Final = 90.0
_LEAST_MAP_MM: Final = 45.0
_TWO_LINES_MM, _ONE_LINE_MM = 8.0, 5.2  # a row
_SHORT_NAME: Final = 30  # letters of a unit that fit on one line of the largest size
_LETTER_MM: Final = 0.5  # mean width of a letter, of its height


@dataclass(frozen=True)
class Layout:
    """Heights of the parts of a sheet, in millimetres, which together fill the page and no more."""

    map: float
    row: float

    @classmethod
    def of(cls, stops: int) -> "Layout":
        """Return the heights for a number of stops: rows of two lines where there is room, then of one, then less."""
        free = _HEIGHT_MM - _TOP_MM - _ASK_MM - _DEBRIEF_MM - _FOOT_MM - _HEADING_MM - 4 * _GAP_MM
        stops = max(stops, 1)
        row = _TWO_LINES_MM if free - stops * _TWO_LINES_MM >= _GOOD_MAP_MM else _ONE_LINE_MM
        row = min(row, (free - _LEAST_MAP_MM) / stops)
        return cls(free - row * stops, row)

    @property
    def letters_mm(self) -> float:
        """Height of the letters in a row."""
        return min(3.0, self.row * (0.37 if self.row >= _TWO_LINES_MM else 0.7))

    def fit(self, wide_mm: float) -> int:
        """Return how many letters fit into a cell of a row."""
        lines = 2 if self.row >= _TWO_LINES_MM else 1
        return max(4, int(lines * wide_mm / (_LETTER_MM * self.letters_mm)) - (lines > 1) * 4)


def briefing_page(pack: Pack) -> str:
    """
    Return the briefing sheets of a run as one page, each patrol on a sheet of its own when printed.

    Where the coming days have plans of their own a sheet is for all days on which its patrol is the same.

    Parameters
    ----------
    pack : one run's findings
    """
    atlas = Atlas.of(pack)
    return environment(TEMPLATES).get_template("briefing.html.jinja").render(
        policy=policy_of(""),
        sheets=[_sheet(*each, atlas) for each in _walks(pack)],
        size={"width": _WIDTH_MM, "height": _HEIGHT_MM, "top": _TOP_MM, "ask": _ASK_MM, "debrief": _DEBRIEF_MM,
              "foot": _FOOT_MM, "heading": _HEADING_MM, "gap": _GAP_MM},
        named=words.capital(pack.force),
        credits=" ".join(words.sentence(credit) for credit in pack.credits),
        **{name: getattr(pack, name) for name in ("force", "marking", "period", "next_period", "run_id")},
    )  # fmt: skip


def write_briefings(pack: Pack, folder: str | Path) -> tuple[Path, Path]:
    """
    Write the briefing sheets into a folder as `briefing.html` and, tagged, as `briefing.pdf`; return both.

    Raises
    ------
    InputError
        If the library that makes PDFs is not there; nothing is written then.
    """
    page = briefing_page(pack)
    printed = pdf_bytes(page, name=f"briefing {pack.run_id}")
    html, pdf = Path(folder) / "briefing.html", Path(folder) / "briefing.pdf"
    html.write_text(page, encoding="utf-8", newline="\n")
    pdf.write_bytes(printed)
    return html, pdf


def _walks(pack: Pack) -> Iterator[tuple[Pack, Patrol, str]]:
    """Yield each patrol with the plan that it is of and its days, one of several days once; by its first day."""
    found: dict[Any, tuple[Pack, Patrol, list[int]]] = {}
    plans = list(_plans(pack))
    for number, own in enumerate(plans, start=1):
        for walk in patrols(own):
            told = tuple((stop.hotspot, stop.arrive, stop.leave) for stop in walk.stops)
            same = walk.unit, walk.shift, meal(own, walk), told
            found.setdefault(same, (own, walk, []))[2].append(number)
    yield from ((own, walk, _on(days, len(plans))) for own, walk, days in found.values())


def _plans(pack: Pack) -> Iterator[Pack]:
    """Yield the pack of each coming day, with its own plan in place of the typical one; itself where one is for all."""
    held = pack.variants
    if held is None or pack.days is None or all(plan.equals(pack.schedule.plan) for plan in held.plans):
        yield pack
        return
    breaks = held.breaks or (pack.schedule.breaks,) * len(held.plans)
    for plan, routes, rests in zip(held.plans, pack.days, breaks, strict=True):
        yield replace(pack, schedule=replace(pack.schedule, plan=plan, breaks=rests), routes=routes)


def _on(days: list[int], of: int) -> str:
    """Return "days 1, 3 and 5 of 7"; nothing where there is one plan for all days."""
    if of == 1:
        return ""
    return (
        "every day"
        if len(days) == of
        else f"{'days' if len(days) > 1 else 'day'} {words.listing(map(str, days))} of {of}"
    )


def _sheet(pack: Pack, walk: Patrol, days: str, atlas: Atlas) -> dict[str, Any]:
    layout = Layout.of(len(walk.stops))
    spots = pack.hotspots.set_index("hotspot_id")
    wards = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    drawn = patrol_picture(pack, atlas, walk, width=10 * _WIDTH_MM, height=round(10 * layout.map))
    officers = {unit.name: unit.officers for unit in pack.units}.get(walk.unit, 1)
    return {
        "key": f"{days.replace(',', '').replace(' ', '-')}-{walk.key}" if days else walk.key,
        "days": days,
        "unit": words.shortened(walk.unit, 80),
        "long": len(walk.unit) > _SHORT_NAME,
        "who": words.count(officers, walk.role),
        "base": words.shortened(walk.base, 60),
        "shift": words.shortened(shift_name(walk.shift), 40),
        "km": words.number(walk.metres / 1000),
        "meal": words.shortened(meal(pack, walk), 90),
        "map": Markup(base64.b64encode(drawn.encode()).decode()),  # noqa: S704 - letters, digits, + and / only
        "alt": f"The way of {walk.unit}: {words.count(len(walk.stops), 'stop')} in the order of the table.",
        "layout": layout,
        "stops": [_row(stop, spots.loc[stop.hotspot], wards, layout) for stop in walk.stops],
        "prompts": prompts(spots.loc[stop.hotspot, "offence_mix"] for stop in walk.stops),
    }


def _row(stop: Stop, spot: Any, wards: dict[str, str], layout: Layout) -> dict[str, Any]:
    ward = wards.get(spot["ward"], "") if isinstance(spot["ward"], str) else ""
    return {
        "number": stop.number,
        "time": f"{stop.arrive}–{stop.leave}",
        "place": words.shortened(f"{stop.rank}. {stop.place}" + (f", {ward}" if ward else ""), layout.fit(46)),
        "why": _why(spot, layout.fit(60)),
        "way": "drive" if stop.driven else "walk",
    }


def _why(spot: Any, most: int) -> str:
    """Return what happens there and whether it lasts, as many parts of it as fit."""
    parts = [f"{name} {share:.0f}{words.SPACE}%" for name, share in offence_mix(spot["offence_mix"])]
    lasting = [str(spot[told]) for told in ("history", "trend") if spot[told] not in ("none", "too few to say")]
    told = parts[0] if parts else str(spot["offence_mix"])
    for more in (*lasting[:1], *parts[1:3], *lasting[1:]):
        told = f"{told}, {more}" if len(told) + len(more) + 2 <= most else told
    return words.shortened(told, most)
