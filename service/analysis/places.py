"""Which places are hot spots: from the forecast or from the points themselves, parted where nobody can walk across."""

from dataclasses import dataclass
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from hotspots.choose import choose
from hotspots.clusters import clusters, core_weight
from hotspots.describe import describe
from hotspots.shape import SMOOTH
from hotspots.spots import Spots, keep_apart, ranked_by
from hotspots.walkable import split_by_walking
from service.analysis.scene import Outlook, Scene, cell_history
from service.reading.inputs import Inputs

MOST: Final = 80  # hot spots
LEAST_PLACES: Final = 5  # in a cluster of HDBSCAN: fewer are one crossing of two streets


@dataclass(frozen=True)
class Rules:
    """
    What else is asked of hot spots.

    Parameters
    ----------
    clusters : "DBSCAN" or "HDBSCAN" to make them from the points, None to grow them on the forecast
    apart : metres between two hot spots, 0 for no rule
    most_street : metres of street in one hot spot, None for no rule
    """

    clusters: str | None = None
    apart: float = 0.0
    most_street: float | None = None


@dataclass(frozen=True)
class Chosen:
    """
    The hot spots.

    Parameters
    ----------
    spots : their cells
    table : table of hot spots, described
    parted : how many of those first found fell into parts, or lost one, because nobody can walk across
    least : weight a week within the radius that made a core of a cluster; None where they were not made from points
    """

    spots: Spots
    table: GeoDataFrame
    parted: int = 0
    least: float | None = None


def choose_hotspots(given: Inputs, scene: Scene, outlook: Outlook, rules: Rules | None = None) -> Chosen:
    """Return patrollable places with the most expected harm (or crime), described."""
    asked, settings = rules or Rules(), given.profile.analysis
    expected = outlook.harm if settings.rank_by == "harm" else outlook.crimes
    found, least = _found(scene, outlook, expected, asked.clusters, settings.rank_by)
    spots = found
    if given.streets is not None:
        spots = split_by_walking(
            found, expected, scene.grid, given.streets,
            least_area=settings.smallest_hotspot, most_street=asked.most_street,
        )  # fmt: skip
    owners = spots.cells.reindex(found.cells.index).groupby(found.cells).nunique(dropna=False)
    spots = keep_apart(spots, asked.apart)
    history = cell_history(scene)
    table = describe(
        spots, scene.crimes, scene.grid, scene.periods, expected_crimes=outlook.crimes, expected_harm=outlook.harm,
        harm=scene.harm, wards=scene.ward, areas=given.wards, rank_by=settings.rank_by,
        classes=None if history is None else history.table["hot"], seed=given.seed,
    )  # fmt: skip
    return Chosen(spots, table, int((owners > 1).sum()), least)


def _found(
    scene: Scene, outlook: Outlook, expected: pd.Series, method: str | None, rank_by: str
) -> tuple[Spots, float | None]:
    """Return the hot spots before streets are looked at, and the weight of a core where they come from the points."""
    if method is None:
        height = outlook.surface if outlook.shape.best == SMOOTH else expected
        return choose(expected, scene.grid, study=scene.study, shaped_by=height, **outlook.rules), None
    weights = scene.harm if rank_by == "harm" else None
    least = _least(scene, outlook, method, weights)
    return ranked_by(_clustered(scene, outlook, method, weights, least), expected, scene.grid, most=MOST), least


def _clustered(scene: Scene, outlook: Outlook, method: str, weights: pd.Series | None, least: float) -> Spots:
    return clusters(
        scene.crimes, scene.grid, scene.periods, study=scene.study, method=method, radius=scene.bandwidth / 2,
        least=least, max_area=outlook.rules["max_area"], weights=weights,
    )  # fmt: skip


def _least(scene: Scene, outlook: Outlook, method: str, weights: pd.Series | None) -> float:
    if method == "HDBSCAN":
        return LEAST_PLACES
    share, radius = outlook.rules["share"], scene.bandwidth / 2
    return core_weight(scene.crimes, scene.grid, study=scene.study, radius=radius, share=share, weights=weights)
