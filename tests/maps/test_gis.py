"""The GeoPackage: its layers, its styles, and the same bytes each time."""

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from maps.gis import write_gis
from maps.gis.qgis_style import quoted
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

LAYERS = {"risk", "hot_spots", "wards", "patrols", "bases"}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return write_gis(sample_pack(), tmp_path_factory.mktemp("gis") / "hotspots.gpkg")


def _rows(path, query):
    with closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchall()


def _parsed(qml):
    return ET.fromstring(qml)  # noqa: S314 - our own text


def test_it_holds_its_layers_in_the_working_crs(written):
    kinds = dict(pyogrio.list_layers(written))
    assert set(kinds) - {"layer_styles"} == LAYERS
    assert {gpd.read_file(written, layer=layer).crs.to_epsg() for layer in LAYERS} == {27700}


def test_wards_carry_their_teams(written):
    held, pack = gpd.read_file(written, layer="wards").set_index("code"), sample_pack()
    assert held["constables"].tolist() == pack.staffing.table["constables"].tolist()
    assert held["csos"].sum() == pack.staffing.table["csos"].sum()
    assert held["expected_harm"].tolist() == pack.ward_table["expected_harm"].tolist()


def test_what_the_wards_suffered_in_each_period_lies_beside_the_layers(tmp_path):
    table = pd.DataFrame({"period": ["2024-05", "2024-06"], "weeks": [31 / 7, 30 / 7], "ward": "A", "harm": [0.1, 7.0]})
    path = write_gis(replace(sample_pack(), ward_periods=table), tmp_path / "hotspots.gpkg")
    held = pyogrio.read_dataframe(path, layer="ward_periods", read_geometry=False)
    assert held.to_dict("list") == table.to_dict("list")
    assert _rows(path, "SELECT DISTINCT last_change FROM gpkg_contents") == [("2024-06-01T00:00:00.000Z",)]


def test_hot_spots_come_through_unchanged(written):
    held, pack = gpd.read_file(written, layer="hot_spots"), sample_pack()
    assert held["hotspot_id"].tolist() == pack.hotspots["hotspot_id"].tolist()
    assert held["expected_harm"].tolist() == pack.hotspots["expected_harm"].tolist()
    assert held.area.tolist() == pytest.approx(pack.hotspots.area.tolist(), rel=1e-12)


def test_patrols_carry_their_timetable(written):
    held = gpd.read_file(written, layer="patrols").set_index("unit")
    assert held.loc["CSO 1", "timetable"] == "10:10 H01, 10:40 H02, 11:15 H03"


def test_every_layer_has_one_style_that_is_its_default(written):
    styles = _rows(written, "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles")
    assert {name for name, *_ in styles} == LAYERS
    assert all(column == "geom" and default == 1 for _, column, _, default in styles)
    assert all(_parsed(qml).find("renderer-v2/rules/rule") is not None for _, _, qml, _ in styles)


def test_the_styles_are_registered_among_the_contents(written):
    assert _rows(written, "SELECT data_type FROM gpkg_contents WHERE table_name = 'layer_styles'") == [("attributes",)]


def test_the_only_moment_in_it_is_from_the_findings(written):
    moments = _rows(written, "SELECT last_change FROM gpkg_contents UNION SELECT update_time FROM layer_styles")
    assert moments == [("2024-06-01T00:00:00.000Z",)]


def test_the_file_is_whole(written):
    assert _rows(written, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(written, "PRAGMA foreign_key_check") == []


def test_the_same_findings_give_the_same_bytes(written, tmp_path):
    again = write_gis(sample_pack(), tmp_path / "again.gpkg")
    assert hashlib.sha256(again.read_bytes()).digest() == hashlib.sha256(written.read_bytes()).digest()


def test_classes_of_hot_spots_hold_each_hot_spot_once(written):
    qml = dict(_rows(written, "SELECT f_table_name, styleQML FROM layer_styles"))["hot_spots"]
    filters = [rule.get("filter") for rule in _parsed(qml).iter("rule")]
    assert len(filters) == 3
    found = [_rows(written, f"SELECT hotspot_id FROM hot_spots WHERE {where}") for where in filters]  # noqa: S608 - filters that we wrote
    assert sorted(row for rows in found for row in rows) == [(f"H0{rank}",) for rank in range(1, 6)]


def test_nothing_to_show_is_empty_layers_with_styles(tmp_path):
    path = write_gis(bare_pack(), tmp_path / "bare.gpkg")
    assert {layer: len(gpd.read_file(path, layer=layer)) for layer in LAYERS} == {
        "risk": 0,
        "hot_spots": 0,
        "wards": 4,
        "patrols": 0,
        "bases": 0,
    }
    assert len(_rows(path, "SELECT * FROM layer_styles")) == 5


def test_hostile_names_stay_names(tmp_path):
    hostile = "'; DROP TABLE wards; -- \" <b>&</b> ]]>"
    path = write_gis(sample_pack(hostile=hostile), tmp_path / "hostile.gpkg")
    assert gpd.read_file(path, layer="bases")["name"].tolist() == ["Central" + hostile, "Canal" + hostile]
    for (qml,) in _rows(path, "SELECT styleQML FROM layer_styles"):
        _parsed(qml)


def test_a_quote_in_a_shift_does_not_end_an_expression():
    assert quoted("o'clock\\") == "'o''clock\\\\'"
