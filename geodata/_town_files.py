"""The made-up force as files: a force's own extract, and what would be published of it. The same bytes every time."""

import hashlib
import json
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from scipy.spatial import cKDTree

from geodata._town import Town
from geodata._town_incidents import CRIMES_FILE
from geodata._town_osm import degrees, osm_xml
from geodata._town_places import map_points

POLICE_UK_SLUG: Final = "doggerland"
ANTI_SOCIAL: Final = "Anti-social behaviour"
OUTCOMES: Final = (
    "Unable to prosecute suspect",
    "Investigation complete; no suspect identified",
    "Investigation complete; no suspect identified",
    "Investigation complete; no suspect identified",
    "Status update unavailable",
    "Awaiting court outcome",
    "Local resolution",
    "Under investigation",
)


def write_town(town: Town, folder: str | Path) -> dict[str, Path]:
    """
    Write what a force would hand over: its extract, wards, streets and bases.

    Parameters
    ----------
    town : made-up force
    folder : made if it is not there

    Returns
    -------
    paths : "crimes" (CSV; columns incident, offence, from, to, premises, victim, street, lsoa, easting, northing; times
        of the local clock), "areas" (GeoJSON; WD22CD, WD22NM, population, deprivation_decile), "wards" (CSV of the
        same without polygons), "streets" (OpenStreetMap XML), "bases" (CSV; name, easting, northing)
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = {
        "crimes": folder / CRIMES_FILE,
        "areas": folder / "wards.geojson",
        "wards": folder / "wards.csv",
        "streets": folder / "streets.osm",
        "bases": folder / "bases.csv",
    }
    write_csv(_extract(town), paths["crimes"])
    wards = town.areas.rename(columns={"code": "WD22CD", "name": "WD22NM"})
    wards = wards[["WD22CD", "WD22NM", "population", "deprivation_decile", "geometry"]]
    wards = wards.astype({"population": "int64", "deprivation_decile": "int64"})
    paths["areas"].write_text(geojson(wards), encoding="utf-8", newline="\n")
    write_csv(pd.DataFrame(wards.drop(columns="geometry")), paths["wards"])
    paths["streets"].write_text(osm_xml(town.streets, town.ground), encoding="utf-8", newline="\n")
    bases = town.bases.rename(columns={"x": "easting", "y": "northing"})
    write_csv(bases.round({"easting": 1, "northing": 1}), paths["bases"])
    return paths


def write_police_uk(town: Town, folder: str | Path) -> list[Path]:
    """
    Write what data.police.uk would publish of the force: one street file a month, dates and places made coarse.

    Each crime is moved to the nearest of a list of points, each the middle of eight or more premises [1]_; its date is
    the month alone; anti-social behaviour has no identifier.

    Parameters
    ----------
    town : made-up force
    folder : made if it is not there; each month has a folder of its own

    Returns
    -------
    paths : one per month that has crimes, in their order

    References
    ----------
    .. [1] data.police.uk, About: location anonymisation.
    """
    table = _published(town)
    paths = []
    for month, rows in table.groupby("Month", sort=True):
        path = Path(folder) / str(month) / f"{month}-{POLICE_UK_SLUG}-street.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_csv(rows, path)
        paths.append(path)
    return paths


def _extract(town: Town) -> pd.DataFrame:
    crimes = town.crimes
    return pd.DataFrame(
        {
            "incident": crimes["crime_id"],
            "offence": crimes["offence"],
            "from": _clock(crimes["occurred_from"]),
            "to": _clock(crimes["occurred_to"]),
            "premises": crimes["place_id"],
            "victim": crimes["victim_id"],
            "street": crimes["location"],
            "lsoa": crimes["lsoa"],
            "easting": crimes.geometry.x.round(1),
            "northing": crimes.geometry.y.round(1),
        }
    )


def _published(town: Town) -> pd.DataFrame:
    crimes = town.crimes
    points, street = map_points(town.premises)
    lon, lat = degrees(points, 6)
    doors = np.column_stack((crimes.geometry.x, crimes.geometry.y))
    _, point = cKDTree(points).query(doors) if len(crimes) else (None, np.zeros(0, dtype=np.int64))
    digest = [hashlib.sha256(f"{town.name} {crime}".encode()).hexdigest() for crime in crimes["crime_id"]]
    anti_social = (crimes["offence"] == ANTI_SOCIAL).to_numpy()
    outcome = np.array(OUTCOMES, dtype=object)[[int(text[:8], 16) % len(OUTCOMES) for text in digest]]
    names = np.char.add("On or near ", np.asarray(town.premises.streets, dtype=np.str_))
    table = pd.DataFrame(
        {
            "Crime ID": np.where(anti_social, "", np.array(digest, dtype=object)),
            "Month": _clock(crimes["occurred_from"], "M"),
            "Reported by": town.name,
            "Falls within": town.name,
            "Longitude": lon[point],
            "Latitude": lat[point],
            "Location": names[street[point]],
            "LSOA code": crimes["lsoa"].astype("string"),
            "LSOA name": _lsoa_names(town)[crimes["lsoa"].cat.codes],
            "Crime type": crimes["offence"].astype("string"),
            "Last outcome category": np.where(anti_social, "", outcome),
            "Context": "",
        }
    )
    # in the order of what is published, so that the order of the rows tells nothing of the day
    return table.sort_values(["Month", "Crime type", "Crime ID", "Longitude", "Latitude"], kind="stable")


def _lsoa_names(town: Town) -> Any:
    """Return the name of each LSOA: that of its ward and a letter."""
    quarter, first = np.unique(town.premises.quarter, return_index=True)
    ward = np.zeros(int(quarter.max(initial=-1)) + 1, dtype=np.int64)
    ward[quarter] = town.premises.ward[first]
    names = town.areas["name"].to_numpy()[ward]
    place = pd.Series(ward).groupby(ward).cumcount()
    return np.array([f"{name} {1 + at:03d}" for name, at in zip(names, place, strict=True)], dtype=object)


def _clock(moments: pd.Series, unit: Literal["m", "M"] = "m") -> Any:
    """Return times of the local clock as text, to the minute or the month."""
    text = np.datetime_as_string(moments.dt.tz_localize(None).to_numpy(), unit=unit)
    return np.char.replace(text, "T", " ") if len(text) else text


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as comma-separated text, the same on every machine."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def geojson(areas: GeoDataFrame) -> str:
    """Return GeoJSON in longitude and latitude; a vertex shared by two areas stays shared."""
    shapes = shapely.transform(areas.geometry.to_numpy(), lambda xy: np.column_stack(degrees(xy, 7)))
    rows = areas.drop(columns="geometry").to_dict("records")
    features = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in zip(rows, shapes, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")) + "\n"
