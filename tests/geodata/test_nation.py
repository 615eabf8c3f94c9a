import re

import numpy as np
import pandas as pd
import pytest
import shapely

from geodata import locate, read_areas, read_crimes
from geodata._nation_crime import SHARES
from geodata._town_crime import OFFENCES
from geodata.errors import InputError, NotFoundError
from geodata.nation import make_nation, month_bytes, read_months, write_nation

SMALL = {"forces": 3, "incidents": 40_000, "years": 1, "start": "2023-01", "map_points": 4_000}


@pytest.fixture(scope="module")
def nation():
    return make_nation(0, **SMALL)


@pytest.fixture(scope="module")
def paths(nation, tmp_path_factory):
    return write_nation(nation, tmp_path_factory.mktemp("nation"))


@pytest.fixture(scope="module")
def read(paths):
    return read_crimes([paths["crimes"]])


@pytest.fixture(scope="module")
def published(paths):
    return pd.concat(pd.read_csv(path, keep_default_na=False) for path in sorted(paths["crimes"].rglob("*.csv")))


def files(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_row_written_is_read_back_accepted_or_refused_for_want_of_coordinates(nation, read):
    assert read.sources["rows_read"].sum() == SMALL["incidents"] == nation.figures["incidents"].sum()
    assert len(read.crimes) + len(read.rejects) == SMALL["incidents"]
    assert set(read.rejects["reason"]) == {"no coordinates"}
    assert 0.008 < len(read.rejects) / SMALL["incidents"] < 0.022
    assert len(read.sources) == SMALL["forces"] * 12
    assert read.skipped == ()


def test_files_are_as_they_are_published(nation, paths, published):
    first = nation.forces[0]
    path = paths["crimes"] / "2023-02" / f"2023-02-{first.slug}-street.csv"
    lines = path.read_bytes().split(b"\r\n")
    assert lines[0].decode() == (
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
        "Last outcome category,Context"
    )
    assert lines[-1] == b""
    assert not any(b"\n" in line for line in lines)
    assert set(published["Crime type"]) == {kind.name for kind in OFFENCES}
    disorder = published["Crime type"] == "Anti-social behaviour"
    assert (published.loc[disorder, ["Crime ID", "Last outcome category"]] == "").all(axis=None)
    assert published.loc[~disorder, "Crime ID"].map(lambda text: bool(re.fullmatch("[0-9a-f]{64}", text))).all()
    assert published.loc[~disorder, "Crime ID"].is_unique
    nowhere = published["Longitude"] == ""
    assert set(published.loc[nowhere, "Location"]) == {"No Location"}
    assert published.loc[~nowhere, "LSOA code"].str.fullmatch(r"X01\d{6}").all()


def test_categories_come_in_their_shares(published):
    share = published["Crime type"].value_counts(normalize=True).reindex([kind.name for kind in OFFENCES]).to_numpy()
    # a force's own mix differs by some 12 %
    np.testing.assert_allclose(share, SHARES / SHARES.sum(), rtol=0.35)


def test_a_month_is_the_same_whatever_was_drawn_before_it_and_on_any_number_of_processes(nation, paths, tmp_path):
    slug = nation.forces[2].slug
    other = make_nation(0, **SMALL)
    for month in ("2023-11", "2023-01", "2023-11"):
        written = (paths["crimes"] / month / f"{month}-{slug}-street.csv").read_bytes()
        assert month_bytes(other, slug, month) == written
    write_nation(other, tmp_path, workers=2)
    assert files(tmp_path) == files(paths["areas"].parent)


def test_another_seed_makes_another_nation_with_as_many_incidents(nation):
    other = make_nation(1, **SMALL)
    assert other.figures["incidents"].sum() == SMALL["incidents"]
    assert other.forces[1].incidents.tolist() != nation.forces[1].incidents.tolist()
    assert not np.array_equal(other.points.xy[:100], nation.points.xy[:100])


def test_months_read_without_files_are_what_their_files_hold(nation, read):
    force = nation.forces[1].slug
    months = {month: each for name, month, each in read_months(nation, [force]) if name == force}
    assert list(months) == [f"2023-{month:02d}" for month in range(1, 13)]
    of_files = read.crimes[read.crimes["source_file"].astype(str).str.contains(f"-{force}-street")]
    for column in ("crime_id", "offence", "place_id", "source_row", "source_file"):
        mine = pd.concat(each.crimes[column].astype("string") for each in months.values())
        assert mine.fillna("").tolist() == of_files[column].astype("string").fillna("").tolist()
    assert sum(len(each.rejects) for each in months.values()) == read.rejects["file"].str.contains(f"-{force}-").sum()


def test_forces_wards_and_small_areas_share_their_borders_and_cover_the_land(nation):
    land = shapely.union_all(nation.areas.geometry.to_numpy())
    for areas in (nation.areas, nation.wards, nation.lsoas):
        assert areas.geometry.is_valid.all()
        assert areas.area.sum() == pytest.approx(land.area, rel=1e-9)
        assert shapely.coverage_is_valid(areas.geometry.to_numpy())
    assert nation.wards.groupby("force")["population"].sum().tolist() == nation.areas["population"].tolist()
    west, south, east, north = land.bounds
    assert 80_000 < west < east < 660_000
    assert 5_000 < south < north < 660_000


def test_each_crime_lies_at_a_map_point_of_its_small_area_and_all_but_strays_in_its_force(nation, read):
    crimes = read.crimes
    xy = np.column_stack((crimes.geometry.x, crimes.geometry.y))
    whole = np.round(xy)
    assert np.abs(xy - whole).max() < 0.1  # a coordinate has six decimals
    points = {tuple(each) for each in nation.points.xy}
    assert all(tuple(each) in points for each in np.unique(whole, axis=0))
    assert (locate(crimes, nation.lsoas) == crimes["lsoa"].astype("string")).mean() > 0.999
    slug = crimes["source_file"].astype(str).str.extract(r"-\d\d-(.+)-street")[0]
    code = dict(zip(nation.figures["force"], nation.figures["code"], strict=True))
    astray = (locate(crimes, nation.areas) != slug.map(code)).mean()
    assert 0 < astray < 0.004


def test_map_points_lie_on_their_streets_serve_eight_addresses_and_no_two_are_one(nation):
    points = nation.points
    streets = shapely.linestrings(points.lines[points.street])
    assert shapely.distance(streets, shapely.points(points.xy)).max() < 0.75  # points are whole metres
    assert points.addresses.sum(axis=1).min() >= 8
    assert len(np.unique(points.xy, axis=0)) == len(points.xy)
    assert len(points.xy) == pytest.approx(SMALL["map_points"], rel=0.05)


def test_counts_by_map_point_are_skewed_as_published_ones_are(read):
    counts = np.sort(read.crimes["place_id"].value_counts().to_numpy())[::-1]
    assert 0.2 < counts[: len(counts) // 20].sum() / counts.sum() < 0.5
    assert counts[0] > 30 * np.median(counts)


def test_hot_spots_planted_hold_more_while_they_are_there(nation, read):
    spots = nation.hotspots
    assert set(spots["force"]) == {force.slug for force in nation.forces}
    assert (spots["points"] > 0).all()
    inside = read.crimes.sjoin(spots[["hotspot_id", "first", "last", "strength", "geometry"]])
    month = inside["occurred_from"].dt.strftime("%Y-%m")
    there = (inside["first"] <= month) & (month <= inside["last"])
    lasts = [(pd.Period(b) - pd.Period(a)).n + 1 for a, b in zip(spots["first"], spots["last"], strict=True)]
    passing = inside["hotspot_id"].isin(spots["hotspot_id"][np.array(lasts) < 12])
    away = 12 * (np.array(lasts) < 12).sum() - sum(each for each in lasts if each < 12)
    rates = (there & passing).sum() / sum(each for each in lasts if each < 12), (~there).sum() / away
    assert rates[0] > 3 * rates[1]


def test_forces_are_as_different_as_forces_are():
    nation = make_nation(3, forces=12, incidents=100_000, years=1, map_points=12_000)
    figures = nation.figures.assign(
        density=nation.figures["population"] / nation.figures["area_km2"],
        rate=nation.figures["incidents"] / nation.figures["population"],
    )
    capital, city, others = figures.iloc[0], figures.iloc[1], figures.iloc[2:]
    assert capital["population"] > others["population"].median()
    assert capital["density"] > 3 * others["density"].max()
    assert city["population"] < 0.25 * others["population"].min()
    assert city["rate"] > 5 * figures["rate"].median()
    assert others["rate"].max() > 1.2 * others["rate"].min()
    assert figures["deprived_share"].max() > figures["deprived_share"].min()


def test_tables_beside_the_crimes_are_read_by_the_readers(nation, paths):
    forces = read_areas(paths["areas"], kind="force")
    assert forces["name"].tolist() == nation.areas["name"].tolist()
    assert shapely.hausdorff_distance(forces.geometry.iloc[0], nation.areas.geometry.iloc[0]) < 0.1
    assert len(read_areas(paths["wards"])) == len(nation.wards)
    assert len(read_areas(paths["lsoas"], kind="LSOA")) == len(nation.lsoas)
    figures = pd.read_csv(paths["figures"])
    assert figures["population"].sum() == pd.read_csv(paths["people"])["population"].sum()
    assert len(read_areas(paths["hotspots"], code="hotspot_id", name="force")) == len(nation.hotspots)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"forces": 0}, "`forces` must be between 1 and 100"),
        ({"years": 0}, "`years` must be between 1 and 100"),
        ({"incidents": -1}, "`incidents` must be a whole number of at least 0"),
        ({"start": "May"}, "`start` must be a month"),
        ({"map_points": 900}, "`map_points` must be a whole number of at least 1500"),
    ],
)
def test_numbers_out_of_range_are_refused(changed, sentence):
    with pytest.raises(InputError, match=sentence):
        make_nation(**{**SMALL, **changed})


def test_a_month_that_is_not_there_is_not_found(nation):
    with pytest.raises(NotFoundError, match="no such force and month"):
        month_bytes(nation, nation.forces[0].slug, "2022-12")


def test_one_force_and_no_incident_make_files_with_a_header_alone(tmp_path):
    nation = make_nation(0, forces=1, incidents=0, years=1, map_points=500)
    paths = write_nation(nation, tmp_path)
    written = files(paths["crimes"])
    assert len(written) == 12
    assert set(map(len, written.values())) == {len(month_bytes(nation, nation.forces[0].slug, "2011-01"))}
