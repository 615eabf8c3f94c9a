"""Who suffers: the windows open for repeats and near repeats, as tiers on the map and as a table."""

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoSeries

from maps import words
from maps.drawing.elements import Label, Labels, group, shapes
from maps.drawing.lonlat import geometry_in_lonlat, middles
from maps.pack import Pack, Suffering
from maps.tasking.dates import day
from maps.tasking.facts import records
from maps.tasking.switch import Switch

_ACT: Final = {1: "act first", 2: "act next", 3: "then"}


def switches(pack: Pack) -> tuple[Switch, ...]:
    """Return the layer of open windows, if there are any."""
    found = pack.suffering
    if found is None or found.windows is None or found.windows.empty:
        return ()
    held = found.windows.sort_values("tier", ascending=False, kind="stable")  # those to act on first lie above
    outline, tips = geometry_in_lonlat(held.geometry, simplify=5.0), [_tip(row) for row in records(held)]
    looks = [
        {"look": f"window tier-{tier}", "tip": tip, "fill": f"url(#tier-{tier})"}
        for tier, tip in zip(held["tier"], tips, strict=True)
    ]
    layer = group([shapes(outline, looks, pane="spots"), Labels(_labels(held.geometry, held, tips), importance=5)])
    return (Switch("windows", "Open windows, by tier", layer),)


def facts(pack: Pack) -> dict[str, Any] | None:
    """Return what the page says of them, in words and as a table, or None where nobody asked."""
    found = pack.suffering
    if found is None:
        return None
    tiers = [] if found.windows is None else sorted({int(tier) for tier in found.windows["tier"]})
    return {
        "note": found.windows_note,
        "tiers": [{"number": tier, "words": f"Tier {tier}: {_ACT.get(tier, 'then')}"} for tier in tiers],
        "windows": [] if found.windows is None else [_row(row) for row in records(found.windows)],
        "repeats": (repeats := _repeats(found)),
        "chance": any(row["expected"] for row in repeats),
        "notes": [note for note in (found.places_note, found.victims_note, found.bands_note) if note],
    }


def near(pack: Pack) -> dict[str, tuple[str, ...]]:
    """Return the windows open on each hot spot (hotspot_id), each in words; those to act on first come first."""
    found = pack.suffering
    if found is None or found.windows is None or found.windows.empty:
        return {}
    held = found.windows.sort_values("tier", kind="stable")
    said = [_tip(row) for row in records(held)]
    spot, window = shapely.STRtree(held.geometry.to_numpy()).query(pack.hotspots.geometry.to_numpy(), "intersects")
    pairs = pd.Series(np.sort(window), index=pack.hotspots["hotspot_id"].to_numpy()[spot[np.argsort(window)]])
    return {str(key): tuple(said[at] for at in here) for key, here in pairs.groupby(level=0, sort=False)}


def _labels(places: GeoSeries, held: Any, tips: list[str]) -> list[Label]:
    longitude, latitude = middles(places)
    labels = [
        Label(longitude[at], latitude[at], f"tier tier-{row.tier}", f"{row.tier}: {_left(row)}", tips[at])
        for at, row in enumerate(records(held))
    ]
    return labels[::-1]


def _left(row: Any) -> str:
    return words.count(row.days_left, "day")


def _tip(row: Any) -> str:
    places = words.count(row.places, "recent crime")
    return f"Tier {row.tier}, {row.offence}: {places}, open until {day(row.expires)} ({_left(row)} left)"


def _row(row: Any) -> dict[str, Any]:
    return {
        "tier": row.tier,
        "offence": row.offence,
        "places": row.places,
        "until": day(row.expires),
        "left": _left(row),
        "ratio": f"{words.number(row.ratio)} times",
    }


def _repeats(found: Suffering) -> list[dict[str, str]]:
    shown = (("places", found.places), ("people", found.victims))
    return [
        {
            "who": f"{row.times} {'time' if row.times == '1' else 'times'}, {who}",
            "number": words.number(float(row.number), 0),
            "share": words.percent(float(row.share_of_crimes)),
            "expected": words.number(float(row.expected), 0) if np.isfinite(row.expected) else "",
        }
        for who, table in shown
        if table is not None
        for row in records(table)
        if row.times != "0"
    ]
