"""
Patrols for other programs: GPX for a handset, GeoJSON for a map, and the briefing table.

GPX 1.1 [1]_ and GeoJSON [2]_ are in longitude and latitude, rounded to six decimals of a degree (0.1 m). Both are
written by the standard library, which escapes every text; the same findings give the same bytes.

References
----------
.. [1] TopoGrafix (2004). GPX 1.1 schema documentation.
.. [2] Butler, H. et al. (2016). The GeoJSON format. RFC 7946.
"""

import json
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pandas as pd
import shapely

from maps.drawing.lonlat import DECIMALS, geometry_in_lonlat, to_lonlat
from maps.pack import Pack
from maps.tables.spreadsheet import write_table
from maps.words import printable

_DAYS: Final = ["day", "unit", "role", "base", "shift", "stop", "arrive", "leave", "minutes", "hotspot_id"]
_GPX: Final = "http://www.topografix.com/GPX/1/1"


def write_gpx(pack: Pack, path: str | Path) -> Path:
    """
    Write each patrol as a track, and as a route whose points are its stops with their times, as GPX 1.1.

    Parameters
    ----------
    pack : one run's findings
    path : the file to write

    Returns
    -------
    path : as given
    """
    root = ET.Element("gpx", {"version": "1.1", "creator": "Beatplan", "xmlns": _GPX})
    about = ET.SubElement(root, "metadata")
    _words(about, name=f"Patrols, {pack.force}", desc=f"{pack.marking}, run {pack.run_id}")
    lines, stops = geometry_in_lonlat(pack.routes.geometry), briefing(pack)
    units = pack.routes["unit"].tolist()
    for unit in units:
        _route(ET.SubElement(root, "rte"), unit, stops[stops["unit"] == unit])
    for unit, line in zip(units, lines, strict=True):
        track = ET.SubElement(root, "trk")
        _words(track, name=unit)
        segment = ET.SubElement(track, "trkseg")
        for longitude, latitude in shapely.get_coordinates(line):
            ET.SubElement(segment, "trkpt", _at(latitude, longitude))
    ET.indent(root, " ")
    held = Path(path)
    held.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    return held


def write_geojson(pack: Pack, path: str | Path) -> Path:
    """
    Write each patrol as a line and each stop as a point, as GeoJSON.

    Parameters
    ----------
    pack : one run's findings
    path : the file to write

    Returns
    -------
    path : as given
    """
    lines = geometry_in_lonlat(pack.routes.geometry)
    walks = pack.routes.drop(columns="geometry").assign(kind="patrol")
    courses = [shapely.get_coordinates(line).tolist() for line in lines]
    features = [
        _feature("LineString", course, row) for course, row in zip(courses, walks.to_dict("records"), strict=True)
    ]
    stops = briefing(pack).assign(kind="stop")
    places = stops[["longitude", "latitude"]].to_numpy().tolist()
    words = stops.drop(columns=["longitude", "latitude"]).to_dict("records")
    features += [_feature("Point", place, row) for place, row in zip(places, words, strict=True)]
    collection = {"type": "FeatureCollection", "features": features}
    held = Path(path)
    held.write_text(json.dumps(collection, ensure_ascii=True, allow_nan=False, indent=1) + "\n", encoding="ascii")
    return held


def write_briefing(pack: Pack, path: str | Path) -> Path:
    """Write what each unit does when and why, one row a stop, as CSV with a guard against formulas; return `path`."""
    return write_table(briefing(pack), path)


def write_days(pack: Pack, path: str | Path) -> Path:
    """Write the stops of each of the coming days' plans, one row a stop, as CSV; return `path`."""
    plans = () if pack.variants is None else pack.variants.plans
    days = [plan.sort_values(["unit", "stop"]).assign(day=number) for number, plan in enumerate(plans, start=1)]
    told = pd.concat(days, ignore_index=True) if days else pd.DataFrame(columns=_DAYS)
    return write_table(told[_DAYS], path)


def briefing(pack: Pack) -> pd.DataFrame:
    """
    Return what each unit does when and why, by unit and stop.

    Returns
    -------
    briefing : columns unit, role, officers, base, shift, stop, arrive, leave, minutes, metres, hotspot_id, place, ward,
        offences, reason, longitude, latitude
    """
    plan = pack.schedule.plan.sort_values(["unit", "stop"], ignore_index=True)
    spots = pack.hotspots.set_index("hotspot_id")
    here = spots.reindex(plan["hotspot_id"])
    middle = here.geometry.representative_point()
    longitude, latitude = to_lonlat(middle.x.to_numpy(), middle.y.to_numpy(), pack.hotspots.crs)
    wards = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    officers = {unit.name: unit.officers for unit in pack.units}
    told = plan[["unit", "role"]].assign(officers=plan["unit"].map(officers).astype("int64"))
    told = told.join(plan[["base", "shift", "stop", "arrive", "leave", "minutes", "metres", "hotspot_id"]])
    return told.assign(
        metres=told["metres"].round(1),
        place=here["name"].to_numpy(),
        ward=here["ward"].map(wards).fillna("").astype("string").to_numpy(),
        offences=here["offence_mix"].to_numpy(),
        reason=here["reason"].to_numpy(),
        longitude=longitude.round(DECIMALS),
        latitude=latitude.round(DECIMALS),
    )


def _route(route: ET.Element, unit: str, stops: pd.DataFrame) -> None:
    _words(route, name=unit)
    for stop in stops.to_dict("records"):
        point = ET.SubElement(route, "rtept", _at(stop["latitude"], stop["longitude"]))
        when = f"{stop['arrive']} to {stop['leave']}"
        _words(point, name=f"{stop['stop']}. {stop['hotspot_id']} {when}", desc=f"{stop['place']}: {stop['reason']}")


def _words(element: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(element, name).text = printable(text)


def _at(latitude: float, longitude: float) -> dict[str, str]:
    return {"lat": f"{latitude:.{DECIMALS}f}", "lon": f"{longitude:.{DECIMALS}f}"}


def _feature(kind: str, coordinates: list[Any], row: dict[Any, Any]) -> dict[str, Any]:
    words = {name: printable(value) if isinstance(value, str) else value for name, value in row.items()}
    return {"type": "Feature", "properties": words, "geometry": {"type": kind, "coordinates": coordinates}}
