"""What is said of each hot spot: its name, its mix of offences, and the sentence that gives the reason."""

from collections.abc import Hashable
from math import floor, log10
from typing import Any, Final, Literal

import pandas as pd

from geodata.grid import Grid
from hotspots.naming import grid_reference, is_kind_of_place, tidy_place
from hotspots.spots import Spots

NAMED_OFFENCES: Final = 3  # in the mix of offences

RankBy = Literal["harm", "crimes"]


def ranked(held: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return spot, value, n and share of each value of `column`, most frequent first, then by name."""
    known = held.dropna(subset=[column])
    counted = known.groupby(["spot", column], sort=True).size().rename("n").reset_index()
    counted["share"] = counted["n"] / counted.groupby("spot")["n"].transform("sum")
    return counted.sort_values(["spot", "n", column], ascending=[True, False, True], kind="stable", ignore_index=True)


def most(held: pd.DataFrame, column: str) -> dict[int, str]:
    """Return the most frequent value of each spot that has any."""
    first = ranked(held, column).drop_duplicates("spot")
    return dict(zip(first["spot"].astype(int), first[column].astype(str), strict=True))


def mixes(held: pd.DataFrame, size: int) -> list[str]:
    """Return the three offences most recorded in each spot, with their shares."""
    top = ranked(held, "offence").groupby("spot").head(NAMED_OFFENCES)
    named: dict[int, list[str]] = {}
    for spot, offence, share in zip(top["spot"], top["offence"], top["share"], strict=True):
        named.setdefault(int(spot), []).append(f"{offence} {100 * share:.0f} %")
    return [", ".join(named.get(spot, ["no crime recorded"])) for spot in range(size)]


def names(held: pd.DataFrame, spots: Spots, grid: Grid) -> list[str]:
    """Return a name for each spot, no two alike where their grid references differ."""
    tidy = {location: tidy_place(location) or pd.NA for location in held["location"].dropna().unique()}
    places = held.assign(location=held["location"].map(tidy, na_action="ignore").astype("string"))
    kinds = [place for place in places["location"].dropna().unique() if is_kind_of_place(place)]
    streets = places[~places["location"].isin(kinds)]
    place, street = most(places, "location"), most(streets, "location")
    references = [_reference(spots, rank, grid) for rank in spots.table["rank"]]
    chosen = [_name(place.get(spot), street.get(spot)) or references[spot] for spot in range(len(references))]
    twice = pd.Series(chosen, dtype="string").duplicated(keep=False)
    return [
        f"{name} ({reference})" if again and name != reference else name
        for name, reference, again in zip(chosen, references, twice, strict=True)
    ]


def _name(place: str | None, street: str | None) -> str | None:
    if place is None or street is None or place == street:
        return place
    return f"{place}, {street}"


def _reference(spots: Spots, rank: int, grid: Grid) -> str:
    x, y = grid.centres(spots.cells.index[spots.cells == rank])
    return grid_reference(float(x.mean()), float(y.mean()), grid.crs)


def reasons(held: pd.DataFrame, spots: Spots, rank_by: RankBy) -> list[str]:
    """Return one sentence per spot: its share of what is expected, of the area, and what was recorded."""
    offences = ranked(held, "offence")
    total = offences.groupby("spot")["n"].sum()
    top = {int(row["spot"]): row for row in offences.drop_duplicates("spot").to_dict("records")}
    what = "crime" if rank_by == "crimes" else "harm"
    of_expected = spots.table["expected"] / (spots.expected_total or 1.0)
    of_area = spots.table["area_m2"] / spots.study_area_m2
    return [
        f"Holds {percent(part)} of the force's expected {what} in {percent(area)} of its area; "
        + (_recorded(int(total[spot]), top[spot]) if spot in top else "no crime is recorded inside it, only around it.")
        for spot, (part, area) in enumerate(zip(of_expected, of_area, strict=True))
    ]


def _recorded(number: int, top: dict[Hashable, Any]) -> str:
    crimes = f"{number:,} {'crime' if number == 1 else 'crimes'}"
    return f"{crimes} recorded, {percent(top['share'])} of them {_lowered(str(top['offence']))}."


def percent(share: float) -> str:
    """Return a share as a percentage of about two significant figures: "21 %", "2.1 %", "0.02 %", "0.0007 %"."""
    number = 100.0 * share
    if number <= 0:
        return "0 %"
    leading = floor(log10(number))
    return f"{number:.{max(0, 1 - leading) if leading >= 0 else -leading}f} %"


def _lowered(offence: str) -> str:
    return offence if offence[1:2].isupper() else offence[:1].lower() + offence[1:]
