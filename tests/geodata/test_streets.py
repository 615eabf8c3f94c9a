"""Streets: which ways are walked, one network whatever the format, and how far it is on foot."""

import gzip
import hashlib
from itertools import pairwise
from pathlib import Path

import numba
import numpy as np
import pytest
import shapely
from geopandas import GeoDataFrame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from geodata._kernels.walks import metres_within
from geodata._network import NODE_SPACING_M
from geodata._osm import Ways, read_ways, walkable
from geodata.errors import InputError
from geodata.streets import (
    Streets,
    covers,
    nearest_node,
    read_streets,
    travel_metres,
    travel_minutes,
    walking_route,
)
from tests.geodata.naive_streets import metres_between, outside_share, whole_graph

CRS = "EPSG:27700"


def streets_of(*ways: list[tuple[float, float]], names: list[str | None] | None = None) -> Streets:
    """A network from ways that meet where they name the same coordinates."""
    every = [point for way in ways for point in way]
    number = {point: at for at, point in enumerate(dict.fromkeys(every))}
    starts = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    return Streets.of_ways(
        np.array([number[point] for point in every], dtype=np.int64),
        (np.array([x for x, _ in every], dtype=float), np.array([y for _, y in every], dtype=float)),
        starts,
        names=names or [None] * len(ways),
        crs=CRS,
        sha256="",
    )


@pytest.fixture
def square() -> Streets:
    """Four nodes: a square of 300 by 40 metres whose north side is missing, so that one must walk round."""
    return streets_of([(0, 40), (0, 0)], [(0, 0), (300, 0)], [(300, 0), (300, 40)], names=["West", "South", "East"])


def osm(*ways: str, nodes: str = "") -> str:
    nodes = nodes or "".join(f'<node id="{n}" lat="{53.8 + n / 10_000}" lon="-1.55"/>' for n in range(1, 9))
    return f'<?xml version="1.0"?><osm version="0.6">{nodes}{"".join(ways)}</osm>'


def way(number: int, nodes: list[int], **tags: str) -> str:
    refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
    return f'<way id="{number}">{refs}{"".join(f"<tag k={k!r} v={v!r}/>" for k, v in tags.items())}</way>'


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "footway"}, True),
        ({"highway": "steps"}, True),
        ({"highway": "trunk"}, True),
        ({"highway": "trunk_link"}, True),
        ({"highway": "trunk", "foot": "no"}, False),
        ({"highway": "trunk", "motorroad": "yes"}, False),
        ({"highway": "motorway"}, False),
        ({"highway": "motorway_link"}, False),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "yes"}, True),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "construction", "foot": "yes"}, False),
        ({"highway": "proposed"}, False),
        ({"highway": "abandoned"}, False),
        ({"highway": "platform"}, False),
        ({"highway": "raceway"}, False),
        ({"highway": "residential", "access": "private"}, False),
        ({"highway": "residential", "access": "no"}, False),
        ({"highway": "unclassified", "access": "no", "foot": "yes"}, True),
        ({"highway": "service", "service": "private"}, False),
        ({"highway": "service", "service": "alley"}, True),
        ({"highway": "pedestrian", "area": "yes"}, False),
        ({"highway": "primary", "sidewalk": "separate"}, True),
        ({"railway": "rail"}, False),
    ],
)
def test_the_walk_rule(tags: dict[str, str], walked: bool) -> None:
    assert walkable(tags) is walked


def test_a_town_small_enough_to_work_out_by_hand(square: Streets) -> None:
    corners = [(0, 40), (0, 0), (300, 0), (300, 40)]
    expected = [[0, 40, 340, 380], [40, 0, 300, 340], [340, 300, 0, 40], [380, 340, 40, 0]]
    np.testing.assert_allclose(travel_metres(square, corners, corners), expected)
    assert square.length_m == 380
    assert square.outside_share == 0


def test_the_way_to_the_street_is_walked_too(square: Streets) -> None:
    assert travel_metres(square, [(0, 50)], [(310, 0)])[0, 0] == pytest.approx(10 + 340 + 10)


def test_between_two_points_at_the_same_node_the_way_is_straight(square: Streets) -> None:
    assert travel_metres(square, [(3, 44)], [(3, 46)])[0, 0] == pytest.approx(2)


def test_minutes_are_metres_at_the_speed(square: Streets) -> None:
    assert travel_minutes(square, [(0, 0)], [(300, 0)])[0, 0] == pytest.approx(300 / 80)
    assert travel_minutes(None, [(0, 0)], [(300, 400)], speed_kmh=3)[0, 0] == pytest.approx(10)


def test_without_streets_the_way_is_a_straight_line() -> None:
    assert travel_metres(None, [(0, 0)], [(3, 4)])[0, 0] == pytest.approx(5)
    assert walking_route(None, [(0, 0), (3, 4)]).length == pytest.approx(5)


def test_what_is_farther_than_the_limit_is_infinite(square: Streets) -> None:
    metres = travel_metres(square, [(0, 40)], [(0, 0), (300, 0), (300, 40)], limit_m=340)
    assert metres.tolist() == [[40, 340, np.inf]]
    assert travel_metres(None, [(0, 0)], [(3, 4)], limit_m=4)[0, 0] == np.inf


def test_no_origins_or_destinations_give_an_empty_matrix(square: Streets) -> None:
    assert travel_metres(square, np.empty((0, 2)), [(0, 0)]).shape == (0, 1)
    assert travel_metres(None, [(0, 0)], np.empty((0, 2))).shape == (1, 0)


def test_walks_are_those_of_scipy_to_the_bit_on_any_number_of_threads() -> None:
    rng = np.random.default_rng(5)
    at = [(float(x), float(y)) for x, y in rng.integers(0, 3000, (400, 2))]
    streets = streets_of(*([at[one], at[other]] for one, other in rng.integers(0, 400, (900, 2)) if one != other))
    sources, targets = rng.permutation(streets.size)[:90], rng.permutation(streets.size)[:70]
    graph = streets.indptr, streets.indices, streets.lengths
    for limit in (500.0, 2500.0, np.inf):
        known = dijkstra(streets.graph, indices=sources, limit=limit)[:, targets]
        for threads in {1, numba.config.NUMBA_NUM_THREADS}:
            numba.set_num_threads(threads)
            assert (metres_within(graph, sources, targets, limit) == known).all()


def test_a_route_is_drawn_along_the_streets(square: Streets) -> None:
    route = walking_route(square, [(0, 40), (300, 40), (0, 40)])
    assert route.length == pytest.approx(760)
    assert set(route.coords) == {(0, 40), (0, 0), (300, 0), (300, 40)}


def test_a_route_of_one_point_stays_where_it_is(square: Streets) -> None:
    assert list(walking_route(square, [(7, 8)]).coords) == [(7, 8), (7, 8)]


def test_a_second_street_between_two_junctions_is_kept() -> None:
    crescent = [(0.0, 0.0), (30.0, 40.0), (60.0, 0.0)]
    streets = streets_of([(0.0, 0.0), (60.0, 0.0)], crescent, names=["High Street", "The Crescent"])
    assert streets.length_m == pytest.approx(160)
    assert streets.lines().length.groupby(streets.names, observed=True).sum().to_dict() == {
        "High Street": 60,
        "The Crescent": 100,
    }


def test_a_ring_and_a_way_there_and_back_are_walked_once() -> None:
    ring = streets_of([(0, 0), (10, 0), (10, 10), (0, 0)])
    assert ring.length_m == pytest.approx(20 + np.sqrt(200))
    assert streets_of([(0, 0), (10, 0), (0, 0)]).length_m == 10
    assert streets_of([(0, 0), (10, 0)], [(10, 0), (0, 0)]).length_m == 10


def test_the_smaller_piece_is_left_out_and_its_share_told() -> None:
    streets = streets_of([(0, 0), (300, 0)], [(0, 50), (100, 50)])
    assert streets.outside_share == pytest.approx(0.25)
    assert streets.note.startswith("25.0% of the length")
    assert streets.length_m == 300


def test_a_long_street_has_a_node_about_every_fifty_metres() -> None:
    streets = streets_of([(float(x), 0.0) for x in range(0, 1001, 25)])
    assert streets.size == 1 + 1000 / NODE_SPACING_M
    assert streets.lengths.max() == NODE_SPACING_M


def test_nearest_node_gives_the_node_and_the_metres(square: Streets) -> None:
    node, metres = nearest_node(square, [1, 299], [40, 0])
    assert [(square.x[n], square.y[n]) for n in node] == [(0, 40), (300, 0)]
    assert metres.tolist() == [1, 1]


def test_the_share_of_the_areas_that_streets_cover(square: Streets) -> None:
    areas = GeoDataFrame(geometry=[shapely.box(0, 0, 150, 40), shapely.box(0, 40, 150, 80)], crs=CRS)
    assert covers(square, areas) == pytest.approx(0.5)
    elsewhere = GeoDataFrame(geometry=[shapely.box(9000, 0, 9001, 1)], crs=CRS)
    assert covers(square, elsewhere) == 0
    with pytest.raises(InputError, match="CRS of the streets"):
        covers(square, areas.to_crs(4326))


lattices = st.lists(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=6), min_size=1, max_size=12
).filter(lambda ways: any(here != there for way in ways for here, there in pairwise(way)))


@settings(max_examples=60, deadline=None)
@given(lattices)
def test_distances_are_those_of_the_whole_graph(lattice: list[list[tuple[int, int]]]) -> None:
    """The slow twin keeps every point; cutting, merging and dropping pieces must change no distance."""
    ways = [[(100.0 * x + 7 * y, 90.0 * y) for x, y in way] for way in lattice]
    every = [point for way in ways for point in way]
    number = {point: at for at, point in enumerate(dict.fromkeys(every))}
    starts = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    x, y = np.array(every).T
    raw = Ways(np.array([number[p] for p in every]), x, y, starts, (None,) * len(ways), CRS)
    graph, streets = whole_graph(raw, CRS), streets_of(*ways)
    assert streets.length_m == pytest.approx(graph.size("metres"))
    assert streets.outside_share == pytest.approx(outside_share(raw, CRS))
    places = list(zip(streets.x.tolist(), streets.y.tolist(), strict=True))
    if streets.outside_share < 0.5:  # otherwise two pieces may be equally long
        np.testing.assert_allclose(travel_metres(streets, places, places), metres_between(graph, places, places))


@settings(max_examples=60, deadline=None)
@given(lattices, st.integers(0, 2**32))
def test_walks_are_symmetric_and_keep_the_triangle_inequality(lattice: list[list[tuple[int, int]]], seed: int) -> None:
    streets = streets_of(*[[(100.0 * x, 90.0 * y) for x, y in way] for way in lattice])
    places = np.random.default_rng(seed).uniform(-50, 450, (6, 2))
    metres = travel_metres(streets, places, places)
    np.testing.assert_allclose(metres, metres.T)
    assert (np.diag(metres) == 0).all()
    assert (metres[:, None, :] <= metres[:, :, None] + metres[None, :, :] + 1e-6).all()
    assert (metres >= travel_metres(None, places, places) - 1e-6).all()


@settings(max_examples=40, deadline=None)
@given(lattices, st.integers(0, 2**32))
def test_a_route_is_as_long_as_the_walk_measured(lattice: list[list[tuple[int, int]]], seed: int) -> None:
    streets = streets_of(*[[(100.0 * x, 90.0 * y) for x, y in way] for way in lattice])
    places = np.random.default_rng(seed).uniform(-50, 450, (4, 2))
    metres = travel_metres(streets, places, places)
    route = walking_route(streets, places)
    walked = sum(metres[a, b] for a, b in pairwise(range(4)))
    # between places at one node the route is straight; the measure may find the way by the node shorter
    assert route.length == pytest.approx(walked)


def test_ways_are_filtered_named_and_joined(tmp_path: Path) -> None:
    path = tmp_path / "streets.osm"
    path.write_text(
        osm(
            way(2, [3, 4], highway="residential", name="Second Street"),
            way(1, [1, 2, 3], highway="residential", name="First Street"),
            way(3, [4, 5], highway="motorway"),
            way(4, [1, 99], highway="residential"),
        )
    )
    streets = read_streets(path)
    assert streets.size == 3
    assert list(streets.names) == ["First Street", "Second Street"]
    assert streets.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert streets.length_m == pytest.approx(3 * 11.13, rel=0.01)


def test_a_way_is_cut_where_the_extract_lacks_a_node(tmp_path: Path) -> None:
    path = tmp_path / "clipped.osm"
    path.write_text(osm(way(1, [1, 2, 99, 6, 7, 8], highway="residential")))
    streets = read_streets(path)
    assert streets.length_m == pytest.approx(2 * 11.13, rel=0.01)
    assert streets.outside_share == pytest.approx(1 / 3, rel=0.01)


def test_a_repeated_reading_comes_from_the_cache(tmp_path: Path) -> None:
    path, cache = tmp_path / "streets.osm", tmp_path / "cache"
    path.write_text(osm(way(1, [1, 2, 3], highway="residential", name="A"), way(2, [3, 5], highway="path")))
    fresh, kept = read_streets(path, cache=cache), read_streets(path, cache=cache)
    assert_same_network(fresh, kept)
    (file,) = cache.iterdir()
    assert read_streets(path, crs="EPSG:32630", cache=cache).crs == "EPSG:32630"
    assert len(list(cache.iterdir())) == 2
    for damage in (b"", file.read_bytes()[:-40], b"PK" + bytes(300)):
        file.write_bytes(damage)
        assert_same_network(fresh, read_streets(path, cache=cache))
        assert file.stat().st_size > 1000


def assert_same_network(left: Streets, right: Streets) -> None:
    for name in ("x", "y", "indptr", "indices", "lengths", "edge_of", "vertices", "offsets"):
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), err_msg=name)
    assert list(left.names.astype(object)) == list(right.names.astype(object))
    assert (left.crs, left.outside_share) == (right.crs, right.outside_share)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("note.txt", b"hello", "must be OpenStreetMap"),
        ("empty.osm", b"", "must be OpenStreetMap"),
        ("cut.osm", osm(way(1, [1, 2], highway="path")).encode()[:-30], "must be whole"),
        ("cut.osm.gz", gzip.compress(osm(way(1, [1, 2], highway="path")).encode())[:-30], "must be whole"),
        ("cut.bz2", b"BZh91AY&SY", "must be OpenStreetMap"),
        ("none.osm", osm().encode(), "must hold walkable streets"),
        ("motorway.osm", osm(way(1, [1, 2], highway="motorway")).encode(), "must hold walkable streets"),
        (
            "abroad.osm",
            osm(
                way(1, [1, 2], highway="path"), nodes='<node id="1" lat="1" lon="9"/><node id="2" lat="1" lon="8"/>'
            ).encode(),
            "within reach of EPSG:27700",
        ),
        ("other.graphml", b'<?xml version="1.0"?><graphml></graphml>', "must be a graph saved by osmnx"),
    ],
)
def test_files_that_hold_no_streets_are_refused(tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_streets(path)


def test_a_graph_without_coordinates_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.graphml"
    path.write_text(
        '<?xml version="1.0"?><graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
        '<key id="d0" for="graph" attr.name="crs" attr.type="string"/><graph edgedefault="directed">'
        '<data key="d0">epsg:4326</data><node id="1"/><node id="2"/><edge source="1" target="2" id="0"/>'
        "</graph></graphml>"
    )
    with pytest.raises(InputError, match="coordinates x and y, got 2 without"):
        read_streets(path)


def test_a_missing_file_a_bad_crs_and_a_cache_that_cannot_be_written_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must be readable; `none\.osm` is not"):
        read_streets(tmp_path / "none.osm")
    path = tmp_path / "streets.osm"
    path.write_text(osm(way(1, [1, 2], highway="path")))
    with pytest.raises(InputError, match="must be projected, in metres"):
        read_streets(path, crs="EPSG:4326")
    with pytest.raises(InputError, match="cache folder must be writable"):
        read_streets(path, cache=path / "inside-a-file")


def test_places_must_be_finite_and_limits_above_zero(square: Streets) -> None:
    with pytest.raises(InputError, match="`origins_xy` must be finite, got 1 points"):
        travel_metres(square, [(np.nan, 0)], [(0, 0)])
    with pytest.raises(InputError, match="`limit_m` must be above 0"):
        travel_metres(square, [(0, 0)], [(0, 0)], limit_m=0)
    with pytest.raises(InputError, match="`speed_kmh` must be above 0"):
        travel_minutes(None, [(0, 0)], [(0, 0)], speed_kmh=0)
    with pytest.raises(InputError, match="at least one point"):
        walking_route(square, np.empty((0, 2)))


@pytest.mark.shared
def test_pbf_and_xml_give_the_same_network(shared: Path) -> None:
    pbf, xml = (read_streets(shared / f"data/osm/leeds_its_example.osm.{kind}") for kind in ("pbf", "bz2"))
    assert_same_network(pbf, xml)
    assert pbf.sha256 != xml.sha256
    ways = read_ways(shared / "data/osm/leeds_its_example.osm.pbf")
    assert pbf.outside_share == pytest.approx(outside_share(ways, CRS))


@pytest.mark.shared
def test_the_city_walks_as_the_whole_graph_does(shared: Path) -> None:
    path = shared / "data/osm/city_of_london_drive.osm.gz"
    ways, streets = read_ways(path), read_streets(path)
    graph = whole_graph(ways, CRS)
    assert streets.length_m == pytest.approx(graph.size("metres"))
    assert streets.outside_share == pytest.approx(outside_share(ways, CRS))
    chosen = np.random.default_rng(1).choice(streets.size, 12, replace=False)
    places = list(zip(streets.x[chosen].tolist(), streets.y[chosen].tolist(), strict=True))
    np.testing.assert_allclose(travel_metres(streets, places, places), metres_between(graph, places, places))
    assert {"Fenchurch Street", "Moorgate"} <= set(streets.names.categories)


@pytest.mark.shared
def test_a_saved_osmnx_graph_walks_like_the_extract_it_was_made_from(shared: Path) -> None:
    extract = read_streets(shared / "data/osm/city_of_london_drive.osm.gz")
    saved = read_streets(shared / "data/osm/city_of_london_drive.graphml.gz")
    assert saved.length_m == pytest.approx(extract.length_m, rel=0.02)
    places = np.column_stack((extract.x, extract.y))[::60]
    ours, theirs = travel_metres(extract, places, places), travel_metres(saved, places, places)
    apart = ours > 500
    assert np.median(np.abs(ours - theirs)[apart] / ours[apart]) < 0.01


@pytest.mark.shared
def test_a_motorway_junction_holds_nothing_to_walk_on(shared: Path) -> None:
    with pytest.raises(InputError, match="must hold walkable streets"):
        read_streets(shared / "data/osm/tiny_bristol.graphml")
