"""
What is known of the people of each force: a table by force, or the tables that the statistics office publishes.

Published: residents and square kilometres by LSOA of 2021, deprivation by LSOA of 2011, and look-ups that carry them to
districts and forces. They are told apart by their columns, whatever their files are called. A small area that
was cut in two counts for both halves; one that was put together of several is deprived by the share of them that is.
"""

import csv
import gzip
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata.area_figures import read_rates
from geodata.area_tables import read_deprivation, read_lookup, read_population
from geodata.errors import InputError
from geodata.grid import SQUARE_METRES_PER_KM2
from maps import words
from service.national.force_areas import named_forces

FIGURES: Final = ("population", "area_km2", "deprived_share")
MOST_DEPRIVED: Final = 2  # deciles: a fifth
KNOWN: Final = 0.99  # of the residents whose deprivation must be known
_CODES: Final = {"lsoa": r"lsoa", "district": r"(?:l?tla|lad)", "force": r"pfa"}


@dataclass(frozen=True)
class ForceFigures:
    """
    What was found of the forces' people.

    Parameters
    ----------
    table : population, area_km2, deprived_share, indexed by force; missing where not known
    files : read for it
    notes : a sentence each on what is not known
    """

    table: pd.DataFrame
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def read_figures(path: Path | None, forces: GeoDataFrame) -> ForceFigures:
    """
    Return the figures of the forces.

    Parameters
    ----------
    path : table with a column `force` (name or code) and any of population, area_km2 and deprived_share; or a folder of
        published tables; None: only the areas are known
    forces : as of `read_forces`; their areas count where no other is given

    Raises
    ------
    InputError
        If a file cannot be read or holds what cannot be, or a folder holds no table of residents by LSOA with the
        look-ups to forces.
    """
    files: tuple[Path, ...] = ()
    found = pd.DataFrame(columns=list(FIGURES), dtype="float64")
    if path is not None:
        found, files = _published(path) if path.is_dir() else (_by_force(path), (path,))
        found = found.set_axis(named_forces(found.index, forces))
        found = found[found.index.notna()]
        twice = int(found.index.duplicated().sum())
        if twice:
            raise InputError(f"A force must stand once; {twice} in `{path.name}` stand again.")
    table = found.reindex(pd.Index(forces["force"], name="force"), columns=list(FIGURES)).astype("float64")
    ground = pd.Series(forces.area.to_numpy() / SQUARE_METRES_PER_KM2, index=table.index)
    table["area_km2"] = table["area_km2"].fillna(ground)
    return ForceFigures(table, files, tuple(_lacking(table)))


def _by_force(path: Path) -> pd.DataFrame:
    table = read_rates(path, FIGURES, code=_force_column(path))
    over = int((table.get("deprived_share", pd.Series(dtype="float64")) > 1).sum())
    if over:
        raise InputError(f"`deprived_share` must be between 0 and 1; {over} in `{path.name}` are not.")
    return table


def _force_column(path: Path) -> str | None:
    return next((name for name in columns_of(path) if name.casefold() == "force"), None)


def columns_of(path: Path) -> list[str]:
    """Return the names in the first row of a delimited file, plain or gzipped; none where it is not text."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig") as file:
            return [name.strip() for name in next(csv.reader(file), [])]
    except (UnicodeDecodeError, OSError, EOFError, csv.Error):
        return []


def _published(folder: Path) -> tuple[pd.DataFrame, tuple[Path, ...]]:
    tables = {path: columns_of(path) for path in sorted(folder.iterdir()) if ".csv" in path.suffixes}
    people = _holding(tables, "lsoa", 2021, also="population")
    to_force = _linking(tables, ("district", None), ("force", None))
    edition = None if to_force is None else _edition(to_force[1])
    to_district = _linking(tables, ("lsoa", 2021), ("district", edition))
    if people is None or to_district is None or to_force is None:
        raise InputError(
            f"Published figures must hold residents by LSOA of 2021 and look-ups to districts and forces; "
            f"`{folder.name}` lacks {'residents' if people is None else 'a look-up'}."
        )
    residents = read_population(people)["population"]
    force = residents.index.to_series().map(read_lookup(to_district[0], small=to_district[1], large=to_district[2]))
    force = force.map(read_lookup(to_force[0], small=to_force[1], large=to_force[2]))
    known = pd.DataFrame({"force": force, "population": residents, "area_km2": _square_km(people, tables[people])})
    share, used = _deprived(tables)
    known["deprived"] = share.reindex(known.index) * known["population"]
    known["judged"] = known["population"].where(known["deprived"].notna())
    sums = known.groupby("force").sum(min_count=1)
    sums["deprived_share"] = (sums["deprived"] / sums["judged"]).where(sums["judged"] >= KNOWN * sums["population"])
    return sums[list(FIGURES)], (people, to_district[0], to_force[0], *used)


def _square_km(path: Path, columns: list[str]) -> pd.Series | float:
    named = [name for name in columns if "area" in name.casefold() and "km" in name.casefold()]
    return read_rates(path, named[:1])[named[0]] if named else float("nan")


def _deprived(tables: Mapping[Path, list[str]]) -> tuple[pd.Series, tuple[Path, ...]]:
    """Return how much of each LSOA of 2021 is in the most deprived fifth, by its parts of 2011."""
    deciles = _holding(tables, "lsoa", 2011, also="imd_decile")
    parts = _linking(tables, ("lsoa", 2011), ("lsoa", 2021))
    if deciles is None or parts is None:
        return pd.Series(dtype="float64"), ()
    deprived = (read_deprivation(deciles)["deprivation_decile"] <= MOST_DEPRIVED).astype("float64")
    pairs = pd.read_csv(parts[0], usecols=[parts[1], parts[2]], dtype="string").dropna().drop_duplicates()
    held = pairs[parts[1]].map(deprived).astype("float64")
    return held.groupby(pairs[parts[2]].to_numpy()).mean(), (deciles, parts[0])


def _holding(tables: Mapping[Path, list[str]], kind: str, year: int, *, also: str) -> Path | None:
    """Return the last table with codes of a kind and year and a figure besides."""
    held = [path for path, columns in tables.items() if _code(columns, kind, year) and any(
        also in name.casefold() for name in columns)]  # fmt: skip
    return held[-1] if held else None


def _linking(
    tables: Mapping[Path, list[str]], small: tuple[str, int | None], large: tuple[str, int | None]
) -> tuple[Path, str, str] | None:
    """Return the last look-up from one kind of code to the other, with the two columns."""
    found = [
        (path, one, other)
        for path, columns in tables.items()
        if (one := _code(columns, *small)) and (other := _code(columns, *large))
    ]
    return found[-1] if found else None


def _code(columns: list[str], kind: str, year: int | None) -> str | None:
    """Return the column of a kind's codes: LSOA21CD, lsoa21_code, "LSOA 2021 Code"."""
    years = r"(?:20)?\d\d" if year is None else rf"(?:20)?{year % 100}"
    pattern = re.compile(rf"{_CODES[kind]}{years}(?:cd|code)")
    return next((name for name in columns if pattern.fullmatch(re.sub(r"[^a-z0-9]", "", name.casefold()))), None)


def _edition(column: str) -> int:
    """Return the year of a column of codes, by its last two figures."""
    return int(re.findall(r"\d\d", column)[-1])


def _lacking(table: pd.DataFrame) -> Iterator[str]:
    said = {
        "population": "Residents are not known of {}: no rate and no group of similar forces is given for them.",
        "deprived_share": "Deprivation is not known of {}: no group of similar forces is given for them.",
    }
    unsaid = pd.Series(True, index=table.index)
    for name, sentence in said.items():
        lacking = table.index[table[name].isna() & unsaid]
        unsaid &= table[name].notna()
        if len(lacking):
            yield sentence.format(words.listing(lacking, most=6))
