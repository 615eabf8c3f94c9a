"""A published run as meetings and patrols need it: its hot spots, its wards, and who walks where."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyogrio

from geodata.errors import NotFoundError
from service.manifest import sha256_of
from service.profile.force import Profile
from service.reading.last_run import FILES, HOT_SPOTS, MANIFEST, LastRun, read_last_run
from service.store import Store
from service.store.runs import Run, find_run, list_runs
from service.tasking.times import day_of

MAP: Final = "map.html"
_WALKS: Final = "patrols.geojson"
_DAYS: Final = "days.csv"
_LAYERS: Final = ("hot_spots", "wards")
_KEPT: Final = 8  # runs whose products are kept in memory
_SHOWN: Final = ["hotspot_id", "rank", "name", "ward", "ward_name", "offence_mix", "reason", "expected_harm"]


@dataclass(frozen=True)
class Stop:
    """
    One stop of a patrol.

    Parameters
    ----------
    number : from 1
    hotspot, place, ward : where
    arrive, leave : "14:05", local clock
    minutes : planned
    offences, reason : what happens there, and why it was chosen
    """

    number: int
    hotspot: str
    place: str
    ward: str
    arrive: str
    leave: str
    minutes: int
    offences: str
    reason: str


@dataclass(frozen=True)
class Walk:
    """
    One patrol.

    Parameters
    ----------
    number : from 1, in the order of the plan
    page : file of its map; empty where the run made none
    stops : of the typical day
    days : stops of each of the coming days, one after the other and then again; none where one plan is for all
    """

    number: int
    unit: str
    shift: str
    role: str
    officers: int
    base: str
    page: str
    stops: tuple[Stop, ...]
    days: tuple[tuple[Stop, ...], ...] = ()


@dataclass(frozen=True, eq=False)
class Tasked:
    """
    What one run recommends; every file of it is the one that its manifest tells of.

    Parameters
    ----------
    number : in the table of runs
    force : in the store
    made : when, UTC
    folder : of its products
    products : name of each file
    profile : the force's, as the run knew it
    period : of the crimes that it knew, in words
    last : its hot spots and plan
    spots : its hot spots by rank, each with what a meeting is shown of it
    wards : code to name
    walks : its patrols
    """

    number: int
    force: str
    made: str
    folder: Path
    products: frozenset[str]
    profile: Profile
    period: str
    last: LastRun
    spots: tuple[dict[str, Any], ...]
    wards: dict[str, str]
    walks: tuple[Walk, ...]

    @property
    def known(self) -> frozenset[str]:
        """The identifiers of its hot spots."""
        return frozenset(spot["hotspot_id"] for spot in self.spots)

    def walk(self, number: int) -> Walk:
        """
        Return one of its patrols.

        Raises
        ------
        NotFoundError
            If there is none of that number.
        """
        if not 1 <= number <= len(self.walks):
            raise NotFoundError("There is no such patrol.")
        return self.walks[number - 1]

    def on(self, walk: Walk, day: date) -> Walk:
        """Return a patrol with the stops of a day: the first of the plans is that of the day on which it was made."""
        if not walk.days:
            return walk
        began = day_of(datetime.fromisoformat(self.made))
        return replace(walk, stops=walk.days[(day - began).days % len(walk.days)])


def newest(store: Store, force: str) -> Tasked | None:
    """Return the run published last of those that made hot spots' layers and a plan, or None where there is none."""
    for run in list_runs(store, force, published_only=True):
        if all((store.folder / run.folder / name).is_file() for name in FILES):
            return _tasked(store, run)
    return None


def find(store: Store, force: str, number: int) -> Tasked:
    """
    Return a run of the force that is or was published.

    Raises
    ------
    NotFoundError
        If the force has no such run.
    """
    run = find_run(store, force, number, published_only=False)
    if run.state == "made":
        raise NotFoundError("There is no such run.")
    return _tasked(store, run)


def _tasked(store: Store, run: Run) -> Tasked:
    return _read(store.folder / run.folder, run.run, run.id, run.force, run.at)


@lru_cache(maxsize=_KEPT)
def _read(folder: Path, run: str, number: int, force: str, made: str) -> Tasked:
    """Read a run's products once: nobody changes them; `run` is part of the key so that no other is taken for it."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    products = manifest["products"]
    if manifest["run"] != run:
        raise RuntimeError(f"the products of run {number} are of another")
    profile = Profile.model_validate(manifest["settings"]["profile"])
    last = read_last_run(folder, profile, None, None)
    spots, wards = (pyogrio.read_dataframe(folder / HOT_SPOTS, layer=layer, read_geometry=False) for layer in _LAYERS)
    spots["ward_name"] = spots["ward"].map(dict(zip(wards["code"], wards["name"], strict=True)))
    shown = spots.sort_values("rank", kind="stable")[_SHOWN].astype(object)
    shown = shown.where(shown.notna(), "")
    return Tasked(
        number=number,
        force=force,
        made=made,
        folder=folder,
        products=frozenset(products),
        profile=profile,
        period=str(manifest["figures"].get("period", "")),
        last=last,
        spots=tuple(shown.to_dict("records")),
        wards=dict(sorted(zip(wards["code"], wards["name"], strict=True))),
        walks=_walks(folder, products, shown) if _WALKS in products else (),
    )


def _walks(folder: Path, products: dict[str, str], spots: pd.DataFrame) -> tuple[Walk, ...]:
    """Return the patrols and their stops as the run's own file tells of them, in the order of their pages."""
    told = [each["properties"] for each in json.loads(_text(folder / _WALKS, products))["features"]]
    days = _days(folder / _DAYS, products, spots) if _DAYS in products else {}
    routes = [each for each in told if each["kind"] == "patrol"]
    digits = max(2, len(str(len(routes))))
    found = []
    for number, route in enumerate(routes, start=1):
        page = f"patrol-{number:0{digits}d}.html"
        rows = [each for each in told if each["kind"] == "stop" and each["unit"] == route["unit"]]
        found.append(
            Walk(
                number=number,
                page=page if page in products else "",
                officers=int(rows[0]["officers"]) if rows else 1,
                stops=tuple(_stop(row) for row in rows),
                days=days.get(str(route["unit"]), ()),
                **{name: str(route[name]) for name in ("unit", "shift", "role", "base")},
            )
        )
    return tuple(found)


def _days(path: Path, products: dict[str, str], spots: pd.DataFrame) -> dict[str, tuple[tuple[Stop, ...], ...]]:
    """Return the stops of each of the coming days by unit; of a day on which a unit has none, none."""
    table = pd.read_csv(StringIO(_text(path, products)), dtype=str, keep_default_na=False)
    known = spots.rename(columns={"ward_name": "ward", "ward": "code", "name": "place", "offence_mix": "offences"})
    whole = table.merge(known[["hotspot_id", "place", "ward", "offences", "reason"]], on="hotspot_id")
    rows = whole.astype({"day": "int64", "stop": "int64"}).sort_values(["day", "unit", "stop"], kind="stable")
    last, held = int(rows["day"].max()) if len(rows) else 0, rows.to_dict("records")
    found: dict[str, list[list[Stop]]] = {str(unit): [[] for _ in range(last)] for unit in rows["unit"].unique()}
    for row in held:
        found[row["unit"]][row["day"] - 1].append(_stop(row))
    return {unit: tuple(map(tuple, days)) for unit, days in found.items()}


def _text(path: Path, products: dict[str, str]) -> str:
    """Return a product's text, which must be what the run made."""
    if sha256_of(path) != products[path.name]:
        raise RuntimeError(f"{path.name} is not what the run made")
    return path.read_text(encoding="utf-8")


def _stop(row: Mapping[Any, Any]) -> Stop:
    return Stop(
        number=int(row["stop"]),
        hotspot=row["hotspot_id"],
        minutes=int(row["minutes"]),
        **{name: str(row[name]) for name in ("place", "ward", "arrive", "leave", "offences", "reason")},
    )
