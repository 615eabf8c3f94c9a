"""What is planted in the made-up force is found again: repeat victims, and burglaries brought on at one premises."""

import pandas as pd
import pytest

from geodata.town import Town, make_town
from hotspots.repeats import repeats
from hotspots.time_course import TimeCourse, time_course

DAYS = 14
PERSONAL = ("Violence and sexual offences", "Criminal damage and arson", "Other theft")


def made(seed: int) -> Town:
    """A small force whose burglaries bring on others within ten metres: nearly always at the same premises."""
    return make_town(
        seed, wards=3, incidents=12_000, hotspots=1, near_repeat_metres=10, near_repeat_days=DAYS
    )  # fmt: skip


def burglary(town: Town, seed: int) -> TimeCourse:
    held = town.crimes[town.crimes["offence"] == "Burglary"]
    middle = held["occurred_from"] + (held["occurred_to"] - held["occurred_from"]) / 2
    return time_course(held["place_id"].astype("string"), middle, calendars=199, draws=299, seed=seed)


def holds(course: TimeCourse) -> bool:
    return course.days_low is not None and course.days_high is not None and course.days_low <= DAYS <= course.days_high


@pytest.mark.parametrize("seed", range(3))
def test_planted_repeats_and_their_days_are_recovered(seed: int) -> None:
    town = made(seed)
    course = burglary(town, seed)
    assert course.p <= 0.01
    assert holds(course)
    place = town.crimes.set_index("crime_id")["place_id"].astype("string")
    brought = town.truth.triggered
    again = int((place[brought["crime_id"]].to_numpy() == place[brought["triggered_by"]].to_numpy()).sum())
    held = town.crimes[town.crimes["offence"] == "Burglary"]
    assert repeats(held["place_id"].astype("string")).loc["all", "repeats"] >= again


@pytest.mark.parametrize("seed", range(2))
def test_every_planted_repeat_victim_is_counted_and_none_is_hurried(seed: int) -> None:
    town = made(seed)
    planted = town.truth.repeat_victims.set_index("victim_id")["crimes"]
    found = town.crimes["victim_id"].value_counts().reindex(planted.index).fillna(0)
    assert (found >= planted).all()
    held = town.crimes[town.crimes["offence"].isin(PERSONAL)]
    # their days were drawn at random: no high-risk period is planted for them
    assert time_course(held["victim_id"], held["occurred_from"], calendars=199, draws=9, seed=seed).days is None


@pytest.mark.long
def test_the_interval_holds_the_planted_days_in_nineteen_of_twenty_seeds() -> None:
    assert sum(holds(burglary(made(seed), seed)) for seed in range(20)) >= 18


def test_police_uk_files_of_the_same_force_allow_none_of_it(town: Town) -> None:
    from service.repeats.subjects import subjects

    crimes = town.crimes.assign(
        place_kind=pd.Categorical.from_codes([0] * len(town.crimes), categories=pd.Index(["map point"], dtype="str")),
        victim_id=pd.array([pd.NA] * len(town.crimes), dtype="string"),
    )
    found = subjects(crimes, None)
    assert not found.place.claimed
    assert found.victim is None
    assert [claim for claim, _ in found.refusals] == [
        "Repeat victimisation of premises",
        "Repeat victimisation of people",
    ]
