"""The hit-rate curve: beside the hit rate of one share, at its ends, and of nothing."""

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.periods import Periods
from hotspots.evaluate import hit_rate, places_in
from hotspots.forecast.history import History
from hotspots.forecast.methods import METHODS
from hotspots.hit_curve import SHARES, hit_rate_curve
from tests.hotspots import small
from tests.hotspots.test_backtest import steady_town


@pytest.fixture(scope="module")
def scene():
    grid = small.grid()
    return steady_town(weeks=8), grid, small.weeks(8), np.arange(grid.size) % 7 != 0


def curve_of(scene, **more):
    crimes, grid, periods, study = scene
    asked = {"methods": ["raw count", "density"], "study": study, "bandwidth": 150.0, "origins": 3} | more
    return hit_rate_curve(crimes, grid, periods, **asked)


def test_at_each_share_it_is_the_mean_hit_rate_of_that_share(scene):
    crimes, grid, periods, study = scene
    curve = curve_of(scene)
    history = History.of(crimes, grid, periods, bandwidth=150.0, study=study)
    for method in ("raw count", "density"):
        held = curve[curve["method"] == method].set_index("share")["hit_rate"]
        for share in SHARES:
            rates = [
                hit_rate(METHODS[method](history.before(at))[study], history.during(at).per_cell()[study], share=share)
                for at in range(periods.size - 3, periods.size)
            ]
            cells = places_in(share, int(study.sum())) / study.sum()
            assert held[cells] == pytest.approx(np.mean(rates), abs=1e-12)


def test_it_starts_at_nothing_and_never_falls(scene):
    curve = curve_of(scene)
    for _, held in curve.groupby("method"):
        assert held.iloc[0][["share", "hit_rate"]].tolist() == [0.0, 0.0]
        assert (np.diff(held["hit_rate"]) >= 0).all()
        assert (held["low"] <= held["hit_rate"] + 1e-12).all()
        assert (held["hit_rate"] <= held["high"] + 1e-12).all()


def test_weights_are_what_is_caught(scene):
    crimes, *_ = scene
    doubled = curve_of(scene, weights=np.full(len(crimes), 2.0))
    pd.testing.assert_frame_equal(doubled, curve_of(scene))


def test_too_short_a_time_gives_an_empty_curve(scene):
    crimes, grid, periods, study = scene
    short = Periods(periods.edges[:3], periods.unit)
    assert curve_of((crimes, grid, short, study)).empty


def test_a_method_that_is_not_known_is_refused(scene):
    with pytest.raises(InputError, match="`methods` must be among"):
        curve_of(scene, methods=["tea leaves"])
