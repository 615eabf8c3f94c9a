import itertools
from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocation._check_week import check_week
from allocation._solvers.tours import legal_tours
from allocation.problem import Shift
from allocation.tours import DAY_NAMES, WeekPlan, plan_week
from allocation.week import TourBase, TourRules, Week
from geodata.errors import InputError

EARLY, LATE, NIGHT = Shift("early", 420, 900), Shift("late", 840, 1320), Shift("night", 1320, 1860)


def windows(seed: int, *, hotspots: int, shifts: tuple[Shift, ...], bases: int = 1, wards: int = 2) -> pd.DataFrame:
    """A value for every hot spot, day and shift; some hot spots of the first tier, all partly anti-social behaviour."""
    rng = np.random.default_rng(seed)
    rows = []
    for spot in range(hotspots):
        base, ward, first_tier = f"base {rng.integers(bases)}", f"W{rng.integers(wards)}", bool(rng.random() < 0.2)
        antisocial = float(rng.random())
        for day, shift in itertools.product(range(7), shifts):
            value = float(rng.gamma(0.5, 4))
            rows.append((f"H{spot:02}", base, ward, day, shift.name, value, first_tier, antisocial))
    columns = ["hotspot_id", "base", "ward", "day", "shift", "value", "first_tier", "antisocial"]
    text = dict.fromkeys(("hotspot_id", "base", "ward", "shift"), "string")
    return pd.DataFrame(rows, columns=columns).astype(text)


def small(seed: int, rules: TourRules | None = None, *, csos: int = 2, hotspots: int = 3) -> Week:
    """A week so small that every way to work and to visit can be tried: five days of the early or the late shift."""
    shifts = (EARLY, LATE)
    visits = windows(seed, hotspots=hotspots, shifts=shifts)
    base = TourBase("base 0", csos, 40, walk=5.0)
    return Week((base,), shifts, visits, rules or TourRules(decay=(1.0, 0.5), most=2, ward_visits=0, tier_days=0))


def slow_twin(week: Week) -> float:
    """The best of all combinations of tours, each day's visits by trying all that its patrols can make."""
    base, shifts = week.bases[0], len(week.shifts)
    tours = legal_tours([s.start for s in week.shifts], [s.end for s in week.shifts], days=5, rest=660)
    room = int(base.minutes // (week.rules.minutes + base.walk))
    pivot = week.visits.pivot_table(index="hotspot_id", columns=["day", "shift"], values="value", sort=False)
    value = pivot[[(day, shift.name) for day in range(7) for shift in week.shifts]].to_numpy().reshape(-1, 7, shifts)
    known: dict[tuple[int, tuple[int, ...]], float] = {}

    def day_value(day: int, patrols: tuple[int, ...]) -> float:
        if (day, patrols) not in known:
            places = [shift for shift, count in enumerate(patrols) for _ in range(count * room)]
            best = 0.0
            for choice in itertools.product(range(-1, len(value)), repeat=len(places)):
                made = Counter((spot, shift) for spot, shift in zip(choice, places, strict=True) if spot >= 0)
                used = Counter(spot for spot in choice if spot >= 0)
                if max(used.values(), default=0) <= week.rules.most:
                    worth = sum(
                        value[spot, day, shift] * sum(week.rules.decay[:n]) for (spot, shift), n in made.items()
                    )
                    best = max(best, worth)
            known[day, patrols] = best
        return known[day, patrols]

    officers = [2 if shift.name in week.rules.pairs else 1 for shift in week.shifts]
    best = 0.0
    for chosen in itertools.combinations_with_replacement(range(len(tours)), base.csos):
        total = 0.0
        for day in range(7):
            on = [int((tours[list(chosen), day] == shift).sum()) for shift in range(shifts)]
            total += day_value(day, tuple(count // each for count, each in zip(on, officers, strict=True)))
        best = max(best, total)
    return best


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("pairs", [(), ("late",)])
def test_no_week_of_a_small_base_is_worth_more_than_the_one_proven(seed: int, pairs: tuple[str, ...]) -> None:
    week = small(
        seed, hotspots=2, rules=TourRules(decay=(1.0, 0.5), most=1 + seed, ward_visits=0, tier_days=0, pairs=pairs)
    )
    plan = plan_week(week)
    assert plan.objective == pytest.approx(slow_twin(week), rel=1e-6)
    assert plan.gap <= 1e-6
    assert check_week(week, plan) == ()


RULES = (
    TourRules(),
    TourRules(pairs=("night",), off_weekend=0.5),
    TourRules(antisocial_share=0.6, tier_days=7, ward_visits=3),
    TourRules(days=4, rest_hours=12.0, decay=(1.0,), pairs=("late", "night")),
)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("rules", RULES)
def test_every_week_is_proven_and_checked_whatever_the_rules(seed: int, rules: TourRules) -> None:
    shifts = (EARLY, LATE, NIGHT)
    visits = windows(seed, hotspots=12, shifts=shifts, bases=2, wards=4)
    week = Week((TourBase("base 0", 2, 120), TourBase("base 1", 3, 100, walk=8.0)), shifts, visits, rules)
    plan = plan_week(week)
    assert check_week(week, plan) == ()
    assert plan.objective <= plan.bound * (1 + 1e-9)
    assert plan.gap <= 1e-5


def test_one_more_cso_is_never_worth_less_and_the_next_one_is_solved_exactly() -> None:
    shifts = (EARLY, LATE)
    visits = windows(5, hotspots=10, shifts=shifts)
    plans = {csos: plan_week(Week((TourBase("base 0", csos, 100),), shifts, visits)) for csos in range(4)}
    values = [plans[csos].objective for csos in range(4)]
    assert values == sorted(values)
    beside = plan_week(Week((TourBase("base 0", 2, 100),), shifts, visits), beside=1).beside
    assert beside.set_index("csos")["value"].to_dict() == pytest.approx({1: values[1], 3: values[3]})


def test_nobody_on_duty_visits_nothing_and_says_what_is_unmet() -> None:
    shifts = (EARLY, LATE)
    week = Week((TourBase("base 0", 0, 100),), shifts, windows(0, hotspots=4, shifts=shifts, wards=1))
    plan = plan_week(week)
    assert plan.visits.empty
    assert plan.objective == 0
    assert any("H6 ward W0 has 1 visits a week (short by 1)" in sentence for sentence in plan.unmet)
    assert check_week(week, plan) == ()


def test_no_hot_spots_at_all_leave_the_tours() -> None:
    shifts = (EARLY, LATE)
    week = Week((TourBase("base 0", 2, 100),), shifts, windows(0, hotspots=4, shifts=shifts).iloc[:0])
    plan = plan_week(week)
    assert len(plan.tours) == 2
    assert (plan.objective, plan.gap, plan.unmet) == (0.0, 0.0, ())


def test_the_same_week_has_the_same_plan() -> None:
    first, second = plan_week(small(1)), plan_week(small(1))
    pd.testing.assert_frame_equal(first.tours, second.tours)
    pd.testing.assert_frame_equal(first.visits, second.visits)


def spoiled(plan: WeekPlan, what: str) -> WeekPlan:
    tours, visits = plan.tours.copy(), plan.visits.copy()
    if what == "H1: CSO 1":
        tours.loc[0, list(DAY_NAMES)] = "early"
    elif what == "H3, H4":
        visits = pd.concat([visits] * 9, ignore_index=True)
    elif what == "numbered":
        visits["visit"] = 3
    elif what == "not its own":
        visits["base"] = "base 9"
    elif what == "are worth":
        return replace(plan, objective=plan.objective + 1)
    return replace(plan, tours=tours, visits=visits)


@pytest.mark.parametrize("what", ["H1: CSO 1", "H3, H4", "numbered", "not its own", "are worth"])
def test_the_checker_finds_what_is_broken(what: str) -> None:
    week = small(2)
    plan = plan_week(week)
    assert any(what in fault for fault in check_week(week, spoiled(plan, what)))


def test_bad_weeks_are_refused() -> None:
    good = small(0)
    with pytest.raises(InputError, match="cannot be made of the 2 shifts given"):
        plan_week(replace(good, rules=TourRules(days=6, rest_hours=17.0)))
    with pytest.raises(InputError, match="`pairs` must name shifts of the week, got dusk"):
        replace(good, rules=TourRules(pairs=("dusk",)))
    with pytest.raises(InputError, match="got 42 that are not"):
        replace(good, bases=(TourBase("another", 1, 60),))
    with pytest.raises(InputError, match="one row per hot spot, day and shift"):
        replace(good, visits=pd.concat([good.visits, good.visits], ignore_index=True))
    with pytest.raises(InputError, match="`days` must be"):
        TourRules(days=7)
    with pytest.raises(InputError, match="`decay` must start at 1"):
        TourRules(decay=(0.5, 1.0))
    with pytest.raises(InputError, match="`csos` must be"):
        TourBase("b", -1, 60)
