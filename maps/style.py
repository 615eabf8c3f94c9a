"""Colours and classes of what the maps show."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.cast import FloatArray, IntArray

CLASSES: Final = 5
SHARE_OF_A_SHADE: Final = 0.15
# Five steps of viridis, light to dark, told apart in every common colour blindness and in grey.
SHADES: Final = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
# The lightest covers most ground and shows most of the map below it.
OPACITIES: Final = (0.5, 0.66, 0.76, 0.85, 0.92)
# Change: orange for a rise, blue for a fall, told apart in every common colour blindness; falls are striped as well.
CHANGES: Final = ("#2166ac", "#67a9cf", "#f4a259", "#b35806")
CHANGE_OPACITIES: Final = (0.92, 0.78, 0.78, 0.92)
# Hours of the week, from none to most.
HOURS: Final = ("#f2f5f7", "#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
INK: Final = "#14202b"
PAPER: Final = "#ffffff"
LINE: Final = "#5b5e63"
# Charts: one blue and a grey, with hatching, told apart in every colour blindness, and in a photocopy.
DARK: Final = "#0b4f94"
PALE: Final = "#b3b0a6"
# The ground, by kind of map feature: areas, and the edge and surface of lines.
GROUND: Final = {"water": "#c9dfea", "park": "#e4efdd", "wood": "#dbe8d3"}
WAYS: Final = {
    "stream": ("#c9dfea", ""),
    "path": ("#c3bfb4", ""),
    "service": ("#bcc5cd", "#f6f7f8"),
    "street": ("#abb6c0", "#f1f3f5"),
    "secondary": ("#9aa7b3", "#e9edf0"),
    "main": ("#8795a2", "#dde3e8"),
    "motorway": ("#6f7f8d", "#ced6dd"),
    "railway": ("#8f8a94", ""),
}
CHOSEN: Final = "#ffd23f"  # the place in question
# Patrols: dark enough for white figures on them; each also has a dash pattern of its own.
ROUTES: Final = ("#b3261e", "#0b57a4", "#7b1fa2", "#8a4b08", "#00695c", "#37474f")


@dataclass(frozen=True)
class Shading:
    """
    Cells in five classes that each hold `SHARE_OF_A_SHADE` of the whole, or as near to it as equal cells allow.

    Parameters
    ----------
    number : class of each value, 5 = highest; 0 = not painted
    low : smallest value in each class that occurs, by class number
    cells : number of values in each class that occurs
    """

    number: IntArray
    low: dict[int, float]
    cells: dict[int, int]


def shading(values: FloatArray) -> Shading:
    """
    Return the classes of `values`: the darkest shade is where the first share of all harm gathers, and so on down.

    Quantiles of the cells would paint half the countryside dark; quantiles of what the cells hold say where it gathers.
    The last quarter, spread thin over most of the ground, is not painted. Equal values share a class, so a flat surface
    has one class only, the highest.

    Parameters
    ----------
    values : amounts of at least 0
    """
    descending = np.sort(values[values > 0])[::-1]
    if len(descending) == 0:
        return Shading(np.zeros(len(values), dtype=np.int64), {}, {})
    held = np.cumsum(descending)
    # The smallest value that is still inside the first, the first two, ... shares from the top; a hair of tolerance
    # keeps the rounding of the sum from moving a cell.
    wanted = held[-1] * SHARE_OF_A_SHADE * np.arange(1, CLASSES + 1) * (1 - 1e-12)
    breaks = descending[np.searchsorted(held, wanted)]
    number = (values[:, None] >= breaks[None, :]).sum(axis=1).astype(np.int64)
    present = [int(name) for name in np.unique(number[number > 0])]
    low = {name: float(values[number == name].min()) for name in present}
    return Shading(number, low, {name: int((number == name).sum()) for name in present})


def contrast(one: str, other: str) -> float:
    """
    Return the contrast of two colours, 1 to 21.

    References
    ----------
    .. [1] W3C (2023). Web Content Accessibility Guidelines 2.2, definition of contrast ratio.
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
