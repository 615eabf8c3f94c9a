"""The lines on the ground that patrols follow."""

from typing import Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from allocation.problem import Problem
from geodata.streets import Streets, walking_route


def routes(plan: pd.DataFrame, problem: Problem, hotspots: GeoDataFrame, streets: Streets | None) -> GeoDataFrame:
    """
    Return one line per patrol: from its base through its stops and back; legs that are driven are straight.

    Columns unit, role, base, shift, stops, metres (walked, the way back with them) and driven_back.

    Parameters
    ----------
    plan : table of stops of one day
    problem : that it was planned for
    hotspots : table of hot spots
    streets : walked on, or None: straight lines
    """
    number = {base.name: at for at, base in enumerate(problem.bases)}
    back = pd.DataFrame(problem.travel.from_base, columns=problem.travel.places)
    base_at = {base.name: (base.x, base.y) for base in problem.bases}
    middle = hotspots.geometry.representative_point()
    spot_at = dict(zip(hotspots["hotspot_id"], zip(middle.x, middle.y, strict=True), strict=True))
    rows = []
    for unit, stops in plan.groupby("unit", sort=True):
        first = stops.iloc[0]
        at = [base_at[first["base"]], *(spot_at[each] for each in stops["hotspot_id"]), base_at[first["base"]]]
        home = float(back.loc[number[first["base"]], stops["hotspot_id"].iloc[-1]])
        driven = home > problem.rules.longest_walk
        line = _through(np.array(at), [*(stops["metres"] > 0), not driven], streets)
        metres = float(stops["metres"].sum()) + (0.0 if driven else home)
        rows.append((unit, first["role"], first["base"], first["shift"], len(stops), metres, driven, line))
    columns = ["unit", "role", "base", "shift", "stops", "metres", "driven_back", "geometry"]
    return GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry", crs=hotspots.crs)


def _through(at: np.ndarray[Any, Any], walked: list[bool], streets: Streets | None) -> shapely.LineString:
    legs = [
        walking_route(streets, at[leg : leg + 2]) if on_foot else shapely.LineString(at[leg : leg + 2])
        for leg, on_foot in enumerate(walked)
    ]
    points = np.concatenate([shapely.get_coordinates(leg) for leg in legs])
    kept = np.append(True, (np.diff(points, axis=0) != 0).any(axis=1))
    return shapely.LineString(points[kept] if kept.sum() > 1 else points[:2])
