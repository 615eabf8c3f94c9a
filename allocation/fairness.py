"""Who is patrolled and who is harmed: shares of hours, of harm and of ground by group of areas or of people."""

from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError

DRAWS: Final = 999
_ENDS: Final = (0.05, 0.95)


def fairness_by_area(areas: pd.DataFrame, harm: ArrayLike, *, seed: int = 0) -> pd.DataFrame:
    """
    Return each group's share of patrol beside its share of the harm suffered there.

    Parameters
    ----------
    areas : columns group (missing where not known), hours (on the street), km2
    harm : shape (periods, areas), harm suffered in each period, in the order of `areas`
    seed : of the periods drawn for the interval

    Returns
    -------
    fairness : indexed by group, in order: areas, harm_share, hours_share, ground_share, ratio (hours_share over
        harm_share: 1 is in proportion), ratio_low, ratio_high
        The interval holds 90 % of draws of the periods with replacement: how far the ratio rests on which periods were
        looked at. A group without harm has no ratio.

    Raises
    ------
    InputError
        If no area has a group, or nothing was suffered.
    """
    suffered = np.atleast_2d(np.asarray(harm, dtype=np.float64))
    known = areas["group"].notna().to_numpy()
    if not known.any():
        raise InputError("Fairness must be between groups of areas, and no area's group is known.")
    group, names = pd.factorize(areas.loc[known, "group"], sort=True)
    shares = _shares(suffered[:, known], group, len(names))
    if not np.isfinite(shares[0]).all():
        raise InputError("Fairness must be held against harm, and none was suffered.")
    drawn = np.random.default_rng(seed).integers(0, len(suffered), (DRAWS, len(suffered)))
    low, high = np.nanquantile(_shares(suffered[:, known], group, len(names), drawn), _ENDS, axis=0)
    sums = areas.loc[known, ["hours", "km2"]].groupby(group).sum()
    hours, ground = (sums[name].to_numpy() / sums[name].sum() for name in ("hours", "km2"))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = [np.where(share > 0, hours / share, np.nan) for share in (shares[0], high, low)]
    table = {
        "areas": np.bincount(group, minlength=len(names)), "harm_share": shares[0], "hours_share": hours,
        "ground_share": ground, "ratio": ratios[0], "ratio_low": ratios[1], "ratio_high": ratios[2],
    }  # fmt: skip
    return pd.DataFrame(table, index=pd.Index(names, name="group"))


def fairness_by_people(people: pd.DataFrame, hours: ArrayLike, harm: ArrayLike) -> pd.DataFrame:
    """
    Return the patrol and the harm about a person of each group, beside those about anybody.

    People are taken to be as much patrolled, and harmed, as the area in which they live: this says where groups live,
    not whom officers meet.

    Parameters
    ----------
    people : one row an area, one column a group of people, counts; groups of one kind, which together are everybody
    hours, harm : per area, in the same order

    Returns
    -------
    fairness : indexed by group: people, patrol (hours a person over those of anybody), harm (likewise), ratio

    Raises
    ------
    InputError
        If a count is negative or missing, or nobody lives anywhere.
    """
    counts = people.to_numpy(dtype=np.float64)
    if not np.isfinite(counts).all() or (counts < 0).any() or not counts.sum():
        raise InputError("People must be counted as numbers of 0 or more, somebody among them.")
    living = counts.sum(axis=1)
    each = np.where(living > 0, 1 / np.where(living > 0, living, 1.0), 0.0)
    about = [_per_head(counts, np.asarray(sums, dtype=np.float64) * each, living) for sums in (hours, harm)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(about[1] > 0, about[0] / about[1], np.nan)
    table = {"people": counts.sum(axis=0), "patrol": about[0], "harm": about[1], "ratio": ratio}
    return pd.DataFrame(table, index=pd.Index(people.columns, name="group"))


def _per_head(counts: FloatArray, rate: FloatArray, living: FloatArray) -> FloatArray:
    total = counts.sum(axis=0)
    anybody = float(living @ rate) / float(living.sum())
    mine = np.where(total > 0, rate @ counts / np.where(total > 0, total, 1.0), np.nan)
    return np.asarray(mine / anybody if anybody > 0 else np.full(len(total), np.nan))


def _shares(harm: FloatArray, group: IntArray, groups: int, drawn: IntArray | None = None) -> FloatArray:
    """Return shares of the harm, one row a draw of periods; a single row of all of them where none is drawn."""
    by_group = np.stack([harm[:, group == number].sum(axis=1) for number in range(groups)], axis=1)
    sums = by_group.sum(axis=0)[None] if drawn is None else by_group[drawn].sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / sums.sum(axis=1, keepdims=True))
