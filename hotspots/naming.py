"""What to call a place: as a street name people know, or as a reference on the national grid."""

import re
from typing import Final

from pyproj import CRS

from geodata.tables import WORKING_CRS

LETTERS: Final = "ABCDEFGHJKLMNOPQRSTUVWXYZ"  # the national grid leaves out I
KINDS_OF_PLACE: Final = frozenset(
    {
        "airport/airfield",
        "bus/coach station",
        "car park",
        "conference/exhibition centre",
        "courthouse",
        "further/higher educational building",
        "hospital",
        "motorway service area",
        "nightclub",
        "park/open space",
        "parking area",
        "pedestrian subway",
        "petrol station",
        "police station",
        "prison",
        "race track",
        "shopping area",
        "sports/recreation area",
        "supermarket",
        "theatre/concert hall",
        "theme/adventure park",
    }
)
_SMALL_WORDS: Final = frozenset({"and", "at", "by", "in", "of", "on", "the", "to", "upon", "le", "with"})
_NEAR: Final = re.compile(r"^\s*on or near\b\s*", re.IGNORECASE)


def tidy_place(location: str) -> str:
    """
    Return a published location as a name: "On or near GREY STREET" gives "Grey Street"; empty where it names nothing.

    Parameters
    ----------
    location : as published
    """
    name = re.sub(r"\s+", " ", _NEAR.sub("", location)).strip()
    if name.lower() in ("", "no location"):
        return ""
    letters = [letter for letter in name if letter.isalpha()]
    upper = letters and all(letter.isupper() for letter in letters)
    return _titled(name) if upper else re.sub(r"(\w['’])S\b", r"\1s", name)


def is_kind_of_place(name: str) -> bool:
    """Return True for a kind of place that police.uk publishes in place of a street: there may be many of them."""
    return name.lower() in KINDS_OF_PLACE


def grid_reference(x: float, y: float, crs: str = WORKING_CRS) -> str:
    """
    Return the national grid reference of a place to 100 metres, "NZ 247 643"; easting and northing elsewhere.

    Parameters
    ----------
    x, y : metres in `crs`
    crs : the working CRS

    References
    ----------
    .. [1] Ordnance Survey (2020). A Guide to Coordinate Systems in Great Britain, section 5.
    """
    if CRS(crs) != CRS(WORKING_CRS) or not (0 <= x < 700_000 and 0 <= y < 1_300_000):
        return f"E {x:.0f} N {y:.0f}"
    across, up = int(x // 100_000), int(y // 100_000)
    down = 19 - up
    first = down - down % 5 + (across + 10) // 5
    second = down * 5 % 25 + across % 5
    return f"{LETTERS[first]}{LETTERS[second]} {int(x % 100_000 // 100):03d} {int(y % 100_000 // 100):03d}"


def _titled(name: str) -> str:
    """Return an upper-case name in title case: numbers and codes (A167, B1) stay, small words inside are small."""
    words = name.lower().split(" ")
    titled = [
        word.upper() if any(letter.isdigit() for letter in word) else _capital(word, inside=at > 0)
        for at, word in enumerate(words)
    ]
    return " ".join(titled)


def _capital(word: str, *, inside: bool) -> str:
    if inside and word in _SMALL_WORDS:
        return word
    return re.sub(r"(^|[-/(.])(\w)", lambda found: found[1] + found[2].upper(), word)
