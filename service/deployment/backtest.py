"""Whether plans hold up: made before each of the last periods from what was known, judged by the harm that came."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from allocation.compare import STATUS_QUO, Team
from allocation.outturn import KEPT, team_of
from allocation.robust import ROBUST
from allocation.team_problem import TeamProblem
from geodata import cast
from geodata.errors import InputError
from geodata.periods import Periods
from service import manifest
from service.analysis.scene import Scene, long_periods, set_scene
from service.deployment.backtest_figures import patrol_figures, team_figures, told
from service.deployment.backtest_patrols import Patrolled, patrol_trials
from service.deployment.held_back import FEWEST_TRIALS, team_trials
from service.deployment.past import past_of
from service.deployment.plan import staff
from service.deployment.robust import FEWEST, held_against_the_past
from service.deployment.then import known_at
from service.forecasting.scene import periods_asked
from service.reading import inputs
from service.reading.inputs import Inputs, Request
from service.stages import Stage, silent

MOST: Final = 26
INSIDE: Final = "inside"


@dataclass(frozen=True, kw_only=True)
class PlanTest:
    """
    What is asked.

    Parameters
    ----------
    run : what a report would be made from
    origins : periods tested, at most; half of the data, at least, is always history
    period : 7d, 28d, month; None for weeks, or months where only these are known
    inside : polygons of which the harm is counted apart, such as those planted in a made-up force
    """

    run: Request
    origins: int = MOST
    period: str | None = None
    inside: GeoDataFrame | None = None


@dataclass(frozen=True)
class PlanTested:
    """What was found: trials by period, figures as JSON can hold them, and a summary to print."""

    teams: pd.DataFrame
    patrols: Patrolled | None
    figures: dict[str, Any]
    summary: str


def run_plan_test(asked: PlanTest, *, stage: Stage = silent) -> PlanTested:
    """
    Plan before each of the last periods from what was known, and count what then came.

    Parameters
    ----------
    asked : what is asked
    stage : tells of each stage

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule, or there are too few periods.
    """
    with stage("read"):
        given = inputs.read(asked.run)
        scene = set_scene(given)
        periods = periods_asked(scene.crimes, asked.period, asked.run.as_of)
        tested, notes = _tested(scene, periods, asked.origins)
    with stage("place teams before each period"):
        teams = _teams(given, scene, periods, tested)
    if not given.profile.posts.current:
        notes.append("Today's posts are not in the profile: the first plan, kept, stands for the status quo.")
    patrols = None
    with stage("send patrols out before each period"):
        try:
            patrols = _patrols(given, scene, periods, tested, asked.inside)
        except InputError as why:
            notes.append(f"Patrols were not tested. {why}")
    figures = _record(asked, given, periods, tested) | {
        "teams": team_figures(teams, seed=given.seed),
        "patrols": None if patrols is None else patrol_figures(patrols, seed=given.seed),
        "notes": [*notes, *(() if patrols is None else patrols.notes)],
    }
    return PlanTested(teams, patrols, figures, told(figures))


def _tested(scene: Scene, periods: Periods, origins: int) -> tuple[tuple[int, ...], list[str]]:
    """Return the numbers of the periods that are tested, and a sentence where some are left out."""
    size = periods.size
    if size < 2 * FEWEST_TRIALS:
        there = f"{size} {periods.unit}{'' if size == 1 else 's'}"
        raise InputError(f"Plans are tested on at least {FEWEST_TRIALS} periods with as many before, got {there}.")
    counts = np.bincount(periods.number(scene.crimes) + 1, minlength=size + 1)[1:]
    last = range(max(size // 2, size - cast.whole(origins, "--origins", 1)), size)
    tested = tuple(period for period in last if counts[period])
    if not tested:
        raise InputError("Some crime must have come in the periods that plans are tested on, and none did.")
    empty = [periods.labels[period] for period in last if not counts[period]]
    return tested, [f"No crime was recorded in {', '.join(empty)}: not tested."] if empty else []


def _teams(given: Inputs, scene: Scene, periods: Periods, tested: tuple[int, ...]) -> pd.DataFrame:
    """Return the trials of the teams: period, plan, exposed, hours."""
    start = known_at(scene, periods.edges[tested[0]])
    staffing = staff(given, start).staffing
    problem = staffing.problem
    if problem is None:
        raise InputError("Teams must be planned for before they are tested, and nothing was.")
    first = team_of(staffing.table[["constables", "csos"]].to_numpy(dtype=np.int64))

    enough = long_periods(start.periods).size >= FEWEST

    def more(before: TeamProblem, known: Scene) -> dict[str, Team]:
        past = past_of(known, before.demand["ward"])
        sure = held_against_the_past(past, before, seed=given.seed, weights={}) if enough else None
        robust = {} if sure is None or sure.officers is None else {ROBUST: team_of(sure.officers)}
        return robust | {KEPT: first}

    trials = team_trials(scene, problem, periods, tested, more=more)
    a_post = np.array([problem.rules.constable_hours, problem.rules.cso_hours])
    hours = pd.Series(float(a_post @ [problem.posts.constables, problem.posts.csos]), index=trials.index)
    if problem.current is not None:
        today = float(a_post @ problem.current[["constables", "csos"]].sum().to_numpy())
        hours[trials["plan"] == STATUS_QUO] = today or hours.iloc[0]  # of nobody: exposed to nothing
    return trials.assign(hours=hours)


def _patrols(
    given: Inputs, scene: Scene, periods: Periods, tested: tuple[int, ...], inside: GeoDataFrame | None
) -> Patrolled:
    if given.streets is None:
        raise InputError("Routes need streets, and none were given.")
    apart = {}
    if inside is not None:
        apart[INSIDE] = scene.crimes.geometry.intersects(inside.to_crs(scene.crimes.crs).union_all())
    return patrol_trials(given, scene, periods, tested, apart=apart)


def _record(asked: PlanTest, given: Inputs, periods: Periods, tested: tuple[int, ...]) -> dict[str, Any]:
    """Return what was asked of what, as JSON can hold it."""
    settings = given.settings | {"origins": asked.origins, "period": asked.period or periods.unit}
    return {
        "run": manifest.fingerprint(given.sources, settings),
        "versions": manifest.versions(),
        "settings": settings,
        "inputs": given.sources[["file", "kind", "sha256"]].astype(str).to_dict("records"),
        "unit": periods.unit,
        "tested": [periods.labels[period] for period in tested],
        "history": [periods.labels[0], periods.labels[tested[0] - 1]],
    }
