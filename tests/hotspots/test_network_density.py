"""Network density: published values, one crime is one crime, and every path counted as a slow twin counts it."""

import json

import geopandas as gpd
import numba
import numpy as np
import pytest
import shapely
from numpy.testing import assert_allclose

from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.streets import Streets, read_streets
from hotspots.chains import PROFILES, ChainedStreets, lixel_mass
from hotspots.hot_streets import hot_streets
from hotspots.lixels import CutStreets, Places
from hotspots.network_density import network_density
from tests.hotspots.naive_network import network_mass, streets_of
from tests.hotspots.uncompiled import both

SEEDS = range(12)
CRS = "EPSG:27700"
METHODS = ("simple", "discontinuous", "continuous")
SPLITS = METHODS[1:]
STAR = [(0, arm, 5.0) for arm in (1, 2, 3, 4)]
EXACT = 2**20  # slabs: so many that no two paths of a small network fall into one


def mass(edges, events, bandwidth, *, lixel=1.0, method="continuous", kernel="quartic", slabs=2048):
    """The mass on each lixel from events (edge, metres from its tail, weight), and where the lixels lie."""
    cut = CutStreets.of(streets_of(edges), lixel)
    chained = ChainedStreets.of(cut)
    edge, along, weights = (np.array(column) for column in zip(*events, strict=True))
    laid = chained.events(Places(edge, along.astype(float)), weights.astype(float), bandwidth)
    return lixel_mass(chained, laid, bandwidth, method=method, kernel=kernel, slabs=slabs), cut


def any_network(seed):
    """A few edges with loops, parallel ones and dead ends among them, events on them, and a bandwidth."""
    rng = np.random.default_rng(seed)
    ends = rng.integers(0, rng.integers(1, 6), (rng.integers(1, 7), 2))
    ends = np.unique(ends, return_inverse=True)[1].reshape(ends.shape)
    edges = [
        (int(tail), int(head), float(length))
        for (tail, head), length in zip(ends, rng.uniform(0.6, 3, len(ends)), strict=True)
    ]
    on = rng.integers(0, len(edges), rng.integers(1, 5))
    events = [(int(edge), float(rng.uniform(0, edges[edge][2])), float(rng.uniform(0.5, 2))) for edge in on]
    return edges, events, float(rng.uniform(0.5, 3.5))


def weight(events):
    return sum(event[2] for event in events)


# ---- published and worked values


@pytest.mark.parametrize(
    ("method", "density"),
    # Okabe & Sugihara (2012), chapter 9, by shared/reference: .0384 and .0384 / 3; continuous by its rule 2 / 4.
    [("simple", 0.0384), ("discontinuous", 0.0128), ("continuous", 0.0192)],
)
def test_the_star_of_four_arms_has_the_published_values(method, density):
    found, cut = mass(STAR, [(0, 3.0, 1.0)], 10.0, lixel=0.001, method=method)
    other = np.flatnonzero(cut.edge == 1)
    beside = found[other][2999:3001] / cut.length_m[other][2999:3001]
    assert beside.mean() == pytest.approx(density, abs=5e-9)


def test_on_one_endless_street_all_methods_are_the_plain_kernel():
    edges = [(0, 1, 50.0), (1, 2, 50.0)]
    for method in METHODS:
        found, cut = mass(edges, [(0, 45.0, 2.0)], 10.0, lixel=1.0, method=method)
        starts = cut.edge * 50.0 + cut.length_m * cut.nth
        u = np.clip((np.stack((starts, starts + 1)) - 45.0) / 10.0, -1, 1)
        integral = 15 / 16 * (u - 2 / 3 * u**3 + u**5 / 5)
        assert_allclose(found, 2 * (integral[1] - integral[0]), rtol=0, atol=1e-14)


@pytest.mark.parametrize("method", SPLITS)
def test_a_dead_end_sends_everything_back(method):
    # A street of 10 m, an event 2 m from its end: what would go beyond the end lies on the street, folded back.
    found, _ = mass([(0, 1, 10.0)], [(0, 2.0, 1.0)], 4.0, lixel=1.0, method=method)
    unfolded, _ = mass([(0, 1, 40.0)], [(0, 22.0, 1.0)], 4.0, lixel=1.0, method=method)
    folded = unfolded[20:30].copy()
    folded[:10] += unfolded[10:20][::-1]
    assert_allclose(found, folded, atol=1e-15)


def test_the_simple_kernel_counts_a_crime_by_a_junction_more_than_once_and_by_a_dead_end_less():
    # 3 m from a junction of four arms: 7 m of the kernel of 10 m lie on each of three arms, but for their dead ends.
    tails = 0.5 - 15 / 16 * (0.3 - 2 / 3 * 0.3**3 + 0.3**5 / 5)
    found, _ = mass([(0, arm, 20.0) for arm in (1, 2, 3, 4)], [(0, 3.0, 1.0)], 10.0, method="simple")
    assert found.sum() == pytest.approx(1 + 2 * tails, abs=1e-15)
    found, _ = mass([(0, 1, 20.0)], [(0, 3.0, 1.0)], 10.0, method="simple")
    assert found.sum() == pytest.approx(1 - tails, abs=1e-15)


def test_the_continuous_kernel_has_no_step_at_a_junction_and_the_discontinuous_has_one():
    edges = [(0, 1, 9.0), (0, 2, 8.0), (0, 3, 7.0)]
    for method, steps in (("continuous", 0.0), ("discontinuous", 0.5)):
        found, cut = mass(edges, [(0, 3.0, 1.0)], 10.0, lixel=0.001, method=method)
        at_node = [found[cut.edge == edge][0] / cut.length_m[cut.edge == edge][0] for edge in range(3)]
        assert at_node[1] == pytest.approx(at_node[2], rel=1e-3)
        assert 1 - at_node[1] / at_node[0] == pytest.approx(steps, abs=1e-3)


# ---- the slow twin


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", METHODS)
def test_every_lixel_equals_the_slow_twin(seed, method):
    edges, events, bandwidth = any_network(seed)
    for kernel in PROFILES:
        found, cut = mass(edges, events, bandwidth, lixel=0.4, method=method, kernel=kernel, slabs=EXACT)
        slow = network_mass(edges, cut.pieces.tolist(), events, bandwidth, method=method, kernel=kernel)
        assert_allclose(found, slow, rtol=0, atol=1e-13 * weight(events))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", SPLITS)
def test_paths_that_go_on_together_change_next_to_nothing(seed, method):
    edges, events, bandwidth = any_network(seed)
    apart, _ = mass(edges, events, 2 * bandwidth, method=method, slabs=EXACT)
    together, _ = mass(edges, events, 2 * bandwidth, method=method)
    assert_allclose(together, apart, rtol=0, atol=1e-8 * apart.max())


# ---- laws


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", SPLITS)
@pytest.mark.parametrize("kernel", PROFILES)
def test_each_crime_adds_one_whatever_the_network(seed, method, kernel):
    edges, events, bandwidth = any_network(seed)
    found, _ = mass(edges, events, bandwidth, method=method, kernel=kernel)
    assert found.sum() == pytest.approx(weight(events), rel=1e-12)


@pytest.mark.parametrize(
    "edges",
    [
        [(0, 0, 3.0)],
        [(0, 0, 3.0), (0, 1, 1.0)],
        [(0, 1, 2.0), (0, 1, 2.5), (0, 1, 1.0)],
        [(0, 1, 1.0), (1, 2, 1.0), (2, 0, 1.0)],
        [(0, 1, 0.002), (1, 2, 4.0), (1, 3, 0.003), (0, 3, 0.001), (3, 4, 5.0)],
    ],
    ids=["ring", "loop with a stem", "parallel", "triangle", "edges of millimetres"],
)
@pytest.mark.parametrize("method", SPLITS)
def test_loops_parallel_streets_and_the_shortest_edges_lose_nothing(edges, method):
    found, _ = mass(edges, [(0, 0.001, 1.0), (0, 0.0015, 2.0)], 6.0, method=method)
    assert found.sum() == pytest.approx(3.0, rel=1e-8)
    assert found.min() > 0


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", METHODS)
def test_names_and_directions_of_edges_are_immaterial(seed, method):
    edges, events, bandwidth = any_network(seed)
    rng = np.random.default_rng(seed + 100)
    turned, order = rng.random(len(edges)) < 0.5, rng.permutation(len(edges))
    names = rng.permutation(1 + max(max(edge[:2]) for edge in edges)).tolist()
    other = [
        (names[head], names[tail], length) if back else (names[tail], names[head], length)
        for (tail, head, length), back in zip(edges, turned, strict=True)
    ]
    moved = [
        (int(np.flatnonzero(order == edge)[0]), edges[edge][2] - at if turned[edge] else at, w)
        for edge, at, w in events
    ]
    one, cut = mass(edges, events, bandwidth, method=method)
    two, turned_cut = mass([other[edge] for edge in order], moved, bandwidth, method=method)
    for edge in range(len(edges)):
        there = two[turned_cut.edge == np.flatnonzero(order == edge)[0]]
        assert_allclose(there[::-1] if turned[edge] else there, one[cut.edge == edge], rtol=0, atol=1e-9 * one.max())


@pytest.mark.parametrize("method", METHODS)
def test_a_node_in_the_middle_of_a_street_is_immaterial(method):
    whole, _ = mass([(0, 1, 6.0), (1, 2, 4.0), (1, 3, 5.0)], [(0, 3.0, 1.0)], 5.0, method=method)
    parts, _ = mass([(0, 4, 2.0), (1, 2, 4.0), (1, 3, 5.0), (1, 4, 4.0)], [(3, 3.0, 1.0)], 5.0, method=method)
    assert_allclose(whole, np.concatenate((parts[:2], parts[11:][::-1], parts[2:11])), atol=1e-15)


@pytest.mark.parametrize("method", METHODS)
def test_an_event_at_a_junction_lies_on_no_arm_more_than_on_another(method):
    found = [mass(STAR, [(arm, 0.0, 1.0)], 4.0, method=method)[0] for arm in range(4)]
    assert_allclose(found[0][:5], found[0][5:10], atol=1e-16)
    for other in found[1:]:
        assert other.tobytes() == found[0].tobytes()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("method", METHODS)
def test_weights_multiply_and_events_add(seed, method):
    edges, events, bandwidth = any_network(seed)
    one, _ = mass(edges, events, bandwidth, method=method)
    two, _ = mass(edges, [(edge, at, 2 * w) for edge, at, w in events], bandwidth, method=method)
    assert two.tobytes() == (2 * one).tobytes()
    apart = sum(mass(edges, [event], bandwidth, method=method)[0] for event in events)
    assert_allclose(apart, one, rtol=0, atol=1e-9 * one.max())


# ---- on a map


def lattice(side=6, spacing=80.0):
    """A town of square blocks, each row and column of streets with a name."""
    across = [(row * side + i, row * side + i + 1, spacing) for row in range(side) for i in range(side - 1)]
    up = [(i * side + row, (i + 1) * side + row, spacing) for row in range(side) for i in range(side - 1)]
    names = [f"Row {row}" for row in range(side) for _ in range(side - 1)]
    names += [None if row == 0 else f"Column {row}" for row in range(side) for _ in range(side - 1)]
    spots = [(column * spacing, row * spacing) for row in range(side) for column in range(side)]
    return streets_of(across + up, names=names, spots=spots)


def at(x, y):
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(np.asarray(x, float), np.asarray(y, float)), crs=CRS)


def scattered(size, seed=0, extent=400.0):
    return np.random.default_rng(seed).uniform(0, extent, (2, size))


def test_the_table_adds_up_to_the_crimes_a_week():
    found = network_density(at(*scattered(300)), lattice(), bandwidth=150, weeks=10)
    weekly = (found.lixels["density"] * found.lixels["length_m"]).sum() / 1000
    assert weekly == pytest.approx(30, rel=1e-10)
    assert found.mass.sum() == pytest.approx(300, rel=1e-10)
    assert found.overcount == pytest.approx(1, rel=1e-10)
    assert found.lixels["length_m"].sum() == pytest.approx(found.cut.streets.length_m)


def test_lixels_are_equal_pieces_of_edges_no_longer_than_asked_for():
    found = network_density(at([10], [0]), lattice(), bandwidth=150, lixel=30)
    assert (found.lixels["length_m"] == 80 / 3).all()
    assert found.lixels.loc[found.lixels["edge"] == 7, "start_m"].tolist() == pytest.approx([0, 80 / 3, 160 / 3])
    assert found.lixels["street"].iloc[0] == "Row 0"


def test_crimes_off_the_streets_are_left_out_and_told():
    crimes = at([10, 40, 40, 9e5], [1, 39.9, -100.1, 0])
    found = network_density(crimes, lattice(), bandwidth=150, weights=[1, 2, 4, 8], snap=100)
    assert found.edge.tolist() == [0, 0, -1, -1]
    assert (found.weight, found.weight_left_out, found.left_out) == (3, 12, 2)
    assert found.mass.sum() == pytest.approx(3)
    assert found.note.startswith("2 of 4 crimes lie more than 100 metres from any street and were left out.")


def test_the_simple_kernel_says_how_often_it_counts():
    found = network_density(at(*scattered(50)), lattice(), bandwidth=150, method="simple")
    assert found.overcount > 1.5
    assert f"counts each crime {found.overcount:.1f} times over" in found.note


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("limit", [3.0, 25.0, 4000.0])
def test_crimes_move_to_the_nearest_street(seed, limit):
    rng = np.random.default_rng(seed)
    ways = [rng.uniform(0, 900, 2) + np.cumsum(rng.normal(0, 60, (rng.integers(2, 9), 2)), axis=0) for _ in range(40)]
    ways = [np.vstack((ways[0][:1], way)) for way in ways]
    points = np.concatenate([np.arange(len(way)) for way in ways])
    points[points > 0] = np.arange(1, (points > 0).sum() + 1)
    starts = np.concatenate(([0], np.cumsum([len(way) for way in ways])))
    xy = np.concatenate(ways)
    streets = Streets.of_ways(points, (xy[:, 0], xy[:, 1]), starts, names=[None] * 40, crs=CRS, sha256="")
    cut = CutStreets.of(streets, 50.0)
    x, y = rng.uniform(-500, 1500, (2, 300))
    places = cut.nearest(x, y, limit)
    metres = shapely.distance(streets.lines().to_numpy()[None, :], shapely.points(x, y)[:, None])
    near = metres.min(axis=1) <= limit
    assert (places.edge >= 0).tolist() == near.tolist()
    lines = streets.lines().to_numpy()[places.edge[near]]
    moved = shapely.line_interpolate_point(lines, places.along[near])
    assert_allclose(shapely.distance(moved, shapely.points(x, y)[near]), metres.min(axis=1)[near], atol=1e-8)


def test_the_course_of_each_lixel_is_its_part_of_the_street():
    streets = Streets.of_ways(
        np.array([0, 1, 2, 3, 4, 2, 5]),
        (np.array([0.0, 10, 30, 30, 40, 30, 30]), np.array([0.0, 0, 0, 40, 40, 0, -25])),
        np.array([0, 5, 7]),
        names=["Long", "Short"],
        crs=CRS,
        sha256="",
    )
    found = network_density(at([1], [1]), streets, bandwidth=20, lixel=7)
    lines = found.lines()
    assert_allclose(lines.length, found.lixels["length_m"], atol=1e-9)
    assert shapely.equals(
        shapely.line_merge(shapely.union_all(lines)), shapely.line_merge(shapely.union_all(streets.lines()))
    )
    whole = streets.lines().to_numpy()[found.lixels["edge"]]
    assert (
        shapely.distance(whole, shapely.line_interpolate_point(lines.to_numpy(), 0.5, normalized=True)) < 1e-9
    ).all()


def test_order_of_rows_is_immaterial_to_the_last_bit():
    x, y = scattered(400)
    x[:50], y[:50] = x[0], y[0]
    weights, order = np.random.default_rng(1).uniform(0, 3, 400), np.random.default_rng(2).permutation(400)
    for method in METHODS:
        one = network_density(at(x, y), lattice(), bandwidth=170, weights=weights, method=method)
        two = network_density(at(x[order], y[order]), lattice(), bandwidth=170, weights=weights[order], method=method)
        assert one.lixels["density"].to_numpy().tobytes() == two.lixels["density"].to_numpy().tobytes()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="one thread only")
@pytest.mark.parametrize("method", METHODS)
def test_number_of_threads_changes_no_bit(method):
    crimes, streets, found = at(*scattered(3000, extent=1500)), lattice(20), []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found.append(network_density(crimes, streets, bandwidth=150, method=method).mass.tobytes())
    numba.set_num_threads(numba.config.NUMBA_NUM_THREADS)
    assert found[0] == found[1]


PLAIN = """
from tests.hotspots.test_network_density import METHODS, any_network, mass
found = [mass(*any_network(3), method=method)[0] for method in METHODS]
"""


def test_uncompiled_code_gives_the_same_numbers():
    compiled, uncompiled = both(PLAIN, "[method.tolist() for method in found]")
    for one, other in zip(json.loads(compiled), json.loads(uncompiled), strict=True):
        assert_allclose(one, other, rtol=0, atol=1e-14)  # compiled sums of products may be rounded once, not twice


def test_no_crimes_make_cold_streets():
    for method in METHODS:
        found = network_density(at([], []), lattice(), bandwidth=150, method=method)
        assert (found.lixels["density"] == 0).all()
        assert found.overcount == 1
    assert len(hot_streets(found)) == 0


def test_thousands_of_crimes_on_one_point_are_one_heavy_crime():
    many = network_density(at([100.0] * 5000, [3.0] * 5000), lattice(), bandwidth=150)
    one = network_density(at([100.0], [3.0]), lattice(), bandwidth=150, weights=[5000.0])
    assert many.lixels.equals(one.lixels)


@pytest.mark.parametrize("method", SPLITS)
@pytest.mark.parametrize("bandwidth", [0.5, 5_000.0])
def test_a_bandwidth_below_the_lixel_or_beyond_the_town_loses_nothing(method, bandwidth):
    found = network_density(at(*scattered(40)), lattice(), bandwidth=bandwidth, method=method)
    assert found.mass.sum() == pytest.approx(40, rel=1e-7)


@pytest.mark.parametrize("name", ["bandwidth", "lixel", "weeks", "snap"])
@pytest.mark.parametrize("value", [0.0, -50.0, float("nan"), float("inf"), "300", None])
def test_lengths_and_times_that_are_none_are_refused(name, value):
    with pytest.raises(InputError, match=f"`{name}` must be"):
        network_density(at([1], [1]), lattice(), **{"bandwidth": 150, name: value})


def test_a_bandwidth_of_more_than_ten_kilometres_is_refused():
    with pytest.raises(InputError, match="`bandwidth` must be"):
        network_density(at([1], [1]), lattice(), bandwidth=10_001)


def test_unknown_names_weights_and_systems_are_refused():
    crimes, streets = at([1, 2], [1, 2]), lattice()
    with pytest.raises(InputError, match="`method` must be one of simple, discontinuous, continuous, got 'okabe'"):
        network_density(crimes, streets, bandwidth=150, method="okabe")
    with pytest.raises(InputError, match="`kernel` must be one of quartic, "):
        network_density(crimes, streets, bandwidth=150, kernel="gaussian")
    with pytest.raises(InputError, match="`weights` must be finite and at least 0, got 1"):
        network_density(crimes, streets, bandwidth=150, weights=[1, -1])
    with pytest.raises(InputError, match="working CRS EPSG:27700, got EPSG:4326"):
        network_density(crimes.set_crs(4326, allow_override=True), streets, bandwidth=150)


# ---- hot streets


def test_hot_streets_are_ranked_by_crime_to_the_kilometre():
    crimes = at([100, 110, 120, 200, 0], [80, 80, 80, 240, 300])
    found = hot_streets(network_density(crimes, lattice(), bandwidth=100, weeks=2), most=5)
    assert found["rank"].tolist() == [1, 2, 3, 4, 5]
    assert found["crimes_per_km"].is_monotonic_decreasing
    first = found.iloc[0]
    assert (first["street"], first["ends"], first["recorded"], first["length_m"]) == (
        "Row 1",
        "Column 1 to Column 2",
        3,
        80,
    )
    assert first["crimes_per_km"] == pytest.approx(first["crimes"] / 0.08)
    assert first.geometry.equals(shapely.LineString([(80, 80), (160, 80)]))


def test_hot_streets_add_up_to_all_crimes_however_they_are_counted():
    density = network_density(at(*scattered(200)), lattice(), bandwidth=100, weeks=4)
    for by, stretches in (("edge", 60), ("segment", 60), ("street", 16)):
        found = hot_streets(density, by=by, most=1000, least_m=0)
        assert len(found) == stretches
        assert found["crimes"].sum() == pytest.approx(50)
        assert found["recorded"].sum() == 200
        assert found["length_m"].sum() == pytest.approx(60 * 80)
    assert found["street"].str.startswith("Unnamed street at ").sum() == 5


def test_streets_of_one_name_in_two_places_are_two_streets():
    edges = [(0, 1, 90.0), (1, 2, 90.0), (2, 3, 90.0), (1, 4, 60.0)]
    streets = streets_of(edges, names=["High Street", "Mill Lane", "High Street", "Mill Lane"])
    found = hot_streets(network_density(at([5], [0]), streets, bandwidth=1000), by="street", least_m=0)
    assert sorted(found["street"]) == ["High Street", "High Street", "Mill Lane"]
    assert found.loc[found["street"] == "Mill Lane", "length_m"].item() == 150


def test_harm_decides_the_rank_where_it_is_given():
    crimes = at([40, 45, 40], [0, 0, 320])
    density = network_density(crimes, lattice(), bandwidth=60)
    harm = network_density(crimes, lattice(), bandwidth=60, weights=[1, 1, 50])
    with pytest.raises(InputError, match="same crimes, streets and lixels"):
        hot_streets(density, harm=harm)
    streets = density.cut.streets
    harm = network_density(crimes, streets, bandwidth=60, weights=[1, 1, 50])
    found = hot_streets(density, harm=harm)
    assert hot_streets(density)["street"].iloc[0] == "Row 0"
    assert found["street"].iloc[0] == "Row 4"
    assert found["harm_per_km"].is_monotonic_decreasing
    assert found["harm"].iloc[0] == pytest.approx(50 * found["crimes"].iloc[0])


def test_a_segment_runs_from_junction_to_junction_under_one_name():
    edges = [(0, 1, 30.0), (1, 2, 40.0), (2, 3, 50.0), (3, 4, 60.0), (3, 5, 60.0)]
    names = ["High Street", "High Street", "Mill Lane", "Mill Lane", "Mill Lane"]
    density = network_density(at([5], [0]), streets_of(edges, names=names), bandwidth=1000)
    found = hot_streets(density, least_m=0).sort_values(["street", "length_m"])
    assert found["street"].tolist() == ["High Street", "Mill Lane", "Mill Lane", "Mill Lane"]
    assert found["length_m"].tolist() == [70, 50, 60, 60]
    assert found["ends"].tolist() == ["Mill Lane to a dead end", "High Street", "a dead end", "a dead end"]
    assert len(hot_streets(density, least_m=55)) == 3


def test_what_is_no_stretch_or_no_number_is_refused():
    density = network_density(at([5], [0]), lattice(), bandwidth=60)
    with pytest.raises(InputError, match="`by` must be one of segment, street, edge, got 'ward'"):
        hot_streets(density, by="ward")
    with pytest.raises(InputError, match="`most` must be"):
        hot_streets(density, most=0)
    with pytest.raises(InputError, match="`least_m` must be"):
        hot_streets(density, least_m=-1)


# ---- real streets


@pytest.mark.shared
def test_the_streets_of_the_city_of_london(shared):
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    streets = read_streets(shared / "data/osm/city_of_london_drive.osm.gz")
    for method in SPLITS:
        found = network_density(crimes, streets, bandwidth=300, weeks=104, method=method)
        assert found.mass.sum() == pytest.approx(len(crimes) - found.left_out, rel=1e-9)
        assert found.left_out < 0.03 * len(crimes)
        assert found.lixels["density"].min() >= 0
        hot = hot_streets(found, by="street")
        # The station with the most passengers of the country.
        assert hot["street"].iloc[0] == "Liverpool Street"


@pytest.mark.shared
@pytest.mark.parametrize("method", SPLITS)
def test_millions_of_paths_are_summed_within_the_stated_bound(shared, method):
    streets = read_streets(shared / "data/osm/leeds_its_example.osm.pbf")
    cut = CutStreets.of(streets, 20.0)
    chained = ChainedStreets.of(cut)
    rng = np.random.default_rng(0)
    edge = rng.integers(0, cut.pieces.size, 60)
    laid = chained.events(Places(edge, rng.random(60) * cut.length[edge]), np.ones(60), 300.0)
    found = lixel_mass(chained, laid, 300.0, method=method, kernel="quartic") / cut.length_m
    finer = lixel_mass(chained, laid, 300.0, method=method, kernel="quartic", slabs=16_384) / cut.length_m
    assert np.abs(found - finer).max() < 1e-8 * finer.max()
    assert (found * cut.length_m).sum() == pytest.approx(60, rel=1e-10)
