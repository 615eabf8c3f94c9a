"""Published values of surfaces and local statistics, each from its own few points."""

from collections.abc import Iterator
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.grid import Grid
from geodata.periods import Periods
from geodata.streets import Streets
from geodata.tables import TIME_ZONE, WORKING_CRS
from hotspots import generalised_gini, gini, kernel_density
from hotspots.chains import NetworkMethod
from hotspots.gistar import gistar_of_places
from hotspots.network_density import network_density
from hotspots.scan import space_time_scan
from hotspots.time_of_week import window_weights
from service.validation.value import Value, values

_STAR: Final[dict[NetworkMethod, str]] = {"simple": "0.0384", "discontinuous": "0.0128", "continuous": "0.0192"}
_MIDNIGHT: Final = pd.Timestamp("2024-01-01", tz=TIME_ZONE)


def crimes_at(x: list[float], y: list[float], day: list[int]) -> GeoDataFrame:
    """Return crimes at metres east and north, each so many days after the first."""
    moment = pd.Series(_MIDNIGHT + pd.to_timedelta(np.array(day) * 24, unit="h")).dt.as_unit("s")
    columns = {"occurred_from": moment, "occurred_to": moment, "precision": pd.Categorical(["day"] * len(x))}
    return GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs=WORKING_CRS)


def of_density() -> Iterator[Value]:
    """One crime's peak under the quartic kernel of 300 m, per km2."""
    grid = Grid(0.0, 0.0, 100.0, 5, 5)
    found = kernel_density(crimes_at([250.0], [250.0], [0]), grid, bandwidth=300.0)
    source = "Silverman (1986), equation 4.5: 3 / (pi h^2)"
    yield from values(
        "Kernel density, quartic", source, [("one crime at its own place, per km2", "10.6103", found.max())]
    )


def of_network_density() -> Iterator[Value]:
    """A crime 3 m from the junction of four arms of 5 m, seen 3 m along another."""
    arms = np.array([(5.0, 0.0), (0.0, 5.0), (-5.0, 0.0), (0.0, -5.0)])
    crime, source = crimes_at([3.0], [0.0], [0]), "Okabe & Sugihara (2012), chapter 9, on a star of four arms"
    for method, published in _STAR.items():
        found = network_density(crime, _star(arms), bandwidth=10.0, lixel=0.005, method=method).lixels
        beside = found[(found["edge"] == 1) & (found["start_m"] + found["length_m"] / 2 - 3.0).abs().lt(0.005)]
        rows = [("density 6 m from a crime, per m", published, beside["density"].mean() / 1000)]
        yield from values(f"Network density, {method}", source, rows)


def _star(arms: np.ndarray) -> Streets:
    ends, count = np.vstack(([(0.0, 0.0)], arms)), len(arms)
    return Streets(
        x=ends[:, 0], y=ends[:, 1], indptr=np.array([0, count, *range(count + 1, 2 * count + 1)]),
        indices=np.array([*range(1, count + 1), *[0] * count]), lengths=np.full(2 * count, 5.0),
        edge_of=np.array([*range(count), *(-edge - 1 for edge in range(count))]),
        vertices=np.array([end for arm in arms for end in ((0.0, 0.0), arm)]), offsets=np.arange(0, 2 * count + 1, 2),
        names=pd.Categorical(pd.array([None] * count, dtype="string")), crs=WORKING_CRS, sha256="", outside_share=0.0,
    )  # fmt: skip


def of_gistar() -> Iterator[Value]:
    """Six points with binary weights within 15 metres."""
    places = gpd.GeoSeries(gpd.points_from_xy([10, 20, 40, 15, 30, 30], [10, 10, 10, 20, 20, 30]), crs=WORKING_CRS)
    found = gistar_of_places(pd.Series([2, 3, 3.2, 5, 8, 7]), places, radius=15)
    z = ("-1.39727626", "-0.28917762", "0.65064964", "-0.28917762", "1.23452088", "2.02424331")
    p = ("0.08116526", "0.38622273", "0.25763634", "0.38622273", "0.10850443", "0.02147256")
    rows = [(f"z of point {at + 1}", z[at], found["z"].iloc[at]) for at in range(6)]
    rows += [(f"p of point {at + 1}, one-sided", p[at], found["p"].iloc[at]) for at in range(6)]
    yield from values("Gi*", "Getis & Ord (1996) as in the documentation of esda's G_Local", rows)


def of_the_scan() -> Iterator[Value]:
    """Ten of a hundred crimes where 26 fell at the place and 21 in the week."""
    at = [0.0] * 26 + [5000.0] * 74
    week = [7] * 10 + [0] * 16 + [7] * 11 + [0] * 63
    weeks = Periods(pd.date_range(_MIDNIGHT, periods=3, freq="7D").as_unit("s"), "week")
    found = space_time_scan(crimes_at(at, at, week), weeks, radii=(100.0,), longest=1, permutations=9, seed=0)
    rows = [("log likelihood ratio, 10 found and 5.46 expected of 100", "1.622161", found.clusters["llr"].iloc[0])]
    yield from values("Space-time permutation scan", "Kulldorff et al. (2005), its ratio by hand", rows)


def of_concentration() -> Iterator[Value]:
    """Five crimes at ten places: 3, 1, 1 and none."""
    counts = [3, 1, 1, *[0] * 7]
    rows = [("Gini", "0.78", gini(counts)), ("generalised Gini", "0.56", generalised_gini(counts))]
    yield from values("Concentration", "Bernasco & Steenbeek (2017)", rows)


def of_aoristic_weights() -> Iterator[Value]:
    """Two spans of hours beside the window from noon to four."""
    begins, ends = ["2024-06-03 08:00"] * 2, ["2024-06-03 16:00", "2024-06-03 13:00"]
    crimes = pd.DataFrame(
        {
            "occurred_from": pd.to_datetime(begins).tz_localize(TIME_ZONE),
            "occurred_to": pd.to_datetime(ends).tz_localize(TIME_ZONE),
            "precision": pd.Categorical(["instant"] * 2),
        }
    )
    found = window_weights(crimes, 720, 960)
    rows = [("08:00 to 16:00", "0.5", found.iloc[0]), ("08:00 to 13:00", "0.2", found.iloc[1])]
    yield from values("Aoristic weight, 12:00 to 16:00", "Ratcliffe (2000)", rows)
