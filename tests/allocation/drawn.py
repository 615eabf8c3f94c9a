"""Staffing problems drawn from a seed: small ones with any rules, and whole forces."""

import numpy as np
import pandas as pd

from allocation.funds import Fund
from allocation.problem import Posts
from allocation.rules import OBJECTIVES, Lock, Strand, TeamRules
from allocation.team_problem import TeamProblem
from tests.allocation import small

KINDS = (Strand("a"), Strand("b", weight=2.0, saturation_hours=20.0))


def tiny(seed: int) -> TeamProblem:
    """One to four wards with rules of every kind, about a third of which clash."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 5))
    constables, csos = int(rng.integers(0, 5)), int(rng.integers(1, 5))
    wards = [f"W{number:02d}" for number in range(count)]
    today = pd.DataFrame(
        {
            "ward": wards,
            "constables": rng.multinomial(constables, np.full(count, 1 / count)),
            "csos": rng.multinomial(csos, np.full(count, 1 / count)),
        }
    )
    sergeants = int(rng.integers(2, 6)) if rng.random() < 0.5 else None
    known = rng.random() < 0.6
    return TeamProblem.of(
        _demand(rng, count),
        Posts(constables, csos, sergeants, int(rng.integers(2, 4)) if rng.random() < 0.3 else None),
        rules=_rules(rng, known),
        neighbourhoods={ward: str(rng.choice(["north", "south"])) for ward in wards} if rng.random() < 0.6 else None,
        funds=_funds(rng, wards, constables, csos),
        locks={str(rng.choice(wards)): Lock(constables=(0, int(rng.integers(0, 3))))} if rng.random() < 0.3 else {},
        current=today if known else None,
        strands=pd.DataFrame(rng.lognormal(1, 1, (count, 2)), index=wards, columns=["a", "b"]),
    )


def _demand(rng: np.random.Generator, count: int) -> pd.DataFrame:
    harm, crimes = rng.lognormal(2, 1, count), rng.lognormal(1, 0.7, count)
    table = small.wards(harm, crimes=crimes, priority=rng.choice([1.0, 1.5], count))
    return table.assign(population=rng.integers(1000, 9000, count).astype("float64"))


def _rules(rng: np.random.Generator, known: bool) -> TeamRules:
    def sometimes(share: float, *values: float) -> float | None:
        chosen = values[int(rng.integers(len(values)))]
        return chosen if rng.random() < share else None

    return TeamRules(
        floor=int(rng.integers(0, 2)),
        span=int(rng.integers(2, 5)),
        cso_hours=20.7,
        strands=KINDS if rng.random() < 0.4 else (),
        largest=None if rng.random() < 0.7 else int(rng.integers(1, 5)),
        workload=sometimes(0.2, 4.0, 8.0, 30.0),
        moves=int(rng.integers(0, 4)) if known and rng.random() < 0.5 else None,
        loss_cap=sometimes(0.4 * known, 0.0, 0.3, 0.5),
        band=sometimes(0.2, 0.1, 0.3, 0.8),
        least_service=sometimes(0.15, 0.1),
        objective=str(rng.choice(OBJECTIVES, p=[0.6, 0.2, 0.2])),
    )


def _funds(rng: np.random.Generator, wards: list[str], constables: int, csos: int) -> tuple[Fund, ...]:
    one = Fund(
        "high crime",
        constables=int(rng.integers(0, constables + 1)),
        csos=int(rng.integers(0, csos + 1)),
        wards=tuple(sorted(rng.choice(wards, size=rng.integers(1, len(wards) + 1), replace=False).tolist())),
    )
    left = csos - one.csos
    other = Fund("partner", csos=int(rng.integers(0, left + 1)), wards=(str(rng.choice(wards)),))
    return ((), (one,), (one, other))[int(rng.integers(3))]


def force(seed: int, wards: int, homes: int, *, spare_sergeants: float = 0.05) -> TeamProblem:
    """A force of four ranks and three funds, teams of up to 23 of a role."""
    rng = np.random.default_rng(seed)
    codes = [f"W{number:04d}" for number in range(wards)]
    harm = rng.lognormal(3, 1, (wards, 2))
    demand = small.wards(harm.sum(axis=1), crimes=rng.lognormal(2, 0.8, wards)).assign(ward=codes)
    constables, csos = int(2.3 * wards), int(1.6 * wards)
    sergeants = int((constables + csos) / 8 * (1 + spare_sergeants)) + homes // 2
    worst = tuple(codes[number] for number in sorted(np.argsort(-harm.sum(axis=1))[: wards // 10]))
    return TeamProblem.of(
        demand.assign(population=rng.integers(3000, 15000, wards).astype("float64")).astype({"ward": "string"}),
        Posts(constables, csos, sergeants, homes),
        rules=TeamRules(largest=23, strands=KINDS),
        neighbourhoods={code: f"N{number * homes // wards:02d}" for number, code in enumerate(codes)},
        funds=(
            Fund("neighbourhood", constables=constables // 5, csos=csos // 5, sergeants=sergeants // 5),
            Fund("high crime", constables=constables // 8, csos=csos // 8, wards=worst),
        ),
        current=pd.DataFrame(
            {
                "ward": codes,
                "constables": rng.multinomial(constables, np.full(wards, 1 / wards)),
                "csos": rng.multinomial(csos, np.full(wards, 1 / wards)),
            }
        ),
        strands=pd.DataFrame(harm, index=codes, columns=["a", "b"]),
    )
