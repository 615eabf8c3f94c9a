"""Addresses that may be one premises written in two ways, for somebody to look at."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Final

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from geodata._addresses import COMPASS, Address

REVIEW_COLUMNS: Final = ["address", "other", "crimes", "other_crimes", "likeness", "taken", "why"]
LEAST_LIKENESS: Final = 88  # of 100: one letter wrong in a street of eight, two in one of sixteen
SAME_PLACE_M: Final = 100.0  # metres beyond which the same words are two premises: every town has a 14 High Street
_AT_A_TIME: Final = 1000
_MOST_IN_A_GROUP: Final = 20


@dataclass(frozen=True)
class Named:
    """One way of naming a premises: the name, what it says, its crimes, the premises it was put to, where it is."""

    name: str
    address: Address
    crimes: int
    premises: str
    at: tuple[float, float] | None = None


def alike(named: Sequence[Named]) -> list[tuple[Any, ...]]:
    """Return the pairs in doubt: streets or names of houses nearly alike, a flat not said, a place not said."""
    return [*_misspelt(named), *_flat_not_said(named), *_place_not_said(named), *_house_alone(named)]


def review_table(doubts: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    """Return the doubts as a table, those with most crimes at stake first."""
    table = pd.DataFrame(doubts, columns=REVIEW_COLUMNS).astype({"crimes": "int64", "other_crimes": "int64"})
    table = table.astype({"address": "string", "other": "string", "taken": "string", "why": "string"})
    return table.sort_values(
        ["crimes", "other_crimes", "address", "other"], ascending=[False, False, True, True], ignore_index=True
    )


def _misspelt(named: Sequence[Named]) -> Iterator[tuple[Any, ...]]:
    """Pairs of one flat and building in streets nearly alike, or of houses nearly alike in one street."""
    for free in (2, 1):
        held: dict[str, dict[tuple[str, ...], list[Named]]] = defaultdict(lambda: defaultdict(list))
        for each in named:
            core = each.address.core
            if core[free] and not (free == 1 and each.address.numbered):
                held[core[free]][core[:free] + core[free + 1 :]].append(each)
        for (one, other), score in _near_words(sorted(held)).items():
            for rest in held[one].keys() & held[other].keys():
                for a, b in product(held[one][rest], held[other][rest]):
                    if a.premises != b.premises and _may_be_one_place(a, b):
                        yield a.name, b.name, a.crimes, b.crimes, score, "apart", "nearly the same words"


def _near_words(words: list[str]) -> dict[tuple[str, str], int]:
    """Return the likeness of each two of the words that are nearly alike, and of one compass quarter and number."""
    found: dict[tuple[str, str], int] = {}
    bare = [text.removeprefix("THE ") for text in words]
    marks = [(COMPASS & set(text.split()), [part for part in text.split() if part[0].isdigit()]) for text in words]
    for start in range(0, len(words), _AT_A_TIME):
        score = process.cdist(bare[start : start + _AT_A_TIME], bare, scorer=fuzz.ratio, score_cutoff=LEAST_LIKENESS)
        for row, column in zip(*np.nonzero(score), strict=True):
            at = int(row) + start
            if at < column and marks[at] == marks[column]:
                found[words[at], words[int(column)]] = int(score[row, column])
    return found


def _may_be_one_place(one: Named, other: Named) -> bool:
    if one.at is not None and other.at is not None:
        return math.dist(one.at, other.at) <= SAME_PLACE_M
    codes, towns = (one.address.postcode, other.address.postcode), (one.address.locality, other.address.locality)
    return codes[0] == codes[1] if all(codes) else not all(towns) or towns[0] == towns[1]


def _same_words(one: Address, other: Address) -> bool:
    return (one.locality, one.postcode) == (other.locality, other.postcode)


def _flat_not_said(named: Sequence[Named]) -> Iterator[tuple[Any, ...]]:
    flats: dict[tuple[str, ...], list[Named]] = defaultdict(list)
    for each in named:
        if each.address.flat:
            flats[each.address.core[1:]].append(each)
    for each in named:
        near = [] if each.address.flat else flats.get(each.address.core[1:], [])
        others = [other for other in near if _may_be_one_place(each, other)]
        if others:
            said = "; ".join(other.name for other in others[:3])
            crimes = sum(other.crimes for other in others)
            yield each.name, said, each.crimes, crimes, 0, "apart", "which flat is not said"


def _place_not_said(named: Sequence[Named]) -> Iterator[tuple[Any, ...]]:
    """Pairs of the same words in two places, or where the town or postcode of one is not said."""
    cores: dict[tuple[str, ...], list[Named]] = defaultdict(list)
    for each in named:
        cores[each.address.core].append(each)
    for group in cores.values():
        for one, other in combinations(group[:_MOST_IN_A_GROUP], 2):
            if one.premises != other.premises:
                far = one.at is not None and _same_words(one.address, other.address)
                if far or (one.at is None and _may_be_one_place(one, other)):
                    why = "the same words far from each other" if far else "town or postcode is not said of both"
                    yield one.name, other.name, one.crimes, other.crimes, 100, "apart", why


def _house_alone(named: Sequence[Named]) -> Iterator[tuple[Any, ...]]:
    for each in named:
        said = each.address
        if each.at is None and each.crimes > 1 and not (said.numbered or said.street or said.locality or said.postcode):
            yield each.name, "", each.crimes, 0, 0, "as one", "a name without a street"
