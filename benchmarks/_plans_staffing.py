"""
Staffing of neighbourhood teams: instances in JSON or TOML, in the format of docs/reference/staffing-instances.md.

    python -m benchmarks._plans_staffing --wards 177 --seed 1 --out FOLDER

writes a made-up instance: a force of four ranks and three funds, teams of up to 23 of a role, with one change after
which it is solved again from where it was. The bound is our own.
"""

import argparse
import json
import time
import tomllib
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation.check import check_teams, teams_value
from allocation.funds import Fund
from allocation.problem import Posts
from allocation.rules import Lock, Strand, TeamRules
from allocation.scenario import vary
from allocation.team_problem import TeamProblem
from allocation.teams import Staffing, plan_teams, solve
from benchmarks._plans_record import PlanRow, verdict_of

FAMILY: Final = "staffing"
KINDS: Final = (  # strand, weight, hours that reach 63 % of it
    ("antisocial", 1.0, 40.0),
    ("violence", 1.5, 60.0),
    ("acquisitive", 0.8, 30.0),
    ("reassurance", 0.3, 20.0),
)


def run(folder: Path, seconds: float, only: str = "*") -> Iterator[PlanRow]:
    """Yield a row for each instance: planned with its proof, checked, then solved again after its change."""
    del seconds  # nodes, not a clock, end the search: the same plan on every machine
    for path in sorted([*folder.rglob("*.json"), *folder.rglob("*.toml")]):
        values = _read(path)
        if values.get("family") == FAMILY and fnmatch(path.stem, only):
            yield _row(path.stem, values)


def problem_of(values: Mapping[str, Any]) -> TeamProblem:
    """Return the problem that an instance holds."""
    wards = pd.DataFrame(values["wards"])
    demand = pd.DataFrame(
        {
            "ward": wards["code"].astype("string"),
            "name": wards.get("name", wards["code"]).astype("string"),
            "crimes": wards.get("crimes", wards["harm"]).astype("float64"),
            "harm": wards["harm"].astype("float64"),
            "priority": wards["priority"].astype("float64") if "priority" in wards else 1.0,
            "population": wards["population"].astype("float64") if "population" in wards else np.nan,
        }
    )
    rules = dict(values.get("rules", {}))
    kinds = tuple(Strand(**strand) for strand in rules.pop("strands", ()))
    today = {"constables", "csos"} <= set(wards)
    return TeamProblem.of(
        demand,
        Posts(**values["posts"]),
        rules=TeamRules(strands=kinds, **rules),
        neighbourhoods=_column(wards, "neighbourhood"),
        groups=_column(wards, "group"),
        funds=tuple(_fund(fund) for fund in values.get("funds", ())),
        locks={ward: Lock(**{role: tuple(limits) for role, limits in lock.items()}) for ward, lock in _locks(values)},
        current=wards[["code", "constables", "csos"]].rename(columns={"code": "ward"}) if today else None,
        strands=wards.set_index("code")[[kind.name for kind in kinds]] if kinds else None,
    )


def made_up(wards: int, seed: int) -> dict[str, Any]:
    """Return an instance of a made-up force, one neighbourhood for about fifteen wards."""
    rng = np.random.default_rng(seed)
    homes, constables, csos = max(1, round(wards / 15.1)), int(2.3 * wards), int(1.6 * wards)
    harm = {name: rng.lognormal(3, 1, wards).round(3) for name, _, _ in KINDS}
    share = rng.dirichlet(np.full(wards, 4.0))
    rows = pd.DataFrame(harm).assign(
        code=[f"W{number:04d}" for number in range(wards)],
        neighbourhood=[f"N{number * homes // wards:02d}" for number in range(wards)],
        crimes=rng.lognormal(2, 0.8, wards).round(3),
        harm=sum(harm.values()),
        priority=rng.choice([1.0, 1.0, 1.0, 1.2], wards),
        population=rng.integers(3000, 15000, wards),
        constables=rng.multinomial(constables, share),
        csos=rng.multinomial(csos, share),
    )
    worst = sorted(rows.nlargest(wards // 10, "harm")["code"])
    partner = str(rows["code"].iloc[int(rng.integers(wards))])
    sergeants = int(1.05 * (constables + csos) / 8) + homes // 2
    return {
        "family": FAMILY,
        "wards": rows.to_dict("records"),
        "posts": {"constables": constables, "csos": csos, "sergeants": sergeants, "inspectors": homes},
        "rules": {
            "largest": 23,
            "strands": [{"name": name, "weight": w, "saturation_hours": h} for name, w, h in KINDS],
        },
        "funds": [
            {"name": "Neighbourhood Policing Fund", "constables": constables // 5, "csos": csos // 5},
            {"name": "Safer and Stronger Communities Fund", "constables": constables // 8, "wards": worst},
            {"name": "Partner CSOs", "csos": 2, "wards": [partner]},
        ],
        "again": {"csos": "+1"},
    }


def _row(name: str, values: Mapping[str, Any]) -> PlanRow:
    problem = problem_of(values)
    started = time.perf_counter()
    first = solve(problem)
    seconds = time.perf_counter() - started
    found = plan_teams(problem, held=None if first is None else first.held)
    size = {"wards": len(problem.demand), "neighbourhoods": len(found.leaders), "funds": len(problem.funds) + 1}
    extra = {
        "measure": problem.rules.objective,
        "value_in_millionths": teams_value(found.problem or problem, found.table),
        "alternatives": dict(zip(found.alternatives["plan"], found.alternatives["objective"], strict=True)),
        "unmet": list(found.unmet),
    }
    if "again" in values and first is not None:
        extra["again"] = _again(problem, values["again"], first.held)
    return PlanRow(
        family=FAMILY, instance=name, size=size, value=found.objective, bound=found.bound, gap=found.gap,
        seconds=seconds, verdict=_verdict(problem, found), reference=None, proven=found.gap <= 1e-9, extra=extra,
    )  # fmt: skip


def _verdict(problem: TeamProblem, found: Staffing) -> str:
    """Return the checker's verdict, under the rules as they were asked for."""
    return verdict_of(check_teams(problem, found.table, leaders=found.leaders, funded=found.funded))


def _again(problem: TeamProblem, changes: Mapping[str, Any], held: Any) -> dict[str, float]:
    changed = vary(problem, **dict(changes))
    started = time.perf_counter()
    found = solve(changed, held)
    seconds = time.perf_counter() - started
    if found is None:
        return {"seconds": seconds}
    gap = (found.bound - found.objective) / max(abs(found.bound), 1e-300)
    return {"seconds": seconds, "value": found.objective, "bound": found.bound, "gap": gap}


def _read(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    try:
        found = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _column(wards: pd.DataFrame, name: str) -> dict[str, str] | None:
    return dict(zip(wards["code"], wards[name], strict=True)) if name in wards else None


def _fund(values: Mapping[str, Any]) -> Fund:
    wards = values.get("wards")
    return Fund(**{**values, "wards": None if wards is None else tuple(wards)})


def _locks(values: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return sorted(values.get("locks", {}).items())


def main() -> None:
    """Write a made-up instance."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--wards", type=int, default=177)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--out", type=Path, required=True)
    given = words.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(made_up(given.wards, given.seed), indent=1)
    (given.out / f"force-{given.wards}-{given.seed}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
