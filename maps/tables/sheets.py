"""What each sheet of the workbook holds: the report's tables, and those too long for a page."""

from collections.abc import Sequence

import pandas as pd

from maps.pack import Pack
from maps.report import closer, days, evidence, hours, plans, record
from maps.report.summary import gain_over, summarise, warnings
from maps.report.table import Column, Headings, Kind, Table


def sheets(pack: Pack) -> dict[str, Table]:
    """Return the tables of the workbook by the name of their sheet, in order."""
    return {
        "Summary": _summary(pack),
        "Data fitness": _fitness(pack),
        "Hot spots": _hot_spots(pack),
        "Patrol hours": closer.hours_table(pack),
        "When": closer.when_table(pack),
        "New": closer.scan_table(pack.insight),
        "Concentration": closer.concentration_table(pack.insight),
        "Back-test": evidence.back_test(pack),
        "Sensitivity": closer.sensitivity_table(pack),
        "Trend": _plain("trend", pack.monthly, {"period": "text", "crimes": "whole", "harm": "real"}),
        "Wards": _wards(pack),
        "Teams": _teams(pack),
        "Patrols": _patrols(pack),
        "CSO hours": hours.bases(pack),
        "CSO tours": hours.tours(pack),
        "Meal breaks": days.breaks(pack),
        "Days": days.daily_stops(pack),
        "Delivery": days.delivery(pack),
        "Unmet": plans.unmet(pack),
        "Alternatives": _alternatives(pack),
        "One more": _one_more(pack),
        "Parameters": record.parameters(pack),
        "Assumptions": _listed("Assumption", pack.assumptions),
        "Files": evidence.sources(pack),
        "Rejects summary": _rejects(pack),
    }


def _summary(pack: Pack) -> Table:
    found = summarise(pack)
    rows = [
        ("Force", pack.force, ""),
        ("Marking", pack.marking, ""),
        ("Period", pack.period, ""),
        ("Forecast for", pack.next_period, ""),
        ("Unit of harm", pack.risk_unit, ""),
        ("Run", pack.run_id, ""),
        *((fact.label, fact.value, fact.note) for fact in found.facts),
        *((decision.question, " ".join(decision.sentences), "") for decision in found.decisions),
        ("Back-test", pack.backtest.sentence, pack.backtest.note),
        *(("Read before you decide", warning, "") for warning in warnings(pack)),
        *(("Credit", credit, "") for credit in pack.credits),
    ]
    return _rows("summary", ("What", "Finding", "Note"), rows)


def _fitness(pack: Pack) -> Table:
    held = pack.fitness
    rows = [
        *(("Fact", fact, value, "") for fact, value in zip(held.facts["fact"], held.facts["value"], strict=True)),
        *(
            ("Claim", row["claim"], "can be made" if row["allowed"] else "cannot be made", row["reason"])
            for row in held.claims.to_dict("records")
        ),
        *(("Warning", warning, "", "") for warning in held.warnings),
        *(("Period without crimes", gap, "", "") for gap in held.gaps),
        *(("File passed over", file, "", "") for file in pack.skipped),
    ]
    return _rows("fitness", ("Kind", "What", "Value", "Why"), rows)


def _hot_spots(pack: Pack) -> Table:
    held = pack.hotspots
    names = dict(zip(pack.wards["code"], pack.wards["name"], strict=True))
    middle = held.geometry.representative_point()
    columns = (
        Column("Hot spot", held["hotspot_id"].tolist()),
        Column("Rank", held["rank"].tolist(), "whole"),
        Column("Name", held["name"].tolist()),
        Column("Ward code", held["ward"].tolist()),
        Column("Ward", held["ward"].map(names).tolist()),
        Column("Crimes recorded", held["crimes"].tolist(), "whole"),
        evidence.expected(held, "crimes"),
        evidence.expected(held, "harm"),
        Column("Rank, low", held["rank_low"].tolist(), "whole"),
        Column("Rank, high", held["rank_high"].tolist(), "whole"),
        Column("Stability: share of windows in the first quarter", held["stability"].tolist(), "percent"),
        Column("Trend", held["trend"].tolist()),
        Column("History", held["history"].tolist()),
        Column("Area, m²", held["area_m2"].tolist(), "whole"),
        Column("Easting of the middle, m", middle.x.tolist(), "whole"),
        Column("Northing of the middle, m", middle.y.tolist(), "whole"),
        Column("Offence mix", held["offence_mix"].tolist()),
        Column("Why this place", held["reason"].tolist()),
    )
    return Table("hot-spots", "Hot spots", columns, empty="No hot spot.")


def _wards(pack: Pack) -> Table:
    more = pack.wards.set_index("code")[["population", "deprivation_decile"]].astype("float64")
    demand = pack.ward_demand.set_index("ward")[["harm", "priority"]]
    held = pack.ward_table.join(more, on="code").join(demand, on="code")
    columns: Headings = {
        "code": ("Code", "text"),
        "name": ("Ward", "text"),
        "crimes": ("Crimes recorded", "whole"),
        "expected_crimes": ("Crimes expected a week", "real"),
        "expected_harm": ("Harm expected a week", "real"),
        "harm": ("Demand: weighted harm a week", "real"),
        "priority": ("Community priority", "real"),
        "hotspots": ("Hot spots", "whole"),
        "population": ("Population", "whole"),
        "deprivation_decile": ("Deprivation decile, 1 = most deprived", "tenths"),
    }
    return Table.of("wards", "Wards", held, columns, empty="No ward.")


def _teams(pack: Pack) -> Table:
    held = pack.staffing.table
    posts = [
        Column(f"{plan}: {name}", counts[role].reindex(held["ward"]).tolist(), "whole")
        for plan, counts in plans.posts_by_plan(pack).items()
        for role, name in (("constables", "constables"), ("csos", "CSOs"))
    ]
    columns = (
        Column("Code", held["ward"].tolist()),
        Column("Ward", held["name"].tolist()),
        Column("Constables", held["constables"].tolist(), "whole"),
        Column("CSOs", held["csos"].tolist(), "whole"),
        Column("Sergeants", held["sergeants"].tolist(), "tenths"),
        Column("Harm exposed to patrol a week", held["value"].tolist(), "real"),
        Column("Why", held["reason"].tolist()),
        *posts,
    )
    return Table("teams", "Teams", columns, empty="No ward.")


def _patrols(pack: Pack) -> Table:
    names = dict(zip(pack.hotspots["hotspot_id"], pack.hotspots["name"], strict=True))
    held = pack.schedule.plan.assign(place=pack.schedule.plan["hotspot_id"].map(names))
    columns: Headings = {
        "unit": ("Unit", "text"),
        "role": ("Role", "text"),
        "base": ("Base", "text"),
        "shift": ("Shift", "text"),
        "stop": ("Stop", "whole"),
        "hotspot_id": ("Hot spot", "text"),
        "place": ("Place", "text"),
        "arrive": ("Arrive", "text"),
        "leave": ("Leave", "text"),
        "minutes": ("Minutes", "whole"),
        "metres": ("Metres walked to it", "whole"),
        "value": ("Harm exposed to patrol a week", "real"),
    }
    return Table.of("patrols", "Patrols", held, columns, empty="No patrol.")


def _alternatives(pack: Pack) -> Table:
    teams, patrols = pack.staffing, pack.schedule
    parts = (
        _beside("Teams", teams.alternatives, teams.bound, teams.gap),
        _beside("CSO patrols", patrols.alternatives, patrols.bound, patrols.gap),
    )
    held = pd.concat(parts, ignore_index=True)
    columns: Headings = {
        "what": ("What", "text"),
        "plan": ("Plan", "text"),
        "objective": ("Harm exposed to patrol a week", "real"),
        "share_of_best": ("Share of the best here", "percent"),
        "gain": ("This plan's gain over it", "gain"),
        "bound": ("Bound that no plan can pass", "real"),
        "gap": ("Gap of this plan to the bound", "percent"),
    }
    return Table.of("alternatives", "Alternatives", held, columns, empty="No other plan.")


def _one_more(pack: Pack) -> Table:
    posts = pack.staffing.plus_one.rename(columns={"role": "what"}).assign(base="", shift="")
    patrols = pack.schedule.plus_one.assign(what="CSO patrol")
    held = pd.concat([posts, patrols], ignore_index=True)
    columns: Headings = {
        "what": ("One more", "text"),
        "base": ("Base", "text"),
        "shift": ("Shift", "text"),
        "gain": ("More harm exposed to patrol a week", "real"),
    }
    return Table.of("one-more", "One more", held, columns, empty="Not priced.")


def _beside(what: str, held: pd.DataFrame, bound: float, gap: float) -> pd.DataFrame:
    return held.join(gain_over(held), on="plan").assign(what=what, bound=bound, gap=gap)


def _rejects(pack: Pack) -> Table:
    counted = pack.rejects.groupby(["file", "reason"], sort=True, observed=True).size().reset_index(name="rows")
    columns: Headings = {
        "file": ("File", "text"),
        "reason": ("Reason", "text"),
        "rows": ("Rows refused", "whole"),
    }
    return Table.of("rejects", "Rows refused", counted, columns, empty="No row was refused.")


def _plain(name: str, held: pd.DataFrame, kinds: dict[str, Kind]) -> Table:
    headings = {column: (column.capitalize(), kind) for column, kind in kinds.items()}
    return Table.of(name, name.capitalize(), held, headings, empty="Nothing.")


def _listed(heading: str, values: tuple[str, ...]) -> Table:
    return Table("listed", heading, (Column(heading, list(values)),), empty="None.")


def _rows(name: str, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Table:
    columns = tuple(Column(heading, [row[at] for row in rows]) for at, heading in enumerate(headings))
    return Table(name, name.capitalize(), columns, empty="Nothing.")
