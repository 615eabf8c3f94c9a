"""Patrols for other programs: what GPX, GeoJSON and the briefing table hold, whatever the names hold."""

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pytest

from allocation.variants import Variants, visit_entropy
from geodata.tables import WORKING_CRS
from maps.patrols.files import briefing, write_briefing, write_days, write_geojson, write_gpx
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

HOSTILE = "<&\"']]>=\x00\x0b\u2028é"
WRITERS = {
    "patrols.gpx": write_gpx,
    "patrols.geojson": write_geojson,
    "briefing.csv": write_briefing,
}


def parsed(path):
    """The root of our own GPX, without its namespace."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314 - our own text
    for element in root.iter():
        element.tag = element.tag.split("}")[1]
    return root


def test_gpx_holds_each_patrol_as_a_route_of_stops_and_a_track(tmp_path):
    pack = sample_pack()
    root = parsed(write_gpx(pack, tmp_path / "patrols.gpx"))
    assert [each.findtext("name") for each in root.findall("rte")] == pack.routes["unit"].tolist()
    assert [each.findtext("name") for each in root.findall("trk")] == pack.routes["unit"].tolist()
    assert [len(each.findall("rtept")) for each in root.findall("rte")] == pack.routes["stops"].tolist()
    assert root.find("rte/rtept").findtext("name") == "1. H01 10:10 to 10:25"


def test_gdal_reads_the_tracks_where_the_patrols_are(tmp_path):
    pack = sample_pack()
    for path, held in (
        (write_gpx(pack, tmp_path / "patrols.gpx"), {"layer": "tracks"}),
        (write_geojson(pack, tmp_path / "patrols.geojson"), {"where": "kind = 'patrol'"}),
    ):
        found = gpd.read_file(path, **held).to_crs(WORKING_CRS)
        assert found.length.tolist() == pytest.approx(pack.routes.length.tolist(), rel=1e-3)
        assert (found.geometry.centroid.distance(pack.routes.geometry.centroid) < 5).all()


def test_geojson_holds_patrols_and_stops_with_their_words(tmp_path):
    pack = sample_pack()
    features = json.loads(write_geojson(pack, tmp_path / "p.geojson").read_text())["features"]
    stops = [each["properties"] for each in features if each["geometry"]["type"] == "Point"]
    assert len(features) - len(stops) == len(pack.routes)
    assert [stop["hotspot_id"] for stop in stops] == briefing(pack)["hotspot_id"].tolist()


def test_each_day_has_its_stops(tmp_path):
    pack = sample_pack()
    plan = pack.schedule.plan
    days = Variants((plan, plan.iloc[:1]), (9.9, 9.0), 10.0, {}, visit_entropy(plan, (plan,)))
    table = pd.read_csv(write_days(replace(pack, variants=days), tmp_path / "days.csv"))
    assert table["day"].value_counts().to_dict() == {1: len(plan), 2: 1}
    assert table.iloc[0][["unit", "stop", "hotspot_id"]].tolist() == ["CSO 1", 1, "H01"]
    assert len(pd.read_csv(write_days(pack, tmp_path / "none.csv"))) == 0


def test_the_briefing_tells_where_when_and_why(tmp_path):
    pack = sample_pack()
    table = pd.read_csv(write_briefing(pack, tmp_path / "briefing.csv"))
    first, spot = table.iloc[0], pack.hotspots.set_index("hotspot_id").loc["H01"]
    assert (first["unit"], first["officers"], first["arrive"], first["place"]) == ("CSO 1", 2, "10:10", spot["name"])
    assert first["reason"] == spot["reason"]
    assert 49 < first["latitude"] < 61
    assert len(table) == len(pack.schedule.plan)


@pytest.mark.parametrize("name", WRITERS)
def test_hostile_names_pass_as_text(name, tmp_path):
    path = WRITERS[name](sample_pack(hostile=HOSTILE), tmp_path / name)
    if name.endswith("gpx"):
        assert parsed(path).find("trk").findtext("name") == "CSO 1<&\"']]>= é"
    elif name.endswith("geojson"):
        assert json.loads(path.read_text())["features"][0]["properties"]["unit"] == "CSO 1<&\"']]>= é"
    else:
        assert pd.read_csv(path)["unit"][0].startswith("CSO 1<&\"']]>=")


@pytest.mark.parametrize("name", WRITERS)
def test_same_findings_same_bytes_and_no_patrol_is_a_file_too(name, tmp_path):
    one, other = (WRITERS[name](sample_pack(), tmp_path / f"{number}{name}").read_bytes() for number in range(2))
    assert one == other
    assert len(WRITERS[name](bare_pack(), tmp_path / name).read_bytes()) > 20
