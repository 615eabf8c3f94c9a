"""The analyst's study as one page that opens from disk and asks no server for anything."""

from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from maps import words
from maps.escape import environment
from maps.figures import curves as figure_curves
from maps.figures import maps as figure_maps
from maps.figures import settings as figure_settings
from maps.figures import space_time as figure_space_time
from maps.figures.base import Picture
from maps.report import closer, evidence, record
from maps.report.page import IN_WORDS, OPEN_ON_PAPER, TEMPLATES, policy_of, style_of
from maps.report.study_tables import classes, hot_places, hot_streets, localities, space_time
from maps.report.summary import Fact
from maps.study.study import Study

CONTENTS: Final = {
    "summary": "What was found",
    "where": "Where crime thickens",
    "order": "Hot spots, ranked",
    "when": "When in the week",
    "moving": "When and where at once",
    "beyond": "Beyond chance",
    "time": "What lasts and what is new",
    "concentration": "How far crime gathers",
    "settings": "If the map were drawn otherwise",
    "streets": "Along the streets",
    "against": "Against something else",
    "localities": "Vulnerable localities",
    "data": "What the data can bear",
    "about": "Settings, files and run",
}


def write_page(study: Study, path: str | Path) -> Path:
    """
    Write the page.

    Parameters
    ----------
    study : one run's findings
    path : the file to write

    Returns
    -------
    path : as given
    """
    held = Path(path)
    held.write_text(render(study), encoding="utf-8", newline="\n")
    return held


def render(study: Study) -> str:
    """Return the study's page."""
    templates = environment(TEMPLATES, **IN_WORDS)
    script = Markup(f"<script>{OPEN_ON_PAPER}</script>")  # noqa: S704 - our own words
    return templates.get_template("study.html.jinja").render(
        study=study,
        title=f"{study.force}: Beatplan hot-spot study, {study.period}",
        contents=_contents(study),
        policy=policy_of(script),
        style=style_of(study),
        script=script,
        facts=_facts(study),
        findings=_findings(study),
        pictures=_pictures(study),
        tables=_tables(study),
        order=(*evidence.order(study), *evidence.history(study)),
        week=closer.week(study.insight),
        scan=closer.scan(study),
        concentration=closer.concentration(study.insight),
        sensitivity=closer.sensitivity(study),
        what=words.what_gathers(study.rank_by),
    )


def _contents(study: Study) -> dict[str, str]:
    """Return the sections that there is something to say in."""
    absent = {
        "moving": study.space_time is None,
        "streets": not study.streets and study.insight.hours is None,
        "against": study.beside is None,
        "localities": study.localities is None,
    }
    return {anchor: heading for anchor, heading in CONTENTS.items() if not absent.get(anchor)}


def _facts(study: Study) -> tuple[Fact, ...]:
    cells, spots = study.cells, study.hotspots
    hot, cold = (int((cells["spot"] == side).sum()) for side in ("hot", "cold"))
    share = float(spots["area_m2"].sum()) / max(1.0, float(study.study.sum()) * study.grid.cell_area)
    return (
        Fact("Crimes", words.number(float(cells["crimes"].sum()), 0), f"in {words.count(len(cells), 'cell')} with any"),
        Fact("Hot spots", words.number(len(spots), 0), f"on {words.percent(share)} of the area"),
        Fact("Hot cells", words.number(hot, 0), f"and {words.number(cold, 0)} cold, beyond chance"),
        Fact("Bandwidth", f"{words.number(study.smoothing.metres, 0)} m", study.smoothing.how),
    )


def _findings(study: Study) -> tuple[str, ...]:
    """Return the sentences that stand first: what is concentrated, new, sure and held against."""
    return (
        closer.concentration(study.insight),
        *closer.scan(study)[:3],
        *evidence.order(study)[:1],
        *(study.notes or ()),
    )


def _pictures(study: Study) -> dict[str, Picture | None]:
    return {
        "density": figure_maps.density_map(study),
        "ranks": figure_curves.ranks(study),
        "weeks": figure_curves.weeks(study),
        "shifts": figure_maps.shift_maps(study),
        "moving": figure_space_time.newest(study),
        "gistar": figure_maps.gistar_map(study),
        "history": figure_maps.history_map(study),
        "emerging": figure_maps.emerging_map(study),
        "concentration": figure_curves.concentration(study, study.insight),
        "bandwidth": figure_curves.bandwidths(study, study.smoothing),
        "multiples": figure_settings.small_multiples(study),
        "streets": figure_maps.streets_map(study),
        "against": None if study.beside is None else figure_maps.against_map(study, study.beside),
    }


def _tables(study: Study) -> dict[str, Any]:
    return {
        "hot_spots": hot_places(study),
        "hours": closer.hours_table(study),
        "when": closer.when_table(study),
        "moving": space_time(study),
        "classes": classes(study),
        "scan": closer.scan_table(study.insight),
        "concentration": closer.concentration_table(study.insight),
        "sensitivity": closer.sensitivity_table(study),
        "hot_streets": hot_streets(study),
        "localities": localities(study),
        "claims": evidence.claims(study),
        "sources": evidence.sources(study),
        "parameters": record.parameters(study),
    }
