"""Hot spots and routes made as if the last months were not known, and judged by them."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from service.analysis import scene as analysis
from service.analysis.places import choose_hotspots
from service.deployment import plan as deployment
from service.deployment.walked_back import walk_back
from service.reading import inputs
from service.reading.inputs import Request


@pytest.fixture(scope="module")
def planned(town_files, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("walked")
    profile = folder / "profile.toml"
    profile.write_text("[patrol]\nvariants = 0\nmeal_minutes = 0\n[posts]\ncsos = 8\n", encoding="utf-8")
    asked = Request((str(town_files.police_uk),), town_files.areas, Path(folder), profile, streets=town_files.streets)
    given = inputs.read(asked)
    scene = analysis.set_scene(given)
    outlook = analysis.look_ahead(given, scene)
    teams = deployment.staff(given, scene)
    hotspots = choose_hotspots(given, scene, outlook).table
    with pytest.MonkeyPatch.context() as patched:  # routes of now are not looked at, and take half a minute to prove
        patched.setattr(deployment, "schedule_patrols", lambda *_, **__: SimpleNamespace(plan=("a stop",)))
        patrols = deployment.patrol(given, scene, hotspots, teams)
    return given, scene, outlook, patrols


def test_routes_are_judged_by_the_months_they_did_not_know(planned) -> None:
    scene, found = planned[1], walk_back(*planned)
    assert list(found.trials["period"].unique()) == list(scene.periods.labels[-3:])
    exposed = found.summary.set_index("plan")["exposed"]
    assert exposed.idxmax() == "perfect foresight"
    assert {"this plan", "equal visits", "proportional to crime", "greedy"} < set(exposed.index)
    assert found.sentence.startswith("Routes planned only from what was known before the 3 months")
    assert "90 % interval" in found.sentence
    assert walk_back(*planned).trials.equals(found.trials)


def test_what_came_moves_no_route_it_only_judges(planned) -> None:
    given, scene, *others = planned
    later = scene.periods.number(scene.crimes) >= scene.periods.size - 3
    doubled = replace(scene, harm=scene.harm * np.where(later, 2.0, 1.0))
    found, again = (walk_back(given, each, *others).trials for each in (scene, doubled))
    assert again["exposed"].to_numpy() == pytest.approx(2 * found["exposed"].to_numpy())


def test_todays_posts_are_a_status_quo(planned) -> None:
    given, *others = planned
    current = {ward: (1, 8 if at == 0 else 0) for at, ward in enumerate(given.wards["code"])}
    posts = given.profile.posts.model_copy(update={"current": current})
    today = replace(given, profile=given.profile.model_copy(update={"posts": posts}))
    assert "status quo" in set(walk_back(today, *others).summary["plan"])


def test_without_streets_or_with_few_months_there_is_nothing_to_judge(planned) -> None:
    given, scene, *others = planned
    assert walk_back(replace(given, streets=None), scene, *others) is None
    short = replace(scene, periods=replace(scene.periods, edges=scene.periods.edges[-5:]))
    assert walk_back(given, short, *others) is None
