"""Wards and their demand from files, for staffing: polygons or a table of wards, and a table of demand."""

import gzip
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from geodata.areas import read_areas
from geodata.cast import within
from geodata.errors import InputError, NotFoundError
from geodata.tables import PRIORITIES, WARD_DEMAND, check
from service.deployment.staffing import deprived
from service.profile.force import Profile

TABLES: Final = (".csv", ".csv.gz", ".tsv", ".txt", ".xlsx")
CODES: Final = ("code", "ward", "ward_code", "gss_code")
NAMES: Final = ("name", "ward_name")
COUNTED: Final = ("crimes", "harm")


@dataclass(frozen=True)
class WardTables:
    """
    What staffing needs to know of the wards.

    Parameters
    ----------
    demand : table of ward demand, with priorities and deprivation in `priority`
    strands : indexed by ward, harm a week of each strand that the profile weighs, or None
    neighbourhoods, groups : by ward, or None
    current : columns ward, constables, csos of today, or None
    notes : what was taken because the files do not say, each a sentence
    """

    demand: pd.DataFrame
    strands: pd.DataFrame | None
    neighbourhoods: dict[str, str] | None
    groups: dict[str, str] | None
    current: pd.DataFrame | None
    notes: tuple[str, ...]


def read_ward_tables(wards: Path, demand: Path, profile: Profile) -> WardTables:
    """
    Read the wards and what is expected in them.

    Parameters
    ----------
    wards : polygons, or a table with a column code; name, neighbourhood, group, population, deprivation_decile,
        constables and csos (of today) are read where they are there
    demand : table with a column ward or code, and crimes, harm or both a week, and the profile's strands
    profile : names the columns of polygons, weighs wards, deciles and strands

    Raises
    ------
    NotFoundError, InputError
        If a file is not there, or breaks a rule.
    """
    places = _wards(wards, profile)
    asked = _indexed(demand, "the demand")
    unknown = sorted(set(asked.index) - set(places.index))
    if unknown:
        raise InputError(f"The demand must be of the wards in {wards.name}, got {len(unknown)} others: {unknown[0]}.")
    notes = []
    if len(asked) < len(places):
        notes.append(f"{len(places) - len(asked)} wards have no row in {demand.name}: nothing is expected there.")
    blank = int(asked[[column for column in COUNTED if column in asked]].isna().any(axis=1).sum())
    if blank:
        notes.append(f"Of the rows of {demand.name} {blank} have an empty figure: it counts as 0.")
    figures, said = _figures(asked.reindex(places.index), demand.name, tuple(sorted(profile.staff.strands)))
    table = pd.DataFrame(
        {
            "ward": places.index.astype("string"),
            "name": places["name"].astype("string"),
            "crimes": figures["crimes"],
            "harm": figures["harm"],
            "priority": _priorities(places, profile),
            "population": _numbers(places, "population", wards.name, missing=np.nan),
        }
    ).reset_index(drop=True)
    strands = figures[sorted(profile.staff.strands)] if profile.staff.strands else None
    homes, groups = (_named(places, column) for column in ("neighbourhood", "group"))
    if homes is None:
        notes.append(
            "No neighbourhoods were given: the force is one."
            if groups is None
            else "No neighbourhoods were given: each group of wards is one."
        )
    current = _current(places, wards.name)
    return WardTables(check(table, WARD_DEMAND), strands, homes or groups, groups, current, (*notes, *said))


def _wards(path: Path, profile: Profile) -> pd.DataFrame:
    if path.name.lower().endswith(TABLES):
        table = _indexed(path, "the wards")
        named = next((column for column in NAMES if column in table), None)
        return table.assign(name=table.index if named is None else table[named].fillna("").astype("string"))
    own = profile.areas
    areas = read_areas(path, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=profile.analysis.crs)
    table = pd.DataFrame(areas.drop(columns="geometry")).set_index("code")
    return table.join(_attributes(path, table.index))


def _attributes(path: Path, codes: pd.Index) -> pd.DataFrame:
    """Return the neighbourhood, group and posts of today that the file of polygons also holds."""
    import pyogrio

    wanted = ("neighbourhood", "group", "constables", "csos")
    try:
        rows = pyogrio.read_dataframe(path, read_geometry=False)
    except Exception:  # compressed files, which `read_areas` unpacks, say nothing more
        return pd.DataFrame(index=codes)
    column = next((name for name in rows if set(codes) <= set(rows[name].astype("string"))), None)
    if column is None:
        return pd.DataFrame(index=codes)
    found = rows.assign(code=rows[column].astype("string")).drop_duplicates("code").set_index("code")
    return pd.DataFrame(found[[name for name in wanted if name in found]].reindex(codes))


def _indexed(path: Path, what: str) -> pd.DataFrame:
    """Return a table indexed by its wards' codes, sorted."""
    if not path.is_file():
        raise NotFoundError(f"A file of {what.removeprefix('the ')} must be there, and there is none at {path}.")
    try:
        table = pd.read_excel(path, dtype=object) if path.suffix == ".xlsx" else _read_text(path)
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError, ValueError):
        raise InputError(
            f"The table of {what} must be text in columns or a workbook, and {path.name} is not."
        ) from None
    table = table.rename(columns=lambda name: str(name).strip())
    column = next((name for name in CODES if name in table), None)
    if column is None:
        raise InputError(f"The table of {what} must have a column ward or code, and {path.name} has none.")
    codes = table[column].astype("string").str.strip()
    missing, twice = int((codes.isna() | (codes == "")).sum()), int(codes.duplicated().sum())
    if missing or twice:
        raise InputError(f"Each row of {path.name} must be one ward, got {missing} without code and {twice} repeated.")
    if table.empty:
        raise InputError(f"The table of {what} must have at least one ward, and {path.name} has none.")
    return table.assign(ward=codes).set_index("ward").sort_index()


def _read_text(path: Path) -> pd.DataFrame:
    """Return a table of text whose columns are parted by what its first line holds most of."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8-sig") as stream:
        head = stream.readline()
    parted = max(",;\t|", key=head.count)
    return pd.read_csv(path, dtype="string", encoding="utf-8-sig", sep=parted)


def _figures(table: pd.DataFrame, name: str, strands: tuple[str, ...]) -> tuple[pd.DataFrame, list[str]]:
    """Return crimes, harm and strands a week, and what stands for what is not there."""
    lacking = [strand for strand in strands if strand not in table]
    if lacking:
        raise InputError(f"Each strand of the profile must be a column of {name}, got none named {lacking[0]}.")
    given = [column for column in ("crimes", "harm", *strands) if column in table]
    if not given:
        raise InputError(f"The demand must have a column crimes, harm or both, and {name} has neither.")
    found = pd.DataFrame({column: _numbers(table, column, name, missing=0.0) for column in given}, index=table.index)
    notes = []
    if "harm" not in found:
        found["harm"] = found[list(strands)].sum(axis=1) if strands else found["crimes"]
        notes.append(f"No harm was given: {'the sum of the strands' if strands else 'crimes'} stand for it.")
    if "crimes" not in found:
        found["crimes"] = found["harm"]
        notes.append("No crimes were given: harm stands for them.")
    return found, notes


def _numbers(table: pd.DataFrame, column: str, name: str, *, missing: float) -> np.ndarray:
    """Return a column as numbers of at least 0; where it is empty or absent, `missing`."""
    if column not in table:
        return np.full(len(table), missing)
    cells = table[column].astype("string").str.strip()
    given = cells.notna() & (cells != "")
    numbers = pd.to_numeric(cells.where(given), errors="coerce").astype("float64")
    bad = int((given & ~(np.isfinite(numbers.fillna(np.nan)) & (numbers >= 0))).sum())
    if bad:
        raise InputError(f"Numbers in `{column}` of {name} must be finite and at least 0, got {bad} that are not.")
    return numbers.where(given, missing).to_numpy(dtype=np.float64)


def _priorities(places: pd.DataFrame, profile: Profile) -> np.ndarray:
    """Return the community's priority of each ward times the weight of its deprivation."""
    _known("community_priorities", profile.community_priorities, places.index)
    _known("staff.locks", profile.staff.locks, places.index)
    _known("posts.current", profile.posts.current, places.index)
    own = {ward: within(value, "priority", *PRIORITIES) for ward, value in profile.community_priorities.items()}
    deciles = dict(zip(places.index, _numbers(places, "deprivation_decile", "the wards", missing=np.nan), strict=True))
    weights = deprived(profile, deciles)
    return np.array([own.get(ward, 1.0) * weights.get(ward, 1.0) for ward in places.index], dtype=np.float64)


def _known(section: str, names: Iterable[str], codes: pd.Index) -> None:
    unknown = sorted(set(names) - set(codes))
    if unknown:
        raise InputError(
            f'Each name in `{section}` must be the code of a ward; "{unknown[0]}" is not ({len(unknown)} found).'
        )


def _named(places: pd.DataFrame, column: str) -> dict[str, str] | None:
    if column not in places:
        return None
    names = places[column].astype("string").str.strip()
    lacking = int((names.isna() | (names == "")).sum())
    if lacking:
        raise InputError(f"Every ward must belong to a {column}, got {lacking} that do not.")
    return {str(ward): str(name) for ward, name in names.items()}


def _current(places: pd.DataFrame, name: str) -> pd.DataFrame | None:
    roles = [role for role in ("constables", "csos") if role in places]
    if not roles:
        return None
    posts = {role: _numbers(places, role, name, missing=0.0) for role in ("constables", "csos")}
    return pd.DataFrame({"ward": places.index.astype("string"), **posts})
