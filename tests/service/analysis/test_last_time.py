import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError, NotFoundError
from service.analysis.last_time import look_back
from service.manifest import sha256_of
from service.profile.force import Profile
from service.reading.last_run import read_last_run
from tests.service import small_scene as small

STRONG = ("prevent", "reduced", "worked", "because of patrol", "caused", "effect")


@pytest.fixture
def folder(tmp_path):
    """The products of a run that knew all until 1 December 2024: one hot spot, visited twice a day for 15 minutes."""
    spots = small.chosen(small.scene(small.crimes(np.full((2, 3), 5))).grid).table
    spots = spots.assign(ward="W1")[["hotspot_id", "rank", "name", "ward", "geometry"]]
    spots.to_file(tmp_path / "hotspots.gpkg", layer="hot_spots")
    stop = {"unit": "CSO 1", "role": "CSO", "base": "Central", "shift": "day", "stop": [1, 2], "hotspot_id": "H01"}
    more = {"arrive": "10:00", "leave": "10:15", "minutes": 15, "metres": 100.0, "value": 1.0}
    pd.DataFrame(stop | more).to_csv(tmp_path / "plan.csv", index=False)
    written(tmp_path)
    return tmp_path


def written(folder, *, until: str = "2024-12-01", force: str = "the force") -> None:
    products = {name: sha256_of(folder / name) for name in ("hotspots.gpkg", "plan.csv")}
    settings = {"profile": {"force": {"name": force}, "analysis": {"crs": "EPSG:27700"}}}
    content = {"run": "ab" * 32, "figures": {"until": until}, "settings": settings, "products": products}
    (folder / "manifest.json").write_text(json.dumps(content), encoding="utf-8")


def back(folder, rates, *, decisions=None, delivered=None, **more):
    last = read_last_run(folder, Profile(), decisions, delivered)
    return look_back(last, small.scene(small.crimes(rates, **more)), small.wards())


def test_each_hot_spot_has_its_decision_both_minutes_and_both_rates(folder) -> None:
    (folder / "d.csv").write_text(
        "hotspot_id,decision,owner,review_date\nH01,accept,Insp A,2024-12-20\n", encoding="utf-8"
    )
    (folder / "m.csv").write_text(
        "unit,shift,hotspot_id,minutes\nCSO 1,day,H01,400\nCSO 2,day,H01,65\nCSO 2,day,H07,9\n", encoding="utf-8"
    )
    rates = np.full((2, 12), 40)
    rates[0, -1] = 10
    found = back(folder, rates, decisions=folder / "d.csv", delivered=folder / "m.csv")
    row = found.hotspots.iloc[0]
    assert (found.before, found.after) == ("1 November 2024 to 30 November 2024", "1 December 2024 to 31 December 2024")
    assert (row["planned_minutes"], row["delivered_minutes"]) == (31 * 30, 465)
    assert (found.planned_minutes, found.delivered_minutes) == (930, 465)
    assert (row["decision"], row["owner"], row["overdue"]) == ("accept", "Insp A", True)
    assert (row["crimes_before"], row["crimes_after"], row["verdict"]) == (40, 10, "fell")
    assert found.rejects["reason"].tolist() == ["no hot spot of the last tasking"]
    assert "exposed to 465 minutes of patrol, of 930 planned" in row["sentence"]
    assert any("3 rows read = 2 accepted + 1 rejected" in note for note in found.notes)


def test_no_sentence_says_that_patrol_did_it(folder) -> None:
    rates = np.full((2, 12), 40)
    rates[0, -1] = 4
    found = back(folder, rates)
    said = " ".join([found.sentence, *found.hotspots["sentence"]])
    assert not [word for word in STRONG if word in said.lower()]
    assert any("Nothing here says that patrol prevented crime" in note for note in found.notes)


def test_without_records_nothing_is_known_of_decision_and_delivery(folder) -> None:
    found = back(folder, np.full((2, 12), 20))
    assert found.hotspots["decision"].isna().all()
    assert np.isnan(found.delivered_minutes)
    assert not found.hotspots["overdue"].any()
    assert "nobody can say" in found.sentence


@pytest.mark.parametrize(("months", "before"), [(12, "1 November 2024"), (14, "1 September 2024")])
def test_the_time_since_is_held_against_as_long_a_time_before(folder, months: int, before: str) -> None:
    assert back(folder, np.full((2, months), 20)).before.startswith(before)


def test_weeks_need_not_begin_where_the_last_run_ended(folder) -> None:
    written(folder, until="2024-12-18")
    found = back(folder, np.full((2, 52), 6), monthly=False)
    start, stop = (pd.Timestamp(day) for day in found.after.split(" to "))
    assert start == pd.Timestamp("2024-12-18")
    first, last = (pd.Timestamp(day) for day in found.before.split(" to "))
    assert (last - first) == (stop - start)


def test_a_past_run_that_does_not_fit_is_refused(folder) -> None:
    with pytest.raises(NotFoundError, match=r"manifest\.json is not there"):
        read_last_run(folder / "nowhere", Profile(), None, None)
    with pytest.raises(InputError, match="must be earlier"):
        back(folder, np.full((2, 11), 20))
    with pytest.raises(InputError, match="before the last tasking"):
        back(folder, np.full((2, 2), 20), start="2024-12-01")
    written(folder, force="Elsewhere")
    with pytest.raises(InputError, match="same force"):
        read_last_run(folder, Profile(), None, None)
    written(folder)
    (folder / "plan.csv").write_text("unit\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"plan\.csv is not the one"):
        read_last_run(folder, Profile(), None, None)
    written(folder)
    with pytest.raises(InputError, match="table of stops"):
        read_last_run(folder, Profile(), None, None)
    (folder / "hotspots.gpkg").write_bytes(b"no GeoPackage")
    written(folder)
    with pytest.raises(InputError, match="layer of its GeoPackage"):
        read_last_run(folder, Profile(), None, None)


@pytest.mark.parametrize("text", ["", "[]", '{"run": 1}', '{"run": "", "products": {}, "settings": {}, "figures": {}}'])
def test_a_manifest_that_is_none_is_refused(folder, text: str) -> None:
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="manifest of a report"):
        read_last_run(folder, Profile(), None, None)


def test_hot_spots_elsewhere_are_refused(folder) -> None:
    last = read_last_run(folder, Profile(), None, None)
    scene = small.scene(small.crimes(np.full((2, 12), 20)))
    elsewhere = small.wards().assign(geometry=small.wards().translate(50_000, 0))
    with pytest.raises(InputError, match="must lie in the areas"):
        look_back(last, scene, elsewhere)


def test_a_last_tasking_without_hot_spots_is_a_review_of_nothing(folder) -> None:
    spots = gpd.read_file(folder / "hotspots.gpkg", layer="hot_spots").iloc[:0]
    (folder / "hotspots.gpkg").unlink()
    spots.to_file(folder / "hotspots.gpkg", layer="hot_spots", geometry_type="Polygon")
    (folder / "plan.csv").write_text((folder / "plan.csv").read_text().splitlines()[0] + "\n", encoding="utf-8")
    written(folder)
    found = back(folder, np.full((2, 12), 20))
    assert len(found.hotspots) == 0
    assert found.planned_minutes == 0
    assert "No hot spots tasked" in found.sentence
