"""The made-up force: everything follows from the seed, the map hangs together, and the truth planted is in the data."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata._town_places import LEAST_AT_A_POINT, map_points
from geodata.area_tables import read_population
from geodata.areas import locate, read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.extract import ExtractMapping
from geodata.map_features import read_map_features
from geodata.streets import read_streets, travel_metres
from geodata.tables import AREAS, CRIMES, check
from geodata.town import Town, make_town, write_police_uk, write_town

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"wards": 6, "months": 6, "incidents": 1500, "hotspots": 3}
MAPPING = ExtractMapping(
    crime_id="incident",
    offence="offence",
    occurred_from="from",
    occurred_to="to",
    place_id="premises",
    victim_id="victim",
    location="street",
    lsoa="lsoa",
    x="easting",
    y="northing",
)


@pytest.fixture(scope="module")
def town() -> Town:
    return make_town(11, wards=20, incidents=20_000)


@pytest.fixture(scope="module")
def small() -> Town:
    return make_town(5, **SMALL)


def bytes_of(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_there_are_as_many_of_everything_as_asked_for(town: Town) -> None:
    assert len(town.crimes) == 20_000
    assert len(town.areas) == 20
    assert len(town.truth.hotspots) == 12
    assert len(town.bases) == 2
    check(town.crimes, CRIMES)
    check(town.areas, AREAS)
    assert town.areas["name"].is_unique
    assert town.crimes["crime_id"].is_unique


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(small: Town, tmp_path: Path) -> None:
    for name, made in (("one", small), ("two", make_town(5, **SMALL)), ("other", make_town(6, **SMALL))):
        write_town(made, tmp_path / name)
        write_police_uk(made, tmp_path / name)
    one, two, other = (bytes_of(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one.keys() == other.keys()
    assert not set(one.values()) & set(other.values())


def test_another_process_on_another_number_of_threads_gives_the_same_bytes(small: Town, tmp_path: Path) -> None:
    write_town(small, tmp_path / "here")
    program = f"from geodata.town import make_town, write_town; write_town(make_town(5, **{SMALL}), 'there')"
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    environment = {**os.environ, **threads, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, env=environment, check=True)
    assert bytes_of(tmp_path / "here") == bytes_of(tmp_path / "there")


def test_more_incidents_leave_the_map_as_it_is(small: Town) -> None:
    more = make_town(5, **{**SMALL, "incidents": 3000})
    assert more.areas.equals(small.areas)
    assert more.truth.hotspots.equals(small.truth.hotspots)
    np.testing.assert_array_equal(more.streets.vertices, small.streets.vertices)
    np.testing.assert_array_equal(more.premises.door, small.premises.door)


def test_wards_tile_the_force_without_gaps_or_overlaps(town: Town) -> None:
    wards = town.areas.geometry.to_numpy()
    assert shapely.coverage_is_valid(wards)
    whole = shapely.union_all(wards)
    assert whole.area == pytest.approx(town.areas.area.sum())
    assert shapely.get_num_interior_rings(whole) == 0
    assert all(ward.geom_type == "Polygon" and ward.is_valid for ward in wards)


def test_every_incident_lies_in_exactly_one_ward(town: Town) -> None:
    points = town.crimes.geometry.to_numpy()
    hit, _ = shapely.STRtree(town.areas.geometry.to_numpy()).query(points, predicate="intersects")
    assert (np.bincount(hit, minlength=len(points)) == 1).all()


def test_people_live_in_every_ward_and_thicker_in_the_middle(town: Town) -> None:
    assert (town.areas["population"] > 0).all()
    density = (town.areas["population"] / town.areas.area).to_numpy()
    assert density.max() > 20 * density.min()
    assert set(town.areas["deprivation_decile"]) == set(range(1, 11))


def test_the_streets_are_in_one_piece_and_bases_stand_on_them(town: Town) -> None:
    count, _ = connected_components(town.streets.graph, directed=False)
    assert count == 1
    metres, _ = town.streets.tree.query(town.bases[["x", "y"]].to_numpy())
    assert (metres == 0).all()
    degree = np.diff(town.streets.indptr)
    assert (degree == 1).sum() > 20  # dead ends
    assert (degree >= 3).mean() > 0.3


def test_what_lies_between_the_streets_is_read_as_from_openstreetmap(town: Town, tmp_path: Path) -> None:
    features = read_map_features(write_town(town, tmp_path)["streets"])
    assert {"water", "park", "wood", "railway", "city", "station"} <= set(features["kind"])
    parks = features[features["kind"] == "park"]
    assert (parks["name"] != "").all()
    assert not parks.geometry.intersects(town.streets.lines().union_all()).any()
    drawn = town.ground[town.ground["key"] == "leisure"]
    assert parks.area.sum() == pytest.approx(drawn.area.sum(), rel=1e-3)


def test_one_must_cross_the_river_by_a_bridge(town: Town) -> None:
    rng = np.random.default_rng(0)
    places = town.premises.door[rng.choice(town.premises.size, 40)]
    ratio = travel_metres(town.streets, places, places) / np.maximum(travel_metres(None, places, places), 300)
    assert ratio.max() > 2
    assert 1.1 < np.median(ratio) < 1.6


def test_crime_is_denser_in_the_planted_hot_spots_by_at_least_their_strength(town: Town) -> None:
    hotspots = town.truth.hotspots
    points = town.crimes.geometry
    counts = np.array([points.within(outline).sum() for outline in hotspots.geometry])
    outside = (len(points) - counts.sum()) / (town.areas.area.sum() - hotspots.area.sum())
    # three standard deviations of a Poisson count are allowed for chance
    assert (counts + 3 * np.sqrt(counts) >= hotspots["strength"] * outside * hotspots["area_m2"]).all()
    assert counts.sum() / outside / hotspots.area.sum() > hotspots["strength"].mean()


def test_planted_hot_spots_can_be_patrolled_and_state_their_share(town: Town) -> None:
    hotspots = town.truth.hotspots
    bounds = hotspots.bounds
    across = np.maximum(bounds["maxx"] - bounds["minx"], bounds["maxy"] - bounds["miny"])
    assert across.between(150, 300).all()
    assert hotspots.union_all().area == pytest.approx(hotspots["area_m2"].sum())
    assert town.truth.area_share == pytest.approx(hotspots.area.sum() / town.areas.area.sum())
    assert hotspots.within(town.areas.union_all()).all()


def test_burglaries_bring_on_others_near_and_soon(town: Town) -> None:
    truth, crimes = town.truth, town.crimes.set_index("crime_id")
    next_one, first = (crimes.loc[truth.triggered[name]] for name in ("crime_id", "triggered_by"))
    assert set(next_one["offence"]) == set(first["offence"]) == {"Burglary"}
    apart = first.geometry.distance(next_one.geometry, align=False).to_numpy()
    assert apart.max() <= truth.near_repeat_metres
    share = len(next_one) / (crimes["offence"] == "Burglary").sum()
    assert share == pytest.approx(truth.near_repeat_strength, abs=0.06)
    half_a_span = pd.Timedelta(hours=5)
    later = next_one["occurred_from"].to_numpy() - first["occurred_from"].to_numpy()
    assert (later > -half_a_span).all()
    assert (later < pd.Timedelta(days=truth.near_repeat_days) + half_a_span).all()


def knox_ratio(town: Town) -> float:
    """Pairs near in place and time over their number if places and times had nothing to do with each other."""
    burglaries = town.crimes[town.crimes["offence"] == "Burglary"]
    days = burglaries["occurred_from"].dt.tz_localize(None).to_numpy().astype(float) / 86_400
    places = np.column_stack((burglaries.geometry.x, burglaries.geometry.y))
    near = cKDTree(places).query_pairs(town.truth.near_repeat_metres, output_type="ndarray")
    soon = np.abs(days[near[:, 0]] - days[near[:, 1]]) < town.truth.near_repeat_days
    soon_of_all = cKDTree(days[:, None]).count_neighbors(cKDTree(days[:, None]), town.truth.near_repeat_days)
    size = len(burglaries)
    return float(soon.mean() / ((soon_of_all - size) / (size * (size - 1))))


def test_near_repeats_can_be_found_where_planted_and_nowhere_else(town: Town) -> None:
    assert knox_ratio(town) > 2
    none = make_town(11, wards=20, incidents=20_000, near_repeat_strength=0)
    assert len(none.truth.triggered) == 0
    assert knox_ratio(none) == pytest.approx(1, abs=0.35)


def test_repeat_victims_suffer_at_one_address_at_least_as_often_as_planted(town: Town) -> None:
    planted = town.truth.repeat_victims
    assert len(planted) > 50
    assert planted["crimes"].min() >= 2
    assert planted["crimes"].max() >= 4
    found = town.crimes.groupby(["victim_id", town.crimes["place_id"].astype("string")]).size()
    keys = pd.MultiIndex.from_frame(planted[["victim_id", "place_id"]])
    assert (found.reindex(keys).to_numpy() >= planted["crimes"].to_numpy()).all()


def test_each_offence_keeps_its_hours(town: Town) -> None:
    crimes = town.crimes
    hour, day = crimes["occurred_from"].dt.hour, crimes["occurred_from"].dt.day_of_week
    shops, nights = crimes["offence"] == "Shoplifting", crimes["offence"] == "Theft from the person"
    assert hour[shops].between(8, 20).mean() > 0.9
    assert (hour.between(19, 23) | (hour < 4))[nights].mean() > 0.7
    assert ((hour < 4) & day.isin((5, 6)))[nights].mean() > 2 * ((hour < 4) & day.isin((0, 1)))[nights].mean()
    summer = crimes["occurred_from"].dt.month.isin((6, 7, 8))
    assert summer[crimes["offence"] == "Anti-social behaviour"].mean() > 0.27


def test_what_nobody_saw_has_a_span_and_all_else_a_moment(town: Town) -> None:
    crimes = town.crimes
    spans = crimes["occurred_to"] > crimes["occurred_from"]
    assert spans[crimes["offence"] == "Burglary"].all()
    assert not spans[crimes["offence"] == "Shoplifting"].any()
    assert (crimes["occurred_to"] >= crimes["occurred_from"]).all()
    assert crimes["place_id"].isna()[crimes["offence"] == "Vehicle crime"].all()
    assert crimes["victim_id"].isna()[crimes["offence"] == "Anti-social behaviour"].all()


def test_times_are_in_order_in_the_period_and_never_in_an_hour_struck_twice(town: Town) -> None:
    start = town.crimes["occurred_from"]
    assert start.is_monotonic_increasing
    assert start.min() >= pd.Timestamp("2023-01-01", tz="Europe/London")
    assert start.max() < pd.Timestamp("2025-01-01", tz="Europe/London")
    wall = start.dt.tz_localize(None)
    again = wall.dt.tz_localize("Europe/London", ambiguous="raise", nonexistent="raise")
    assert (again == start).all()


@pytest.mark.parametrize(
    ("wards", "incidents", "hotspots"), [(1, 0, 0), (1, 1, 12), (1, 300, 12), (2, 40, 1), (4, 9, 4)]
)
def test_small_forces_can_be_made_and_written(tmp_path: Path, wards: int, incidents: int, hotspots: int) -> None:
    made = make_town(2, wards=wards, incidents=incidents, hotspots=hotspots, months=1)
    assert len(made.crimes) == incidents
    assert len(made.areas) == wards
    assert len(made.truth.hotspots) <= hotspots
    assert all(path.stat().st_size for path in write_town(made, tmp_path).values())
    assert len(write_police_uk(made, tmp_path)) == min(incidents, 1)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"wards": 0}, "`wards` must be between 1 and 1000"),
        ({"wards": 1001}, "`wards` must be between 1 and 1000"),
        ({"incidents": -1}, "`incidents` must be a whole number"),
        ({"months": 0}, "`months` must be a whole number of at least 1"),
        ({"hotspots": 1.5}, "`hotspots` must be a whole number"),
        ({"start": "Christmas"}, "`start` must be a day"),
        ({"near_repeat_strength": 1}, "`near_repeat_strength` must be between 0 and 0.9"),
        ({"near_repeat_days": 1}, "`near_repeat_days` must be a whole number of at least 2"),
        ({"near_repeat_metres": 0}, "`near_repeat_metres` must be above 0"),
    ],
)
def test_numbers_out_of_range_are_refused(wrong: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        make_town(0, **{**SMALL, **wrong})  # type: ignore[arg-type]


def test_the_extract_is_read_back_as_it_was_made(small: Town, tmp_path: Path) -> None:
    paths = write_town(small, tmp_path)
    read = read_crimes([paths["crimes"]], mapping=MAPPING, key=bytes(32))
    assert len(read.rejects) == 0
    ours, theirs = small.crimes, read.crimes
    for column in ("crime_id", "offence", "place_id", "location"):
        assert (ours[column].astype("string").fillna("") == theirs[column].astype("string").fillna("")).all(), column
    assert (ours["occurred_from"] == theirs["occurred_from"]).all()
    assert (ours["occurred_to"] == theirs["occurred_to"]).all()
    assert ours.geometry.geom_equals_exact(theirs.geometry, 0.01).all()
    assert ours["victim_id"].nunique() == theirs["victim_id"].nunique()


def test_the_wards_are_read_back_and_hold_the_same_crimes(small: Town, tmp_path: Path) -> None:
    paths = write_town(small, tmp_path)
    areas = read_areas(paths["areas"], population=read_population(paths["wards"]))
    assert list(areas["code"]) == list(small.areas["code"])
    assert list(areas["name"]) == list(small.areas["name"])
    assert (areas["edition"] == 2022).all()
    assert (areas["population"] == small.areas["population"]).all()
    assert areas.area.to_numpy() == pytest.approx(small.areas.area.to_numpy(), rel=1e-5)
    assert (locate(small.crimes, areas) == locate(small.crimes, small.areas)).all()


def test_the_streets_are_read_back_as_the_same_network(small: Town, tmp_path: Path) -> None:
    streets = read_streets(write_town(small, tmp_path)["streets"])
    assert streets.size == small.streets.size
    assert streets.outside_share == 0
    assert streets.length_m == pytest.approx(small.streets.length_m, rel=1e-5)
    assert set(streets.names.dropna()) == set(small.streets.names.dropna())
    places = small.premises.door[:: small.premises.size // 15]
    np.testing.assert_allclose(
        travel_metres(streets, places, places), travel_metres(small.streets, places, places), rtol=1e-3, atol=1
    )


def test_what_is_published_is_read_back_with_its_faults(small: Town, tmp_path: Path) -> None:
    paths = write_police_uk(small, tmp_path)
    assert [path.name for path in paths] == [f"2023-{month:02d}-doggerland-street.csv" for month in range(1, 7)]
    read = read_crimes([tmp_path])
    assert len(read.crimes) == len(small.crimes)
    assert len(read.rejects) == 0
    assert set(read.crimes["precision"]) == {"month"}
    assert set(read.crimes["place_kind"]) == {"map point"}
    asb = read.crimes["offence"] == "Anti-social behaviour"
    assert read.crimes["crime_id"].isna().equals(asb)
    assert read.crimes["offence"].value_counts().to_dict() == small.crimes["offence"].value_counts().to_dict()


def test_each_published_point_stands_for_eight_premises_or_more(town: Town) -> None:
    points, street = map_points(town.premises)
    assert len(points) == len(street)
    assert len(points) * LEAST_AT_A_POINT <= town.premises.size
    metres, nearest = cKDTree(points).query(town.premises.door)
    assert np.median(metres) < 60
    assert np.median(np.bincount(nearest)) >= LEAST_AT_A_POINT
