"""What surrounds the typical day: meal breaks, the plans of the coming days, what was delivered, how stages agree."""

from typing import Final

import pandas as pd

from maps import words
from maps.pack import Pack
from maps.report.table import Column, Table

AT_BASE: Final = "at the base"
NO_DAYS: Final = "No plans by day were asked for."


def breaks(pack: Pack) -> Table:
    """Return when and where each patrol has its meal break."""
    caption, held = "Meal breaks", pack.schedule.breaks
    if held is None:
        return Table("breaks", caption, (Column("Unit", []),), empty="No meal breaks are planned.")
    names = dict(zip(pack.hotspots["hotspot_id"], pack.hotspots["name"], strict=True))
    where = [AT_BASE if pd.isna(spot) else f"{spot} {names[spot]}" for spot in held["hotspot_id"]]
    columns = (
        Column("Unit", held["unit"].tolist()),
        Column("Shift", held["shift"].tolist()),
        Column("Break", [f"{row.start} to {row.end}" for row in held.itertuples()]),
        Column("Where", where),
    )
    return Table("breaks", caption, columns, empty="No patrol is planned.", note=_price(pack), unfolded=10)


def _price(pack: Pack) -> str:
    before, now = pack.schedule.without_breaks, pack.schedule.objective
    if not before:
        return ""
    cost = words.percent(max(0.0, 1 - now / before))
    return f"The breaks cost {cost} of the harm that patrols without any would be exposed to."


def daily(pack: Pack) -> Table:
    """Return what each of the coming days' plans is worth, beside the best known."""
    caption = "A plan for each day, so that nobody learns it"
    if pack.variants is None:
        return Table("daily-plans", caption, (Column("Day", []),), empty=NO_DAYS)
    held, best = pack.variants, pack.variants.best or 1.0
    worth = list(held.values)
    columns = (
        Column("Day", [f"{number}" for number in range(1, len(held.plans) + 1)]),
        Column("Harm exposed to patrol a week", worth, "real"),
        Column("Share of the best plan", [value / best for value in worth], "percent"),
        Column("Visits", [len(plan) for plan in held.plans], "whole"),
    )
    return Table("daily-plans", caption, columns, empty=NO_DAYS, note=foretold(pack))


def foretold(pack: Pack) -> str:
    """Say how hard the hour of a visit is to foretell, with one plan for all days and with one for each."""
    if pack.variants is None or pack.variants.entropy.empty:
        return ""
    bits = pack.variants.entropy[["fixed", "varied", "most"]].mean()
    return (
        f"How hard the hour of a visit is to foretell, mean over hot spots: {bits['varied']:.2f} bits, against "
        f"{bits['fixed']:.2f} if one plan were repeated and {bits['most']:.2f} if all hours were alike. "
        "The stops of every day are in the workbook."
    )


def daily_stops(pack: Pack) -> Table:
    """Return the stops of every day's plan."""
    caption = "The stops of each day's plan"
    if pack.variants is None:
        return Table("daily-stops", caption, (Column("Day", []),), empty=NO_DAYS)
    days = pd.concat([plan.assign(day=number) for number, plan in enumerate(pack.variants.plans, start=1)])
    columns = (
        Column("Day", days["day"].tolist(), "whole"),
        *(Column(name.capitalize(), days[name].tolist()) for name in ("unit", "base", "shift")),
        Column("Stop", days["stop"].tolist(), "whole"),
        Column("Hot spot", days["hotspot_id"].tolist()),
        Column("Arrive", days["arrive"].tolist()),
        Column("Leave", days["leave"].tolist()),
    )
    return Table("daily-stops", caption, columns, empty=NO_DAYS)


def delivery(pack: Pack) -> Table:
    """Return the share of planned minutes that was delivered since the last tasking, by base and shift."""
    caption, empty = "Delivered of what was planned at the last tasking", "No debriefs of a last tasking were given."
    if pack.delivery is None:
        return Table("delivery", caption, (Column("Base", []),), empty=empty)
    held = pack.delivery.rates
    rate, low, high = (held[name].tolist() for name in ("rate", "low", "high"))
    columns = (
        Column("Base", held["base"].tolist()),
        Column("Shift", held["shift"].tolist()),
        Column("Minutes planned", held["planned_minutes"].tolist(), "whole"),
        Column("Minutes delivered", held["delivered_minutes"].tolist(), "whole"),
        Column("Delivered", rate, "percent", low, high, missing="–"),
    )
    return Table("delivery", caption, columns, empty=empty, note="With 90 % intervals over stops.")


def agreement(pack: Pack) -> Table:
    """Return how the hours' promise and the walks came to agree, round by round."""
    caption, empty = "Hours and walks, until they agree", "There are no hours to walk."
    if pack.loop is None:
        return Table("agreement", caption, (Column("Round", []),), empty=empty)
    held = pack.loop.rounds
    columns = (
        Column("Round", [f"{number}" for number in held["round"]]),
        Column("Harm promised a week", held["promised"].tolist(), "real"),
        Column("Reached on the ground", held["walked"].tolist(), "real"),
        Column("Lost from end to end", held["loss"].tolist(), "percent"),
        Column("Change of the promise", held["change"].tolist(), "percent", missing="–"),
    )
    return Table("agreement", caption, columns, empty=empty)
