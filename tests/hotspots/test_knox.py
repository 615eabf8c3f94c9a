"""The Knox test: slow twins, every dealing of tiny groups, laws, published values, refusals."""

import json
import platform
from functools import partial

import numba
import numpy as np
import pytest
from numba import njit
from numpy.testing import assert_allclose
from scipy import stats

from geodata.errors import InputError
from hotspots import nearness
from hotspots._kernels import knox as dealing
from hotspots._kernels import pairs as kernel
from hotspots.bands import Bands
from hotspots.knox import knox
from hotspots.moments import crossed_moments, shared_moments, upper_tail
from service.reading.events import Events, read_events
from tests.hotspots import naive_near_repeat as naive
from tests.hotspots import small

INF = float("inf")
WIDE = Bands((0, 50, 200, 500, INF), (0, 1, 8, 30, INF))
NARROW = Bands((50, 200, 500), (1, 8, 30))


def events(size, seed, days=60):
    """Whole metres, some of them on one point and some exactly at an edge, and days."""
    x, y = (np.round(axis / 10) * 10 for axis in small.scattered(size, seed))
    return x, y, np.random.default_rng(seed).integers(0, days, size)


def table(x, y, day):
    return small.crimes(x, y, day=day)


def rows(x, y, day):
    return list(zip(x.tolist(), y.tolist(), day.tolist(), strict=True))


@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
@pytest.mark.parametrize("closed", ["left", "right"])
@pytest.mark.parametrize("bands", [WIDE, NARROW], ids=["all", "some"])
def test_pairs_equal_those_counted_one_by_one(metric, closed, bands):
    bands = Bands(bands.space, bands.time, closed)
    here, there = events(120, 0), events(70, 1)
    found = knox(table(*here), bands, metric=metric, permutations=0)
    assert found.matrix("observed").tolist() == naive.knox_counts(rows(*here), None, bands, metric)
    crossed = knox(table(*here), bands, against=table(*there), metric=metric, permutations=0)
    assert crossed.matrix("observed").tolist() == naive.knox_counts(rows(*here), rows(*there), bands, metric)


@pytest.mark.parametrize("seed", range(3))
def test_expectation_and_variance_are_those_of_every_dealing(seed):
    here = events(6, seed, days=20)
    dealt = np.array(list(naive.all_dealings(rows(*here), None, WIDE)))
    found = knox(table(*here), WIDE, permutations=0)
    assert_allclose(found.matrix("expected"), dealt.mean(axis=0), rtol=1e-12, atol=1e-12)
    spread = (found.matrix("observed") - dealt.mean(axis=0)) / np.where(
        dealt.std(axis=0) > 0, dealt.std(axis=0), np.nan
    )
    assert_allclose(found.matrix("z"), spread, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_expectation_and_variance_of_two_groups_are_those_of_every_dealing(seed):
    here, there = events(4, seed, days=9), events(5, seed + 10, days=9)
    dealt = np.array(list(naive.all_dealings(rows(*here), rows(*there), WIDE)))
    found = knox(table(*here), WIDE, against=table(*there), permutations=0)
    assert_allclose(found.matrix("expected"), dealt.mean(axis=0), rtol=1e-12, atol=1e-12)
    spread = (found.matrix("observed") - dealt.mean(axis=0)) / np.where(
        dealt.std(axis=0) > 0, dealt.std(axis=0), np.nan
    )
    assert_allclose(found.matrix("z"), spread, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("against", [None, events(60, 9)], ids=["one group", "two groups"])
@pytest.mark.parametrize("exact", [False, True], ids=["days", "minutes"])
def test_p_agrees_with_the_distribution_of_the_same_mean_and_variance(against, exact):
    crimes = table(*events(150, 4))
    crimes["precision"] = crimes["precision"].cat.rename_categories(["instant"])
    other = None if against is None else table(*against).assign(precision=crimes["precision"].head(60))
    run = partial(knox, crimes, WIDE, against=other, exact_times=exact)
    dealt, worked_out = run(permutations=1999, seed=3), run(permutations=0)
    usual = dealt.table["expected"].between(1, 400)  # beyond, the last bands are skewed and seen by no distribution
    assert usual.sum() > 5
    # Both are within sampling error of 1,999 dealings and within the third moment, which the second does not fix.
    assert_allclose(dealt.table["p"][usual], worked_out.table["p"][usual], atol=0.05)


def test_the_upper_tail_is_that_of_known_distributions():
    counts = np.arange(9.0)
    assert_allclose(upper_tail(counts, 3, 5), stats.nbinom.sf(counts - 1, 4.5, 0.6), rtol=1e-12)
    assert_allclose(upper_tail(counts, 3, 3), stats.poisson.sf(counts - 1, 3), rtol=1e-12)
    assert_allclose(upper_tail(counts, 2, 1.5), stats.binom.sf(counts - 1, 8, 0.25), rtol=1e-12)
    assert upper_tail([0, 1], 0, 0).tolist() == [1, 0]


def test_few_events_have_moments_too():
    assert shared_moments(1, (0, 0), (0, 0)) == (0, 0)
    assert shared_moments(2, (1, 1), (2, 2)) == (1, 0)
    assert crossed_moments((1, 1), (1, 1), ((1, 1), (1, 1))) == (1, 0)


def test_the_interval_of_the_ratio_is_garwoods_where_no_two_pairs_share_an_event():
    x, y = np.repeat(np.arange(40) * 1000.0, 2), np.zeros(80)  # forty pairs far apart, nine of them on one day
    day = np.arange(80) * 2
    day[1:18:2] = day[:18:2]
    row = knox(table(x, y, day), Bands((0, 10), (0, 1)), permutations=0).table.iloc[0]
    assert row["observed"] == 9
    low, high = stats.chi2.ppf(0.025, 18) / 2, stats.chi2.ppf(0.975, 20) / 2
    assert_allclose([row["ratio_low"], row["ratio_high"]], np.array([low, high]) / row["expected"], rtol=0.02)
    assert row["few"]


def test_order_of_rows_is_immaterial_but_to_the_dealing():
    x, y, day = events(200, 5)
    order = np.random.default_rng(0).permutation(200)
    one, other = (
        knox(t, WIDE, permutations=0).table for t in (table(x, y, day), table(x[order], y[order], day[order]))
    )
    assert one.equals(other)


def test_shifting_the_map_and_the_calendar_changes_nothing():
    x, y, day = events(150, 6)
    here, there = (knox(t, WIDE, permutations=99).table for t in (table(x, y, day), table(x + 4000, y - 300, day + 14)))
    assert here.equals(there)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
def test_number_of_threads_changes_no_bit():
    crimes, found = table(*events(2000, 7, days=80)), []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found.append(knox(crimes, WIDE, permutations=70, seed=2).table)
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert found[0].equals(found[1])


def test_more_dealings_go_on_from_fewer():
    crimes = table(*events(100, 8))
    p = [knox(crimes, WIDE, permutations=number, seed=1).matrix("p") * (number + 1) - 1 for number in (31, 33, 64)]
    assert (np.round(p[0]) <= np.round(p[1])).all()
    assert (np.round(p[1]) <= np.round(p[2])).all()
    assert (p[1] - p[0]).max() < 2.5
    assert not np.array_equal(knox(crimes, WIDE, permutations=64, seed=2).matrix("p") * 65 - 1, p[2])


def test_a_distance_at_an_edge_is_never_in_a_band_too_near(monkeypatch):
    edges = np.array([0.0, 0.1, 0.2, 0.3, 100.0, 333.3, 1000.0])
    bands = kernel.rings(edges, manhattan=False)
    probes = np.concatenate([[np.nextafter(edge, 0), edge, np.nextafter(edge, INF)] for edge in edges])
    probes = np.concatenate((np.abs(probes), np.random.default_rng(0).uniform(0, 1200, 5000)))
    found = [kernel._band.py_func(distance, bands) for distance in probes.tolist()]
    assert found == np.searchsorted(edges, probes, side="right").tolist()


def test_the_calculators_two_events_belong_to_the_bands_closed_on_the_right():
    pair = table([0.0, 0.0], [0.0, 100.0], np.array([0, 3]))  # 1 and 4 January, 100 metres apart
    edges = (0, 100, 200), (0, 3, 6)
    right, left = (knox(pair, Bands(*edges, closed), permutations=9) for closed in ("right", "left"))
    assert right.matrix("observed").tolist() == [[1, 0], [0, 0]]
    assert left.matrix("observed").tolist() == [[0, 0], [0, 1]]
    # The calculator's label of the band in which it counts them says that they are from 101 metres and 4 days apart.
    assert [labels[1] for labels in left.bands.calculator_labels()] == ["101 to 200", "4 to 6"]


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names the instructions of one processor")
def test_thirty_two_dealings_run_on_packed_short_numbers():
    compiled = njit(dealing._meet.py_func)
    times, counts = np.zeros(2 * dealing.LANES, dtype=np.int16), np.zeros(4 * dealing.LANES, dtype=np.int16)
    compiled(times, np.array([[0, 1]], dtype=np.int32), np.arange(4, dtype=np.int16), counts)
    assert counts.reshape(4, -1)[:, 0].tolist() == [0, 1, 1, 1]
    assembly = "\n".join(compiled.inspect_asm().values())
    for instruction in ("psubw", "pcmpgtw"):
        assert instruction in assembly


@pytest.mark.parametrize("size", [1, 2, 3])
def test_hardly_any_events_give_a_table(size):
    found = knox(table(np.zeros(size), np.zeros(size), np.zeros(size, int)), WIDE, permutations=19).table
    assert found["observed"].sum() == size * (size - 1) / 2
    assert found["p"].between(0.05, 1).all()
    assert (found["few"]).all()


def test_what_breaks_a_rule_is_refused():
    crimes = table(*events(10, 0))
    with pytest.raises(InputError, match="`metric` must be one of euclidean, manhattan, network, got chess"):
        knox(crimes, WIDE, metric="chess")
    with pytest.raises(InputError, match="`network` and streets must be given together, got the metric alone"):
        knox(crimes, WIDE, metric="network")
    with pytest.raises(InputError, match="dated to the minute, got 10 that are not"):
        knox(crimes, WIDE, exact_times=True)
    with pytest.raises(InputError, match="in one CRS"):
        knox(crimes, WIDE, against=crimes.to_crs("EPSG:32630"))
    with pytest.raises(InputError, match="At least one event"):
        knox(crimes.head(0), WIDE)
    with pytest.raises(InputError, match="projected CRS"):
        knox(crimes.to_crs("EPSG:4326"), WIDE)


def test_more_pairs_than_can_be_compared_or_listed_are_refused(monkeypatch):
    crimes = table(*events(200, 0))
    monkeypatch.setattr(nearness, "MOST_LISTED", 99)
    with pytest.raises(InputError, match=r"At most 99 pairs of events .* the expectation and z need none"):
        knox(crimes, NARROW)
    assert knox(crimes, NARROW, permutations=0).table["expected"].gt(0).all()
    monkeypatch.setattr(nearness, "MOST_COMPARED", 999)
    with pytest.raises(InputError, match="within 500 metres; give shorter distances"):
        knox(crimes, NARROW, permutations=0)


def chicago(shared, name, **words):
    return read_events(Events(paths=(str(shared / "data" / "incidents" / name),), crs="EPSG:26971", **words)).crimes


def published(shared):
    text = (shared / "data" / "incidents" / "near_repeat_published.json").read_text(encoding="utf-8")
    return json.loads(text)["datasets"]


BY_NUMBER = {"x": "0", "y": "1", "date": "2"}


@pytest.mark.shared
def test_chicago_burglary_of_january_2016_as_published(shared):
    """NearRepeat (R) vignette; exact ratios recomputed independently, in reference/hotspots.md."""
    known = published(shared)["chicago_burglary_2016-01.csv"]
    bands = Bands(tuple(known["space_edges_m"]), tuple(known["time_edges_days"]))
    found = knox(chicago(shared, "chicago_burglary_2016-01.csv", **BY_NUMBER), bands, metric="manhattan", seed=1)
    assert found.matrix("observed").tolist() == known["observed"]
    exact = "1.8032 .4016 .6163 1.4133 .8625 .5180 1.0151 .9529 1.0446 .9737 .9837 1.0066"
    assert found.table["ratio"].round(4).tolist() == [float(value) for value in exact.split()]
    assert_allclose(found.matrix("ratio"), known["knox_ratio_mean"], atol=0.01)  # means of 999 dealings
    assert_allclose(found.matrix("p"), known["p_value_999"], atol=0.05)  # three standard errors of either


@pytest.mark.shared
def test_the_near_repeat_calculators_table_as_published(shared):
    known = published(shared)["chicago_burglary_2016-01.csv#nrc"]
    bands = Bands((0, 1, 100, 200, 300, INF), (0, 7, 14, 21, INF))
    crimes = chicago(shared, "chicago_burglary_2016-01.csv", **BY_NUMBER)
    found = knox(crimes, bands, metric="manhattan", permutations=99)
    assert found.matrix("observed").tolist() == known["observed"]
    # Its labels say "101 to 200" and "1 to 100"; bands that are as they say hold other pairs.
    as_labelled = knox(crimes, Bands((0, 1, 101, 201, 301, INF), bands.time), metric="manhattan", permutations=0)
    assert as_labelled.matrix("observed").tolist() != known["observed"]


@pytest.mark.shared
def test_a_ratio_of_nine_pairs_is_given_with_its_interval(shared):
    """Chicago arson 2016: the calculator prints 74.25, the exact ratio is 52.11."""
    bands = Bands((0, 0.01, 201, 401, 601, INF), (0, 1, 2, 3, INF))
    found = knox(chicago(shared, "chicago_arson_2016.csv", **BY_NUMBER), bands, metric="manhattan", permutations=99)
    text = "0 2 0 8 / 9 1 1 46 / 4 0 0 141 / 6 0 0 234 / 393 710 770 133656"
    assert found.matrix("observed").tolist() == [[int(n) for n in row.split()] for row in text.split("/")]
    nine = found.table.iloc[4]
    assert (round(nine["ratio"], 2), round(nine["expected"], 4)) == (52.11, 0.1727)
    assert nine["few"]
    assert nine["ratio_low"] < 25
    assert nine["ratio_high"] > 95


@pytest.mark.shared
def test_every_published_table_of_chicago_burglary_2016(shared):
    """NearRepeat (Python) notebooks: both metrics, closed on the left and on the right."""
    crimes = chicago(shared, "chicago_burglary_2016.csv.gz", x="x", y="y", date="date_single", dayfirst=True)
    for known in published(shared)["chicago_burglary_2016.csv.gz"]["tables"]:
        closed = "left" if known["intervals"] == "[a,b)" else "right"
        bands = Bands(tuple(known["space_edges_m"]), tuple(known["time_edges_days"]), closed)
        found = knox(crimes, bands, metric=known["metric"], permutations=99 if "p_value_99" in known else 0)
        assert found.matrix("observed").tolist() == known["observed"]
        if "p_value_99" in known:
            assert_allclose(found.matrix("ratio"), known["knox_ratio_median_99"], rtol=0.02)
            assert_allclose(found.matrix("p"), known["p_value_99"], atol=0.03)
