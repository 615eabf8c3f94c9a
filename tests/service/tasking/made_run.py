"""A run's products from the sample force, made once and in a second, as a force would have published them."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from maps.products import write_products
from service import manifest
from service.profile.force import Profile
from service.store import Store
from service.store.tables import JOBS, RUNS
from tests.maps.ground_sample import with_ground
from tests.maps.sample import sample_pack

FORCE = "sample-force"
FOLDER = "runs/sample"
PRODUCTS = ("map", "gis", "plan", "patrol-maps")
SHIFTS = (("early", "06:00", "14:00"), ("late", "14:00", "22:00"), ("night", "22:00", "06:00"))


def write_run(
    folder: Path, *, products: tuple[str, ...] = ("map", "gis", "plan", "patrol-maps"), **profile: Any
) -> str:
    """Write products and manifest into `folder`; return the run's fingerprint."""
    pack = with_ground(sample_pack())
    folder.mkdir(parents=True)
    written = write_products(pack, folder, PRODUCTS)
    own = {"force": {"name": pack.force, "marking": pack.marking}, "shifts": _hours(pack)}
    settings = {"profile": Profile.model_validate(own | profile).model_dump(mode="json"), "as_of": None, "seed": 0}
    run = manifest.fingerprint(pack.sources, settings)
    figures = {"until": pack.until.isoformat(), "period": pack.period}
    manifest.write_manifest(
        folder / "manifest.json", run=run, sources=pack.sources, settings=settings, figures=figures, products=written
    )
    return run


def tell_of_run(store: Store, folder: str, *, force: str = FORCE, state: str = "published") -> int:
    """Put a run whose products lie in the store's folder into the catalogue; return its number."""
    found = json.loads((store.folder / folder / "manifest.json").read_text(encoding="utf-8"))
    job = {
        "force": force, "kind": "run", "request": "{}", "actor": "the-analyst", "at": store.now, "state": "done",
        "stage": "done", "share": 1.0, **({"attempts": 1} if "attempts" in JOBS.c else {}),
    }  # fmt: skip
    with store.writing() as writing:
        number = writing.execute(insert(JOBS).values(**job).returning(JOBS.c.id)).scalar_one()
        row = {"force": force, "job_id": number, "run": found["run"], "at": store.now, "folder": folder, "state": state}
        row["until"] = found["figures"]["until"]
        return int(writing.execute(insert(RUNS).values(**row).returning(RUNS.c.id)).scalar_one())


def _hours(pack: Any) -> list[dict[str, str]]:
    names = list(dict.fromkeys(pack.schedule.plan["shift"]))
    return [{"name": name, "start": SHIFTS[i][1], "end": SHIFTS[i][2]} for i, name in enumerate(names)]
