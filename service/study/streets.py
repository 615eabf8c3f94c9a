"""How crime thickens along the streets, and which stretches are hottest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from geopandas import GeoDataFrame

from hotspots.hot_streets import hot_streets
from hotspots.network_density import network_density
from service.analysis.scene import Scene
from service.reading.inputs import Inputs

HOT_STREETS: Final = 50  # ranked


@dataclass(frozen=True)
class AlongStreets:
    """What was found along the streets: layers, and what to know of them."""

    layers: Mapping[str, GeoDataFrame]
    note: str = ""


def along_streets(given: Inputs, scene: Scene) -> AlongStreets:
    """Return the density of every piece of street that any crime reaches, the hottest stretches, and what to know."""
    streets = given.streets
    if streets is None:
        return AlongStreets({})
    along = partial(
        network_density, scene.crimes, streets, bandwidth=scene.bandwidth, weeks=float(scene.periods.weeks.sum())
    )
    crimes, harm = along(), along(weights=scene.harm)
    table = crimes.lixels.rename(columns={"density": "crimes_per_km"}).assign(harm_per_km=harm.lixels["density"])
    reached = table["crimes_per_km"] > 0
    pieces = GeoDataFrame(table[reached], geometry=crimes.lines()[reached], crs=streets.crs)
    ranked_by = harm if given.profile.analysis.rank_by == "harm" else None
    hottest = hot_streets(crimes, harm=ranked_by, most=HOT_STREETS)
    return AlongStreets({"street_density": pieces.reset_index(drop=True), "hot_streets": hottest}, crimes.note)
