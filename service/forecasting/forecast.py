"""Where next: what each method expects of the week to come, cell by cell, with how far that can be trusted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.errors import InputError
from hotspots import METHODS
from hotspots.forecast import History, bears
from hotspots.forecast.facts import model_facts
from hotspots.forecast.prediction import Prediction, prediction
from hotspots.forecast.windows import lacks_hours, window_shares
from hotspots.time_of_week import SHIFTS
from maps.figures.forecast import forecast_picture
from maps.gis.geopackage import write_layers
from service import manifest
from service.forecasting.scene import BacktestRequest, BacktestScene, backtest_scene
from service.plain_table import records
from service.publish import publish, refuse_file
from service.stages import Stage, silent

ALL: Final = "all"
MOST_ROWS: Final = 250_000
DIGITS: Final = 6  # decimals of what is written into tables


@dataclass(frozen=True, kw_only=True)
class ForecastRequest(BacktestRequest):
    """
    What a forecast is asked: what a back-test is, `origins` being the past periods that set the intervals.

    Parameters
    ----------
    method : a name in `METHODS`, or "all"
    out : folder of the products
    """

    method: str = ALL
    origins: int = 4


@dataclass(frozen=True)
class ForecastOutcome:
    """What was forecast, the figures as JSON can hold them, the products by name, and a summary to print."""

    figures: dict[str, Any]
    products: dict[str, Path]
    summary: str


@dataclass(frozen=True)
class _Run:
    """What a manifest says of a forecast."""

    run: str
    sources: pd.DataFrame
    settings: Mapping[str, Any]


def run_forecast(request: ForecastRequest, *, stage: Stage = silent) -> ForecastOutcome:
    """
    Forecast the week after the last period, and write what was found.

    Parameters
    ----------
    request : what is asked
    stage : tells of each stage

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule, or the one method asked for cannot run on this data; nothing is written then.
    """
    asked = _asked(request.method)
    refuse_file(request.out)
    with stage("read"):
        scene = backtest_scene(request)
        settings = {**scene.settings, "verb": "forecast", "method": request.method, "seed": request.seed}
        features = None if scene.street is None else scene.street[:, None]
        history = History.of(
            scene.crimes, scene.ground.grid, scene.periods, bandwidth=settings["bandwidth"], study=scene.ground.study,
            features=features,
        )  # fmt: skip
    why = {name: bears(name, history) for name in asked}
    if len(asked) == 1 and why[asked[0]]:
        raise InputError(f"The forecast `{asked[0]}` cannot be made: {why[asked[0]]}.")
    harm = None if scene.harm is None else scene.harm.to_numpy(dtype=np.float64)
    found, facts = {}, {}
    for name in (name for name in asked if not why[name]):
        with stage(name):
            found[name] = prediction(name, history, harm, origins=request.origins)
            facts[name] = model_facts(name, history, seed=request.seed)
    with stage("products"):
        shares, unshared = _shares(scene, settings["bandwidth"])
        figures = _figures(scene, found, facts, {name: reason for name, reason in why.items() if reason}, unshared)
        given = _Run(manifest.fingerprint(scene.sources, settings), scene.sources, settings)
        if request.out is None:
            return ForecastOutcome(figures, {}, _summary(figures, {}))
        write = partial(_write, scene=scene, found=found, shares=shares)
        _, products = publish(request.out, given, write=write, figures=figures)
    return ForecastOutcome(figures, products, _summary(figures, products))


def _asked(method: str) -> list[str]:
    if method != ALL and method not in METHODS:
        raise InputError(f"`--method` must be {ALL} or one of {', '.join(METHODS)}; got {method!r}.")
    return list(METHODS) if method == ALL else [method]


def _shares(scene: BacktestScene, bandwidth: float) -> tuple[pd.DataFrame | None, str]:
    """Return what of each cell's week falls into each shift, or why that cannot be said."""
    if reason := lacks_hours(scene.crimes):
        return None, f"Not by shift: {reason}."
    return window_shares(scene.crimes, scene.ground.grid, bandwidth=bandwidth), ""


def _table(scene: BacktestScene, one: Prediction, shares: pd.DataFrame | None) -> pd.DataFrame:
    """Return the cells, those with the most expected first: where they lie, and what falls into each shift."""
    ranked = one.cells.sort_values(one.cells.columns[-3], ascending=False, kind="stable").iloc[:MOST_ROWS]
    x, y = scene.ground.grid.centres(ranked.index)
    table = ranked.assign(easting=x, northing=y).add_prefix("expected_")
    table = table.rename(columns={"expected_easting": "easting", "expected_northing": "northing"})
    if shares is not None:
        within = shares.loc[ranked.index]
        for shift in within:
            table[f"expected_crimes_{shift}"] = ranked["crimes"] * within[shift]
            if "harm" in ranked:
                table[f"expected_harm_{shift}"] = ranked["harm"] * within[shift]
    return table.round(DIGITS)


def _write(
    folder: Path, *, scene: BacktestScene, found: Mapping[str, Prediction], shares: pd.DataFrame | None
) -> dict[str, Path]:
    """Write a table and a picture per method, and all of them as layers of one GeoPackage."""
    grid, products, layers = scene.ground.grid, {}, {}
    for name, one in found.items():
        slug, table = slug_of(name), _table(scene, one, shares)
        products[f"{slug}.csv"] = folder / f"{slug}.csv"
        table.to_csv(products[f"{slug}.csv"], lineterminator="\n")
        layers[slug] = GeoDataFrame(table.reset_index(), geometry=grid.polygons(table.index).to_numpy(), crs=grid.crs)
        products[f"{slug}.png"] = folder / f"{slug}.png"
        products[f"{slug}.png"].write_bytes(_picture(scene, name, one))
    write_layers(
        {slug: (layer, "Polygon") for slug, layer in layers.items()}, folder / "forecast.gpkg", styles={},
        about="", stamp=scene.periods.end.tz_localize(None),
    )  # fmt: skip
    return products | {"forecast.gpkg": folder / "forecast.gpkg"}


def _picture(scene: BacktestScene, name: str, one: Prediction) -> bytes:
    column = "harm" if "harm" in one.cells else "crimes"
    expected = np.zeros(scene.ground.grid.size)
    expected[one.cells.index] = one.cells[column]
    title = f"Expected {column} in the week from {scene.periods.end:%Y-%m-%d}: {name}"
    return forecast_picture(
        expected, scene.ground.grid, scene.ground.outline, title=title, unit=f"{column} a week and cell"
    )


def slug_of(name: str) -> str:
    """Return a method's name as it is written in the names of files and layers."""
    return "forecast-" + re.sub(r"[^a-z0-9]+", "-", name.lower())


def _figures(
    scene: BacktestScene,
    found: Mapping[str, Prediction],
    facts: Mapping[str, Mapping[str, Any]],
    not_run: Mapping[str, str],
    unshared: str,
) -> dict[str, Any]:
    ground = scene.ground
    return {
        "period": str(scene.periods),
        "week_from": str(scene.periods.end.date()),
        "crimes": {"analysed": len(scene.crimes), "outside": ground.outside, "excluded": scene.excluded},
        "rows": scene.read.tally,
        "area": {"cells": int(ground.study.sum()), "cell_m": ground.grid.cell, "note": ground.note},
        "shifts": [] if unshared else list(SHIFTS),
        "notes": [unshared] if unshared else [],
        "not_run": dict(not_run),
        "methods": {name: _of_method(one, facts[name]) for name, one in found.items()},
    }


def _of_method(one: Prediction, facts: Mapping[str, Any]) -> dict[str, Any]:
    past = one.calibration
    return {
        "expected": {str(name): float(value) for name, value in one.total.items()},
        "calibration": {
            "origins": past.origins,
            "alpha": past.alpha,
            "alpha_total": past.alpha_total,
            "coverage": None if np.isnan(past.coverage) else past.coverage,
            "bands": records(past.bands),
        },
        "model": dict(facts),
    }


def _summary(figures: Mapping[str, Any], products: Mapping[str, Path]) -> str:
    lines = [
        f"The week from {figures['week_from']}, from {figures['crimes']['analysed']:,} crimes, {figures['period']}"
    ]
    lines.append(f"  {figures['rows']['sentence']}")
    lines.append(f"  {figures['area']['note']}")
    for name, found in figures["methods"].items():
        lines.append(f"  {name}: {_expected(found['expected'])}; {_record(found['calibration'])}")
        if "sentence" in found["model"]:
            lines.append(f"    {found['model']['sentence']}")
    lines += [f"  {name} was not run: {reason}." for name, reason in figures["not_run"].items()]
    lines += [f"  {note}" for note in figures["notes"]]
    return "\n".join([*lines, *(["Made:"] if products else []), *(f"  {name}" for name in products)])


def _expected(total: Mapping[str, float]) -> str:
    parts = [
        f"{total[what]:,.0f} {what} ({total[f'{what}_low']:,.0f} to {total[f'{what}_high']:,.0f})"
        for what in ("crimes", "harm")
        if what in total
    ]
    return f"{' and '.join(parts)} expected, 90 % interval"


def _record(past: Mapping[str, Any]) -> str:
    if not past["origins"]:
        return "no past period to test on, so the intervals know chance alone"
    held = "" if past["coverage"] is None else f", {100 * past['coverage']:.1f} % of cells within theirs"
    return f"tested on {past['origins']}{held}"
