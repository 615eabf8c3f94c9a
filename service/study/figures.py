"""A study's figures as JSON can hold them, for programs, and a few lines of them to print."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hotspots.sensitivity import covered_elsewhere
from maps.study.study import Study
from service.analysis.scene import Scene
from service.reading.sources import crimes_told

_SPOT_COLUMNS = [
    "hotspot_id", "rank", "rank_low", "rank_high", "stability", "name", "ward", "crimes", "expected_crimes",
    "expected_crimes_low", "expected_crimes_high", "expected_harm", "expected_harm_low", "expected_harm_high",
    "area_m2", "trend", "history",
]  # fmt: skip


def figures(scene: Scene, study: Study, *, forecast: str, widest: float | None) -> dict[str, Any]:
    """Return the run's figures, missing numbers as None."""
    cells, held = study.cells, study.hotspots
    found = {
        "period": str(scene.periods),
        "cell": scene.grid.cell,
        "bandwidth": study.smoothing.metres,
        "bandwidth_choice": _bandwidth(study, widest),
        "density": study.density,
        "crimes": len(scene.crimes),
        "hotspots": len(held),
        "area_share": float(held["area_m2"].sum() / scene.area),
        "hot_spots": _hot_spots(study),
        "forecast": forecast,
        "cells_with_crime": len(cells),
        "hot_cells": int((cells["spot"] == "hot").sum()),
        "gistar": {
            what: {side: int((cells[column] == side).sum()) for side in ("hot", "cold", "none")}
            for what, column in (("crimes", "spot"), ("harm", "spot_harm"))
        },
        "histories": counts(held["history"]),
        "cell_histories": counts(cells["history"]) if "history" in cells else {},
        "emerging": counts(cells["emerging"]) if "emerging" in cells else {},
        "concentration": _concentration(study),
        "sensitivity": _sensitivity(study),
        "week": _week(study),
        "shifts": {"surfaces": dict(study.shifts), "note": study.shift_note},
        "scan": _scan(study),
        "space_time": _space_time(study),
        "against": _beside(study),
        "hot_streets": _records(study.streets["hot_streets"].drop(columns="geometry")) if study.streets else [],
        "vulnerable_localities": _localities(study),
        "notes": list(study.notes),
    }
    return dict(_plain(found))


def counts(found: pd.Series) -> dict[str, int]:
    """Return how often each value occurs, those that occur."""
    return {str(name): int(number) for name, number in found.value_counts().items() if number}


def _bandwidth(study: Study, widest: float | None) -> dict[str, Any]:
    chosen = study.smoothing
    return {
        "metres": chosen.metres,
        "how": chosen.how,
        "sentence": chosen.sentence,
        "score": chosen.score,
        "curve": [] if chosen.curve is None else _records(chosen.curve),
        "normal_reference": widest,
    }


def _hot_spots(study: Study) -> list[dict[str, Any]]:
    table = pd.DataFrame(study.hotspots[_SPOT_COLUMNS])
    if study.insight.hours is not None:
        ranks = {name: f"hour_{name}" for name in ("rank", "rank_low", "rank_high")}
        table = table.join(study.insight.hours.set_index("hotspot_id").rename(columns=ranks), on="hotspot_id")
    if study.sensitivity is not None:
        table["covered"] = covered_elsewhere(study.hotspots, study.sensitivity)
    return _records(table)


def _concentration(study: Study) -> dict[str, Any]:
    table = study.insight.concentration
    whole = table[(table["offence"] == "all") & (table["year"] == "all")]
    return {"all": _records(whole)[0] if len(whole) else None, "by_offence": _records(table[table["year"] == "all"])}


def _sensitivity(study: Study) -> dict[str, Any] | None:
    found = study.sensitivity
    if found is None:
        return None
    others = found.settings["jaccard"].iloc[1:]
    return {
        "sentence": found.sentence,
        "settings": _records(found.settings),
        "median_jaccard": float(others.median()) if len(others) else None,
        "hot_spots": _records(found.hotspots.drop(columns="geometry")),
    }


def _week(study: Study) -> dict[str, Any]:
    week = study.insight.week
    if week is None:
        return {"note": study.insight.week_note, "known_within_hours": {}, "profiles": {}}
    return {
        "note": study.insight.week_note,
        "known_within_hours": {f"{hours:g}": float(share) for hours, share in week.known.items()},
        "profiles": {str(name): [round(float(x), 4) for x in row] for name, row in week.profiles.iterrows()},
    }


def _scan(study: Study) -> dict[str, Any]:
    scan = study.insight.scan
    if scan is None:
        return {"note": study.insight.scan_note, "clusters": []}
    return {
        "note": "",
        "crimes": scan.crimes,
        "permutations": int(scan.maxima.size),
        "clusters": _records(scan.clusters.drop(columns="geometry")),
    }


def _space_time(study: Study) -> dict[str, Any] | None:
    found = study.space_time
    if found is None:
        return None
    return {"days": found.days, "slice": found.unit, "peaks": _records(found.peaks), "sentence": found.sentence}


def _beside(study: Study) -> dict[str, Any] | None:
    found = study.beside
    if found is None:
        return None
    contours = [] if found.contours is None else _records(found.contours.drop(columns="geometry"))
    return {
        "what": found.what, "measure": found.measure, "bandwidth": found.bandwidth, "crimes": found.crimes,
        "reference": found.reference, "floored": found.floored, "contours": contours, "sentence": found.sentence,
    }  # fmt: skip


def _localities(study: Study) -> dict[str, Any] | None:
    found = study.localities
    if found is None:
        return None
    ranked = found.table[found.table["rank"].notna()].sort_values("rank", kind="stable")
    return {
        "areas": len(found.table),
        "missing": list(found.missing),
        "priority": [str(code) for code in ranked.index[ranked["priority"].astype(bool)]],
        "highest": _records(ranked.head(10).rename_axis("code").reset_index()),
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    """Return `value` in types that JSON holds; what is missing or not finite is None."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def summary(study: Study, found: dict[str, Any], out: Path, products: dict[str, Path]) -> str:
    """Return what was found and made, in a few lines."""
    histories = ", ".join(f"{number} {name}" for name, number in found["histories"].items())
    return "\n".join(
        (
            f"{study.force}: {found['period']}, run {study.run_id}",
            f"  {crimes_told(study.sources)}",
            f"  {found['crimes']:,} crimes in {found['cells_with_crime']:,} cells of {found['cell']:g} m, "
            f"bandwidth {found['bandwidth']:g} m; {found['hot_cells']:,} cells are hot",
            f"  {found['hotspots']} hot spots on {found['area_share']:.2%} of the area: {histories or 'none'}",
            *(f"  {note}" for note in found["notes"]),
            f"Made in {out}:",
            *(f"  {name}" for name in products),
        )
    )
