from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from maps.pack import VERDICTS
from service.analysis.change import what_changed
from tests.service import small_scene as small

STEADY = np.full(14, 60)


def found(rates, **more):
    scene = small.scene(small.crimes(rates, **more))
    return what_changed(small.given(), scene, small.chosen(scene.grid)), scene


def test_what_doubled_in_one_ward_rose_there_and_nowhere_else() -> None:
    rates = np.array([np.append(STEADY[:-1], 140), STEADY])
    change, _ = found(rates)
    assert change.wards.set_index("code")["verdict"].tolist() == ["rose", "no clear change"]
    assert change.hotspots["verdict"].tolist() == ["rose"]
    assert change.total["verdict"].item() == "rose"
    assert "1 February 2025 to 28 February 2025" in change.sentence
    assert change.cells.max() > 0


def test_tables_add_up_and_hold_the_columns_that_are_promised() -> None:
    rng = np.random.default_rng(1)
    change, _ = found(rng.poisson(50, (2, 15)))
    for table in (change.wards, change.offences, change.total):
        assert table["crimes_before"].sum() == change.total["crimes_before"].item()
        assert table["crimes_after"].sum() == change.total["crimes_after"].item()
        assert {"before", "after", "ratio", "low", "high", "p", "q", "verdict"} <= set(table)
        assert table["verdict"].isin(VERDICTS).all()


def test_the_cells_hold_the_difference_of_the_rates() -> None:
    rates = np.array([[40, 40, 90], [40, 40, 20]])
    change, scene = found(rates)
    weeks = scene.periods.weeks.to_numpy()
    held = change.cells.sum() * scene.grid.cell_area / 1e6
    assert held == pytest.approx(110 / weeks[2] - 80 / weeks[1], rel=0.02)


def test_a_year_before_is_there_only_where_the_data_reach_back() -> None:
    rates = np.full((2, 13), 30)
    rates[0, 0] = 90
    change, _ = found(rates)
    assert change.year is not None
    assert change.year.before == "1 January 2024 to 31 January 2024"
    assert change.year.wards["verdict"].iloc[0] == "fell"
    assert found(rates[:, 1:])[0].year is None


def test_weeks_are_compared_four_at_a_time_and_the_year_at_the_same_weekdays() -> None:
    change, scene = found(np.full((2, 60), 12), monthly=False, start="2024-01-01")
    assert change.total[["crimes_before", "crimes_after"]].to_numpy().tolist() == [[96, 96]]
    assert "4 weeks" in change.note
    first = pd.Timestamp(change.year.before.split(" to ")[0])
    assert first.day_name() == pd.Timestamp(change.after.split(" to ")[0]).day_name()
    assert scene.periods.unit == "week"


def test_too_few_crimes_say_nothing_and_one_period_has_no_change() -> None:
    change, _ = found(np.array([[2, 1, 2], [1, 0, 3]]))
    assert change.total["verdict"].item() == "too few to say"
    assert "too few to say" in change.sentence
    assert found(np.array([[5], [5]]))[0] is None


def test_crime_types_that_are_left_out_leave_no_row() -> None:
    held = small.crimes(np.full((2, 4), 30))
    held["offence"] = held["offence"].cat.add_categories(["Drugs"])
    scene = small.scene(held)
    change = what_changed(small.given(), scene, small.chosen(scene.grid))
    assert sorted(change.offences["offence"]) == ["Burglary", "Robbery"]
    assert change.offences["crimes_after"].sum() == change.total["crimes_after"].item()


def test_order_of_rows_is_immaterial() -> None:
    held = small.crimes(np.random.default_rng(3).poisson(20, (2, 14)))
    one, other = (small.scene(rows) for rows in (held, held.sample(frac=1, random_state=1)))
    first, second = (what_changed(small.given(), each, small.chosen(each.grid)) for each in (one, other))
    pd.testing.assert_frame_equal(first.wards, second.wards)
    pd.testing.assert_frame_equal(first.offences, second.offences)
    np.testing.assert_allclose(first.cells, second.cells, atol=1e-9)


def test_a_run_without_hot_spots_still_says_what_changed() -> None:
    scene = small.scene(small.crimes(np.full((2, 4), 30)))
    chosen = small.chosen(scene.grid)
    none = replace(chosen, spots=replace(chosen.spots, cells=chosen.spots.cells.iloc[:0]), table=chosen.table.iloc[:0])
    change = what_changed(small.given(), scene, none)
    assert change.hotspots.empty
    assert {"hotspot_id", "verdict"} <= set(change.hotspots)
    assert len(change.wards) == 2
