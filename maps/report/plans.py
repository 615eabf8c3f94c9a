"""Who goes where: the teams by ward and the CSO patrols by shift, each beside its alternatives."""

import pandas as pd

from allocation.compare import STATUS_QUO
from allocation.outturn import GAIN, Outturn
from maps import words
from maps.pack import Pack
from maps.report.summary import gain_over
from maps.report.table import Column, Headings, Table


def teams(pack: Pack) -> Table:
    """Return the team proposed for each ward, the ward with most expected harm first."""
    held = _by_harm(pack)
    columns = [
        Column("Ward", held["name"].tolist()),
        Column("Harm expected a week", held["harm"].tolist(), "real"),
        Column("Hot spots", held["spots"].tolist(), "whole"),
        Column("Constables", held["constables"].tolist(), "whole"),
        Column("CSOs", held["csos"].tolist(), "whole"),
        Column("Sergeants", held["sergeants"].tolist(), "tenths"),
    ]
    if STATUS_QUO in set(pack.staffing.by_plan["plan"]):
        columns.append(Column("Change on today", _changes(pack, held)))
    if pack.sure is not None:
        same = pack.sure.wards.set_index("ward")["robust_same" if pack.sure.offered else "same"]
        columns.append(Column("The same on other demand", held["ward"].map(same).tolist(), "percent", missing="–"))
    columns.append(Column("Why", held["reason"].tolist()))
    return Table("team-table", "Team proposed for each ward", tuple(columns), empty="No ward was given.")


def teams_by_plan(pack: Pack) -> Table:
    """Return each ward's constables and CSOs, side by side, under this plan and every other."""
    held, posts = _by_harm(pack), posts_by_plan(pack)
    columns = [
        Column(
            words.sentence(plan)[:-1],
            [f"{count.constables:.0f} + {count.csos:.0f}" for count in posts[plan].reindex(held["ward"]).itertuples()],
        )
        for plan in posts
    ]
    return Table(
        "team-plans",
        "Constables + CSOs of each ward under each plan",
        (Column("Ward", held["name"].tolist()), *columns),
        empty="No other plan was compared.",
    )


def posts_by_plan(pack: Pack) -> dict[str, pd.DataFrame]:
    """Return constables and CSOs by ward code, for each plan in the order it was compared."""
    held = pack.staffing.by_plan
    plans = dict.fromkeys(held["plan"].astype(str))
    return {plan: held[held["plan"] == plan].set_index("ward")[["constables", "csos"]] for plan in plans}


def alternatives(name: str, caption: str, held: pd.DataFrame) -> Table:
    """Return what each plan exposes to patrol, and how much more or less this plan does."""
    gain = gain_over(held)
    columns = (
        Column("Plan", held["plan"].tolist()),
        Column("Harm exposed to patrol a week", held["objective"].tolist(), "real"),
        Column("Share of the best here", held["share_of_best"].tolist(), "percent"),
        Column(
            "This plan's gain over it", [gain.get(plan, float("nan")) for plan in held["plan"]], "gain", missing="–"
        ),
    )
    return Table(name, caption, columns, empty="No other plan was compared.", note="A minus sign means a loss.")


def outturn(pack: Pack) -> Table:
    """Return what each plan, made before each of the last periods, would have been exposed to in it."""
    return _held("team-outturn", "The same plans in periods that they were not made from", pack.outturn)


def walks(pack: Pack) -> Table:
    """Return what the routes of each plan, made before the last periods, would have been exposed to in them."""
    return _held("patrol-outturn", "Routes in periods that they were not planned from", pack.walks)


def _held(name: str, caption: str, found: Outturn | None) -> Table:
    empty = "There are too few periods to hold some back."
    if found is None:
        return Table(name, caption, (Column("Plan", []),), empty=empty)
    held = found.summary
    gain, low, high = (held[each] / held["exposed"].where(held["exposed"] > 0) for each in GAIN)
    columns = (
        Column("Plan", held["plan"].tolist()),
        Column("Harm exposed to patrol a week", held["exposed"].tolist(), "real"),
        Column("Share of perfect foresight’s", held["share"].tolist(), "percent"),
        Column("This plan’s gain over it", gain.tolist(), "percent", low.tolist(), high.tolist(), missing="–"),
    )
    note = "With 90 % intervals over the periods. A minus sign means a loss."
    return Table(name, caption, columns, empty=empty, note=note)


def one_more_post(pack: Pack) -> Table:
    """Return what one more constable or CSO would add."""
    columns: Headings = {"role": ("One more", "text"), "gain": ("More harm exposed to patrol a week", "real")}
    held, empty = pack.staffing.plus_one, "One more post was not priced."
    return Table.of("team-plus-one", "What one more post would buy, all teams planned anew", held, columns, empty=empty)


def one_more_patrol(pack: Pack) -> Table:
    """Return what one more CSO patrol would add, by base and shift, the best first."""
    held = pack.schedule.plus_one.sort_values(["gain", "base", "shift"], ascending=[False, True, True])
    columns: Headings = {
        "base": ("One more CSO patrol from", "text"),
        "shift": ("Shift", "text"),
        "gain": ("More harm exposed to patrol a week", "real"),
    }
    empty = "One more patrol was not priced."
    title = "What one more patrol would buy at least, the others left as they are"
    return Table.of("patrol-plus-one", title, held, columns, empty=empty)


def patrols(pack: Pack) -> tuple[Table, ...]:
    """Return one table a shift: each unit's stops with their times, and what it walks."""
    plan = pack.schedule.plan
    shifts = list(dict.fromkeys([*(unit.shift for unit in pack.units), *plan["shift"].astype(str)]))
    return tuple(
        _shift(pack, f"shift-{number}", shift, plan[plan["shift"] == shift])
        for number, shift in enumerate(shifts, start=1)
        if (plan["shift"] == shift).any()
    )


def unmet(pack: Pack) -> Table:
    """Return the visits asked for and not planned, by hot spot and shift, the most harm first."""
    held = pack.schedule.unmet.sort_values(["value", "hotspot_id", "shift"], ascending=[False, True, True])
    columns = (
        Column("Hot spot", held["hotspot_id"].map(_places(pack)).tolist()),
        Column("Shift", held["shift"].tolist()),
        Column("Harm left unexposed, a week", held["value"].tolist(), "real"),
        Column("Why", held["reason"].tolist()),
    )
    return Table(
        "unmet", "Visits asked for that do not fit the plan", columns, empty="Every visit asked for is planned."
    )


def _shift(pack: Pack, name: str, shift: str, plan: pd.DataFrame) -> Table:
    places = _places(pack)
    rounds = [(unit, stops.sort_values("stop")) for unit, stops in plan.groupby("unit", sort=False)]
    columns = (
        Column("Unit and base", [(str(unit), f"from {stops['base'].iloc[0]}") for unit, stops in rounds], "lines"),
        Column("Stops", [_stops(places, stops) for _, stops in rounds], "lines"),
        Column("Visits", [len(stops) for _, stops in rounds], "whole"),
        Column("Minutes at hot spots", [int(stops["minutes"].sum()) for _, stops in rounds], "whole"),
        Column("Metres walked between stops", [float(stops["metres"].sum()) for _, stops in rounds], "whole"),
    )
    caption = f"CSO patrols, shift: {shift}"
    return Table(name, caption, columns, empty="No patrol.", unfolded=10)


def _stops(places: dict[str, str], stops: pd.DataFrame) -> tuple[str, ...]:
    return tuple(f"{row.arrive} to {row.leave} {places[str(row.hotspot_id)]}" for row in stops.itertuples())


def _places(pack: Pack) -> dict[str, str]:
    spots = pack.hotspots
    return {spot: f"{spot} {name}" for spot, name in zip(spots["hotspot_id"], spots["name"], strict=True)}


def _by_harm(pack: Pack) -> pd.DataFrame:
    known = pack.ward_table.set_index("code")
    table = pack.staffing.table
    held = table.assign(harm=table["ward"].map(known["expected_harm"]), spots=table["ward"].map(known["hotspots"]))
    return held.sort_values(["harm", "ward"], ascending=[False, True])


def _changes(pack: Pack, held: pd.DataFrame) -> list[str]:
    today = posts_by_plan(pack)[STATUS_QUO].reindex(held["ward"])
    steps = zip(
        held["constables"].to_numpy(float) - today["constables"].to_numpy(float),
        held["csos"].to_numpy(float) - today["csos"].to_numpy(float),
        strict=True,
    )
    return [_change(constables, csos) for constables, csos in steps]


def _change(constables: float, csos: float) -> str:
    said = [
        f"{'+' if step > 0 else words.MINUS}{words.count(abs(step), role)}"
        for step, role in ((constables, "constable"), (csos, "CSO"))
        if step
    ]
    return words.listing(said) or "no change"
