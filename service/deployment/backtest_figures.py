"""What a test of plans found: means with intervals as JSON can hold them, and as a table to print."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd

from allocation.compare import THIS_PLAN
from allocation.outturn import GAIN
from maps import words
from service.deployment.backtest_patrols import DURING, REACHED, WEIGHTED, Patrolled
from service.deployment.held_back import beside, finding
from service.plain_table import number, plain_table, records

TEAMS: Final = {"exposed": "Harm exposed"}
PATROLS: Final = {
    DURING: "Harm that fell during the visits",
    WEIGHTED: "Harm in places and shifts visited, second and third visits by rule P7",
    REACHED: "Harm in places and shifts visited, each crime once",
}
MEASURES: Final = {"teams": TEAMS, "patrols": PATROLS}


def team_figures(trials: pd.DataFrame, *, seed: int) -> dict[str, Any]:
    """
    Return the figures of the teams.

    Parameters
    ----------
    trials : columns period, plan, hours, exposed
    seed : of the intervals
    """
    return _figures(trials, TEAMS, "been exposed to", "to ", seed)


def patrol_figures(found: Patrolled, *, seed: int) -> dict[str, Any]:
    """
    Return the figures of the patrols.

    Parameters
    ----------
    found : trials, and what was recorded in all
    seed : of the intervals
    """
    means, all_of = found.trials.groupby("plan", sort=False).mean(numeric_only=True), found.total.mean()
    shares = {kind: {plan: _ratio(mean, all_of[kind]) for plan, mean in means[kind].items()} for kind in all_of.index}
    return _figures(found.trials, PATROLS, "met", "", seed) | {
        "forecast": found.method,
        "shares_of_all_harm": shares,
        "recorded": records(found.total.rename_axis("period").reset_index()),
    }


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None


def _figures(trials: pd.DataFrame, measures: Mapping[str, str], did: str, to: str, seed: int) -> dict[str, Any]:
    by_hour = trials.assign(**{name: trials[name] / trials["hours"] for name in measures})
    tables = {name: beside(by_hour, name, seed=seed) for name in measures}
    first = next(iter(measures))
    return {
        "sentence": f"Planned anew before each period, they {finding(tables[first], first, did, to)}",
        "hours_a_week": float(trials.loc[trials["plan"] == THIS_PLAN, "hours"].iloc[0]),
        "summary": {name: records(table.rename(columns={name: "an_hour"})) for name, table in tables.items()},
        "trials": records(trials),
    }


def told(figures: Mapping[str, Any]) -> str:
    """Return the figures as a summary to print."""
    tested, history = figures["tested"], figures["history"]
    lines = [
        f"Planned {len(tested)} times, before each {figures['unit']} from {tested[0]} to {tested[-1]}; "
        f"known before the first: {history[0]} to {history[1]}.",
    ]
    for part, measures in MEASURES.items():
        found = figures[part]
        if found is not None:
            lines += ["", f"{part.capitalize()}. {found['sentence']}"]
            lines += [f"{heading}, by hour:\n{_table(found, name)}" for name, heading in measures.items()]
    return "\n".join([*lines, *(f"Note: {note}" for note in figures["notes"])])


def _table(found: Mapping[str, Any], measure: str) -> str:
    rows = found["summary"][measure]
    columns = {
        "plan": [row["plan"] for row in rows],
        "an hour": [number(row["an_hour"], ".3g") for row in rows],
        "of foresight": [words.percent(row["share"]) for row in rows],
        "this plan gains": [_gain(row) for row in rows],
    }
    if measure == REACHED:
        for kind, shares in found["shares_of_all_harm"].items():
            told = ["-" if share is None else words.percent(share) for share in shares.values()]
            columns["of all harm" if kind == REACHED else f"of all {kind}"] = told
    return plain_table(columns)


def _gain(row: Mapping[str, Any]) -> str:
    if row["gain"] is None or not row["an_hour"]:
        return "-"
    share, *ends = (None if row[name] is None else 100 * row[name] / row["an_hour"] for name in GAIN)
    return f"{share:+.1f} %" + ("" if None in ends else f" ({ends[0]:+.1f} to {ends[1]:+.1f})")
