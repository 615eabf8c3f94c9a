"""Hot streets: the stretches of street with the most crime or harm to the kilometre."""

from typing import Any, Final, Literal, get_args

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geodata import cast
from geodata.cast import IntArray
from geodata.errors import InputError
from hotspots.lixels import CutStreets
from hotspots.naming import grid_reference
from hotspots.network_density import METRES_PER_KM, NetworkDensity, one_of

Stretch = Literal["segment", "street", "edge"]

LEAST_M: Final = 20.0


def hot_streets(
    density: NetworkDensity,
    *,
    harm: NetworkDensity | None = None,
    by: Stretch = "segment",
    most: int = 20,
    least_m: float = LEAST_M,
) -> GeoDataFrame:
    """
    Return the stretches of street with the most harm, or without `harm` the most crime, to the kilometre.

    The figures are those of the smoothed density: a stretch beside a hot one is warm too, and the crimes recorded on
    the stretch itself are told apart. A long street is ranked by its mean, which a short hot part of it may not lift.

    Parameters
    ----------
    density : of crimes
    harm : of the same crimes with their harm as weights, on the same streets and lixels
    by : what is ranked
        "segment": from junction to junction, the unit that criminology counts by; "street": all that has one name and
        hangs together, where there is no name a segment; "edge": each edge of the network.
    most : how many to return at most
    least_m : metres
        Shorter stretches are left out: they are links in a junction, as warm as what they join.

    Returns
    -------
    streets : one per stretch with any crime near it, the hottest first
        `rank`; `street` (name, or the grid reference of the middle); `ends` (the streets at either end of a segment);
        `length_m`; `recorded` (crimes that lie on it, over the whole time); `crimes` a week and `crimes_per_km`; with
        `harm` also `harm` a week and `harm_per_km`; geometry.

    Raises
    ------
    InputError
        If `harm` is of other streets, lixels or crimes, `by` is unknown, or `most` or `least_m` is below 1 or 0.
    """
    one_of(by, "by", get_args(Stretch))
    most, least_m = cast.whole(most, "most", 1), cast.within(least_m, "least_m", 0.0, np.inf)
    cut = density.cut
    stretch = stretches(cut, by)
    table = _measured(density, stretch, "crimes").assign(recorded=_recorded(density, stretch))
    if harm is not None:
        _same_streets(density, harm)
        table = table.join(_measured(harm, stretch, "harm").drop(columns="length_m"))
    hottest = f"{'crimes' if harm is None else 'harm'}_per_km"
    kept = table.loc[(table["length_m"] >= least_m) & (table[hottest] > 0)]
    kept = kept.sort_values(hottest, ascending=False, kind="stable").head(most)
    return _described(kept, cut, stretch, by)


def stretches(cut: CutStreets, by: Stretch) -> IntArray:
    """Return the number of the stretch that each edge belongs to."""
    edges = cut.pieces.size
    if by == "edge":
        return np.arange(edges)
    name = cut.streets.names.codes.astype(np.int64)
    node, edge = np.concatenate((cut.tail, cut.head)), np.tile(np.arange(edges), 2)
    order = np.lexsort((name[edge], node))
    node, edge = node[order], edge[order]
    joined = (node[1:] == node[:-1]) & (name[edge[1:]] == name[edge[:-1]])
    joined &= (cut.arms[node[1:]] == 2) | ((by == "street") & (name[edge[1:]] >= 0))
    links = (edge[:-1][joined], edge[1:][joined])
    graph = coo_array((np.ones(links[0].size), links), shape=(edges, edges))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def _same_streets(density: NetworkDensity, harm: NetworkDensity) -> None:
    same = harm.cut.streets is density.cut.streets and np.array_equal(harm.cut.pieces, density.cut.pieces)
    if not (same and np.array_equal(harm.edge, density.edge)):
        raise InputError("`harm` must be of the same crimes, streets and lixels as `density`, got others.")


def _measured(density: NetworkDensity, stretch: IntArray, name: str) -> pd.DataFrame:
    """Return the metres of each stretch, and what lies on it a week and to the kilometre."""
    of = stretch[density.cut.edge]
    metres = np.bincount(of, weights=density.cut.length_m)
    weekly = np.bincount(of, weights=density.mass) / density.weeks
    return pd.DataFrame({"length_m": metres, name: weekly, f"{name}_per_km": weekly / (metres / METRES_PER_KM)})


def _recorded(density: NetworkDensity, stretch: IntArray) -> IntArray:
    on = density.edge[density.edge >= 0]
    return np.bincount(stretch[on], minlength=int(stretch.max()) + 1)


def _described(kept: pd.DataFrame, cut: CutStreets, stretch: IntArray, by: Stretch) -> GeoDataFrame:
    """Return the stretches with what they are called, where they end and how they run."""
    courses = cut.streets.lines().to_numpy()
    found: list[dict[str, Any]] = []
    for number in kept.index:
        edges = np.flatnonzero(stretch == number)
        line = shapely.line_merge(shapely.multilinestrings(courses[edges]))
        ends = _ends(cut, edges) if by == "segment" else ""
        found.append({"street": _name(cut, edges, line), "ends": ends, "geometry": line})
    words = pd.DataFrame(found, columns=["street", "ends", "geometry"], index=kept.index)
    numbers = [
        name for name in ("length_m", "recorded", "crimes", "crimes_per_km", "harm", "harm_per_km") if name in kept
    ]
    table = words[["street", "ends"]].astype("string").join(kept[numbers])
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return GeoDataFrame(table, geometry=words["geometry"].to_numpy(), crs=cut.streets.crs).reset_index(drop=True)


def _name(cut: CutStreets, edges: IntArray, line: BaseGeometry) -> str:
    name = cut.streets.names[int(edges[0])]
    if isinstance(name, str):
        return name
    middle = line.interpolate(0.5, normalized=True) if line.geom_type == "LineString" else line.centroid
    return f"Unnamed street at {grid_reference(middle.x, middle.y, cut.streets.crs)}"


def _ends(cut: CutStreets, edges: IntArray) -> str:
    """Say which streets a segment runs between: "Broad Street to Mill Lane"; empty where neither has a name."""
    nodes, times = np.unique(np.concatenate((cut.tail[edges], cut.head[edges])), return_counts=True)
    own = cut.streets.names[int(edges[0])]
    crossed = []
    for node in nodes[times == 1]:
        others = np.flatnonzero((cut.tail == node) | (cut.head == node))
        names = sorted({name for name in cut.streets.names[others] if isinstance(name, str) and name != own})
        if names:
            crossed.append(names[0])
        elif cut.arms[node] == 1:
            crossed.append("a dead end")
    return " to ".join(sorted(crossed))
