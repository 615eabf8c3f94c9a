"""
Instances of CSO hours: one JSON text each, `{"family": "shifts", ...}`, described in docs/method/cso-hours.md.

Every base is solved for the CSOs that it has and for one fewer and one more; `seconds` stops nothing, since a base is
solved to its proof. `python -m benchmarks._plans_shifts FOLDER` writes the seeded instance of 110 bases.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from allocation._check_week import check_week
from allocation.problem import Shift
from allocation.tours import plan_week
from allocation.week import TourBase, TourRules, Week
from benchmarks._plans_files import rows
from benchmarks._plans_record import PlanRow, verdict_of


def run(folder: Path, _seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance in a folder."""

    def solved(name: str, week: Week) -> Iterator[PlanRow]:
        started, busy = time.perf_counter(), time.process_time()
        plan = plan_week(week, beside=1)
        spent, busy = time.perf_counter() - started, time.process_time() - busy
        beside = ((plan.beside["bound"] - plan.beside["value"]) / plan.beside["bound"].clip(lower=1e-9)).max()
        worst = max(float(plan.bases["gap"].max()), float(beside))
        size = {
            "bases": len(week.bases),
            "csos": sum(base.csos for base in week.bases),
            "hotspots": int(week.visits["hotspot_id"].nunique()),
            "slots": 7 * len(week.shifts),
        }
        solved = len(plan.beside) + len(plan.bases)
        extra = {"worst_gap": worst, "unmet": len(plan.unmet), "solved": solved, "cpu_seconds": busy}
        verdict = verdict_of(check_week(week, plan))
        yield PlanRow(
            "shifts", name, size, plan.objective, plan.bound, plan.gap, spent, verdict, None, worst <= 1e-5, extra
        )

    return rows("shifts", folder, read, only, solved)


def read(text: str) -> Week | None:
    """Return an instance, or None where the text is not one."""
    if not text.lstrip().startswith("{"):
        return None
    given = json.loads(text)
    if given.get("family") != "shifts":
        return None
    rules: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given["rules"].items()
    }
    spots = pd.DataFrame(given["hotspots"])
    values = np.array(spots.pop("values").to_list(), dtype=np.float64)  # hot spots x days x shifts
    shifts = tuple(Shift(**shift) for shift in given["shifts"])
    windows = [(day, shift.name) for day in range(7) for shift in shifts]
    visits = spots.loc[spots.index.repeat(len(windows))].reset_index(drop=True)
    visits["day"] = [day for day, _ in windows] * len(spots)
    visits["shift"] = [shift for _, shift in windows] * len(spots)
    visits["value"] = values.ravel()
    text_columns = dict.fromkeys(("hotspot_id", "base", "ward", "shift"), "string")
    columns = ["hotspot_id", "base", "ward", "day", "shift", "value", "first_tier", "antisocial"]
    bases = tuple(TourBase(**base) for base in given["bases"])
    return Week(bases, shifts, visits[columns].astype(text_columns), TourRules(**rules))


def made_up(seed: int, *, bases: int = 110, csos: int = 300, hotspots: int = 5_000) -> dict[str, Any]:
    """Return an instance: harm in few places, evenings and weekends above all, six wards a base."""
    rng = np.random.default_rng(seed)
    shifts = [("early", 420, 900), ("day", 600, 1080), ("late", 840, 1320)]
    home = np.sort(rng.integers(bases, size=hotspots))
    held = np.bincount(rng.choice(bases, size=csos), minlength=bases)
    harm = rng.gamma(0.5, 4.0, hotspots)
    busy = np.array([0.8, 0.8, 0.9, 1.0, 1.3, 1.4, 1.0])[:, None] * np.array([0.6, 1.0, 1.5])
    values = harm[:, None, None] * rng.gamma(4.0, 0.25, (hotspots, 7, 3)) * busy
    return {
        "family": "shifts",
        "shifts": [{"name": name, "start": start, "end": end} for name, start, end in shifts],
        "rules": {"pairs": ["late"], "off_weekend": 0.25, "ward_visits": 1, "tier_days": 5, "antisocial_share": 0.2},
        "bases": [
            {"name": f"B{base:03}", "csos": int(count), "minutes": 310, "walk": float(walk)}
            for base, (count, walk) in enumerate(zip(held, rng.uniform(10.0, 25.0, bases).round(1), strict=True))
        ],
        "hotspots": [
            {
                "hotspot_id": f"H{spot:05}",
                "base": f"B{base:03}",
                "ward": f"W{base:03}-{rng.integers(6)}",
                "first_tier": bool(harm[spot] > 12.0),
                "antisocial": round(float(rng.beta(2.0, 3.0)), 3),
                "values": values[spot].round(4).tolist(),
            }
            for spot, base in enumerate(home)
        ],
    }  # fmt: skip


def main() -> None:
    """Write the instance of 110 bases, 300 CSOs and 5,000 hot spots into a folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "shifts-110.json").write_text(json.dumps(made_up(0)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
