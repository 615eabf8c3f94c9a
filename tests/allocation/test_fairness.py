"""Shares of patrol and of harm by group, and records that feed on themselves or do not."""

import numpy as np
import pandas as pd
import pytest

from allocation.fairness import fairness_by_area, fairness_by_people
from allocation.feedback import BOTH, DETECTIONS, MEMORY, VICTIMS, feedback
from geodata.errors import InputError


def areas(groups, hours, km2=None):
    return pd.DataFrame({"group": groups, "hours": hours, "km2": [1.0] * len(groups) if km2 is None else km2})


def test_shares_and_ratios_are_worked_out_by_hand() -> None:
    # a: 30 of 40 harmed, 60 of 80 hours, 2 of 4 km2; the fifth area's group is not known.
    table = areas(["a", "a", "b", "b", None], [40.0, 20.0, 10.0, 10.0, 99.0], [1.0, 1.0, 1.0, 1.0, 9.0])
    found = fairness_by_area(table, [[10, 5, 5, 0, 7], [10, 5, 3, 2, 7]])
    assert found.index.tolist() == ["a", "b"]
    assert found["harm_share"].tolist() == [0.75, 0.25]
    assert found["hours_share"].tolist() == [0.75, 0.25]
    assert found["ground_share"].tolist() == [0.5, 0.5]
    assert found[["ratio", "ratio_low", "ratio_high"]].to_numpy() == pytest.approx(1.0)  # both periods are alike
    assert found["areas"].tolist() == [2, 2]


def test_the_interval_holds_the_ratio_and_shrinks_with_more_periods() -> None:
    rng = np.random.default_rng(0)
    table = areas(["a", "b", "c"], [10.0, 10.0, 20.0])
    wide, narrow = (fairness_by_area(table, rng.poisson([8, 4, 8], (size, 3))) for size in (6, 96))
    for found in (wide, narrow):
        assert (found["ratio_low"] <= found["ratio"]).all()
        assert (found["ratio"] <= found["ratio_high"]).all()
    assert ((narrow["ratio_high"] - narrow["ratio_low"]) < (wide["ratio_high"] - wide["ratio_low"])).all()


def test_people_are_as_patrolled_as_where_they_live() -> None:
    # By hand: 1 hour a head in the first area, 3 in the second; 2 over all. Harm 4 and 0 a head, 2 over all.
    people = pd.DataFrame({"older": [10, 0], "younger": [0, 10], "either": [0, 0]})
    found = fairness_by_people(people, [10.0, 30.0], [40.0, 0.0])
    assert found["patrol"].iloc[:2].tolist() == [0.5, 1.5]
    assert found["harm"].iloc[:2].tolist() == [2.0, 0.0]
    assert found["ratio"].iloc[0] == 0.25
    assert found["ratio"].iloc[1:].isna().all()
    assert found["people"].tolist() == [10, 10, 0]


@pytest.mark.parametrize(
    ("work_out", "sentence"),
    [
        (lambda: fairness_by_area(areas([None, None], [1.0, 1.0]), [1, 1]), "no area's group is known"),
        (lambda: fairness_by_area(areas(["a", "b"], [1.0, 1.0]), [0, 0]), "none was suffered"),
        (lambda: fairness_by_people(pd.DataFrame({"a": [0, 0]}), [1, 1], [1, 1]), "somebody among them"),
        (lambda: fairness_by_people(pd.DataFrame({"a": [-1, 2]}), [1, 1], [1, 1]), "numbers of 0 or more"),
        (lambda: feedback([3.0], 1.0), "two areas or more"),
        (lambda: feedback([3.0, np.nan], 1.0), "two areas or more"),
        (lambda: feedback([0.0, 0.0], 1.0), "some crime is reported"),
        (lambda: feedback([3.0, 1.0], 0.0), "`detected` must be above 0"),
        (lambda: feedback([3.0, 1.0], 1.0, weeks=50), "at least 104 weeks, got 50"),
    ],
)
def test_what_cannot_be_judged_is_refused(work_out, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        work_out()


@pytest.mark.parametrize("seed", range(3))
def test_victims_reports_never_run_away_and_patrols_own_detections_do(seed) -> None:
    reported = np.random.default_rng(seed).gamma(0.7, 5.0, 40)
    found = feedback(reported, reported.sum() / 5, runs=60, seed=seed)
    assert not found.runs_away(VICTIMS)
    assert found.runs_away(DETECTIONS)
    ends = found.summary.set_index("records")["end"]
    assert ends[VICTIMS] < ends[BOTH] < ends[DETECTIONS]
    assert abs(found.summary.set_index("records").loc[VICTIMS, "growth"]) < 0.01


def test_detections_run_away_even_where_all_areas_are_alike() -> None:
    found = feedback(np.full(10, 3.0), 8.0, runs=60)
    assert found.runs_away(DETECTIONS)
    assert not found.runs_away(VICTIMS)


def test_patrols_are_shared_out_by_the_records_of_the_last_year() -> None:
    """A slow twin of one history: week by week, area by area, with the same draws."""
    reported, detected, weeks = np.array([4.0, 1.0, 0.0]), 2.0, 2 * MEMORY
    rng, truth = np.random.default_rng(5), reported / reported.sum()
    records, apart = [], []
    patrol = np.full((1, 3), 1 / 3)
    for week in range(MEMORY + weeks):
        if week >= MEMORY:
            total = [sum(past[0][area] for past in records[-MEMORY:]) for area in range(3)]
            patrol = np.array([[each / sum(total) for each in total]])
            apart.append(sum(abs(patrol[0][area] - truth[area]) for area in range(3)) / 2)
        reports = rng.poisson(reported, (1, 3))
        records.append(reports + rng.poisson(truth * 3 * detected * patrol))
    found = feedback(reported, detected, weeks=weeks, runs=1, seed=5).weeks
    assert found.loc[found["records"] == BOTH, "apart"].to_numpy()[:weeks] == pytest.approx(apart, rel=1e-12)
