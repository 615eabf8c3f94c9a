import pandas as pd
import pytest
import shapely

from geodata.fitness import assess
from geodata.town import make_town, write_town
from service.analysis import scene as analysis
from service.analysis.suffering import who_suffers
from service.reading import inputs
from service.reading.inputs import Request

MAPPING = """
[crimes.extract]
crime_id = "incident"
offence = "offence"
occurred_from = "from"
occurred_to = "to"
place_id = "premises"
victim_id = "victim"
location = "street"
x = "easting"
y = "northing"
crs = "EPSG:27700"
"""


def suffers(given):
    scene = analysis.set_scene(given)
    fitness = assess(given.crimes, given.wards, periods=scene.periods, harm=given.harm)
    return who_suffers(given, scene, fitness), scene


@pytest.fixture(scope="module")
def town_suffering(tmp_path_factory):
    """A force in which burglary comes near burglary within 200 metres and 14 days, by its plan."""
    folder = tmp_path_factory.mktemp("suffering")
    files = write_town(make_town(5, wards=10, months=12, incidents=6_000, near_repeat_strength=0.5), folder)
    profile = folder / "profile.toml"
    profile.write_text(MAPPING, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(inputs.KEY_VARIABLE, "a key of sixteen letters or more")
        given = inputs.read(Request((str(files["crimes"]),), files["areas"], folder / "out", profile=profile))
    return suffers(given)


def test_near_repeats_are_found_where_they_were_planted_and_nowhere_else(town_suffering) -> None:
    found, _ = town_suffering
    near = found.bands[found.bands["more"]]
    assert near["offence"].unique().tolist() == ["Burglary"]
    assert near["space_high"].max() <= 200
    assert near["time_high"].max() <= 28  # of a chain of three the ends lie up to twice the 14 days apart
    assert found.bands["q"].ge(found.bands["p"] - 1e-12).all()


def test_windows_are_tiers_that_do_not_overlap_and_shut_on_a_day(town_suffering) -> None:
    found, scene = town_suffering
    tiers = found.windows
    assert tiers.columns.tolist() == ["tier", "offence", "places", "expires", "days_left", "ratio", "geometry"]
    assert set(tiers["tier"]) <= {1, 2, 3}
    assert shapely.union_all(tiers.geometry.to_numpy()).area == pytest.approx(tiers.area.sum(), rel=1e-9)
    day = scene.periods.end.tz_localize(None)
    assert [(pd.Timestamp(end) - day).days for end in tiers["expires"]] == tiers["days_left"].tolist()
    assert (tiers["days_left"] > 0).all()
    assert (tiers["ratio"] > 1).all()


def test_repeats_add_up_and_no_table_names_anyone(town_suffering) -> None:
    found, scene = town_suffering
    for table, kind in ((found.places, "place"), (found.victims, "victim")):
        every = found.offences[(found.offences["kind"] == kind) & (found.offences["offence"] == "All crime types")]
        assert table["crimes"].sum() == every["crimes"].item()
        assert table["number"].iloc[1:].sum() == every["number"].item()
    known = set(scene.crimes["place_id"].dropna().astype(str)) | set(scene.crimes["victim_id"].dropna())
    for table in (found.places, found.victims, found.offences, found.bands, pd.DataFrame(found.windows)):
        assert not known & set(table.drop(columns="geometry", errors="ignore").astype(str).to_numpy().ravel())


def test_months_and_map_points_bear_no_claim_and_the_reason_stands(town_files) -> None:
    found, _ = suffers(inputs.read(Request((str(town_files.police_uk),), town_files.areas, town_files.areas.parent)))
    assert found.places is found.victims is found.bands is found.windows is None
    assert "map points" in found.places_note
    assert "No row says" in found.victims_note
    assert "month" in found.bands_note
    assert found.windows_note == found.bands_note
    assert found.offences.empty
