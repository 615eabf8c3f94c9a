"""
Which crimes were at one premises: by its UPRN or the force's own reference, else by its address, flats kept apart.

Two ways of writing one address are made one; two addresses never are, however alike: what may be one premises and was
kept apart, or may be two and was taken for one, goes on a list for somebody to look at. Where a row names only a
street block ("11XX BURNABY ST"), a street or a map point, no premises is claimed, and `level` says what is known.
"""

import hmac
import re
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geodata._addresses import Address, read_address
from geodata._likeness import REVIEW_COLUMNS, SAME_PLACE_M, Named, alike, review_table
from geodata.cast import FloatArray
from geodata.errors import InputError

_UPRN: Final = re.compile(r"0*(\d{1,12})(?:\.0+)?")  # up to 12 digits (GeoPlace); spreadsheets add zeros and points
_CUT: Final = re.compile(r"\d(?:\.\d+)?E\+?\d+", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"\S*\d\S*")


@dataclass(frozen=True, eq=False)
class PremisesMatch:
    """
    The premises of each crime.

    Parameters
    ----------
    premises : one name for each premises; missing where none can be told; indexed as given
    basis : "UPRN", "reference" or "address"; missing where there is no premises
    level : "premises", "street block", "street", "map point" or "none": how far down the row reaches
    place : what a row names at its level, in one way of writing it; missing where nothing is named
    review : doubtful matches; columns address, other, crimes, other_crimes, likeness (0 to 100), taken, why
        It holds addresses, and is for those who may see them.
    """

    premises: pd.Series
    basis: pd.Series
    level: pd.Series
    place: pd.Series
    review: pd.DataFrame


def match_premises(
    identifiers: pd.Series | None = None,
    addresses: pd.Series | None = None,
    *,
    x: FloatArray | None = None,
    y: FloatArray | None = None,
) -> PremisesMatch:
    """
    Return the premises of each crime.

    Parameters
    ----------
    identifiers : UPRNs or a force's own references; a column that holds addresses is read as such
    addresses : as typed, for rows without an identifier; same index
    x, y : metres, where known: the same words more than 100 m apart are two premises

    Raises
    ------
    InputError
        If neither column is given, or they differ in length.
    """
    given = identifiers if identifiers is not None else addresses
    if given is None:
        raise InputError("Premises are told by identifiers or addresses, and neither is given.")
    if addresses is not None and len(addresses) != len(given):
        raise InputError(f"There must be one address per identifier ({len(given)}), got {len(addresses)}.")
    reference, basis, typed, cut = _references(_texts(identifiers, len(given)), _texts(addresses, len(given)))
    codes, texts = pd.factorize(typed)
    read = [read_address(text) for text in texts]
    table = pd.DataFrame({"reference": reference, "basis": basis}, dtype=object).assign(address=codes)
    table["level"] = np.array([each.level for each in read], dtype=object)[codes] if len(read) else "none"
    xy = None if x is None or y is None else np.column_stack((x, y)).astype(np.float64)
    table["name"] = _names(table, read, xy)
    joined, doubts = _joined(table)
    table.loc[joined.notna() & table["basis"].isna(), "basis"] = "address"
    table.loc[table["reference"].notna(), "level"] = "premises"
    review = review_table([*doubts, *_written_doubts(table, read, joined, xy), *_cut_doubt(cut)])
    place = joined.where(table["level"] == "premises", _coarse(table, read))
    return PremisesMatch(
        premises=joined.set_axis(given.index).astype("string").rename("premises"),
        basis=table["basis"].set_axis(given.index).astype("string"),
        level=table["level"].set_axis(given.index).astype("string"),
        place=place.set_axis(given.index).astype("string").rename("place"),
        review=review,
    )


def pseudonyms(names: pd.Series, key: bytes | None) -> pd.Series:
    """
    Return a pseudonym for each name, missing where the name is.

    Under a key it is HMAC-SHA256, cut to 128 bits: the force that holds the key finds the premises again. Without one
    it is a number in the order of the names, which means nothing outside this run.
    """
    codes, distinct = pd.factorize(names.astype("string"), sort=True)
    if key is None:
        said = [f"N{number:06d}" for number in range(1, len(distinct) + 1)]
    else:
        said = [hmac.digest(key, str(name).encode("utf-8"), "sha256")[:16].hex() for name in distinct]
    return pd.Series(pd.array([said[code] if code >= 0 else None for code in codes], dtype="string"), index=names.index)


def _texts(column: pd.Series | None, size: int) -> Any:
    if column is None:
        return np.full(size, "", dtype=object)
    return column.astype("string").fillna("").str.strip().to_numpy(dtype=object)


def _references(identifiers: Any, addresses: Any) -> tuple[Any, Any, Any, int]:
    """Return for each row its reference and basis (None where there is none), its address, and how many were cut."""
    codes, texts = pd.factorize(identifiers)
    distinct = [text for text in texts if text]
    listed = 2 * sum(_REFERENCE.fullmatch(text) is not None for text in distinct) >= max(1, len(distinct))
    found: list[tuple[str | None, str | None, str]] = []
    for text in texts:
        if not (listed and _REFERENCE.fullmatch(text)):
            found.append((None, None, text))
        elif _CUT.fullmatch(text):
            found.append((None, None, ""))
        elif uprn := _UPRN.fullmatch(text):
            found.append((f"UPRN {uprn[1]}", "UPRN", "") if uprn[1] != "0" else (None, None, ""))
        else:
            found.append((text, "reference", ""))
    each = np.array(found, dtype=object).reshape(-1, 3)[codes]
    cut = int(sum(listed and _CUT.fullmatch(text) is not None for text in np.asarray(identifiers)))
    return each[:, 0], each[:, 1], np.where(addresses == "", each[:, 2], addresses), cut


def _names(table: pd.DataFrame, read: list[Address], xy: FloatArray | None) -> pd.Series:
    """Return a name for the premises at each address: its words, and which of several places that share them."""
    whole = (table["level"] == "premises").to_numpy()
    names = pd.Series(None, index=table.index, dtype=object)
    if xy is None:
        names[whole] = [str(read[code]) for code in table.loc[whole, "address"]]
        return names
    words = pd.Series([str(replace(each, locality="", postcode="")) for each in read], dtype=object)
    names[whole] = words.to_numpy()[table.loc[whole, "address"]]
    at = pd.DataFrame({"name": names, "x": xy[:, 0], "y": xy[:, 1]})[whole]
    spread = at.groupby("name", sort=True)[["x", "y"]].agg(["min", "max"])
    wide = np.hypot(spread["x"]["max"] - spread["x"]["min"], spread["y"]["max"] - spread["y"]["min"]) > SAME_PLACE_M
    for name, rows in at[at["name"].isin(spread.index[wide])].groupby("name", sort=True):
        part, count = _parts(rows[["x", "y"]].to_numpy())
        if count > 1:
            names[rows.index] = [f"{name} ({number + 1} of {count})" for number in part]
    return names


def _parts(xy: FloatArray) -> tuple[Any, int]:
    """Number the places in which points lie, each no farther than `SAME_PLACE_M` from another, from west to east."""
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    pairs = cKDTree(xy[order]).query_pairs(SAME_PLACE_M, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(xy), len(xy)))
    count, found = connected_components(links, directed=False)
    number = pd.factorize(found)[0]
    part = np.empty(len(xy), dtype=np.int64)
    part[order] = number
    return part, int(count)


def _joined(table: pd.DataFrame) -> tuple[pd.Series, list[tuple[Any, ...]]]:
    """Return one name per premises, an address taking the only reference beside it, and what is in doubt."""
    both = table[table["reference"].notna() & table["name"].notna()]
    beside = both.groupby("name", sort=True)["reference"].agg(["nunique", "first"])
    sole = beside.loc[beside["nunique"] == 1, "first"]
    own = table["name"].map(sole.to_dict()).astype(object)
    joined = table["reference"].where(table["reference"].notna(), own.where(own.notna(), table["name"]))
    size = joined.value_counts()
    doubts: list[tuple[Any, ...]] = []
    for name in beside.index[beside["nunique"] > 1]:
        references = sorted(both.loc[both["name"] == name, "reference"].unique())
        crimes = int((table["name"] == name).sum())
        doubts.append(
            (name, ", ".join(references[:3]), crimes, len(references), 100, "apart", "one address, several references")
        )
    words = both.groupby("reference", sort=True)["name"].unique()
    for reference, names in words[words.map(len) > 1].items():
        said = sorted(names)
        doubts.append(
            (
                reference,
                "; ".join(said[:3]),
                int(size[str(reference)]),
                len(said),
                100,
                "as one",
                "one reference, several addresses",
            )
        )
    return joined, doubts


def _written_doubts(
    table: pd.DataFrame, read: list[Address], joined: pd.Series, xy: FloatArray | None
) -> list[tuple[Any, ...]]:
    """Return what is in doubt among addresses."""
    loose = table[(table["level"] == "premises") & table["name"].notna()]
    loose = loose.assign(words=[str(read[code]) for code in loose["address"]])
    if xy is not None:
        loose = loose.assign(x=xy[loose.index, 0], y=xy[loose.index, 1])
    first = loose.sort_values([column for column in ("name", "words", "x", "y") if column in loose])
    first = first.drop_duplicates("name")
    crimes = loose["name"].value_counts()
    at = [None] * len(first) if xy is None else [(float(a), float(b)) for a, b in xy[first.index]]
    rows = zip(first.index, first["name"], first["address"], at, strict=True)
    return alike([Named(name, read[code], int(crimes[name]), joined[row], where) for row, name, code, where in rows])


def _cut_doubt(cut: int) -> list[tuple[Any, ...]]:
    if not cut:
        return []
    return [("UPRNs written like 1.0E+11", "", cut, 0, 0, "no premises", "cut short by a spreadsheet")]


def _coarse(table: pd.DataFrame, read: list[Address]) -> pd.Series:
    words = np.array([None if each.level == "none" else str(each) for each in read] or [None], dtype=object)
    return pd.Series(words[table["address"]] if len(read) else None, index=table.index, dtype=object)


__all__ = ["REVIEW_COLUMNS", "SAME_PLACE_M", "PremisesMatch", "match_premises", "pseudonyms"]
