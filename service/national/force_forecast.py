"""How much of each of one force's last months every forecast would have caught."""

import warnings
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from hotspots.backtest import backtest
from hotspots.density import CoarseGridWarning
from hotspots.forecast.methods import BASELINE
from service.national.force_ground import crimes_about, ground_of
from service.national.force_task import ForceTask, write_table

METHODS: Final = (BASELINE, "last period", "same weeks last year", "density")
ORIGINS: Final = 6
FEWEST_MONTHS: Final = 8  # six to forecast, and two to learn from before the first
TOLD: Final = ("hit_rate", "hit_rate_low", "hit_rate_high", "pai", "gain", "gain_low", "gain_high")


def forecasts(task: ForceTask) -> dict[str, Any]:
    """
    Write how the baselines and the density would have done, each beside the raw count on the same months.

    Crimes beyond the border count where a density reaches across it; only those in the force's own cells are caught.
    """
    if len(task.months) < FEWEST_MONTHS:
        why = f"A back-test needs {FEWEST_MONTHS} months, got {len(task.months)}."
        return {"refused": why, "files": []}
    ground = ground_of(task)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)
        found = backtest(
            crimes_about(task, ground), ground.grid, task.periods, study=ground.own, share=task.settings.share,
            bandwidth=task.settings.bandwidth, origins=ORIGINS, seed=task.settings.seed, methods=METHODS,
        )  # fmt: skip
    summary = found.summary.dropna(axis="columns", how="all")
    told = {"best": found.best, "sentence": found.sentence, "share": found.share}
    told["methods"] = {str(row["method"]): _figures(row) for row in summary.to_dict("records")}
    return told | write_table(task, "back_test", summary)


def _figures(row: Mapping[Any, Any]) -> dict[str, float]:
    return {name: float(row[name]) for name in TOLD if name in row and np.isfinite(row[name])}
