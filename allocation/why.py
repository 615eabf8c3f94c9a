"""Why a staffing is as it is: rules that bind and what each costs, one post more or fewer, who gains and who loses."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd

from allocation._frame import Frame
from allocation.team_problem import OWN, RANKS, TeamProblem
from allocation.teams import Solved, Staffing, solve
from allocation.wording import counted, figure, rule_words
from geodata.cast import IntArray

TINY: Final = 1e-9


@dataclass(frozen=True)
class Explanation:
    """
    Why a staffing is as it is.

    Parameters
    ----------
    binding : each a sentence: a rule that stands in the way of a better plan, and where
    one_post : columns rank, fund, change (1 or -1), gain, low, high: solved anew; the gain is surely between low and
        high; missing where the rules could not be kept then
    prices : columns rule, words, gain, low, high: what the plan would be worth more without the rule, solved anew
    moved : columns ward, name, officers, today, change, value, value_today; empty where today is not known
    """

    binding: tuple[str, ...]
    one_post: pd.DataFrame
    prices: pd.DataFrame
    moved: pd.DataFrame


def explain_teams(staffing: Staffing, *, stage: Callable[[], None] = lambda: None) -> Explanation:
    """
    Return why `staffing` is as it is; every change is solved anew.

    Parameters
    ----------
    staffing : as `plan_teams` gives
    stage : called before each of the problems that are solved anew
    """
    problem = staffing.problem
    if problem is None or staffing.held is None:
        raise RuntimeError("A staffing that was not planned here cannot be explained.")
    again = _Again(problem, staffing, stage)
    prices = again.prices()
    return Explanation(
        binding=tuple(_binding(problem, staffing, prices)),
        one_post=again.one_post(),
        prices=prices,
        moved=moved(problem, staffing.table),
    )


@dataclass(frozen=True)
class _Again:
    """The problem, solved anew with something changed."""

    problem: TeamProblem
    staffing: Staffing
    stage: Callable[[], None]

    def gain(self, changed: TeamProblem) -> tuple[float, float, float]:
        """Return what a change adds, and between which numbers that surely lies."""
        self.stage()
        found: Solved | None = solve(changed, self.staffing.held)
        if found is None:
            return (float("nan"),) * 3
        now, bound = self.staffing.objective, self.staffing.bound
        return found.objective - now, found.objective - bound, found.bound - now

    def one_post(self) -> pd.DataFrame:
        rows = [
            (rank, fund, change, *self.gain(changed))
            for rank in RANKS
            for fund, change, changed in _one_post(self.problem, rank)
        ]
        table = pd.DataFrame(rows, columns=["rank", "fund", "change", "gain", "low", "high"])
        return table.astype({"rank": "string", "fund": "string", "change": "int64"} | dict.fromkeys(GAINS, "float64"))

    def prices(self) -> pd.DataFrame:
        rows = [(rule, words, *self.gain(changed)) for rule, words, changed in _without(self.problem)]
        table = pd.DataFrame(rows, columns=["rule", "words", "gain", "low", "high"])
        return table.astype({"rule": "string", "words": "string"} | dict.fromkeys(GAINS, "float64"))


GAINS: Final = ("gain", "low", "high")


def _one_post(problem: TeamProblem, rank: str) -> Iterator[tuple[str, int, TeamProblem]]:
    """Yield the fund, the change and the problem with one post more and one fewer of a rank from each fund."""
    there = getattr(problem.posts, rank)
    if there is None:
        return
    for number, fund in enumerate(problem.payers()):
        for change in (1, -1):
            held = getattr(fund, rank)
            if held + change < 0 or (held == 0 and fund.name != OWN):
                continue
            if change < 0 and problem.posts.constables + problem.posts.csos == 1:
                continue
            posts = replace(problem.posts, **{rank: there + change})
            funds = list(problem.funds)
            if fund.name != OWN:
                funds[number] = replace(fund, **{rank: held + change})
            yield fund.name, change, replace(problem, posts=posts, funds=tuple(funds))


def _without(problem: TeamProblem) -> Iterator[tuple[str, str, TeamProblem]]:
    """Yield each rule that is asked for, in words, and the problem without it."""
    asked = Frame.of(problem).asked_for
    knobs: dict[str, dict[str, Any]] = {
        "T1": {"largest": None}, "T3": {"floor": 0}, "T4": {"span": None}, "T8": {"workload": None},
        "T9": {"moves": None}, "T10": {"loss_cap": None}, "T11": {"band": None}, "T13": {"least_service": None},
    }  # fmt: skip
    for rule, change in knobs.items():
        if rule in asked:
            yield rule, rule_words(problem, rule), problem.ruled(**change)
    for number, fund in enumerate(problem.funds):
        if fund.wards is not None:
            funds = list(problem.funds)
            funds[number] = replace(fund, wards=None)
            words = f"{fund.name} may be spent in {counted(len(fund.wards), 'wards')} only."
            yield "T7", words, replace(problem, funds=tuple(funds))
    if problem.locks:
        yield "T12", rule_words(problem, "T12"), replace(problem, locks={})


def _binding(problem: TeamProblem, staffing: Staffing, prices: pd.DataFrame) -> Iterator[str]:
    """Yield a sentence for each rule without which the plan would be worth more."""
    frame = Frame.of(problem)
    where = _where(frame, staffing)
    for rule, words, gain in zip(prices["rule"], prices["words"], prices["gain"], strict=True):
        if gain > TINY * max(1.0, abs(staffing.objective)):
            yield f"{rule} binds{where.get(rule, '')}: {words} Without it the plan would be worth {figure(gain)} more."


def _where(frame: Frame, staffing: Staffing) -> dict[str, str]:
    """Return where each rule is kept by a hair."""
    officers = staffing.table[["constables", "csos"]].to_numpy(dtype=np.int64)
    team, found = officers.sum(axis=1), {}
    for rule in ("T3", "T8", "T10"):
        at = int(((team == frame.least[rule]) & (frame.least[rule] > 0)).sum())
        found[rule] = f" in {counted(at, 'wards')}"
    if frame.rules.span is not None and len(staffing.leaders):
        full = int((staffing.leaders["sergeants"] * frame.rules.span == staffing.leaders["officers"]).sum())
        found["T4"] = f" in {counted(full, 'neighbourhoods')}"
    if frame.now is not None:
        found["T9"] = f", with {counted(left(frame.now, officers), 'posts')} leaving"
    return found


def left(before: IntArray, after: IntArray) -> int:
    """Return the posts that leave their ward between two plans, wards x (constables, CSOs)."""
    return int(np.maximum(0, before - after).sum())


def moved(problem: TeamProblem, table: pd.DataFrame) -> pd.DataFrame:
    """Return gainers and losers against the posts of today, those who lose most first."""
    columns = ["ward", "name", "officers", "today", "change", "value", "value_today"]
    frame = Frame.of(problem)
    if frame.now is None:
        return pd.DataFrame(columns=columns)
    officers = (table["constables"] + table["csos"]).to_numpy(dtype=np.int64)
    today = frame.now.sum(axis=1)
    rows = pd.DataFrame(
        {
            "ward": table["ward"],
            "name": table["name"],
            "officers": officers,
            "today": today,
            "change": officers - today,
            "value": table["value"],
            "value_today": frame.benefit.values(frame.now[:, 0], frame.now[:, 1]),
        }
    )
    return rows.sort_values(["change", "ward"], ignore_index=True)
