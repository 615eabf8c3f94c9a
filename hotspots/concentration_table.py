"""How far each type of crime gathers in few places, year by year: one table for a whole force."""

from typing import Any, Final

import numpy as np
import pandas as pd

from geodata import cast
from geodata.errors import InputError
from geodata.tables import TIME_ZONE
from hotspots.concentration import generalised_gini_interval, smallest_share
from hotspots.density import weights_of

LEAST_CRIMES: Final = 30  # of one type in one year; with fewer the interval is as wide as the scale
COLUMNS: Final = (
    "offence", "year", "crimes", "places", "share", "share_of_harm", "gini", "gini_low", "gini_high",
)  # fmt: skip


def concentration_table(
    crimes: pd.DataFrame,
    place: pd.Series,
    *,
    places: int,
    weights: Any = None,
    holding: float = 0.5,
    samples: int = 500,
    seed: int = 0,
) -> pd.DataFrame:
    """
    Return how far each type of crime gathers in few places, year by year, and all types and years together.

    Types and years with under 30 crimes are left out: a handful on thousands of places looks concentrated whatever
    happens. Published map points gather crime by themselves, so that only figures of the same source can be compared.

    Parameters
    ----------
    crimes : table of crimes
    place : number or name of the place of each crime, `<NA>` for none, indexed like `crimes`
        A cell, a street segment, premises.
    places : number of places there are, those without crime included
    weights : at least 0, one per crime, by default 1 each
        Harm, for `share_of_harm`.
    holding : share of the whole, above 0 to 1
    samples, seed : of the interval

    Returns
    -------
    table : offence, year ("all" stands for all of either), crimes, places (with any), share (of all places, the
        smallest that holds `holding` of the crimes), share_of_harm (the same for the weights), gini (generalised),
        gini_low, gini_high (90 % interval)

    Raises
    ------
    InputError
        If `place` or `weights` is not one per crime, crimes lie in more than `places`, or a parameter is out of range.
    """
    heavy = weights_of(weights, crimes)
    if not place.index.equals(crimes.index):
        raise InputError("`place` must have the index of the crimes, got a Series with another one.")
    code, names = pd.factorize(place)
    if cast.whole(places, "places", 1) < len(names):
        raise InputError(f"`places` must be at least the number of places with crime ({len(names)}), got {places}.")
    rows = pd.DataFrame({"offence": crimes["offence"].astype(str).array, "place": code, "harm": heavy})
    began = pd.DatetimeIndex(crimes["occurred_from"])
    rows["year"] = (began.tz_convert(TIME_ZONE) if began.tz else began).year.astype(str)
    rows = rows[rows["place"] >= 0]
    parts = [("all", "all", rows)]
    parts += [(str(kind), "all", part) for kind, part in rows.groupby("offence", sort=True)]
    parts += [("all", str(year), part) for year, part in rows.groupby("year", sort=True)]
    parts += [(str(kind), str(year), part) for (kind, year), part in rows.groupby(["offence", "year"], sort=True)]
    kept = [part for part in parts if len(part[2]) >= LEAST_CRIMES]
    return pd.DataFrame(
        [_concentration(*part, places, holding, samples, seed) for part in kept],
        columns=list(COLUMNS),
    )


def _concentration(
    offence: str, year: str, rows: pd.DataFrame, places: int, holding: float, samples: int, seed: int
) -> tuple[Any, ...]:
    at = rows["place"].to_numpy()
    counts = np.bincount(at, minlength=places).astype(np.float64)
    harm = np.bincount(at, weights=rows["harm"].to_numpy(), minlength=places)
    found = generalised_gini_interval(counts, samples=samples, seed=seed)
    shares = (smallest_share(part, holding=holding) for part in (counts, harm))
    return (offence, year, len(rows), int((counts > 0).sum()), *shares, found.value, found.low, found.high)
