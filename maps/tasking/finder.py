"""Search: wards, hot spots, streets and bases by name, with where they lie."""

from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from geodata.cast import FloatArray
from maps.drawing.lonlat import middles, to_lonlat
from maps.pack import Pack

MOST_STREETS: Final = 20_000  # the longest are kept
_DECIMALS: Final = 5  # about a metre


def places(pack: Pack) -> list[list[Any]]:
    """
    Return what can be searched for: name, kind, key (empty where a place has no story), latitude and longitude.

    A street stands once in every ward that it runs through, where it is longest.
    """
    wards = pack.wards.sort_values("name", kind="stable")
    names = wards.set_index("code")["name"]
    spots = pack.hotspots.sort_values("rank", kind="stable")
    in_ward = [f"hot spot {rank}, {names.get(code, '')}".rstrip(", ") for rank, code in
               zip(spots["rank"], spots["ward"].fillna(""), strict=True)]  # fmt: skip
    found = _rows(
        wards["name"], ["ward"] * len(wards), [f"ward-{code}" for code in wards["code"]], middles(wards.geometry)
    )
    found += _rows(spots["name"], in_ward, list(spots["hotspot_id"]), middles(spots.geometry))
    if pack.bases:
        x, y = (np.array([getattr(base, axis) for base in pack.bases], dtype=np.float64) for axis in "xy")
        named = pd.Series([base.name for base in pack.bases])
        found += _rows(named, ["base"] * len(named), [""] * len(named), to_lonlat(x, y, pack.grid.crs))
    return found + _streets(pack)


def _streets(pack: Pack) -> list[list[Any]]:
    if pack.streets is None:
        return []
    edges = pack.streets.lines()
    middle = shapely.line_interpolate_point(edges.to_numpy(), 0.5, normalized=True)
    table = pd.DataFrame({"name": np.asarray(pack.streets.names), "metres": edges.length.to_numpy()})
    table = table.assign(edge=np.arange(len(table)), ward=_ward_of(pack, middle)).dropna(subset="name")
    total = table.groupby(["name", "ward"], sort=True)["metres"].sum().rename("total")
    longest = table.sort_values(["metres", "edge"], ascending=[False, True]).drop_duplicates(["name", "ward"])
    held = longest.merge(total, on=["name", "ward"]).nlargest(MOST_STREETS, "total").sort_values(["name", "ward"])
    at = middle[held["edge"].to_numpy()]
    kinds = [f"street, {ward}" if ward else "street" for ward in held["ward"]]
    return _rows(held["name"], kinds, [""] * len(held), to_lonlat(shapely.get_x(at), shapely.get_y(at), edges.crs))


def _ward_of(pack: Pack, points: Any) -> list[str]:
    """Return the name of the ward around each point, empty where there is none."""
    at, ward = shapely.STRtree(pack.wards.geometry.to_numpy()).query(points, predicate="within")
    names = np.full(len(points), "", dtype=object)
    names[at] = pack.wards["name"].to_numpy(dtype=object)[ward]
    return [str(name) for name in names]


def _rows(names: Any, kinds: list[str], keys: list[str], at: tuple[FloatArray, FloatArray]) -> list[list[Any]]:
    longitude, latitude = (axis.round(_DECIMALS).tolist() for axis in at)
    rows = zip(names, kinds, keys, latitude, longitude, strict=True)
    return [[str(name), kind, key, north, east] for name, kind, key, north, east in rows]
