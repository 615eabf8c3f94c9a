import json
import os
import platform
import subprocess
import sys
import warnings

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pytest
import shapely
from numba import njit
from numpy.testing import assert_allclose
from scipy.stats import chi2

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots._kernels import gistar as kernels
from hotspots.gistar import gistar, gistar_of_places, stencil_of
from tests.hotspots import naive_local, small

SEEDS = range(5)
CELL = 100.0


def harm(grid, seed):
    """Mostly nothing, some counts, a few of no whole number."""
    rng = np.random.default_rng(seed)
    values = rng.poisson(0.7, grid.size) * rng.choice([1.0, 2.7, 365.0], grid.size, p=[0.7, 0.2, 0.1])
    return pd.Series(values, index=grid.index)


def blob(grid, seed):
    """A ragged study area of about three quarters of the cells, perhaps in pieces."""
    return np.random.default_rng(seed + 100).random(grid.size) < 0.75


@pytest.fixture
def published():
    places = gpd.GeoSeries(gpd.points_from_xy([10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30]), crs=small.CRS)
    return pd.Series([2, 3, 3.2, 5, 8, 7]), places


def test_the_six_published_points_have_the_published_z_and_p(published):
    # esda's documentation of G_Local, star, binary; reference/hotspots.md.
    found = gistar_of_places(*published, radius=15)
    z = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    p = [0.08116526, 0.38622273, 0.25763634, 0.38622273, 0.10850443, 0.02147256]
    assert_allclose(found["z"], z, atol=5e-9)
    assert_allclose(found["p"], p, atol=5e-9)
    assert found["cells"].tolist() == [3, 4, 2, 4, 5, 2]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("radius", [100.0, 150.0, 300.0, 5000.0])
def test_every_cell_equals_the_slow_twin(seed, radius):
    grid = small.grid(13, 9, CELL)
    values, study = harm(grid, seed), blob(grid, seed)
    found = gistar(values, grid, radius=radius, study=study)
    cells = np.flatnonzero(study)
    x, y = grid.centres(cells)
    near = naive_local.neighbours(x.tolist(), y.tolist(), radius)
    slow = naive_local.gistar(values[cells].tolist(), near)
    assert_allclose(found["z"].to_numpy()[cells], slow, rtol=1e-9, atol=1e-9)
    assert found["cells"].to_numpy()[cells].tolist() == [len(others) + 1 for others in near]
    assert_allclose(found["p"].to_numpy()[cells], [naive_local.tail(abs(z)) for z in slow], atol=1e-9)
    high = naive_local.benjamini_hochberg([naive_local.tail(z) for z in slow])
    low = naive_local.benjamini_hochberg([naive_local.tail(-z) for z in slow])
    q = [a if z >= 0 else b for a, b, z in zip(high, low, slow, strict=True)]
    level = np.abs(slow) > 1e-9  # of a z of 0 and a rounding either side may be taken: both q are then half or more
    assert_allclose(found["q"].to_numpy()[cells][level], np.array(q)[level], rtol=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_z_and_p_equal_those_of_esda(seed):
    from esda import G_Local
    from libpysal.weights import DistanceBand

    grid = small.grid(15, 12, CELL)
    values, study = harm(grid, seed), blob(grid, seed)
    cells = np.flatnonzero(study)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weights = DistanceBand(np.column_stack(grid.centres(cells)), threshold=301, binary=True, silence_warnings=True)
        peer = G_Local(values[cells].to_numpy(), weights, transform="B", star=True, permutations=0)
    found = gistar(values, grid, radius=300, study=study).iloc[cells]
    assert_allclose(found["z"], peer.Zs, rtol=1e-9, atol=1e-9)
    assert_allclose(found["p"], peer.p_norm, atol=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_permutations_approach_the_share_of_all_orders(seed):
    # Seven of 2 x 4 cells: the 720 orders of the other values can be taken one by one.
    grid, study = small.grid(4, 2, CELL), np.arange(8) != 6
    values = np.random.default_rng(seed).integers(0, 4, 7) * 1.5
    x, y = grid.centres(np.flatnonzero(study))
    near = naive_local.neighbours(x.tolist(), y.tolist(), 150.0)
    stencil = stencil_of(grid, study, 150.0)
    around = kernels.stencil_sums(values, stencil) - values
    counts = kernels.permuted_maps(values, stencil, around, 20_000, seed)
    for i in range(7):
        least, most = naive_local.conditional_p(values.tolist(), near, i)
        for found, exact in ((counts[0][i], least), (counts[1][i], most)):
            assert abs(found / 20_000 - exact) <= 5 * np.sqrt(exact * (1 - exact) / 20_000)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_grid_gives_what_its_lists_of_neighbours_give(seed):
    grid = small.grid(11, 14, CELL)
    values, study = harm(grid, seed).round(), blob(grid, seed)
    cells = np.flatnonzero(study)
    places = gpd.GeoSeries(gpd.points_from_xy(*grid.centres(cells)), index=cells, crs=small.CRS)
    on_grid = gistar(values, grid, radius=210, study=study, permutations=99, seed=seed).iloc[cells]
    in_lists = gistar_of_places(values[cells], places, radius=210, permutations=99, seed=seed)
    for column in ("around", "cells", "p", "q"):  # sums of whole numbers are exact, so the counts are the same
        assert on_grid[column].tolist() == in_lists[column].tolist()
    assert_allclose(on_grid["z"], in_lists["z"], rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_shifting_and_scaling_the_values_leaves_z_alone(seed):
    grid = small.grid()
    values = harm(grid, seed)
    one = gistar(values, grid, radius=200)
    other = gistar(values * 7 + 3, grid, radius=200)
    assert_allclose(other["z"], one["z"], rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_hot_and_cold_change_places_when_values_change_sign(seed):
    grid = small.grid()
    values = harm(grid, seed)
    one, other = (gistar(sign * values, grid, radius=200, permutations=199, seed=seed) for sign in (1, -1))
    assert_allclose(other["z"], -one["z"], rtol=1e-9, atol=1e-9)
    assert other["p"].tolist() == one["p"].tolist() or (np.abs(one["z"]) < 1e-9).any()
    swap = {"hot": "cold", "cold": "hot", "none": "none"}
    assert other["spot"].astype(str).tolist() == [swap[spot] for spot in one["spot"]]


@pytest.mark.parametrize("seed", SEEDS)
def test_cells_outside_the_study_area_count_nowhere(seed):
    grid = small.grid()
    values, study = harm(grid, seed), blob(grid, seed)
    wild = values.where(study, np.nan)
    one, other = (gistar(surface, grid, radius=200, study=study) for surface in (values, wild))
    pd.testing.assert_frame_equal(one, other)
    assert one.loc[~study, ["around", "expected", "z", "p", "q"]].isna().all().all()
    assert one.loc[~study, "spot"].isna().all()
    assert (one.loc[~study, "cells"] == 0).all()


def test_a_planted_spot_is_hot_and_an_empty_quarter_cold():
    grid = small.grid(40, 40, CELL)
    rng = np.random.default_rng(5)
    values = rng.poisson(4, (40, 40)).astype(float)
    values[10:14, 10:14] += 9
    values[25:35, 25:35] = 0
    found = gistar(values.ravel(), grid, radius=150)["spot"].to_numpy().reshape(40, 40)
    assert (found[11:13, 11:13] == "hot").all()
    assert (found[26:34, 26:34] == "cold").all()
    assert (found[:8, :] == "none").mean() > 0.97


@pytest.mark.parametrize(
    "values", [np.zeros(300), np.full(300, 0.1), np.eye(1, 300).ravel()], ids=["no crime", "all alike", "one crime"]
)
def test_too_little_to_stand_out_works(values):
    grid = small.grid()
    found = gistar(values, grid, radius=150, permutations=19)
    assert found["z"].notna().all()
    assert found["p"].between(0, 1).all()
    if values.min() == values.max():
        assert (found["z"] == 0).all()
        assert set(found["spot"]) == {"none"}


def test_one_cell_is_a_study_area():
    study = np.zeros(300, dtype=bool)
    study[77] = True
    found = gistar(np.arange(300.0), small.grid(), radius=150, study=study, permutations=9)
    assert found.loc[77, ["around", "cells", "z", "p"]].tolist() == [77.0, 1, 0.0, 1.0]


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@pytest.mark.parametrize("seed", SEEDS)
def test_number_of_threads_changes_no_bit(seed):
    grid = small.grid(60, 50, 50.0)
    tables = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        table = gistar(harm(grid, seed), grid, radius=200, permutations=49, seed=seed)
        tables.append(table.drop(columns="spot").to_numpy().tobytes())
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert tables[0] == tables[1]


def test_a_seed_gives_the_same_answer_and_another_seed_another():
    grid = small.grid()
    one, same, other = (gistar(harm(grid, 1), grid, radius=200, permutations=49, seed=seed)["p"] for seed in (4, 4, 5))
    assert one.equals(same)
    assert not one.equals(other)


def test_more_permutations_begin_with_the_fewer():
    grid = small.grid()
    few, more = (gistar(harm(grid, 1), grid, radius=200, permutations=count, seed=4)["p"] for count in (99, 199))
    added = more * 200 - few * 100  # of the hundred more, those as extreme
    assert added.between(-1e-9, 100 + 1e-9).all()


def test_every_order_of_a_shuffle_is_as_likely():
    seen: dict[tuple[int, ...], int] = {}
    order = np.empty(4, dtype=np.int32)
    for number in range(24_000):
        kernels._order(order, 11, number)
        key = tuple(order.tolist())
        seen[key] = seen.get(key, 0) + 1
    assert len(seen) == 24
    statistic = sum((count - 1000) ** 2 / 1000 for count in seen.values())
    assert statistic < chi2.isf(1e-4, 23)


def test_uncompiled_code_gives_the_same_bits(tmp_path):
    script = tmp_path / "plain.py"
    script.write_text(
        "import json, numpy as np\n"
        "from geodata.grid import Grid\n"
        "from hotspots.gistar import gistar\n"
        "values = np.random.default_rng(3).poisson(1, 30) * 1.7\n"
        "table = gistar(values, Grid(0.0, 0.0, 100.0, 6, 5), radius=150, study=np.arange(30) != 8, permutations=9)\n"
        "print(json.dumps(table.drop(columns='spot').to_numpy().tolist()))\n"
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
    assert str(found[0]) == str(found[1])


def test_areas_that_touch_are_neighbours():
    wards = gpd.GeoSeries([shapely.box(i, 0, i + 1, 1) for i in (0, 1, 2, 5)], index=list("abce"), crs=small.CRS)
    found = gistar_of_places(pd.Series([1.0, 2, 3, 4], index=list("abce")), wards)
    assert found["cells"].tolist() == [2, 3, 2, 1]
    assert found["around"].tolist() == [3.0, 6.0, 5.0, 4.0]
    assert found.index.tolist() == list("abce")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"radius": 99.0}, "`radius` must reach the next cell, 100 metres off, got 99"),
        ({"radius": -5.0}, "`radius` must be above 0 metres"),
        ({"radius": float("nan")}, "`radius` must be finite"),
        ({"radius": 150.0, "permutations": 0}, "`permutations` must be a whole number of at least 1"),
        ({"radius": 150.0, "permutations": 9, "seed": -1}, "`seed` must be a whole number of at least 0"),
        ({"radius": 150.0, "level": 0.0}, "`level` must be above 0"),
        ({"radius": 150.0, "study": np.zeros(300, dtype=bool)}, "`study` must hold at least one cell"),
        ({"radius": 150.0, "study": np.ones(9, dtype=bool)}, "`study` must hold True or False for each of the 300"),
    ],
)
def test_parameters_out_of_range_are_refused(options, message):
    with pytest.raises(InputError, match=message):
        gistar(np.ones(300), small.grid(), **options)


def test_values_that_do_not_fit_the_grid_are_refused():
    grid = small.grid()
    with pytest.raises(InputError, match=r"one number per cell \(300\), got shape \(5,\)"):
        gistar(np.ones(5), grid, radius=150)
    with pytest.raises(InputError, match="must have the index of the grid"):
        gistar(pd.Series(np.ones(300), index=range(1, 301)), grid, radius=150)
    with pytest.raises(InputError, match="must be finite in the study area, got 2"):
        gistar(np.where(np.arange(300) < 2, np.inf, 1.0), grid, radius=150)


def test_places_that_cannot_be_neighbours_are_refused(published):
    values, places = published
    with pytest.raises(InputError, match="`radius` must be given for points"):
        gistar_of_places(values, places)
    with pytest.raises(InputError, match="must have the index of the 6 places"):
        gistar_of_places(values.iloc[:5], places, radius=15)
    with pytest.raises(InputError, match="must be in a projected CRS"):
        gistar_of_places(values, places.set_crs(4326, allow_override=True), radius=15)
    with pytest.raises(InputError, match="must each have a geometry, got 1"):
        gistar_of_places(values, places.where(places.index != 3), radius=15)
    with pytest.raises(InputError, match="at least one is needed"):
        gistar_of_places(values.iloc[:0], places.iloc[:0], radius=15)


def test_a_stencil_takes_the_cells_whose_centres_are_near_enough():
    stencil = stencil_of(Grid(0.0, 0.0, 100.0, 50, 50), np.ones(2500, dtype=bool), 300.0)
    assert stencil.halves.tolist() == [0, 2, 2, 3, 2, 2, 0]


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names the instructions of one processor")
def test_rows_are_added_in_packed_numbers():
    difference = njit(kernels._difference.py_func)
    difference(np.zeros((5, 30)), np.array([1, 1, 1]), 2, np.zeros(9))
    assembly = "\n".join(difference.inspect_asm().values())
    assert "subpd" in assembly
    assert "addpd" in assembly


@pytest.mark.parametrize("seed", range(2))
def test_hot_spots_planted_in_a_made_up_force_are_hot(seed):
    town = small.force(seed)
    grid = Grid.over(town.areas, 100.0)
    counts = np.bincount(grid.cell_of(town.crimes.geometry.x, town.crimes.geometry.y), minlength=grid.size)
    hot = gistar(counts, grid, radius=150, study=grid.mask(town.areas))["spot"] == "hot"
    assert hot[grid.mask(town.truth.hotspots)].mean() > 0.9
    assert hot.mean() < 0.1
