"""A small made-up nation: square forces side by side, their people, and their files as police.uk writes them."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

WEST, SOUTH, SIDE = 400_000.0, 300_000.0, 5_000.0
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    "Last outcome category,Context"
)
TYPES = ("Burglary", "Violence and sexual offences", "Drugs", "Anti-social behaviour")


def write_areas(path: Path, names: tuple[str, ...]) -> Path:
    """Write squares from west to east."""
    squares = [shapely.box(WEST + SIDE * at, SOUTH, WEST + SIDE * (at + 1), SOUTH + SIDE) for at in range(len(names))]
    codes = [f"E230{at:05d}" for at in range(len(names))]
    areas = gpd.GeoDataFrame({"PFA23CD": codes, "PFA23NM": names}, geometry=squares, crs=27700)
    areas.to_crs(4326).to_file(path, driver="GeoJSON")
    return path


def write_crimes(folder: Path, name: str, at: int, months: list[str], *, rows: int = 120, seed: int = 0) -> None:
    """Write the files of one force: a third of its crime lies on three points beside its eastern border."""
    rng = np.random.default_rng((seed, at))
    spots = np.column_stack([np.full(3, WEST + SIDE * (at + 1) - 300), SOUTH + 2_500 + np.array([-40.0, 0, 40])])
    points = WEST + SIDE * at + rng.uniform(0, SIDE, 60), SOUTH + rng.uniform(0, SIDE, 60)
    for month in months:
        near = spots[rng.integers(0, 3, rows // 3)]
        far = np.column_stack(points)[rng.integers(0, 60, rows - len(near))]
        degrees = gpd.GeoSeries(gpd.points_from_xy(*np.vstack([near, far]).T), crs=27700).to_crs(4326)
        kinds = rng.choice(TYPES, rows, p=(0.4, 0.3, 0.1, 0.2))
        lines = [
            f"{'' if kind == TYPES[3] else f'{at:04x}{month}{number:04x}'},{month},{name} Police,{name} Police,"
            f"{point.x:.6f},{point.y:.6f},On or near High Street,E0100{at:04d},{name} 001A,{kind},,"
            for number, (kind, point) in enumerate(zip(kinds, degrees, strict=True))
        ]
        place = folder / month
        place.mkdir(parents=True, exist_ok=True)
        file = place / f"{month}-{name.lower().replace(' ', '-')}-street.csv"
        file.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")


def write_people(path: Path, names: tuple[str, ...]) -> Path:
    """Write a table of forces: the more to the east, the more people."""
    lines = [f"{name},{100_000 * (at + 1)},{25},{0.1 * at:.1f}" for at, name in enumerate(names)]
    path.write_text("\n".join(["force,population,area_km2,deprived_share", *lines]) + "\n", encoding="utf-8")
    return path
