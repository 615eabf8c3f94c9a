"""What a street extract would show of the small force of `sample`: streets, a pond, a park, a railway and names."""

from dataclasses import replace

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata.tables import WORKING_CRS
from maps.drawing.vector_tiles import lay_ground
from maps.pack import Pack
from tests.maps.sample import SIDE, SOUTH, WEST


def sample_features(hostile: str = "", *, apart: float = 250.0) -> GeoDataFrame:
    """Return features with streets so many metres apart; `hostile` is added to every name."""
    ways = np.arange(100.0, SIDE, apart)
    across = [shapely.LineString([(WEST, SOUTH + y), (WEST + SIDE, SOUTH + y)]) for y in ways]
    up = [shapely.LineString([(WEST + x, SOUTH), (WEST + x, SOUTH + SIDE)]) for x in ways]
    rows = [("street", f"Row {number}", line) for number, line in enumerate(across)]
    rows += [("street", f"Gate {number}", line) for number, line in enumerate(up[1:])]
    rows += [
        ("main", "High Street", up[0]),
        ("path", "", shapely.LineString([(WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE)])),
        ("water", "Mill Pond", shapely.box(WEST + 1_900, SOUTH + 1_900, WEST + 2_500, SOUTH + 2_300)),
        ("park", "West Park", shapely.box(WEST + 200, SOUTH + 1_800, WEST + 900, SOUTH + 2_600)),
        ("railway", "", shapely.LineString([(WEST, SOUTH + 1_350), (WEST + SIDE, SOUTH + 1_450)])),
        ("suburb", "Canal End", shapely.Point(WEST + 1_500, SOUTH + 700)),
    ]
    table = pd.DataFrame(rows, columns=["kind", "name", "shape"])
    names = (table["name"] + np.where(table["name"] == "", "", hostile)).astype("string")
    return GeoDataFrame({"kind": table["kind"].astype("string"), "name": names}, geometry=table["shape"],
                        crs=WORKING_CRS)  # fmt: skip


def with_ground(pack: Pack, hostile: str = "") -> Pack:
    """Return a pack that has a street extract."""
    features = sample_features(hostile)
    return replace(pack, features=features, ground=lay_ground(features, pack.wards, pack.hotspots))
