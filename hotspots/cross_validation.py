"""
How wide to smooth: two cross-validations, each with the whole curve it was chosen from.

Both ask how well the density of the other crimes foretells each crime; they need true positions and are refused on
published map points.

References
----------
.. [1] Habbema, J. D. F., Hermans, J. & van den Broek, K. (1974). A stepwise discriminant analysis program using
   density estimation. COMPSTAT 1974, 101-110; Duin, R. P. W. (1976). IEEE Transactions on Computers C-25, 1175-1179.
.. [2] Rudemo, M. (1982). Empirical choice of histograms and kernel density estimators. Scandinavian Journal of
   Statistics 9, 65-78; Bowman, A. W. (1984). Biometrika 71, 353-360.
.. [3] Schuster, E. F. & Gregory, G. G. (1981). On the nonconsistency of maximum likelihood nonparametric density
   estimators. Computer Science and Statistics: 13th Symposium on the Interface, 295-298.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from geodata.tables import WORKING_CRS
from hotspots._kernels.neighbours import Places, places_of, quartic_at_places, separations
from hotspots.bandwidth import Bandwidth, count_places, positions, rule_of_thumb

CANDIDATES: Final = 40
NARROWEST: Final = 1.0 / 64.0  # of the widest candidate, the normal reference
ANYWHERE: Final = 0.01  # one crime in a hundred may fall anywhere, or one lonely farm would set the bandwidth
BINS: Final = 32_768  # of distance; 256 to the narrowest candidate, within 0.001 % of the exact sum
NODES: Final = 24  # of Gauss and Legendre: exact to the last digits for the overlap of two kernels


def likelihood_bandwidth(
    crimes: GeoDataFrame,
    *,
    candidates: Sequence[float] | None = None,
    anywhere: float = ANYWHERE,
    study_area_m2: float | None = None,
    crs: str = WORKING_CRS,
) -> Bandwidth:
    """
    Return the bandwidth under which the other crimes foretell each crime best, by its likelihood [1]_.

    The score is the mean of log((1 - e) f_-i(x_i) + e / A): f_-i is the density of all crimes but those on the same
    place as crime i (left out together, or the best bandwidth would be zero), e the share of crimes that may
    fall `anywhere` in the area A. Without e, one crime far from every other forbids every bandwidth that does not
    reach it [3]_. The greatest score on the candidates wins, the wider one of equals.

    Parameters
    ----------
    crimes : points in `crs`, at true positions
    candidates : metres, by default 40 in equal ratios from 1/64 of the normal reference up to it
    anywhere : share of the crimes, 0 to below 1
    study_area_m2 : square metres of A, by default the box that holds all crimes
    crs : working CRS, in metres

    Returns
    -------
    Bandwidth
        Scores are natural logs per square metre, -inf where a crime has no other within the bandwidth and e is 0.

    Raises
    ------
    InputError
        If any crime lies on a published map point, fewer than two places hold crime, an argument breaks its rule, or
        no candidate has a finite score.
    """
    x, y, radii = _exact(crimes, crs, candidates)
    share = cast.within(anywhere, "anywhere", 0, 1)
    if share == 1:
        raise InputError("`anywhere` must be below 1, got 1: no crime would then tell anything of another.")
    area = _box(x, y) if study_area_m2 is None else cast.above_zero(study_area_m2, "study_area_m2", "square metres")
    scores = np.array([_likelihood(x, y, radius, share, area) for radius in radii])
    return _chosen("likelihood cross-validation", radii, scores, x, y)


def least_squares_bandwidth(
    crimes: GeoDataFrame, *, candidates: Sequence[float] | None = None, crs: str = WORKING_CRS
) -> Bandwidth:
    """
    Return the bandwidth whose density is nearest to the true one, by the squared error integrated over space [2]_.

    The score is 2 / n sum of f_-i(x_i) less the integral of f^2 (the usual criterion, its sign turned): f_-i is the
    density of all crimes but those on the same place as crime i. Errors count as squares, so dense places rule: it
    tends to bandwidths narrower than the likelihood's. The integral is over the whole plane, summed by the distance
    of pairs in 32,768 classes, within 0.001 % of the exact sum. A hundred thousand crimes over 50 km take seconds.

    Parameters
    ----------
    crimes : points in `crs`, at true positions
    candidates : metres, by default 40 in equal ratios from 1/64 of the normal reference up to it
    crs : working CRS, in metres

    Returns
    -------
    Bandwidth
        Scores are per square metre.

    Raises
    ------
    InputError
        If any crime lies on a published map point, fewer than two places hold crime, or an argument breaks its rule.
    """
    x, y, radii = _exact(crimes, crs, candidates)
    agreement = np.array([_agreement(x, y, radius) for radius in radii])
    return _chosen("least-squares cross-validation", radii, 2.0 * agreement - _roughness(x, y, radii), x, y)


def _exact(
    crimes: GeoDataFrame, crs: str, candidates: Sequence[float] | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return x, y and the candidates, or refuse: cross-validation on map points finds the spacing of the points."""
    if "place_kind" in crimes:
        snapped = int((crimes["place_kind"] == "map point").sum())
        if snapped:
            raise InputError(
                f"Cross-validation needs true positions, got {snapped:,} of {len(crimes):,} crimes on published map "
                "points: it would find the spacing of the map points, not of crime; take the normal reference or the "
                "bandwidth that would have caught most."
            )
    x, y = positions(crimes, crs)
    if candidates is None:
        widest = rule_of_thumb(x, y)
        return x, y, np.geomspace(NARROWEST * widest, widest, CANDIDATES)
    return x, y, _ascending(candidates)


def _ascending(candidates: Sequence[float]) -> FloatArray:
    if len(candidates) == 0:
        raise InputError("`candidates` must hold at least one bandwidth, got none.")
    return np.unique([cast.above_zero(candidate, "candidates", "metres") for candidate in candidates])


def _box(x: FloatArray, y: FloatArray) -> float:
    """Return the area of the box about the points; a line of points is given a width of one metre."""
    return float(max(np.ptp(x), 1.0) * max(np.ptp(y), 1.0))


def _left_out(x: FloatArray, y: FloatArray, radius: float) -> tuple[Places, FloatArray]:
    """Return the places and, at each, the density of the crimes of all other places."""
    places = places_of(x, y, np.ones_like(x), radius)
    own = 3.0 / (np.pi * radius * radius) * places.weights
    others = np.maximum(quartic_at_places(places, radius) - own, 0.0)
    others[others < 1e-12 * own] = 0.0  # what is left where no other place is in reach is rounding
    return places, others / (x.size - places.weights)


def _likelihood(x: FloatArray, y: FloatArray, radius: float, anywhere: float, area: float) -> float:
    places, density = _left_out(x, y, radius)
    mixed = (1.0 - anywhere) * density + anywhere / area
    with np.errstate(divide="ignore"):  # log 0 is the score that is meant
        return float((places.weights * np.log(mixed)).sum() / x.size)


def _agreement(x: FloatArray, y: FloatArray, radius: float) -> float:
    places, density = _left_out(x, y, radius)
    return float((places.weights * density).sum() / x.size)


def _roughness(x: FloatArray, y: FloatArray, radii: FloatArray) -> FloatArray:
    """Return the integral of the squared density over the plane for each bandwidth."""
    reach = 2.0 * float(radii[-1])
    places = places_of(x, y, np.ones_like(x), reach)
    pairs, metres = separations(places, reach, BINS)
    filled = pairs > 0
    pairs, apart = pairs[filled], metres[filled] / pairs[filled]
    alone = float((places.weights**2).sum()) * kernel_overlap(np.zeros(1))[0]
    within = np.searchsorted(apart, 2.0 * radii)
    sums = [
        alone + 2.0 * float((pairs[:k] * kernel_overlap(apart[:k] / radius)).sum())
        for radius, k in zip(radii, within, strict=True)
    ]
    return np.array(sums) / (radii * x.size) ** 2


def kernel_overlap(apart: FloatArray) -> FloatArray:
    """
    Return the integral over the plane of the product of two quartic kernels of radius 1, `apart` radii from each other.

    Half of their lens is cut into strips across the line between the centres, the strip of angle t at cos t from the
    far centre; along a strip the integral is a polynomial, over the strips a quadrature exact to rounding.
    """
    near = np.minimum(apart, 2.0)[:, None]
    nodes, parts = np.polynomial.legendre.leggauss(NODES)
    widest = np.arccos(0.5 * near)
    angle = 0.5 * widest * (nodes + 1.0)
    squared = np.sin(angle) ** 2
    rest = near * (2.0 * np.cos(angle) - near)
    # Integrals of (1 - v^2)^k over -1 to 1: 16/15, 32/35 and 256/315 for k = 2, 3 and 4.
    across = squared**2 * 256.0 / 315.0 + 2.0 * squared * rest * 32.0 / 35.0 + rest**2 * 16.0 / 15.0
    lens = (0.5 * widest * parts * 2.0 * squared**3 * across).sum(axis=1)
    overlap: FloatArray = (3.0 / np.pi) ** 2 * lens
    return overlap


def _chosen(method: str, radii: FloatArray, scores: FloatArray, x: FloatArray, y: FloatArray) -> Bandwidth:
    if not np.isfinite(scores).any():
        raise InputError(
            f"At least one candidate must reach another crime from every crime, got none up to {radii[-1]:g} metres; "
            "take wider candidates, or an `anywhere` above 0."
        )
    best = radii.size - 1 - int(np.argmax(scores[::-1]))
    curve = pd.DataFrame({"bandwidth": radii, "score": scores})
    return Bandwidth(float(radii[best]), method, curve, x.size, count_places(x, y), _limit(radii, best))


def _limit(radii: FloatArray, best: int) -> str:
    if radii.size > 1 and best == 0:
        return "The narrowest candidate is the best: crime may gather more closely than any candidate tells."
    if radii.size > 1 and best == radii.size - 1:
        return "The widest candidate is the best: a wider one may be better still."
    return ""
