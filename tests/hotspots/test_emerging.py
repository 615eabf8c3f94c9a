import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from geodata import Grid, Periods, read_areas, read_crimes
from geodata.errors import InputError
from hotspots import trend
from hotspots.emerging import EMERGING_CLASSES, RULES, classify, emerging_hotspots
from hotspots.history import values_by_period
from tests.hotspots import naive_local, small
from tests.hotspots.test_history import series

SEEDS = range(5)
NAMES = {"H": "hot", "C": "cold", ".": "none"}

# Twenty periods by hand, z rising, level or falling over them: one example of each class, and the edges of the rules.
EXAMPLES = [
    (".................." + ".H", "level", "new hot spot"),
    (".................." + ".C", "level", "new cold spot"),
    ("................" + "HHHH", "rising", "consecutive hot spot"),
    ("................" + "CCCC", "falling", "consecutive cold spot"),
    ("HHHHHHHHHHHHHHHHHHHH", "rising", "intensifying hot spot"),
    ("CCCCCCCCCCCCCCCCCCCC", "falling", "intensifying cold spot"),
    ("HHHHHHHHHHHHHHHHHHHH", "level", "persistent hot spot"),
    ("CCCCCCCCCCCCCCCCCCCC", "level", "persistent cold spot"),
    ("HHHHHHHHHHHHHHHHHHHH", "falling", "diminishing hot spot"),
    ("CCCCCCCCCCCCCCCCCCCC", "rising", "diminishing cold spot"),
    ("..H..HH.....H...HH..", "level", "sporadic hot spot"),
    ("..C..CC.....C...CC..", "level", "sporadic cold spot"),
    ("..C.......HH....HHHH", "level", "oscillating hot spot"),
    ("..H.......CC....CCCC", "level", "oscillating cold spot"),
    ("HHHHHHHHHHHHHHHHHHH.", "falling", "historical hot spot"),
    ("CCCCCCCCCCCCCCCCCCC.", "rising", "historical cold spot"),
    ("....................", "rising", "no pattern"),
    ("..HHHHHHHHHHHHHHHHHH", "level", "persistent hot spot"),  # 18 of 20 are nine tenths
    ("...HHHHHHHHHHHHHHHHH", "level", "consecutive hot spot"),  # 17 are not
    ("HHHHHHHHHHHHHHHHH...", "level", "sporadic hot spot"),
    ("C..................H", "level", "oscillating hot spot"),  # first time hot, but cold before
    ("H.H................H", "level", "sporadic hot spot"),
    ("HHHHHHHHHHHHHHHHHHHC", "level", "historical hot spot"),  # also an oscillating cold spot: nine tenths go first
    ("CCCCCCCCCCCCCCCCCCCH", "level", "historical cold spot"),
    ("..H......C..........", "level", "no pattern"),  # both before, neither now
]


def z_of(pattern, way):
    base = np.array([{"H": 4.0, "C": -4.0, ".": 0.0}[mark] for mark in pattern])
    level = np.where(np.arange(len(pattern)) % 2, 0.01, -0.01)
    return (
        base
        + {"rising": 0.05 * np.arange(len(pattern)), "falling": -0.05 * np.arange(len(pattern)), "level": level}[way]
    )


@pytest.mark.parametrize(("pattern", "way", "expected"), EXAMPLES)
def test_each_of_the_seventeen_classes_by_hand(pattern, way, expected):
    z = z_of(pattern, way)
    code = np.array([{"H": 0, "C": 1, ".": 2}[mark] for mark in pattern])
    row = classify(z[:, None], code[:, None]).iloc[0]
    assert row["class"] == expected
    assert naive_local.emerging_class([NAMES[mark] for mark in pattern], z.tolist(), 0.05)[:1] == (
        [expected] if expected != "no pattern" else []
    )
    assert (row["hot_periods"], row["cold_periods"]) == (pattern.count("H"), pattern.count("C"))
    assert row["last"] == NAMES[pattern[-1]]


def test_the_examples_are_of_every_class():
    assert {expected for _, _, expected in EXAMPLES} == set(EMERGING_CLASSES)
    assert len(EMERGING_CLASSES) == 17
    assert len(RULES) == 8


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("periods", [10, 13, 20])
def test_random_periods_get_the_class_of_the_slow_twin(seed, periods):
    rng = np.random.default_rng(seed)
    cells = 3000
    stay = rng.random(cells) ** 0.3  # some cells change seldom, so that long runs are among them
    code = rng.integers(0, 3, (periods, cells))
    for period in range(1, periods):
        code[period] = np.where(rng.random(cells) < stay, code[period - 1], code[period])
    z = (
        np.array([4.0, -4.0, 0.0])[code]
        + rng.normal(0, 1, code.shape).round(1)
        + rng.choice([-0.3, 0, 0.3], cells) * np.arange(periods)[:, None]
    )
    found = classify(z, code)
    names = np.array(["hot", "cold", "none"])[code]
    for cell in range(cells):
        holding = naive_local.emerging_class(names[:, cell].tolist(), z[:, cell].tolist(), 0.05)
        assert found["class"][cell] == (holding[0] if holding else "no pattern")
        assert len(holding) < 2 or "historical" in holding[0]  # nothing else is ever claimed twice
    assert found["class"].nunique() > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_the_trend_equals_the_slow_twin(seed):
    values = np.random.default_rng(seed).integers(0, 6, (13, 50)) / 2.0
    values[:, 0] = 1.0
    s, tau, z, p = trend.mann_kendall(values.T)
    slow = [naive_local.mann_kendall(column.tolist()) for column in values.T]
    assert_allclose(np.array([s, tau, z, p]).T, slow, atol=1e-12)


def test_the_trend_by_hand():
    # 10, 15, 14, 20: five pairs rise, one falls. 1, 1, 2: variance (3 x 2 x 11 - 2 x 1 x 9) / 18 = 8 / 3.
    s, tau, _, _ = trend.mann_kendall(np.array([[10.0, 15.0, 14.0, 20.0]]))
    assert (s[0], tau[0]) == (4, pytest.approx(4 / 6))
    s, tau, z, _ = trend.mann_kendall(np.array([[1.0, 1.0, 2.0]]))
    assert (s[0], tau[0], z[0]) == (2, pytest.approx(2 / 6**0.5), pytest.approx(0.6123724))


def test_z_that_differ_by_rounding_alone_are_ties():
    found = classify(1e-13 * np.arange(10.0)[:, None], np.full((10, 1), 2))
    assert found.loc[0, ["s", "tau", "trend_z", "trend_p"]].tolist() == [0, 0, 0, 1]


def naive_z(values, near, before):
    """Each cell and period against all of them, from the formula."""
    cells, periods = values.shape
    flat = [(cell, period) for period in range(periods) for cell in range(cells)]
    place = {pair: number for number, pair in enumerate(flat)}
    lists = [
        [
            place[other, earlier]
            for earlier in range(max(0, period - before), period + 1)
            for other in [cell, *near[cell]]
            if (other, earlier) != (cell, period)
        ]
        for cell, period in flat
    ]
    z = naive_local.gistar([values[pair] for pair in flat], lists)
    return np.array(z).reshape(periods, cells).T


@pytest.mark.parametrize("before", [0, 1, 3, 99])
def test_the_neighbourhood_is_the_cells_about_in_this_period_and_those_before(before):
    grid = small.grid(7, 6)
    values, study = series(grid, 11, 1), np.arange(42) % 5 != 3
    x, y = (axis[study].tolist() for axis in grid.centres())
    slow = naive_z(values.to_numpy()[study], naive_local.neighbours(x, y, 150.0), before)
    found = emerging_hotspots(values, grid, radius=150, study=study, before=before)
    assert_allclose(found.z, slow, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_class_follows_from_the_tables_returned(seed):
    grid = small.grid(12, 10)
    found = emerging_hotspots(series(grid, 13, seed), grid, radius=150)
    tail = np.vectorize(naive_local.tail)
    high = naive_local.benjamini_hochberg(tail(found.z.to_numpy()).ravel().tolist())
    low = naive_local.benjamini_hochberg(tail(-found.z.to_numpy()).ravel().tolist())
    q = np.where(found.z.to_numpy().ravel() > 0, high, low)
    assert_allclose(found.q.to_numpy().ravel(), q, rtol=1e-6)
    for cell in grid.index:
        sure, z = found.q.loc[cell] <= found.level, found.z.loc[cell]
        spots = np.where(sure, np.where(z > 0, "hot", "cold"), "none").tolist()
        holding = naive_local.emerging_class(spots, z.tolist(), found.level)
        assert found.table.loc[cell, "class"] == (holding[0] if holding else "no pattern")
    assert found.table["class"].nunique() > 2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_negative_map_turns_hot_to_cold(seed):
    grid = small.grid()
    values = series(grid, 12, seed)
    one, other = (emerging_hotspots(sign * values, grid, radius=150).table["class"].astype(str) for sign in (1, -1))
    turned = one.str.replace("hot", "HOT").str.replace("cold", "hot").str.replace("HOT", "cold")
    assert other.tolist() == turned.tolist()


def test_no_crime_at_all_has_no_pattern():
    grid = small.grid()
    found = emerging_hotspots(pd.DataFrame(np.zeros((300, 12)), index=grid.index), grid, radius=150)
    assert set(found.table["class"]) == {"no pattern"}
    assert (found.table["trend_p"] == 1).all()


def test_values_that_do_not_fit_are_refused():
    grid = small.grid()
    with pytest.raises(InputError, match="at least 10 periods, got 9"):
        emerging_hotspots(series(grid, 9, 0), grid, radius=150)
    with pytest.raises(InputError, match="`before` must be a whole number of at least 0"):
        emerging_hotspots(series(grid, 10, 0), grid, radius=150, before=-1)
    with pytest.raises(InputError, match="must have the index of the grid"):
        emerging_hotspots(series(grid, 10, 0).iloc[1:], grid, radius=150)


@pytest.mark.shared
def test_a_real_city_is_classed_by_the_same_rules(shared):
    crimes = read_crimes([shared / "data" / "crime" / "city-of-london"]).crimes
    wards = read_areas(
        shared / "data" / "boundaries" / "city_of_london_wards_2014.geojson", code="GSS_CODE", name="NAME"
    )
    grid, periods = Grid.over(wards, 100.0), Periods.of(crimes)
    values = values_by_period(crimes, grid, periods)
    assert (values * periods.weeks.to_numpy()).to_numpy().sum() == pytest.approx(
        (grid.cell_of(crimes.geometry.x, crimes.geometry.y) >= 0).sum()
    )
    found = emerging_hotspots(values, grid, radius=150, study=grid.mask(wards))
    for cell in found.table.index:
        sure, z = found.q.loc[cell] <= found.level, found.z.loc[cell]
        spots = np.where(sure, np.where(z > 0, "hot", "cold"), "none").tolist()
        holding = naive_local.emerging_class(spots, z.tolist(), found.level)
        assert found.table.loc[cell, "class"] == (holding[0] if holding else "no pattern")
    assert (found.table["class"] == "persistent hot spot").any()
    assert (found.table["class"] == "no pattern").mean() > 0.3
