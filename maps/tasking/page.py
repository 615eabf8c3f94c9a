"""The tasking map: one page for the wall of a tasking meeting, and for the laptop and the phone of who was there."""

from typing import Any, Final

import folium
import numpy as np
import pandas as pd
from markupsafe import Markup

from maps import words
from maps.drawing.elements import Start, pane
from maps.drawing.lonlat import to_lonlat
from maps.drawing.offline import ASSETS, Page, asset, offline_map, page_html
from maps.escape import environment
from maps.pack import Pack
from maps.report.summary import proof
from maps.style import CLASSES, SHARE_OF_A_SHADE, Shading, shading
from maps.tasking import changed, delivered, finder, layers, moments, suffered
from maps.tasking.facts import Patrol, patrols, records, shifts
from maps.tasking.kinds import kinds
from maps.tasking.layers import PANES, RANKED, Drawn
from maps.tasking.questions import questions, switches
from maps.tasking.stories import stories, visit_words, ward_stories
from maps.tasking.switch import Question
from maps.tasking.walks import steps, way

STYLES: Final = ("page", "facts", "map")
_MARKS: Final = "A mark without a number is a hot spot close to another."
_MAP_HERE: Final = "<!--map-->"  # data cannot hold it: `escape` leaves no angle bracket


def tasking_map(pack: Pack, *, compact: bool = False) -> folium.Map:
    """
    Return the tasking map of one run, ready for `save_page`.

    Layers are switched by the meeting's questions: where, who suffers, what changed, when, who goes, what was
    delivered. Everything drawn also stands beside the map in words and tables; a place that is picked tells its story.

    Parameters
    ----------
    pack : one run's findings
    compact : bool
        Only the map, its questions and its key, for a frame inside a page that has the tables.
    """
    walks, classes = patrols(pack), shading(np.where(pack.study, pack.risk.to_numpy(), 0.0))
    parts, ground = switches(pack, walks, classes, moving=not compact), layers.streets(pack)
    asked = questions(pack, parts, walks, moving=not compact)
    views = _views(pack)
    drawn = offline_map(location=_middle(views["area"]), zoom_start=11, zoom_snap=0.25, max_zoom=19, min_zoom=6)
    for name, order in PANES.items():
        drawn.add_child(pane(name, order))
    for layer in (*layers.land(pack), *ground.layers, *(part.layer for part in parts)):
        drawn.add_child(layer)
    drawn.add_child(Start({part.name: part.layer for part in parts}, _settings(pack, views, asked, walks, compact)))
    context = _context(pack, walks, classes, ground) | _answers(pack, walks)
    _frame(pack, drawn, context | {"compact": compact, "views": views, "questions": asked, "switches": parts})
    return drawn


def map_fragment(pack: Pack, *, height: str = "40rem") -> Markup:
    """
    Return the compact tasking map as an `<iframe>` that holds the whole map and may reach nothing else.

    A page with a content policy of its own must allow the map's scripts: see `offline.script_hashes`.

    Parameters
    ----------
    pack : one run's findings
    height : of the frame, as a style sheet says it
    """
    inside = page_html(tasking_map(pack, compact=True)).replace("&", "&amp;").replace('"', "&quot;")
    return Markup(  # noqa: S704 - the page has passed `escape` piece by piece, and is quoted here
        f'<iframe title="Tasking map" sandbox="allow-scripts" style="width:100%;height:{height};border:0" '
        f'srcdoc="{inside}"></iframe>'
    )


def _frame(pack: Pack, drawn: folium.Map, context: dict[str, Any]) -> None:
    written = environment(ASSETS).get_template("tasking/page.html").render(map=Markup(_MAP_HERE), **context)  # noqa: S704 - a constant of ours
    above, below = (Markup(part) for part in written.split(_MAP_HERE))  # noqa: S704 - printed by our own template
    title = f"Tasking map, {pack.force}, {pack.period}"
    look = "compact" if context["compact"] else "full"
    style = "".join(asset(f"tasking/{name}.css") for name in STYLES)
    Page(title=title, style=style, look=look, above=above, below=below).add_child(drawn)


def _settings(
    pack: Pack, views: dict[str, Any], asked: tuple[Question, ...], walks: tuple[Patrol, ...], compact: bool
) -> dict[str, Any]:
    groups = {} if compact else {f"patrols-{number}": group for number, group in enumerate(shifts(walks).values())}
    return {
        "views": views,
        "first": "spots" if "spots" in views else "area",
        "label": "Map. Arrow keys move it, plus and minus change the scale.",
        "questions": {question.name: list(question.choices.values()) for question in asked},
        "steps": {name: steps(pack, group) for name, group in groups.items()},
        "places": [] if compact else finder.places(pack),
        "kinds": [] if compact else [[kind.keys, kind.told] for kind in kinds(pack)],
    }


def _context(pack: Pack, walks: tuple[Patrol, ...], classes: Shading, ground: Drawn) -> dict[str, Any]:
    told = stories(pack, walks)
    visits = sum(len(story.visits) for story in told)
    return {
        **{name: getattr(pack, name) for name in ("force", "marking", "period", "next_period", "run_id", "rank_by")},
        "harm_note": f"Harm: {pack.risk_unit}." if pack.rank_by == "harm" else "",
        "tiles": _tiles(pack, visits),
        "ramp": _ramp(pack, classes),
        "ramp_unit": f"{words.capital(RANKED[pack.rank_by])} expected a week, in squares of {pack.grid.cell:g} metres.",
        "ramp_note": _ramp_note(pack),
        "marks_note": _MARKS,
        "classes": layers.key_of_classes(pack),
        "ground_notes": _ground_notes(ground),
        "stories": [_story(story) for story in told],
        "kinds": kinds(pack),
        "wards": ward_stories(pack),
        "credits": " ".join(words.sentence(credit) for credit in pack.credits),
        **_trust(pack),
    }


def _answers(pack: Pack, walks: tuple[Patrol, ...]) -> dict[str, Any]:
    return {
        "suffers": suffered.facts(pack),
        "changes": changed.facts(pack),
        "when": moments.facts(pack),
        "shifts": [_shift(at, name, group) for at, (name, group) in enumerate(shifts(walks).items())],
        "driven": any(walk.driven_back or any(stop.driven for stop in walk.stops) for walk in walks),
        "staffing_alternatives": _alternatives(pack.staffing.alternatives),
        "schedule_alternatives": _alternatives(pack.schedule.alternatives),
        "staffing_unmet": pack.staffing.unmet,
        "delivered": delivered.facts(pack),
    }


def _tiles(pack: Pack, visits: int) -> list[dict[str, str]]:
    expected = words.number(float(pack.hotspots["expected_crimes"].sum()))
    return [
        {"value": str(len(pack.hotspots)), "words": "hot spots"},
        {"value": words.percent(pack.area_share), "words": "of the area"},
        {"value": expected, "words": "crimes a week in them"},
        {"value": words.number(visits, 0), "words": "patrol visits a day"},
    ]


def _ramp(pack: Pack, classes: Shading) -> list[dict[str, Any]]:
    study = max(1, int(pack.study.sum()))
    return [
        {
            "number": name,
            "low": f"\N{GREATER-THAN OR EQUAL TO} {words.number(classes.low[name])}",
            "area": f"{words.percent(classes.cells[name] / study)} of area",
        }
        for name in range(1, CLASSES + 1)
        if name in classes.low
    ]


def _ramp_note(pack: Pack) -> str:
    side, what = f"{pack.grid.cell:g}", RANKED[pack.rank_by]
    return (
        f"Expected {pack.risk_unit}, in each square of {side} by {side} metres. Each shade holds about "
        f"{words.percent(SHARE_OF_A_SHADE)} of all {what}; the rest is not painted."
    )


def _ground_notes(ground: Drawn) -> list[str]:
    if ground.within_m is None:
        return []
    return [f"More than {words.number(ground.within_m / 1000)} km from a hot spot not every street is drawn."]


def _story(story: Any) -> dict[str, Any]:
    visits = sorted(story.visits, key=lambda visit: (visit[1].arrive, visit[0].unit))
    told = [{"key": walk.key, "who": visit_words(walk, stop), "stop": stop} for walk, stop in visits]
    return {**vars(story), "visits": told, "recorded": words.number(story.recorded)}


def _shift(number: int, name: str, walks: tuple[Patrol, ...]) -> dict[str, Any]:
    told = [
        {
            **vars(walk),
            "km": words.number(walk.metres / 1000),
            "away": "" if walk.base in walk.unit else walk.base,
            "ways": [way(stop.metres, stop.driven) for stop in walk.stops],
        }
        for walk in walks
    ]
    stops = sum(len(walk.stops) for walk in walks)
    total = f"{words.count(len(walks), 'patrol')}, {words.count(stops, 'visit')}."
    return {"words": name, "switch": f"patrols-{number}", "walks": told, "sum": words.sentence(total)}


def _alternatives(table: pd.DataFrame) -> list[dict[str, str]]:
    return [{"plan": row.plan, "share": words.percent(row.share_of_best)} for row in records(table)]


def _trust(pack: Pack) -> dict[str, Any]:
    claims = pack.fitness.claims
    refused = claims.loc[~claims["allowed"].astype(bool)]
    totals = pack.sources[["rows_read", "rows_accepted", "rows_rejected"]].sum()
    read, accepted, rejected = (words.number(float(total), 0) for total in totals)
    plan = pack.schedule
    return {
        "forecast_sentence": words.sentence(pack.backtest.sentence),
        "forecast_note": words.sentence(pack.backtest.note),
        "gap_sentence": f"{proof(plan.gap, plan.objective, plan.bound)} Walks are measured by {plan.travel_basis}.",
        "warnings": pack.fitness.warnings,
        "refused": [(row.claim, row.reason) for row in records(refused)],
        "assumptions": [words.glued(line) for line in pack.assumptions],
        "rows_sentence": f"{read} rows were read: {accepted} accepted, {rejected} refused with the reason.",
    }


def _views(pack: Pack) -> dict[str, list[list[float]]]:
    views = {"area": _bounds(pack.wards.total_bounds, pack)}
    if len(pack.hotspots):
        views["spots"] = _bounds(pack.hotspots.total_bounds, pack)
    return views


def _bounds(bounds: Any, pack: Pack) -> list[list[float]]:
    west, south, east, north = bounds
    longitude, latitude = to_lonlat(np.array([west, east]), np.array([south, north]), pack.grid.crs)
    return [[round(float(b), 6), round(float(a), 6)] for a, b in zip(longitude, latitude, strict=True)]


def _middle(view: list[list[float]]) -> list[float]:
    (south, west), (north, east) = view
    return [round((south + north) / 2, 6), round((west + east) / 2, 6)]
