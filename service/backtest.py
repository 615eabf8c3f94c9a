"""Which forecast to trust with this force's, or this city's, crime: every method tried on the last periods."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

import hotspots
from geodata import cast
from geodata.errors import InputError
from hotspots import METHODS
from hotspots.backtest import LEAST_HISTORY, Backtest, backtest
from hotspots.choose import patrollable_share
from hotspots.forecast import BASELINE
from service import manifest
from service.backtest_scene import BacktestRequest, BacktestScene, backtest_scene
from service.backtest_summary import summary
from service.kept_scores import remembering
from service.profile import Profile

Stage = Callable[[str], AbstractContextManager[None]]
CELLS_IN_BANDWIDTH: Final = 3.0
SCORES_FILE: Final = "backtest-scores.jsonl"


@dataclass(frozen=True)
class BacktestOutcome:
    """What a back-test found, its figures as JSON can hold them, and a summary to print."""

    found: Backtest
    figures: dict[str, Any]
    summary: str


def run_backtest(
    request: BacktestRequest,
    *,
    stage: Stage = lambda _name: nullcontext(),
    steps: Callable[[int], AbstractContextManager[Callable[[], None]]] = lambda _most: nullcontext(lambda: None),
) -> BacktestOutcome:
    """
    Try every method on the last periods.

    Parameters
    ----------
    request : what is asked
    stage : called with each stage's name as it begins; the stage runs inside what it returns
    steps : called with the number of scores to come, at most; gives what is called as each is there

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule.
    """
    with stage("read"):
        scene = backtest_scene(request)
    settings = _settings(request, scene)
    made_by = {"versions": manifest.versions(), "methods": _program()}
    run = manifest.fingerprint(_sources(request, scene), settings | made_by)
    asked = {BASELINE, *(request.methods or METHODS)}
    most = min(request.origins, max(0, scene.periods.size - LEAST_HISTORY)) * len(asked)
    with steps(most) as tick:
        found = backtest(
            scene.crimes, scene.ground.grid, scene.periods, study=scene.ground.study, share=settings["share"],
            bandwidth=settings["bandwidth"], harm=scene.harm, origins=request.origins, seed=request.seed,
            methods=request.methods, street=scene.street, remember=remembering(_kept_in(request.out), run, tick),
        )  # fmt: skip
    figures = _figures(request, scene, found, settings, run)
    return BacktestOutcome(found, figures, summary(found, figures))


def _settings(request: BacktestRequest, scene: BacktestScene) -> dict[str, Any]:
    """Return all that a score depends on beside the files: not the number of origins, nor which methods are asked."""
    area = float(scene.ground.study.sum()) * scene.ground.grid.cell_area
    share = request.share
    if share is None:
        share = patrollable_share(area, max_area=Profile().analysis.largest_hotspot)
    bandwidth = CELLS_IN_BANDWIDTH * request.cell if request.bandwidth is None else request.bandwidth
    return {
        "verb": "backtest",
        "cell": request.cell,
        "share": share,
        "bandwidth": cast.above_zero(bandwidth, "--bandwidth", "metres"),
        "from": str(scene.periods.start),
        "to": str(scene.periods.end),
        "period": request.period or scene.periods.unit,
        "harm": None if request.harm is None else Path(request.harm).name,
        "crs": scene.ground.grid.crs,
        "columns": None if request.events is None else {**asdict(request.events), "paths": None},
    }


def _sources(request: BacktestRequest, scene: BacktestScene) -> pd.DataFrame:
    others = {
        "areas": request.areas, "outline": request.polygon, "streets": request.streets, "profile": request.profile,
        "harm": Path(request.harm) if request.harm and Path(request.harm).is_file() else None,
    }  # fmt: skip
    more = [
        {"file": path.name, "kind": kind, "sha256": manifest.sha256_of(path)} for kind, path in others.items() if path
    ]
    return pd.concat([scene.read.sources, pd.DataFrame(more)], ignore_index=True)


def _program() -> str:
    """Return the sha256 over the program's own methods: a score that another edition of them found is not taken."""
    place = Path(hotspots.__path__[0])
    parts = sorted((path.relative_to(place).as_posix(), manifest.sha256_of(path)) for path in place.rglob("*.py"))
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _kept_in(out: Path | None) -> Path | None:
    if out is None:
        return None
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, and {out.name} is a file.")
    out.mkdir(parents=True, exist_ok=True)
    return out / SCORES_FILE


def _figures(
    request: BacktestRequest, scene: BacktestScene, found: Backtest, settings: dict[str, Any], run: str
) -> dict[str, Any]:
    read, ground = scene.read, scene.ground
    return {
        "run": run,
        "versions": manifest.versions(),
        "settings": settings | {"origins": request.origins, "seed": request.seed},
        "inputs": _sources(request, scene)[["file", "kind", "sha256"]].astype(str).to_dict("records"),
        "rows": {"accepted": len(read.crimes), "rejected": len(read.rejects)},
        "crimes": {"analysed": len(scene.crimes), "outside": ground.outside, "excluded": scene.excluded},
        "area": {
            "km2": float(ground.study.sum()) * ground.grid.cell_area / 1e6,
            "cells": int(ground.study.sum()),
            "flagged_share": found.share,
            "note": ground.note,
        },
        "methods": found.summary["method"].tolist() or [BASELINE],
        "not_run": dict(found.not_run),
        "scores": records(found.scores),
        "summary": records(found.summary),
        "differences": records(found.differences),
        "choosing_anew": dict(found.prequential),
        "best": found.best,
        "best_baseline": found.best_baseline,
        "sentence": found.sentence,
        "note": found.note,
    }


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON can hold them: None for what is not known."""
    plain = table.astype(object).where(table.notna() & ~table.isin([np.inf, -np.inf]), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value
