"""Two runs side by side: what went in, which hot spots stayed, came or went, and where the teams' posts moved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from geopandas import GeoDataFrame

from service.reading.last_run import HOT_SPOTS, MANIFEST

_NONE: Final = ""  # where there is nothing on one side
_POSTS: Final = ("constables", "csos")


@dataclass(frozen=True)
class Differences:
    """
    What differs from one run to the next; each row as a page shows it.

    Parameters
    ----------
    inputs : kind, file, change ("new", "gone" or "other content")
    settings : setting, before, after
    hotspots : place, ward, before, after (identifiers; "" where it is not one), rank_before, rank_after
        Two hot spots are the same where they overlap, each the other's largest share.
    teams : ward, and posts before and after of constables and CSOs; wards without a change left out
    """

    inputs: tuple[dict[str, Any], ...]
    settings: tuple[dict[str, Any], ...]
    hotspots: tuple[dict[str, Any], ...]
    teams: tuple[dict[str, Any], ...]


def compare_runs(before: Path, after: Path) -> Differences:
    """
    Return what differs between two runs.

    Parameters
    ----------
    before, after : folders of their products
    """
    manifests = [json.loads((folder / MANIFEST).read_text(encoding="utf-8")) for folder in (before, after)]
    settings = [dict(_leaves(manifest["settings"])) for manifest in manifests]
    drawn = all((folder / HOT_SPOTS).is_file() for folder in (before, after))
    files = [folder / HOT_SPOTS for folder in (before, after)] if drawn else []
    spots = [gpd.read_file(path, layer="hot_spots") for path in files]
    wards = [gpd.read_file(path, layer="wards", ignore_geometry=True) for path in files]
    return Differences(
        inputs=_inputs(*(manifest["inputs"] for manifest in manifests)),
        settings=tuple(
            {"setting": name, "before": settings[0].get(name, _NONE), "after": settings[1].get(name, _NONE)}
            for name in sorted({*settings[0], *settings[1]})
            if settings[0].get(name) != settings[1].get(name)
        ),
        hotspots=_hotspots(*spots) if spots else (),
        teams=_teams(*wards) if wards else (),
    )


def _inputs(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    sides = [{(row["kind"], row["file"]): row["sha256"] for row in rows} for rows in (before, after)]
    found = []
    for kind, file in sorted({*sides[0], *sides[1]}):
        was, now = sides[0].get((kind, file)), sides[1].get((kind, file))
        if was != now:
            change = "new" if was is None else "gone" if now is None else "other content"
            found.append({"kind": kind, "file": file, "change": change})
    return tuple(found)


def _leaves(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Return each single setting by its place, as text."""
    if isinstance(value, Mapping):
        return [leaf for name, each in value.items() for leaf in _leaves(each, f"{path}.{name}" if path else str(name))]
    return [(path, json.dumps(value, ensure_ascii=False, sort_keys=True))]


def _hotspots(before: GeoDataFrame, after: GeoDataFrame) -> tuple[dict[str, Any], ...]:
    """Pair hot spots by their overlap; list those of the newer run by rank, then those that went."""
    pairs = _pairs(before, after.to_crs(before.crs))
    old, new = ({spot["hotspot_id"]: spot for spot in _by_rank(table)} for table in (before, after))
    held = [_row(spot, old.get(pairs.get(each, "")), spot) for each, spot in new.items()]
    return (*held, *(_row(spot, spot, None) for each, spot in old.items() if each not in set(pairs.values())))


def _by_rank(spots: GeoDataFrame) -> list[dict[str, Any]]:
    table = pd.DataFrame(spots.drop(columns="geometry")).sort_values("rank", kind="stable")
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _row(spot: Mapping[str, Any], before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what a page tells of a hot spot on either side."""
    return {
        "place": str(spot["name"]),
        "ward": str(spot.get("ward_name") or spot["ward"]),
        "before": _NONE if before is None else before["hotspot_id"],
        "after": _NONE if after is None else after["hotspot_id"],
        "rank_before": _NONE if before is None else int(before["rank"]),
        "rank_after": _NONE if after is None else int(after["rank"]),
    }


def _pairs(before: GeoDataFrame, after: GeoDataFrame) -> dict[str, str]:
    """Return, by the newer hot spot, the older one with which each shares most ground."""
    left, right = after.sindex.query(before.geometry, predicate="intersects")
    shared = before.geometry.iloc[left].intersection(after.geometry.iloc[right], align=False).area.to_numpy()
    table = pd.DataFrame({"old": before["hotspot_id"].to_numpy()[left], "new": after["hotspot_id"].to_numpy()[right]})
    table = table.assign(shared=shared).query("shared > 0").sort_values("shared", ascending=False, kind="stable")
    best_new = table.drop_duplicates("old").set_index("old")["new"]
    best_old = table.drop_duplicates("new").set_index("new")["old"]
    return {str(new): str(old) for new, old in best_old.items() if best_new[old] == new}


def _teams(before: pd.DataFrame, after: pd.DataFrame) -> tuple[dict[str, Any], ...]:
    if not all(role in table for role in _POSTS for table in (before, after)):
        return ()
    both = before.merge(after, on="code", how="outer", suffixes=("_before", "_after"))
    rows = []
    for row in both.sort_values("code").to_dict("records"):
        posts = {f"{role}_{side}": _posts(row[f"{role}_{side}"]) for role in _POSTS for side in ("before", "after")}
        if any(posts[f"{role}_before"] != posts[f"{role}_after"] for role in _POSTS):
            name = row["name_after"] if isinstance(row["name_after"], str) else row["name_before"]
            rows.append({"ward": f"{row['code']} {name}", **posts})
    return tuple(rows)


def _posts(value: Any) -> int | str:
    return _NONE if pd.isna(value) else int(value)
