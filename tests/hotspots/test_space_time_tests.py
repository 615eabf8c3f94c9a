"""Mantel, modified Knox, Jacquez and local Knox: published values, pointpats beside them, every dealing of a few."""

from itertools import permutations

import geopandas as gpd
import libpysal
import numpy as np
import pytest
from pointpats import spacetime
from scipy import stats

from geodata.errors import InputError
from hotspots.bands import Bands
from hotspots.knox import knox
from hotspots.space_time_tests import jacquez, local_knox, mantel, modified_knox
from tests.hotspots import small


@pytest.fixture(scope="module")
def burkitt():
    """Burkitt's lymphoma, West Nile, 188 cases, as pointpats takes them: x, y and the day since 1960."""
    table = gpd.read_file(libpysal.examples.get_path("burkitt.shp"))
    return small.crimes(table["X"], table["Y"], day=table["T"].to_numpy(), start="1960-01-01").to_crs(small.CRS)


def coordinates(crimes):
    day = (
        crimes["occurred_from"].dt.tz_localize(None).dt.normalize() - crimes["occurred_from"].dt.tz_localize(None).min()
    ).dt.days
    return crimes.get_coordinates().to_numpy(), day.to_numpy(dtype=float)[:, None]


def scattered(size, seed, days=80):
    x, y = small.scattered(size, seed)
    return small.crimes(x, y, day=np.random.default_rng(seed).permutation(np.arange(size) % days))


def test_burkitts_lymphoma_as_published(burkitt):
    """pointpats' documentation, and reference/hotspots.md: 13 pairs within 20 and 5, 10.1438161 expected."""
    row = knox(burkitt, Bands((0, 20), (0, 5), "right"), permutations=999, seed=1).table.iloc[0]
    assert row["observed"] == 13
    assert row["expected"] == pytest.approx(10.1438161, abs=5e-8)
    # Its Poisson p is that of more than 13 pairs; ours are of 13 and more.
    assert stats.poisson.sf(row["observed"], row["expected"]) == pytest.approx(0.14624558197140414, rel=1e-9)
    assert row["p"] == pytest.approx(0.18, abs=0.06)
    assert mantel(burkitt, permutations=99).statistic == pytest.approx(0.048368, abs=5e-7)
    assert mantel(burkitt, permutations=99).p == 0.01
    assert modified_knox(burkitt, metres=20, days=5, permutations=9).statistic == pytest.approx(2.81016043, abs=5e-9)
    assert 12 <= jacquez(burkitt, neighbours=3, permutations=9).statistic <= 13  # by the order of equals 12 or 13


def test_statistics_equal_those_of_pointpats():
    crimes = scattered(70, 3)
    space, time = coordinates(crimes)
    given = {"metres": 300.0, "days": 9}
    assert mantel(crimes, permutations=1).statistic == pytest.approx(spacetime.mantel(space, time, 0), rel=1e-9)
    modified = spacetime.modified_knox(space, time, 300.0, 9, permutations=0)
    assert modified_knox(crimes, **given, permutations=1).statistic == pytest.approx(modified, rel=1e-9)
    row = knox(crimes, Bands((0, 300), (0, 9), "right"), permutations=0).table.iloc[0]
    theirs = spacetime.Knox(space, time, delta=300.0, tau=9, permutations=99)
    assert (row["observed"], row["expected"]) == (theirs.nst, pytest.approx(theirs.expected[0, 0], rel=1e-12))


@pytest.mark.filterwarnings("ignore:The weights matrix is not fully connected")
def test_jacquez_equals_pointpats_where_nothing_is_as_near_as_another():
    rng = np.random.default_rng(5)
    day = rng.choice(30_000, 60, replace=False)
    apart = np.abs(day[:, None] - day)
    assert all(np.unique(row).size == 60 for row in apart)
    x, y = rng.uniform(0, 2000, (2, 60))
    crimes = small.crimes(x, y, day=day, start="1950-01-01")
    for k in (1, 3, 6):
        theirs = spacetime.jacquez(np.column_stack((x, y)), day[:, None].astype(float), k, permutations=0)
        assert jacquez(crimes, neighbours=k, permutations=1).statistic == theirs


@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_local_knox_counts_as_pointpats_and_its_p_is_that_of_every_dealing():
    crimes = scattered(60, 6)
    space, time = coordinates(crimes)
    theirs = spacetime.KnoxLocal(space, time, delta=300.0, tau=9, permutations=1)
    table = local_knox(crimes, metres=300, days=9)
    assert table["both"].tolist() == theirs.nsti.astype(int).tolist()
    few = scattered(6, 1, days=6)
    table, (_, time) = local_knox(few, metres=600, days=1), coordinates(few)
    near = np.hypot(*(few.get_coordinates().to_numpy()[:, None] - few.get_coordinates().to_numpy()[None]).T) <= 600
    for i in range(6):
        others = [j for j in range(6) if j != i]
        dealt = [
            sum(near[i, j] and abs(t - time[i, 0]) <= 1 for j, t in zip(others, order, strict=True))
            for order in permutations(time[others, 0])
        ]
        assert table["p"].iloc[i] == pytest.approx(np.mean(np.array(dealt) >= table["both"].iloc[i]), rel=1e-12)


def test_local_counts_add_up_to_knoxs():
    crimes = scattered(200, 2)
    row = knox(crimes, Bands((0, 300), (0, 9), "right"), permutations=0).table.iloc[0]
    assert local_knox(crimes, metres=300, days=9)["both"].sum() == 2 * row["observed"]


def test_all_tests_agree_on_what_was_planted_and_on_chance():
    rng = np.random.default_rng(0)
    x, y = np.repeat(rng.uniform(0, 5000, (2, 60)), 2, axis=1) + rng.normal(0, 30, (2, 120))
    day = np.repeat(rng.integers(0, 80, 60), 2) + rng.integers(0, 3, 120)
    for planted, times in ((True, day), (False, rng.permutation(day))):
        crimes = small.crimes(x, y, day=times)
        found = [
            mantel(crimes, permutations=99),
            modified_knox(crimes, metres=150, days=3, permutations=99),
            jacquez(crimes, neighbours=2, permutations=99),
        ]
        assert [test.p <= 0.02 for test in found] == [planted] * 3


def test_what_breaks_a_rule_is_refused():
    crimes = scattered(10, 0)
    with pytest.raises(InputError, match="takes 3 to 5,000 events, as it works on all pairs, got 2"):
        mantel(crimes.head(2))
    with pytest.raises(InputError, match=r"`neighbours` must be below the number of events \(10\), got 10"):
        jacquez(crimes, neighbours=10)
    with pytest.raises(InputError, match="`metres` must be above 0"):
        local_knox(crimes, metres=0, days=1)
    assert mantel(small.crimes([1.0] * 4, [1.0] * 4), permutations=9).p == 1
