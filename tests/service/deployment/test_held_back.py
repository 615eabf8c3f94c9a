from pathlib import Path

import pytest

from service.analysis import scene as analysis
from service.deployment import plan as deployment
from service.deployment.held_back import hold_up
from service.reading import inputs
from service.reading.inputs import Request


def request(folder: Path, town_files, **others: object) -> Request:
    return Request(crimes=(str(town_files.police_uk),), areas=town_files.areas, out=folder / "out", **others)


@pytest.fixture(scope="module")
def found(town_files, tmp_path_factory: pytest.TempPathFactory):
    given = inputs.read(request(tmp_path_factory.mktemp("held"), town_files))
    scene = analysis.set_scene(given)
    return scene, hold_up(scene, deployment.staff(given, scene))


def test_each_of_the_last_months_is_planned_for_without_knowing_it(found) -> None:
    scene, outturn = found
    assert list(outturn.trials["period"].unique()) == list(scene.periods.labels[-4:])
    assert {"this plan", "equal split", "greedy", "perfect foresight"} <= set(outturn.summary["plan"])
    best = outturn.summary.set_index("plan")["exposed"]
    assert best.idxmax() == "perfect foresight"


def test_what_came_last_changes_nothing_of_the_earlier_trials(found, town_files, tmp_path: Path) -> None:
    scene, outturn = found
    cut = str(scene.periods.edges[-2].date())
    given = inputs.read(request(tmp_path, town_files, as_of=cut))
    earlier = analysis.set_scene(given)
    again = hold_up(earlier, deployment.staff(given, earlier))
    both = outturn.trials.merge(again.trials, on=["period", "plan"])
    assert len(both) > 0
    assert both["exposed_x"].to_numpy() == pytest.approx(both["exposed_y"].to_numpy())


def test_the_sentence_says_how_sure_it_is(found) -> None:
    assert "of what perfect foresight allows" in found[1].sentence
    assert "90 % interval" in found[1].sentence


def test_a_few_months_are_too_few_to_hold_any_back(town_files, tmp_path: Path, found) -> None:
    cut = str(found[0].periods.edges[4].date())
    given = inputs.read(request(tmp_path, town_files, as_of=cut))
    scene = analysis.set_scene(given)
    assert hold_up(scene, deployment.staff(given, scene)) is None
