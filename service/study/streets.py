"""How crime thickens along the streets, and which stretches are hottest."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Self, get_args

from geopandas import GeoDataFrame

from geodata import cast
from geodata.errors import InputError
from hotspots.chains import NetworkMethod
from hotspots.hot_streets import hot_streets
from hotspots.network_density import LIXEL, network_density
from service.analysis.scene import Scene
from service.reading.inputs import Inputs

HOT_STREETS: Final = 50  # ranked
SPREADS: Final[tuple[NetworkMethod, ...]] = get_args(NetworkMethod)


@dataclass(frozen=True)
class Along:
    """
    How the density along the streets is made.

    Parameters
    ----------
    spread : how crime passes a junction
    lixel : longest piece of street, in metres, that gets a figure of its own
    """

    spread: NetworkMethod = "continuous"
    lixel: float = LIXEL

    @classmethod
    def of(cls, spread: str | None, lixel: float | None, *, network: bool) -> Self | None:
        """
        Return what `--spread` and `--lixel` ask for, None without `--network`.

        Raises
        ------
        InputError
            If either breaks its rule, or is given without `--network`.
        """
        for name, given in (("--spread", spread), ("--lixel", lixel)):
            if given is not None and not network:
                raise InputError(f"`{name}` is of the density along streets: give `--network` too.")
        method = next((name for name in SPREADS if name == (spread or "continuous")), None)
        if method is None:
            raise InputError(f"`--spread` must be one of {', '.join(SPREADS)}, got {spread}.")
        length = LIXEL if lixel is None else cast.above_zero(lixel, "--lixel", "metres")
        return cls(method, length) if network else None


@dataclass(frozen=True)
class AlongStreets:
    """What was found along the streets: layers, and what to know of them."""

    layers: Mapping[str, GeoDataFrame]
    note: str = ""


def along_streets(given: Inputs, scene: Scene, asked: Along) -> AlongStreets:
    """Return the density of every piece of street that any crime reaches, the hottest stretches, and what to know."""
    streets = given.streets
    if streets is None:
        return AlongStreets({})
    along = partial(
        network_density, scene.crimes, streets, bandwidth=scene.bandwidth, weeks=float(scene.periods.weeks.sum()),
        method=asked.spread, lixel=asked.lixel,
    )  # fmt: skip
    crimes, harm = along(), along(weights=scene.harm)
    table = crimes.lixels.rename(columns={"density": "crimes_per_km"}).assign(harm_per_km=harm.lixels["density"])
    reached = table["crimes_per_km"] > 0
    pieces = GeoDataFrame(table[reached], geometry=crimes.lines()[reached], crs=streets.crs)
    ranked_by = harm if given.profile.analysis.rank_by == "harm" else None
    hottest = hot_streets(crimes, harm=ranked_by, most=HOT_STREETS)
    note = f"Along the streets crime is spread by the {asked.spread} kernel. {crimes.note}".strip()
    return AlongStreets({"street_density": pieces.reset_index(drop=True), "hot_streets": hottest}, note)
