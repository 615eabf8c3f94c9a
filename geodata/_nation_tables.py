"""The made-up nation's forces, wards and small areas by name, their people, and the files beside its crimes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from numpy.random import Generator

from geodata._nation import Nation, NationForce
from geodata._nation_crime import HISTORIES
from geodata._nation_land import CITY_FROM, Ground, dissolved
from geodata._nation_points import MapPoints
from geodata._town_files import geojson, write_csv
from geodata._town_names import place_names
from geodata._town_places import ward_codes
from geodata._town_streets import Lines
from geodata.cast import FloatArray, IntArray
from geodata.grid import SQUARE_METRES_PER_KM2
from geodata.tables import AREAS, WORKING_CRS, check

_EDITION: Final = 2021
_MOST_DEPRIVED: Final = 2  # deciles: a fifth, as forces are compared by it
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HALF_STREET_M: Final = 30.0


@dataclass(frozen=True)
class Named:
    """Names and codes of forces, wards and small areas, by their numbers; `force_slugs` as in the names of files."""

    forces: list[str]
    force_slugs: list[str]
    wards: list[str]
    lsoas: list[str]

    @property
    def force_codes(self) -> list[str]:
        """Codes under a letter that no nation uses, as are those of wards and small areas."""
        return _codes("X23", len(self.forces))

    @property
    def lsoa_codes(self) -> list[str]:
        """Codes of the small areas."""
        return _codes("X01", len(self.lsoas))


def named(rng: Generator, ground: Ground) -> Named:
    """Return names for all areas: forces and towns after places that never were, small areas after their towns."""
    count = int(ground.force.max()) + 1
    places = place_names(rng, count + int(ground.town.max()) + 1)
    names, slugs = zip(*(_force_name(number, count, places) for number in range(count)), strict=True)
    owner = _first(ground.force, ground.ward)
    wards = np.concatenate([place_names(rng, int(size)) for size in np.bincount(owner)])
    return Named(list(names), list(slugs), [str(name) for name in wards], _lsoa_names(ground, places[count:]))


def forces_table(ground: Ground, names: Named, incidents: IntArray) -> tuple[GeoDataFrame, pd.DataFrame]:
    """Return the areas of the forces, and their figures."""
    areas = _areas("force", names.force_codes, names.forces, ground, ground.force)
    deprived = _deciles(ground.hardship, ground.people) <= _MOST_DEPRIVED
    held = np.bincount(ground.force, weights=ground.people * deprived)
    figures = pd.DataFrame(
        {
            "force": names.force_slugs,
            "code": names.force_codes,
            "name": names.forces,
            "population": areas["population"].astype("int64"),
            "area_km2": np.round(areas.area / SQUARE_METRES_PER_KM2, 3),
            "deprived_share": np.round(held / areas["population"], 4),
            "incidents": incidents.sum(axis=1),
        }
    )
    return areas, figures


def wards_table(ground: Ground, names: Named) -> GeoDataFrame:
    """Return the wards, each with the code of its force."""
    wards = _areas("ward", ward_codes(len(names.wards)), names.wards, ground, ground.ward)
    return _held(wards, names, _first(ground.force, ground.ward))


def lsoas_table(ground: Ground, names: Named) -> GeoDataFrame:
    """Return the small areas, each with the codes of its ward and force."""
    lsoas = _areas("LSOA", names.lsoa_codes, names.lsoas, ground, np.arange(len(ground.people)))
    lsoas.insert(0, "ward", pd.array(np.array(ward_codes(len(names.wards)))[ground.ward], dtype="string"))
    return _held(lsoas, names, ground.force)


def hotspots_table(points: MapPoints, forces: tuple[NationForce, ...]) -> GeoDataFrame:
    """Return what was planted: the ground about the points of each hot spot, how strong it is, and when it is there."""
    tables, after = [], 0
    for force in forces:
        xy, spots = points.xy[after : after + len(force.area)], force.spots
        after += len(force.area)
        count = len(spots.strength)
        last = np.array(force.months)[spots.spans[:, 1] - 1]
        table = {
            "hotspot_id": [f"{force.code}-{number:02d}" for number in range(1, count + 1)],
            "force": [force.slug] * count,
            "strength": spots.strength,
            "history": np.array(HISTORIES)[spots.history],
            "first": np.array(force.months)[spots.spans[:, 0]],
            "last": last,
            "points": np.bincount(spots.of_point[spots.of_point >= 0], minlength=count),
        }
        tables.append(GeoDataFrame(table, geometry=_ground_of(xy, spots.of_point, count), crs=WORKING_CRS))
    return GeoDataFrame(pd.concat(tables, ignore_index=True), crs=WORKING_CRS)


def write_tables(nation: Nation, folder: Path) -> dict[str, Path]:
    """Write forces, wards, small areas, their people and the truth; GeoJSON in degrees, and CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes = {
        "areas": ("forces.geojson", _published(nation.areas, "PFA23")),
        "wards": ("wards.geojson", _published(nation.wards, "WD21")),
        "lsoas": ("lsoas.geojson", _published(nation.lsoas, "LSOA21")),
        "hotspots": ("truth-hotspots.geojson", nation.hotspots),
    }
    tables = {
        "figures": ("forces.csv", nation.figures),
        "ward figures": ("wards.csv", pd.DataFrame(shapes["wards"][1].drop(columns="geometry"))),
        "people": ("lsoas.csv", pd.DataFrame(shapes["lsoas"][1].drop(columns="geometry"))),
    }
    for name, areas in shapes.values():
        (folder / name).write_text(geojson(areas), encoding="utf-8", newline="\n")
    for name, table in tables.values():
        write_csv(table, folder / name)
    return {kind: folder / name for kind, (name, _) in {**shapes, **tables}.items()}


def _force_name(number: int, count: int, places: Any) -> tuple[str, str]:
    capital, own = places[count], places[number]
    if number == 0:
        return f"{capital} Metropolitan Police Service", f"{capital}-metropolitan".lower()
    if number == 1 and count >= CITY_FROM:
        return f"City of {capital} Police", f"city-of-{capital}".lower()
    return f"{own} {'Constabulary' if number % 3 == 0 else 'Police'}", str(own).lower()


def _lsoa_names(ground: Ground, towns: Any) -> list[str]:
    """Return a town, a number for each of its wards and a letter for each small area of that ward."""
    pairs = pd.DataFrame({"town": ground.town, "ward": ground.ward})
    ward = pairs.groupby("town")["ward"].transform(lambda wards: pd.factorize(wards)[0] + 1)
    place = pairs.groupby(["town", "ward"]).cumcount()
    return [
        f"{towns[town]} {number:03d}{_LETTERS[at // 26 - 1] if at >= 26 else ''}{_LETTERS[at % 26]}"
        for town, number, at in zip(ground.town, ward, place, strict=True)
    ]


def _codes(prefix: str, count: int) -> list[str]:
    return [f"{prefix}{number:06d}" for number in range(1, count + 1)]


def _first(value: IntArray, group: IntArray) -> IntArray:
    """Return the value of each group, of which all members have one."""
    found = np.zeros(int(group.max()) + 1, dtype=np.int64)
    found[group] = value
    return found


def _areas(kind: str, codes: list[str], names: list[str], ground: Ground, group: IntArray) -> GeoDataFrame:
    people = np.bincount(group, weights=ground.people)
    hardship = np.bincount(group, weights=ground.people * ground.hardship) / people
    shapes: Lines = ground.cells if len(codes) == len(ground.cells) else dissolved(ground.cells, group)
    table = {
        "code": pd.array(codes, dtype="string"),
        "name": pd.array(names, dtype="string"),
        "kind": pd.array([kind] * len(codes), dtype="string"),
        "edition": pd.array([_EDITION] * len(codes), dtype="Int64"),
        "population": people,
        "deprivation_decile": _deciles(hardship, np.ones(len(codes))),
    }
    return check(GeoDataFrame(table, geometry=shapes, crs=WORKING_CRS), AREAS)


def _deciles(hardship: FloatArray, weight: FloatArray) -> FloatArray:
    """Return tenths by hardship, 1 the hardest, each of a tenth of the weight."""
    order = np.argsort(-hardship, kind="stable")
    before = np.cumsum(weight[order]) - weight[order]
    decile = np.empty(len(hardship))
    decile[order] = np.minimum(np.floor(before / weight.sum() * 10) + 1, 10)
    return decile


def _held(areas: GeoDataFrame, names: Named, force: IntArray) -> GeoDataFrame:
    areas.insert(0, "force", pd.array(np.array(names.force_codes)[force], dtype="string"))
    return areas


def _ground_of(xy: FloatArray, spot: IntArray, count: int) -> list[Any]:
    """Return what lies within half a street of the points of each hot spot."""
    hulls = [shapely.convex_hull(shapely.MultiPoint(xy[spot == number])) for number in range(count)]
    return list(shapely.buffer(hulls, _HALF_STREET_M, quad_segs=2))


def _published(areas: GeoDataFrame, stem: str) -> GeoDataFrame:
    """Return areas under the names of columns by which published files are known."""
    named = areas.rename(columns={"code": f"{stem}CD", "name": f"{stem}NM"}).drop(columns=["kind", "edition"])
    return named.astype({"population": "int64", "deprivation_decile": "int64"})
