"""
How good a forecast was: what share of the next crime its flagged places caught, and at what price in area.

Every measure takes one prediction and one observed number per place, over places of equal area (the cells of the
study area), flags the highest-ranked whole places that fit into `share` of them, and breaks ties against the
forecast: of places predicted alike, those that had the least come first. Observed harm in place of observed crime
gives the same measures of harm.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln, xlogy

from geodata import cast
from geodata.cast import FloatArray
from geodata.errors import InputError
from hotspots._flagged import flagged, ratio


def hit_rate(predicted: ArrayLike, observed: ArrayLike, *, share: float) -> float:
    """
    Return the share of what was observed that lies in the places flagged.

    Parameters
    ----------
    predicted : any unit, one per place
        Only its order matters.
    observed : at least 0, one per place
        Crimes or harm in the time forecast.
    share : share of the places that may be flagged, above 0 to 1
        Rounded down to whole places, but at least one.

    Returns
    -------
    hit rate : 0 to 1, NaN where nothing was observed

    Raises
    ------
    InputError
        If the two are not of one length, hold other than finite numbers, or `share` is not in (0, 1].
    """
    guess, truth = _pair(predicted, observed)
    return ratio(_caught(guess, truth, places_in(share, guess.size)), float(truth.sum()))


def predictive_accuracy_index(predicted: ArrayLike, observed: ArrayLike, *, share: float) -> float:
    """
    Return the hit rate over the share of the area flagged: PAI = (n / N) / (a / A) [1]_.

    1 is what places taken at random would reach. Whole places are flagged, so a is what was taken, not `share`.

    Parameters
    ----------
    predicted : any unit, one per place
    observed : at least 0, one per place
        Crimes, or harm for the harm-PAI.
    share : share of the places that may be flagged, above 0 to 1

    Returns
    -------
    PAI : ratio, NaN where nothing was observed

    Raises
    ------
    InputError
        As for `hit_rate`.

    References
    ----------
    .. [1] Chainey, S., Tompson, L. & Uhlig, S. (2008). The utility of hotspot mapping for predicting spatial
       patterns of crime. Security Journal 21, 4-28.
    """
    places = np.size(observed)
    return hit_rate(predicted, observed, share=share) * places / places_in(share, places)


def predictive_efficiency_index(predicted: ArrayLike, observed: ArrayLike, *, share: float) -> float:
    """
    Return what was caught over the most that as many places could have caught: PEI* = n / n* [1]_.

    Parameters
    ----------
    predicted : any unit, one per place
    observed : at least 0, one per place
    share : share of the places that may be flagged, above 0 to 1

    Returns
    -------
    PEI* : 0 to 1, NaN where nothing was observed

    Raises
    ------
    InputError
        As for `hit_rate`.

    References
    ----------
    .. [1] Hunt, J. M. (2016). Do crime hot spots move? Exploring the effects of the modifiable areal unit problem
       and modifiable temporal unit problem on crime hot spot stability. Measure used by the National Institute of
       Justice, Real-Time Crime Forecasting Challenge (2017).
    """
    guess, truth = _pair(predicted, observed)
    places = places_in(share, guess.size)
    return ratio(_caught(guess, truth, places), _caught(truth, truth, places))


def recapture_rate_index(predicted: ArrayLike, observed: ArrayLike, *, share: float) -> float:
    """
    Return what was predicted in the places flagged over what was observed in them: RRI = predicted / observed [1]_.

    1 is a forecast of the right height; below 1, more came than was expected.

    Parameters
    ----------
    predicted : in the unit of `observed`, one per place
    observed : at least 0, one per place
    share : share of the places that may be flagged, above 0 to 1

    Returns
    -------
    RRI : ratio, NaN where nothing was observed in the places flagged

    Raises
    ------
    InputError
        As for `hit_rate`.

    References
    ----------
    .. [1] Levine, N. (2008). The "hottest" part of a hotspot: comments on "The utility of hotspot mapping for
       predicting spatial patterns of crime". Security Journal 21, 295-302.
    """
    guess, truth = _pair(predicted, observed)
    places = places_in(share, guess.size)
    return ratio(_caught(guess, guess, places), _caught(guess, truth, places))


def street_accuracy_index(predicted: ArrayLike, observed: ArrayLike, street: ArrayLike, *, share: float) -> float:
    """
    Return the hit rate over the share of the street length in the places flagged: (n / N) / (l / L).

    Officers walk streets, not square kilometres: a map of town centres has a high PAI and much street to walk. Of
    places predicted alike those with the least observed come first, and of those the ones with the most street.

    Parameters
    ----------
    predicted : any unit, one per place
    observed : at least 0, one per place
    street : metres, at least 0, one per place
    share : share of the places that may be flagged, above 0 to 1

    Returns
    -------
    index : ratio, NaN where nothing was observed or no place flagged has a street

    Raises
    ------
    InputError
        As for `hit_rate`, or if `street` is not one number of at least 0 per place.
    """
    guess, truth = _pair(predicted, observed)
    metres = cast.weights(street, guess.size, "street")
    first = np.lexsort((-metres, truth, -guess))[: places_in(share, guess.size)]
    walked = ratio(float(metres[first].sum()), float(metres.sum()))
    return ratio(ratio(float(truth[first].sum()), float(truth.sum())), walked)


def poisson_log_score(expected: ArrayLike, observed: ArrayLike) -> float:
    """
    Return the mean logarithm of the chance that each place was given of what came: log of Poisson(observed; expected).

    Unlike the indices above it judges the height of the forecast too, everywhere, not only the order at the top. The
    greater the better; 0 is certainty. It is proper: no forecast does better on average than the truth [1]_.

    Parameters
    ----------
    expected : crimes, at least 0, one per place
        Minus infinity results where one came to a place with none expected.
    observed : crimes, at least 0, one per place

    Returns
    -------
    log score : natural logarithm, per place

    Raises
    ------
    InputError
        If the two are not of one length, or hold other than finite numbers of at least 0.

    References
    ----------
    .. [1] Gneiting, T. & Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and estimation. Journal of
       the American Statistical Association 102, 359-378.
    """
    mean, came = _pair(expected, observed)
    cast.weights(mean, mean.size, "expected")
    return float((xlogy(came, mean) - mean - gammaln(came + 1.0)).mean())


def places_in(share: float, places: int) -> int:
    """Return how many whole places fit into `share` of `places`, at least one."""
    if places < 1:
        raise InputError("At least one place is needed to evaluate a forecast, got none.")
    share = cast.within(cast.above_zero(share, "share"), "share", 0, 1)
    return max(1, int(share * places + 1e-9))


def _pair(predicted: ArrayLike, observed: ArrayLike) -> tuple[FloatArray, FloatArray]:
    guess = np.asarray(predicted, dtype=np.float64)
    truth = cast.weights(np.asarray(observed, dtype=np.float64), guess.size, "observed")
    if guess.ndim != 1 or not np.isfinite(guess).all():
        raise InputError("`predicted` must hold one finite number per place.")
    return guess, truth


def _caught(guess: FloatArray, truth: FloatArray, places: int) -> float:
    return flagged(guess, places).caught(truth)
