"""The report's widest tables, made to fit a page of A4 or a slide."""

from dataclasses import replace

import pandas as pd

from maps import words
from maps.pack import Pack
from maps.report import evidence, plans
from maps.report.happened import verdicts
from maps.report.table import Column, Kind, Table


def hot_spots(pack: Pack) -> Table:
    """Return the hot spots by rank: where, how sure the order is, what is expected, whether it lasts, what changed."""
    held, names = pack.hotspots, dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    places = [
        (f"{row['hotspot_id']} {row['name']}", str(names.get(row["ward"], ""))) for row in held.to_dict("records")
    ]
    changed = verdicts(pack.change)
    columns = [
        Column("Place and ward", places, "lines"),
        Column("Rank", evidence.ranks(held)),
        evidence.expected(held, pack.rank_by),
        Column("Trend, history", (held["trend"] + ", " + held["history"]).tolist()),
    ]
    if changed:
        columns.append(Column("Against last period", [changed.get(spot, "–") for spot in held["hotspot_id"]]))
    columns.append(Column("Crime types", [mix(text) for text in held["offence_mix"]]))
    return Table(
        "hot-spot-table",
        f"Hot spots ranked by expected {pack.rank_by}, {pack.next_period}",
        tuple(columns),
        empty="No hot spot was found: no place stood out from the rest.",
        note="After each rank and below each expected number: its 90 % interval.",
    )


def methods(pack: Pack) -> Table:
    """Return how each forecast would have done, and by how much it beats the raw count."""
    held = pack.backtest.summary
    judged = "harm" if pack.backtest.scores["harm_hit_rate"].notna().any() else "crime"
    columns = (
        Column("Method", held["method"].tolist()),
        _scored(held, "hit_rate", "Crime caught", "percent"),
        Column("Harm caught", held["harm_hit_rate"].tolist(), "percent"),
        _scored(held, "gain", f"More {judged} caught than by the raw count, points", "points"),
        Column("Periods tried", held["origins"].tolist(), "whole"),
    )
    return Table(
        "methods",
        f"How each forecast would have done on {words.percent(pack.backtest.share)} of the area",
        columns,
        empty="No forecast could be scored: there are too few whole periods.",
        note="Below a score: its 90 % interval. The raw count and the last period are what a forecast must beat.",
    )


def one_more_patrol(pack: Pack) -> Table:
    """Return what one more CSO patrol would add, where it would add anything."""
    held = pack.schedule.plus_one
    schedule = replace(pack.schedule, plus_one=held[held["gain"] > 0])
    return plans.one_more_patrol(replace(pack, schedule=schedule))


def mix(text: object) -> str:
    """Return the two commonest crime types of a hot spot."""
    return words.glued(", ".join(words.printable(text).split(", ")[:2]))


def _scored(held: pd.DataFrame, name: str, heading: str, kind: Kind) -> Column:
    return Column(heading, held[name].tolist(), kind, held[f"{name}_low"].tolist(), held[f"{name}_high"].tolist())
