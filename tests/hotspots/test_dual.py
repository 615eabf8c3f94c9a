import numba
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.grid import Grid
from hotspots.density import kernel_density
from hotspots.dual import MEASURES, dual_density, residents
from hotspots.tolerance import approximated, relabelled, tolerance_contours
from tests.hotspots import small

SEEDS = range(4)


def pair(seed, first=200, second=300):
    return small.crimes(*small.scattered(first, seed)), small.crimes(*small.scattered(second, seed + 100))


def slow(f, g, measure, floor):
    """One cell at a time, from the definitions."""
    top, most = max(g), max(f)
    total_f, total_g = sum(f), sum(g)
    for a, b in zip(f, g, strict=True):
        thin = floor * top / total_g
        risk = (a / total_f + thin) / (b / total_g + thin)
        yield {
            "ratio": a / max(b, floor * top),
            "log ratio": np.log(max(a, floor * most) / max(b, floor * top)),
            "difference": a - b,
            "sum": a + b,
            "relative risk": risk,
            "log relative risk": np.log(risk),
        }[measure]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_measure_is_as_defined(measure, seed):
    crimes, reference = pair(seed)
    weights = np.random.default_rng(seed).uniform(0, 5, 300)
    found = dual_density(
        crimes, reference, small.grid(), bandwidth=250.0, reference_bandwidth=400.0, measure=measure,
        reference_weights=weights, floor=0.05,
    )  # fmt: skip
    f = kernel_density(crimes, small.grid(), bandwidth=250.0)
    g = kernel_density(reference, small.grid(), bandwidth=400.0, weights=weights)
    pd.testing.assert_series_equal(found.crimes, f)
    pd.testing.assert_series_equal(found.reference, g)
    assert found.surface.name == measure
    assert_allclose(found.surface, list(slow(f.tolist(), g.tolist(), measure, 0.05)), rtol=1e-11, atol=1e-12)
    assert found.floored == (g < 0.05 * g.max()).mean()


@pytest.mark.parametrize("seed", SEEDS)
def test_crime_beside_itself_is_as_expected_everywhere(seed):
    crimes, _ = pair(seed)
    twice = pd.concat([crimes, crimes], ignore_index=True)
    risk = dual_density(twice, crimes, small.grid(), bandwidth=300.0, measure="relative risk").surface
    assert_allclose(risk, 1.0, rtol=1e-12)
    same = dual_density(crimes, crimes, small.grid(), bandwidth=300.0, measure="difference").surface
    assert (same == 0).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_swapping_crimes_and_reference_turns_the_sign_of_a_difference_and_a_log_ratio(seed):
    crimes, reference = pair(seed)
    for measure in ("difference", "log ratio"):
        one = dual_density(crimes, reference, small.grid(), bandwidth=300.0, measure=measure).surface
        other = dual_density(reference, crimes, small.grid(), bandwidth=300.0, measure=measure).surface
        assert_allclose(one, -other, rtol=1e-10, atol=1e-10)


def test_the_number_of_crimes_does_not_change_the_relative_risk():
    crimes, reference = pair(1)
    one = dual_density(crimes, reference, small.grid(), bandwidth=300.0, measure="relative risk").surface
    seven = dual_density(
        crimes, reference, small.grid(), bandwidth=300.0, measure="relative risk", weights=np.full(200, 7.0)
    ).surface
    assert_allclose(seven, one, rtol=1e-11)


def test_every_measure_is_finite_where_nobody_lives():
    crimes, reference = small.crimes([100.0], [100.0]), small.crimes([1_800.0], [1_300.0])
    for measure in MEASURES:
        assert np.isfinite(
            dual_density(crimes, reference, small.grid(), bandwidth=300.0, measure=measure).surface
        ).all()


def test_residents_are_a_reference():
    areas = small.two_wards(small.grid()).assign(population=[1_000.0, 3_000.0])
    found = residents(areas)
    assert found["population"].tolist() == [1_000, 3_000]
    assert found.geometry.x.tolist() == [small.WEST + 500, small.WEST + 1_500]
    crimes = small.crimes([500.0] * 10 + [1_500.0] * 10, [750.0] * 20)
    rate = dual_density(
        crimes, found, small.grid(), bandwidth=400.0, reference_weights=found["population"], floor=1e-6
    ).surface
    cells = small.grid().cell_of(found.geometry.x, found.geometry.y)
    assert_allclose(rate[cells], [10 / 1_000, 10 / 3_000], rtol=1e-9)
    with pytest.raises(InputError, match="must all have a population, got 1 of 2 without"):
        residents(areas.assign(population=[np.nan, 3.0]))


def test_bad_input_of_the_dual_density_is_refused():
    crimes, reference = pair(0)
    none = small.crimes([], [])
    with pytest.raises(InputError, match="`measure` must be one of ratio, log ratio"):
        dual_density(crimes, reference, small.grid(), bandwidth=300.0, measure="quotient")
    for floor in (0.0, -1.0, 2.0, float("nan")):
        with pytest.raises(InputError, match="`floor` must be"):
            dual_density(crimes, reference, small.grid(), bandwidth=300.0, floor=floor)
    with pytest.raises(InputError, match="`reference_bandwidth` must be above 0"):
        dual_density(crimes, reference, small.grid(), bandwidth=300.0, reference_bandwidth=-5.0)
    with pytest.raises(InputError, match="`reference` must reach the study area with some weight, got none"):
        dual_density(crimes, none, small.grid(), bandwidth=300.0)
    with pytest.raises(InputError, match="`crimes` must reach the study area"):
        dual_density(none, reference, small.grid(), bandwidth=300.0, measure="relative risk")
    assert (dual_density(none, reference, small.grid(), bandwidth=300.0).surface == 0).all()


def planted(seed):
    """A reference scattered everywhere, and crimes that follow it but for sixty on one corner."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, [2_000, 1_500], (900, 2)).T
    u, v = rng.uniform(0, [2_000, 1_500], (300, 2)).T
    a, b = rng.normal([400, 400], 100, (60, 2)).T
    return small.crimes(np.r_[u, a], np.r_[v, b]), small.crimes(x, y)


@pytest.mark.parametrize("test", [relabelled, approximated])
@pytest.mark.parametrize("seed", range(3))
def test_planted_crime_lies_inside_the_contour_of_higher_risk(test, seed):
    found = test(*planted(seed), small.grid(), bandwidth=300.0)
    at = small.grid().cell_of([small.WEST + 400], [small.SOUTH + 400])[0]
    assert found.higher[at] <= 0.01
    assert found.q_higher[at] <= 0.1  # 199 permutations: p ends at 0.005, and some dozen cells of 300 share it
    assert found.lower[at] > 0.9
    contours = tolerance_contours(found, small.grid())
    high = contours[(contours["side"] == "higher") & (contours["level"] == 0.05)].iloc[0]
    assert high.geometry.covers(small.grid().polygons([at]).iloc[0])
    assert high["area_m2"] == pytest.approx(high.geometry.area)
    assert high["cells"] == (found.higher <= 0.05).sum()


def test_the_two_ways_agree_where_there_is_enough_to_go_by():
    crimes, reference = planted(7)
    drawn = relabelled(crimes, reference, small.grid(), bandwidth=300.0, permutations=399)
    normal = approximated(crimes, reference, small.grid(), bandwidth=300.0)
    # Away from the edge, where no part of the discs is cut off.
    column, row = np.arange(300) % 20, np.arange(300) // 20
    inner = (column >= 3) & (column < 17) & (row >= 3) & (row < 12)
    gap = (drawn.higher - normal.higher).abs()[inner]
    assert gap.mean() < 0.05
    assert gap.max() < 0.2


@pytest.mark.parametrize("test", [relabelled, approximated])
def test_where_nothing_is_going_on_about_one_cell_in_twenty_is_below_a_twentieth(test):
    shares = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(0, [2_000, 1_500], (900, 2)).T
        found = test(small.crimes(x[:300], y[:300]), small.crimes(x[300:], y[300:]), small.grid(), bandwidth=300.0)
        shares.append((found.higher <= 0.05).mean())
    assert 0.015 < np.mean(shares) < 0.1


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
def test_neither_threads_nor_the_order_of_rows_change_a_p():
    crimes, reference = planted(2)
    found = []
    for threads, rows in ((1, crimes), (2, crimes.sample(frac=1, random_state=1))):
        numba.set_num_threads(threads)
        found.append(relabelled(rows, reference, small.grid(), bandwidth=300.0, permutations=19, seed=5).higher)
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert found[0].equals(found[1])
    assert not found[0].equals(relabelled(crimes, reference, small.grid(), bandwidth=300.0, permutations=19).higher)


def test_cells_that_nothing_reaches_have_no_p():
    crimes, reference = small.crimes([200.0, 250.0], [200.0, 250.0]), small.crimes([300.0], [300.0])
    for test in (relabelled, approximated):
        found = test(crimes, reference, small.grid(), bandwidth=200.0)
        assert np.isnan(found.higher.iloc[-1])
        assert found.higher.notna().sum() == found.q_higher.notna().sum() > 0
        assert tolerance_contours(found, small.grid(), levels=[0.001]).empty


@pytest.mark.parametrize("seed", range(3))
def test_a_cell_that_one_event_alone_reaches_is_never_rare(seed):
    # A dense knot sets scale and floor, which differ between labellings; 40 lonely events, half of them crimes.
    rng = np.random.default_rng(seed)
    knot = rng.normal((300.0, 300.0), 60.0, (400, 2))
    lonely = np.array([(x, y) for x in np.arange(650, 2000, 150.0) for y in (550.0, 850.0, 1150.0, 1450.0)])[:40]
    crimes, reference = (small.crimes(*np.concatenate((knot[part::2], lonely[part::2])).T) for part in (0, 1))
    found = relabelled(crimes, reference, small.grid(), bandwidth=100.0, permutations=99, seed=seed)
    cells = small.grid().cell_of(*(lonely.T + np.array([[small.WEST], [small.SOUTH]])))
    assert found.higher[cells].min() > 0.3
    assert found.lower[cells].min() > 0.3


def test_bad_input_of_the_tolerance_is_refused():
    crimes, reference = pair(0)
    none = small.crimes([], [])
    for test in (relabelled, approximated):
        with pytest.raises(InputError, match="`crimes` must reach the study area"):
            test(none, reference, small.grid(), bandwidth=300.0)
        with pytest.raises(InputError, match="`reference` must reach the study area"):
            test(crimes, none, small.grid(), bandwidth=300.0)
        with pytest.raises(InputError, match="`bandwidth` must be above 0"):
            test(crimes, reference, small.grid(), bandwidth=0.0)
    with pytest.raises(InputError, match="`permutations` must be a whole number of at least 1"):
        relabelled(crimes, reference, small.grid(), bandwidth=300.0, permutations=0)
    found = approximated(crimes, reference, small.grid(), bandwidth=300.0)
    with pytest.raises(InputError, match="`levels` must be"):
        tolerance_contours(found, small.grid(), levels=[0.7])
    with pytest.raises(InputError, match='`by` must be "p" or "q"'):
        tolerance_contours(found, small.grid(), by="z")


@pytest.mark.shared
def test_two_types_of_crime_of_a_whole_force_gather_in_different_places(shared):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    grid = Grid.over(wards, 50.0)
    theft = crimes["offence"].astype("string").str.contains("theft|shoplifting", case=False, regex=True).to_numpy(bool)
    found = approximated(crimes[theft], crimes[~theft], grid, bandwidth=200.0, study=grid.mask(wards))
    assert set(tolerance_contours(found, grid, by="q")["side"]) == {"higher", "lower"}
    drawn = relabelled(crimes[theft], crimes[~theft], grid, bandwidth=200.0, study=grid.mask(wards), permutations=49)
    assert (found.higher - drawn.higher).abs().mean() < 0.05
