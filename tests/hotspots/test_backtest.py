import json
import sys

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from geodata.periods import Periods
from hotspots import METHODS, backtest, forecast, hit_rate
from hotspots.scoring import Score, compactness, jaccard
from hotspots.verdict import best_baseline, chosen, prequential
from tests.hotspots import small

SIMPLE = ("raw count", "last period", "density")


def steady_town(weeks=10, seed=0):
    """Crime that keeps to its places: 12 lasting spots and a scatter."""
    rng = np.random.default_rng(seed)
    spots = rng.uniform(200, [1800, 1300], (12, 2))
    size = 120 * weeks
    points = spots[rng.integers(0, 12, size)] + rng.normal(0, 40, (size, 2))
    scatter = rng.random(size) < 0.2
    points[scatter] = rng.uniform(0, [2000, 1500], (scatter.sum(), 2))
    return small.crimes(points[:, 0], points[:, 1], day=rng.uniform(0, 7 * weeks, size))


def run(crimes, weeks, **changes):
    grid = small.grid()
    arguments = {"study": np.ones(grid.size, dtype=bool), "share": 0.05, "bandwidth": 150.0} | changes
    arguments.setdefault("methods", SIMPLE)  # what is tested here is the back-test, not the methods
    return backtest(crimes, grid, small.weeks(weeks), **arguments)


def test_scores_are_those_of_a_forecast_made_by_hand():
    crimes = steady_town()
    found = run(crimes, 10, origins=1)
    early, late = small.weeks(9), small.weeks(10)
    grid = small.grid()
    last = crimes[late.number(crimes) == 9]
    cells = grid.cell_of(last.geometry.x, last.geometry.y)
    observed = np.bincount(cells[cells >= 0], minlength=grid.size)
    for row in found.scores.itertuples():
        expected = forecast(crimes, grid, early, method=row.method, bandwidth=150.0)
        assert row.hit_rate == hit_rate(expected, observed, share=0.05)
        assert row.crimes == observed.sum()
        assert row.origin == late.labels[9]
    assert found.scores["method"].tolist() == list(SIMPLE)


def test_the_last_periods_are_forecast_one_by_one():
    found = run(steady_town(), 10, origins=4)
    assert sorted(set(found.scores["origin"])) == small.weeks(10).labels[6:]
    assert (found.summary["origins"] == 4).all()


def test_harm_is_scored_on_the_map_of_harm():
    crimes = steady_town()
    plain = run(crimes, 10)
    weighed = run(crimes, 10, harm=pd.Series(3.0, index=crimes.index))
    assert plain.scores["harm_hit_rate"].isna().all()
    assert np.allclose(weighed.scores["harm_hit_rate"], weighed.scores["hit_rate"])
    assert np.allclose(weighed.scores["hit_rate"], plain.scores["hit_rate"])
    assert np.allclose(weighed.scores["harm_pai"], weighed.scores["pai"])


def test_the_future_cannot_leak_into_a_forecast():
    crimes = steady_town()
    late = small.weeks(10).number(crimes) == 9
    moved = crimes.copy()
    moved.loc[late, "geometry"] = moved.loc[late].geometry.translate(150, 150)
    one, other = run(crimes, 10, origins=2).scores, run(moved, 10, origins=2).scores
    first = one["origin"] == one["origin"].min()
    pd.testing.assert_frame_equal(one[first], other[first])


def test_where_crime_keeps_to_its_cells_nothing_beats_the_raw_count():
    x, y = np.tile([[50.0], [950.0]], 200), np.tile([[50.0], [750.0]], 200)
    crimes = small.crimes(x.ravel(), y.ravel(), day=np.arange(400) % 70)
    found = run(crimes, 10, share=2 / 300)
    assert found.best == "raw count"
    assert found.sentence.startswith("Nothing beats the raw count: over 6 weeks forecast, the raw count caught 100.0 %")


def test_where_crime_scatters_about_its_places_the_density_wins_and_the_sentence_says_by_how_much():
    rng = np.random.default_rng(1)
    size = 400
    points = np.array([1000, 700]) + rng.normal(0, 250, (size, 2))
    scatter = rng.random(size) < 0.3
    points[scatter] = rng.uniform(0, [2000, 1500], (scatter.sum(), 2))
    found = run(small.crimes(*points.T, day=rng.uniform(0, 140, size)), 20, share=0.15, bandwidth=300.0, origins=12)
    assert found.best == "density"
    row = found.summary.set_index("method").loc["density"]
    assert row["gain_low"] > 0
    assert f"{100 * row['gain']:.1f} percentage points more" in found.sentence
    assert found.note == ""


def test_intervals_hold_their_means_and_the_same_seed_gives_the_same_ones():
    found, again = run(steady_town(), 10, seed=3), run(steady_town(), 10, seed=3)
    pd.testing.assert_frame_equal(found.summary, again.summary)
    for measure in ("hit_rate", "pai", "gain"):
        low, mean, high = (found.summary[name] for name in (f"{measure}_low", measure, f"{measure}_high"))
        assert (low <= mean + 1e-12).all()
        assert (mean <= high + 1e-12).all()


@pytest.mark.parametrize("weeks", [1, 2])
def test_too_few_periods_give_an_empty_back_test_and_a_reason(weeks):
    found = run(steady_town(weeks), weeks)
    assert found.scores.empty
    assert found.summary.empty
    assert found.best == "density"
    assert f"it takes at least 3 weeks of crimes, and there are {weeks}" in found.note
    assert "could be tested" in found.sentence


def test_one_test_is_too_few_to_tell_and_says_so():
    found = run(steady_town(3), 3)
    assert found.best == "density"
    assert "Only 1 week forecast" in found.note
    assert found.summary["hit_rate_low"].isna().all()


def test_few_tests_are_said_to_be_few():
    assert "rest on only 4 weeks forecast" in run(steady_town(6), 6).note


def test_quiet_last_periods_leave_nothing_to_test():
    found = run(small.crimes([50.0, 60.0], [50.0, 50.0], day=np.array([0, 1])), 5)
    assert found.scores.empty
    assert "no crime was recorded" in found.note


def test_no_crime_at_all_is_no_crash():
    assert run(small.crimes([], []), 5).best == "density"


def test_the_share_reported_is_in_whole_cells():
    assert run(steady_town(), 10, share=0.0501).share == 15 / 300


@pytest.mark.parametrize("change", [{"share": 0.0}, {"origins": 0}, {"bandwidth": -1.0}])
def test_parameters_out_of_range_are_refused(change):
    with pytest.raises(InputError, match=f"`{next(iter(change))}` must be"):
        run(steady_town(), 10, **change)


def test_differences_are_paired_against_the_raw_count_and_the_best_baseline():
    found = run(steady_town(), 10, origins=5)
    rates = found.scores.pivot_table(index="origin", columns="method", values="pai")
    assert set(found.differences["against"]) == {"raw count", found.best_baseline}
    rows = found.differences[found.differences["measure"] == "pai"]
    assert (rows["trials"] == 5).all()
    for row in rows.itertuples():
        assert row.difference == pytest.approx((rates[row.method] - rates[row.against]).mean(), abs=1e-12)
        assert row.low_95 <= row.low_90 <= row.difference + 1e-12
        assert row.difference - 1e-12 <= row.high_90 <= row.high_95


def test_the_method_used_catches_as_much_as_every_baseline():
    for seed in range(4):
        found = run(steady_town(12, seed), 12, origins=8, seed=seed)
        held = found.summary.set_index("method")["pai"]
        assert held[found.best] >= held[found.best_baseline] == held[found.scores["method"].unique()[:3]].max()


def test_a_method_that_is_no_baseline_must_be_surely_better_than_the_best_of_them():
    rng = np.random.default_rng(0)
    rates = pd.DataFrame({"raw count": rng.normal(0.10, 0.01, 12)})
    rates["density"] = rates["raw count"] + 0.01
    rates["etas"] = rates["density"] + rng.normal(0.001, 0.02, 12)
    assert best_baseline(rates) == "density"
    assert chosen(rates, 0) == "density"
    assert chosen(rates.assign(etas=rates["density"] + 0.002), 0) == "etas"
    assert chosen(rates.assign(density=rates["raw count"], etas=rates["raw count"]), 0) == "raw count"


def test_choosing_anew_before_each_period_uses_no_later_one():
    # By hand: after three periods the density leads; from the fifth on it catches nothing, and only the sixth knows.
    raw = np.full(6, 0.2)
    rates = pd.DataFrame({"raw count": raw, "density": [0.4, 0.4, 0.4, 0.4, 0.0, 0.0]})
    assert prequential(rates, 0)["caught"] == pytest.approx((0.4 + 0.0 + 0.0) / 3)
    assert prequential(rates, 0)["gain"] == pytest.approx((0.2 - 0.2 - 0.2) / 3)
    assert prequential(rates.iloc[:3], 0) == dict.fromkeys(("caught", "gain", "gain_low", "gain_high")) | {"origins": 0}


def test_a_run_that_remembers_gives_the_same_and_works_nothing_out_again():
    kept, worked = {}, []

    def remember(method, origin, work):
        if (method, origin) not in kept:
            worked.append((method, origin))
            kept[method, origin] = Score.of_json(json.loads(json.dumps(work().as_json())))
        return kept[method, origin]

    crimes = steady_town()
    plain, first = run(crimes, 10, origins=3), run(crimes, 10, origins=3, remember=remember)
    once = len(worked)
    again = run(crimes, 10, origins=3, remember=remember)
    assert len(worked) == once == len(plain.scores)
    for found in (first, again):
        pd.testing.assert_frame_equal(found.scores, plain.scores, check_exact=True)
        pd.testing.assert_frame_equal(found.differences, plain.differences, check_exact=True)


def test_a_method_that_the_data_cannot_bear_is_left_out_with_the_reason(monkeypatch):
    module = sys.modules["hotspots.backtest"]  # the package has a function of that name
    monkeypatch.setattr(module, "bears", lambda name, _: "it needs days" if name == "last period" else "")
    found = run(steady_town(), 10, methods=["last period", "density"])
    assert found.not_run == {"last period": "it needs days"}
    assert found.summary["method"].tolist() == ["raw count", "density"]


def test_methods_are_those_asked_for_and_the_raw_count():
    assert run(steady_town(), 10, methods=["density"]).summary["method"].tolist() == ["raw count", "density"]
    assert run(steady_town(), 10, methods=["raw count"]).best == "raw count"
    with pytest.raises(InputError, match=r"`methods` must be among raw count, .* got 'oracle'"):
        run(steady_town(), 10, methods=["oracle"])


def test_street_is_scored_where_it_is_given():
    street = np.ones(300)
    found = run(steady_town(), 10, methods=["last period"], street=street)
    assert np.allclose(found.scores["pai_street"], found.scores["pai"])
    assert run(steady_town(), 10, methods=["last period"]).scores["pai_street"].isna().all()


def test_stability_and_compactness_by_hand():
    # A block of two by two cells: each of four has two of its four sides inside.
    assert compactness(np.array([0, 1, 20, 21]), small.grid()) == 0.5
    assert compactness(np.array([0, 19, 40]), small.grid()) == 0.0
    assert jaccard(np.array([1, 2, 3]), np.array([2, 3, 4])) == 0.5
    steady = run(small.crimes(np.repeat(50.0, 70), np.repeat(50.0, 70), day=np.arange(70)), 10, share=1 / 300)
    held = steady.scores[steady.scores["method"] == "raw count"]["jaccard"]
    assert held.isna().tolist() == [True, *[False] * 5]
    assert (held.iloc[1:] == 1.0).all()


def test_the_log_score_allows_for_a_first_crime_anywhere():
    x = np.append(np.repeat(50.0, 60), 1950.0)
    found = run(small.crimes(x, np.repeat(50.0, 61), day=np.append(np.arange(60.0), 69.0)), 10)
    assert np.isfinite(found.scores["log_score"]).all()


def test_periods_of_other_lengths_are_called_what_they_are():
    edges = pd.date_range("2024-01-01", periods=7, freq="14D", tz="Europe/London").as_unit("s")
    grid = small.grid()
    found = backtest(
        steady_town(12), grid, Periods(edges, "period"), study=np.ones(grid.size, bool), share=0.05, bandwidth=150.0,
        methods=SIMPLE,
    )  # fmt: skip
    assert "4 14-day periods forecast" in found.sentence


def test_every_method_there_is_runs_or_says_why_not():
    found = run(steady_town(6), 6, origins=1, methods=None)
    assert {*found.summary["method"], *found.not_run} == set(METHODS)
    assert all(found.not_run.values())
