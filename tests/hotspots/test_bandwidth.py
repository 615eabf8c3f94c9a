import numba
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata.areas import read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.grid import Grid
from geodata.periods import Periods
from hotspots._kernels.neighbours import places_of, quartic_at_places, separations
from hotspots.bandwidth import normal_reference
from hotspots.bandwidth_backtest import backtested_bandwidth
from hotspots.cross_validation import _roughness, kernel_overlap, least_squares_bandwidth, likelihood_bandwidth
from tests.hotspots import naive_density, small

SEEDS = range(4)
EVERYWHERE = np.ones(300, dtype=bool)


def exact(size, seed):
    return small.crimes(*small.scattered(size, seed))


def shared_places(size, seed):
    """Crimes, of which about half share a place with another."""
    x, y = small.scattered(size, seed)
    which = np.random.default_rng(seed).integers(0, size // 2, size)
    return x[which], y[which]


def test_normal_reference_is_worked_out_by_hand():
    # x: 0, 100 ... 900: sd 302.765, quartiles 225 and 675, 450 / 1.34 = 335.82; y: three times x.
    x = np.arange(10) * 100.0
    found = normal_reference(small.crimes(x, 3 * x))
    assert found.metres == pytest.approx(4 * 1.06 * (302.7650354 + 3 * 302.7650354) / 2 * 10**-0.2, rel=1e-9)
    assert (found.crimes, found.places) == (10, 10)
    assert found.curve["score"].isna().all()


def test_normal_reference_takes_the_quartiles_where_they_are_narrower():
    x = np.r_[np.arange(9) * 100.0, 50_000.0]
    found = normal_reference(small.crimes(x, x)).metres
    assert found == pytest.approx(4 * 1.06 * (675 - 225) / 1.34 * 10**-0.2)


def test_normal_reference_survives_a_majority_on_one_point():
    x = np.r_[np.zeros(20), 300.0, 500.0]
    assert normal_reference(small.crimes(x, x)).metres > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_likelihood_is_that_of_a_slow_twin(seed):
    x, y = shared_places(60, seed)
    radii = [80.0, 250.0, 900.0]
    found = likelihood_bandwidth(small.crimes(x, y), candidates=radii, anywhere=0.02, study_area_m2=3e6)
    slow = [naive_density.likelihood(x, y, radius, 0.02, 3e6) for radius in radii]
    assert_allclose(found.curve["score"], slow, rtol=1e-12)
    assert found.metres == radii[int(np.argmax(slow))]


@pytest.mark.parametrize("seed", SEEDS)
def test_least_squares_score_is_that_of_a_slow_twin(seed):
    x, y = shared_places(24, seed)
    radii = [150.0, 400.0]
    found = least_squares_bandwidth(small.crimes(x, y), candidates=radii).curve["score"]
    slow = [naive_density.least_squares(x, y, radius, radius / 8) for radius in radii]
    # The twin's integral is a sum over cells of an eighth of the bandwidth: good to some parts in a thousand.
    assert_allclose(found, slow, rtol=5e-3)


def test_the_integral_of_the_squared_density_is_as_near_as_stated():
    x, y = shared_places(200, 1)
    radii = np.geomspace(30, 1_920, 8)
    found = _roughness(x, y, radii)
    apart = np.hypot(x[:, None] - x, y[:, None] - y).ravel()
    direct = [kernel_overlap(apart / radius).sum() / (radius * 200) ** 2 for radius in radii]
    assert_allclose(found, direct, rtol=1e-5)


def test_two_kernels_overlap_as_the_integral_says():
    # At 0 the integral of the squared kernel, (9 / pi^2) pi / 5; over the plane the overlaps add up to 1.
    assert kernel_overlap(np.zeros(1))[0] == pytest.approx(9 / (5 * np.pi), rel=1e-14)
    assert kernel_overlap(np.array([2.0, 3.0])).tolist() == pytest.approx([0, 0], abs=1e-30)
    apart = (np.arange(20_000) + 0.5) / 10_000
    assert (kernel_overlap(apart) * 2 * np.pi * apart).sum() / 10_000 == pytest.approx(1, rel=1e-7)


@pytest.mark.parametrize("choose", [likelihood_bandwidth, least_squares_bandwidth])
def test_cross_validation_finds_about_the_best_bandwidth_of_a_known_density(choose):
    # 2,000 points of a round normal density of 500 m: the best quartic radius by mean squared error is 2.83 times the
    # best normal one, 500 n^(-1/6) (Silverman 1986, section 4.3): 398 m. Both criteria scatter widely about it.
    points = np.random.default_rng(5).normal(0, 500, (2, 2_000))
    found = choose(small.crimes(*points), candidates=np.geomspace(50, 2_000, 40))
    assert 200 < found.metres < 800
    assert found.note == ""


@pytest.mark.parametrize("choose", [likelihood_bandwidth, least_squares_bandwidth])
def test_repeated_places_do_not_drive_the_bandwidth_to_zero(choose):
    points = np.random.default_rng(5).normal(0, 500, (2, 400)).repeat(8, axis=1)
    found = choose(small.crimes(*points), candidates=np.geomspace(5, 2_000, 30))
    assert found.metres > 100
    assert (found.crimes, found.places) == (3_200, 400)


@pytest.mark.parametrize("choose", [normal_reference, likelihood_bandwidth, least_squares_bandwidth])
def test_order_of_rows_is_immaterial_to_the_last_bit(choose):
    crimes = exact(400, 1)
    one, other = choose(crimes), choose(crimes.sample(frac=1, random_state=3))
    assert one.metres == other.metres
    pd.testing.assert_frame_equal(one.curve, other.curve, check_exact=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_sums_over_pairs_are_exact_and_the_same_on_any_number_of_threads(seed):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 5_000, (2, 700))
    x[:100], y[:100] = x[0], y[0]
    weights = rng.uniform(0, 3, 700)
    found = []
    for threads in {1, numba.config.NUMBA_NUM_THREADS}:
        numba.set_num_threads(threads)
        places = places_of(x, y, weights, 600.0)
        found.append((quartic_at_places(places, 600.0), *separations(places, 600.0, 50)))
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert all(a.tobytes() == b.tobytes() for a, b in zip(found[0], found[-1], strict=True))
    apart = np.hypot(places.x[:, None] - places.x, places.y[:, None] - places.y)
    kernel = 3 / (np.pi * 600**2) * np.maximum(0, 1 - (apart / 600) ** 2) ** 2
    assert_allclose(found[0][0], kernel @ places.weights, rtol=1e-11)
    one, two = np.triu_indices(len(places.x), 1)
    near = apart[one, two] < 600
    product = (places.weights[one] * places.weights[two])[near]
    assert_allclose(found[0][1], np.bincount((apart[one, two][near] / 12).astype(int), product, 50), rtol=1e-9)
    assert found[0][2].sum() == pytest.approx((product * apart[one, two][near]).sum())


def test_a_stray_crime_neither_breaks_nor_rules_the_likelihood():
    x, y = small.scattered(300, 2)
    radii = np.geomspace(50, 1_000, 12)
    here = likelihood_bandwidth(small.crimes(x, y), candidates=radii, study_area_m2=3e6)
    stray = likelihood_bandwidth(small.crimes(np.r_[x, 4e5], np.r_[y, 3e5]), candidates=radii, study_area_m2=3e6)
    assert stray.metres == here.metres


def test_without_a_share_anywhere_a_lonely_crime_forbids_narrow_bandwidths():
    crimes = small.crimes([0.0, 10.0, 500.0], [0.0, 0.0, 0.0])
    found = likelihood_bandwidth(crimes, candidates=[100.0, 600.0], anywhere=0)
    assert found.curve["score"].iloc[0] == -np.inf
    assert found.metres == 600
    assert "widest candidate" in found.note
    with pytest.raises(InputError, match="must reach another crime from every crime, got none up to 100 metres"):
        likelihood_bandwidth(crimes, candidates=[100.0], anywhere=0)


@pytest.mark.parametrize("choose", [likelihood_bandwidth, least_squares_bandwidth])
def test_published_map_points_are_refused_with_the_reason(choose):
    crimes = exact(30, 0).assign(place_kind=pd.Categorical(["map point"] * 12 + ["premises"] * 18))
    with pytest.raises(InputError, match="got 12 of 30 crimes on published map points: it would find the spacing"):
        choose(crimes)


@pytest.mark.parametrize("choose", [normal_reference, likelihood_bandwidth, least_squares_bandwidth])
def test_too_little_to_choose_from_is_refused(choose):
    for few in (small.crimes([], []), small.crimes([1.0], [1.0])):
        with pytest.raises(InputError, match="At least two crimes are needed"):
            choose(few)
    with pytest.raises(InputError, match="at least two places are needed to choose a bandwidth, got 5 on one point"):
        choose(small.crimes([3.0] * 5, [4.0] * 5))
    with pytest.raises(InputError, match="working CRS"):
        choose(small.crimes([1.0, 2.0], [1.0, 2.0]).to_crs(4326))


@pytest.mark.parametrize("choose", [likelihood_bandwidth, least_squares_bandwidth])
@pytest.mark.parametrize("candidates", [[0.0], [-3.0, 100.0], [float("nan")], []])
def test_candidates_that_are_no_lengths_are_refused(choose, candidates):
    with pytest.raises(InputError, match="`candidates` must"):
        choose(exact(30, 0), candidates=candidates)


@pytest.mark.parametrize("anywhere", [-0.1, 1.0, 1.5, float("nan")])
def test_a_share_anywhere_that_is_none_is_refused(anywhere):
    with pytest.raises(InputError, match="`anywhere` must be"):
        likelihood_bandwidth(exact(30, 0), anywhere=anywhere)


def over_weeks(size, seed, number=10):
    x, y = small.scattered(size, seed)
    day = np.random.default_rng(seed).uniform(0, 7 * number, size)
    return small.crimes(x, y, day=day), small.weeks(number)


@pytest.mark.parametrize("harm", [False, True])
def test_the_bandwidth_tested_is_the_one_that_caught_most(harm):
    crimes, weeks = over_weeks(1_500, 0)
    given = np.random.default_rng(1).uniform(0, 9, 1_500) if harm else None
    found = backtested_bandwidth(crimes, small.grid(), weeks, study=EVERYWHERE, share=0.05, harm=given)
    by = "harm_caught" if harm else "crimes_caught"
    means = found.scores.groupby("bandwidth")[by].mean()
    assert found.tests == 6
    assert found.metres in means[means == means.max()].index
    chosen = found.table[found.table["bandwidth"] == found.metres].iloc[0]
    assert chosen["behind"] == chosen["behind_high"] == 0
    assert chosen["as_good"]
    assert (found.table["behind"] >= -1e-12).all()
    assert f"A bandwidth of {found.metres:g} metres" in found.sentence
    assert found.table["harm_caught"].notna().all() == harm


def test_a_forecast_of_one_period_is_that_of_the_back_test():
    from hotspots import backtest

    crimes, weeks = over_weeks(900, 3)
    settings = {"study": EVERYWHERE, "share": 0.04}
    found = backtested_bandwidth(crimes, small.grid(), weeks, candidates=[250.0], **settings)
    rows = backtest(crimes, small.grid(), weeks, bandwidth=250.0, **settings).scores
    expected = rows.loc[rows["method"] == "density", "hit_rate"]
    assert_allclose(found.scores["crimes_caught"], expected, rtol=0)


def test_by_hot_spots_it_counts_what_falls_into_those_that_would_have_been_chosen():
    from hotspots import choose, kernel_density

    crimes, weeks = over_weeks(900, 4)
    grid, rules = small.grid(), {"min_area": 20_000.0, "max_area": 60_000.0, "most": 3}
    found = backtested_bandwidth(
        crimes, grid, weeks, study=EVERYWHERE, share=0.06, candidates=[150.0, 400.0], origins=1, **rules
    )
    number = weeks.number(crimes)
    past, last = crimes[(number >= 0) & (number < 9)], crimes[number == 9]
    cells = grid.cell_of(last.geometry.x, last.geometry.y)
    for row in found.table.itertuples():
        density = kernel_density(past, grid, bandwidth=row.bandwidth)
        spots = choose(density, grid, study=EVERYWHERE, share=0.06, **rules)
        assert row.crimes_caught == pytest.approx(np.isin(cells, spots.cells.index).sum() / (cells >= 0).sum())


def test_the_narrowest_candidate_on_map_points_is_told_for_what_it_is():
    x, y = shared_places(600, 1)
    day = np.random.default_rng(1).uniform(0, 70, 600)
    crimes = small.crimes(x, y, day=day).assign(place_kind="map point")
    found = backtested_bandwidth(crimes, small.grid(), small.weeks(10), study=EVERYWHERE, share=0.05)
    assert found.metres == 100
    assert "usual on published map points" in found.note


def test_too_few_periods_are_told():
    crimes, weeks = over_weeks(100, 0, number=2)
    found = backtested_bandwidth(crimes, small.grid(), weeks, study=EVERYWHERE, share=0.05)
    assert np.isnan(found.metres)
    assert found.tests == 0
    assert "No bandwidth could be tested" in found.sentence


def test_candidates_below_the_cell_are_refused():
    crimes, weeks = over_weeks(100, 0)
    with pytest.raises(InputError, match="at least the side of a cell"):
        backtested_bandwidth(crimes, small.grid(), weeks, study=EVERYWHERE, share=0.05, candidates=[40.0])
    with pytest.raises(InputError, match="at least one bandwidth"):
        backtested_bandwidth(crimes, small.grid(), weeks, study=EVERYWHERE, share=0.05, candidates=[])


@pytest.mark.shared
def test_published_crime_of_a_whole_force_gives_plausible_bandwidths(shared):
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    grid = Grid.over(wards, 50.0)
    with pytest.raises(InputError, match="published map points"):
        likelihood_bandwidth(crimes)
    assert 100 < normal_reference(crimes).metres < 2_000
    found = backtested_bandwidth(crimes, grid, Periods.of(crimes), study=grid.mask(wards), share=0.05)
    assert found.tests == 6
    assert found.table["crimes_caught"].between(0.05, 1).all()
    assert "map points" in found.note
