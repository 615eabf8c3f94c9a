"""Plans made before each of the last months as if these were not known, and judged by what then came."""

import json
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from allocation.compare import THIS_PLAN
from allocation.outturn import KEPT, PERFECT, SAME_PLACES
from geodata.errors import InputError
from service.analysis import scene as analysis
from service.deployment import backtest, backtest_patrols
from service.deployment.backtest import PlanTest, run_plan_test
from service.deployment.held_back import beside
from service.reading.inputs import Request

MEASURES = ("during", "weighted", "reached")


@pytest.fixture(scope="module")
def request_of(town_files, town, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("plans")
    base = town.bases.iloc[0]
    profile = folder / "profile.toml"
    profile.write_text(
        f'[posts]\ncsos = 8\n[[bases]]\nname = "A"\neasting = {base["x"]:.1f}\nnorthing = {base["y"]:.1f}\n'
        '[[shifts]]\nname = "day"\nstart = "08:00"\nend = "16:00"\n'
        '[[units]]\nbase = "A"\nshift = "day"\nrole = "constable"\npatrols = 2\n',
        encoding="utf-8",
    )

    def made(**others: object) -> Request:
        given = {"profile": profile, "streets": town_files.streets} | others
        return Request((str(town_files.police_uk),), town_files.areas, folder / "out", **given)

    return made


@contextmanager
def noting(*, set_scene=analysis.set_scene):
    """Give the list to which this plan of each period is added, and let another scene be set."""
    plans: list[pd.DataFrame] = []
    drawn = backtest_patrols.drawn

    def noted(*given, **others):
        found = drawn(*given, **others)
        plans.append(found[THIS_PLAN])
        return found

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(backtest_patrols, "drawn", noted)
        patched.setattr(backtest, "set_scene", set_scene)
        yield plans


@pytest.fixture(scope="module")
def both(request_of, town):
    with noting() as plans:
        return run_plan_test(PlanTest(run=request_of(), origins=3, inside=town.truth.hotspots)), plans


@pytest.fixture(scope="module")
def found(both):
    return both[0]


def test_no_plan_is_passed_by_another_that_knew_less(found) -> None:
    teams = found.teams.pivot_table(index="period", columns="plan", values="exposed")
    assert {THIS_PLAN, KEPT, PERFECT, "equal split", "proportional to crime"} <= set(teams.columns)
    assert (teams.max(axis=1) <= teams[PERFECT] * (1 + 1e-9)).all()
    for measure in MEASURES:
        trials = found.patrols.trials.pivot_table(index="period", columns="plan", values=measure)
        assert (trials.max(axis=1) <= trials[PERFECT]).all()
        own = trials.drop(columns=[PERFECT, KEPT, backtest_patrols.LAST_MAP])
        assert (own.max(axis=1) <= own[SAME_PLACES]).all()


def test_what_is_reached_is_part_of_what_fell(found) -> None:
    trials = found.patrols.trials.set_index("period")
    for kind in found.patrols.total.columns:
        total = trials.index.map(found.patrols.total[kind])
        assert (trials[kind] <= total * (1 + 1e-9)).all()
    assert (found.patrols.total["inside"] < found.patrols.total["reached"]).all()
    assert (trials["hours"] == trials["hours"].iloc[0]).all()


def test_a_spike_still_to_come_moves_no_plan(request_of, town, both) -> None:
    """In the last month, ten times the harm on one side: no plan but hindsight's is another."""

    def spiked(given):
        scene = analysis.set_scene(given)
        last = scene.periods.number(scene.crimes) == scene.periods.size - 1
        side = last & (scene.crimes.geometry.x < scene.crimes.geometry.x.median()).to_numpy()
        return replace(scene, harm=scene.harm * np.where(side, 10.0, 1.0))

    plain, before = both
    with noting(set_scene=spiked) as after:
        again = run_plan_test(PlanTest(run=request_of(), origins=3, inside=town.truth.hotspots))
    assert len(before) == len(after) == 3
    assert all(one.equals(other) for one, other in zip(before, after, strict=True))
    for one, other in ((plain.teams, again.teams), (plain.patrols.trials, again.patrols.trials)):
        early = one["period"] < one["period"].max()
        assert one[early].equals(other[early])  # the same seed, the same bits
    assert again.patrols.total.iloc[-1]["reached"] > 2 * plain.patrols.total.iloc[-1]["reached"]


def test_the_order_of_the_periods_is_immaterial(found) -> None:
    trials = found.patrols.trials
    turned = pd.concat([trials[trials["period"] == period] for period in reversed(trials["period"].unique())])
    assert beside(trials, "during").equals(beside(turned, "during"))


def test_the_summary_tells_of_every_measure_and_who_was_taken(found) -> None:
    for words in ("Teams. Planned anew", "Patrols. Planned anew", "Harm that fell during the visits", "of all inside"):
        assert words in found.summary
    shares = found.figures["patrols"]["shares_of_all_harm"]
    assert set(shares) == {"reached", "inside"}
    assert shares["inside"][THIS_PLAN] > shares["reached"][THIS_PLAN]
    json.dumps(found.figures, allow_nan=False)


def test_without_streets_teams_alone_are_tested_and_an_empty_month_is_told(request_of, monkeypatch) -> None:
    set_scene = analysis.set_scene

    def gap(given):
        scene = set_scene(given)
        kept = scene.crimes.index[scene.periods.number(scene.crimes) != scene.periods.size - 2]
        return replace(scene, crimes=scene.crimes.loc[kept], ward=scene.ward.loc[kept], harm=scene.harm.loc[kept])

    monkeypatch.setattr(backtest, "set_scene", gap)
    found = run_plan_test(PlanTest(run=request_of(streets=None), origins=3))
    assert found.patrols is None
    assert "Routes need streets" in found.summary
    assert "No crime was recorded in" in found.summary
    assert len(found.figures["tested"]) == 2


def test_what_cannot_be_tested_is_said_in_a_sentence(request_of, town_files, beatplan, tmp_path) -> None:
    with pytest.raises(InputError, match="at least 3 periods with as many before, got 1 month"):
        run_plan_test(PlanTest(run=request_of(as_of="2023-02-01")))
    with pytest.raises(InputError, match="needs crimes whose day is known"):
        run_plan_test(PlanTest(run=request_of(), period="7d"))
    nobody = tmp_path / "nobody.toml"
    nobody.write_text("[posts]\nconstables = 0\ncsos = 0\n", encoding="utf-8")
    with pytest.raises(InputError, match="must hold at least one constable or CSO"):
        run_plan_test(PlanTest(run=request_of(profile=nobody)))
    given = ("backtest", "--deployment", "--crimes", town_files.police_uk)
    ran = beatplan(*given)
    assert (ran.code, "both `--crimes` and `--areas`" in ran.err) == (2, True)
    ran = beatplan(*given, "--areas", town_files.areas, "--share", 0.1, "--harm", "x")
    assert (ran.code, "leave out `--harm`, `--share`" in ran.err) == (2, True)
