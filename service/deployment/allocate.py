"""Neighbourhood teams from files: the plan, its proof, why it is so, and what stands beside it."""

import json
import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pandas as pd

from allocation.check import teams_value
from allocation.compare import STATUS_QUO, THIS_PLAN
from allocation.team_problem import RANKS, TeamProblem
from allocation.teams import Staffing, plan_teams
from allocation.why import Explanation, explain_teams
from allocation.wording import NAMES, counted, figure
from geodata.cast import whole
from geodata.errors import InputError
from service.deployment.repair import repaired_teams
from service.deployment.staffing import posts_note, team_problem
from service.profile.force import Profile, read_profile
from service.reading.last_run import read_last_run
from service.reading.ward_tables import read_ward_tables

_PROVEN: Final = 1e-6  # gap
Stage = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class AllocateRequest:
    """
    What is to be staffed.

    Parameters
    ----------
    wards : polygons, or a table of wards
    demand : table of what is expected in each ward
    out : folder of the products
    profile : force profile in TOML, or None
    last : folder of the products of `beatplan report`, or None
    delivered : CSV of patrols debriefed since, or None
    days : that these cover, or None
    """

    wards: Path
    demand: Path
    out: Path
    profile: Path | None = None
    last: Path | None = None
    delivered: Path | None = None
    days: int | None = None


@dataclass(frozen=True)
class Allocated:
    """A plan, why it is so, its figures as JSON can hold them, and a summary to print."""

    staffing: Staffing
    explanation: Explanation
    figures: dict[str, Any]
    summary: str


def read_problem(wards: Path, demand: Path, profile: Profile) -> tuple[TeamProblem, tuple[str, ...]]:
    """Return the problem that files and a profile describe, and what was taken because they do not say."""
    tables = read_ward_tables(wards, demand, profile)
    problem = team_problem(
        profile,
        tables.demand,
        neighbourhoods=tables.neighbourhoods,
        groups=tables.groups,
        current=tables.current,
        strands=tables.strands,
    )
    note = posts_note(profile, len(tables.demand))
    return problem, (*tables.notes, *([note] if note else []))


def allocate(request: AllocateRequest, *, stage: Stage = lambda _name: nullcontext()) -> Allocated:
    """
    Plan the teams, explain the plan and write both.

    Parameters
    ----------
    request : what to read, and where to write
    stage : called with each stage's name as it begins; the stage runs inside what it returns

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is written then.
    """
    with stage("read"):
        profile = read_profile(request.profile)
        problem, notes = read_problem(request.wards, request.demand, profile)
        problem, said = _after_delivery(problem, request, profile)
        notes = (*notes, *said)
    with stage("staff teams"):
        staffing = plan_teams(problem)
    with stage("explain"):
        explanation = explain_teams(staffing)
    figures = _figures(problem, staffing, explanation, notes)
    with stage("write"):
        _write(request.out, staffing, explanation, notes)
    return Allocated(staffing, explanation, figures, _summary(staffing, explanation, request.out, notes))


def _after_delivery(
    problem: TeamProblem, request: AllocateRequest, profile: Profile
) -> tuple[TeamProblem, tuple[str, ...]]:
    given = (request.last, request.delivered, request.days)
    if all(each is None for each in given):
        return problem, ()
    if request.last is None or request.delivered is None or request.days is None:
        raise InputError("`--last`, `--delivered` and `--days` go together, and some are not given.")
    last = read_last_run(request.last, profile, None, request.delivered)
    return repaired_teams(problem, last, whole(request.days, "days", 1), profile.delivery)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as JSON can hold them, what is missing as null."""
    return json.loads(table.to_json(orient="records", double_precision=15)) if len(table) else []


def _figures(
    problem: TeamProblem, staffing: Staffing, explanation: Explanation, notes: tuple[str, ...]
) -> dict[str, Any]:
    posts = explanation.one_post
    return {
        "objective": staffing.objective,
        "bound": staffing.bound,
        "gap": staffing.gap,
        "measure": problem.rules.objective,
        "value_in_millionths": teams_value(staffing.problem or problem, staffing.table),
        "rules": list(staffing.rules),
        "staffing": records(staffing.table),
        "leaders": records(staffing.leaders),
        "funds": records(staffing.funded),
        "alternatives": records(staffing.alternatives),
        "plus_one": records(posts.loc[posts["change"] == 1].drop(columns="change")),
        "minus_one": records(posts.loc[posts["change"] == -1].drop(columns="change")),
        "binding": list(explanation.binding),
        "prices": records(explanation.prices),
        "moved": records(explanation.moved),
        "levels": [vars(level) for level in staffing.levels],
        "infeasible": [
            {
                "rules": list(clash.rules),
                "words": clash.sentence,
                "relaxations": [{"rule": way.rule, "words": way.words} for way in clash.relaxations],
                "taken": clash.relaxations[clash.taken].words,
            }
            for clash in staffing.clashes
        ],
        "unmet": list(staffing.unmet),
        "notes": list(notes),
    }


def _write(out: Path, staffing: Staffing, explanation: Explanation, notes: tuple[str, ...]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    tables = {
        "staffing": staffing.table,
        "leaders": staffing.leaders,
        "funds": staffing.funded,
        "comparison": staffing.alternatives,
        "by_plan": staffing.by_plan,
        "one_post": explanation.one_post,
        "prices": explanation.prices,
        "moved": explanation.moved,
    }
    for name, table in tables.items():
        table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")
    (out / "explanation.md").write_text(_page(staffing, explanation, notes), encoding="utf-8")


def _page(staffing: Staffing, explanation: Explanation, notes: tuple[str, ...]) -> str:
    parts = [
        ("Teams by ward", [_proof(staffing)]),
        ("What could not be kept", staffing.unmet),
        ("Rules", staffing.rules),
        ("Rules that bind", explanation.binding or ("No rule stands in the way of a better plan.",)),
        ("Beside simple ways of placing the same posts", _beside(staffing)),
        ("One post more or fewer", _one_post(explanation)),
        ("Gainers and losers against today", _gainers(explanation)),
        ("Each ward", [f"{row.name}: {row.reason}" for row in staffing.table.itertuples(index=False)]),
        ("What was taken", notes),
    ]
    lines: list[str] = []
    for title, sentences in parts:
        if sentences:
            lines += [f"{'#' if not lines else '##'} {title}", "", *[f"- {each}" for each in sentences], ""]
    return "\n".join(lines)


def _proof(staffing: Staffing) -> str:
    gap = "proven" if staffing.gap <= _PROVEN else f"{staffing.gap:.4%} at most"
    return (
        f"Worth {figure(staffing.objective)}; no plan under these rules is worth more than {figure(staffing.bound)} "
        f"({gap}). The value is harm exposed to patrol by a declared rule, not crime prevented."
    )


def _beside(staffing: Staffing) -> list[str]:
    held = staffing.alternatives.set_index("plan")["objective"]
    ours = held[THIS_PLAN]
    return [
        f"{'Today (status quo)' if plan == STATUS_QUO else plan}: {figure(value)}"
        + (f", {100 * (ours - value) / abs(value):+.2f} % to this plan" if value else "")
        for plan, value in held.items()
        if plan != THIS_PLAN
    ]


def _one_post(explanation: Explanation) -> list[str]:
    sentences = []
    for row in explanation.one_post.to_dict("records"):
        one = NAMES[row["rank"]].removesuffix("s")
        what = f"{'One more' if row['change'] > 0 else 'One fewer'} {one} from {row['fund']}"
        known, low, high = not math.isnan(row["gain"]), f"{row['low']:+.4g}", f"{row['high']:+.4g}"
        gain = f"{row['gain']:+.4g}" + ("" if low == high else f", surely between {low} and {high}")
        sentences.append(f"{what}: {gain if known else 'the rules could not all be kept'}.")
    return sentences


def _gainers(explanation: Explanation) -> list[str]:
    return [
        f"{row['name']}: {row['today']} today, {row['officers']} planned ({row['change']:+d})"
        for row in explanation.moved.to_dict("records")
        if row["change"]
    ]


def _summary(staffing: Staffing, explanation: Explanation, out: Path, notes: tuple[str, ...]) -> str:
    placed = {rank: staffing.table if rank in RANKS[:2] else staffing.leaders for rank in RANKS}
    totals = ", ".join(counted(int(table[rank].sum()), NAMES[rank]) for rank, table in placed.items())
    where = f"{counted(len(staffing.table), 'wards')}, {counted(len(staffing.leaders), 'neighbourhoods')}"
    return "\n".join(
        [
            f"{where}: {totals}",
            f"  {_proof(staffing)}",
            *[f"  {sentence}" for sentence in (*staffing.unmet, *explanation.binding)],
            *[f"  {sentence}" for sentence in _beside(staffing)],
            *[f"  {note}" for note in notes],
            f"Made in {out}",
        ]
    )
