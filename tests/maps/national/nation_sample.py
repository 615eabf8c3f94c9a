"""A nation of four square forces for the page's tests."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.grid import Grid
from maps.national.nation import Nation

FORCES = ("ayshire", "beeshire", "seashire", "deeshire")
OFFENCES = ("All crime types", "Burglary")


def sample_nation(hostile: str = "") -> Nation:
    """Return findings: one force above its group, one without people, one without crimes."""
    squares = [shapely.box(400_000 + 30_000 * at, 300_000, 430_000 + 30_000 * at, 350_000) for at in range(4)]
    names = [name.title() + hostile for name in FORCES]
    areas = gpd.GeoDataFrame({"force": FORCES, "name": names}, geometry=squares, crs=27700)
    rows = []
    for at, force in enumerate(FORCES[:3]):
        for offence in OFFENCES:
            rate = np.nan if at == 2 else 80.0 - 30 * at
            low, high = (rate - 2, rate + 2)
            group = (np.nan, np.nan, np.nan, np.nan, "no figures") if at == 2 else (50.0, 48.0, 52.0, 1, "above")
            rows.append((force, offence + hostile, 1_000 * (3 - at), 12, rate, low, high, 2, *group))
    columns = [
        "force", "offence", "crimes", "months", "rate", "low", "high", "others", "group_mean", "group_low",
        "group_high", "place", "verdict",
    ]  # fmt: skip
    league = pd.DataFrame(rows, columns=columns)
    groups = pd.DataFrame([("ayshire", 1, "beeshire", 0.8)], columns=["force", "rank", "other", "distance"])
    grid = Grid.over(areas, 5_000)
    dense = np.where(np.arange(grid.size) % 7 == 0, np.arange(grid.size), 0).astype(np.float64)
    return Nation(
        areas=areas, league=league, groups=groups, told={"ayshire": (f"120 cells are hot.{hostile}",)}, grid=grid,
        density={OFFENCES[0] + hostile: dense}, tables={"forces": pd.DataFrame({"force": [FORCES[0] + hostile]})},
        period="1 January 2024 to 31 December 2024", marking="OFFICIAL", run_id="0123abcd4567",
        notes=(f"No people are known of seashire.{hostile}",), credits=("Contains public sector information",),
    )  # fmt: skip
