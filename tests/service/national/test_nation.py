"""The whole of `beatplan national`: three made-up forces, and two real ones among all 43."""

import json
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.crimes import read_crimes
from hotspots.significance import benjamini_hochberg
from service.jobs import queue
from service.jobs.nation import NATION
from service.jobs.worker import do
from service.national.nation import run_nation
from service.national.nation_request import NationRequest
from service.store import open_store
from service.store.importing import import_crimes
from tests.service.national.nation import write_areas, write_crimes, write_people

NAMES = ("Ayshire", "Beeshire", "Seashire", "Deeshire")
NAMES_LOW = tuple(name.lower() for name in NAMES)
MONTHS = [f"2024-{month:02d}" for month in range(1, 11)]
EXPECTED = {
    "national.html", "league.csv", "groups.csv", "forces.csv", "cells.csv", "concentration.csv", "repeats.csv",
    "forecasts.csv", "staffing.csv", "refused.csv", "density.csv", "manifest.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four forces, of which the last has no crimes; a broken file, and one of a force without an area."""
    folder = tmp_path_factory.mktemp("given")
    write_areas(folder / "areas.geojson", NAMES)
    write_people(folder / "people.csv", NAMES)
    for at, name in enumerate(NAMES[:3]):
        write_crimes(folder / "crimes", name, at, MONTHS if at else MONTHS[:3] + MONTHS[4:], rows=90)
    broken = folder / "crimes" / "2024-01" / "2024-01-deeshire-street.csv"
    broken.write_text("not,a,file,of,crimes\n1,2,3,4,5\n", encoding="utf-8")
    shutil.copy(folder / "crimes" / "2024-02" / "2024-02-ayshire-street.csv",
                folder / "crimes" / "2024-02" / "2024-02-btp-street.csv")  # fmt: skip
    return folder


def words(folder: Path, out: Path) -> list[object]:
    return ["--crimes", folder / "crimes", "--forces", folder / "areas.geojson", "--out", out,
            "--people", folder / "people.csv", "--share", "0.05"]  # fmt: skip


def held(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def test_a_nation_from_files_to_page_and_again(beatplan: Callable, given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    ran = beatplan("national", *words(given, out), "--json", tmp_path / "told.json")
    assert ran.code == 0, ran.err
    assert "differ" not in ran.err
    first = held(out)
    assert set(first) == EXPECTED
    told = json.loads((tmp_path / "told.json").read_text())
    assert [row["force"] for row in told["forces"]] == ["ayshire", "beeshire", "seashire"]
    whole = {name: ["2024-01", "2024-10"] for name in NAMES_LOW[1:3]}
    assert told["months"] == {"ayshire": ["2024-05", "2024-10"], **whole}
    notes = " ".join(told["notes"])
    assert "2024-01-deeshire-street.csv could not be read" in notes
    assert "Of btp there is no area" in notes
    assert "of ayshire 3 before 2024-05 are left out" in notes
    league = pd.read_csv(out / "league.csv").set_index(["force", "offence"])
    assert league.loc[("beeshire", "All crime types"), "crimes"] == 900
    assert league.loc[("beeshire", "All crime types"), "rate"] == pytest.approx(900 / 200 * 12 / 10)
    assert set(league["verdict"]) <= {"above", "below", "as its group"}
    manifest = json.loads(first["manifest.json"])
    assert manifest["rows_read"] == manifest["rows_accepted"] == 9 * 90 + 2 * 900 + 90
    assert set(manifest["products"]) == EXPECTED - {"manifest.json"}
    made_again = beatplan("reproduce", out / "manifest.json", "--inputs", given, "--json", tmp_path / "again.json")
    assert made_again.code == 0, made_again.err
    assert json.loads((tmp_path / "again.json").read_text())["whole"]
    done = sorted(path.name for path in (out / "work" / "ledger").iterdir())
    again = beatplan("national", *words(given, out))
    assert again.code == 0
    assert " jobs" not in again.err  # every one was done
    assert held(out) == first
    assert sorted(path.name for path in (out / "work" / "ledger").iterdir()) == done


def test_what_was_asked_before_another_question_has_its_own_answer_again(given: Path, tmp_path: Path) -> None:
    """Both leave what they found in one folder of work; files that a worker had begun are gone."""
    first = NationRequest(given / "areas.geojson", tmp_path / "out", given / "crimes", first="2024-05", last="2024-06")
    run_nation(first)
    before = held(tmp_path / "out")
    begun = first.work / "forces" / "beeshire" / "tally-0.csv.1.draft"
    begun.write_text("begun and never ended")
    run_nation(replace(first, last="2024-05"))
    assert not begun.exists()
    assert held(tmp_path / "out") != before
    run_nation(first)
    assert held(tmp_path / "out") == before


def test_one_force_alone_and_what_a_store_holds(beatplan: Callable, given: Path, tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path}/kept.db"
    alone = tmp_path / "crimes"
    write_crimes(alone, NAMES[0], 0, MONTHS[:2], rows=60)
    request = ["--forces", given / "areas.geojson", "--store", store]
    first = beatplan("national", "--crimes", alone, *request, "--out", tmp_path / "a", "--from", "2024-02")
    assert first.code == 0, first.err
    league = pd.read_csv(tmp_path / "a" / "league.csv")
    assert set(league["verdict"]) == {"no figures"}
    assert league["crimes"].iloc[0] == 60
    again = beatplan("national", *request, "--out", tmp_path / "b")
    assert again.code == 0, again.err
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "b" / "league.csv"), league)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"--crimes": "empty"}, "holds none"),
        ({"--crimes": "people.csv"}, "`--crimes` must be a folder"),
        ({"--forces": "nothing.geojson"}, "nothing.geojson"),
        ({"--from": "2024-13"}, "must be a month such as 2024-06"),
        ({"--from": "2031-01"}, "a month that is asked for"),
        ({"--from": "2024-03", "--to": "2024-02"}, "must not be after"),
        ({"--scheduler": "tcp://10.1.2.3:8786"}, "tls://"),
        ({"--cell": "0"}, "above 0 metres"),
        ({"--out": "people.csv"}, "is a file"),
    ],
)
def test_what_cannot_be_done_is_said(
    beatplan: Callable, given: Path, tmp_path: Path, change: dict[str, str], sentence: str
) -> None:
    (given / "empty").mkdir(exist_ok=True)
    options = dict(zip(*[iter(map(str, words(given, tmp_path / "out")))] * 2, strict=True))
    paths = {"--crimes", "--forces", "--out"}
    options |= {name: str(given / value) if name in paths else value for name, value in change.items()}
    ran = beatplan("national", *[word for pair in options.items() for word in pair], "--quiet")
    assert (ran.code, sentence in ran.err) == (2, True), ran.err


def test_the_service_works_on_what_it_holds(beatplan: Callable, given: Path, tmp_path: Path) -> None:
    alone = tmp_path / "crimes"
    write_crimes(alone, NAMES[0], 0, MONTHS[:2], rows=60)
    url, areas = f"sqlite:///{tmp_path}/kept.db", given / "areas.geojson"
    ran = beatplan("national", "--crimes", alone, "--forces", areas, "--store", url, "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    queued = beatplan("national", "--queue", "--forces", areas, "--store", url)
    assert queued.out.startswith("Job 1 waits"), queued.err
    refused = beatplan("national", "--queue", "--forces", given / "people.csv", "--store", url)
    assert refused.code == 2
    with closing(open_store(url)) as store:
        do(store, queue.claim(store, "w", ["national"]), "w")
        job = queue.find(store, NATION, 1)
        assert job.state == "done", job.outcome
        folder = store.folder / job.outcome["folder"]
    assert (folder / "league.csv").read_bytes() == (tmp_path / "out" / "league.csv").read_bytes()
    assert not (folder / "work").exists()


def test_near_repeats_cross_the_border_of_two_forces_where_days_are_known(tmp_path: Path) -> None:
    """Two forces whose own extracts have days: the nation's pairs are more than both forces' own."""
    areas = write_areas(tmp_path / "areas.geojson", NAMES[:2])
    with closing(open_store(f"sqlite:///{tmp_path}/kept.db")) as store:
        for at, name in enumerate(NAMES[:2]):
            write_crimes(tmp_path / "crimes", name, 1, MONTHS[:3], rows=300, seed=at)
            read = read_crimes([str(tmp_path / "crimes" / "*" / f"*{name.lower()}*")])
            days = read.crimes["occurred_from"] + pd.to_timedelta(np.arange(len(read.crimes)) % 28, unit="D")
            dated = read.crimes.assign(occurred_from=days, occurred_to=days + pd.Timedelta(days=1))
            dated = dated.assign(precision=pd.Categorical(["day"] * len(dated)))
            import_crimes(store, name.lower(), replace(read, crimes=dated), actor="test")
        wanted = ("Burglary", "Violence and sexual offences", "Arson")
        found = run_nation(NationRequest(areas, tmp_path / "out", near_repeat=wanted), store=store)
    whole = pd.read_csv(tmp_path / "out" / "near_repeats_nation.csv")
    every = pd.read_csv(tmp_path / "out" / "near_repeats.csv")
    assert list(whole["offence"].unique()) == list(wanted[:2])
    for offence in wanted[:2]:
        own, both = (table[table["offence"] == offence] for table in (every, whole))
        assert own["force"].nunique() == 2
        assert both["events"].unique() == own.groupby("force")["events"].first().sum()
        assert both["observed"].sum() > own["observed"].sum() > 0
    for table in (whole, every):
        assert table["q_all"].to_numpy() == pytest.approx(benjamini_hochberg(table["p"].round(3)), abs=1e-5)
    notes = " ".join(found.figures["notes"])
    assert "Of Arson no crimes are kept" in notes
    assert f"over the nation: {len(whole)} pairs of a distance and a time were tested" in notes
    assert f"chance, about {0.05 * len(every):,.0f} would have p of 0.05 or less" in notes
    page = (tmp_path / "out" / "national.html").read_text(encoding="utf-8")
    assert page.index("Crime that follows crime") < page.index("Violence and sexual offences</th>")


def test_something_must_be_given(beatplan: Callable, given: Path, tmp_path: Path) -> None:
    ran = beatplan("national", "--forces", given / "areas.geojson", "--out", tmp_path / "out")
    assert (ran.code, "Either `--crimes` or `--store`" in ran.err) == (2, True)
    ran = beatplan("national", "--forces", given / "areas.geojson", "--queue")
    assert (ran.code, "`--queue` needs `--store`" in ran.err) == (2, True)


@pytest.mark.shared
def test_two_real_forces_beside_the_43_areas(shared: Path, tmp_path: Path) -> None:
    for force, months in (("northumbria", ("2014-05", "2014-06")), ("city-of-london", ("2024-01", "2024-02"))):
        for month in months:
            place = tmp_path / "crimes" / month
            place.mkdir(parents=True)
            name = f"{month}-{force}-street.csv.gz"
            (place / name).symlink_to(shared / "data" / "crime" / force / month / name)
    areas = shared / "data" / "boundaries" / "police_force_areas_buc.geojson"
    request = NationRequest(areas, tmp_path / "out", crimes=tmp_path / "crimes", people=shared / "data" / "tables")
    found = run_nation(request)
    league = pd.read_csv(found.products["league.csv"]).set_index(["force", "offence"])
    assert league.loc[("northumbria", "All crime types"), "rate"] == pytest.approx(
        league.loc[("northumbria", "All crime types"), "crimes"] / 1_465_242 * 1000 * 6, abs=1e-6
    )
    assert found.manifest["rows_rejected"] > 0  # the City publishes crimes without a position
    forces = pd.read_csv(found.products["forces.csv"]).set_index("force")
    assert forces.loc["northumbria", "hot_cells"] > 100
    assert "london" in found.products["national.html"].read_text().lower()
