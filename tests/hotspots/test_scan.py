import json
import os
import platform
import subprocess
import sys

import numba
import numpy as np
import pytest
from numba import njit
from numpy.testing import assert_allclose
from scipy.stats import chi2

from geodata import Periods, read_crimes
from geodata.errors import InputError
from hotspots._kernels import scan as kernels
from hotspots._kernels.streams import shuffle, stream
from hotspots.scan import space_time_scan
from tests.hotspots import naive_local, small

SEEDS = range(5)
RADII = (100.0, 250.0, 400.0)


def quiet(size, months, seed):
    """Crimes in places and months that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    x, y = small.scattered(size, seed)
    x, y = np.round(x, -2), np.round(y, -2)  # so that many share a place
    return x, y, rng.integers(0, months, size)


def with_cluster(seed, months=8):
    """The same, and 25 crimes more about one place in the last month but one and the last."""
    x, y, month = quiet(400, months, seed)
    rng = np.random.default_rng(seed + 50)
    more = 25
    x = np.append(x, 1500 + 100 * rng.integers(0, 2, more))
    y = np.append(y, 1200 + 100 * rng.integers(0, 2, more))
    return x, y, np.append(month, rng.integers(months - 2, months, more))


def scan(x, y, month, months, **options):
    crimes = small.crimes(
        x, y, day=np.asarray(month) * 31.0
    )  # the 31st, 62nd, ... day lies in the right month for a year
    return space_time_scan(crimes, small.months(months), **{"radii": RADII, "permutations": 99, **options})


def ratio(count, inside, during, total):
    return kernels._ratio(count, inside, during, total, kernels._logarithms(total), 0.0)


def test_the_published_ratio():
    # reference/hotspots.md: C = 100, c = 10, E = 5.46 = 26 x 21 / 100.
    assert ratio(10, 26, 21, 100) == pytest.approx(1.622161, abs=5e-7)
    assert naive_local.log_likelihood_ratio(10, 5.46, 100) == pytest.approx(1.622161, abs=5e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_ratio_equals_the_slow_twin_and_0_below_the_least(seed):
    rng = np.random.default_rng(seed)
    logs = kernels._logarithms(500)
    for _ in range(300):
        inside, during = rng.integers(1, 500, 2)
        count = int(rng.integers(1, min(inside, during) + 1))
        exact = naive_local.log_likelihood_ratio(count, inside * during / 500, 500)
        if count * 500 > inside * during:
            assert ratio(count, inside, during, 500) == pytest.approx(exact, rel=1e-9, abs=1e-9)
            assert kernels._ratio(count, inside, during, 500, logs, exact + 1e-6) <= exact + 1e-6


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("prospective", [True, False])
def test_the_likeliest_cluster_equals_the_slow_twin(seed, prospective):
    x, y, month = with_cluster(seed)
    found = scan(x, y, month, 8, prospective=prospective, longest=3, most=50)
    windows = [(start, stop) for stop in range(1, 9) for start in range(max(0, stop - 3), stop)]
    if prospective:
        windows = [(start, stop) for start, stop in windows if stop == 8]
    xs, ys = (small.WEST + x).tolist(), (small.SOUTH + y).tolist()
    slow = naive_local.cylinders(xs, ys, month.tolist(), RADII, windows)
    best = max(slow, key=lambda cylinder: cylinder[4])
    first = found.clusters.iloc[0]
    assert first["llr"] == pytest.approx(best[4], rel=1e-9)
    taken: set[tuple[float, float]] = set()
    for row in found.clusters.itertuples():  # each is the likeliest that shares no place with those before
        apart = [cylinder for cylinder in slow if not cylinder[3] & taken]
        assert row.llr == pytest.approx(max(cylinder[4] for cylinder in apart), rel=1e-9)
        members = next(c[3] for c in apart if (c[0], c[1], c[2]) == (row.x, row.y, row.radius))
        assert row.places == len(members)
        taken |= members
    held = {(p.x, p.y) for p in found.places.itertuples() if p.cluster}
    assert held == taken


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_cluster_is_found_with_its_figures(seed):
    x, y, month = with_cluster(seed)
    found = scan(x, y, month, 8, permutations=199)
    first = found.clusters.iloc[0]
    assert np.hypot(first["x"] - small.WEST - 1550, first["y"] - small.SOUTH - 1250) < 300
    assert (first["start"], first["stop"], first["periods"]) == ("2024-07", "2024-08", 2)
    assert first["p"] == 1 / 200
    assert first["recurrence_periods"] == 200
    assert first["recurrence_years"] == pytest.approx(200 / 12, rel=0.01)
    inside = np.hypot(x + small.WEST - first["x"], y + small.SOUTH - first["y"]) <= first["radius"] + 1e-6
    assert first["observed"] == (inside & (month >= 6)).sum()
    assert first["expected"] == pytest.approx(inside.sum() * (month >= 6).sum() / month.size)
    assert first["llr"] == pytest.approx(
        naive_local.log_likelihood_ratio(first["observed"], first["expected"], month.size), rel=1e-9
    )
    assert found.clusters.geometry.iloc[0].area == pytest.approx(np.pi * first["radius"] ** 2, rel=0.02)


def test_p_is_the_rank_among_the_random_calendars():
    found = scan(*quiet(300, 6, 2), 6, permutations=99)
    for row in found.clusters.itertuples():
        assert row.p == pytest.approx((1 + (found.maxima >= row.llr).sum()) / 100)
    assert (np.diff(found.clusters["llr"]) <= 0).all()
    assert found.clusters["cluster"].tolist() == list(range(1, len(found.clusters) + 1))


def test_where_nothing_goes_on_p_is_uniform():
    p = [scan(*quiet(150, 5, seed), 5, permutations=19, seed=seed).clusters["p"].iloc[0] for seed in range(200)]
    counts = np.bincount(np.round(np.array(p) * 20).astype(int) - 1, minlength=20).reshape(5, 4).sum(axis=1)
    assert ((counts - 40) ** 2 / 40).sum() < chi2.isf(1e-4, 4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_calendar_keeps_both_totals(seed):
    month = quiet(200, 6, seed)[2]
    crimes = np.array([3, 0, 7, 190])
    first = np.concatenate(([0], np.cumsum(crimes)))
    calendar = kernels.Calendar(np.concatenate(([0], np.cumsum(np.bincount(month, minlength=6)))), 3, False)
    counts = kernels._counts(4, calendar, 1)
    order = np.random.default_rng(seed).permutation(month)
    kernels._tally(order, first, 0, counts, 0, 1)
    assert counts.sum(axis=1).tolist() == crimes.tolist()
    assert counts.sum(axis=0).tolist() == [0, *np.bincount(month, minlength=6).tolist()]


@pytest.mark.parametrize("seed", SEEDS)
def test_order_of_rows_is_immaterial(seed):
    x, y, month = with_cluster(seed)
    order = np.random.default_rng(seed).permutation(x.size)
    one, other = scan(x, y, month, 8), scan(x[order], y[order], month[order], 8)
    assert one.clusters.equals(other.clusters)
    assert (one.maxima == other.maxima).all()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@pytest.mark.parametrize("prospective", [True, False])
def test_number_of_threads_changes_no_bit(prospective):
    results = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found = scan(*with_cluster(3), 8, prospective=prospective)
        results.append((found.maxima.tobytes(), found.clusters.drop(columns="geometry").to_json(double_precision=15)))
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert results[0] == results[1]


def test_a_seed_gives_the_same_answer_and_another_seed_another():
    one, same, other = (scan(*quiet(300, 6, 1), 6, seed=seed).maxima for seed in (4, 4, 5))
    assert (one == same).all()
    assert (one != other).any()


def test_uncompiled_code_gives_the_same_bits(tmp_path):
    script = tmp_path / "plain.py"
    script.write_text(
        "import json, numpy as np\n"
        "from hotspots._kernels.scan import Calendar, cylinders, greatest, rings\n"
        "rng = np.random.default_rng(3)\n"
        "period = rng.integers(0, 5, 60)\n"
        "crimes = np.array([10, 20, 5, 25])\n"
        "first = np.concatenate(([0], np.cumsum(crimes)))\n"
        "zones = rings(np.array([0, 1]), np.array([1, 3]), np.array([0, 1]), crimes, 2)\n"
        "calendar = Calendar(np.concatenate(([0], np.cumsum(np.bincount(period, minlength=5)))), 2, False)\n"
        "found = cylinders(zones, period, first, calendar)\n"
        "maxima = greatest(zones, period, first, calendar, 1, range(5))\n"
        "print(json.dumps([part.tolist() for part in (*found, maxima)]))\n"
    )
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, "-W", "ignore", str(script)],  # numpy warns where whole numbers run over, as they must
                capture_output=True,
                check=True,
                text=True,
                env={**os.environ, "NUMBA_DISABLE_JIT": off, "PYTHONPATH": os.getcwd()},
            ).stdout
        )
        for off in ("0", "1")
    ]
    assert found[0] == found[1]


def test_a_grid_counts_by_cell():
    x, y, month = with_cluster(1)
    crimes = small.crimes(x + 3, y + 4, day=month * 31.0)
    found = space_time_scan(crimes, small.months(8), radii=RADII, grid=small.grid(40, 40), permutations=19)
    assert ((found.places["x"] - small.WEST) % 100 == 50).all()
    assert found.crimes <= x.size


@pytest.mark.parametrize(("x", "month"), [([50.0], [1]), ([50.0] * 9, [0, 1, 2, 0, 1, 2, 2, 2, 2])])
def test_one_crime_or_one_place_has_no_cluster(x, month):
    found = scan(x, np.full(len(x), 70.0), np.array(month), 3)
    assert len(found.clusters) == 0
    assert found.places["cluster"].tolist() == [0]
    assert found.clusters.crs == small.CRS


def test_a_first_look_is_the_start_of_the_whole_and_is_the_end_of_it_where_nothing_is_new():
    for case, news in ((with_cluster(0), True), (quiet(300, 8, 2), False)):
        whole, looked = scan(*case, 8, permutations=99), scan(*case, 8, permutations=99, first_look=39)
        assert (looked.maxima == whole.maxima[: looked.maxima.size]).all()
        assert looked.maxima.size == (99 if news else 39)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("prospective", [True, False])
def test_the_greatest_of_a_random_calendar_is_that_of_a_scan_of_it(seed, prospective):
    month = quiet(400, 6, seed)[2]
    crimes = np.bincount(np.random.default_rng(seed).integers(0, 30, 400), minlength=30)
    first = np.concatenate(([0], np.cumsum(crimes)))
    one, other = np.triu_indices(30, 1)
    zones = kernels.rings(one, other, (one * 7 + other) % 4, crimes, 4)
    calendar = kernels.Calendar(np.concatenate(([0], np.cumsum(np.bincount(month, minlength=6)))), 3, prospective)
    maxima = kernels.greatest(zones, month, first, calendar, seed, range(2, 2 + kernels.LANES + 3))
    for number, greatest in enumerate(maxima, 2):
        order = month.astype(np.int32)
        shuffle(order, np.uint64(stream(seed, number)))
        assert kernels.cylinders(zones, order, first, calendar).ratio.max() == greatest


def test_crimes_outside_the_periods_are_left_out():
    x, y, month = quiet(100, 6, 1)
    assert scan(x, y, month, 4).crimes == (month < 4).sum()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"radii": ()}, "`radii` must hold at least one radius"),
        ({"radii": (100.0, 0.0)}, "`radii` must be above 0 metres"),
        ({"longest": 6}, r"`longest` must be below the number of periods \(6\), got 6"),
        ({"longest": 0}, "`longest` must be a whole number of at least 1"),
        ({"permutations": 0}, "`permutations` must be a whole number of at least 1"),
        ({"most": 0}, "`most` must be a whole number of at least 1"),
        ({"seed": -1}, "`seed` must be a whole number of at least 0"),
    ],
)
def test_parameters_out_of_range_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        scan(*quiet(50, 6, 0), 6, **options)


def test_data_that_cannot_be_scanned_are_refused(monkeypatch):
    with pytest.raises(InputError, match="`periods` must be at least 2"):
        scan([1.0], [1.0], [0], 1)
    with pytest.raises(InputError, match="none does"):
        scan([], [], [], 3)
    crimes = small.crimes([1.0], [1.0]).set_crs(4326, allow_override=True)
    with pytest.raises(InputError, match="must be in a projected CRS"):
        space_time_scan(crimes, small.months(3))
    monkeypatch.setattr("hotspots.scan.MOST_PAIRS", 5)
    with pytest.raises(InputError, match="At most 5 pairs of places may lie within 400 metres of each other, got"):
        scan(*quiet(50, 6, 0), 6)


def test_points_on_a_radius_are_inside():
    x, month = [0.0, 100.0, 900.0, 900.0], [1, 1, 0, 0]
    found = scan(x, np.zeros(4), np.array(month), 2, radii=(100.0,))
    assert_allclose(found.clusters[["places", "observed"]].iloc[0], [2, 2])


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names the instructions of one processor")
def test_places_are_added_in_packed_numbers():
    add = njit(kernels._add.py_func)
    add(np.ones((3, 32), np.int32), np.array([0, 2]), np.zeros(16, np.int32), 16)
    assert "paddd" in "\n".join(add.inspect_asm().values())


@pytest.mark.shared
def test_a_real_city_has_clusters_that_add_up(shared):
    crimes = read_crimes([shared / "data" / "crime" / "city-of-london"]).crimes
    found = space_time_scan(crimes, Periods.of(crimes), permutations=99, prospective=False)
    assert found.places["crimes"].sum() == found.crimes == len(crimes)
    first = found.clusters.iloc[0]
    assert first["llr"] == pytest.approx(
        naive_local.log_likelihood_ratio(first["observed"], first["expected"], found.crimes), rel=1e-9
    )
    assert (found.clusters["p"] > 0).all()
