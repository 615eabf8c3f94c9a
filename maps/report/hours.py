"""The CSOs' week: what each base's hours are exposed to, what one more is worth, who is on duty when."""

import pandas as pd

from allocation.tours import DAY_NAMES
from maps.pack import Pack
from maps.report.table import Column, Table

NONE = "There are no CSOs to plan hours for, or no hot spots."


def bases(pack: Pack) -> Table:
    """Return one row a base: CSOs at work, visits a week, harm exposed, and what one CSO fewer or more would change."""
    caption = "CSO hours of each base in a week"
    if pack.week is None:
        return Table("base-hours", caption, (Column("Base", []),), empty=NONE)
    held = pack.week.bases.merge(_beside(pack.week.beside), on=["base", "csos"], how="left")
    visits = pack.week.visits["base"].value_counts()
    columns = (
        Column("Base", held["base"].tolist()),
        Column("CSOs at work", held["csos"].tolist(), "whole"),
        Column("Visits a week", [int(visits.get(base, 0)) for base in held["base"]], "whole"),
        Column("Harm exposed a week", held["value"].tolist(), "real"),
        Column("One CSO fewer loses", (held["value"] - held["fewer"]).tolist(), "real", missing="–"),
        Column("One CSO more adds", (held["more"] - held["value"]).tolist(), "real", missing="–"),
        Column("From the best at most", held["gap"].tolist(), "percent"),
    )
    note = "Harm exposed to visits, each later visit of a day to the same place counting for less."
    return Table("base-hours", caption, columns, empty=NONE, note=note)


def duty(pack: Pack) -> Table:
    """Return how many CSOs of each base are on duty in each shift of each day."""
    caption = "CSOs on duty by day and shift"
    if pack.week is None:
        return Table("duty", caption, (Column("Base", []),), empty=NONE)
    worked = pack.week.tours.melt(["base", "cso"], list(DAY_NAMES), var_name="day", value_name="shift")
    worked = worked[worked["shift"] != ""]
    count = pd.crosstab([worked["base"], worked["shift"]], worked["day"]).reindex(columns=list(DAY_NAMES), fill_value=0)
    count = count.reset_index()
    columns = (
        Column("Base", count["base"].tolist()),
        Column("Shift", count["shift"].tolist()),
        *(Column(day, count[day].tolist(), "whole") for day in DAY_NAMES),
    )
    return Table("duty", caption, columns, empty="No CSO is on duty.")


def tours(pack: Pack) -> Table:
    """Return the shift of every CSO on every day of the week."""
    if pack.week is None:
        return Table("tours", "Tours of duty", (Column("Base", []),), empty=NONE)
    held = pack.week.tours
    columns = (
        Column("Base", held["base"].tolist()),
        Column("CSO", held["cso"].tolist(), "whole"),
        *(Column(day, [shift or "off" for shift in held[day]]) for day in DAY_NAMES),
    )
    return Table("tours", "Tours of duty, the same every week", columns, empty=NONE)


def _beside(beside: pd.DataFrame) -> pd.DataFrame:
    """Return the values of one CSO fewer and one more beside the number there are."""
    fewer = beside.assign(csos=beside["csos"] + 1).rename(columns={"value": "fewer"})[["base", "csos", "fewer"]]
    more = beside.assign(csos=beside["csos"] - 1).rename(columns={"value": "more"})[["base", "csos", "more"]]
    return fewer.merge(more, on=["base", "csos"], how="outer")
