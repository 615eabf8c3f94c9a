"""The streets one walks on: read from OpenStreetMap or a saved osmnx graph, kept as arrays, measured on foot."""

import hashlib
import zipfile
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata._network import Streets
from geodata._osm import read_ways
from geodata._walks import nearest_node, travel_metres, travel_minutes, walking_route
from geodata.drafts import written_whole
from geodata.errors import InputError
from geodata.projection import to_metres, working_crs
from geodata.tables import WORKING_CRS

__all__ = ["Streets", "covers", "nearest_node", "read_streets", "travel_metres", "travel_minutes", "walking_route"]

_CACHE_FORMAT: Final = 1  # raise it whenever the walk rule or the network changes
_ARRAYS: Final = ("x", "y", "indptr", "indices", "lengths", "edge_of", "vertices", "offsets")


def read_streets(path: str | Path, *, crs: str = WORKING_CRS, cache: str | Path | None = None) -> Streets:
    """
    Return the network of walkable streets in a file.

    An extract of OpenStreetMap holds every road: only the ways that osmnx's walk rule allows are kept, and shared-use
    cycleways [1]_. All are walked both ways. What is not joined to the largest piece is left out, and its share of
    the length told (`Streets.outside_share`).

    Parameters
    ----------
    path : .osm, .osm.gz, .osm.bz2 or .osm.pbf, or the .graphml (may be packed) of any version of osmnx
        Told by its content, not by its name.
    crs : projected CRS
        That of the points and areas; the British National Grid is reached by OSTN15, like theirs.
    cache : folder
        Keeps the network under the fingerprint of the extract, so that the next reading takes no time; a damaged
        file in it is made again.

    Raises
    ------
    InputError
        If the file cannot be read, is no street file, is damaged, or holds no walkable street in `crs`; if `crs` is
        not in metres; if `cache` cannot be written.

    References
    ----------
    .. [1] Boeing, G. (2017). OSMnx: New methods for acquiring, constructing, analyzing, and visualizing complex
       street networks. Computers, Environment and Urban Systems 65, 126-139; network type "walk".
    """
    path, crs = Path(path), working_crs(crs).to_string()
    sha256 = _fingerprint(path)
    kept = None if cache is None else Path(cache) / f"streets-{sha256[:32]}-{_slug(crs)}-{_CACHE_FORMAT}.npz"
    streets = None if kept is None else _restored(kept, crs, sha256)
    if streets is None:
        streets = _built(path, crs, sha256)
        if kept is not None:
            _store(streets, kept)
    return streets


def covers(streets: Streets, areas: GeoDataFrame) -> float:
    """
    Return the share of the areas' surface that lies within the outline of the network (its convex hull).

    0 means that the streets are of another place; a small share, that the extract is a part of the force only.

    Parameters
    ----------
    streets : network
    areas : polygons in the CRS of `streets`

    Raises
    ------
    InputError
        If `areas` is empty or in another CRS.
    """
    if len(areas) == 0 or areas.crs is None or areas.crs != streets.crs:
        raise InputError(f"`areas` must hold polygons in the CRS of the streets, {streets.crs}.")
    outline = shapely.convex_hull(shapely.multipoints(np.column_stack((streets.x, streets.y))))
    return float(shapely.area(shapely.intersection(areas.geometry.to_numpy(), outline)).sum() / areas.area.sum())


def _fingerprint(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"A street file must be readable; `{path.name}` is not: {error.strerror}.") from None


def _built(path: Path, crs: str, sha256: str) -> Streets:
    ways = read_ways(path)
    xy = to_metres(ways.x, ways.y, ways.crs, crs)
    return Streets.of_ways(ways.points, xy, ways.starts, names=ways.names, crs=crs, sha256=sha256)


def _slug(crs: str) -> str:
    return "".join(letter for letter in crs.lower() if letter.isalnum())[:32]


def _store(streets: Streets, path: Path) -> None:
    """Write the network so that a reader finds all of it or nothing."""
    arrays = {name: getattr(streets, name) for name in _ARRAYS}
    arrays["name_codes"] = streets.names.codes
    arrays["name_texts"] = np.array(streets.names.categories, dtype=np.str_)
    arrays["outside_share"] = np.array(streets.outside_share)
    try:
        with written_whole(path) as draft, draft.open("wb") as file:
            np.savez(file, **arrays)
    except OSError as error:
        raise InputError(f"The cache folder must be writable, got {error.strerror}.") from None


def _restored(path: Path, crs: str, sha256: str) -> Streets | None:
    """Return the network kept in `path`, or None if there is none that is whole."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            texts = pd.Index(kept["name_texts"], dtype="string")
            names = pd.Categorical.from_codes(kept["name_codes"], categories=texts)
            share = float(kept["outside_share"])
            arrays = {name: kept[name] for name in _ARRAYS}
            return Streets(**arrays, names=names, crs=crs, sha256=sha256, outside_share=share)
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return None
