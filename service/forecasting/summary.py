"""What a back-test found, as text for a terminal."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from hotspots.backtest import Backtest
from hotspots.forecast import BASELINE
from service.plain_table import number, plain_table


def summary(found: Backtest, figures: Mapping[str, Any]) -> str:
    """Return the table of methods, how each stands beside the baselines, and what to conclude."""
    area, settings = figures["area"], figures["settings"]
    head = (
        f"{figures['rows']['sentence']}. "
        f"{figures['crimes']['analysed']:,} crimes on {area['km2']:,.1f} km2 in {area['cells']:,} cells of "
        f"{settings['cell']:g} m; {100 * area['flagged_share']:.2g} % of the area flagged. {area['note']}"
    )
    told = [head, ""]
    if not found.summary.empty:
        told += [_methods(found), "", _differences(found), ""]
    told += [f"Not run: {name}: {reason}." for name, reason in found.not_run.items()]
    told += [found.sentence, found.note, _anew(found)]
    return "\n".join(line for at, line in enumerate(told) if line or at in (1, 3, 5))


def _methods(found: Backtest) -> str:
    table = found.summary
    marks = ["*" if name == found.best else "" for name in table["method"]]
    forms = {
        "Hit rate": ("hit_rate", ".2%"), "PAI": ("pai", ".2f"), "PEI*": ("pei", ".3f"), "RRI": ("rri", ".2f"),
        "Harm-PAI": ("harm_pai", ".2f"), "PAI by street": ("pai_street", ".2f"), "Log score": ("log_score", ".5f"),
        "Stable": ("jaccard", ".2f"), "Compact": ("compactness", ".2f"),
    }  # fmt: skip
    columns = {"Method": [f"{name}{mark}" for name, mark in zip(table["method"], marks, strict=True)]}
    for heading, (name, form) in forms.items():
        if table[name].notna().any():
            columns[heading] = [number(value, form) for value in table[name]]
    return plain_table(columns)


def _differences(found: Backtest) -> str:
    """Return each method's PAI beside those of the raw count and of the best baseline, period by period."""
    rows = found.differences[found.differences["measure"] == "pai"]
    columns: dict[str, list[str]] = {"PAI more than": list(rows["method"])}
    columns["of"] = list(rows["against"])
    columns["difference"] = [number(value, "+.2f") for value in rows["difference"]]
    for level in ("90", "95"):
        columns[f"{level} % interval"] = [_interval(row, level) for _, row in rows.iterrows()]
    return plain_table(columns)


def _interval(row: pd.Series, level: str) -> str:
    low, high = (number(row[f"{end}_{level}"], "+.2f") for end in ("low", "high"))
    return low if low == "-" else f"{low} to {high}"


def _anew(found: Backtest) -> str:
    anew = found.prequential
    if not anew["origins"]:
        return ""
    ends = "" if anew["gain_low"] is None else f" ({100 * anew['gain_low']:+.1f} to {100 * anew['gain_high']:+.1f})"
    return (
        f"Choosing anew before each of the last {anew['origins']} from those before it would have caught "
        f"{100 * anew['caught']:.1f} %: {100 * anew['gain']:+.1f} points{ends} beside the {BASELINE}."
    )
