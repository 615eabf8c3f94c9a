"""What was delivered: planned beside delivered minutes at each hot spot of the last tasking, and what was decided."""

from typing import Any

import pandas as pd
import shapely

from maps import words
from maps.drawing.elements import Label, Labels, group, shapes
from maps.drawing.lonlat import geometry_in_lonlat, middles
from maps.pack import Pack
from maps.tasking.changed import told
from maps.tasking.dates import day
from maps.tasking.facts import records
from maps.tasking.switch import Switch


def switches(pack: Pack) -> tuple[Switch, ...]:
    """Return the layer of the last tasking's hot spots, each with a bar that is filled as far as was delivered."""
    if pack.past is None or pack.past.hotspots.empty:
        return ()
    held = pack.past.hotspots.sort_values("rank", kind="stable")
    longitude, latitude = middles(held.geometry)
    tips = [f"{row.rank}. {row.name}: {_minutes(row)}" for row in records(held)]
    bars = [
        Label(longitude[at], latitude[at], f"dose {_look(row)}", _short(row), tips[at], fill=_share(row))
        for at, row in enumerate(records(held))
        if row.planned_minutes > 0 or row.delivered_minutes > 0
    ]
    outline = shapes(
        geometry_in_lonlat(held.geometry), [{"look": "spot past", "tip": tip} for tip in tips], pane="spots"
    )
    return (Switch("delivered", "Planned against delivered", group([outline, Labels(bars, importance=5)])),)


def facts(pack: Pack) -> dict[str, Any] | None:
    """Return what the page says of the last tasking, or None where it was not given."""
    found = pack.past
    if found is None:
        return None
    return {
        "sentence": words.sentence(found.sentence),
        "notes": [words.sentence(note) for note in found.notes],
        "run": found.run_id,
        "times": f"{found.before} beside {found.after}",
        "rows": [_row(row) for row in records(found.hotspots.sort_values("rank", kind="stable"))],
    }


def last_time(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Return what was decided and delivered last time where most of a hot spot (hotspot_id) lies, in sentences."""
    if pack.past is None or pack.past.hotspots.empty:
        return {}
    held, spots = list(records(pack.past.hotspots)), pack.hotspots.geometry.to_numpy()
    before = pack.past.hotspots.geometry.to_numpy()
    now, then = shapely.STRtree(before).query(spots, "intersects")
    shared = shapely.area(shapely.intersection(spots[now], before[then]))
    pairs = pd.DataFrame({"now": now, "then": then, "shared": shared})
    most = pairs[pairs["shared"] > 0].sort_values(["shared", "then"], ascending=[False, True]).drop_duplicates("now")
    keys = pack.hotspots["hotspot_id"].to_numpy()
    return {str(keys[at]): _told(held[number]) for at, number in zip(most["now"], most["then"], strict=True)}


def _told(row: Any) -> tuple[str, ...]:
    said = (f"Ranked {row.rank} as {row.name}.", _decision(row), f"{words.capital(_minutes(row))}.", row.sentence)
    return tuple(words.sentence(line) for line in said if line)


def _decision(row: Any) -> str:
    if pd.isna(row.decision):
        return "No decision was recorded."
    by = "" if pd.isna(row.owner) or not row.owner else f", {row.owner}"
    why = "" if pd.isna(row.reason) or not row.reason else f": {row.reason}"
    return f"Decided: {row.decision}{by}{why}. {_review(row)}"


def _review(row: Any) -> str:
    if pd.isna(row.review_date):
        return ""
    return f"Review {'was due' if row.overdue else 'is due'} on {day(row.review_date)}."


def _minutes(row: Any) -> str:
    if not row.planned_minutes > 0 and not row.delivered_minutes > 0:
        return "no patrol was planned"
    planned = f"{words.number(row.planned_minutes, 0)} minutes planned"
    if pd.isna(row.delivered_minutes):
        return f"{planned}, no debrief given"
    return f"{planned}, {words.number(row.delivered_minutes, 0)} delivered ({words.percent(_share(row))})"


def _short(row: Any) -> str:
    done = "?" if pd.isna(row.delivered_minutes) else words.number(row.delivered_minutes, 0)
    return f"{done} of {words.number(row.planned_minutes, 0)} min"


def _share(row: Any) -> float:
    if pd.isna(row.delivered_minutes) or not row.planned_minutes > 0:
        return 0.0
    return float(row.delivered_minutes / row.planned_minutes)


def _look(row: Any) -> str:
    return "untold" if pd.isna(row.delivered_minutes) else "short" if _share(row) < 1 else "whole"


def _row(row: Any) -> dict[str, Any]:
    untold = pd.isna(row.delivered_minutes)
    planned = row.planned_minutes > 0
    return {
        "rank": row.rank,
        "name": row.name,
        "decision": "none recorded" if pd.isna(row.decision) else row.decision,
        "owner": "" if pd.isna(row.owner) else row.owner,
        "review": _review(row),
        "overdue": bool(row.overdue),
        "planned": words.number(row.planned_minutes, 0) if planned else "none",
        "delivered": ("not given" if planned else "") if untold else words.number(row.delivered_minutes, 0),
        "share": words.percent(_share(row)) if planned and not untold else "",
        "change": words.sentence(told(row)),
    }
