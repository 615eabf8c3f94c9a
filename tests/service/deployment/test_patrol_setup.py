"""Who patrols by a profile: never alone when nobody may be, with breaks that it sets, or a sentence."""

import pandas as pd
import pytest
from pydantic import ValidationError

from geodata.errors import InputError
from service.deployment.patrol_setup import meal_break, patrol_rules, shifts_of, units_of, ward_weights
from service.profile.force import Profile

BASES = [{"name": "North", "easting": 0, "northing": 0}, {"name": "South", "easting": 9, "northing": 9}]
LATE = [{"name": "late", "start": "14:00", "end": "22:00"}]


def profile(*units: dict[str, object], patrol: dict[str, object] | None = None, shifts=LATE) -> Profile:
    return Profile.model_validate({"bases": BASES, "shifts": shifts, "units": units, "patrol": patrol or {}})


def units(given: Profile, csos: dict[str, int] | None = None):
    return units_of(given, csos or {"North": 4}, shifts_of(given)[0], patrol_rules(given))


def test_lone_units_are_joined_after_dark_and_who_is_left_is_counted() -> None:
    alone = {"shift": "late", "officers": 1}
    found, note = units(profile({"base": "North", "patrols": 2, **alone}, {"base": "South", **alone}))
    assert [(unit.base, unit.officers) for unit in found] == [("North", 2)]
    assert "1 patrol of one had nobody to walk with from 20:00, and was left out" in note


def test_never_means_that_one_may_walk_alone() -> None:
    given = profile({"base": "South", "shift": "late", "officers": 1}, patrol={"pairs_from": "never"})
    assert [unit.officers for unit in units(given)[0]] == [1]


def test_nobody_left_to_walk_with_is_a_sentence() -> None:
    with pytest.raises(InputError, match="needs company from 20:00, and nobody has any"):
        units(profile({"base": "South", "shift": "late", "officers": 1}))
    with pytest.raises(InputError, match="One CSO has nobody to walk with from 20:00"):
        units(profile(), {"North": 1})


def test_one_cso_walks_in_daylight() -> None:
    found, note = units(profile(shifts=[*LATE, {"name": "day", "start": "08:00", "end": "16:00"}]), {"North": 1})
    assert [unit.shift for unit in found] == ["day"]
    assert "walk alone, 1 patrols" in note


def test_settings_become_rules() -> None:
    given = profile(patrol={"gap_minutes": 30, "driving_kmh": 0, "meal_minutes": 20, "pairs_from": "18:30"})
    rules, meal = patrol_rules(given), meal_break(given)
    assert (rules.gap, rules.drive_kmh, rules.pairs_from, rules.pairs_until) == (30, None, 1110, 360)
    assert meal is not None
    assert (meal.minutes, meal.after, meal.before) == (20, 120, 360)
    assert meal_break(profile(patrol={"meal_minutes": 0})) is None


@pytest.mark.parametrize(
    ("patrol", "sentence"),
    [
        ({"meal_after": 400}, "meal_after must not be later than meal_before"),
        ({"pairs_from": "05:00"}, "must not be later than pairs_from"),
        ({"pairs_from": "dusk"}, "pairs_from"),
        ({"variant_share": 2}, "variant_share"),
        ({"rounds": 0}, "rounds"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(patrol, sentence) -> None:
    with pytest.raises(ValidationError, match=sentence):
        profile(patrol=patrol)


def test_other_calls_take_their_share_of_every_patrol() -> None:
    def minutes(abstraction: float, *groups: dict[str, object]) -> set[int]:
        given = profile(*groups, patrol={"pairs_from": "never", "share_on_patrol": 0.5})
        staff = given.staff.model_copy(update={"abstraction": abstraction})
        return {unit.minutes for unit in units(given.model_copy(update={"staff": staff}))[0]}

    own = {"base": "North", "shift": "late"}
    assert minutes(0.0) == minutes(0.0, own) == {240}
    assert minutes(0.25) == minutes(0.25, own) == {180}
    with pytest.raises(InputError, match="must leave time for patrol"):
        minutes(1.0, own)


def test_a_hot_spot_counts_as_its_ward_does() -> None:
    demand = pd.DataFrame({"ward": ["A", "B"], "priority": [2.0, 0.5]})
    hotspots = pd.DataFrame({"ward": pd.Series(["B", "A", None], dtype="string")})
    assert ward_weights(demand, hotspots).tolist() == [0.5, 2.0, 1.0]
