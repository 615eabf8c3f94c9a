import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots import choose, kernel_density, patrollable_share
from tests.hotspots import naive, small

EVERYWHERE = np.ones(300, dtype=bool)


def spots_of(risk, **changes):
    grid = small.grid()
    arguments = {"study": EVERYWHERE, "share": 0.1, "min_area": 20_000.0, "max_area": 60_000.0} | changes
    return choose(pd.Series(risk, index=grid.index), grid, **arguments)


def surface(seed, size=400):
    x, y = small.scattered(size, seed)
    return kernel_density(small.crimes(x, y), small.grid(), bandwidth=200.0)


def spiky(seed):
    return np.random.default_rng(seed).poisson(0.3, 300).astype(float)


@pytest.mark.parametrize("risk_of", [surface, spiky])
@pytest.mark.parametrize("seed", range(10))
def test_spots_are_single_pieces_within_their_limits_that_share_no_cell(risk_of, seed):
    risk = risk_of(seed)
    found = spots_of(risk)
    assert found.cells.index.is_unique
    assert found.area_share <= 0.1
    assert (np.asarray(risk)[found.cells.index] > 0).all()
    for rank, row in enumerate(found.table.itertuples(), start=1):
        cells = found.cells.index[found.cells == rank]
        assert row.rank == rank
        assert naive.pieces(cells, 20) == 1
        assert row.area_m2 == 10_000 * len(cells) <= 60_000
        assert row.geometry.geom_type == "Polygon"
        assert row.geometry.area == pytest.approx(row.area_m2)
        assert row.expected == pytest.approx(np.asarray(risk)[cells].sum())
        assert all(row.geometry.contains(shapely.Point(*xy)) for xy in zip(*small.grid().centres(cells), strict=True))
    assert found.table["expected"].is_monotonic_decreasing


@pytest.mark.parametrize("seed", range(10))
def test_on_a_smooth_map_spots_keep_the_least_area_and_use_up_the_share(seed):
    found = spots_of(surface(seed))
    assert (found.table["area_m2"] >= 20_000).all()
    assert found.area_share > 0.1 - 2 / 300


@pytest.mark.parametrize("seed", range(5))
def test_the_highest_cell_is_always_in_a_spot(seed):
    risk = surface(seed)
    assert risk.idxmax() in spots_of(risk).cells.index


def test_a_spot_ends_where_the_risk_falls_below_half_of_its_peak():
    risk = np.zeros(300)
    risk[[100, 101, 102, 103, 104]] = [8.0, 6.0, 4.0, 3.9, 2.0]
    found = spots_of(risk)
    assert found.cells[found.cells == 1].index.tolist() == [100, 101, 102]
    assert found.cells[found.cells == 2].index.tolist() == [103, 104]


def test_a_spot_takes_the_least_area_even_where_the_risk_falls_off():
    risk = np.zeros(300)
    risk[[100, 101, 102]] = [8.0, 0.1, 0.1]
    assert spots_of(risk).table["area_m2"].tolist() == [20_000.0]


def test_a_lone_cell_with_risk_is_kept_though_small():
    risk = np.zeros(300)
    risk[155] = 3.0
    found = spots_of(risk)
    assert found.cells.to_dict() == {155: 1}
    assert found.table["area_m2"].tolist() == [10_000.0]


def test_what_other_spots_hem_in_is_given_up():
    risk = np.zeros(300)
    risk[[42, 43, 44, 62, 63, 64]] = [10, 9, 9, 9, 9, 9]
    risk[65] = 1.0
    found = spots_of(risk)
    assert found.cells.index.tolist() == [42, 43, 44, 62, 63, 64]


def test_equal_risk_is_decided_by_the_cell_number():
    found = spots_of(np.ones(300), share=4 / 300, max_area=40_000.0)
    assert found.cells.index.tolist() == [0, 1, 2, 20]


def test_a_spot_is_compact_even_along_a_road():
    risk = np.zeros((15, 20))
    risk[7] = 5.0
    found = spots_of(risk.ravel(), max_area=60_000.0, share=0.2)
    # A disc of twice six cells: at most 1.95 + 0.5 cells from the first one, so five in a row.
    assert (found.table["area_m2"] <= 50_000).all()


def test_cells_outside_the_study_area_never_enter():
    study = EVERYWHERE.copy()
    study[150:] = False
    found = spots_of(surface(1), study=study)
    assert found.cells.index.max() < 150
    assert found.study_area_m2 == 1_500_000


def test_no_risk_gives_no_spots():
    found = spots_of(np.zeros(300))
    assert len(found.table) == 0
    assert len(found.cells) == 0
    assert list(found.table.columns) == ["rank", "geometry", "area_m2", "expected"]
    assert found.area_share == 0


def test_a_share_of_less_than_the_least_area_gives_one_smaller_spot():
    found = spots_of(surface(2), share=0.001)
    assert found.table["area_m2"].tolist() == [10_000.0]


def test_cells_larger_than_the_greatest_area_make_spots_of_one_cell():
    found = spots_of(surface(3), min_area=100.0, max_area=2_000.0)
    assert (found.table["area_m2"] == 10_000).all()


def test_no_more_spots_are_kept_than_asked_for_and_those_that_hold_most():
    every = spots_of(surface(4, 900), share=0.5, most=None)
    few = spots_of(surface(4, 900), share=0.5, most=3)
    assert len(every.table) > 3
    assert few.table["expected"].tolist() == every.table["expected"].tolist()[:3]


def test_only_the_proportions_of_the_risk_count():
    risk = surface(5)
    assert spots_of(risk).cells.equals(spots_of(1000 * risk).cells)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"share": 0.0}, "`share` must be above 0"),
        ({"share": 1.2}, "`share` must be between 0 and 1"),
        ({"max_area": 0.0}, "`max_area` must be above 0"),
        ({"min_area": 90_000.0}, "`min_area` must not be above `max_area`"),
        ({"study": np.zeros(300, dtype=bool)}, "`study` must hold at least one cell"),
        ({"most": 0}, "`most` must be a whole number of at least 1"),
    ],
)
def test_parameters_out_of_range_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        spots_of(np.ones(300), **change)


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_risk_that_is_none_is_refused(value):
    risk = np.ones(300)
    risk[7] = value
    with pytest.raises(InputError, match="`expected` must be finite and at least 0, got 1"):
        spots_of(risk)


def test_the_share_that_can_be_patrolled_by_hand():
    # 1 % of 5,500 km2 is 55 km2, but 80 spots of a quarter of a km2 are only 20.
    assert patrollable_share(5_500e6, max_area=250_000.0) == pytest.approx(20 / 5500)
    # 1 % of 1,000 km2 is 10 km2: between 20 and 80 spots, so it stands.
    assert patrollable_share(1_000e6, max_area=250_000.0) == 0.01
    # 20 spots are 5 km2, 2.5 % of 200 km2.
    assert patrollable_share(200e6, max_area=250_000.0) == pytest.approx(0.025)
    # and 5 of 3 km2 would be all of it: a tenth is the most.
    assert patrollable_share(3e6, max_area=250_000.0) == 0.1


def test_shares_that_contradict_themselves_are_refused():
    with pytest.raises(InputError, match="`least` must not be above `most`, got 30 and 20"):
        patrollable_share(1e9, least=30, most=20, max_area=250_000.0)
    with pytest.raises(InputError, match="`study_area_m2` must be above 0"):
        patrollable_share(0.0, max_area=250_000.0)


def test_a_grid_of_one_cell_has_one_spot():
    grid = Grid(0.0, 0.0, 100.0, 1, 1)
    found = choose(pd.Series([2.0]), grid, study=np.array([True]), share=0.1, min_area=1.0, max_area=1e5)
    assert found.cells.to_dict() == {0: 1}
