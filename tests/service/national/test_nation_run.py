"""The national run on a made-up nation of whole forces: what was planted is found, by either way into the store."""

from contextlib import closing

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import select

from geodata.nation import make_nation, read_months, write_nation
from service.cluster import open_engine
from service.national.force_areas import force_name
from service.national.importing import import_nation
from service.national.nation import run_nation
from service.national.nation_request import NationRequest
from service.store.catalogue import open_store
from service.store.importing import import_crimes
from service.store.tables import SEGMENTS

ROWS = 30_000


@pytest.fixture(scope="module")
def nation():
    return make_nation(5, forces=3, incidents=ROWS, years=1, start="2024-01", map_points=2_500)


@pytest.fixture(scope="module")
def paths(nation, tmp_path_factory):
    return write_nation(nation, tmp_path_factory.mktemp("nation"))


@pytest.fixture(scope="module")
def out(paths, tmp_path_factory):
    place = tmp_path_factory.mktemp("out")
    run_nation(NationRequest(forces=paths["areas"], crimes=paths["crimes"], people=paths["figures"], out=place))
    return place


def segments(store):
    with store.reading() as reading:
        asked = select(SEGMENTS.c.force, SEGMENTS.c.month, SEGMENTS.c.sha256, SEGMENTS.c.rows)
        return sorted(map(tuple, reading.execute(asked.where(SEGMENTS.c.state == "current"))))


def test_forces_are_called_alike_in_files_of_crimes_and_of_areas(nation):
    assert nation.areas["name"].map(force_name).tolist() == nation.figures["force"].tolist()


def test_files_and_months_without_files_are_kept_as_the_same_segments(nation, paths, tmp_path):
    names = [force.slug for force in nation.forces[1:]]
    stores = [open_store(f"sqlite:///{tmp_path / name / 'nation.db'}") for name in ("one", "other")]
    with closing(stores[0]) as one, closing(stores[1]) as other, open_engine() as engine:
        for store in stores:
            store.segments.mkdir(parents=True, exist_ok=True)
        import_nation(one, paths["crimes"], engine, tmp_path / "ledger", actor="test", forces=names)
        for force, _, read in read_months(nation, names):
            import_crimes(other, force, read, actor="test")
        assert segments(one) == segments(other)
        assert len(segments(one)) == 12 * len(names)


def test_every_force_is_in_the_league_with_the_crimes_of_its_files(nation, out):
    league = pd.read_csv(out / "league.csv")
    every = league[league["offence"] == "All crime types"].set_index("force")["crimes"]
    written = nation.figures.set_index("force")["incidents"]
    # less those without coordinates, and strays on no force's ground
    assert (every.loc[written.index] / written).between(0.975, 0.995).all()
    assert len(league) == 15 * len(written)


def test_hot_spots_planted_for_good_are_hot(nation, out):
    cells = pd.read_csv(out / "cells.csv").query("spot == 'hot'")
    half = 125
    squares = shapely.box(
        cells["easting"] - half, cells["northing"] - half, cells["easting"] + half, cells["northing"] + half
    )
    planted = nation.hotspots[nation.hotspots["history"] == "persistent"]
    found = planted.sjoin(gpd.GeoDataFrame(geometry=squares, crs=planted.crs))
    assert found["hotspot_id"].nunique() == len(planted)
