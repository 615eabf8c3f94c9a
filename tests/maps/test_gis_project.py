"""The QGIS project and what other systems read, opened by QGIS and by GDAL."""

import json
import shutil
import subprocess
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest

from maps.gis import write_file_gdb, write_geoparquet, write_gis, write_project
from maps.gis.layers import LAYERS, layers
from maps.products import write_products
from tests.maps.bare import bare_pack
from tests.maps.sample import sample_pack

SYSTEM_PYTHON = "/usr/bin/python3"  # QGIS comes with the system, not from the package index
LOOK = Path(__file__).with_name("look_with_qgis.py")
HOSTILE = " '\"; <b>&</b> ]]> {{7*7}} \\ \x0b\ue000"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    return everything(tmp_path_factory.mktemp("gis"))


def everything(folder):
    return write_products(sample_pack(), folder, ["gis", "exchange"])


def opened(project: Path, picture: Path) -> dict:
    """What QGIS itself makes of a project: its layers as they are drawn, and its sheet printed to `picture`."""
    found = subprocess.run([SYSTEM_PYTHON, "-c", "import qgis"], capture_output=True, check=False)
    if shutil.which(SYSTEM_PYTHON) is None or found.returncode:
        pytest.skip("QGIS is not installed (apt install python3-qgis)")
    command = [SYSTEM_PYTHON, str(LOOK), str(project), str(picture)]
    asked = subprocess.run(command, capture_output=True, check=True, text=True)
    return json.loads(asked.stdout.splitlines()[-1])


@pytest.mark.qgis
def test_qgis_opens_the_project_as_the_tasking_map(written, tmp_path):
    seen, pack = opened(written["tasking.qgz"], tmp_path / "sheet.png"), sample_pack()
    assert seen["crs"] == "EPSG:27700"
    assert seen["title"] == f"{pack.force}: tasking map, {pack.period}"
    drawn = {layer["source"]: layer for layer in seen["layers"]}
    assert list(drawn) == ["bases", "hot_spots", "patrols", "wards", "risk"]
    assert all(layer["valid"] and layer["crs"] == "EPSG:27700" for layer in drawn.values())
    assert {name: layer["features"] for name, layer in drawn.items()} == {
        name: len(table) for name, (table, _) in layers(pack).items()
    }
    assert drawn["hot_spots"]["legend"] == [f"Expected harm a week {part}" for part in
                                            ("177 to 310", "69.8 to 177", "12.5 to 69.8")]  # fmt: skip
    assert all(layer["labelled"] == (name != "risk") for name, layer in drawn.items())
    assert seen["printed"] == 0
    assert len(seen["colours"]) > 20  # shades, ink and paper: not an empty sheet


@pytest.mark.qgis
def test_qgis_opens_a_project_of_nothing_and_of_hostile_names(tmp_path):
    for number, pack in enumerate((bare_pack(), sample_pack(hostile=HOSTILE))):
        folder = tmp_path / str(number)
        folder.mkdir()
        project = write_project(pack, write_gis(pack, folder / "hotspots.gpkg"), folder / "tasking.qgz")
        assert all(layer["valid"] for layer in opened(project, folder / "sheet.png")["layers"])


def test_the_same_findings_give_the_same_bytes(written, tmp_path):
    assert {name: path.read_bytes() for name, path in everything(tmp_path).items()} == {
        name: path.read_bytes() for name, path in written.items()
    }


def test_the_project_names_no_folder_of_the_machine_that_made_it(written):
    with zipfile.ZipFile(written["tasking.qgz"]) as archive:
        text = archive.read("tasking.qgs").decode()
    sources = [node.text for node in ET.fromstring(text).iter("datasource")]  # noqa: S314 - our own text
    assert set(sources) == {f"./hotspots.gpkg|layername={name}" for name in LAYERS}
    assert str(written["tasking.qgz"].parent) not in text


def test_a_file_gdb_holds_what_the_geopackage_holds(written):
    assert {name for name, _ in pyogrio.list_layers(written["hotspots.gdb.zip"])} == set(LAYERS)
    for name, (table, _) in layers(sample_pack()).items():
        held = gpd.read_file(written["hotspots.gdb.zip"], layer=name)
        assert held.crs == table.crs
        # a File GDB keeps coordinates to a tenth of a millimetre
        assert held.geometry.hausdorff_distance(table.geometry.reset_index(drop=True)).max() < 1e-3 or held.empty
        for column in table.columns.drop("geometry"):
            expected = table[column].astype(object).where(table[column].notna(), None).tolist()
            assert held[column].astype(object).where(held[column].notna(), None).tolist() == expected


def test_a_surface_of_many_pieces_goes_into_a_file_gdb_whole_and_without_complaint(tmp_path):
    pack = sample_pack()
    row, column = np.divmod(np.arange(pack.grid.size), pack.grid.columns)
    pack = replace(pack, risk=pd.Series((row + column) % 2.0, index=pack.risk.index))  # a chessboard
    whole = layers(pack)["risk"][0]
    assert max(len(shape.geoms) for shape in whole.geometry) > 100
    path = write_file_gdb(pack, tmp_path / "hotspots.gdb.zip")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of whoever reads it
        held = gpd.read_file(path, layer="risk")
    assert held.area.tolist() == pytest.approx(whole.area.tolist())


def test_geoparquet_gives_back_the_table(written):
    for name, (table, _) in layers(sample_pack()).items():
        held = gpd.read_parquet(written[f"{name}.parquet"])
        assert held.crs == table.crs
        assert held.geometry.geom_equals(table.geometry.reset_index(drop=True)).all()
        assert held.drop(columns="geometry").astype(str).equals(table.drop(columns="geometry").astype(str))


def test_nothing_to_show_is_still_a_file_for_each(tmp_path):
    write_file_gdb(bare_pack(), tmp_path / "hotspots.gdb.zip")
    paths = write_geoparquet(bare_pack(), tmp_path)
    assert {path.stem: len(gpd.read_parquet(path)) for path in paths}["hot_spots"] == 0
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "hotspots.gdb.zip")} == set(LAYERS)
