import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box

from geodata.area_tables import read_deprivation, read_population
from geodata.areas import locate, read_areas
from geodata.crimes import read_crimes
from geodata.errors import InputError
from geodata.tables import AREAS, check
from tests.geodata import naive

WEST, SOUTH = 425_000.0, 565_000.0


def square(column, row=0, side=100.0):
    west, south = WEST + column * side, SOUTH + row * side
    return box(west, south, west + side, south + side)


def table(shapes, **columns):
    size = len(shapes)
    columns = columns or {
        "WD13CD": [f"E0500000{at}" for at in range(size)],
        "WD13NM": [f"Ward {at}" for at in range(size)],
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:27700")


def written(tmp_path, shapes, name="wards.gpkg", **columns):
    frame = shapes if isinstance(shapes, gpd.GeoDataFrame) else table(shapes, **columns)
    frame.to_file(tmp_path / name)
    return tmp_path / name


def test_areas_are_a_checked_table_sorted_by_code(tmp_path):
    path = written(tmp_path, [square(0), square(1)], WD13CD=["E05000002", "E05000001"], WD13NM=["Two ", "One"])
    areas = read_areas(path)
    assert check(areas, AREAS) is areas
    assert areas["code"].tolist() == ["E05000001", "E05000002"]
    assert areas["name"].tolist() == ["One", "Two"]
    assert areas["kind"].tolist() == ["ward", "ward"]
    assert areas["edition"].tolist() == [2013, 2013]
    assert areas.geometry.iloc[0].equals(square(1))


@pytest.mark.parametrize(
    ("columns", "kind", "code", "name", "edition"),
    [
        (("WD13CD", "WD13CDO", "WD13NM", "WD13NMW"), "ward", "WD13CD", "WD13NM", 2013),
        (("ward_name", "ward_code"), "ward", "ward_code", "ward_name", None),
        (("NAME", "GSS_CODE", "LB_GSS_CD"), "ward", "GSS_CODE", "NAME", None),
        (("LSOA11CD", "LSOA11NM"), "LSOA", "LSOA11CD", "LSOA11NM", 2011),
        (("LSOA 2021 Code", "LSOA 2021 Name"), "LSOA", "LSOA 2021 Code", "LSOA 2021 Name", 2021),
        (("PFA23CD", "PFA23NM"), "force", "PFA23CD", "PFA23NM", 2023),
        (("LAD22CD", "BEATCODE", "BEATNAME"), "beat", "BEATCODE", "BEATNAME", None),
        (("fid_code", "label"), "neighbourhood", "fid_code", "label", None),
        (("LSOA11CD", "LSOA11NM"), "ward", "LSOA11CD", "LSOA11NM", 2011),
    ],
)
def test_published_columns_are_found(tmp_path, columns, kind, code, name, edition):
    values = {column: [f"{column} {at}" for at in (2, 1)] for column in columns}
    areas = read_areas(written(tmp_path, [square(0), square(1)], "a.geojson", **values), kind=kind)
    assert areas["code"].tolist() == [f"{code} 1", f"{code} 2"]
    assert areas["name"].tolist() == [f"{name} 1", f"{name} 2"]
    assert areas["edition"].tolist() == ([pd.NA] * 2 if edition is None else [edition] * 2)


def test_a_code_is_known_by_what_it_holds(tmp_path):
    path = written(tmp_path, [square(0), square(1)], objectid=["E06000057", "E08000037"], district=["North", "South"])
    areas = read_areas(path)
    assert areas["code"].tolist() == ["E06000057", "E08000037"]
    assert areas["name"].tolist() == ["North", "South"]


def test_columns_may_be_named(tmp_path):
    path = written(tmp_path, [square(0), square(1)], WD13CD=["a", "b"], NUMBER=[7, 12], TITLE=["x", "y"])
    areas = read_areas(path, code="NUMBER", name="TITLE", kind="beat", edition=2020)
    assert areas["code"].tolist() == ["12", "7"]
    assert areas["name"].tolist() == ["y", "x"]
    assert areas["edition"].tolist() == [2020, 2020]
    with pytest.raises(
        InputError,
        match=r"`code` must be a column; `WD99CD` is not, the columns of `wards.gpkg` are `WD13CD`, `NUMBER`",
    ):
        read_areas(path, code="WD99CD")
    with pytest.raises(InputError, match="`name` must be a column; `Label` is not"):
        read_areas(path, name="Label")


def test_a_code_that_cannot_be_told_must_be_named(tmp_path):
    path = written(tmp_path, [square(0), square(1)], colour=["red", "blue"], size=[1.0, 1.0])
    with pytest.raises(
        InputError,
        match=r"`code` must be named where it cannot be told; the columns of `wards.gpkg` are `colour`, `size`",
    ):
        read_areas(path)


def test_a_code_serves_as_name_where_there_is_none(tmp_path):
    areas = read_areas(written(tmp_path, [square(0)], WD13CD=["E05000001"]))
    assert areas["name"].tolist() == ["E05000001"]


@pytest.mark.parametrize("name", ["a.geojson", "a.gpkg", "a.shp", "a.fgb", "a.gml"])
def test_any_format_gives_the_same_areas(tmp_path, name):
    shapes = [square(0), square(1)]
    frame = table(shapes, code=["a", "b"], name=["A", "B"])
    path = written(tmp_path, frame.to_crs(4326) if name == "a.geojson" else frame, name)
    areas = read_areas(path)
    assert areas["code"].tolist() == ["a", "b"]
    # a GeoJSON file is in degrees: to_crs, which lacks the grid of OSTN15, is off by metres on the way there
    tolerance = 5 if name == "a.geojson" else 1e-6
    assert all(
        shapely.hausdorff_distance(one, other) < tolerance for one, other in zip(areas.geometry, shapes, strict=True)
    )


def test_packed_files_are_read(tmp_path):
    plain = read_areas(written(tmp_path, [square(0), square(1)]))
    frame = table([square(0), square(1)])
    frame.to_file(tmp_path / "w.geojson")
    for inner, outer in (("w.geojson", "w.geojson.gz"), ("wards.gpkg", "wards.gpkg.gz")):
        (tmp_path / outer).write_bytes(gzip.compress((tmp_path / inner).read_bytes()))
        assert read_areas(tmp_path / outer)["code"].tolist() == plain["code"].tolist()
    frame.to_file(tmp_path / "s.shp")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for path in sorted(tmp_path.glob("s.*")):
            if path.suffix != ".zip":
                archive.write(path, path.name)
    zipped = read_areas(tmp_path / "s.zip")
    assert zipped["code"].tolist() == plain["code"].tolist()
    assert zipped.geom_equals(plain).all()


def test_a_shapefile_of_the_ordnance_survey_is_on_the_british_grid(tmp_path):
    path = written(tmp_path, [square(0)], "s.shp")
    wkt = (
        'PROJCS["British_National_Grid",GEOGCS["GCS_OSGB_1936",DATUM["D_OSGB_1936",SPHEROID["Airy_1830",6377563.396,'
        '299.3249646]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],'
        'PARAMETER["False_Easting",400000.0],PARAMETER["False_Northing",-100000.0],PARAMETER["Central_Meridian",-2.0],'
        'PARAMETER["Scale_Factor",0.9996012717],PARAMETER["Latitude_Of_Origin",49.0],UNIT["Meter",1.0]]'
    )
    path.with_suffix(".prj").write_text(wkt)
    assert read_areas(path).geometry.iloc[0].equals(square(0))


def test_points_and_borders_coincide_after_conversion(tmp_path):
    corners = [(-1.61, 54.97), (-1.60, 54.97), (-1.60, 54.98), (-1.61, 54.98)]
    frame = gpd.GeoDataFrame({"ward_code": ["a"]}, geometry=[Polygon(corners)], crs=4326)
    frame.to_file(tmp_path / "w.geojson")
    areas = read_areas(tmp_path / "w.geojson")
    header = "OFF,FROM,X,Y\n"
    (tmp_path / "c.csv").write_text(header + "".join(f"Theft,2024-01-01,{x},{y}\n" for x, y in corners))
    from geodata.extract import ExtractMapping

    mapping = ExtractMapping(x="X", y="Y", crs=4326, occurred_from="FROM", offence="OFF")
    crimes = read_crimes([tmp_path / "c.csv"], mapping=mapping).crimes
    ring = shapely.get_coordinates(areas.geometry.iloc[0])[:-1]
    assert sorted(map(tuple, ring)) == sorted(zip(crimes.geometry.x, crimes.geometry.y, strict=True))
    assert locate(crimes, areas).tolist() == ["a"] * 4


def test_parts_of_one_area_are_merged(tmp_path):
    shapes = [square(0), square(1), square(5), square(9)]
    path = written(tmp_path, shapes, WD13CD=["a", "b", "a", "c"], WD13NM=["A", "B", "A", "C"])
    areas = read_areas(path)
    assert areas["code"].tolist() == ["a", "b", "c"]
    assert areas.geometry.iloc[0].equals(MultiPolygon([square(0), square(5)]))


def test_a_code_for_two_names_is_refused(tmp_path):
    path = written(tmp_path, [square(0), square(1)], WD13CD=["a", "a"], WD13NM=["A", "B"])
    with pytest.raises(InputError, match=r"A code must stand for one area; 1 in `wards.gpkg`"):
        read_areas(path)


def test_a_missing_code_is_refused(tmp_path):
    path = written(tmp_path, [square(0), square(1)], WD13CD=["a", None], WD13NM=["A", "B"])
    with pytest.raises(InputError, match="must have a code; 1 of 2"):
        read_areas(path, code="WD13CD")


def test_crossed_rings_are_made_valid_without_their_stray_lines(tmp_path):
    bow = Polygon([(WEST, SOUTH), (WEST + 100, SOUTH + 100), (WEST + 100, SOUTH), (WEST, SOUTH + 100)])
    spike = Polygon(
        [
            (WEST + 300, SOUTH),
            (WEST + 400, SOUTH),
            (WEST + 400, SOUTH + 100),
            (WEST + 400, SOUTH + 500),
            (WEST + 400, SOUTH + 100),
            (WEST + 300, SOUTH + 100),
        ]
    )
    areas = read_areas(written(tmp_path, [bow, spike, square(9)]))
    assert areas.is_valid.all()
    assert areas.area.tolist() == pytest.approx([5000, 10_000, 10_000])
    assert set(areas.geom_type) <= {"Polygon", "MultiPolygon"}


@pytest.mark.parametrize(
    ("shapes", "words"),
    [
        ([Point(WEST, SOUTH)], "must be polygons; `a.geojson` also holds Point"),
        (
            [square(0), LineString([(WEST, SOUTH), (WEST, SOUTH + 1)])],
            "must be polygons; `a.geojson` also holds LineString",
        ),
        ([square(0), None], "must have a polygon; 1 of 2 in `a.geojson` have none"),
        ([Polygon([(WEST, SOUTH), (WEST + 9, SOUTH), (WEST, SOUTH)])], "must have an extent; 1 of 1"),
        ([], "at least one area"),
    ],
)
def test_what_is_no_area_is_refused(tmp_path, shapes, words):
    path = tmp_path / "a.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {"code": f"c{at}"},
            "geometry": None if shape is None else shapely.geometry.mapping(shape),
        }
        for at, shape in enumerate(shapes)
    ]
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    with pytest.raises(InputError, match=words):
        read_areas(path)


def test_coordinates_that_contradict_the_crs_are_refused(tmp_path):
    metres = table([square(0)]).set_crs(4326, allow_override=True)
    metres.to_file(tmp_path / "m.geojson")
    with pytest.raises(
        InputError, match=r"must be degrees where .* EPSG:4326; those of `m.geojson` run from 425000 to 425100"
    ):
        read_areas(tmp_path / "m.geojson")
    degrees = gpd.GeoDataFrame({"ward_code": ["a"]}, geometry=[box(-1.7, 54.9, -1.6, 55)], crs=27700)
    degrees.to_file(tmp_path / "d.gpkg")
    with pytest.raises(
        InputError, match=r"must be distances where .* EPSG:27700; those of `d.gpkg` look like longitude"
    ):
        read_areas(tmp_path / "d.gpkg")


def test_areas_beyond_the_working_crs_are_refused(tmp_path):
    paris = gpd.GeoDataFrame({"ward_code": ["a"]}, geometry=[box(2.3, 48.8, 2.4, 48.9)], crs=4326)
    paris.to_file(tmp_path / "p.geojson")
    with pytest.raises(InputError, match=r"working CRS EPSG:27700 reaches; 5 of the 5 vertices of `p.geojson` do not"):
        read_areas(tmp_path / "p.geojson")
    assert len(read_areas(tmp_path / "p.geojson", crs="EPSG:2154")) == 1
    swapped = gpd.GeoDataFrame({"ward_code": ["a"]}, geometry=[box(54.9, -1.7, 55, -1.6)], crs=4326)
    swapped.to_file(tmp_path / "s.geojson")
    with pytest.raises(InputError, match="reaches; 5 of the 5"):
        read_areas(tmp_path / "s.geojson")
    table([box(-900_000, 0, 0, 10_000)]).to_file(tmp_path / "w.gpkg")
    with pytest.raises(InputError, match="reaches; 2 of the 5"):
        read_areas(tmp_path / "w.gpkg")


def test_a_file_without_a_crs_is_refused(tmp_path):
    path = written(tmp_path, [square(0)], "s.shp")
    path.with_suffix(".prj").unlink()
    with pytest.raises(InputError, match=r"must say its coordinate reference system; `s.shp` does not"):
        read_areas(path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.geojson", b'{"type": "FeatureCollection", "features": [{"type": "Feat', "a format GDAL reads, and whole"),
        ("a.geojson", b"", "a format GDAL reads, and whole"),
        ("a.gpkg", b"SQLite format 3\0" + b"\1" * 500, "a format GDAL reads, and whole"),
        ("a.zip", b"PK\3\4 not a zip", "a format GDAL reads, and whole"),
        ("a.csv", b"code,name\n1,2\n", "`a.csv` is a table"),
        ("a.geojson.gz", gzip.compress(b"{}" * 5000)[:-9], "cut short or damaged"),
        ("a.txt", b"hello", "a format GDAL reads, and whole"),
    ],
)
def test_damaged_and_other_files_are_refused(tmp_path, name, data, words):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(InputError, match=words) as error:
        read_areas(tmp_path / name)
    assert str(tmp_path) not in str(error.value)


def test_a_path_and_a_kind_must_exist(tmp_path):
    with pytest.raises(InputError, match=r"must exist; `none.gpkg` does not"):
        read_areas(tmp_path / "none.gpkg")
    with pytest.raises(InputError, match="`kind` must be one of ward, beat, neighbourhood, LSOA, force, got parish"):
        read_areas(written(tmp_path, [square(0)]), kind="parish")


def test_of_several_layers_one_must_be_named(tmp_path):
    path = tmp_path / "two.gpkg"
    table([square(0)]).to_file(path, layer="wards")
    gpd.GeoDataFrame({"a": [1]}, geometry=[Point(0, 0)], crs=27700).to_file(path, layer="stations")
    assert len(read_areas(path)) == 1
    table([square(0), square(1)]).to_file(path, layer="beats")
    with pytest.raises(
        InputError, match=r"`layer` must be named where a file has several; `two.gpkg` has `wards`, `beats`"
    ):
        read_areas(path)
    assert len(read_areas(path, layer="beats")) == 2
    with pytest.raises(InputError, match=r"`two.gpkg` has `wards`, `stations`, `beats`"):
        read_areas(path, layer="parishes")


def virtual(tmp_path, kind):
    """Files that hold no areas and say where others lie."""
    target = written(tmp_path, [square(0)], "secret.geojson")
    if kind == "vrt":
        layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{target}</SrcDataSource></OGRVRTLayer>'
        return f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()
    return json.dumps({"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read {target}"}).encode()


@pytest.mark.parametrize("kind", ["vrt", "pipeline"])
@pytest.mark.parametrize("name", ["wards.geojson", "wards.vrt", "wards.geojson.gz", "wards.zip"])
def test_a_file_that_points_at_other_data_is_refused(tmp_path, kind, name):
    data, path = virtual(tmp_path, kind), tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("wards.geojson", data)
    else:
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    with pytest.raises(InputError, match=r"must hold the areas itself; `wards.* points at other data"):
        read_areas(path)


@pytest.mark.parametrize("kind", ["vrt", "pipeline"])
@pytest.mark.parametrize("first", ["geodata", "pyogrio"])
def test_gdal_itself_cannot_follow_a_pointer(tmp_path, kind, first):
    (tmp_path / "wards.geojson").write_bytes(virtual(tmp_path, kind))
    lines = {
        "geodata": "import geodata, pyogrio; pyogrio.read_dataframe('wards.geojson')",
        "pyogrio": "import pyogrio; pyogrio.list_drivers()\nfrom geodata.areas import *\nread_areas('wards.geojson')",
    }
    home = {"PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", lines[first]], cwd=tmp_path, env=home, capture_output=True, text=True)
    assert done.returncode == 1
    assert ("not recognized" if first == "geodata" else "points at other data") in done.stderr


def test_no_driver_that_fetches_is_loaded():
    import pyogrio

    from geodata._gdal import SKIPPED_DRIVERS

    assert not set(SKIPPED_DRIVERS) & set(pyogrio.list_drivers())
    assert os.environ["CPL_VSIL_CURL_ALLOWED_EXTENSIONS"] == ".none"


def test_figures_are_joined_by_code(tmp_path):
    path = written(tmp_path, [square(0), square(1)], LSOA11CD=["a", "b"], LSOA11NM=["A", "B"])
    people = pd.DataFrame({"population": [1500, 9]}, index=pd.Index(["b", "z"], name="code"))
    decile = pd.DataFrame({"deprivation_decile": [3.0, 10.0]}, index=pd.Index(["a", "b"], name="code"))
    areas = read_areas(path, kind="LSOA", population=people, deprivation=decile)
    assert areas["population"].tolist() == pytest.approx([np.nan, 1500], nan_ok=True)
    assert areas["deprivation_decile"].tolist() == [3, 10]
    with pytest.raises(InputError, match="must share codes with the areas; none of its 1 is among them"):
        read_areas(path, population=people.iloc[1:])
    with pytest.raises(InputError, match="must have the column `population` and one row for each code"):
        read_areas(path, population=decile)


def areas_of(**shapes):
    return gpd.GeoDataFrame({"code": pd.array(list(shapes), dtype="string")}, geometry=list(shapes.values()), crs=27700)


def points_of(*xy):
    return gpd.GeoSeries([Point(WEST + x, SOUTH + y) for x, y in xy], crs=27700)


def test_a_point_on_a_border_belongs_to_the_lowest_code():
    areas = areas_of(b=square(0), a=square(1), c=square(0, 1))
    points = points_of((50, 50), (100, 50), (150, 50), (50, 100), (100, 100), (0, 0), (250, 50), (-0.001, 50))
    found = locate(points, areas)
    assert found.tolist() == ["b", "a", "a", "b", "a", "b", pd.NA, pd.NA]
    assert found.dtype == "string"
    assert found.name == "area"


def test_the_index_of_the_points_is_kept():
    points = points_of((50, 50), (50, 50), (150, 50))
    points.index = pd.Index([7, 7, "x"])
    found = locate(points, areas_of(a=square(0), b=square(1)))
    assert found.index.tolist() == [7, 7, "x"]
    assert found.tolist() == ["a", "a", "b"]
    frame = gpd.GeoDataFrame({"n": [1, 2, 3]}, index=points.index, geometry=points.array)
    assert locate(frame, areas_of(a=square(0))).tolist() == ["a", "a", pd.NA]


def test_areas_may_be_named_by_another_column_and_may_be_none():
    points, spots = points_of((50, 50), (950, 50)), areas_of(a=square(0)).rename(columns={"code": "hotspot_id"})
    assert locate(points, spots, by="hotspot_id").tolist() == ["a", pd.NA]
    assert locate(points, spots.iloc[:0], by="hotspot_id").isna().all()


def test_no_point_lies_in_no_area():
    assert len(locate(points_of(), areas_of(a=square(0)))) == 0


@pytest.mark.parametrize("seed", range(5))
def test_locate_agrees_with_a_point_by_point_twin(seed):
    rng = np.random.default_rng(seed)
    rings = {f"E{at}": [(0, 0), (100, 0), (130, 60), (100, 100), (0, 100)] for at in range(6)}
    rings = {
        code: [(x + 100 * (at % 3), y + 100 * (at // 3)) for x, y in ring]
        for at, (code, ring) in enumerate(rings.items())
    }
    whole = [(int(x), int(y)) for x, y in rng.integers(-2, 35, (400, 2)) * 10]
    areas = areas_of(**{code: Polygon([(WEST + x, SOUTH + y) for x, y in ring]) for code, ring in rings.items()})
    found = locate(points_of(*whole), areas.sample(frac=1, random_state=seed))
    assert [None if pd.isna(code) else code for code in found] == [naive.first_area(x, y, rings) for x, y in whole]


def test_points_in_another_crs_are_refused():
    with pytest.raises(InputError, match="Points must be in the working CRS EPSG:27700, got EPSG:4326"):
        locate(points_of((0, 0)).set_crs(4326, allow_override=True), areas_of(a=square(0)))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "kind", "count", "edition"),
    [
        ("northumbria_wards_2013.geojson", "ward", 177, 2013),
        ("northumbria_wards_2022.gpkg", "ward", 177, None),
        ("northumbria_lsoa_2011.geojson", "LSOA", 916, 2011),
        ("northumbria_districts.geojson", "ward", 6, None),
        ("city_of_london_wards_2014.geojson", "ward", 25, None),
        ("islington_wards_2014.geojson", "ward", 16, None),
        ("city_of_london_lsoa_2011.geojson", "LSOA", 6, 2011),
        ("islington_lsoa_2011.geojson", "LSOA", 123, 2011),
        ("police_force_areas_buc.geojson", "force", 43, 2023),
    ],
)
def test_every_shared_file_of_areas_is_read(shared, name, kind, count, edition):
    areas = read_areas(shared / "data/boundaries" / name, kind=kind)
    assert len(areas) == count
    assert areas["code"].str.fullmatch(r"E\d{8}|W\d{8}").all()
    assert not areas["name"].eq(areas["code"]).any()
    assert areas.is_valid.all()
    assert areas["edition"].isna().all() if edition is None else (areas["edition"] == edition).all()


@pytest.mark.shared
@pytest.mark.parametrize("name", ["northumbria_wards_2013.geojson", "northumbria_wards_2022.gpkg"])
def test_every_crime_of_northumbria_is_in_one_ward_or_counted_outside(shared, name):
    crimes = read_crimes([shared / "data/crime/northumbria"]).crimes
    found = locate(crimes, read_areas(shared / "data/boundaries" / name))
    assert len(found) == 162_666
    assert found.isna().sum() == 126
    assert found.notna().mean() == pytest.approx(0.9992, abs=0.00005)


@pytest.mark.shared
def test_most_crimes_of_the_city_are_in_its_wards(shared):
    crimes = read_crimes([shared / "data/crime/city-of-london"]).crimes
    wards = read_areas(shared / "data/boundaries/city_of_london_wards_2014.geojson")
    # 95.2 % lie within; 23 crimes more lie exactly on a border, which counts here
    assert locate(crimes, wards).notna().sum() == 16_475
    within = shapely.STRtree(crimes.geometry.to_numpy()).query(wards.geometry.to_numpy(), predicate="contains")[1]
    assert len(np.unique(within)) / len(crimes) == pytest.approx(0.952, abs=0.0005)


@pytest.mark.shared
def test_published_figures_meet_published_areas(shared):
    tables, maps = shared / "data/tables", shared / "data/boundaries"
    wards = read_areas(
        maps / "northumbria_wards_2022.gpkg", population=read_population(tables / "northumbria_ward_population.xlsx")
    )
    assert wards["population"].notna().sum() == 173
    lsoas = read_areas(
        maps / "northumbria_lsoa_2011.geojson",
        kind="LSOA",
        deprivation=read_deprivation(tables / "imd2019_england_lsoa11.csv.gz"),
        population=read_population(tables / "lsoa21_population_2011_2022.csv.gz", year=2014),
    )
    assert lsoas["deprivation_decile"].notna().all()
    assert lsoas["population"].notna().mean() == pytest.approx(0.973, abs=0.0005)
