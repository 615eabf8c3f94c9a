"""The report as one page: findings put into the templates, with a policy that lets it ask nobody for anything."""

import html
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from allocation.compare import STATUS_QUO
from maps import words
from maps.drawing.offline import script_hashes
from maps.escape import environment
from maps.figures import base as figures
from maps.figures import curves as figure_curves
from maps.figures import printed_map
from maps.findings import Edition
from maps.pack import Pack
from maps.report import closer, days, evidence, hours, plans, record
from maps.report.summary import summarise, warnings

TEMPLATES: Final = Path(__file__).parent / "templates"
IN_WORDS: Final = {name: getattr(words, name) for name in ("capital", "count", "glued", "number", "percent")}

CONTENTS: Final = {
    "summary": "What to decide",
    "map": "The map",
    "data": "What the data can bear",
    "hot-spots": "Hot spots, ranked",
    "when": "When in the week",
    "trend": "Trend, and what is new",
    "back-test": "How far to trust the forecast",
    "teams": "Teams for each ward",
    "patrols": "CSO patrols for each shift",
    "cso-hours": "CSO hours of the week",
    "assumptions": "Assumptions",
    "method": "Method and settings",
    "glossary": "Glossary",
    "about": "Sources, credits and run",
}

# A browser folds away what is closed; on paper everything stands.
OPEN_ON_PAPER: Final = (
    'addEventListener("beforeprint",function(){'
    'document.querySelectorAll("details").forEach(function(held){held.open=true})})'
)


def render(pack: Pack, map_html: str) -> str:
    """
    Return the report's page.

    Parameters
    ----------
    pack : one run's findings
    map_html : the page of the map, which needs no other file
    """
    templates = environment(TEMPLATES, **IN_WORDS)
    script = Markup(f"<script>{OPEN_ON_PAPER}</script>")  # noqa: S704 - our own words
    return templates.get_template("page.html.jinja").render(
        pack=pack,
        title=f"{pack.force}: Beatplan tasking report, {pack.period}",
        contents=CONTENTS,
        policy=policy_of(f"{script}{map_html}"),
        style=style_of(pack),
        script=script,
        map=Markup(html.escape(map_html)),  # noqa: S704 - every quote and bracket of it is escaped
        summary=summarise(pack),
        warnings=warnings(pack),
        tables=_tables(pack),
        shifts=plans.patrols(pack),
        pictures=_pictures(pack),
        history=(*evidence.order(pack), *evidence.history(pack)),
        week=closer.week(pack.insight),
        scan=closer.scan(pack),
        concentration=closer.concentration(pack.insight),
        sensitivity=closer.sensitivity(pack),
        trend=evidence.trend(pack),
        travel=_travel(pack),
        what=words.what_gathers(pack.rank_by),
        today=STATUS_QUO in set(pack.staffing.alternatives["plan"]),
        method=record.METHOD,
        references=record.REFERENCES,
        glossary=record.GLOSSARY,
    )


def _tables(pack: Pack) -> dict[str, Any]:
    teams, patrols = pack.staffing.alternatives, pack.schedule.alternatives
    return {
        "claims": evidence.claims(pack),
        "facts": evidence.facts(pack),
        "sources": evidence.sources(pack),
        "rejections": evidence.rejections(pack),
        "hot_spots": evidence.hot_spots(pack),
        "patrol_hours": closer.hours_table(pack),
        "when": closer.when_table(pack),
        "back_test": evidence.back_test(pack),
        "sensitivity": closer.sensitivity_table(pack),
        "teams": plans.teams(pack),
        "teams_by_plan": plans.teams_by_plan(pack),
        "team_alternatives": plans.alternatives("team-alternatives", "The teams beside simple rules", teams),
        "team_outturn": plans.outturn(pack),
        "team_plus_one": plans.one_more_post(pack),
        "hours": hours.bases(pack),
        "duty": hours.duty(pack),
        "patrol_alternatives": plans.alternatives("patrol-alternatives", "The patrols beside simple rules", patrols),
        "patrol_outturn": plans.walks(pack),
        "patrol_plus_one": plans.one_more_patrol(pack),
        "unmet": plans.unmet(pack),
        "breaks": days.breaks(pack),
        "daily": days.daily(pack),
        "delivery": days.delivery(pack),
        "agreement": days.agreement(pack),
        "parameters": record.parameters(pack),
        "versions": record.versions(pack),
    }


def _pictures(pack: Pack) -> dict[str, figures.Picture | None]:
    return {
        "map": printed_map.printed_map(pack),
        "closer": printed_map.closer_map(pack),
        "weeks": figure_curves.weeks(pack),
        "trend": figures.trend(pack),
        "skill": figures.skill(pack),
        "comparison": figures.comparison(pack),
    }


def _travel(pack: Pack) -> str:
    if pack.schedule.travel_basis == "straight line":
        return (
            "Walks between stops are measured in a straight line, because no streets were given. Real walks are longer."
        )
    return f"Walks between stops are measured on the {pack.schedule.travel_basis}."


def style_of(pack: Edition) -> Markup:
    """Return the style sheet with the marking and the run for the edges of paper."""
    sheet = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    run = _css_string(f"{pack.force}, run {pack.run_id}")
    return Markup(sheet.replace("MARKING", _css_string(pack.marking)).replace("RUN", run))  # noqa: S704 - ours, and escaped as CSS


def _css_string(text: str) -> str:
    """Return `text` as a string of a style sheet in which only letters and digits stand for themselves."""
    held = words.printable(text)
    return (
        '"'
        + "".join(letter if letter.isascii() and letter.isalnum() else f"\\{ord(letter):06x}" for letter in held)
        + '"'
    )


def policy_of(pages: str) -> Markup:
    """Return a content policy that runs the scripts in `pages`, which are ours, and asks no server for anything."""
    rules = (
        "default-src 'none'",
        f"script-src {' '.join(dict.fromkeys(script_hashes(pages)))}",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return Markup("; ".join(rules))  # noqa: S704 - digests and our own words
