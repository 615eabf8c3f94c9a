"""The forces: their areas, and one name for each, whatever a file calls it."""

import re
from pathlib import Path
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata.areas import read_areas
from geodata.errors import InputError
from service.store.segments import refuse_bad_name

_TITLES: Final = re.compile(r"\b(police|constabulary|service|force|heddlu)\b")


def force_name(name: str) -> str:
    """Return a force's name as published files and the store write it: "London, City of" is city-of-london."""
    words = re.sub(r"^(.+), (.+ of)$", r"\2 \1", name.strip().casefold()).replace("&", " and ")
    plain = _TITLES.sub(" ", words)
    return re.sub(r"[^a-z0-9]+", "-", plain if plain.strip() else words).strip("-").removeprefix("of-")


def read_forces(path: str | Path) -> GeoDataFrame:
    """
    Return the forces' areas, sorted by force.

    Parameters
    ----------
    path : any file of polygons that OGR reads, one area a force with its name

    Returns
    -------
    forces : table of areas with the column `force`, the name as in files of crimes, before the others

    Raises
    ------
    InputError
        As for `read_areas`, or if two areas have one force's name, or one has none.
    """
    areas = read_areas(path, kind="force")
    names = areas["name"].map(force_name).astype("string")
    for each in names:
        refuse_bad_name(each)
    twice = int(names.duplicated().sum())
    if twice:
        raise InputError(f"Each force must have one area and a name of its own; {twice} in `{Path(path).name}` do not.")
    areas.insert(0, "force", names)
    return GeoDataFrame(areas.sort_values("force", ignore_index=True))


def named_forces(names: pd.Index, forces: GeoDataFrame) -> pd.Index:
    """Return the force that each code or name stands for, missing where it is none of them."""
    known = dict(zip(forces["code"], forces["force"], strict=True)) | {force: force for force in forces["force"]}
    return pd.Index([known.get(str(name), known.get(force_name(str(name)))) for name in names], dtype="string")
