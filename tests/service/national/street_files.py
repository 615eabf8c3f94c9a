"""Small files of street-level crime as data.police.uk writes them."""

from pathlib import Path

import numpy as np

HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
OFFENCES = ("Burglary", "Anti-social behaviour", "Vehicle crime")
NOWHERE = ",{month},F,F,,,No Location,,,Burglary,,"


def lines_of(force: str, month: str, *, rows: int, seed: int) -> list[str]:
    """Rows on twenty map points; anti-social behaviour has no identifier."""
    rng = np.random.default_rng([seed, *month.encode(), *force.encode()])
    points = np.round(np.column_stack((rng.uniform(-2, -1.5, 20), rng.uniform(52, 52.4, 20))), 6)
    found = []
    for number in range(rows):
        (west, north), offence = points[rng.integers(20)], OFFENCES[rng.integers(3)]
        known = "" if offence == OFFENCES[1] else f"{force}-{month}-{number}"
        found.append(
            f"{known},{month},F,F,{west},{north},On or near Mill Street,E0100000{number % 7},X 001A,{offence},,"
        )
    return found


def write_month(
    folder: Path, force: str, month: str, *, rows: int = 40, seed: int = 0, more: tuple[str, ...] = ()
) -> Path:
    """Write one file, with some lines more at its end."""
    target = folder / month / f"{month}-{force}-street.csv"
    target.parent.mkdir(parents=True, exist_ok=True)
    told = [line.format(month=month) for line in more]
    target.write_text("\r\n".join([HEADER, *lines_of(force, month, rows=rows, seed=seed), *told]) + "\r\n")
    return target
