"""Values that check themselves, and the sentences they refuse with."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocation._task import task_of
from allocation.check import check_plan
from allocation.problem import Base, Posts, Problem, Shift, Unit
from allocation.rules import Rules, TeamRules
from allocation.schedule import schedule_patrols
from geodata.errors import InputError
from geodata.town import make_town
from tests.allocation import small

PLACES = [(100.0, 0.0, 5.0), (200.0, 0.0, 3.0)]
BASE = Base("B0", 0.0, 0.0)
UNIT = Unit("U", "CSO", "B0", "early", 120)


def of(**changes: object) -> Problem:
    given = {"units": [UNIT], "bases": [BASE], "shifts": [small.EARLY], "visits": small.visits(PLACES)} | changes
    units, bases, shifts = given.pop("units"), given.pop("bases"), given.pop("shifts")
    return Problem.of(units, bases, shifts, **given)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Base("", 0, 0), "A base must have a name"),
        (lambda: Base("B", np.nan, 0), "A base must have finite coordinates"),
        (lambda: Shift("s", 600, 600), "must end after it starts and last at most 1440 minutes, got 600 to 600"),
        (lambda: Shift("s", 600, 2100), "must end after it starts and last at most 1440 minutes"),
        (lambda: Shift("s", -10, 60), "`start` must be a whole number of at least 0, got -10"),
        (lambda: Shift("s", 1440, 1500), "`start` must be between 0 and 1439, got 1440"),
        (lambda: Unit("U", "captain", "B0", "early", 60), "role must be one of inspector, sergeant, constable, CSO"),
        (lambda: Unit("U", "CSO", "B0", "early", -60), "`minutes` must be a whole number of at least 1, got -60"),
        (lambda: Unit("U", "CSO", "B0", "early", 60, 0), "`officers` must be a whole number of at least 1, got 0"),
        (lambda: Unit(" ", "CSO", "B0", "early", 60), "A unit must have a name"),
        (lambda: Posts(0, 0, 5), "must hold at least one constable or CSO, got none"),
        (lambda: Posts(-1, 5), "`constables` must be a whole number of at least 0, got -1"),
        (lambda: Posts(1, 2, -3), "`sergeants` must be a whole number of at least 0, got -3"),
        (lambda: TeamRules(span=0), "`span` must be a whole number of at least 1, got 0"),
        (lambda: TeamRules(cso_hours=-2.0), "`cso_hours` must be above 0 hours a week, got -2"),
        (lambda: Rules(decay=(1.0, 0.5, 0.6)), "`decay` must start at 1, never rise and never fall below 0"),
        (lambda: Rules(decay=()), "`decay` must start at 1"),
        (lambda: Rules(gap=-5), "`gap` must be a whole number of at least 0, got -5"),
        (lambda: Rules(walk_kmh=0.0), "`walk_kmh` must be above 0 km/h, got 0"),
        (lambda: Rules(detour=0.9), "`detour` must be between 1.0 and 5.0, got 0.9"),
        (lambda: of(units=[]), "At least one unit is needed to plan patrols, got none"),
        (lambda: of(bases=[]), "At least one base is needed to plan patrols, got none"),
        (lambda: of(shifts=[]), "At least one shift is needed to plan patrols, got none"),
        (lambda: of(units=[UNIT, UNIT]), "Names of units must be unique, got 1 used twice"),
        (lambda: of(bases=[BASE, BASE]), "Names of bases must be unique, got 1 used twice"),
        (lambda: of(units=[replace(UNIT, base="X")]), "must start from a known base, got 'X'"),
        (lambda: of(units=[replace(UNIT, shift="X")]), "must work a known shift, got 'X'"),
        (lambda: of(units=[replace(UNIT, minutes=460)]), "must fit its shift of 480 minutes, got 460 [+] 30"),
        (lambda: of(visits=small.visits(PLACES, minutes=481)), "must not last longer than its shift, got 2 that do"),
        (lambda: of(visits=small.visits(PLACES, shifts=["x"])), "Visits must be in a known shift, got 2 that are not"),
        (lambda: of(visits=small.visits(PLACES, most=0)), "`most` breaks"),
        (lambda: of(visits=pd.concat([small.visits(PLACES)] * 2)), "one row per hot spot and shift"),
        (lambda: of(visits=small.visits(PLACES).assign(x=[np.nan, 1.0])), "`x` breaks"),
        (lambda: of(visits=small.visits(PLACES).assign(x=np.inf)), "must have finite coordinates, got 2 that have not"),
        (lambda: of(visits=small.visits(PLACES).assign(value=np.inf)), "a finite value, got 2 that have not"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(make, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        make()


def test_a_hot_spot_at_two_points_is_refused() -> None:
    two = pd.concat([small.visits(PLACES), small.visits([(9.0, 9.0, 1.0)], shifts=["late"])], ignore_index=True)
    with pytest.raises(InputError, match="must lie at one point, got 1 at more than one"):
        of(visits=two, shifts=[small.EARLY, Shift("late", 900, 1300)])


def test_too_many_hot_spots_are_refused() -> None:
    with pytest.raises(InputError, match="At most 3,000 hot spots can be planned together, got 3,001"):
        of(visits=small.visits([(float(number), 0.0, 1.0) for number in range(3001)]))


def test_travel_that_measures_other_places_is_refused() -> None:
    one = of()
    with pytest.raises(InputError, match="must measure the hot spots of `visits`"):
        replace(one, visits=one.visits.iloc[:1])
    with pytest.raises(InputError, match=r"must measure from every base \(2\), got 1"):
        replace(one, bases=(BASE, Base("B1", 5.0, 5.0)))
    with pytest.raises(InputError, match="`from_base` must hold metres of at least 0"):
        replace(one.travel, from_base=-one.travel.from_base)
    with pytest.raises(InputError, match="`between` must be 2 x 2, got 1 x 2"):
        replace(one.travel, between=one.travel.between[:1])


def test_a_shift_may_cross_midnight() -> None:
    assert Shift("night", 1320, 1800).minutes == 480


def test_distances_are_straight_lines_where_there_are_no_streets() -> None:
    travel = of(visits=small.visits([(300.0, 400.0, 1.0), (300.0, 0.0, 1.0)])).travel
    assert travel.basis == "straight line"
    assert travel.from_base.tolist() == [[500.0, 300.0]]
    assert travel.between.tolist() == [[0.0, 400.0], [400.0, 0.0]]


@pytest.mark.parametrize("drive", [10.0, 30.0, 80.0])
def test_going_farther_never_takes_less_time(drive) -> None:
    places = [(float(metres), 0.0, 1.0) for metres in range(0, 20_000, 250)]
    problem = of(visits=small.visits(places, most=1), rules=Rules(drive_kmh=drive))
    legs = task_of(problem, "early")
    assert (np.diff(legs.out[0]) >= 0).all()
    assert (legs.out_metres[0] == np.where(np.arange(0, 20_000, 250) <= 1500, np.arange(0, 20_000, 250), 0)).all()


def test_streets_lengthen_the_walk_and_are_named() -> None:
    town = make_town(0, wards=4, months=3, incidents=200, hotspots=2)
    x, y = town.areas.geometry.representative_point().x, town.areas.geometry.representative_point().y
    table = small.visits(list(zip(x, y, [1.0] * 4, strict=True)))
    base = Base("B0", float(x.iloc[0]), float(y.iloc[0]))
    problem = Problem.of([UNIT], [base], [small.EARLY], visits=table, streets=town.streets)
    assert problem.travel.basis == "street network"
    assert (problem.travel.between >= problem.travel.line_between - 1e-6).all()
    found = schedule_patrols(problem)
    assert check_plan(problem, found.plan) == ()
    assert "along the streets" in found.rules[2]
