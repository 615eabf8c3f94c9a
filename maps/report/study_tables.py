"""Tables of the study's page that a report has no room for."""

from typing import Final

import pandas as pd

from hotspots.emerging import RULES
from hotspots.history import HISTORY_CLASSES
from hotspots.sensitivity import covered_elsewhere
from maps import words
from maps.report import evidence
from maps.report.table import Column, Table
from maps.study.study import MOST_SLICES, Study

MOST_STREETS: Final = 20
MOST_LOCALITIES: Final = 20


def hot_places(study: Study) -> Table:
    """Return the hot spots by rank, with how much of each other maps keep."""
    held = study.hotspots
    names = dict(zip(study.wards["code"], study.wards["name"], strict=True))
    kept = [float("nan")] * len(held)
    if study.sensitivity is not None:
        kept = covered_elsewhere(held, study.sensitivity).tolist()
    places = [
        (f"{row['hotspot_id']} {row['name']}", str(names.get(row["ward"], "")), f"{row['area_m2'] / 1e4:.1f} hectares")
        for row in held.to_dict("records")
    ]
    columns = (
        Column("Place", places, "lines"),
        Column("Rank", evidence.ranks(held)),
        Column("Trend, history", (held["trend"] + ", " + held["history"]).tolist()),
        Column("Crimes recorded", held["crimes"].tolist(), "whole"),
        evidence.expected(held, "crimes"),
        evidence.expected(held, "harm"),
        Column("Kept by other maps", kept, "percent", missing="–"),
        Column("Offence mix", held["offence_mix"].tolist()),
    )
    return Table(
        "hot-spot-table",
        f"Hot spots ranked by expected {study.rank_by}, {study.next_period}",
        columns,
        empty="No hot spot was found: no place stood out from the rest.",
        note="After each rank and below each expected number: its 90 % interval. Kept: mean share of its area that is "
        "hot under the other settings of the density map.",
    )


def classes(study: Study) -> Table:
    """Return how many cells are of each class over time, by either rule."""
    rows: list[tuple[str, str, int]] = []
    if "history" in study.cells:
        found = study.cells["history"].value_counts()
        rows += [("Four classes", words.capital(name), int(found.get(name, 0))) for name in HISTORY_CLASSES[:-1]]
    if "emerging" in study.cells:
        found = study.cells["emerging"].value_counts()
        names = [f"{name} {sign} spot" for sign in ("hot", "cold") for name, _ in RULES]
        rows += [("Seventeen classes", words.capital(name), int(found.get(name, 0))) for name in [*names, "no pattern"]]
    rows = [row for row in rows if row[2]]
    columns = (
        Column("Rule", [rule for rule, _, _ in rows]),
        Column("Class", [name for _, name, _ in rows]),
        Column("Cells", [cells for _, _, cells in rows], "whole"),
    )
    return Table("classes-table", "Cells by class", columns, empty="There are too few periods to class cells.",
                 unfolded=30)  # fmt: skip


def hot_streets(study: Study) -> Table:
    """Return the stretches of street with most to the kilometre."""
    held = study.streets.get("hot_streets", pd.DataFrame()).head(MOST_STREETS)
    if len(held) == 0:
        return Table("hot-streets-table", "Hot streets", (Column("Street", []),), empty="No street is hot.")
    harm = (Column("Harm a week and km", held["harm_per_km"].tolist(), "real"),) if "harm_per_km" in held else ()
    columns = (
        Column("Street", held["street"].astype(str).tolist()),
        Column("Between", held["ends"].astype(str).tolist()),
        Column("Metres", held["length_m"].tolist(), "whole"),
        Column("Crimes on it", held["recorded"].tolist(), "whole"),
        Column("Crimes a week and km", held["crimes_per_km"].tolist(), "real"),
        *harm,
    )
    return Table("hot-streets-table", f"The {len(held)} hottest stretches of street", columns, empty="")


def space_time(study: Study) -> Table:
    """Return where each slice of time was furthest above usual."""
    found = study.space_time
    name, caption = "space-time-table", "Where crime rose furthest above what is usual there"
    if found is None:
        return Table(name, caption, (Column("Where", []),), empty="It was not asked for.")
    held = found.peaks[found.peaks["peak"] == "furthest above usual"][::-1]
    columns = (
        Column(f"{words.capital(found.unit)} of", held[found.unit].astype(str).tolist()),
        Column("Hot spot", held["hotspot_id"].fillna("outside").astype(str).tolist()),
        Column("Easting", held["easting"].tolist(), "whole"),
        Column("Northing", held["northing"].tolist(), "whole"),
        Column("Crimes a week and km²", held["density"].tolist(), "real"),
        Column("Usual there", held["usual"].tolist(), "real"),
    )
    reach = f"{words.number(study.smoothing.metres, 0)} m and {found.days:g} days"
    note = f"Over {reach} before and after each crime. The newest first."
    return Table(name, caption, columns, empty="", note=note, unfolded=MOST_SLICES)


def localities(study: Study) -> Table:
    """Return the areas with the highest Vulnerable Localities Index."""
    found = study.localities
    empty = "The index needs all six inputs, and was not worked out."
    if found is None or found.missing:
        return Table("localities-table", "Vulnerable Localities Index", (Column("Area", []),), empty=empty)
    held = found.table[found.table["rank"].notna()].sort_values("rank", kind="stable").head(MOST_LOCALITIES)
    inputs = [name for name in held.columns if name not in ("vli", "rank", "priority", "missing")]
    columns = (
        Column("Area", [str(code) for code in held.index]),
        Column("Rank", [float(rank) for rank in held["rank"]], "whole"),
        Column("Index", held["vli"].tolist(), "whole"),
        *(Column(words.capital(name.replace("_", " ")), held[name].tolist(), "whole") for name in inputs),
    )
    note = "100 is the mean of the areas. Above 200 an area is a priority neighbourhood."
    return Table("localities-table", "Vulnerable Localities Index, the highest", columns, empty=empty, note=note)
