"""Numbers and lists as a tasking meeting reads them."""

import math
import re
from collections.abc import Iterable
from typing import Final

NOT_KNOWN: Final = "not known"
SPACE: Final = "\N{NO-BREAK SPACE}"
_UNDER: Final = 0.00005  # of the whole: rounds to 0.00 %
MINUS: Final = "\N{MINUS SIGN}"


def decimals(value: float) -> int:
    """Return how many decimals show `value` to about three significant figures, at most three."""
    size = abs(value)
    if size >= 99.5 or size == 0:
        return 0
    return 1 if size >= 9.95 else 2 if size >= 0.995 else 3


def number(value: float, places: int | None = None) -> str:
    """
    Return `value` with thousands separated, to about three significant figures.

    Parameters
    ----------
    value : any unit; NaN and infinity read "not known"
    places : decimals to show in place of the rule, so that an interval reads like its middle
    """
    if not math.isfinite(value):
        return NOT_KNOWN
    shown = decimals(value) if places is None else places
    text = f"{value:,.{shown}f}"
    return text.replace("-", MINUS) if float(text.replace(",", "")) else text.lstrip("-")


def percent(share: float, places: int | None = None) -> str:
    """
    Return `share` (1 = the whole) in percent: whole from 10 %, with a decimal from 1 %, else with two.

    Nearly the whole is never called the whole, nor hardly anything nothing: 0.9993 is 99.9 %.
    """
    if not math.isfinite(share):
        return NOT_KNOWN
    if places is None and 0 < abs(share) < _UNDER:
        return f"under 0.01{SPACE}%"
    if places is None and 1 - _UNDER < share < 1:
        return f"over 99.99{SPACE}%"
    return f"{number(100 * share, _percent_places(share) if places is None else places)}{SPACE}%"


def gain(share: float) -> str:
    """Return `share` in percent with its sign: "+6.4 %", "−1.2 %", "0 %"; what rounds to nothing is "about 0 %"."""
    if 0 < abs(share) < _UNDER:
        return f"about 0{SPACE}%"
    return f"{'+' if share > 0 else ''}{percent(share)}"


def points(share: float) -> str:
    """Return a difference of two shares in percentage points, with its sign: "+3.0", "−1.2", "0"."""
    shown = number(100 * share, 1) if share else "0"
    return f"{'+' if share > 0 else ''}{shown}"


def points_with_interval(share: float, low: float, high: float) -> str:
    """Return "+3.0 (+1.0 to +5.0)", or the difference alone where an end of the interval is not known."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return points(share)
    return f"{points(share)} ({points(low)} to {points(high)})"


def with_interval(value: float, low: float, high: float) -> str:
    """Return "12.3 (10.1 to 14.8)", or the value alone where an end of the interval is not known."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return number(value)
    return f"{number(value)} ({interval(low, high)})"


def interval(low: float, high: float) -> str:
    """Return "10.1 to 14.8"; whole ends, such as those of a count, without decimals."""
    places = 0 if low == int(low) and high == int(high) else decimals(high)
    return f"{number(low, places)} to {number(high, places)}"


def percent_with_interval(share: float, low: float, high: float) -> str:
    """Return "23 % (20 % to 26 %)", or the share alone where an end of the interval is not known."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return percent(share)
    places = _percent_places(high)
    return f"{percent(share)} ({percent(low, places)} to {percent(high, places)})"


def count(items: float, one: str, many: str | None = None) -> str:
    """Return "1 hot spot", "12 hot spots", "no hot spots"."""
    noun = one if items == 1 else many or f"{one}s"
    return f"{number(items, 0) if items else 'no'} {noun}"


def listing(names: Iterable[str], *, most: int | None = None) -> str:
    """Return "a, b and c"; beyond `most` names, "a, b and 3 more"."""
    held = list(names)
    if most is not None and len(held) > most:
        held = [*held[:most], f"{len(held) - most} more"]
    return held[0] if len(held) == 1 else f"{', '.join(held[:-1])} and {held[-1]}" if held else ""


def sentence(text: str) -> str:
    """Return `text` with a capital at its start and a full stop at its end."""
    held = text.strip()
    return held and capital(held) + ("" if held[-1] in ".!?" else ".")


def capital(text: str) -> str:
    """Return `text` with a capital at its start and the rest as it was."""
    return text[:1].upper() + text[1:]


def printable(text: object) -> str:
    """Return `text` on one line without control characters, which no file format here may carry."""
    given = str(text)
    if given.isprintable() and "  " not in given:  # as most are: a tenth of the time
        return given.strip(" ")
    held = "".join(letter if letter.isprintable() or letter == SPACE else " " for letter in given)
    return " ".join(part for part in held.split(" ") if part)


def what_gathers(rank_by: str) -> str:
    """Return "harm" or "crime", as hot spots are ranked by "harm" or "crimes"."""
    return "harm" if rank_by == "harm" else "crime"


def glued(text: str) -> str:
    """Return `text` with each percent sign a space off its number and on its line, and minus signs for hyphens."""
    return re.sub(r"(?<![\w-])-(?=\d)", MINUS, re.sub(r"(?<=\d) ?%", f"{SPACE}%", text))


def shortened(text: str, most: int) -> str:
    """Return `text`, cut to `most` characters with an ellipsis where it is longer."""
    return text if len(text) <= most else f"{text[: most - 1]}\N{HORIZONTAL ELLIPSIS}"


def _percent_places(share: float) -> int:
    size = abs(share)
    if 0.995 <= size < 1:
        return 1 if size < 0.9995 else 2
    return 0 if size >= 0.0995 or size == 0 else 1 if size >= 0.00995 else 2
