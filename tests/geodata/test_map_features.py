"""What a map's ground is drawn from, told from what an extract's tags say."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from geodata import InputError
from geodata.map_features import KINDS, area_kind, line_kind, place_kind, read_map_features

# A pond with an island, a park, a street, its pavement, a tunnel, a railway, a village, and a way that lacks a node.
OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="a person">
{nodes}
<node id="90" lat="52.0005" lon="-1.0005"><tag k="place" v="village"/><tag k="name" v="Ash &lt;b&gt;"/></node>
<way id="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="Mill Lane"/></way>
<way id="2"><nd ref="1"/><nd ref="2"/><tag k="highway" v="footway"/><tag k="footway" v="sidewalk"/></way>
<way id="3"><nd ref="1"/><nd ref="4"/><tag k="railway" v="rail"/></way>
<way id="4"><nd ref="2"/><nd ref="4"/><tag k="railway" v="rail"/><tag k="tunnel" v="yes"/></way>
<way id="5"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/><tag k="leisure" v="park"/></way>
<way id="6"><nd ref="11"/><nd ref="12"/><nd ref="13"/><nd ref="14"/><nd ref="11"/></way>
<way id="7"><nd ref="1"/><nd ref="999"/><tag k="highway" v="primary"/></way>
<way id="8"><nd ref="1"/><nd ref="2"/><nd ref="3"/><nd ref="4"/><nd ref="1"/></way>
<relation id="1"><member type="way" ref="8" role="outer"/><member type="way" ref="6" role="inner"/>
<tag k="type" v="multipolygon"/><tag k="natural" v="water"/></relation>
</osm>
"""
PLACES = {1: (0, 0), 2: (0.01, 0), 3: (0.01, 0.01), 4: (0, 0.01), 11: (0.004, 0.004), 12: (0.006, 0.004)} | {
    13: (0.006, 0.006), 14: (0.004, 0.006)
}  # fmt: skip


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    nodes = [f'<node id="{n}" lat="{52 + y:.4f}" lon="{-1 + x:.4f}"/>' for n, (x, y) in PLACES.items()]
    path = tmp_path / "small.osm"
    path.write_text(OSM.format(nodes="\n".join(nodes)), encoding="utf-8")
    return path


def test_each_kind_is_read_once_from_the_ground_up(extract: Path) -> None:
    found = read_map_features(extract)
    assert found["kind"].tolist() == ["water", "park", "railway", "street", "village"]
    assert found["name"].tolist() == ["", "", "", "Mill Lane", "Ash <b>"]
    assert found.crs.to_epsg() == 27700


def test_an_island_is_not_water(extract: Path) -> None:
    water, park = read_map_features(extract).geometry.iloc[:2]
    assert water.area == pytest.approx(0.96 * park.area, rel=1e-4)
    assert not water.contains(park.centroid)


def test_a_saved_graph_has_no_features(shared: Path) -> None:
    found = read_map_features(shared / "data" / "osm" / "tiny_bristol.graphml")
    assert len(found) == 0
    assert list(found.columns) == ["kind", "name", "geometry"]


@pytest.mark.shared
def test_two_formats_of_one_extract_give_the_same(shared: Path) -> None:
    one, other = (read_map_features(shared / "data" / "osm" / f"leeds_its_example.osm.{end}") for end in ("pbf", "bz2"))
    assert one[["kind", "name"]].equals(other[["kind", "name"]])
    assert shapely.equals_exact(one.geometry.to_numpy(), other.geometry.to_numpy(), tolerance=0.02).all()
    assert {"wood", "park", "path", "service", "street", "secondary", "main"} == set(one["kind"])


def test_what_is_kept_is_read_again_and_what_is_damaged_made_again(extract: Path, tmp_path: Path) -> None:
    first = read_map_features(extract, cache=tmp_path / "kept")
    (kept,) = (tmp_path / "kept").iterdir()
    assert read_map_features(extract, cache=tmp_path / "kept").equals(first)
    kept.write_bytes(kept.read_bytes()[:200])
    assert read_map_features(extract, cache=tmp_path / "kept").equals(first)


def test_what_lies_beyond_the_crs_is_left_out(extract: Path) -> None:
    extract.write_text(extract.read_text(encoding="utf-8").replace('lat="52.0', 'lat="12.0'), encoding="utf-8")
    found = read_map_features(extract)
    assert np.isfinite(found.total_bounds).all() or found.empty


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "trunk_link"}, "main"),
        ({"highway": "residential", "area": "yes"}, None),
        ({"highway": "residential", "tunnel": "yes"}, None),
        ({"highway": "residential", "tunnel": "building_passage"}, "street"),
        ({"highway": "service", "service": "driveway"}, None),
        ({"railway": "rail", "service": "yard"}, None),
        ({"waterway": "drain"}, None),
        ({"waterway": "canal"}, "stream"),
        ({"highway": "proposed"}, None),
    ],
)
def test_what_a_way_is_drawn_as(tags: dict[str, str], kind: str | None) -> None:
    assert line_kind(tags) == kind


def test_what_areas_and_places_are_drawn_as() -> None:
    assert area_kind({"landuse": "grass", "leisure": "park"}) == "park"
    assert area_kind({"building": "yes"}) is None
    assert place_kind({"place": "town"}) is None
    assert place_kind({"railway": "station", "name": "Central"}) == "station"
    assert len(set(KINDS)) == len(KINDS)


@pytest.mark.parametrize("text", ["", "<osm version='0.6'><node id='1'", "a,b\n1,2\n"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.osm"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="street file must be"):
        read_map_features(path)


def test_an_extract_without_anything_gives_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.osm"
    path.write_text('<osm version="0.6"></osm>', encoding="utf-8")
    assert read_map_features(path).empty
