"""Colours and classes of what the maps show."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geodata.cast import FloatArray, IntArray

CLASSES: Final = 5
# Five steps of viridis, light to dark, told apart in every common colour blindness and in grey.
SHADES: Final = ("#fde725", "#5ec962", "#21918c", "#3b528b", "#440154")
# The lightest covers most ground and shows most of the map below it.
OPACITIES: Final = (0.42, 0.62, 0.74, 0.84, 0.92)
INK: Final = "#14202b"
PAPER: Final = "#ffffff"
# Patrols: dark enough for white figures on them; each also has a dash pattern of its own.
ROUTES: Final = ("#b3261e", "#0b57a4", "#7b1fa2", "#8a4b08", "#00695c", "#37474f")


@dataclass(frozen=True)
class Fifths:
    """
    Cells in five classes that each hold a fifth of the whole, or as near to it as equal cells allow.

    Parameters
    ----------
    number : class of each value: 0 = nothing there, 1 = lowest fifth, 5 = highest
    low, high : smallest and largest value in each class that occurs, by class number
    cells : number of values in each class that occurs
    """

    number: IntArray
    low: dict[int, float]
    high: dict[int, float]
    cells: dict[int, int]


def fifths(values: FloatArray) -> Fifths:
    """
    Return the classes of `values`: the darkest shade is where the first fifth of all harm gathers.

    Quantiles of the cells would paint half the countryside dark; quantiles of what the cells hold say where it gathers.
    Equal values share a class, so a flat surface has one class only, the highest.

    Parameters
    ----------
    values : amounts of at least 0
    """
    descending = np.sort(values[values > 0])[::-1]
    if len(descending) == 0:
        return Fifths(np.zeros(len(values), dtype=np.int64), {}, {}, {})
    held = np.cumsum(descending)
    # The smallest value inside the first, second, ... fifth, from the top.
    reach = np.searchsorted(held, held[-1] * np.arange(1, CLASSES) / CLASSES * (1 - 1e-12))
    breaks = descending[np.minimum(reach, len(descending) - 1)]
    number = np.where(values > 0, 1 + (values[:, None] >= breaks[None, :]).sum(axis=1), 0).astype(np.int64)
    present = [int(name) for name in np.unique(number[number > 0])]
    low = {name: float(values[number == name].min()) for name in present}
    high = {name: float(values[number == name].max()) for name in present}
    return Fifths(number, low, high, {name: int((number == name).sum()) for name in present})


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
