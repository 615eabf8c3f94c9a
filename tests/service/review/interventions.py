"""Made-up interventions: counts as one wants them, and an effect planted in the made-up force."""

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRS = "EPSG:27700"
WEST, SOUTH = 420_000.0, 560_000.0
PLACES, CONTROLS = shapely.box(0, 0, 400, 400), shapely.box(2000, 0, 2400, 400)
SPOTS = {"places": (200, 200), "controls": (2200, 200), "around": (500, 200), "around_controls": (2500, 200)}


def polygons(path, shape, hotspot_id="H01"):
    moved = shapely.transform(shape, lambda xy: xy + np.array([WEST, SOUTH]))
    gpd.GeoDataFrame({"hotspot_id": [hotspot_id]}, geometry=[moved], crs=CRS).to_file(path, driver="GeoJSON")
    return path


def events(path, counts, *, rest=(400, 400), start=date(2024, 4, 1), days=91):
    """Crimes by zone before and after a start, spread evenly over the days; `rest` lie far from all."""
    rows = []
    for zone, (before, after) in {**counts, "rest": rest}.items():
        x, y = SPOTS.get(zone, (9000, 9000))
        for size, first in ((before, pd.Timestamp(start) - pd.Timedelta(days=days)), (after, pd.Timestamp(start))):
            day = first + pd.to_timedelta(np.floor(np.arange(size) * days / max(size, 1)), unit="D")
            rows += [(WEST + x, SOUTH + y, str(each.date()), "Vehicle crime") for each in day]
    pd.DataFrame(rows, columns=["x", "y", "date", "what"]).to_csv(path, index=False)
    return path


def plan(path, *, name="Cobra", registered="2024-03-01", more="", controls='[controls]\nfile = "controls.geojson"\n'):
    folder = path.parent
    polygons(folder / "places.geojson", PLACES)
    polygons(folder / "controls.geojson", CONTROLS)
    path.write_text(
        f'name = "{name}"\nregistered = {registered}\nstart = 2024-04-01\nend = 2024-06-30\n{more}\n'
        f'[places]\nfile = "places.geojson"\nids = ["H01"]\n{controls}',
        encoding="utf-8",
    )
    return path


def dealt_anew(day, rng):
    """The days of the crimes among the crimes: places keep their crime, and nothing happens in any of them."""
    return rng.permutation(day)


def thinned(inside, day, start, share, rng):
    """True for each crime that is still there if so large a share of those inside is prevented from the start on."""
    return ~(inside & (day >= start) & (rng.random(len(day)) < share))
