"""Near repeat over the nation is the Knox test of all its crimes, whoever counts them and wherever forces meet."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from hotspots.bands import Bands
from hotspots.knox import knox
from service.cluster import open_engine
from service.national.near_repeat import NationalKnox, national_near_repeat
from service.national.segments import month_points
from tests.service.national.segment_files import crimes, write

BANDS = Bands((0, 0.1, 200, 600), (0, 7, 14))
BORDER = 440_000.0


def of_force(seed, west, size=120, **kind):
    rng = np.random.default_rng(seed)
    x, y = west + rng.uniform(-300, 3_000, size), 300_000.0 + rng.uniform(-2_000, 2_000, size)
    return crimes(x, y, rng.choice(["Burglary", "Robbery"], size), rng.integers(0, 31, size), **kind)


@pytest.fixture
def nation(tmp_path):
    tables = {
        "east": of_force(1, BORDER),
        "month-only": of_force(2, BORDER - 1_500, precision="month"),
        "west": of_force(3, BORDER - 3_000),
    }
    return tmp_path, [write(tmp_path / "segments", force, "2024-01", table) for force, table in tables.items()], tables


def found(nation, paths=None, **asked):
    offence = asked.pop("offence", "Burglary")
    return of_types(nation, paths, offences=(offence,), **asked)[offence]


def of_types(nation, paths=None, **asked):
    folder = nation[0]
    wanted = NationalKnox(folder / "segments", folder / "work", **{"bands": BANDS, **asked})
    with open_engine() as engine:
        return national_near_repeat(engine, wanted, nation[1] if paths is None else paths, folder / "ledger")


@pytest.mark.parametrize(("permutations", "side"), [(150, 700.0), (0, 20_000.0)])
def test_it_is_the_test_of_all_crimes_together_to_the_bit(nation, permutations, side):
    columns = ("x", "y", "offence", "occurred_from", "occurred_to", "precision")
    kept = month_points(nation[0] / "segments", [path for path in nation[1] if "month-only" not in path], columns)
    table = gpd.GeoDataFrame(kept, geometry=gpd.points_from_xy(kept["x"], kept["y"]), crs="EPSG:27700")
    whole = knox(table[table["offence"] == "Burglary"], BANDS, permutations=permutations, seed=4)
    outcome = found(nation, permutations=permutations, side=side, seed=4)
    pd.testing.assert_frame_equal(outcome.knox.table, whole.table, check_exact=True)
    assert sum(outcome.events.values()) == whole.sizes[0]


@pytest.mark.parametrize("side", [500.0, 20_000.0])
def test_each_of_several_types_is_its_own_test_to_the_bit_however_it_is_cut(nation, side):
    both = of_types(nation, offences=("Robbery", "Burglary", "Arson"), permutations=64, side=side, seed=4)
    assert list(both) == ["Robbery", "Burglary", "Arson"]
    columns = ("x", "y", "offence", "occurred_from", "occurred_to", "precision")
    kept = month_points(nation[0] / "segments", [path for path in nation[1] if "month-only" not in path], columns)
    table = gpd.GeoDataFrame(kept, geometry=gpd.points_from_xy(kept["x"], kept["y"]), crs="EPSG:27700")
    for offence in ("Robbery", "Burglary"):
        whole = knox(table[table["offence"] == offence], BANDS, permutations=64, seed=4)
        pd.testing.assert_frame_equal(both[offence].knox.table, whole.table, check_exact=True)
        assert sum(both[offence].events.values()) == whole.sizes[0]
        assert list(both[offence].refused) == ["month-only"]
    assert (both["Arson"].knox, both["Arson"].events) == (None, {})
    done = {path: path.stat().st_mtime_ns for path in (nation[0] / "work").rglob("*.npz")}
    of_types(nation, offences=("Robbery", "Burglary", "Arson"), permutations=64, side=side, seed=4)
    assert {path: path.stat().st_mtime_ns for path in (nation[0] / "work").rglob("*.npz")} == done


def test_a_force_dated_to_the_month_is_left_out_and_told(nation):
    outcome = found(nation, permutations=0)
    assert set(outcome.events) == {"east", "west"}
    assert list(outcome.refused) == ["month-only"]
    assert "must be dated to the day" in outcome.refused["month-only"]


def test_nothing_that_can_be_tested_is_no_test(nation):
    outcome = found(nation, [path for path in nation[1] if "month-only" in path])
    assert outcome.knox is None
    assert found(nation, offence="Arson").knox is None
    assert found(nation, []).events == {}


def test_what_is_done_is_not_done_again_and_other_crimes_are(nation):
    one = found(nation, permutations=64, side=700.0)
    done = {path: path.stat().st_mtime_ns for path in (nation[0] / "work").rglob("*.npz")}
    again = found(nation, permutations=64, side=700.0)
    assert {path: path.stat().st_mtime_ns for path in (nation[0] / "work").rglob("*.npz")} == done
    pd.testing.assert_frame_equal(one.knox.table, again.knox.table, check_exact=True)
    fewer = found(nation, [path for path in nation[1] if "west" in path], permutations=64, side=700.0)
    assert fewer.knox.sizes[0] == one.events["west"]
    assert not fewer.knox.table["observed"].equals(one.knox.table["observed"])


def test_another_question_in_the_same_folder_leaves_no_answer_of_the_one_before(nation):
    one, other = found(nation, permutations=32), found(nation, permutations=32, offence="Robbery")
    assert not one.knox.table["observed"].equals(other.knox.table["observed"])
    pd.testing.assert_frame_equal(found(nation, permutations=32).knox.table, one.knox.table, check_exact=True)
