"""
What the data can and cannot bear: judged from what was read, before any analysis, in words for a meeting.

Nothing here looks at a file's name or says what a publisher is known to do: a claim is allowed or refused by the dates,
positions and identifiers that the rows themselves hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd
from geopandas import GeoDataFrame

from geodata._claims import FEWEST_CRIMES, FEWEST_PERIODS, MOST, claims, share
from geodata._survey import STRAY_KM, Survey, survey
from geodata.crimes import CrimeRead
from geodata.harm import HarmTable
from geodata.periods import Periods


@dataclass(frozen=True)
class Fitness:
    """
    What the data can and cannot bear.

    Parameters
    ----------
    facts : columns fact and value, both text
    reasons : columns reason and rows: why rows were refused, most frequent first
    claims : columns claim, allowed and reason
    warnings : each a sentence that a reader of the results must know
    outside : accepted crimes in none of the areas
    distinct_points : positions on which the accepted crimes lie
    gaps : months without a crime between the first and the last, "2014-03"
    """

    facts: pd.DataFrame
    reasons: pd.DataFrame
    claims: pd.DataFrame
    warnings: tuple[str, ...]
    outside: int
    distinct_points: int
    gaps: tuple[str, ...]


def assess(
    read: CrimeRead,
    areas: GeoDataFrame,
    *,
    periods: Periods | None,
    harm: HarmTable | None = None,
    lsoa_editions: Mapping[int, Iterable[str]] | None = None,
) -> Fitness:
    """
    Return what can and cannot be said from some crimes.

    Parameters
    ----------
    read : what the reader found
    areas : table of areas, in the CRS of the crimes
    periods : the weeks or months to be analysed, None where there is not one whole
    harm : table by which offences are to be weighed; None if they are not
    lsoa_editions : all LSOA codes of each edition (year), by which that of the crimes is told; None if there are none

    Returns
    -------
    fitness : facts, reasons for refusing rows, claims, warnings

    Raises
    ------
    InputError
        If the crimes are in another CRS than `areas`.
    """
    found = survey(read, areas, periods, harm, lsoa_editions)
    return Fitness(
        facts=_facts(found),
        reasons=_reasons(read),
        claims=claims(found),
        warnings=tuple(_warnings(found)),
        outside=found.outside,
        distinct_points=found.points,
        gaps=found.gaps,
    )


def _reasons(read: CrimeRead) -> pd.DataFrame:
    counts = read.rejects["reason"].value_counts().rename_axis("reason").rename("rows").reset_index()
    counts = counts.sort_values(["rows", "reason"], ascending=[False, True], ignore_index=True)
    return counts.astype({"reason": "string", "rows": "int64"})


def _facts(found: Survey) -> pd.DataFrame:
    crimes = found.crimes
    rows = [
        ("Files read", f"{found.files:,}"),
        ("Rows read", f"{found.rows:,}"),
        ("Rows accepted", f"{crimes:,} ({share(crimes, found.rows)})"),
        ("Rows refused", f"{found.rejected:,} ({share(found.rejected, found.rows)})"),
        ("Rows without coordinates", f"{found.unplaced:,} ({share(found.unplaced, found.rows)})"),
        ("First and last day", _span(found)),
        ("Months without a crime", f"{len(found.gaps):,}"),
        ("Dates known by", _listed(found.precisions)),
        ("Known to within eight hours", f"{found.within_shift:,} ({share(found.within_shift, crimes)})"),
        ("Distinct positions", f"{found.points:,}"),
        ("Crimes on the busiest position", f"{found.busiest:,}"),
        ("Positions that are map points", f"{found.map_points:,} ({share(found.map_points, crimes)})"),
        ("With premises", f"{found.premises:,} ({share(found.premises, crimes)})"),
        ("With a victim's pseudonym", f"{found.victims:,} ({share(found.victims, crimes)})"),
        ("Outside the areas", f"{found.outside:,} ({share(found.outside, crimes)})"),
        (f"More than {STRAY_KM:.0f} km outside", f"{found.strays:,}"),
        ("Farthest outside", f"{found.farthest:,.0f} km"),
        ("Without a Crime ID", f"{found.unidentified:,} ({share(found.unidentified, crimes)})"),
        ("Rows that re-use a Crime ID", f"{found.reused:,}"),
        ("Rows identical to an earlier one", f"{found.identical:,}"),
        ("LSOA of the crimes", _lsoa(found)),
        ("Police-generated offences", f"{found.police_generated:,} ({share(found.police_generated, crimes)})"),
    ]
    return pd.DataFrame(rows, columns=["fact", "value"]).astype("string")


def _span(found: Survey) -> str:
    if found.first is None or found.last is None:
        return "no crimes"
    ends = [f"{moment.day} {moment.month_name()} {moment.year}" for moment in (found.first, found.last)]
    return " to ".join(ends)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items() if count) or "no crimes"


def _lsoa(found: Survey) -> str:
    if found.lsoa == 0:
        return "no row names one"
    named = f"named for {found.lsoa:,} of {found.crimes:,}"
    if found.lsoa_editions is None:
        return f"{named}, edition not checked"
    return ", ".join([named, *(f"{100 * part:.1f} % in {year}" for year, part in found.lsoa_editions.items())])


def _warnings(found: Survey) -> Iterator[str]:
    if found.crimes == 0:
        yield "No row was accepted: there is nothing to analyse."
        return
    yield from _about_numbers(found)
    yield from _about_places(found)
    yield from _about_dates(found)
    yield from _about_offences(found)


def _about_numbers(found: Survey) -> Iterator[str]:
    inside = found.crimes - found.outside
    if inside < FEWEST_CRIMES:
        yield f"Only {inside:,} crimes lie in the areas: any hot spot among so few may be chance."
    if found.unplaced:
        low, high = found.unplaced_by_file
        spread = f", from {100 * low:.1f} % to {100 * high:.1f} % by file" if found.files > 1 else ""
        yield (
            f"{found.unplaced:,} rows ({share(found.unplaced, found.rows)}{spread}) have no coordinates and are on no "
            "map: if they are not like the others, the map is skewed."
        )
    if found.identical:
        yield (
            f"{found.identical:,} rows are identical to an earlier row and were kept: without an identifier nothing "
            "tells a copy from a second incident."
        )
    if found.reused:
        yield f"{found.reused:,} rows re-use the Crime ID of an earlier row and were kept: they may be several."


def _about_places(found: Survey) -> Iterator[str]:
    if found.map_points > MOST * found.crimes:
        yield (
            f"Positions are map points, {found.points:,} for {found.crimes:,} crimes: a hot spot is a street or "
            "more, never an address."
        )
    if found.outside == found.crimes:
        yield "No crime lies in the areas: they are of another place, or in another coordinate reference system."
    elif found.outside > 0.05 * found.crimes:
        yield f"{share(found.outside, found.crimes)} of crimes lie outside the areas and are in no figure by area."
    if found.strays:
        yield (
            f"{found.strays:,} crimes lie more than {STRAY_KM:.0f} km outside the areas, the farthest "
            f"{found.farthest:,.0f} km."
        )
    if found.lsoa_editions is not None and found.lsoa and max(found.lsoa_editions.values(), default=0.0) < 0.99:
        yield "The crimes' LSOA codes are not all of one edition: figures by LSOA need a look-up between editions."


def _about_dates(found: Survey) -> Iterator[str]:
    month = found.precisions.get("month", 0)
    if month > MOST * found.crimes:
        yield "Dates are months: nothing can be said of days, of the time of day or of repeats within days."
    elif month:
        yield f"{month:,} crimes are dated by month only, so that all are analysed by month."
    if found.gaps:
        shown = ", ".join(found.gaps[:6]) + (" and more" if len(found.gaps) > 6 else "")
        yield f"{len(found.gaps):,} months between the first and the last date hold no crime ({shown}): rates are off."
    if found.early:
        yield f"{found.early:,} crimes are dated more than a year before nearly all others: check or leave them out."
    if found.periods is None or found.periods.size < FEWEST_PERIODS:
        size = 0 if found.periods is None else found.periods.size
        yield f"There are too few whole periods ({size}) to say how well a forecast would have done."


def _about_offences(found: Survey) -> Iterator[str]:
    if found.police_generated:
        yield (
            f"{found.police_generated:,} crimes are of offences that police find by looking (drugs, weapons): they "
            "are left out of the risk surface unless asked for."
        )
    if found.unlisted is not None and len(found.unlisted):
        named = ", ".join(str(offence) for offence in found.unlisted.index[:5])
        more = " and others" if len(found.unlisted) > 5 else ""
        yield (
            f"{int(found.unlisted.sum()):,} crimes are of {len(found.unlisted):,} offences that the harm table does "
            f"not list ({named}{more}): all have its weight for unlisted ones."
        )
