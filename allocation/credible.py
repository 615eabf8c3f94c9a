"""How far a place's own mean harm can be believed: eased towards that of all places, as its few crimes ask."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.cast import FloatArray, IntArray, weights


def credible_share(harm: ArrayLike, place: pd.Series, places: Iterable[str]) -> FloatArray:
    """
    Return what each place's recorded harm is to be multiplied by to be believed.

    One grave offence in a place of ten crimes says little of the harm of the next ten. The mean harm of a crime in a
    place is eased towards that of all places by the credibility n / (n + k) of its n crimes, k the variance between
    crimes over the variance between places, both estimated without bias from the same crimes [1]_.

    Parameters
    ----------
    harm : of each crime, at least 0
    place : of each crime, in the same order; missing where it is in none
    places : all of them

    Returns
    -------
    share : one per place, in their order; 1 where nothing harmful was recorded

    Raises
    ------
    InputError
        If harm is below 0 or not finite.

    References
    ----------
    .. [1] Buhlmann, H., & Straub, E. (1970). Glaubwurdigkeit fur Schadensatze. Mitteilungen der Vereinigung
       Schweizerischer Versicherungsmathematiker 70, 111-133.
    """
    names = pd.Index(list(places))
    heavy, at = weights(harm, len(place), "harm"), names.get_indexer(pd.Index(place)).astype(np.int64)
    heavy, at = heavy[at >= 0], at[at >= 0]
    count = np.bincount(at, minlength=len(names)).astype(np.float64)
    own = np.bincount(at, weights=heavy, minlength=len(names))
    if not own.any():
        return np.ones(len(names))
    mean, overall = own / np.maximum(count, 1.0), own.sum() / count.sum()
    eased = overall + _credibility(heavy, at, count, mean, overall) * (mean - overall)
    return np.where(own > 0, eased / np.where(own > 0, mean, 1.0), 1.0)


def _credibility(heavy: FloatArray, at: IntArray, count: FloatArray, mean: FloatArray, overall: float) -> FloatArray:
    """Return how far each place's mean is believed, 0 to 1."""
    total, some = count.sum(), int((count > 0).sum())
    sizes = total - (count**2).sum() / total
    if total <= some or sizes <= 0:  # one crime a place, or one place: nothing tells places and crimes apart
        return np.zeros(len(count))
    within = float(((heavy - mean[at]) ** 2).sum()) / (total - some)
    between = (float((count * (mean - overall) ** 2).sum()) - (some - 1) * within) / sizes
    if between <= 0:
        return np.zeros(len(count))
    return np.asarray(count / (count + within / between))
