"""The products of an earlier run, read back: what was tasked, until when, and that it is what it says it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pandas as pd
from geopandas import GeoDataFrame
from pyogrio.errors import DataLayerError, DataSourceError

from geodata.errors import InputError, NotFoundError
from geodata.tables import PLAN, check
from service.manifest import sha256_of
from service.profile.force import Profile
from service.reading.tasking_records import Records, read_decisions, read_delivered

MANIFEST: Final = "manifest.json"
HOT_SPOTS: Final = "hotspots.gpkg"
PLANNED: Final = "plan.csv"
FILES: Final = (MANIFEST, HOT_SPOTS, PLANNED)
_COLUMNS: Final = ["hotspot_id", "rank", "name", "ward", "geometry"]


@dataclass(frozen=True, eq=False)
class LastRun:
    """
    The last tasking, and what was recorded of it since.

    Parameters
    ----------
    run : its fingerprint
    until : first moment that it did not know, local clock without a zone
    hotspots : hotspot_id, rank, name, ward, geometry
    plan : table of stops: one day's pattern
    decisions, delivered : what was recorded, None where no file was given
    debt : minutes that were owed to its hot spots when it was planned, by hotspot_id
    """

    run: str
    until: pd.Timestamp
    hotspots: GeoDataFrame
    plan: pd.DataFrame
    decisions: Records | None
    delivered: Records | None
    debt: Mapping[str, float] = field(default_factory=dict)


def read_last_run(folder: Path, profile: Profile, decisions: Path | None, delivered: Path | None) -> LastRun:
    """
    Return the last tasking from the folder of its products.

    Parameters
    ----------
    folder : where `beatplan report` wrote
    profile : of this run: both must be of one force and in one CRS
    decisions, delivered : CSV files, each optional

    Raises
    ------
    NotFoundError
        If a file is not there.
    InputError
        If the manifest is none, is of another force or CRS, or names other files than those beside it; or if a table
        lacks columns.
    """
    lacking = [name for name in FILES if not (folder / name).is_file()]
    if lacking:
        raise NotFoundError(f"The last tasking must be a folder with {', '.join(FILES)}; {lacking[0]} is not there.")
    manifest = _manifest(folder)
    _same_force(manifest, profile)
    for name in (HOT_SPOTS, PLANNED):
        if manifest["products"].get(name) != sha256_of(folder / name):
            raise InputError(f"The last tasking must be as it was written; its {name} is not the one it made.")
    hotspots, plan = _hotspots(folder / HOT_SPOTS), _plan(folder / PLANNED)
    known = set(hotspots["hotspot_id"])
    return LastRun(
        run=str(manifest["run"]),
        until=pd.Timestamp(manifest["figures"]["until"]),
        hotspots=hotspots,
        plan=plan,
        decisions=None if decisions is None else read_decisions(decisions, known),
        delivered=None if delivered is None else read_delivered(delivered, known),
        debt=_debt(manifest["figures"].get("debt", {}), known),
    )


def _debt(found: Any, known: set[str]) -> dict[str, float]:
    """Return the minutes owed that a manifest tells of."""
    whole = isinstance(found, dict) and set(found) <= known
    if not whole or any(isinstance(owed, bool) or not isinstance(owed, int | float) for owed in found.values()):
        raise InputError("The debt of the last tasking must be minutes by hot spot, and is not.")
    return {str(spot): float(owed) for spot, owed in found.items() if owed > 0}


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        own = ("run", "products", "figures", "settings")
        parts = [found[name] for name in own]
        pd.Timestamp(found["figures"]["until"]).normalize()
        if all(isinstance(part, kind) for part, kind in zip(parts, (str, dict, dict, dict), strict=True)):
            return dict(found)
    except (UnicodeDecodeError, ValueError, KeyError, TypeError):
        pass
    raise InputError(
        f"The last tasking must have the manifest of a report that says until when it knew; {folder.name} has none."
    )


def _same_force(manifest: dict[str, Any], profile: Profile) -> None:
    own = manifest["settings"].get("profile", {})
    pairs = (
        ("force", own.get("force", {}).get("name"), profile.force.name),
        ("CRS", own.get("analysis", {}).get("crs"), profile.analysis.crs),
    )
    for what, theirs, ours in pairs:
        if theirs != ours:
            raise InputError(f"The last tasking must be of the same {what} as this run, {ours}; it is of {theirs}.")


def _hotspots(path: Path) -> GeoDataFrame:
    try:
        table = gpd.read_file(path, layer="hot_spots")
    except (DataSourceError, DataLayerError):
        raise InputError("The hot spots of the last tasking must be a layer of its GeoPackage, and are not.") from None
    missing = [name for name in _COLUMNS if name not in table]
    if missing:
        raise InputError(f"The hot spots of the last tasking must have the column {missing[0]}, and have not.")
    text = dict.fromkeys(("hotspot_id", "name", "ward"), "string")
    found = GeoDataFrame(table[_COLUMNS].astype(text), geometry="geometry", crs=table.crs)
    return found.sort_values("rank", kind="stable", ignore_index=True)


def _plan(path: Path) -> pd.DataFrame:
    kinds = {name: str(column.dtype) for name, column in PLAN.columns.items() if column.dtype is not None}
    try:
        table = pd.read_csv(path, dtype="string", keep_default_na=False, encoding="utf-8-sig")
        return check(table[list(kinds)].astype(kinds), PLAN)
    except (KeyError, ValueError):  # what pandas raises of a table that is none, of text and of numbers
        raise InputError("The plan of the last tasking must be a table of stops, and is not.") from None
