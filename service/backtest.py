"""Which forecast to trust with this force's, or this city's, crime: every method tried on the last periods."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.crimes import CrimeRead, read_crimes
from geodata.errors import InputError
from geodata.harm import read_harm
from geodata.periods import Periods, every_of
from geodata.streets import covers, read_streets
from hotspots import METHODS
from hotspots.backtest import LEAST_HISTORY, Backtest, backtest
from hotspots.choose import patrollable_share
from hotspots.forecast import BASELINE
from hotspots.street_by_cell import street_by_cell
from service import inputs, manifest
from service.backtest_summary import summary
from service.events import Events, read_events
from service.inputs import KEY_VARIABLE
from service.kept_scores import remembering
from service.profile import Profile, read_profile
from service.study_area import StudyArea, study_area

Stage = Callable[[str], AbstractContextManager[None]]
CELLS_IN_BANDWIDTH: Final = 3.0
SCORES_FILE: Final = "backtest-scores.jsonl"


@dataclass(frozen=True, kw_only=True)
class BacktestRequest:
    """
    What a back-test is asked.

    Parameters
    ----------
    events : a table of events of any city, or None
    crimes : folders, files or globs of recorded crime, where `events` is None
    profile : force profile in TOML: how `crimes` are read, and the offences left out
    areas, polygon : file of areas, or of an outline; neither for the hull of the events
    streets : file of streets, for the index by street length
    harm : harm table, by name or path; None to count crimes alone
    cell : metres
    share : share of the study area flagged; None for as much as can be patrolled
    bandwidth : metres, of the methods that smooth; None for three cells
    origins : periods forecast, at most
    period : length of a period, such as 7d, or month; None for weeks, or months where only these are known
    methods : names; None for all
    as_of : first day (YYYY-MM-DD) that is not yet known
    seed : of the bootstrap
    out : folder in which scores are kept as they come, so that a run cut short can go on; None to keep none
    """

    events: Events | None = None
    crimes: tuple[str, ...] = ()
    profile: Path | None = None
    areas: Path | None = None
    polygon: Path | None = None
    streets: Path | None = None
    harm: str | None = None
    cell: float = 150.0
    share: float | None = None
    bandwidth: float | None = None
    origins: int = 26
    period: str | None = None
    methods: tuple[str, ...] | None = None
    as_of: str | None = None
    seed: int = 0
    out: Path | None = None


@dataclass(frozen=True)
class BacktestOutcome:
    """What a back-test found, its figures as JSON can hold them, and a summary to print."""

    found: Backtest
    figures: dict[str, Any]
    summary: str


@dataclass(frozen=True)
class _Scene:
    read: CrimeRead
    crimes: GeoDataFrame
    ground: StudyArea
    periods: Periods
    street: FloatArray | None
    harm: pd.Series | None
    excluded: int


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
        scene = _scene(request, read_profile(request.profile))
    settings = _settings(request, scene)
    run = manifest.fingerprint(_sources(request, scene), {**settings, "versions": manifest.versions()})
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


def _scene(request: BacktestRequest, profile: Profile) -> _Scene:
    read = _read(request, profile)
    ground = study_area(read.crimes, cell=request.cell, areas=request.areas, polygon=request.polygon)
    kept = ground.crimes[~ground.crimes["offence"].isin(profile.analysis.exclude)]
    if kept.empty:
        raise InputError("Some crime must be left to analyse; every located crime is of an excluded offence.")
    periods = _periods(kept, request)
    crimes = periods.within(kept)
    harm = None if request.harm is None else read_harm(request.harm).of(crimes["offence"])
    excluded = len(ground.crimes) - len(kept)
    return _Scene(read, crimes, ground, periods, _street(request, ground), harm, excluded)


def _read(request: BacktestRequest, profile: Profile) -> CrimeRead:
    if request.events is not None:
        return read_events(request.events)
    key = os.environ.get(KEY_VARIABLE)
    return read_crimes(
        request.crimes,
        crs=profile.analysis.crs,
        record_key=profile.crimes.record_key,
        mapping=profile.crimes.extract,
        key=key.encode() if key else None,
    )


def _periods(crimes: GeoDataFrame, request: BacktestRequest) -> Periods:
    every = every_of(request.period or "7d")
    monthly = bool((crimes["precision"] == "month").any())
    if monthly and request.period is not None and every != "month":
        raise InputError(
            f"A period of {request.period} needs crimes whose day is known; of some only the month is: "
            "take `--period month`."
        )
    return Periods.of(crimes, as_of=inputs._moment(request.as_of), every=every)


def _street(request: BacktestRequest, ground: StudyArea) -> FloatArray | None:
    if request.streets is None:
        return None
    streets = read_streets(request.streets, crs=ground.grid.crs, cache=inputs._cache())
    areas = GeoDataFrame(geometry=ground.outline)
    if not covers(streets, areas):
        raise InputError(f"The streets must overlap the area studied, and those in {request.streets} do not.")
    return street_by_cell(streets, ground.grid)


def _settings(request: BacktestRequest, scene: _Scene) -> dict[str, Any]:
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


def _sources(request: BacktestRequest, scene: _Scene) -> pd.DataFrame:
    others = {
        "areas": request.areas, "outline": request.polygon, "streets": request.streets, "profile": request.profile,
        "harm": Path(request.harm) if request.harm and Path(request.harm).is_file() else None,
    }  # fmt: skip
    more = [
        {"file": path.name, "kind": kind, "sha256": manifest.sha256_of(path)} for kind, path in others.items() if path
    ]
    return pd.concat([scene.read.sources, pd.DataFrame(more)], ignore_index=True)


def _kept_in(out: Path | None) -> Path | None:
    if out is None:
        return None
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, and {out.name} is a file.")
    out.mkdir(parents=True, exist_ok=True)
    return out / SCORES_FILE


def _figures(
    request: BacktestRequest, scene: _Scene, found: Backtest, settings: dict[str, Any], run: str
) -> dict[str, Any]:
    read, ground = scene.read, scene.ground
    return {
        "run": run,
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
