"""
One shift's patrols from one base on streets: one JSON text each, `{"family": "patrols", ...}`.

It holds `shift` (name, start, end: minutes after midnight), `rules` (`allocation.Rules`), `bases` (name, x, y), `units`
(name, base, minutes), `hotspots` (hotspot_id, x, y, minutes, most, value), `from_base` (bases x hot spots) and
`between` (hot spots x hot spots): metres on foot, null where there is no way. `search_seconds` and `proof_seconds` are
the processor's; the search stops by turns and the proof by its own measure, whatever `--seconds` says.
`python -m benchmarks._plans_patrols FOLDER [STREETS]` writes the seeded instances, on the made-up force's streets or
those of a file.
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation._solvers.bound import bound_patrols
from allocation._solvers.patrols import draw_patrols, worth_of
from allocation._task import task_of
from allocation.check import check_plan, plan_value
from allocation.problem import Base, Problem, Shift, Unit
from allocation.routes import Routes, stops
from allocation.rules import Rules
from allocation.travel import Travel
from benchmarks._plans_files import rows
from benchmarks._plans_record import PlanRow, verdict_of
from geodata.cast import FloatArray
from geodata.streets import Streets, read_streets, travel_metres
from geodata.town import make_town

ROUNDS = 9000  # two seconds and a half
LABELS = 5_000_000  # half a minute or so at most: a certificate is worth waiting for

SIZES: Final = ((40, 2), (60, 2), (60, 4), (80, 3), (100, 4), (120, 5), (150, 6))  # hot spots, CSOs
REACH: Final = 1500.0  # metres in which a base's hot spots lie


def run(folder: Path, _seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance in a folder."""

    def solved(name: str, problem: Problem) -> Iterator[PlanRow]:
        (shift,) = problem.shifts
        task, began, cpu = task_of(problem, shift.name), time.perf_counter(), time.process_time()
        patrols = draw_patrols(task, rounds=ROUNDS, seed=0)
        searched, value = time.process_time() - cpu, worth_of(task, patrols)
        bound = bound_patrols(task, patrols, value=value, labels=LABELS)
        taken, proved = time.perf_counter() - began, time.process_time() - cpu - searched
        plan = stops(problem, Routes(task, patrols, value, bound, {}))
        value = plan_value(problem, plan)
        gap = (bound - value) / bound if bound > 0 else 0.0
        size = {"hotspots": len(task.places), "units": len(task.unit), "minutes": int(task.minutes.max(initial=0))}
        extra = {"search_seconds": searched, "proof_seconds": proved, "visits": len(plan)}
        verdict = verdict_of(check_plan(problem, plan))
        yield PlanRow("patrols", name, size, value, bound, gap, taken, verdict, None, gap <= 1e-9, extra)

    return rows("patrols", folder, read, only, solved)


def read(text: str) -> Problem | None:
    """Return an instance, or None where the text is not one."""
    if not text.lstrip().startswith("{"):
        return None
    given = json.loads(text)
    if given.get("family") != "patrols":
        return None
    shift = Shift(**given["shift"])
    bases = tuple(Base(**base) for base in given["bases"])
    units = tuple(Unit(unit["name"], "CSO", unit["base"], shift.name, unit["minutes"]) for unit in given["units"])
    visits = pd.DataFrame(given["hotspots"]).sort_values("hotspot_id", kind="stable")
    order = visits.index.to_numpy()
    visits["shift"] = shift.name
    visits = visits.astype({"hotspot_id": "string", "shift": "string", "x": float, "y": float, "value": float})
    xy = visits[["x", "y"]].to_numpy()
    from_base, between = (np.array(given[name], dtype=np.float64) for name in ("from_base", "between"))
    from_base, between = (np.where(np.isnan(metres), np.inf, metres) for metres in (from_base, between))
    travel = Travel(
        tuple(visits["hotspot_id"]), from_base[:, order], between[np.ix_(order, order)],
        _lines(np.array([(base.x, base.y) for base in bases]), xy), _lines(xy, xy), "street network",
    )  # fmt: skip
    columns = ["hotspot_id", "shift", "x", "y", "minutes", "most", "value"]
    return Problem(units, bases, (shift,), visits[columns].reset_index(drop=True), travel, Rules(**given["rules"]))


def _lines(here: FloatArray, there: FloatArray) -> FloatArray:
    lines: FloatArray = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    return lines


def made_up(streets: Streets, seed: int, *, hotspots: int, csos: int, most: int = 3) -> dict[str, Any]:
    """Return an instance: a base on a corner, hot spots on corners within reach on foot, harm in few of them."""
    rng = np.random.default_rng(seed)
    corners = np.column_stack([streets.x, streets.y])
    middle = np.median(corners, axis=0)
    near = np.flatnonzero(np.hypot(*(corners - middle).T) < 3 * REACH)
    home = corners[near[rng.integers(len(near))]]
    reached = travel_metres(streets, home[None], corners[near], limit_m=REACH)[0]
    chosen = corners[np.sort(rng.choice(near[np.isfinite(reached)], hotspots, replace=False))]
    walked = travel_metres(streets, np.vstack([home, chosen]), chosen, limit_m=REACH).round(1)
    metres = [[leg if np.isfinite(leg) else None for leg in row] for row in walked.tolist()]
    value = rng.gamma(0.7, 4.0, hotspots).round(3) + 0.1
    places = [f"H{spot:03}" for spot in range(hotspots)]
    return {
        "family": "patrols",
        "shift": {"name": "late", "start": 840, "end": 1320},
        "rules": {"drive_kmh": None},
        "bases": [{"name": "base", "x": float(home[0]), "y": float(home[1])}],
        "units": [{"name": f"CSO {number + 1}", "base": "base", "minutes": 336} for number in range(csos)],
        "hotspots": [
            {"hotspot_id": place, "x": float(x), "y": float(y), "minutes": 15, "most": most, "value": float(worth)}
            for place, (x, y), worth in zip(places, chosen, value, strict=True)
        ],
        "from_base": metres[:1],
        "between": metres[1:],
    }


def main() -> None:
    """Write the seeded instances into a folder."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    streets, town = (read_streets(sys.argv[2]), "file") if len(sys.argv) > 2 else (make_town(0).streets, "town")
    for seed, (hotspots, csos) in enumerate(SIZES):
        for most in (1, 3):
            instance = made_up(streets, seed, hotspots=hotspots, csos=csos, most=most)
            name = f"{town}-{hotspots}-{csos}-{most}.json"
            (folder / name).write_text(json.dumps(instance) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
