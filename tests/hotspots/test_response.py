"""The response list: who gets which tier, by when, and which neighbours are told."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from hotspots.response import COCOON_COLUMNS, LIST_COLUMNS, RESPONSES, cocoon, response_list

TODAY = pd.Timestamp("2024-03-01")


def crimes(*rows: tuple[str, float, str | None, str | None]) -> pd.DataFrame:
    """Offence, days ago, place, victim."""
    table = pd.DataFrame(rows, columns=["offence", "ago", "place", "victim"])
    return table.assign(
        crime_id=[f"C{number}" for number in range(len(table))], last=TODAY - pd.to_timedelta(table["ago"], unit="D")
    )


def test_the_tier_goes_by_earlier_crimes_within_a_year() -> None:
    found = response_list(
        crimes(
            ("Burglary", 3, "once", None),
            ("Burglary", 2, "twice", None),
            ("Burglary - Residential", 200, "twice", None),
            *[("Burglary", days, "thrice", None) for days in (1, 50, 300)],
            ("Burglary", 5, "long ago", None),
            ("Burglary", 500, "long ago", None),
        ),
        as_of=TODAY,
    ).set_index("subject")
    assert found["tier"].to_dict() == {"thrice": "gold", "twice": "silver", "long ago": "bronze", "once": "bronze"}
    assert found.index[0] == "thrice"
    assert found["previous"].to_dict() == {"thrice": 2, "twice": 1, "long ago": 0, "once": 0}


def test_what_is_due_is_due_by_the_hours_of_its_tier() -> None:
    found = response_list(crimes(("Burglary", 4, "old", None), ("Domestic abuse", 0.5, None, "V1")), as_of=TODAY)
    burglary, abuse = (found[found["response"] == name].iloc[0] for name in ("burglary", "domestic abuse"))
    assert burglary["due"] == TODAY - pd.Timedelta(4, "D") + pd.Timedelta(72, "h")
    assert burglary["late"]
    assert abuse["due"] == TODAY + pd.Timedelta(12, "h")
    assert not abuse["late"]
    assert "safety plan" in abuse["actions"]


def test_only_recent_victims_are_listed_and_the_newest_crime_is_named() -> None:
    found = response_list(crimes(("Burglary", 29, "a", None), ("Burglary", 27, "b", None)), as_of=TODAY)
    assert found["subject"].tolist() == ["b"]
    assert found["crime_id"].tolist() == ["C1"]


def test_several_crimes_of_one_day_are_one_event() -> None:
    found = response_list(crimes(("Burglary", 1, "a", None), ("Burglary", 1, "a", None)), as_of=TODAY)
    assert found["tier"].tolist() == ["bronze"]


def test_each_sort_of_crime_counts_its_own_and_a_crime_has_one_response() -> None:
    found = response_list(
        crimes(
            ("Domestic burglary", 1, "a", "V1"),
            ("Hate crime", 1, "a", "V1"),
            ("Theft from vehicle", 1, "a", "V1"),
            ("Shoplifting", 1, "a", "V1"),
        ),
        as_of=TODAY,
    )
    assert sorted(zip(found["response"], found["kind"], found["tier"], strict=True)) == [
        ("burglary", "place", "bronze"),
        ("hate crime", "victim", "bronze"),
        ("vehicle crime", "victim", "bronze"),
    ]


def test_a_crime_that_does_not_say_the_place_goes_by_the_victim() -> None:
    found = response_list(crimes(("Burglary", 1, None, "V1"), ("Burglary", 9, None, None)), as_of=TODAY)
    assert found[["kind", "subject"]].to_numpy().tolist() == [["victim", "V1"]]


def test_a_higher_least_tier_shortens_the_list() -> None:
    rows = crimes(("Burglary", 1, "a", None), ("Burglary", 9, "a", None), ("Burglary", 2, "b", None))
    assert response_list(rows, as_of=TODAY, least="silver")["subject"].tolist() == ["a"]
    with pytest.raises(InputError, match="bronze, silver, gold"):
        response_list(rows, as_of=TODAY, least="tin")


def test_order_of_rows_is_immaterial() -> None:
    rng = np.random.default_rng(0)
    offence, ago, who = rng.choice(["Burglary", "Hate crime"], 120), rng.integers(0, 90, 120), rng.integers(0, 20, 120)
    drawn = zip(offence, ago.astype(float), who, strict=True)
    rows = crimes(*((str(sort), days, f"P{number}", f"V{number}") for sort, days, number in drawn))
    one, other = (response_list(each, as_of=TODAY) for each in (rows, rows.sample(frac=1, random_state=1)))
    pd.testing.assert_frame_equal(one.sort_index(), other.sort_index())


def test_nothing_recent_is_an_empty_list_with_its_columns() -> None:
    found = response_list(crimes(), as_of=TODAY)
    assert found.columns.tolist() == list(LIST_COLUMNS)
    assert len(found) == 0


STREET = pd.DataFrame({"premises": [f"P{n:02d}" for n in range(30)], "x": np.arange(30) * 10.0, "y": 0.0})


def told(rows: pd.DataFrame, **options: object) -> pd.DataFrame:
    due = response_list(rows, as_of=TODAY)
    at = STREET.set_index("premises").loc[rows.loc[due.index, "place"]]
    at = at.reset_index().set_axis(due.index)
    return cocoon(due, at, STREET, as_of=TODAY, **options)  # type: ignore[arg-type]


def test_neighbours_are_told_by_ring_each_once_and_never_the_victim() -> None:
    found = told(crimes(("Burglary", 2, "P05", None), ("Burglary", 2, "P08", None)), rings=(15, 30))
    assert found["premises"].is_unique
    assert found.set_index("premises")["ring_m"].to_dict() == {
        "P02": 30, "P03": 30, "P04": 15, "P06": 15, "P07": 15, "P09": 15, "P10": 30, "P11": 30, "P05": 30, "P08": 30,
    }  # fmt: skip
    assert found.columns.tolist() == list(COCOON_COLUMNS)


def test_a_warning_expires() -> None:
    rows = crimes(("Burglary", 20, "P05", None))
    assert told(rows, expires_after=19).empty
    found = told(rows, expires_after=30)
    assert set(found["expires"]) == {TODAY + pd.Timedelta(10, "D")}


def test_nobody_is_told_of_domestic_abuse_or_hate_crime() -> None:
    assert told(crimes(("Domestic abuse", 1, "P05", "V1"), ("Hate crime", 1, "P09", "V2"))).empty
    assert {response.name: response.neighbours for response in RESPONSES} == {
        "burglary": True, "domestic abuse": False, "hate crime": False, "vehicle crime": False,
    }  # fmt: skip


def test_rings_that_do_not_rise_are_refused() -> None:
    with pytest.raises(InputError, match="got 50, 20"):
        told(crimes(("Burglary", 2, "P05", None)), rings=(50, 20))
