"""Patrols drawn from what was known, judged by what came: by hand, and laws over made-up forces."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocation._task import task_of
from allocation.compare import BY_CRIME, BY_HARM, EQUAL_VISITS, GREEDY, STATUS_QUO, THIS_PLAN
from allocation.outturn import PERFECT
from allocation.walked import greedy, walked
from tests.allocation import small

SIMPLE = {EQUAL_VISITS, BY_CRIME, BY_HARM, GREEDY}


def harm(problem, values) -> pd.DataFrame:
    places = sorted(set(problem.visits["hotspot_id"]))
    names = [shift.name for shift in problem.shifts]
    return pd.DataFrame(np.broadcast_to(np.asarray(values, float)[:, None], (len(places), len(names))), places, names)


def counted(problem) -> dict[str, float]:
    return dict.fromkeys(problem.visits["hotspot_id"], 1.0)


def test_visits_are_exposed_to_what_came_where_they_stand() -> None:
    # time for one place on one side only: 600 m out, 15 minutes, 600 m back; the place that was worth most is visited
    problem = small.problem([(600, 0, 8.0), (-600, 0, 4.0)], minutes=32, most=1, rules=small.QUIET)
    came = {"May": harm(problem, [3.0, 9.0]), "June": harm(problem, [5.0, 9.0])}
    found = walked(problem, came, crimes={"H00": 1.0, "H01": 7.0}).pivot_table(
        index="plan", columns="period", values="exposed"
    )
    assert found.loc[THIS_PLAN, ["May", "June"]].tolist() == [3.0, 5.0]
    assert found.loc[BY_CRIME, ["May", "June"]].tolist() == [9.0, 9.0]
    assert found.loc[PERFECT, ["May", "June"]].tolist() == [9.0, 9.0]
    assert found.loc[GREEDY, ["May", "June"]].tolist() == [3.0, 5.0]


def test_later_visits_are_worth_their_shares() -> None:
    problem = small.problem([(0, 0, 8.0)], minutes=400, rules=small.QUIET)
    found = walked(problem, {"May": harm(problem, [10.0])}, crimes={"H00": 1.0})
    assert found["exposed"].tolist() == pytest.approx([10 * sum(problem.rules.decay)] * len(found))


@pytest.mark.parametrize("seed", range(4))
def test_foresight_is_passed_by_none_and_knowing_it_already_is_foresight(seed: int) -> None:
    problem = small.force(seed, spots=12, units=3)
    rng = np.random.default_rng(seed)
    came = {month: harm(problem, rng.gamma(1.0, 8.0, 12)) for month in ("May", "June")}
    means = walked(problem, came, crimes=counted(problem), seed=seed).groupby("plan")["exposed"].mean()
    assert set(means.index) == SIMPLE | {THIS_PLAN, PERFECT}
    assert means[PERFECT] == pytest.approx(means.max())
    known = pd.DataFrame(
        {name: rows.set_index("hotspot_id")["value"] for name, rows in problem.visits.groupby("shift")}
    )
    again = walked(problem, {"May": known}, crimes=counted(problem), seed=seed).set_index("plan")["exposed"]
    assert again[THIS_PLAN] == pytest.approx(again[PERFECT]) == pytest.approx(again.max())


def test_what_came_changes_no_plan_but_foresights() -> None:
    problem = small.force(5, spots=10, units=2)
    one, other = harm(problem, np.arange(10.0)), harm(problem, np.arange(10.0)[::-1])
    both = walked(problem, {"a": one, "b": other}, crimes=counted(problem)).set_index(["plan", "period"])["exposed"]
    alone = walked(problem, {"a": one}, crimes=counted(problem)).set_index("plan")["exposed"]
    for plan in SIMPLE | {THIS_PLAN}:
        assert both[plan, "a"] == alone[plan]


def test_the_status_quo_walks_with_todays_patrols() -> None:
    problem = small.problem([(600, 0, 8.0), (-600, 0, 4.0)], units=2, minutes=32, most=1, rules=small.QUIET)
    came = {"May": harm(problem, [3.0, 9.0])}
    today = replace(problem, units=problem.units[:1])
    found = walked(problem, came, crimes=counted(problem), today=today).set_index("plan")["exposed"]
    assert found[THIS_PLAN] == 12.0
    assert found[STATUS_QUO] in (3.0, 9.0)


@pytest.mark.parametrize("seed", range(4))
def test_the_greedy_asks_for_no_more_visits_than_there_are(seed: int) -> None:
    problem = small.force(seed, spots=6, units=8)
    for shift in problem.shifts:
        task = task_of(problem, shift.name)
        assert (greedy(task) <= (task.worth > 0).sum(axis=1)).all()
        assert greedy(replace(task, unit=(), base=task.base[:0], minutes=task.minutes[:0])).sum() == 0
