"""`beatplan reproduce`: a report comes out again from its manifest, and what was changed since is told."""

import io
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from geodata.harm import DEFAULT_HARM, read_harm
from service import reproduce
from service.jobs.running import KEPT, kept_crimes
from service.manifest import sha256_of
from service.profile.force import Profile
from service.store import open_store
from service.store.erasure import forget_before
from service.store.files import keep_bytes
from service.store.importing import import_crimes
from service.store.segments import current
from tests.service.conftest import TownFiles
from tests.service.store.extracts import extract


@pytest.fixture(scope="module")
def inputs(town_files: TownFiles, one_patrol: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a force keeps in one folder: crimes by month, wards, and a profile with a harm table of its own."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(town_files.police_uk, folder / "crimes")
    shutil.copy(town_files.areas, folder / "wards.geojson")
    weights = read_harm(DEFAULT_HARM).weights
    (folder / "own.csv").write_text(
        "# unit: days\noffence,weight\n" + "".join(f"{name},{2 * w}\n" for name, w in weights.items())
    )
    (folder / "force.toml").write_text(f'{one_patrol.read_text()}[harm]\ntable = "own.csv"\n')
    return folder


def made(beatplan, inputs: Path, out: Path) -> Path:
    ran = beatplan(
        "report", "--quiet", "--crimes", inputs / "crimes", "--areas", inputs / "wards.geojson",
        "--force", inputs / "force.toml", "--product", "plan", "--seed", 3, "--out", out,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    return out / "manifest.json"


def test_a_report_is_made_again_to_the_byte_wherever_its_inputs_lie_now(
    beatplan, inputs, tmp_path, monkeypatch
) -> None:
    manifest = made(beatplan, inputs, tmp_path / "pack")
    moved = tmp_path / "moved"
    moved.mkdir()
    for at, file in enumerate(sorted(file for file in inputs.rglob("*") if file.is_file())):
        shutil.copy(file, moved / f"{at}{file.suffix}")
    ran = beatplan("reproduce", manifest, "--inputs", moved, "--json", tmp_path / "again.json")
    assert ran.code == 0, ran.err
    found = json.loads((tmp_path / "again.json").read_text())
    assert (found["whole"], found["run"], found["versions"]) == (True, found["run_again"], {})
    assert set(found["products"].values()) == {"same"}
    assert len(found["products"]) >= 3

    told = json.loads(manifest.read_text())
    monkeypatch.setattr(reproduce, "run_cycle", lambda *_, **__: SimpleNamespace(manifest=told))
    manifest.write_text(json.dumps(told | {"products": told["products"] | {"plan.csv": "0" * 64}}))
    ran = beatplan("reproduce", manifest, "--inputs", inputs)
    assert ran.code == 2
    assert "plan.csv" in ran.out
    assert "differs" in ran.out

    (inputs / "own.csv").write_text("offence,weight\nBurglary,1\n")
    ran = beatplan("reproduce", manifest, "--inputs", inputs)
    assert (ran.code, "own.csv is not (1 of " in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("not JSON", "A manifest must be one that `beatplan report`"),
        ("[]", "A manifest must be one that `beatplan report`"),
        ('{"beatplan": 1, "products": {}, "figures": {}}', "A manifest must be one that `beatplan report`"),
    ],
)
def test_what_is_no_manifest_of_a_report_is_refused(beatplan, tmp_path, told, said) -> None:
    (tmp_path / "manifest.json").write_text(told)
    ran = beatplan("reproduce", tmp_path / "manifest.json", "--inputs", tmp_path)
    assert (ran.code, said in ran.err) == (2, True)


def test_a_manifest_that_points_out_of_its_folder_is_refused(beatplan, tmp_path) -> None:
    (tmp_path / "f.csv").write_text("anything")
    row = {"file": "../../f.csv", "kind": "police.uk street CSV", "sha256": sha256_of(tmp_path / "f.csv")}
    told = {
        "beatplan": 1, "run": "0", "products": {}, "versions": {}, "inputs": [row],
        "settings": {"profile": {"harm": {"table": "x"}}, "as_of": None, "seed": 0},
        "figures": {"asked": {"products": [], "hotspots": [], "allow_gaps": False}},
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(told))
    ran = beatplan("reproduce", tmp_path / "manifest.json", "--inputs", tmp_path)
    assert (ran.code, "lies elsewhere" in ran.err) == (2, True)


@pytest.fixture
def kept(tmp_path):
    """A store with two months and an area file; and the manifest of a run that was made from them."""
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}", tmp_path / "kept")
    import_crimes(store, "ours", extract(["2024-05", "2024-06"]), actor="analyst")
    areas = keep_bytes(store, io.BytesIO(b"{}"))
    with store.reading() as reading:
        crimes = kept_crimes(store, current(reading, "ours"), Profile())
    rows = [*crimes.sources.to_dict("records"), {"file": "areas.geojson", "kind": "areas", "sha256": areas}]
    told = {
        "beatplan": 1, "run": "0", "products": {"plan.csv": "1"}, "versions": {}, "inputs": rows,
        "settings": {"profile": {"harm": {"table": "x"}, "community_priorities": {}}, "as_of": None, "seed": 0},
        "figures": {"asked": {"products": ["plan"], "hotspots": [], "allow_gaps": False}},
    }  # fmt: skip
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps(told))
    yield store, manifest
    store.close()


def test_a_run_of_the_service_is_made_again_from_what_its_store_keeps(kept, monkeypatch) -> None:
    store, manifest = kept
    import_crimes(store, "ours", extract(["2024-06"], seed=5), actor="analyst")  # supersedes what the run knew
    told, asked = json.loads(manifest.read_text()), []
    monkeypatch.setattr(
        reproduce, "run_cycle", lambda request, **_: asked.append(request) or SimpleNamespace(manifest=told)
    )
    assert reproduce.reproduce(manifest, (), store=store).whole
    prints = [row["sha256"] for row in told["inputs"] if row["kind"] == KEPT]
    assert asked[0].crimes.sources["sha256"].tolist() == prints
    assert asked[0].areas.name == "areas.geojson"


def test_a_run_of_the_service_is_not_made_again_of_what_was_erased_or_without_its_store(kept, beatplan) -> None:
    store, manifest = kept
    ran = beatplan("reproduce", manifest, "--inputs", manifest.parent)
    assert (ran.code, "name it with `--store`" in ran.err) == (2, True)
    forget_before(store, "ours", "2024-06", actor="admin")
    where = ("--store", f"sqlite:///{manifest.parent / 'store.db'}", "--folder", manifest.parent / "kept")
    ran = beatplan("reproduce", manifest, *where)
    assert (ran.code, "2024-05.parquet was erased since" in ran.err) == (2, True)
