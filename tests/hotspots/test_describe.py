import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata import tables
from geodata.errors import InputError
from hotspots import choose, describe, forecast
from hotspots.wording import percent
from tests.hotspots import small

WEEKS = 12


def by_hand():
    """
    Two places in two wards, over twelve weeks: a burglary a week in the west that doubles, and 24 thefts in the east.

    The first is in cell 65 (x 550, y 350), the second in cell 215 (x 1550, y 1050); one crime lies in neither.
    """
    days = np.concatenate([np.arange(12) * 7, 42 + np.arange(6) * 7, np.arange(24) * 3.5, [3]])
    x = np.concatenate([np.full(18, 550), np.full(24, 1550), [50]])
    y = np.concatenate([np.full(18, 350), np.full(24, 1050), [50]])
    offence = ["Burglary"] * 18 + ["Theft"] * 12 + ["Robbery"] * 8 + ["ASB"] * 4 + ["Burglary"]
    location = ["On or near GREY STREET"] * 18 + ["On or near Parking Area"] * 13 + ["On or near High Street"] * 11
    crimes = small.crimes(x, y, day=days, offence=offence, location=[*location, "No Location"])
    harm = pd.Series(np.where(crimes["offence"] == "Burglary", 10.0, 2.0), index=crimes.index)
    return crimes, harm


def table_of(crimes, weights, **changes):
    grid, periods = small.grid(), small.weeks(WEEKS)
    study = np.ones(grid.size, dtype=bool)
    areas = small.two_wards(grid)
    wards = pd.Series(np.where(crimes.geometry.x < small.WEST + 1000, *areas["code"]), index=crimes.index)
    arguments = {"method": "raw count", "bandwidth": 300.0}
    expected = forecast(crimes, grid, periods, **arguments)
    risk = forecast(crimes, grid, periods, weights=weights, **arguments)
    spots = choose(risk, grid, study=study, share=2 / 300, min_area=1e4, max_area=1e4)
    arguments = {"expected_crimes": expected, "harm": weights, "areas": areas, "wards": wards} | changes
    return describe(spots, crimes, grid, periods, **arguments)


def test_the_table_by_hand():
    found = table_of(*by_hand())
    first, second = found.iloc[0], found.iloc[1]
    assert found["hotspot_id"].tolist() == ["H01", "H02"]
    assert (first["name"], first["ward"], first["crimes"]) == ("Grey Street", "E05000001", 18)
    assert (second["name"], second["ward"], second["crimes"]) == ("Parking Area, High Street", "E05000002", 24)
    assert first["offence_mix"] == "Burglary 100 %"
    assert second["offence_mix"] == "Theft 50 %, Robbery 33 %, ASB 17 %"
    assert (first["expected_crimes"], second["expected_crimes"]) == (1.5, 2.0)
    assert (first["expected_harm"], second["expected_harm"]) == (15.0, 4.0)
    assert second["trend"] == "steady"
    # 180 of 180 + 48 + 10, one cell of 300.
    assert first["reason"] == (
        "Holds 76 % of the force's expected harm in 0.3 % of its area; 18 crimes recorded, 100 % of them burglary."
    )
    assert second["reason"].endswith("24 crimes recorded, 50 % of them theft.")


def test_the_table_keeps_its_rules():
    found = table_of(*by_hand())
    assert tables.check(found, tables.HOTSPOTS) is found
    assert found.crs == small.CRS
    for what in ("crimes", "harm"):
        low, mean, high = (found[f"expected_{what}{end}"] for end in ("_low", "", "_high"))
        assert (low <= mean).all()
        assert (mean <= high).all()


def test_a_spot_of_few_crimes_has_no_trend():
    found = table_of(*by_hand())
    assert found["trend"].tolist()[0] == "too few to say"


def test_a_rise_is_found():
    days = np.concatenate([week * 7 + np.linspace(0, 6, 1 + week) for week in range(WEEKS)])
    crimes = small.crimes(np.full(days.size, 550), np.full(days.size, 350), day=days)
    found = table_of(crimes, pd.Series(1.0, index=crimes.index))
    assert found["trend"].tolist() == ["rising"]


def test_harm_expected_is_taken_from_the_surface_where_one_is_given():
    crimes, harm = by_hand()
    surface = pd.Series(np.full(300, 0.25))
    assert table_of(crimes, harm, expected_harm=surface)["expected_harm"].tolist() == [0.25, 0.25]


def test_ranking_by_crimes_is_said_so():
    assert "expected crime in" in table_of(*by_hand(), rank_by="crimes")["reason"][0]


def test_crimes_outside_the_periods_are_left_out():
    crimes, _ = by_hand()
    late = small.crimes([550.0] * 5, [350.0] * 5, day=WEEKS * 7 + 1, offence="Burglary")
    both = gpd.GeoDataFrame(pd.concat([crimes, late], ignore_index=True), crs=small.CRS)
    found = table_of(both, pd.Series(1.0, index=both.index))
    assert found.set_index("name").loc["Grey Street", "crimes"] == 18


def test_two_spots_of_one_name_get_their_grid_references():
    crimes, harm = by_hand()
    crimes["location"] = pd.Categorical(["On or near High Street"] * len(crimes))
    assert table_of(crimes, harm)["name"].tolist() == ["High Street (NZ 205 603)", "High Street (NZ 215 610)"]


def test_a_spot_without_a_location_is_called_by_its_grid_reference():
    crimes, harm = by_hand()
    crimes["location"] = pd.Categorical([None] * len(crimes))
    assert table_of(crimes, harm)["name"].tolist() == ["NZ 205 603", "NZ 215 610"]


def test_a_spot_without_recorded_crime_is_described_too():
    crimes, harm = by_hand()
    grid = small.grid()
    risk = pd.Series(np.zeros(300))
    risk[101] = 1.0
    spots = choose(risk, grid, study=np.ones(300, dtype=bool), share=0.01, min_area=1e4, max_area=1e4)
    areas = small.two_wards(grid)
    wards = pd.Series(pd.NA, index=crimes.index, dtype="string")
    arguments = {"expected_crimes": risk, "harm": harm, "areas": areas, "wards": wards}
    row = describe(spots, crimes, grid, small.weeks(WEEKS), **arguments).iloc[0]
    assert (row["crimes"], row["offence_mix"], row["ward"]) == (0, "no crime recorded", "E05000001")
    assert row["reason"].endswith("no crime is recorded inside it, only around it.")
    assert row["expected_crimes_high"] >= 1


def test_no_spots_make_an_empty_table():
    nothing = table_of(small.crimes([], []), pd.Series([], dtype=float))
    assert len(nothing) == 0
    assert list(nothing.columns) == list(tables.HOTSPOTS.columns)


@pytest.mark.parametrize("size", [1, 500])
def test_one_crime_and_all_on_one_point_are_described(size):
    crimes = small.crimes(np.full(size, 550.0), np.full(size, 350.0), day=np.arange(size) % 84)
    found = table_of(crimes, pd.Series(1.0, index=crimes.index))
    assert found["crimes"].tolist() == [size]


def test_order_of_rows_is_immaterial():
    crimes, harm = by_hand()
    order = np.random.default_rng(0).permutation(len(crimes))
    shuffled = crimes.iloc[order].reset_index(drop=True)
    again = table_of(shuffled, harm.iloc[order].reset_index(drop=True))
    pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(table_of(crimes, harm)))


def test_wards_of_other_rows_are_refused():
    crimes, harm = by_hand()
    with pytest.raises(InputError, match="`wards` must have the index of the crimes"):
        table_of(crimes, harm, wards=pd.Series(["E05000001"] * 3))
    with pytest.raises(InputError, match="`harm` must have the index of the crimes"):
        table_of(crimes, harm, harm=harm.iloc[::-1])


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.214, "21 %"), (0.021, "2.1 %"), (0.0002, "0.02 %"), (7.3e-6, "0.0007 %"), (0.0, "0 %"), (1.0, "100 %")],
)
def test_shares_are_given_to_the_figures_that_matter(share, text):
    assert percent(share) == text


def test_the_history_of_a_spot_is_what_most_of_its_classed_cells_are():
    crimes, harm = by_hand()
    classes = pd.Series(["former", "persistent"], index=[65, 7])
    assert table_of(crimes, harm, classes=classes)["history"].tolist() == ["former", "none"]


def test_without_classes_it_is_too_early_to_speak_of_a_history():
    assert table_of(*by_hand())["history"].tolist() == ["too few to say"] * 2


def test_the_interval_of_a_rank_holds_what_a_bootstrap_over_periods_gives():
    found = table_of(*by_hand(), rank_by="harm")
    # 15 against 4 a week, in nearly every week: the first is first whichever weeks are drawn.
    assert found[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1], [2, 2]]
    assert found["stability"].tolist() == [1, 0]


def test_too_few_periods_give_no_interval_of_a_rank():
    crimes, harm = by_hand()
    grid, periods = small.grid(), small.weeks(5)
    risk = pd.Series(np.zeros(300))
    risk[65] = 1.0
    spots = choose(risk, grid, study=np.ones(300, dtype=bool), share=0.01, min_area=1e4, max_area=1e4)
    wards = pd.Series(pd.NA, index=crimes.index, dtype="string")
    found = describe(
        spots, crimes, grid, periods, expected_crimes=risk, harm=harm, areas=small.two_wards(grid), wards=wards
    )
    assert found[["rank_low", "rank_high", "stability"]].isna().all(axis=None)
