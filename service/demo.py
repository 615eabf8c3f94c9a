"""The main job on a force that does not exist."""

from pathlib import Path
from typing import Final

import pandas as pd

from geodata.town import make_town, write_town
from service.reading.inputs import Request

INPUTS_FOLDER: Final = "inputs"


def made_up_request(out: Path, *, seed: int, wards: int, incidents: int) -> Request:
    """
    Write a made-up force's files under `out` and return the request that reports on it.

    Parameters
    ----------
    out : folder of the demo; its files go into the folder `inputs` there
    seed, wards, incidents : of the made-up force
    """
    town = make_town(seed, wards=wards, incidents=incidents)
    folder = out / INPUTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    files = write_town(town, folder)
    profile = folder / "profile.toml"
    profile.write_text(_profile(town.bases), encoding="utf-8")
    return Request(
        crimes=(str(files["crimes"]),),
        areas=files["areas"],
        out=out,
        profile=profile,
        streets=files["streets"],
        seed=seed,
    )


def _profile(stations: pd.DataFrame) -> str:
    bases = "\n".join(
        f'[[bases]]\nname = "{base.name}"\neasting = {base.x:.1f}\nnorthing = {base.y:.1f}\n'
        for base in stations.itertuples(index=False)
    )
    return f"""# The force profile of a force that does not exist.

[force]
name = "Made-up force"
marking = "OFFICIAL: made-up data"
credits = ["Every crime, street, ward and base here is made up."]

[crimes.extract]
crime_id = "incident"
offence = "offence"
occurred_from = "from"
occurred_to = "to"
place_id = "premises"
location = "street"
x = "easting"
y = "northing"
crs = "EPSG:27700"

[[shifts]]
name = "day"
start = "08:00"
end = "16:00"

[[shifts]]
name = "late"
start = "16:00"
end = "00:00"

{bases}
"""
