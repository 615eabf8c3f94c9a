"""The closer look in words and tables: when, how much an hour, how concentrated, what is new, which maps agree."""

from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from hotspots.naming import grid_reference
from maps import words
from maps.findings import Findings
from maps.pack.insight import Insight
from maps.report.table import Column, Headings, Table
from maps.tasking import dates

NEWS: Final = 0.05
FEWEST_CLUSTERS: Final = 3
MOST_SETTINGS: Final = 0.8
SETTINGS: Final = ["bandwidth", "cell", "hotspots", "jaccard"]
_PARTS: Final = (("night", 0, 6), ("morning", 6, 12), ("afternoon", 12, 18), ("evening", 18, 24))
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def week(insight: Insight | None) -> tuple[str, ...]:
    """Say how far the times can be trusted, or why there are none, and how to read them."""
    if insight is None:
        return ("Times of day were not looked at.",)
    if insight.week is None:
        return (words.sentence(insight.week_note),)
    return (
        words.sentence(insight.week_note),
        "A crime known between two moments counts in every hour between, each for its part.",
    )


def when_table(found: Findings) -> Table:
    """Return the part of the day, and the day, on which most of each hot spot's crime falls."""
    week = None if found.insight is None else found.insight.week
    profiles = pd.DataFrame() if week is None else week.profiles
    names = dict(zip(found.hotspots["hotspot_id"], found.hotspots["name"], strict=True))
    shown = [(spot, hours) for spot, hours in profiles.iterrows() if hours.sum() > 0]
    hours = [hours.to_numpy(dtype=np.float64).reshape(7, 24) for _, hours in shown]
    parts = [[float(held[:, first:last].sum() / held.sum()) for _, first, last in _PARTS] for held in hours]
    columns = (
        Column("Place", [f"{spot} {names.get(str(spot), '')}" for spot, _ in shown]),
        *(Column(f"{words.capital(name)}, {first:02d} to {last:02d}", [row[at] for row in parts], "percent")
          for at, (name, first, last) in enumerate(_PARTS)),
        Column("Busiest day", [DAYS[int(held.sum(axis=1).argmax())] for held in hours]),
        Column("Its share", [float(held.sum(axis=1).max() / held.sum()) for held in hours], "percent"),
    )  # fmt: skip
    return Table("when-table", "When crime happens in each hot spot", columns, empty="The dates do not bear hours.")


def concentration(insight: Insight | None) -> str:
    """Say in what share of the cells half of the crime, and of the harm, lies."""
    if insight is None:
        return "How far crime gathers was not looked at."
    table = insight.concentration
    whole = table[(table["offence"] == "all") & (table["year"] == "all")]
    if whole.empty or pd.isna(whole["share"].iloc[0]):
        return "There is too little crime to say how far it gathers."
    row = whole.iloc[0]
    return (
        f"Half of the crime lies in {words.percent(row['share'])} of the cells, and half of the harm in "
        f"{words.percent(row['share_of_harm'])}."
    )


def concentration_table(insight: Insight | None) -> Table:
    """Return how far each offence gathers, over all years."""
    if insight is None:
        return Table(
            "concentration-table", "How far each offence gathers", (Column("Offence", []),), empty="Not known."
        )
    table = insight.concentration
    held = table[table["year"] == "all"].sort_values("crimes", ascending=False, kind="stable")
    columns = (
        Column("Offence", held["offence"].replace("all", "All offences").tolist()),
        Column("Crimes", held["crimes"].tolist(), "whole"),
        Column("Cells that hold half of the crimes", held["share"].tolist(), "percent"),
        Column("Cells that hold half of the harm", held["share_of_harm"].tolist(), "percent"),
        Column(
            "Generalised Gini", *(held["gini"].tolist(), "real", held["gini_low"].tolist(), held["gini_high"].tolist())
        ),
    )
    note = "Offences of 30 crimes or more. Gini: 0 where all places hold alike, 1 where one holds all; 90 % interval."
    return Table("concentration-table", "How far each offence gathers in few cells", columns,
                 empty="No offence has 30 crimes.", note=note)  # fmt: skip


def news(found: Findings) -> tuple[str, ...]:
    """Say of each place and time that has more crime than either explains what it is, a sentence each."""
    scan = None if found.insight is None else found.insight.scan
    if scan is None or scan.clusters.empty:
        return ()
    return tuple(_cluster(row, found.hotspots) for _, row in scan.clusters[scan.clusters["p"] <= NEWS].iterrows())


def scan(found: Findings) -> tuple[str, ...]:
    """Say what is new, or that nothing is, and how often chance shows as much."""
    insight = found.insight
    if insight is None:
        return ("Whether anything is new was not looked at.",)
    if insight.scan is None:
        return (f"It cannot be asked what is new: {insight.scan_note[:1].lower()}{insight.scan_note[1:]}",)
    clusters = insight.scan.clusters
    if clusters.empty:
        return ("Nothing is new: no place had more crime of late than its own past and the force's explain.",)
    said = news(found)
    if not said:
        first = clusters.iloc[0]
        return (
            "Nothing new stands out.",
            f"The most that was found, {words.count(int(first['observed']), 'crime')} where "
            f"{words.number(first['expected'])} would be usual, chance shows in {words.percent(first['p'])} of scans.",
        )
    return said


def scan_table(insight: Insight | None) -> Table:
    """Return the clusters that chance hardly explains, or the three likeliest where there is none."""
    scan = None if insight is None else insight.scan
    held = pd.DataFrame() if scan is None else scan.clusters
    held = held.head(max(FEWEST_CLUSTERS, int((held["p"] <= NEWS).sum()))) if len(held) else held
    if len(held) == 0:
        return Table("scan-table", "Places and times with more than their share", (Column("Cluster", []),),
                     empty="No cluster was found.")  # fmt: skip
    crs = "" if scan is None else scan.clusters.crs.to_string()
    columns = (
        Column("Around", [grid_reference(x, y, crs) for x, y in zip(held["x"], held["y"], strict=True)]),
        Column("Within, m", held["radius"].tolist(), "whole"),
        Column("From", held["start"].astype(str).tolist()),
        Column("To", held["stop"].astype(str).tolist()),
        Column("Crimes", held["observed"].tolist(), "whole"),
        Column("Usual", held["expected"].tolist(), "real"),
        Column("Log likelihood ratio", held["llr"].tolist(), "real"),
        Column("p", held["p"].tolist(), "real"),
        Column("By chance once in, years", held["recurrence_years"].tolist(), "real"),
    )
    note = "p allows for all places and times looked at; one below 0.05 is worth a look at the crimes themselves."
    return Table("scan-table", "Places and times with more than their share", columns, empty="", note=note)


def hours_table(found: Findings) -> Table:
    """Return what an hour of patrol meets in each hot spot, most first."""
    hours = None if found.insight is None else found.insight.hours
    what = words.what_gathers(found.rank_by)
    names = dict(zip(found.hotspots["hotspot_id"], found.hotspots["name"], strict=True))
    held = pd.DataFrame() if hours is None else hours.sort_values("rank", kind="stable")
    if len(held) == 0:
        return Table("hours-table", "What an hour of patrol meets", (Column("Place", []),),
                     empty="Without streets the time that a patrol takes is not known.")  # fmt: skip
    spans = [
        f"{rank}" if pd.isna(low) else f"{rank} ({low:.0f}{words.SPACE}to{words.SPACE}{high:.0f})"
        for rank, low, high in zip(held["rank"], held["rank_low"], held["rank_high"], strict=True)
    ]
    columns = (
        Column("Place", [f"{spot} {names.get(spot, '')}" for spot in held["hotspot_id"]]),
        Column("Rank by the hour", spans),
        Column("Street, m", held["street_m"].tolist(), "whole"),
        Column("Minutes of one visit", (60 * held["hours"]).tolist(), "whole"),
        Column(f"{words.capital(what)} expected a week for each hour", held["per_hour"].tolist(), "real"),
    )
    note = "One visit walks all streets at 4.8 km/h and lasts 15 minutes at least. After the rank: its 90 % interval."
    return Table("hours-table", "What an hour of patrol meets", columns, empty="", note=note)


def sensitivity(found: Findings) -> tuple[str, ...]:
    """Say how many hot spots of the density map stay under other settings, and how much of the area does."""
    held = found.sensitivity
    if held is None or held.hotspots["survival"].isna().all():
        return ("No other setting of the map could be tried.",)
    survival, others = held.hotspots["survival"], len(held.settings) - 1
    every, most = int((survival == 1).sum()), int((survival >= MOST_SETTINGS).sum())
    shared = float(held.settings["jaccard"].iloc[1:].median())
    return (
        f"Hot spots were grown on the density map again under {words.count(others, 'other setting')} of bandwidth, "
        "cell and grid.",
        f"Of {words.count(len(survival), 'hot spot')}, {words.number(every, 0)} stay hot under all of them, and "
        f"{words.number(most, 0)} under four in five.",
        f"A typical setting shares {words.percent(shared)} of the area.",
        "A place that comes and goes with the setting is weak ground for a decision.",
    )


def sensitivity_table(found: Findings) -> Table:
    """Return, for each bandwidth and cell tried, the hot spots and the area that they share with the report's."""
    tried = found.sensitivity
    others = pd.DataFrame(columns=SETTINGS, dtype=float) if tried is None else tried.settings.iloc[1:]
    held = others.groupby(["bandwidth", "cell"], sort=True)[["hotspots", "jaccard"]].mean().reset_index()
    held["setting"] = [f"{row.bandwidth:.0f} m, {row.cell:.0f} m" for row in held.itertuples()]
    columns: Headings = {
        "setting": ("Bandwidth and cell", "text"),
        "hotspots": ("Hot spots", "whole"),
        "jaccard": ("Area shared", "percent"),
    }
    note = "Area shared: that in the hot spots of both settings over that in either. Mean of the places of the grid."
    caption = "Hot spots of the density map under other settings, beside the settings used"
    empty = "No other setting of the map could be tried."
    return Table.of("sensitivity-table", caption, held, columns, empty=empty, note=note)


def _cluster(row: pd.Series, hotspots: GeoDataFrame) -> str:
    """Return a cluster in a sentence: what, where, when, beside what is usual, and how rare by chance."""
    where = grid_reference(row["x"], row["y"], str(hotspots.crs.to_string()) if hotspots.crs else "EPSG:27700")
    near = hotspots[hotspots.geometry.distance(row["geometry"]) == 0] if len(hotspots) else hotspots
    inside = f", at {near['name'].iloc[0]}" if len(near) else ""
    rare = row["recurrence_years"]
    often = "" if pd.isna(rare) else f"; chance shows as much once in {words.number(rare)} years"
    return (
        f"{words.count(int(row['observed']), 'crime')} lay within {row['radius']:.0f} m of {where}{inside}, "
        f"{_when(str(row['start']), str(row['stop']))}. "
        f"Usual there and then is {words.number(row['expected'])}{often}."
    )


def _when(start: str, stop: str) -> str:
    if start == stop:
        return f"in {dates.period(start)}"
    if start.count("-") == 1:
        return f"from {dates.period(start)} to {dates.period(stop)}"
    return f"in the weeks that began from {dates.day(start)} to {dates.day(stop)}"
