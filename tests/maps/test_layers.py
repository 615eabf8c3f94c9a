"""What the map draws lies where it should, is small, and says the same as the findings."""

import base64
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import shapely
from geopandas import GeoSeries
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from geodata.grid import Grid
from geodata.projection import to_metres
from geodata.streets import Streets
from maps import style
from maps.drawing.elements import Label, Labels, Lines, shapes
from maps.drawing.lonlat import geometry_in_lonlat, to_lonlat
from maps.drawing.offline import asset
from maps.drawing.surface import picture
from maps.style import shading
from maps.tasking import layers
from maps.tasking.facts import offence_mix, patrols, shift_name, ward_rows
from maps.tasking.layers import land
from maps.tasking.questions import switches
from tests.maps.bare import bare_pack
from tests.maps.sample import CENTRES, sample_pack

EARTH_M = 6_378_137.0
GRIDS = (
    Grid(400_000.0, 300_000.0, 100.0, 31, 17),
    Grid(90_000.0, 10_000.0, 250.0, 40, 40),  # far west: the grid leans most against north
    Grid(636_000.0, 285_000.0, 500.0, 20, 30),  # far east
    Grid(350_000.0, 580_000.0, 150.0, 20, 20, "EPSG:26971"),  # Chicago
)


def amounts(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: f"{grid.west:g}-{grid.crs}")
def test_every_cell_is_painted_where_it_lies(grid: Grid) -> None:
    """The slow way round: the middle of each cell, through longitude and latitude, to its pixel."""
    classes = np.random.default_rng(3).integers(1, 6, grid.size)
    drawn = picture(classes, grid)
    assert drawn is not None
    height, width = drawn.pixels.shape
    south, west, north, east = drawn.bounds
    longitude, latitude = to_lonlat(*grid.centres(), grid.crs)
    up = [np.log(np.tan(np.pi / 4 + np.radians(value) / 2)) for value in (south, north)]
    row = (up[1] - np.log(np.tan(np.pi / 4 + np.radians(latitude) / 2))) / (up[1] - up[0]) * height
    column = (longitude - west) / (east - west) * width
    assert (drawn.pixels[row.astype(int), column.astype(int)] == classes).all()


WIDE = (
    Grid(-2_000_000.0, 300_000.0, 20_000.0, 120, 100, "EPSG:5070"),  # half a continent, over which nothing is straight
    Grid(-30_000.0, -30_000.0, 1_000.0, 90, 80),  # out to where no easting is known
)


@pytest.mark.parametrize("grid", [*GRIDS, *WIDE], ids=lambda grid: f"{grid.west:g}-{grid.crs}")
def test_every_pixel_shows_the_cell_that_holds_its_middle(grid: Grid) -> None:
    classes = np.arange(grid.size) % 97 + 1
    drawn = picture(classes, grid)
    assert drawn is not None
    height, width = drawn.pixels.shape
    south, west, north, east = drawn.bounds
    top, bottom = (np.log(np.tan(np.pi / 4 + np.radians(value) / 2)) for value in (north, south))
    up = top - (np.arange(height) + 0.5) / height * (top - bottom)
    latitude = np.degrees(2 * np.arctan(np.exp(up)) - np.pi / 2)
    longitude = west + (np.arange(width) + 0.5) / width * (east - west)
    every = (axis.ravel() for axis in np.meshgrid(longitude, latitude))
    cell = grid.cell_of(*to_metres(*every, "EPSG:4326", grid.crs)).reshape(height, width)
    assert (drawn.pixels == np.where(cell >= 0, classes[cell], 0)).all()


def test_a_picture_is_small_and_clear_where_there_is_nothing() -> None:
    grid = Grid(400_000.0, 300_000.0, 100.0, 500, 400)
    classes = np.zeros(grid.size, dtype=np.int64)
    classes[grid.cell_of([420_050.0], [320_050.0])] = 5
    drawn = picture(classes, grid)
    assert drawn is not None
    assert drawn.pixels.size <= 25  # cut to what is painted
    image = Image.open(io.BytesIO(base64.b64decode(drawn.url.split(",")[1]))).convert("RGBA")
    seen = {colour for _, colour in image.getcolors()}
    assert seen <= {(0, 0, 0, 0), (0x44, 0x01, 0x54, round(255 * style.OPACITIES[4]))}
    assert picture(np.zeros(grid.size, dtype=np.int64), grid) is None


def test_a_whole_region_stays_within_the_size_of_a_screen() -> None:
    grid = Grid(350_000.0, 520_000.0, 100.0, 1_000, 1_300)
    classes = np.zeros(grid.size, dtype=np.int64)
    classes[[0, -1]] = 1  # as wide as it gets
    drawn = picture(classes, grid)
    assert drawn is not None
    assert drawn.pixels.size < 3_100_000


@settings(deadline=None)
@given(st.lists(st.floats(0, 1e6, allow_nan=False, allow_subnormal=False), min_size=1, max_size=60), st.randoms())
def test_shading_knows_no_order_and_no_unit(values: list[float], source: object) -> None:
    one = shading(amounts(*values))
    assert (shading(amounts(*values) * 4.0).number == one.number).all()
    turned = np.array(source.sample(range(len(values)), len(values)))  # type: ignore[attr-defined]
    assert (shading(amounts(*values)[turned]).number == one.number[turned]).all()


def test_each_shade_holds_its_share_and_the_last_quarter_is_not_painted() -> None:
    values = np.random.default_rng(1).pareto(1.5, 20_000)
    found = shading(values)
    for name in range(1, style.CLASSES + 1):
        assert values[found.number == name].sum() / values.sum() == pytest.approx(style.SHARE_OF_A_SHADE, abs=0.01)
    assert values[found.number == 0].sum() / values.sum() == pytest.approx(0.25, abs=0.01)
    assert values[found.number == 5].min() > values[found.number == 4].max()


def test_shading_by_hand() -> None:
    """Of 100: 40 and 20 reach 15, 30, 45 and 60 per cent; the first 10 reaches 75, and its equals share its shade."""
    found = shading(amounts(40, 20, 10, 10, 10, 5, 5, 0))
    assert found.number.tolist() == [5, 3, 1, 1, 1, 0, 0, 0]
    assert found.low == {1: 10.0, 3: 20.0, 5: 40.0}
    assert found.cells == {1: 3, 3: 1, 5: 1}


@pytest.mark.parametrize("values", [(0.0, 0.0), (7.0,), (3.0, 3.0, 3.0)])
def test_a_surface_that_is_empty_or_flat_has_at_most_the_highest_shade(values: tuple[float, ...]) -> None:
    assert set(shading(amounts(*values)).number.tolist()) <= {0, 5}
    assert (shading(amounts(*values)).number == 5).tolist() == [value > 0 for value in values]


def test_colours_can_be_read_and_told_apart() -> None:
    for colour in style.ROUTES:
        assert style.contrast(colour, style.PAPER) >= 4.5
    assert style.contrast(style.INK, style.PAPER) >= 7
    light = [style.contrast(shade, "#000000") for shade in style.SHADES]
    assert light == sorted(light, reverse=True)  # in grey, too, darker means more


def test_the_style_sheet_uses_the_colours_of_the_code() -> None:
    sheet = asset("tasking/page.css")
    for number, colour in enumerate(style.ROUTES):
        assert f"--route-{number}: {colour}" in sheet
    for number, colour in enumerate(style.SHADES, start=1):
        assert f"--shade-{number}: {colour}" in sheet
    for number, colour in enumerate(style.CHANGES, start=1):
        assert f"--change-{number}: {colour}" in sheet


def test_degrees_and_metres_are_each_others_way_back() -> None:
    x, y = np.array([400_123.456, 530_000.0, 245_001.5]), np.array([300_654.321, 181_000.25, 60_010.0])
    there = to_lonlat(x, y, "EPSG:27700")
    back = to_metres(*there, "EPSG:4326", "EPSG:27700")
    assert np.abs(np.array(back) - (x, y)).max() < 0.002


def test_shared_borders_stay_shared_when_thinned() -> None:
    wavy = [(400_000 + 20 * np.sin(step), 300_000 + 10 * step) for step in range(200)]
    left = shapely.Polygon([*wavy, (399_000, 301_990), (399_000, 300_000)])
    right = shapely.Polygon([*wavy, (401_000, 301_990), (401_000, 300_000)])
    thin = geometry_in_lonlat(GeoSeries([left, right], crs="EPSG:27700"), simplify=15.0)
    assert shapely.get_num_coordinates(thin.to_numpy()).max() < 120
    assert shapely.intersection(*thin).area == pytest.approx(0.0, abs=1e-12)
    assert thin.iloc[0].boundary.intersection(thin.iloc[1].boundary).length > 0.01


def test_coordinates_have_six_decimals() -> None:
    pack = sample_pack()
    outline = geometry_in_lonlat(pack.wards.geometry)
    coordinates = shapely.get_coordinates(outline.to_numpy())
    assert (coordinates == coordinates.round(6)).all()


def test_lines_are_written_as_steps_that_add_up() -> None:
    line = shapely.LineString([(-1.5, 54.9), (-1.500012, 54.900345), (-1.49, 54.91)])
    steps = json.loads(Lines(GeoSeries([line]), pane="streets", colour="#000").steps)[0]
    points = np.cumsum(np.reshape(steps, (-1, 2)), axis=0) / 1e6
    assert points[:, ::-1].tolist() == [list(point) for point in line.coords]


def test_labels_and_shapes_escape_what_they_are_given() -> None:
    label = Label(0.0, 0.0, "rank", "<b>{{x}}", tip="${y}", key='"z')
    written = json.loads(Labels([label], importance=1).labels)[0]
    assert written == {
        "at": [0.0, 0.0], "kind": "rank", "text": "&lt;b&gt;&#123;&#123;x}}", "tip": "&#36;&#123;y}", "key": "&quot;z",
    }  # fmt: skip
    drawn = shapes(GeoSeries([shapely.Point(0, 0).buffer(1)]), [{"look": "ward", "tip": "`<i>`"}], pane="land")
    assert drawn.data["features"][0]["properties"]["tip"] == "&#96;&lt;i&gt;&#96;"


def test_the_layers_answer_the_meetings_questions_in_order() -> None:
    pack = sample_pack()
    found = switches(pack, patrols(pack), shading(pack.risk.to_numpy()))
    assert [part.words for part in found] == [
        "Where harm gathers",
        "Hot spots",
        "Open windows, by tier",
        "Change against May 2024",
        "Change against June 2023",
        "Shifts of the week",
        "Month by month: hot spots",
        "Month by month: wards",
        "Teams by ward",
        "Patrols: day shift",
        "Patrols: late shift",
        "Bases",
        "Planned against delivered",
    ]


def test_nothing_found_is_drawn_as_nothing() -> None:
    pack = bare_pack()
    found = switches(pack, patrols(pack), shading(pack.risk.to_numpy()))
    assert [part.words for part in found] == ["Teams by ward"]


def test_stops_stand_on_the_walk_near_their_hot_spot() -> None:
    pack = sample_pack()
    layer = next(
        part.layer for part in switches(pack, patrols(pack), shading(pack.risk.to_numpy())) if "day" in part.words
    )
    stops = next(json.loads(child.labels) for child in layer._children.values() if isinstance(child, Labels))
    assert [stop["text"] for stop in stops] == ["1", "2", "3", "1", "2"]
    at = np.array([stop["at"] for stop in stops])
    x, y = to_metres(at[:, 1], at[:, 0], "EPSG:4326", "EPSG:27700")
    wanted = np.array([CENTRES[number] for number in (0, 1, 2, 4, 0)])
    assert np.hypot(*(np.column_stack((x, y)) - wanted).T).max() < 1.0
    assert stops[0].get("shift") != stops[4]["shift"]  # two patrols at one place stand side by side


def test_big_wards_are_thinned_until_they_are_small() -> None:
    pack = sample_pack()
    round_wards = [shapely.Point(x, 300_000).buffer(900, quad_segs=20_000) for x in range(400_000, 408_000, 2_000)]
    heavy = replace(pack, wards=pack.wards.set_geometry(GeoSeries(round_wards, crs=pack.wards.crs)))
    ground = land(heavy)[0]
    assert len(re.findall(r"\[", json.dumps(ground.data))) < 31_000


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Burglary 40 %, Vehicle crime 22 %", (("Burglary", 40.0), ("Vehicle crime", 22.0))),
        ("Theft, other 12.5 %", (("Theft, other", 12.5),)),
        ("mostly burglary", ()),
        ("Burglary 40 % and more", ()),
        ("", ()),
    ],
)
def test_an_offence_mix_is_taken_apart_only_if_all_of_it_is_understood(text: str, parts: object) -> None:
    assert offence_mix(text) == parts


def test_a_shift_is_named_as_one() -> None:
    assert shift_name("day") == "day shift"
    assert shift_name("Late Shift") == "Late Shift"


def test_every_ward_has_its_team_whether_or_not_it_was_staffed() -> None:
    pack = sample_pack()
    fewer = replace(pack, staffing=replace(pack.staffing, table=pack.staffing.table.iloc[1:]))
    rows = ward_rows(fewer).set_index("code")
    assert rows.loc["E05000001", ["constables", "csos", "reason"]].tolist() == [0, 0, ""]
    assert len(rows) == len(pack.wards)


def ladder(rungs: int) -> Streets:
    """A street up each side of the sample's first hot spot and lanes between them, 50 metres apart."""
    x, y = CENTRES[0]
    side = [(x + 100.0 * turn, y + 50.0 * rung) for turn in (-1, 1) for rung in range(rungs)]
    ways = [list(range(rungs)), list(range(rungs, 2 * rungs)), *([rung, rung + rungs] for rung in range(rungs))]
    points = np.concatenate([np.array(way) for way in ways])
    starts = np.cumsum([0, *(len(way) for way in ways)])
    east, north = np.array(side)[points].T
    names = ["West Road", "East <b>Road</b>", *(None for _ in range(rungs))]
    return Streets.of_ways(points, (east, north), starts, names=names, crs="EPSG:27700", sha256="ab" * 32)


def test_without_streets_there_is_no_street_layer() -> None:
    assert layers.streets(sample_pack()) == layers.Drawn((), None)


def test_all_streets_of_a_small_network_are_drawn_and_the_named_are_named_once() -> None:
    network = ladder(12)
    drawn = layers.streets(sample_pack(streets=network))
    lines, names = drawn.layers
    assert drawn.within_m is None
    points = [np.cumsum(np.reshape(steps, (-1, 2)), axis=0) / 1e6 for steps in json.loads(lines.steps)]
    there = [
        shapely.LineString(np.column_stack(to_metres(p[:, 1], p[:, 0], "EPSG:4326", "EPSG:27700"))) for p in points
    ]
    assert sum(line.length for line in there) == pytest.approx(network.length_m, rel=1e-3)
    written = json.loads(names.labels)
    assert [label["text"] for label in written] == ["East &lt;b&gt;Road&lt;/b&gt;", "West Road"]
    assert all(-90 <= label.get("turn", 0) < 90 for label in written)


def test_the_streets_nearest_to_hot_spots_are_drawn_where_all_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_MOST_STREET_POINTS", 40)
    pack = sample_pack(streets=ladder(100))
    near = replace(pack, hotspots=pack.hotspots.iloc[:1])
    drawn = layers.streets(near)
    points = (
        np.concatenate([np.cumsum(np.reshape(s, (-1, 2)), axis=0) for s in json.loads(drawn.layers[0].steps)]) / 1e6
    )
    x, y = to_metres(points[:, 1], points[:, 0], "EPSG:4326", "EPSG:27700")
    spot = near.hotspots.geometry.iloc[0]
    assert drawn.within_m is not None
    assert drawn.within_m < 1_000
    assert shapely.distance(shapely.points(x, y), spot).max() <= drawn.within_m + 60  # the length of a stretch
