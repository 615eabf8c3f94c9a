"""
An address as it was typed, taken apart: flat, number or name, street, locality, postcode; and how far down it reaches.

The rules are those of British addresses, and bear American ones. Whatever cannot be read for sure stays as it was
written, so that two premises are never made one by a rule.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Literal

Level = Literal["premises", "street block", "street", "map point", "none"]

_TYPES: Final = {
    "ST": "STREET", "STR": "STREET", "RD": "ROAD", "AV": "AVENUE", "AVE": "AVENUE", "LN": "LANE", "LA": "LANE",
    "DR": "DRIVE", "DRV": "DRIVE", "CL": "CLOSE", "CT": "COURT", "CRT": "COURT", "CRES": "CRESCENT", "CR": "CRESCENT",
    "PL": "PLACE", "SQ": "SQUARE", "TER": "TERRACE", "TERR": "TERRACE", "TCE": "TERRACE", "GDNS": "GARDENS",
    "GDN": "GARDENS", "GRN": "GREEN", "GR": "GROVE", "GRV": "GROVE", "GVE": "GROVE", "PK": "PARK", "WY": "WAY",
    "HWY": "HIGHWAY", "BLVD": "BOULEVARD", "PDE": "PARADE", "WK": "WALK", "BDWY": "BROADWAY", "EMB": "EMBANKMENT",
}  # fmt: skip
_STREETS: Final = frozenset(_TYPES.values()) | {
    "ALLEY", "APPROACH", "ARCADE", "BANK", "BROW", "CAUSEWAY", "CIRCUS", "COMMON", "CRESCENT", "CROFT", "DALE", "DENE",
    "END", "FOLD", "GATE", "HILL", "LINK", "LOAN", "MEAD", "MEWS", "MOUNT", "PARKWAY", "PASSAGE", "PATH", "QUAY",
    "RISE", "ROW", "SIDE", "VALE", "VIEW", "VILLAS", "WHARF", "WYND", "YARD", "BYPASS", "BRIDGE",
}  # fmt: skip
_BUILDINGS: Final = frozenset({"COURT", "GARDENS", "VILLAS", "MEWS", "YARD", "GATE", "PARADE", "TERRACE", "VIEW"})
_QUARTERS: Final = {"N": "NORTH", "S": "SOUTH", "E": "EAST", "W": "WEST"}
COMPASS: Final = frozenset({*_QUARTERS.values(), "UPPER", "LOWER", "GREAT", "LITTLE", "OLD", "NEW", "INNER", "OUTER"})
_FLOORS: Final = {
    "1ST": "FIRST", "2ND": "SECOND", "3RD": "THIRD", "GF": "GROUND", "GRD": "GROUND", "GFF": "GROUND", "FFF": "FIRST",
}  # fmt: skip
_HOUSES: Final = frozenset({
    "HOUSE", "COTTAGE", "COTTAGES", "FARM", "FARMHOUSE", "LODGE", "HALL", "BARN", "VILLA", "BUNGALOW", "MANOR",
    "RECTORY", "VICARAGE", "MILL", "STABLES", "SCHOOL", "CHURCH", "HOTEL", "INN", "ARMS", "CARAVAN", "BOATHOUSE",
})  # fmt: skip
_KINDS: Final = {"FLT": "FLAT", "APT": "FLAT", "APARTMENT": "FLAT", "RM": "ROOM", "STE": "SUITE"}

_POSTCODE: Final = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b\W*$")
_BLOCK: Final = re.compile(r"^(\d*X+|\d*\*+|\d+\s*-?\s*(?:BLOCK|BLK)(?:\s+OF)?)\s+(.+)$")
_MAP_POINT: Final = re.compile(r"^ON OR NEAR\b")
_NOTHING: Final = re.compile(
    r"\b(?:UNKNOWN|NOT (?:KNOWN|GIVEN|STATED|RECORDED)|NK_LOC|NO FIXED (?:ABODE|ADDRESS)|NFA|VARIOUS|WITHHELD|REDACTED"
    r"|PRIVACY|NULL|NONE|NAN|N/A)\b"
)
_JUNCTION: Final = re.compile(r"\s[/&@]\s|\b(?:J/W|JCT|(?:JUNCTION|CORNER) (?:OF|WITH))\b")
_FLAT: Final = re.compile(
    r"(?:\b(FLAT|FLT|APARTMENT|APT|UNIT|ROOM|RM|STUDIO|SUITE|STE|MAISONETTE|PLOT)\.?\s*(?:NO\.?\s*)?|#\s*)"
    r"(\d+(?:[/-]\d+)?[A-Z]?|[A-Z]\d*)\b"
)
_FLOOR: Final = re.compile(
    r"\b(?:(BASEMENT|GROUND|GRD|GF|FIRST|1ST|SECOND|2ND|THIRD|3RD|TOP|LOWER|UPPER|GARDEN|ATTIC)\s+(?:FLOOR\s*)?"
    r"(?:FLAT|MAISONETTE|FLOOR)|(BASEMENT|GFF|FFF))\b"
)
_NUMBER: Final = re.compile(
    r"^(?:NO\.?\s*)?(\d+[A-Z]?(?:\s*[-/]\s*\d+[A-Z]?)?)(?=\s|$)\s*(?:([A-DF-MO-RT-VX-Z])(?=\s|$))?\s*(.*)$"
)  # a letter apart from its number is of it, unless it is a quarter of the compass


@dataclass(frozen=True)
class Address:
    """
    What an address says.

    Parameters
    ----------
    level : what it points at: one premises, or only a street block, a street, a map point or nothing
    flat : "FLAT 2", "GROUND FLAT", "UNIT 3"; "" where none is said
    building : number with its letter ("14A"), or the name of a house ("THE COTTAGE")
    street : with the type of street written out; "" where none is said
    locality : what follows the street: a village, town or county
    postcode : "NE8 1AA"
    """

    level: Level
    flat: str = ""
    building: str = ""
    street: str = ""
    locality: str = ""
    postcode: str = ""

    @property
    def core(self) -> tuple[str, str, str]:
        """Flat, building and street: what two ways of writing one address share."""
        return self.flat, self.building, self.street

    @property
    def numbered(self) -> bool:
        """Whether the building has a number."""
        return self.building[:1].isdigit()

    def __str__(self) -> str:
        street = f"{self.building} {self.street}" if self.numbered and self.street else self.building
        parts = [self.flat, street, "" if self.numbered else self.street, self.locality]
        return " ".join(part for part in (", ".join(part for part in parts if part), self.postcode) if part)


def read_address(text: str) -> Address:
    """Return what `text` says; an address that cannot be read for sure is of the level "street" or "none"."""
    held = _plain(text)
    if not held or _NOTHING.search(held):
        return Address("none")
    if _MAP_POINT.search(held):
        return Address("map point", street=_street(_MAP_POINT.sub("", held))[0])
    block = _BLOCK.match(held)
    if block:
        number = re.sub(r"\s*-?\s*(BLOCK|BLK)( OF)?", " BLOCK", block[1].replace("*", "X"))
        return Address("street block", building=number, street=_street(block[2])[0])
    if _JUNCTION.search(held):
        return Address("street", street=held)
    return _premises(held)


def _premises(held: str) -> Address:
    postcode = _POSTCODE.search(held)
    rest = held[: postcode.start()] if postcode else held
    flat, rest = _flat(rest)
    parts = [part.strip() for part in rest.split(",") if part.strip()]
    code = f"{postcode[1]} {postcode[2]}" if postcode else ""
    at = next((at for at, part in enumerate(parts[:3]) if _NUMBER.match(part)), None)
    if at is not None and (found := _NUMBER.match(parts[at])):
        number = re.sub(r"\s+", "", found[1]) + (found[2] or "")
        after = [found[3], *parts[at + 1 :]] if found[3] else parts[at + 1 :]
        street, more = _street(after[0]) if after else ("", "")
        named = parts[at - 1] if at and not street else ""
        if not street and not named and not code:
            return Address("none")
        return Address("premises", flat, f"{named} {number}".strip(), street, _joined(more, *after[1:]), code)
    return _named(flat, parts, code)


def _named(flat: str, parts: list[str], postcode: str) -> Address:
    """Return an address whose building has a name or none at all; a street alone is no premises."""
    if not parts:
        return Address("none")
    first, *others = parts
    last = first.split()[-1]
    if _typed(first) and not (last in _BUILDINGS and (flat or (others and _typed(others[0])))):
        street, more = _street(first)
        return Address("street", "", "", street, _joined(more, *others), postcode)
    if others and _typed(others[0]):
        street, more = _street(others[0])
        return Address("premises", flat, first, street, _joined(more, *others[1:]), postcode)
    if not (flat or others or postcode or last in _HOUSES):
        return Address("street", street=first)
    return Address("premises", flat, first, "", _joined(*others), postcode)


def _flat(text: str) -> tuple[str, str]:
    """Return the flat in one way of writing it, and the text without it."""
    flat, floor = _FLAT.search(text), _FLOOR.search(text)
    if flat and (floor is None or any(letter.isdigit() for letter in text[flat.end() :])):
        kind = _KINDS.get(flat[1] or "FLAT", flat[1] or "FLAT")
        return f"{kind} {flat[2]}", _FLOOR.sub("", _without(text, flat)).strip(" ,")
    if floor:
        word = floor[1] or floor[2]
        return f"{_FLOORS.get(word, word)} FLAT", _without(text, floor)
    return "", text


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()].rstrip()} {text[found.end() :].lstrip()}".strip(" ,")


def _typed(part: str) -> bool:
    """Whether a part of an address holds the name of a street: a word before a type of street."""
    return any(_TYPES.get(word, word) in _STREETS for word in part.split()[1:])


def _street(part: str) -> tuple[str, str]:
    """Return a street with its type written out, and what follows it; all of the part where it has no type."""
    words = part.split()
    ends = [at for at, word in enumerate(words) if at and _TYPES.get(word, word) in _STREETS]
    if not ends:
        return " ".join(_written_out(words, None)), ""
    end = ends[-1]
    last = end + 1
    while last < len(words) and _QUARTERS.get(words[last], words[last]) in COMPASS:
        last += 1
    return " ".join(_written_out(words[:last], end)), " ".join(words[last:])


def _written_out(words: list[str], end: int | None) -> list[str]:
    """Write out the type of street, the quarters of the compass, and ST before a name as SAINT."""
    found = []
    for at, word in enumerate(words):
        if at == end:
            found.append(_TYPES.get(word, word))
        elif word == "ST" and at + 1 < len(words):
            found.append("SAINT")
        else:
            found.append(_QUARTERS.get(word, word))
    return found


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _plain(text: str) -> str:
    """Return capitals without accents, apostrophes and full stops, on one line with single spaces."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    bare = re.sub(r"[.'’`\"]", "", bare.upper().replace(";", ",").replace("\n", ","))
    return " ".join(re.sub(r"[^\w\s,/&@#*-]", " ", bare).split()).strip(" ,-")
