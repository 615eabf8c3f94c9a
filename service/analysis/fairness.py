"""Whether patrol goes where harm is, how sure the plan is, and whether the records behind it feed on themselves."""

from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from allocation.feedback import Feedback, feedback
from allocation.pareto import pareto
from geodata.area_figures import KIND_FROM_GROUP
from geodata.grid import SQUARE_METRES_PER_KM2
from maps.pack import Fairness
from maps.report.missing import DEPRIVATION, FEEDBACK
from service.analysis.scene import Scene
from service.deployment.plan import Teams
from service.deployment.staffing import team_rules
from service.reading.inputs import Inputs

POINTS: Final = 7
FIFTHS: Final = (
    "most deprived fifth", "second fifth", "middle fifth", "fourth fifth", "least deprived fifth",
)  # fmt: skip


def how_fair(given: Inputs, scene: Scene, teams: Teams) -> Fairness:
    """
    Return what an account of fairness is made from.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    teams : who works in which ward
    """
    wards = _wards(given, teams)
    front = _front(teams, wards)
    detected = scene.excluded / float(scene.periods.weeks.sum())
    notes = (*(() if front is not None else (DEPRIVATION,)), *(() if detected else (FEEDBACK,)))
    harm = teams.past.harm.to_numpy(np.float64)
    loop = _loop(given, scene, detected) if detected else None
    return Fairness(wards, _people(given), harm, front, loop, teams.sure, notes)


def _wards(given: Inputs, teams: Teams) -> pd.DataFrame:
    rules, wards = team_rules(given.profile, strands=False), given.wards
    posts = teams.staffing.table.set_index("ward")[["constables", "csos"]].reindex(wards["code"]).fillna(0)
    decile = wards["deprivation_decile"].astype("float64")
    fifth = ((decile.clip(1, 10) + 1) // 2 - 1).astype("Int64")
    return pd.DataFrame(
        {
            "ward": wards["code"].astype("string"),
            "group": fifth.map(dict(enumerate(FIFTHS))).astype(pd.CategoricalDtype(list(FIFTHS), ordered=True)),
            "hours": posts.to_numpy(np.float64) @ [rules.constable_hours, rules.cso_hours],
            "km2": wards.geometry.area.to_numpy() / SQUARE_METRES_PER_KM2,
        }
    )


def _people(given: Inputs) -> dict[str, pd.DataFrame]:
    """Return the people of each group by kind of group, the kind taken off their names."""
    if given.people is None:
        return {}
    parts = given.people.columns.to_series().str.partition(KIND_FROM_GROUP)
    named = given.people.set_axis(parts[2], axis="columns")
    return {kind: named.loc[:, (parts[0] == kind).to_numpy()] for kind in parts[0].unique()}


def _front(teams: Teams, wards: pd.DataFrame) -> pd.DataFrame | None:
    """Return what plans in better proportion cost, where two groups are known; wards of none are a group too."""
    if wards["group"].nunique() < 2 or teams.staffing.problem is None:
        return None
    groups = dict(zip(wards["ward"], wards["group"].astype("string").fillna(""), strict=True))
    return pareto(replace(teams.staffing.problem, groups=groups), against="disproportion", points=POINTS)


def _loop(given: Inputs, scene: Scene, detected: float) -> Feedback:
    weeks = float(scene.periods.weeks.sum())
    reported = scene.ward.value_counts().reindex(given.wards["code"], fill_value=0) / weeks
    return feedback(reported.to_numpy(np.float64), detected, seed=given.seed)
