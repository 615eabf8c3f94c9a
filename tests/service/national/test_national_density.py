"""The density of the nation: every tile, month and type is that of the whole, from whichever workers it comes."""

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.grid import Grid
from hotspots.density import density_at_centres
from service.cluster import open_engine
from service.national.density import NationalDensity, national_density
from service.national.tiles import national_grid
from service.national.tiles_files import density_on, read_tile
from tests.service.national.segment_files import crimes, write

MONTHS = {"2024-01": 0, "2024-02": 31}  # first days
BORDER = 440_000.0  # between the two forces, and between tiles
OFFENCES = ("Burglary", "Robbery")


def month_of(seed, west, days, size=150):
    """Crimes of a force on either side of the border, some beyond it, some on the corners of tiles."""
    rng = np.random.default_rng(seed)
    x, y = west + rng.uniform(-2_000, 22_000, size), rng.uniform(292_000, 325_000, size)
    x[:4], y[:4] = BORDER, [300_000.0, 320_000.0, 300_000.0, 310_050.0]
    return crimes(x, y, rng.choice(OFFENCES, size), np.full(size, days))


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("segments")
    tables = {
        (force, month): month_of(seed, west, days)
        for seed, (force, west) in enumerate({"west": BORDER - 20_000, "east": BORDER}.items())
        for month, days in MONTHS.items()
    }
    return folder, [write(folder, *key, table) for key, table in tables.items()], tables


def found(nation, out, paths=None, **asked):
    with open_engine() as engine:
        wanted = NationalDensity(nation[0], out, **{"cell": 1_000.0, "bandwidth": 3_000.0, **asked})
        return national_density(engine, wanted, nation[1] if paths is None else paths, out.parent / "ledger")


@pytest.mark.parametrize(("kernel", "side"), [("quartic", 20_000.0), ("epanechnikov", 7_000.0)])
def test_every_surface_is_that_of_the_whole_to_the_bit(nation, tmp_path, kernel, side):
    surfaces = found(nation, tmp_path / "out", kernel=kernel, side=side)
    grid = national_grid(1_000.0)
    assert (surfaces.crimes, surfaces.outside) == (600, 0)
    cells = 0
    for month in MONTHS:
        x, y, kind = (
            np.concatenate([part(table) for (_, held), table in nation[2].items() if held == month])
            for part in (lambda t: t.geometry.x, lambda t: t.geometry.y, lambda t: t["offence"].astype(str))
        )
        for offence in OFFENCES:
            some = kind == offence
            whole = density_at_centres(x[some], y[some], np.ones(some.sum()), grid, 3_000.0, kernel=kernel)
            held = density_on(tmp_path / "out", grid, month, offence)
            assert held.to_numpy().tobytes() == whole.tobytes()
            cells += np.count_nonzero(whole)
    assert surfaces.cells == cells


def names(surfaces):
    return {"/".join(path.parts[-2:]): path.read_bytes() for path in surfaces.files}


def test_files_are_the_same_bytes_each_time_and_hold_one_answer(nation, tmp_path):
    one = found(nation, tmp_path / "out")
    all_of_them = names(one)
    assert names(found(nation, tmp_path / "again")) == all_of_them
    january = [path for path in nation[1] if "2024-01" in path]
    (tmp_path / "out" / "month=2024-01" / "tile-0-0-abc.def.draft").write_text("begun and never ended")
    fewer = names(found(nation, tmp_path / "out", january))
    assert fewer == {name: held for name, held in all_of_them.items() if "2024-01" in name}
    assert {"/".join(path.parts[-2:]) for path in (tmp_path / "out").rglob("tile-*")} == set(fewer)
    assert names(found(nation, tmp_path / "out", bandwidth=2_000.0)).keys().isdisjoint(all_of_them)
    assert names(found(nation, tmp_path / "out")) == all_of_them


def test_the_maps_of_two_forces_agree_on_the_cells_that_they_share(nation, tmp_path):
    found(nation, tmp_path / "out")
    west = Grid(BORDER - 25_000, 295_000.0, 1_000.0, 30, 30)
    east = Grid(BORDER - 5_000, 297_000.0, 1_000.0, 40, 20)
    one, other = (density_on(tmp_path / "out", grid, "2024-01", "Burglary") for grid in (west, east))
    shared = one.to_numpy().reshape(30, 30)[2:22, 20:30]
    assert shared.any()
    assert np.array_equal(shared, other.to_numpy().reshape(20, 40)[:, :10])
    assert not density_on(tmp_path / "out", east, "2024-01", "Arson").any()


def test_a_cell_in_a_file_is_above_nought_and_in_one_tile(nation, tmp_path):
    surfaces = found(nation, tmp_path / "out")
    keys = set()
    for path in surfaces.files:
        cells = read_tile(path)
        assert (cells["density"] > 0).all()
        of_file = set(
            zip([path.parent.name] * len(cells), cells["offence"], cells["row"], cells["column"], strict=True)
        )
        assert not keys & of_file
        keys |= of_file
    assert len(keys) == surfaces.cells


def test_no_segment_and_crimes_beyond_the_nation_are_told(nation, tmp_path):
    assert found(nation, tmp_path / "none", []).files == ()
    far = crimes([9e5, 440_000.0], [5e5, 5e5], ["Burglary"] * 2, [0, 0])
    surfaces = found(nation, tmp_path / "far", [write(nation[0], "far", "2024-01", far)])
    assert (surfaces.crimes, surfaces.outside) == (1, 1)


def test_what_is_no_national_work_is_refused(nation, tmp_path):
    with pytest.raises(InputError, match="`cell` must be metres of which a whole number is a kilometre, got 300"):
        found(nation, tmp_path / "out", cell=300.0)
    with pytest.raises(InputError, match="`side` must be a whole number of cells"):
        found(nation, tmp_path / "out", side=1_500.0)
    utm = crimes([440_000.0], [300_000.0], ["Burglary"], [0], crs="EPSG:32630")
    with pytest.raises(InputError, match="must have crimes in EPSG:27700, and a segment has them in another"):
        found(nation, tmp_path / "out", [write(nation[0], "abroad", "2024-01", utm)])
    found(nation, tmp_path / "out")
    with pytest.raises(InputError, match="must lie on the nation's cells of 1000 metres"):
        density_on(tmp_path / "out", Grid(BORDER + 50, 297_000.0, 1_000.0, 4, 2), "2024-01", "Burglary")
