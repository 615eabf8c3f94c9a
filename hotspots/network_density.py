"""Network density: how crime thickens along the streets, told by length of street and not by area."""

from dataclasses import dataclass
from typing import Any, Final, get_args

import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.streets import Streets
from hotspots.chains import ChainedStreets, NetworkKernel, NetworkMethod, lixel_mass
from hotspots.density import weights_of
from hotspots.lixels import CutStreets

LIXEL: Final = 50.0  # metres
METRES_PER_KM: Final = 1_000.0
MOST_BANDWIDTH_M: Final = 10_000.0


@dataclass(frozen=True, eq=False)
class NetworkDensity:
    """
    The density of crime along streets, and what it was made from.

    Parameters
    ----------
    lixels : table
        Per lixel: `edge` of the streets, `street` (name, may be missing), `start_m` from the beginning of the edge,
        `length_m`, and `density`: crimes, or harm, per kilometre of street and week.
    edge : one per crime, in the order of the crimes
        The edge on which it lies, -1 where no street is near enough.
    weight, weight_left_out : crimes, or harm
        Of the crimes on the streets and of those left out; their sum is that of all crimes given.
    cut : the streets and their lixels
    bandwidth, snap : metres
    weeks : over which the crimes were counted
    method, kernel : names
    """

    lixels: pd.DataFrame
    edge: IntArray
    weight: float
    weight_left_out: float
    cut: CutStreets
    bandwidth: float
    snap: float
    weeks: float
    method: NetworkMethod
    kernel: NetworkKernel

    @property
    def left_out(self) -> int:
        """The number of crimes that no street is near enough to."""
        return int((self.edge < 0).sum())

    @property
    def mass(self) -> FloatArray:
        """Crimes, or harm, per lixel over the whole time: the integral of the density."""
        return (self.lixels["density"] * self.lixels["length_m"]).to_numpy() / METRES_PER_KM * self.weeks

    @property
    def overcount(self) -> float:
        """How often each crime is counted: 1 for the equal-split kernels, mostly 2 to 4 for the simple kernel."""
        return float(self.mass.sum() / self.weight) if self.weight > 0 else 1.0

    @property
    def note(self) -> str:
        """Say how many crimes lie on no street, and what the simple kernel does."""
        far = f"{self.left_out:,} of {len(self.edge):,} crimes lie more than {self.snap:g} metres from any street"
        near = f"All {len(self.edge):,} crimes lie within {self.snap:g} metres of a street."
        sentence = f"{far} and were left out." if self.left_out else near
        if self.method != "simple":
            return sentence
        return f"{sentence} The simple kernel counts each crime {self.overcount:.1f} times over on these streets."

    def lines(self) -> GeoSeries:
        """Return the course of each lixel, indexed like `lixels`."""
        return self.cut.lines()


def network_density(
    crimes: GeoDataFrame,
    streets: Streets,
    *,
    bandwidth: float,
    lixel: float = LIXEL,
    method: NetworkMethod = "continuous",
    kernel: NetworkKernel = "quartic",
    weights: Any = None,
    weeks: float = 1.0,
    snap: float = 100.0,
) -> NetworkDensity:
    """
    Return the density of crime along the streets, as its exact mean over each lixel.

    Each crime moves to the nearest place on a street and spreads along the streets as k(d) = 15/16 (1 - d^2/b^2)^2 / b,
    d the distance walked, b the bandwidth. How it passes a junction of n arms is the method [1]_ [2]_:

    - "simple": k of the shortest way, the same on every arm. Each crime is counted more than once: for comparison only.
    - "discontinuous": a path goes on along each of the n - 1 other arms with 1 / (n - 1) of its share.
    - "continuous": along each other arm with 2 / n of its share, and back with 2 / n - 1, which is negative from n = 3.

    For the latter two the density is the sum over all paths shorter than b, not only the shortest, and a dead end sends
    a path back whole; so each crime adds exactly 1, on networks with rings, loops and dead ends too. The streets' edge
    is a dead end: crime beyond it is not known.

    Neither the order of the rows nor the number of threads changes a bit of the answer. Paths that come to one place
    within a 2,048th of the bandwidth of one another go on together, with the moments of their lengths: the answer
    stays exact but for such as end there, which is within 1e-8 of the highest density for the quartic kernel, and the
    number of paths, which doubles with every junction, does not matter.

    Parameters
    ----------
    crimes : points in the CRS of `streets`
        One row per crime.
    streets : network
    bandwidth : metres along the streets
        Reach of a crime: the greater, the smoother and the longer the hot streets.
    lixel : metres
        Longest piece of street that gets a figure of its own; each edge is cut into equal lixels.
    method : "continuous", "discontinuous" or "simple"
    kernel : "quartic", "epanechnikov", "triangular" or "uniform"
        The smoother its end, the more exact the sum over many paths: take "uniform" for comparison only.
    weights : at least 0, one per crime, by default 1 each
        Harm, for instance. A Series must have the index of `crimes`.
    weeks : length of the time covered by `crimes`
        The density is per week; by default it is over the whole time.
    snap : metres
        Farthest that a crime may lie from a street; what lies farther is left out, and told.

    Raises
    ------
    InputError
        If `bandwidth`, `lixel`, `weeks` or `snap` is not above 0, `bandwidth` is above 10,000, `method` or `kernel` is
        unknown, `weights` is negative, missing or not one per crime, or `crimes` is in another CRS than `streets` or
        not all points.

    References
    ----------
    .. [1] Okabe, A., Satoh, T. & Sugihara, K. (2009). A kernel density estimation method for networks, its
       computational method and a GIS-based tool. International Journal of Geographical Information Science 23(1), 7-32.
    .. [2] Okabe, A. & Sugihara, K. (2012). Spatial Analysis along Networks. Wiley, chapter 9.
    .. [3] McSwiggan, G., Baddeley, A. & Nair, G. (2017). Kernel density estimation on a linear network. Scandinavian
       Journal of Statistics 44, 324-345: the sums over all paths.
    """
    bandwidth, lixel = cast.above_zero(bandwidth, "bandwidth", "metres"), cast.above_zero(lixel, "lixel", "metres")
    cast.within(bandwidth, "bandwidth", 0.0, MOST_BANDWIDTH_M)
    weeks, snap = cast.above_zero(weeks, "weeks"), cast.above_zero(snap, "snap", "metres")
    one_of(method, "method", get_args(NetworkMethod))
    one_of(kernel, "kernel", get_args(NetworkKernel))
    x, y = cast.coordinates(crimes, streets.crs)
    values = weights_of(weights, crimes)
    cut = CutStreets.of(streets, lixel)
    places = cut.nearest(x, y, snap)
    chained = ChainedStreets.of(cut)
    events = chained.events(places, values, bandwidth)
    mass = lixel_mass(chained, events, bandwidth, method=method, kernel=kernel)
    on = places.edge >= 0
    return NetworkDensity(
        lixels=_table(cut, mass / weeks),
        edge=places.edge,
        weight=float(values[on].sum()),
        weight_left_out=float(values[~on].sum()),
        cut=cut,
        bandwidth=bandwidth,
        snap=snap,
        weeks=weeks,
        method=method,
        kernel=kernel,
    )


def one_of(value: str, name: str, allowed: tuple[str, ...]) -> None:
    """Refuse what is not among the names allowed."""
    if value not in allowed:
        raise InputError(f"`{name}` must be one of {', '.join(allowed)}, got {value!r}.")


def _table(cut: CutStreets, mass: FloatArray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "edge": cut.edge,
            "street": cut.streets.names.take(cut.edge),
            "start_m": cut.length_m * cut.nth,
            "length_m": cut.length_m,
            "density": mass / (cut.length_m / METRES_PER_KM),
        }
    )
