"""Read the areas of a run, and carry what tables say of them, or of the LSOAs within them, to the wards."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.area_figures import read_groups, read_rates
from geodata.area_tables import read_deprivation, read_population, roll_up
from geodata.areas import locate, read_areas
from geodata.errors import InputError
from hotspots.vulnerable_localities import INPUTS
from service.profile.force import Profile


@dataclass(frozen=True, eq=False)
class Places:
    """
    The areas, and what is known of them.

    Parameters
    ----------
    wards : table of areas
    localities : inputs of the Vulnerable Localities Index by ward code, None where none were given
    people : people of each group by ward code, None where none were given
    lsoa_editions : codes of the LSOAs given, by the year of their boundaries where it is known
    """

    wards: GeoDataFrame
    localities: pd.DataFrame | None
    people: pd.DataFrame | None
    lsoa_editions: Mapping[int, frozenset[str]]


def read_places(
    areas: Path,
    profile: Profile,
    *,
    lsoas: Path | None,
    population: Path | None,
    deprivation: Path | None,
    localities: Path | None,
    people: Path | None = None,
) -> Places:
    """
    Return the wards, with population, deprivation and localities from tables by their own codes or the LSOAs'.

    Raises
    ------
    NotFoundError
        If a file is not there.
    InputError
        If a file breaks a rule, or a table shares no code with wards or LSOAs.
    """
    own, crs = profile.areas, profile.analysis.crs
    wards = read_areas(areas, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=crs)
    small = None if lsoas is None else read_areas(lsoas, kind="LSOA", crs=crs)
    for path, reader in ((population, read_population), (deprivation, read_deprivation)):
        if path is None:
            continue
        table = reader(path)
        if _is_of(table, wards, small, path):
            wards = _joined(wards, table)
        elif small is not None:
            small = _joined(small, table)
    wards = wards if small is None else _carried_up(wards, small)
    return Places(wards, _localities(localities, wards, small), _people(people, wards, small), _editions(small))


def _is_of(table: pd.DataFrame, wards: GeoDataFrame, small: GeoDataFrame | None, path: Path) -> bool:
    """Tell whether a table is of the wards or else of the LSOAs; refuse one that is of neither."""
    if table.index.isin(wards["code"]).any():
        return True
    if small is None or not table.index.isin(small["code"]).any():
        raise InputError(f"A table must share codes with the areas or the LSOAs; no code of {path.name} is among them.")
    return False


def _joined(areas: GeoDataFrame, table: pd.DataFrame) -> GeoDataFrame:
    return areas.assign(**{str(name): areas["code"].map(table[name]).astype("float64") for name in table})


def _ward_of(small: GeoDataFrame, wards: GeoDataFrame) -> pd.Series:
    """Return the ward in which the middle of each LSOA lies, by LSOA code; those in none are left out."""
    return locate(small.geometry.representative_point(), wards).set_axis(small["code"]).dropna()


def _carried_up(wards: GeoDataFrame, small: GeoDataFrame) -> GeoDataFrame:
    """Fill what the wards lack of population and deprivation from the LSOAs whose middle lies in them."""
    figures = small.set_index("code")[["population", "deprivation_decile"]].dropna(axis="columns", how="all")
    ward = _ward_of(small, wards)
    if figures.empty or ward.empty:
        return wards
    sums = roll_up(pd.DataFrame(figures), ward)
    return wards.assign(**{str(name): wards[name].fillna(wards["code"].map(sums[name])) for name in sums})


def _localities(path: Path | None, wards: GeoDataFrame, small: GeoDataFrame | None) -> pd.DataFrame | None:
    """Return the inputs by ward; rates of LSOAs are averaged, by population where that is known of all."""
    if path is None:
        return None
    rates = read_rates(path, list(INPUTS))
    if _is_of(rates, wards, small, path) or small is None:
        return rates.reindex(wards["code"])
    ward = _ward_of(small, wards)
    people = small.set_index("code")["population"].reindex(ward.index)
    weight = people if people.notna().all() else pd.Series(1.0, index=ward.index)
    held = rates.reindex(ward.index)
    known = held.notna().mul(weight, axis=0).groupby(ward).sum()
    means = held.mul(weight, axis=0).groupby(ward).sum() / known.where(known > 0, np.nan)
    return means.reindex(wards["code"])


def _people(path: Path | None, wards: GeoDataFrame, small: GeoDataFrame | None) -> pd.DataFrame | None:
    """Return the people of each group by ward; those of LSOAs are summed in the ward that holds their middle."""
    if path is None:
        return None
    people = read_groups(path)
    if not _is_of(people, wards, small, path) and small is not None:
        ward = _ward_of(small, wards)
        people = people.reindex(ward.index).groupby(ward).sum(min_count=1)
    held = people.reindex(wards["code"])
    lacking = int(held.isna().any(axis=1).sum())
    if lacking:
        raise InputError(f"People must be counted in every area; {lacking:,} areas have no count in {path.name}.")
    return held


def _editions(small: GeoDataFrame | None) -> dict[int, frozenset[str]]:
    """Return the codes of the LSOAs by the year of their boundaries; all of one file are of one."""
    years = pd.Series(dtype="Int64") if small is None else small["edition"].dropna()
    return {} if small is None or years.empty else {int(years.iloc[0]): frozenset(small["code"])}
