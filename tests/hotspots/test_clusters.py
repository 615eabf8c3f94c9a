import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots import choose
from hotspots.clusters import _labels, _places, clusters, core_weight
from hotspots.spots import keep_apart, ranked_by
from tests.hotspots import naive, naive_time, small

EVERYWHERE = np.ones(300, dtype=bool)


def found(x, y, *, study=EVERYWHERE, day=0, **given):
    given = {"radius": 150.0, "least": 5.0, "max_area": 60_000.0, **given}
    return clusters(small.crimes(x, y, day=day), small.grid(), small.weeks(4), study=study, **given)


def knots(seed=0, sizes=(30, 20)):
    rng = np.random.default_rng(seed)
    middles = [(500.0, 500.0), (1500.0, 900.0), (400.0, 1200.0)]
    points = np.concatenate([rng.normal(middle, 40, (n, 2)) for middle, n in zip(middles, sizes, strict=False)])
    return points[:, 0], points[:, 1]


@pytest.mark.parametrize("seed", range(5))
def test_dbscan_equals_the_slow_twin(seed):
    rng = np.random.default_rng(seed)
    places, mass = _places(*rng.integers(0, 12, (2, 60)) * 50.0, rng.uniform(0, 3, 60))
    label = _labels(places, mass, "DBSCAN", 75.0, 6.0)
    slow = np.array(naive_time.chains(places.tolist(), mass.tolist(), 75.0, 6.0))
    # A place within reach of two clusters may go to either; cores and noise may not differ.
    assert ((label < 0) == (slow < 0)).all()
    core = np.array([mass[np.hypot(*(places - one).T) <= 75.0].sum() >= 6.0 for one in places])
    pairs = set(zip(label[core], slow[core], strict=True))
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs})


@pytest.mark.parametrize("method", ["DBSCAN", "HDBSCAN"])
def test_two_knots_make_two_hot_spots_the_greater_first(method):
    x, y = knots()
    spots = found(x, y, method=method, max_area=500_000.0)
    assert spots.table["expected"].tolist() == [30 / 4, 20 / 4]
    assert spots.table.geometry[0].contains(shapely.Point(small.WEST + 500, small.SOUTH + 500))
    assert spots.cells.value_counts().mul(10_000.0).sort_index().tolist() == spots.table["area_m2"].tolist()
    assert spots.expected_total == 50 / 4
    assert spots.study_area_m2 == 3_000_000


def test_harm_makes_the_core():
    x, y = knots()
    harm = np.repeat([0.1, 2.0], [30, 20])
    spots = found(x, y, weights=harm)
    assert len(spots.table) >= 1
    assert spots.table["expected"].sum() == pytest.approx(40 / 4)


@pytest.mark.parametrize("seed", range(5))
def test_pieces_are_small_enough_whole_and_apart(seed):
    x, y = small.scattered(600, seed)
    spots = found(x, y, max_area=50_000.0, least=8)
    assert (spots.table["area_m2"] <= 50_000).all()
    assert spots.table["expected"].is_monotonic_decreasing
    for _, cells in spots.cells.groupby(spots.cells):
        assert naive.pieces(cells.index.tolist(), 20) == 1
    for metres in (100.0, 300.0):
        far = keep_apart(spots, metres)
        shapes = far.table.geometry.to_numpy()
        gaps = [shapely.distance(one, other) for i, one in enumerate(shapes) for other in shapes[:i]]
        assert min(gaps, default=metres) >= metres
        assert far.table["rank"].tolist() == list(range(1, len(far.table) + 1))
        assert far.cells.value_counts().mul(10_000.0).sort_index().tolist() == far.table["area_m2"].tolist()
        again = found(x, y, max_area=50_000.0, least=8, apart=metres)
        assert again.table["expected"].tolist() == far.table["expected"].tolist()


@pytest.mark.parametrize("method", ["DBSCAN", "HDBSCAN"])
@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_is_immaterial(seed, method):
    x, y = small.scattered(300, seed)
    order = np.random.default_rng(seed).permutation(300)
    one, other = found(x, y, method=method), found(x[order], y[order], method=method)
    assert one.cells.equals(other.cells)
    assert one.table.equals(other.table)


def test_keeping_apart_serves_surfaces_too():
    grid = small.grid()
    surface = np.zeros(300)
    surface[[42, 44, 200]] = [3.0, 2.0, 1.0]
    spots = choose(grid.index.to_series().map(dict(enumerate(surface))), grid, study=EVERYWHERE, share=0.02,
                   min_area=1, max_area=10_000)  # fmt: skip
    far = keep_apart(spots, 150.0)
    assert far.cells.to_dict() == {42: 1, 200: 2}
    assert keep_apart(spots, 0) is spots


@pytest.mark.parametrize("method", ["DBSCAN", "HDBSCAN"])
def test_none_one_and_thousands_on_one_point(method):
    assert found([], [], method=method).table.empty
    assert found([950.0], [750.0], method=method).table.empty
    many = found(np.full(5000, 950.0), np.full(5000, 750.0), method=method)
    assert len(many.table) == (1 if method == "DBSCAN" else 0)
    assert found([950.0] * 9, [750.0] * 9, study=~EVERYWHERE | (np.arange(300) == 0), method=method).table.empty
    assert found([950.0] * 9, [750.0] * 9, day=90, method=method).table.empty
    assert found([9e6] * 9, [750.0] * 9, method=method).table.empty


def test_input_that_breaks_a_rule_is_refused():
    with pytest.raises(InputError, match="`method` must be one of DBSCAN, HDBSCAN"):
        found([1.0], [1.0], method="OPTICS")
    with pytest.raises(InputError, match="`radius` must be above 0 metres"):
        found([1.0], [1.0], radius=0)
    with pytest.raises(InputError, match="`least` must be a whole number of at least 2"):
        found([1.0], [1.0], method="HDBSCAN", least=1.5)
    with pytest.raises(InputError, match="`max_area` must be above 0"):
        found([1.0], [1.0], max_area=-1)
    with pytest.raises(InputError, match="`apart` must be between"):
        found([1.0], [1.0], apart=-1)
    with pytest.raises(InputError, match="`weights` must be finite"):
        found([1.0], [1.0], weights=[np.nan])


@pytest.mark.shared
@pytest.mark.parametrize("method", ["DBSCAN", "HDBSCAN"])
def test_clusters_of_a_real_force(shared, method):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    grid, periods = Grid.over(wards, 25.0), Periods.of(crimes)
    least = len(crimes) / 40 if method == "DBSCAN" else 5
    spots = clusters(
        crimes, grid, periods, study=grid.mask(wards), method=method, radius=75.0, least=least, max_area=40_000.0
    )
    assert len(spots.table) > 0
    assert (spots.table["area_m2"] <= 40_000).all()
    held = spots.table["expected"].sum() / spots.expected_total
    assert held > spots.area_share  # else they are not hot


def test_ranked_anew_by_another_weight_the_hot_spots_stay_the_same_places():
    x, y = knots()
    spots = found(x, y, max_area=500_000.0)
    first, second = (spots.cells.index[spots.cells == rank] for rank in (1, 2))
    other = pd.Series(0.0, index=small.grid().index)
    other[second], other[first] = 3.0, 1.0
    again = ranked_by(spots, other, small.grid())
    assert [set(again.cells.index[again.cells == rank]) for rank in (1, 2)] == [set(second), set(first)]
    assert again.table["expected"].tolist() == [3.0 * len(second), 1.0 * len(first)]
    assert len(ranked_by(spots, other, small.grid(), most=1).table) == 1


def test_the_weight_of_a_core_is_what_the_top_share_of_cells_holds_about_it():
    # 12 crimes on the centre of one cell and 5 on another's: 150 m reach the eight cells about each, 9 of 300.
    x, y = np.repeat([550.0, 1550.0], [12, 5]), np.repeat([550.0, 550.0], [12, 5])
    given = {"study": EVERYWHERE, "radius": 150.0}
    crimes = small.crimes(x, y)
    assert core_weight(crimes, small.grid(), share=9 / 300, **given) == pytest.approx(12)
    assert core_weight(crimes, small.grid(), share=10 / 300, **given) == pytest.approx(5)
    assert core_weight(crimes, small.grid(), share=1.0, **given) == pytest.approx(5)
    assert core_weight(crimes, small.grid(), share=9 / 300, weights=np.full(17, 2.0), **given) == pytest.approx(24)
    assert core_weight(crimes.iloc[:0], small.grid(), share=0.1, **given) == 1
