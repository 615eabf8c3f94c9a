"""The files of a review: one row per intervention, the series behind it, and what may be said."""

from pathlib import Path
from typing import Any, Final

import pandas as pd

from geodata.errors import InputError
from service.review.one import Reviewed
from service.review.run import ReviewOutcome
from service.review.zones import NAMES

DIGITS: Final = 6


def write_review(outcome: ReviewOutcome, out: Path) -> dict[str, Path]:
    """
    Write review.csv, series.csv and review.txt, and return name to file.

    Raises
    ------
    InputError
        If `out` is a file.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, and {out.name} is a file.")
    texts = {
        "review.csv": pd.DataFrame([_row(one) for one in outcome.figures["interventions"]])
        .round(DIGITS)
        .to_csv(index=False),
        "series.csv": pd.concat([_series(each) for each in outcome.reviewed]).to_csv(index=False),
        "review.txt": outcome.summary + "\n",
    }
    out.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
    return {name: out / name for name in texts}


def _row(one: dict[str, Any]) -> dict[str, Any]:
    effect = (one["beside_controls"] or one["beside_force"] or {}).get("effect") or {}
    return {
        **{name: one[name] for name in ("name", "registered", "retrospective", "start", "end")},
        **{f"{zone}_{when}": count for zone, both in one["crimes"].items()
           for when, count in zip(("before", "after"), both, strict=True)},
        **{f"ratio_{name.removeprefix('ratio')}".rstrip("_"): value for name, value in effect.items()},
        **{f"wdd_{name}": value for name, value in one["wdd"]["total"].items()},
        "e_test_p": one["e_test_p"],
        "verdict": one["verdict"],
    }  # fmt: skip


def _series(found: Reviewed) -> pd.DataFrame:
    held = found.counts
    columns = {name: held.series[zone] for zone, name in enumerate(NAMES)}
    return pd.DataFrame({"name": found.plan.name, "period": held.periods, "after": held.after, **columns})
