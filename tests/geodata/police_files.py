"""Small files in the ways of data.police.uk, made by hand."""

import gzip
import json

COLUMNS = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)


def row(
    crime_id="",
    month="2024-01",
    lon="-1.610000",
    lat="54.970000",
    location="On or near High Street",
    lsoa="E01008397",
    offence="Burglary",
):
    return f"{crime_id},{month},A Police,A Police,{lon},{lat},{location},{lsoa},Town 001A,{offence},,"


def csv(*rows, header=COLUMNS, end="\r\n", bom=False):
    return (b"\xef\xbb\xbf" if bom else b"") + "".join(line + end for line in (header, *rows)).encode()


def record(
    number, month="2018-05", lon="-0.109284", lat="51.541049", category="burglary", persistent="", street="A Road"
):
    location = {"latitude": lat, "longitude": lon, "street": {"id": 1, "name": street}}
    return {
        "category": category,
        "location_type": "Force",
        "location": location,
        "context": "",
        "outcome_status": None,
        "persistent_id": persistent,
        "id": number,
        "location_subtype": "",
        "month": month,
    }


def lines(*records):
    return "".join(json.dumps(entry) + "\n" for entry in records).encode()


def write(folder, name, data, *, packed=False):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if packed else data)
    return path
