"""From posts to patrols, and where they start."""

import itertools

import numpy as np
import pytest

from allocation.bases import suggest_bases
from allocation.problem import Base, Posts, Shift
from allocation.teams import staff_teams
from allocation.units import csos_by_base, patrol_units
from geodata.errors import InputError
from tests.allocation import small

SHIFTS = [Shift("early", 420, 900), Shift("late", 900, 1380)]


def test_csos_report_to_the_nearest_base() -> None:
    staffing = staff_teams(small.wards([1.0] * 6), Posts(0, 12)).table
    bases = [Base("west", 0.0, 500.0), Base("east", 6000.0, 500.0)]
    assert csos_by_base(staffing, small.squares(6), bases) == {"west": 6, "east": 6}
    with pytest.raises(InputError, match="must have an area, got 2 that have none"):
        csos_by_base(staffing, small.squares(4), bases)
    with pytest.raises(InputError, match="At least one base is needed"):
        csos_by_base(staffing, small.squares(6), [])


def test_a_typical_day_by_hand() -> None:
    # 14 posts x 5/7 x 3/4 = 7.5: 8 patrols, 6 of them from A; 480 x 0.7 = 336 minutes.
    units = patrol_units({"A": 10, "B": 4}, SHIFTS)
    assert len(units) == 8
    assert [unit.name for unit in units][:2] == ["A early 1", "A early 2"]
    assert sum(unit.base == "A" for unit in units) == 6
    assert {unit.minutes for unit in units} == {336}
    assert {unit.role for unit in units} == {"CSO"}


def test_weights_move_patrols_between_shifts() -> None:
    units = patrol_units({"A": 20}, SHIFTS, weights={"early": 1.0, "late": 3.0}, on_duty=1.0, officers=2)
    assert [sum(unit.shift == shift.name for unit in units) for shift in SHIFTS] == [3, 7]
    assert {unit.officers for unit in units} == {2}


def test_few_csos_make_one_patrol_and_none_make_none() -> None:
    assert len(patrol_units({"A": 1}, SHIFTS, on_duty=0.3)) == 1
    assert patrol_units({"A": 0}, SHIFTS) == ()
    assert patrol_units({}, SHIFTS) == ()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"on_duty": 1.2}, "`on_duty` must be between 0.0 and 1.0, got 1.2"),
        ({"patrol_share": 0.0}, "must leave time for patrol after briefing and debrief, got 0 minutes"),
        ({"weights": {"early": 1.0}}, "`weights` must hold every shift"),
        ({"weights": {"early": 0.0, "late": 0.0}}, "`weights` must be above 0"),
        ({"officers": 0}, "`officers` must be a whole number of at least 1"),
    ],
)
def test_knobs_out_of_range_are_refused(options, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        patrol_units({"A": 10}, SHIFTS, **options)


def mean_metres(bases, x, y, weight) -> float:
    metres = np.min([np.hypot(x - base.x, y - base.y) for base in bases], axis=0)
    return float((metres * weight).sum())


def test_suggested_bases_are_the_best_choice_of_all() -> None:
    ratio = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        x, y, weight = rng.uniform(0, 100, 12), rng.uniform(0, 100, 12), rng.uniform(0, 5, 12)
        found = mean_metres(suggest_bases(x, y, count=3, weight=weight), x, y, weight)
        best = min(
            mean_metres([Base("b", x[i], y[i]) for i in three], x, y, weight)
            for three in itertools.combinations(range(12), 3)
        )
        ratio.append(found / best)
    assert min(ratio) >= 1 - 1e-9
    assert max(ratio) <= 1 + 1e-6


def test_order_of_places_is_immaterial_and_names_are_taken() -> None:
    x, y = np.array([0.0, 10.0, 1000.0, 1010.0]), np.zeros(4)
    names, weight = ["North", "South", "East", "East"], np.array([1.0, 5.0, 9.0, 1.0])
    one = suggest_bases(x, y, count=2, weight=weight, names=names)
    assert [base.name for base in one] == ["East (1)", "South"]
    order = [1, 0, 3, 2]
    other = suggest_bases(x[order], y[order], count=2, weight=weight[order])
    assert [(base.x, base.y) for base in one] == [(base.x, base.y) for base in other]
    assert [base.name for base in other] == ["Base 1", "Base 2"]


def test_one_place_many_at_one_place_and_places_without_weight() -> None:
    assert suggest_bases([5.0], [6.0], count=4) == (Base("Base 1", 5.0, 6.0),)
    assert len(suggest_bases([5.0] * 9, [6.0] * 9, count=4)) == 1
    assert len(suggest_bases([1.0, 2.0, 3.0], [0.0] * 3, count=2, weight=[0.0] * 3)) == 2


def test_thousands_of_places_are_no_trouble() -> None:
    rng = np.random.default_rng(0)
    assert len(suggest_bases(*rng.uniform(0, 1e5, (2, 2000)), count=12, weight=rng.uniform(0, 1, 2000))) == 12


@pytest.mark.parametrize(
    ("x", "options", "sentence"),
    [
        ([], {"count": 1}, "At least one place is needed to suggest bases"),
        ([np.nan], {"count": 1}, "must have finite coordinates, got 1 that have not"),
        ([1.0], {"count": 0}, "`count` must be a whole number of at least 1, got 0"),
        ([1.0], {"count": 1, "weight": [-1.0]}, "`weight` must be finite and at least 0"),
    ],
)
def test_places_that_are_none_are_refused(x, options, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        suggest_bases(x, x, **options)


def test_briefing_and_debrief_are_never_spent_on_patrol() -> None:
    units = patrol_units({"A": 10}, SHIFTS, patrol_share=1.0)
    assert {unit.minutes for unit in units} == {480 - 30}
