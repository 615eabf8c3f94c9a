"""Scenarios in tables and in a few lines: what their teams are worth and their patrols are exposed to, side by side."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pandas as pd

from allocation.exposure import Exposures
from allocation.scenario import Comparison
from allocation.team_problem import RANKS
from allocation.wording import NAMES, counted, figure
from geodata.errors import InputError

_PROVEN: Final = 1e-6  # gap
SUMS: Final = ["visits", "minutes", "exposed", "exposed_more"]
# Sections that change what is analysed or shown, and nothing of a comparison of plans.
UNMOVED: Final = (
    "analysis", "areas", "control_strategy", "crimes", "delivery", "force", "harm", "map", "neighbourhoods", "public",
    "repeats", "targets",
)  # fmt: skip
ON_PATROL: Final = ("bases", "patrol", "shifts", "units")


def what_does_not_act(name: str, sections: tuple[str, ...], *, patrolled: bool, weighed: bool) -> Iterator[str]:
    """Yield a sentence for the sections of a scenario that change nothing here, and say what would show them."""
    acts = ("control_strategy",) if weighed else ()  # the crimes are there to be weighed anew
    idle = [section for section in sections if section in UNMOVED and section not in acts]
    if idle:
        yield f"{name}: `{', '.join(idle)}` changes what is analysed, not this comparison; make a report with it."
    walked = [section for section in sections if section in ON_PATROL]
    if walked and not patrolled:
        yield f"{name}: `{', '.join(walked)}` changes patrols; they are compared where `--run` or `--crimes` is given."


def joined(
    comparison: Comparison, exposures: Exposures | None, hotspots: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """
    Return the tables `summary`, `wards` and `groups` of scenarios; of patrols also `hotspots` and `unmet`.

    Parameters
    ----------
    comparison, exposures : of teams and of patrols
    hotspots : with their rank and name
    """
    summary, wards, groups = comparison.summary, comparison.wards, comparison.groups
    if exposures is None or hotspots is None:
        return {"summary": summary, "wards": wards, "groups": groups}
    strangers = set(exposures.wards["ward"]) - set(wards["ward"])
    if strangers:
        raise InputError(f"Hot spots must lie in wards of the demand, got {len(strangers)} wards that are not in it.")
    wards = wards.merge(exposures.wards.astype({"ward": wards["ward"].dtype}), on=["scenario", "ward"], how="left")
    wards[SUMS] = wards[SUMS].fillna(0).astype({"visits": "int64", "minutes": "int64"})
    by_group = wards.groupby(["scenario", "group"], sort=False)[SUMS].sum().reset_index()
    named = pd.DataFrame(hotspots[["hotspot_id", "rank", "name"]])
    return {
        "summary": summary.merge(exposures.summary, on="scenario"),
        "wards": wards,
        "groups": groups.merge(by_group, on=["scenario", "group"]),
        "unmet": exposures.unmet,
        "hotspots": exposures.hotspots.merge(named, on="hotspot_id", how="left"),
    }


def in_lines(tables: Mapping[str, pd.DataFrame], notes: tuple[str, ...]) -> str:
    """Return the scenarios' summary to print, with what nobody can visit at all, and what was taken."""
    rows = tables["summary"].to_dict("records")
    why = tables.get("unmet", pd.DataFrame({"scenario": [], "reason": []}))
    never = why[~why["reason"].astype("string").str.match(r"\d")]  # the others are visited as often as there is time
    lines = []
    for row in rows:
        lines.append(_teams(row, rows[0]))
        lines += [_patrols(row, base=row is rows[0])] if "exposed" in row else []
        reasons = never.loc[never["scenario"] == row["scenario"], "reason"].value_counts(sort=False)
        lines += [
            f"  unmet, {count} {'window' if count == 1 else 'windows'} of a hot spot and a shift: {reason}"
            for reason, count in reasons.items()
        ]
        lines += [f"  {row['unmet']}"] if row["unmet"] else []
    return "\n".join([*lines, *notes])


def _teams(row: dict[Any, Any], base: dict[Any, Any]) -> str:
    more = "" if row is base else f" ({_signed(row['value'] - base['value'])})"
    posts = ", ".join(counted(row[rank], NAMES[rank]) for rank in RANKS)
    proof = "proven the best" if row["gap"] <= _PROVEN else f"from the best at most {row['gap']:.2%}"
    return (
        f"{row['scenario']}: worth {figure(row['value'])}{more}, {row['covered']:.1%} of demand, {posts}, "
        f"{counted(row['moved'], 'posts')} moved, {proof}" + ("" if pd.isna(row["cost"]) else f", £{row['cost']:,.0f}")
    )


def _patrols(row: dict[Any, Any], *, base: bool) -> str:
    low, high = row["more_low"], row["more_high"]
    surely = (
        "" if base or pd.isna(low + high) else f", surely between {_signed(low)} and {_signed(high)} for the best plans"
    )
    more = "" if base else f" ({_signed(row['exposed_more'])}{surely})"
    return (
        f"  patrols: harm exposed {figure(row['exposed'])} a week{more}, "
        f"{row['exposed_share']:.1%} of what is asked for; {row['patrols']} patrols, {row['visits']} visits a day to "
        f"{row['hotspots']} hot spots, {row['walked_km']:.1f} km walked in {row['walking_minutes']} minutes, "
        f"{row['driving_minutes']} minutes driven, {row['unmet_visits']} visits unmet, gap {row['patrol_gap']:.2%}"
    )


def _signed(value: float) -> str:
    return f"{'+' if value >= 0 else ''}{figure(value)}"
