"""Which forecast to trust with this force's, or this city's, crime: every method tried on the last periods."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import hotspots
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2
from hotspots import METHODS
from hotspots.backtest import LEAST_HISTORY, Backtest, backtest
from hotspots.forecast import BASELINE
from service import manifest
from service.forecasting.kept_scores import remembering
from service.forecasting.scene import BacktestRequest, BacktestScene, backtest_scene
from service.forecasting.summary import summary
from service.plain_table import records
from service.stages import Stage, silent

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
    stage: Stage = silent,
    steps: Callable[[int], AbstractContextManager[Callable[[], None]]] = lambda _most: nullcontext(lambda: None),
) -> BacktestOutcome:
    """
    Try every method on the last periods.

    Parameters
    ----------
    request : what is asked
    stage : tells of each stage
    steps : called with the number of scores to come, at most; gives what is called as each is there

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule.
    """
    with stage("read"):
        scene = backtest_scene(request)
    settings = scene.settings
    made_by = {"versions": manifest.versions(), "methods": _program()}
    run = manifest.fingerprint(scene.sources, settings | made_by)
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
        "inputs": scene.sources[["file", "kind", "sha256"]].astype(str).to_dict("records"),
        "rows": read.tally,
        "crimes": {"analysed": len(scene.crimes), "outside": ground.outside, "excluded": scene.excluded},
        "area": {
            "km2": float(ground.study.sum()) * ground.grid.cell_area / SQUARE_METRES_PER_KM2,
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
