"""The tasking map: one page for the wall of a tasking meeting, and for the laptop and the phone of who was there."""

from typing import Any, Final

import folium
import numpy as np
import pandas as pd
from markupsafe import Markup

from maps import words
from maps.elements import Start, pane
from maps.escape import environment
from maps.facts import Patrol, patrols, records, shift_name, shifts, stories, ward_rows
from maps.layers import PANES, RANKED, Drawn, Switch, land, streets, switches
from maps.lonlat import to_lonlat
from maps.offline import ASSETS, Page, asset, offline_map, page_html
from maps.pack import Pack
from maps.style import CLASSES, SHARE_OF_A_SHADE, Shading, shading

_MAP_HERE: Final = "<!--map-->"  # data cannot hold it: `escape` leaves no angle bracket


def tasking_map(pack: Pack, *, compact: bool = False) -> folium.Map:
    """
    Return the tasking map of one run, ready for `save_page`.

    Layers are switched by the meeting's questions: where harm gathers, the hot spots, the teams of each ward, the
    patrols of each shift. Everything drawn also stands beside the map in words and tables.

    Parameters
    ----------
    pack : one run's findings
    compact : bool
        Only the map, its switches and its key, for a frame inside a page that has the tables.
    """
    walks, classes = patrols(pack), shading(np.where(pack.study, pack.risk.to_numpy(), 0.0))
    parts, ground = switches(pack, walks, classes), streets(pack)
    views = _views(pack)
    drawn = offline_map(location=_middle(views["area"]), zoom_start=11, zoom_snap=0.25, max_zoom=19, min_zoom=6)
    for name, order in PANES.items():
        drawn.add_child(pane(name, order))
    for layer in (*land(pack), *ground.layers, *(part.layer for part in parts)):
        drawn.add_child(layer)
    first = "spots" if "spots" in views else "area"
    settings = {"views": views, "first": first, "label": "Map. Arrow keys move it, plus and minus change the scale."}
    drawn.add_child(Start({part.name: part.layer for part in parts}, settings))
    _frame(pack, drawn, _context(pack, walks, classes, parts, ground) | {"compact": compact, "views": views})
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
    written = environment(ASSETS).get_template("tasking.html").render(map=Markup(_MAP_HERE), **context)  # noqa: S704
    above, below = (Markup(part) for part in written.split(_MAP_HERE))  # noqa: S704 - printed by our own template
    title = f"Tasking map, {pack.force}, {pack.period}"
    look = "compact" if context["compact"] else "full"
    Page(title=title, style=asset("tasking.css"), look=look, above=above, below=below).add_child(drawn)


def _context(
    pack: Pack, walks: tuple[Patrol, ...], classes: Shading, parts: tuple[Switch, ...], ground: Drawn
) -> dict[str, Any]:
    told = stories(pack, walks)
    visits = sum(len(story.visits) for story in told)
    return {
        **{name: getattr(pack, name) for name in ("force", "marking", "period", "next_period", "run_id", "rank_by")},
        "harm_note": f"Harm: {pack.risk_unit}." if pack.rank_by == "harm" else "",
        "tiles": _tiles(pack, visits),
        "switches": [_switch(part) for part in parts],
        "ramp": _ramp(pack, classes),
        "ramp_note": _ramp_note(pack),
        "ground_notes": _ground_notes(ground),
        "stories": [_story(story) for story in told],
        "wards": [_ward(row) for row in records(ward_rows(pack))],
        "shifts": [_shift(at, name, group) for at, (name, group) in enumerate(shifts(walks).items())],
        "staffing_alternatives": _alternatives(pack.staffing.alternatives),
        "schedule_alternatives": _alternatives(pack.schedule.alternatives),
        "staffing_unmet": pack.staffing.unmet,
        **_trust(pack),
        "credits": " ".join(words.sentence(credit) for credit in pack.credits),
    }


def _tiles(pack: Pack, visits: int) -> list[dict[str, str]]:
    expected = words.number(float(pack.hotspots["expected_crimes"].sum()))
    return [
        {"value": str(len(pack.hotspots)), "words": "hot spots"},
        {"value": words.percent(pack.area_share), "words": "of the area"},
        {"value": expected, "words": "crimes a week"},
        {"value": words.number(visits, 0), "words": "patrol visits"},
    ]


def _switch(part: Switch) -> dict[str, Any]:
    kind = part.name.split("-")[0]
    return {"name": part.name, "kind": kind, "words": part.words, "shown": part.shown}


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
        f"{words.percent(SHARE_OF_A_SHADE)} of all expected {what}; the rest, spread thin, is not painted."
    )


def _ground_notes(ground: Drawn) -> list[str]:
    if ground.within_m is None:
        return []
    return [f"Streets are drawn within {words.number(ground.within_m / 1000)} km of a hot spot."]


def _story(story: Any) -> dict[str, Any]:
    visits = [(_who(walk), stop) for walk, stop in story.visits]
    return {**vars(story), "visits": visits, "recorded": words.number(story.recorded)}


def _who(walk: Patrol) -> str:
    """Return the unit with its shift and base, unless its name has them already."""
    more = {walk.shift: shift_name(walk.shift), walk.base: f"from {walk.base}"}
    return ", ".join([walk.unit, *(told for name, told in more.items() if name not in walk.unit)])


def _ward(row: Any) -> dict[str, Any]:
    harm = words.number(row.expected_harm)
    return {"name": row.name, "constables": row.constables, "csos": row.csos, "harm": harm, "reason": row.reason}


def _shift(number: int, name: str, walks: tuple[Patrol, ...]) -> dict[str, Any]:
    told = [
        {**vars(walk), "km": words.number(walk.metres / 1000), "away": "" if walk.base in walk.unit else walk.base}
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
    return {
        "forecast_sentence": words.sentence(pack.backtest.sentence),
        "forecast_note": words.sentence(pack.backtest.note),
        "gap_sentence": f"No plan under these rules is worth over {words.percent(pack.schedule.gap)} more than these "
        f"patrols. Walks are measured by {pack.schedule.travel_basis}.",
        "warnings": pack.fitness.warnings,
        "refused": [(row.claim, row.reason) for row in records(refused)],
        "assumptions": pack.assumptions,
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
