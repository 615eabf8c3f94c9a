"""What a national run says of itself: figures as JSON can hold them, and a summary for a terminal."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from maps.national import Nation
from service.national.force_task import ForceTask
from service.national.nation_request import NationRequest
from service.plain_table import number, plain_table, records


def figures_of(nation: Nation, tasks: Sequence[ForceTask], request: NationRequest) -> dict[str, Any]:
    """Return a run's figures."""
    return {
        "verb": "national",
        "asked": {"people": None if request.people is None else "folder" if request.people.is_dir() else "table"},
        "period": nation.period,
        "forces": records(nation.tables["forces"]),
        "league": records(nation.league),
        "groups": records(nation.groups),
        "refused": records(nation.tables["refused"]),
        "months": {task.force: [task.months[0], task.months[-1]] for task in tasks},
        "notes": list(nation.notes),
    }


def summary(nation: Nation, out: Path, products: Mapping[str, Path]) -> str:
    """Return what was found, for a terminal."""
    every = nation.league[nation.league["offence"] == nation.offences[0]]
    table = plain_table(
        {
            "force": every["force"].tolist(),
            "crimes": [f"{count:,}" for count in every["crimes"]],
            "per 1,000": [number(rate, ".1f") for rate in every["rate"]],
            "interval": [_interval(low, high) for low, high in zip(every["low"], every["high"], strict=True)],
            "similar forces": [number(rate, ".1f") for rate in every["group_mean"]],
            "beside them": every["verdict"].tolist(),
        }
    )
    lines = [f"Crimes of {nation.period}, {len(every)} forces, run {nation.run_id}", table, *nation.notes]
    return "\n".join([*lines, f"{len(products)} files in {out}: open national.html."])


def _interval(low: float, high: float) -> str:
    return f"{low:.1f} to {high:.1f}" if pd.notna(low) else "-"
