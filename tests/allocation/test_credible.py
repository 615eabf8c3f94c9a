"""How far a place's mean harm is believed: the estimator by hand, and laws."""

import numpy as np
import pandas as pd
import pytest

from allocation.credible import credible_share
from geodata.errors import InputError


def places(*counts: int) -> pd.Series:
    return pd.Series(np.repeat([f"P{number}" for number in range(len(counts))], counts), dtype="string")


def test_the_estimator_is_worked_out_by_hand() -> None:
    # within places the variance is 2, between them (2 * 4 + 2 * 4 - 2) / 2 = 7
    share = credible_share([1, 3, 5, 7], places(2, 2), ["P0", "P1"])
    z = 2 / (2 + 2 / 7)
    assert share == pytest.approx([(4 - 2 * z) / 2, (4 + 2 * z) / 6])


@pytest.mark.parametrize("seed", range(4))
def test_places_that_differ_by_chance_alone_are_given_the_same_mean(seed) -> None:
    rng = np.random.default_rng(seed)
    where = places(*rng.integers(5, 40, 30))
    harm = rng.gamma(0.2, 100.0, len(where))
    names = sorted(set(where))
    own = pd.Series(harm).groupby(where.to_numpy()).mean().reindex(names).to_numpy()
    eased = credible_share(harm, where, names) * own
    assert eased.std() < 0.5 * own.std()
    assert credible_share(7 * harm, where, names) == pytest.approx(credible_share(harm, where, names))


def test_where_nothing_tells_places_apart_all_have_the_mean_of_all() -> None:
    assert credible_share([2.0, 4.0], places(1, 1), ["P0", "P1"]) == pytest.approx([1.5, 0.75])
    assert credible_share([2.0, 4.0], places(2), ["P0", "P1"]) == pytest.approx([1.0, 1.0])
    assert credible_share([5.0, 5.0, 5.0], places(2, 1), ["P0", "P1"]).tolist() == [1.0, 1.0]
    assert credible_share([], places(), ["P0"]).tolist() == [1.0]
    assert credible_share([0.0, 0.0], places(1, 1), ["P0", "P1"]).tolist() == [1.0, 1.0]


def test_crimes_elsewhere_do_not_count_and_harm_below_nothing_is_refused() -> None:
    where = pd.concat([places(2, 2), pd.Series([pd.NA], dtype="string")], ignore_index=True)
    assert credible_share([1, 3, 5, 7, 900], where, ["P0", "P1"]) == pytest.approx(
        credible_share([1, 3, 5, 7], places(2, 2), ["P0", "P1"])
    )
    with pytest.raises(InputError, match="harm"):
        credible_share([-1.0], places(1), ["P0"])
