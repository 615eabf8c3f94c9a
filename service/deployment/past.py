"""What each ward suffered period by period: a run and its scenarios draw demand again from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from geodata.cast import FloatArray
from geodata.errors import InputError
from service.analysis.scene import Scene, long_periods

REPLICATES: Final = 50
COLUMNS: Final = ("period", "weeks", "ward", "harm")


@dataclass(frozen=True, eq=False)
class Past:
    """
    The periods (of four weeks, or months) that demand is drawn from.

    Parameters
    ----------
    harm : one row a period by its name, one column a ward by its code
    weeks : that each period lasted
    """

    harm: pd.DataFrame
    weeks: FloatArray

    @property
    def table(self) -> pd.DataFrame:
        """As a run keeps it: one row a period and ward, columns period, weeks, ward and harm."""
        periods, wards = self.harm.shape
        columns = (
            np.repeat(self.harm.index, wards), np.repeat(self.weeks, wards), np.tile(self.harm.columns, periods),
            self.harm.to_numpy().ravel(),
        )  # fmt: skip
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))

    def drawn(self, wards: pd.Series, *, seed: int, weights: Mapping[str, float]) -> FloatArray:
        """
        Return the harm a week that as many periods, drawn with replacement, would have given: replicates x wards.

        Parameters
        ----------
        wards : codes, in the order of the columns returned
        seed : of the periods drawn; these depend on nothing else
        weights : what a ward's harm counts for, by its code; 1 where it is not named
        """
        size = len(self.harm)
        drawn = np.random.default_rng(seed).integers(0, size, (REPLICATES, size))
        harm = self.harm[list(wards)].to_numpy(dtype=np.float64)
        by_week = harm[drawn].sum(axis=1) / self.weeks[drawn].sum(axis=1, keepdims=True)
        return np.asarray(by_week * [weights.get(ward, 1.0) for ward in wards], dtype=np.float64)


def past_of(scene: Scene, codes: pd.Series) -> Past:
    """Return the past of the wards with these codes, as far as it is analysed."""
    periods = long_periods(scene.periods)
    number, ward = periods.number(scene.crimes), pd.Index(codes).get_indexer(pd.Index(scene.ward))
    held = (number >= 0) & (ward >= 0)
    cell = number[held] * len(codes) + ward[held]
    sums = np.bincount(cell, weights=scene.harm.to_numpy()[held], minlength=periods.size * len(codes))
    harm = pd.DataFrame(sums.reshape(periods.size, len(codes)), periods.labels, list(codes))
    return Past(harm, periods.weeks.to_numpy(dtype=np.float64))


def past_from(table: pd.DataFrame, codes: pd.Series) -> Past:
    """
    Return the past that a run kept.

    Parameters
    ----------
    table : as `Past.table`
    codes : of the wards

    Raises
    ------
    InputError
        If it is not whole, or of other wards.
    """
    wards = len(codes)
    whole = (
        set(COLUMNS) <= set(table)
        and len(table) % max(wards, 1) == 0
        and (table["ward"].to_numpy().reshape(-1, wards) == codes.to_numpy()).all()
    )
    numbers = table[["weeks", "harm"]].to_numpy(dtype=np.float64) if whole else np.array([[-1.0]])
    if not (np.isfinite(numbers).all() and (numbers >= 0).all() and (numbers[:, 0] > 0).all()):
        raise InputError("The periods of a run must give every ward its harm in each, and do not.")
    harm, first = numbers[:, 1].reshape(-1, wards), slice(None, None, wards)
    return Past(pd.DataFrame(harm, list(table["period"][first]), list(codes)), numbers[first, 0])
