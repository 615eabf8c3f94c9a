"""Where the force stands over a year or more, in tables: trends with limits, wards, funding, targets."""

from typing import Final

import pandas as pd

from maps import words
from maps.pack import Standing
from maps.report import missing
from maps.report.table import Column, Kind, Table

EVERY: Final = "All crime types"
_FIVE: Final = 5
VERDICTS: Final = {"met": "✔ met", "on course": "▲ on course", "not on course": "▼ not on course"}


def limits(found: Standing) -> Table:
    """Return for each crime type its usual rate, its limits, the newest period, and how many periods stood outside."""
    held = found.limits
    groups = [(str(name), rows) for name, rows in held.groupby("offence", sort=False)]
    newest = [rows.iloc[-1] for _, rows in groups]
    columns = (
        Column("Crime type", [name for name, _ in groups]),
        Column("Usual, a week", [float(row["centre"]) for row in newest], "real",
               [float(row["low"]) for row in newest], [float(row["high"]) for row in newest]),
        Column("Newest, a week", [float(row["rate"]) for row in newest], "real"),
        Column("Newest period", [_where(row["outside"]) for row in newest]),
        Column("Periods above", [int((rows["outside"] == "above").sum()) for _, rows in groups], "whole"),
        Column("Periods below", [int((rows["outside"] == "below").sum()) for _, rows in groups], "whole"),
    )  # fmt: skip
    note = "Below the usual rate: the limits that the newest period is held against."
    return Table("limits", "Trends and their control limits", columns, empty="There are too few periods.", note=note)


def moved(found: Standing) -> tuple[str, ...]:
    """Name the periods in which all crime stood outside its limits, and the crime types outside in the newest."""
    every = found.limits[found.limits["offence"] == EVERY]
    outside = every[every["outside"] != ""]
    many = words.capital(words.count(len(outside), "period"))
    said = [f"{many} of {words.number(len(every), 0)} stood outside the limits for all crime."]
    newest = found.limits.groupby("offence", sort=False).tail(1)
    kinds = newest[(newest["outside"] != "") & (newest["offence"] != EVERY)]
    told = words.listing((f"{row.offence} ({row.outside})" for row in kinds.itertuples()), most=_FIVE)
    said.append(f"In the newest period these did: {told}." if told else "In the newest period no crime type did.")
    return tuple(said)


def wards(found: Standing) -> Table:
    """Return the wards with most recorded harm: rate, deprivation, index, and shares of demand and of posts."""
    held = found.wards.sort_values(["demand_share", "code"], ascending=[False, True])
    known: tuple[tuple[str, str, Kind], ...] = (
        ("crimes", "Crimes", "whole"),
        ("rate", "A year per 1,000 people", "real"),
        ("deprivation_decile", "Deprivation, 1 = most", "whole"),
        ("vli", "VLI", "whole"),
        ("demand_share", "Share of demand", "percent"),
        ("post_share", "Share of posts", "percent"),
    )
    columns = [
        Column(heading, held[name].astype(float).tolist(), kind, missing="–")
        for name, heading, kind in known
        if held[name].notna().any()
    ]
    note = f"A dash: not known. VLI: Vulnerable Localities Index, 100 is the mean. {words.sentence(found.vli_note)}"
    caption = "Wards in order of expected harm"
    wards = Column("Ward", held["name"].tolist())
    return Table("wards", caption, (wards, *columns), empty="No ward was given.", note=note)


def gathered(found: Standing) -> tuple[str, ...]:
    """Say how few wards hold half of the demand, and where need and posts are furthest apart."""
    held = found.wards.sort_values("demand_share", ascending=False)
    whole = float(held["demand_share"].sum())
    if not whole > 0:
        return ("No demand was expected in any ward.",)
    half = int((held["demand_share"].cumsum() < whole / 2).sum()) + 1
    many = words.capital(words.count(half, "ward"))
    holds = "holds" if half == 1 else "hold"
    said = [f"{many} of {words.number(len(held), 0)} {holds} half of the harm expected, if the forecast holds."]
    worst = held[held["vli_priority"].fillna(False).astype(bool)]
    if len(worst):
        said.append(
            f"A Vulnerable Localities Index above 200 marks {words.listing(worst['name'].astype(str), most=_FIVE)}."
        )
    return tuple(said)


def funds(found: Standing) -> Table:
    """Return the CSOs that each fund pays for beside the demand of the wards that it may pay for."""
    held = found.funds
    if held.empty:
        return Table("funds", "CSOs by who pays for them", (Column("Ward", []),), empty=missing.FUNDS)
    held = held.sort_values(["fund", "demand_share", "code"], ascending=[True, False, True])
    columns = (
        Column("Ward", held["name"].tolist()),
        Column("Fund", held["fund"].tolist()),
        Column("CSOs", held["csos"].tolist(), "whole"),
        Column("Share of the fund’s CSOs", held["share"].tolist(), "percent"),
        Column("Share of demand", held["demand_share"].tolist(), "percent"),
        Column("Difference, points", (held["share"] - held["demand_share"]).tolist(), "points"),
    )
    note = "A minus sign: the ward has less of the fund than of the demand. Demand is a forecast, not a bill."
    return Table("funds", "CSOs by who pays for them, beside demand", columns, empty="", note=note)


def targets(found: Standing) -> Table:
    """Return each target: where it started, where it is to end, where it stands and where its trend leads."""
    held = found.targets
    if held.empty:
        return Table("targets", "Targets", (Column("Target", []),), empty=missing.TARGETS)
    columns = (
        Column("Target", list(zip(held["name"].astype(str), held["offences"].astype(str), strict=True)), "lines"),
        Column("From", held["baseline"].tolist(), "real"),
        Column("To", held["aim"].tolist(), "real"),
        Column("By", [_day(day) for day in held["by"]]),
        Column("Now, a week", held["now"].tolist(), "real", held["now_low"].tolist(), held["now_high"].tolist()),
        Column("Then, if the trend goes on", held["expected"].tolist(), "real",
               held["expected_low"].tolist(), held["expected_high"].tolist()),
        Column("Verdict", [VERDICTS.get(str(verdict), str(verdict)) for verdict in held["verdict"]]),
    )  # fmt: skip
    return Table("targets", "Targets and their trends", columns, empty="", note="Below a number: its 90 % interval.")


def _where(outside: object) -> str:
    return {"above": "▲ above the limits", "below": "▼ below the limits"}.get(str(outside), "within the limits")


def _day(text: object) -> str:
    day = pd.Timestamp(str(text))
    return f"{day.day} {day.month_name()} {day.year}"
