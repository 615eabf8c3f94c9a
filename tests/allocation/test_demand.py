"""What is asked for: harm by ward, visits by hot spot and shift, and the times they come from."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.demand import visit_demand, ward_demand
from allocation.problem import Shift
from allocation.times import by_length, shift_shares
from geodata.errors import InputError
from tests.allocation import small

DAY = [Shift("early", 420, 900), Shift("late", 900, 1380), Shift("night", 1380, 1860)]


def hotspots(harm: list[float]) -> gpd.GeoDataFrame:
    count = len(harm)
    zeros = np.zeros(count)
    texts = {"offence_mix": "", "trend": "steady", "history": "none", "reason": ""}
    table = pd.DataFrame(
        {
            "hotspot_id": [f"H{number + 1:02d}" for number in range(count)],
            "rank": np.arange(1, count + 1),
            "rank_low": np.full(count, np.nan),
            "rank_high": np.full(count, np.nan),
            "stability": np.full(count, np.nan),
            "name": "Place",
            "ward": "W00",
            "crimes": np.zeros(count, dtype=np.int64),
            "offence_mix": "",
            "expected_crimes": np.array(harm) / 10,
            "expected_crimes_low": zeros,
            "expected_crimes_high": zeros,
            "expected_harm": np.array(harm, dtype=np.float64),
            "expected_harm_low": zeros,
            "expected_harm_high": zeros,
            "area_m2": np.full(count, 100.0),
            "trend": "steady",
            "history": "none",
            "reason": "",
        }
    ).astype(dict.fromkeys(("hotspot_id", "name", "ward", *texts), "string"))
    squares = [shapely.box(200 * number, 0, 200 * number + 100, 100) for number in range(count)]
    return gpd.GeoDataFrame(table, geometry=squares, crs="EPSG:27700")


def crimes(spans: list[tuple[str, int]], *, precision: str = "instant") -> pd.DataFrame:
    begin = pd.to_datetime([moment for moment, _ in spans]).tz_localize("Europe/London")
    lasting = pd.to_timedelta([minutes for _, minutes in spans], unit="min")
    return pd.DataFrame({"occurred_from": begin, "occurred_to": begin + lasting, "precision": precision})


def test_a_ward_without_figures_has_none_and_priorities_multiply() -> None:
    table = ward_demand(
        small.squares(3),
        crimes=pd.Series({"W01": 4.0}),
        harm=pd.Series({"W01": 9.0, "W02": 1.0}),
        priorities={"W02": 2.0},
    )
    assert table["crimes"].tolist() == [0.0, 4.0, 0.0]
    assert table["harm"].tolist() == [0.0, 9.0, 1.0]
    assert table["priority"].tolist() == [1.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("harm", "priorities", "sentence"),
    [
        ({"X": 1.0}, None, "`harm` must be given by codes of the wards, got 1 that are not"),
        ({"W00": 1.0}, {"X": 2.0}, "`priorities` must be given by codes of the wards"),
        ({"W00": 1.0}, {"W00": 9.0}, "`priority` must be between 0.25 and 4.0, got 9"),
        ({"W00": -1.0}, None, "`harm` breaks"),
    ],
)
def test_demand_that_does_not_fit_the_wards_is_refused(harm, priorities, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        ward_demand(small.squares(2), crimes=pd.Series(dtype="float64"), harm=pd.Series(harm), priorities=priorities)


def test_the_first_visit_is_worth_the_harm_of_its_shift() -> None:
    table = visit_demand(hotspots([70.0, 7.0]), DAY[:2], share_by_shift={"early": 0.5, "late": 0.2})
    assert table["value"].tolist() == pytest.approx([35.0, 3.5, 14.0, 1.4])
    assert table["hotspot_id"].tolist() == ["H01", "H02", "H01", "H02"]
    assert table[["x", "y"]].iloc[1].tolist() == [250.0, 50.0]
    assert (table["minutes"] == 15).all()
    by_crime = visit_demand(hotspots([70.0]), DAY[:1], share_by_shift={"early": 0.5}, measure="expected_crimes")
    assert by_crime["value"].tolist() == pytest.approx([3.5])


def test_shares_may_differ_by_hot_spot_and_default_to_the_length_of_shifts() -> None:
    shares = pd.DataFrame({"early": [0.1, 0.9]}, index=["H02", "H01"])
    assert visit_demand(hotspots([10.0, 10.0]), DAY[:1], share_by_shift=shares)["value"].tolist() == [9.0, 1.0]
    assert visit_demand(hotspots([9.0]), DAY)["value"].tolist() == pytest.approx([3.0, 3.0, 3.0])


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({"late": 0.5}, "must hold every shift and hot spot"),
        (pd.DataFrame({"early": [0.5]}, index=["X"]), "must hold every shift and hot spot"),
        ({"early": 1.5}, "between 0 and 1, got 2 that are not"),
        ({"early": np.nan}, "between 0 and 1, got 2 that are not"),
    ],
)
def test_shares_that_are_none_are_refused(shares, sentence) -> None:
    with pytest.raises(InputError, match=sentence):
        visit_demand(hotspots([1.0, 2.0]), DAY[:1], share_by_shift=shares)


def test_no_hot_spots_ask_for_no_visits() -> None:
    assert len(visit_demand(hotspots([]), DAY)) == 0


def test_times_of_day_make_the_shares() -> None:
    events = crimes([("2024-03-01 08:00", 0)] * 60 + [("2024-03-02 23:30", 0)] * 40)
    at = pd.Series(["H01"] * 60 + [pd.NA] * 40, dtype="string")
    shares = shift_shares(events, DAY, hotspot=at, hotspots=["H01", "H02"])
    assert shares.table.loc["H02"].tolist() == pytest.approx([0.6, 0.0, 0.4])
    assert shares.table.loc["H01"].tolist() == pytest.approx([(60 + 20 * 0.6) / 80, 0.0, 20 * 0.4 / 80])
    assert shares.basis == "Harm is spread over the shifts by the times of 100 crimes, 60 of them in hot spots."


def test_a_crime_between_two_moments_counts_evenly_over_them() -> None:
    events = crimes([("2024-03-01 13:00", 240)] * 50)  # two hours early, two late
    shares = shift_shares(events, DAY, hotspot=pd.Series([pd.NA] * 50), hotspots=["H01"])
    assert shares.table.loc["H01"].tolist() == pytest.approx([0.5, 0.5, 0.0])


def test_weights_count_and_their_scale_does_not() -> None:
    events = crimes([("2024-03-01 08:00", 0)] * 30 + [("2024-03-01 20:00", 0)] * 30)
    at, weight = pd.Series(["H01"] * 60), np.array([3.0] * 30 + [1.0] * 30)
    one = shift_shares(events, DAY, hotspot=at, hotspots=["H01"], weight=weight)
    other = shift_shares(events, DAY, hotspot=at, hotspots=["H01"], weight=weight * 50)
    assert one.table.loc["H01"].tolist() == pytest.approx([0.75, 0.25, 0.0])
    pd.testing.assert_frame_equal(one.table, other.table)


@pytest.mark.parametrize("precision", ["day", "month"])
def test_dates_without_times_fall_back_to_the_length_of_shifts_and_say_so(precision) -> None:
    events = crimes([("2024-03-01 00:00", 1440)] * 500, precision=precision)
    shares = shift_shares(events, DAY, hotspot=pd.Series([pd.NA] * 500), hotspots=["H01"])
    assert shares.table.loc["H01"].tolist() == by_length(DAY).tolist()
    assert (
        shares.basis == "Harm is spread over the shifts by the length of the shifts, since 0 crimes have a time of day."
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 1439), st.integers(0, 1439)), min_size=50, max_size=60))
def test_shifts_that_fill_the_day_share_all_of_it(spans) -> None:
    events = crimes([(f"2024-06-01 {begin // 60:02d}:{begin % 60:02d}", lasting) for begin, lasting in spans])
    shares = shift_shares(events, DAY, hotspot=pd.Series(["H01"] * len(spans)), hotspots=["H01"])
    assert shares.table.sum(axis=1).tolist() == pytest.approx([1.0])
