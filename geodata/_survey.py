"""The counts on which a verdict of fitness rests, each taken once from the tables read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from geodata._rows import NO_COORDINATES
from geodata.areas import locate
from geodata.cast import FloatArray
from geodata.crimes import CrimeRead
from geodata.harm import HarmTable, police_generated
from geodata.periods import Periods

# Farther outside the areas than this is no neighbour's crime recorded here, but a mistake or a distant incident.
STRAY_KM: Final = 20.0
# A shift: to know when in the day a crime happened is to know it to within one.
SHIFT: Final = pd.Timedelta(hours=8)
_MOMENT: Final = pd.Timedelta(seconds=1)
_PUBLISHED: Final = ["crime_id", "offence", "occurred_from", "occurred_to", "place_id", "victim_id", "location", "lsoa"]


@dataclass(frozen=True)
class Survey:
    """
    Counts of rows and crimes.

    Parameters
    ----------
    rows, rejected, files : as read
    crimes : rows accepted
    unplaced : rows refused for want of coordinates
    unplaced_by_file : least and greatest share of them in one file
    first, last : first and last moment at which a crime can have begun; None without crimes
    precisions : crimes by precision of their dates
    within_shift : crimes known to within eight hours
    points : distinct positions; busiest : crimes on the one with most
    premises : crimes whose place is a premises with an identifier
    map_points : crimes whose place is a map point
    victims : crimes with a victim's hash
    outside : crimes in none of the areas; strays : those farther than `STRAY_KM`; farthest : km
    identical : rows like an earlier row in every column kept; reused : rows that re-use a Crime ID
    unidentified : crimes without a Crime ID
    lsoa : crimes with an LSOA code; lsoa_editions : share of them whose code is in each edition given
    gaps : months without a crime
    early : crimes more than a year before nearly all others
    police_generated : crimes left out of the risk surface by default
    unlisted : offences that the harm table does not list, with crimes of each; None without a table
    populated : areas with a population
    """

    rows: int
    rejected: int
    files: int
    crimes: int
    unplaced: int
    unplaced_by_file: tuple[float, float]
    first: pd.Timestamp | None
    last: pd.Timestamp | None
    precisions: Mapping[str, int]
    within_shift: int
    points: int
    busiest: int
    premises: int
    map_points: int
    victims: int
    outside: int
    strays: int
    farthest: float
    identical: int
    reused: int
    unidentified: int
    lsoa: int
    lsoa_editions: Mapping[int, float] | None
    gaps: tuple[str, ...]
    early: int
    police_generated: int
    unlisted: pd.Series | None
    areas: int
    populated: int
    periods: Periods | None


def survey(
    read: CrimeRead,
    areas: GeoDataFrame,
    periods: Periods | None,
    harm: HarmTable | None,
    lsoa_editions: Mapping[int, Iterable[str]] | None,
) -> Survey:
    """Return the counts for `fitness.assess`."""
    crimes = read.crimes
    began = crimes["occurred_from"]
    on_point = _on_point(crimes)
    distances = _outside(crimes, areas)
    unplaced = read.rejects.loc[read.rejects["reason"] == NO_COORDINATES, "file"].value_counts()
    by_file = read.sources.set_index("file")["rows_read"]
    share = (unplaced.reindex(by_file.index).fillna(0) / by_file)[by_file > 0]
    ids = crimes["crime_id"].dropna()
    return Survey(
        rows=int(read.sources["rows_read"].sum()),
        rejected=len(read.rejects),
        files=len(read.sources),
        crimes=len(crimes),
        unplaced=int(unplaced.sum()),
        unplaced_by_file=(float(share.min()), float(share.max())),
        first=began.min() if len(crimes) else None,
        last=(crimes["occurred_to"] - _MOMENT).where(crimes["precision"] != "instant", began).max()
        if len(crimes)
        else None,
        precisions={str(name): int(count) for name, count in crimes["precision"].value_counts().sort_index().items()},
        within_shift=int(((crimes["precision"] == "instant") & (crimes["occurred_to"] - began <= SHIFT)).sum()),
        points=len(on_point),
        busiest=int(on_point.max()) if len(on_point) else 0,
        premises=int(((crimes["place_kind"] == "premises") & crimes["place_id"].notna()).sum()),
        map_points=int((crimes["place_kind"] == "map point").sum()),
        victims=int(crimes["victim_id"].notna().sum()),
        outside=len(distances),
        strays=int((distances > STRAY_KM).sum()),
        farthest=float(distances.max()) if len(distances) else 0.0,
        identical=_identical(crimes),
        reused=int(ids.duplicated().sum()),
        unidentified=len(crimes) - len(ids),
        lsoa=int(crimes["lsoa"].notna().sum()),
        lsoa_editions=_editions(crimes["lsoa"], lsoa_editions),
        gaps=_gaps(began),
        early=_early(began),
        police_generated=int(police_generated(crimes["offence"]).sum()),
        unlisted=None if harm is None else harm.unlisted_among(crimes["offence"]),
        areas=len(areas),
        populated=int(areas["population"].notna().sum()),
        periods=periods,
    )


def _on_point(crimes: GeoDataFrame) -> pd.Series:
    """Crimes on each position."""
    number, _ = pd.factorize(crimes.geometry.x.to_numpy() + 1j * crimes.geometry.y.to_numpy())
    return pd.Series(np.bincount(number) if len(number) else np.empty(0, dtype=np.int64))


def _outside(crimes: GeoDataFrame, areas: GeoDataFrame) -> FloatArray:
    """Kilometres to the nearest area of each crime that is in none."""
    away = crimes.geometry[locate(crimes, areas).isna().to_numpy()]
    place, distinct = pd.factorize(away.x.to_numpy() + 1j * away.y.to_numpy())
    if len(distinct) == 0:
        return np.empty(0)
    tree = shapely.STRtree(areas.geometry.to_numpy())
    points = np.asarray(shapely.points(distinct.real, distinct.imag))
    (point, _), metres = tree.query_nearest(points, return_distance=True, all_matches=False)
    apart = np.empty(len(distinct))
    apart[point] = metres / 1000
    return apart[place]


def _identical(crimes: GeoDataFrame) -> int:
    alike = pd.DataFrame(crimes[_PUBLISHED]).assign(x=crimes.geometry.x, y=crimes.geometry.y)
    return int(alike.duplicated().sum())


def _editions(codes: pd.Series, editions: Mapping[int, Iterable[str]] | None) -> dict[int, float] | None:
    if editions is None:
        return None
    counts = codes.value_counts()
    known = {year: counts[counts.index.isin(list(listed))].sum() for year, listed in sorted(editions.items())}
    return {year: float(count / max(1, counts.sum())) for year, count in known.items()}


def _gaps(began: pd.Series) -> tuple[str, ...]:
    if len(began) == 0:
        return ()
    months = began.dt.tz_localize(None).dt.to_period("M")
    every = pd.period_range(months.min(), months.max(), freq="M")
    return tuple(str(month) for month in every.difference(pd.PeriodIndex(months.unique())))


def _early(began: pd.Series) -> int:
    """Crimes more than a year before the first percentile: years typed wrongly, or offences of long ago."""
    if len(began) == 0:
        return 0
    usual = began.sort_values().iloc[len(began) // 100]
    return int((began < usual - pd.Timedelta(days=365)).sum())
