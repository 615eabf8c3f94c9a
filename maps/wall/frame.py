"""The frame of a figure for the wall: 1920 by 1080, a title in words, and what it rests on below."""

import io
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure

from maps import words
from maps.figures.base import SETTINGS, drawable, rests_on
from maps.pack import Pack
from maps.style import INK

WIDE, HIGH, DOTS_PER_INCH = 1920, 1080, 120
_TITLE_LETTERS: Final = 74
_FOOT_LETTERS: Final = 190
_MOST_LINES: Final = 2
_LARGE: Final[dict[Any, Any]] = SETTINGS | {"font.size": 15, "axes.titlesize": 16, "hatch.linewidth": 1.0}


@dataclass(frozen=True)
class Still:
    """
    One figure, ready for the wall, a slide or a document.

    Parameters
    ----------
    name : what its files are called
    title : what it shows, as drawn on it
    alt : what it says, for whoever cannot see it
    png : 1920 by 1080
    svg : the same without a size in dots
    """

    name: str
    title: str
    alt: str
    png: bytes
    svg: bytes


def frame(
    pack: Pack, name: str, title: str, alt: str, draw: Callable[[SubFigure], None], *, number: float | None = None
) -> Still:
    """
    Return a figure with its title, and with its period, number of crimes, source, marking and run below it.

    Parameters
    ----------
    pack : one run's findings
    name : what its files are called
    title : what it shows, one sentence without a full stop
    alt : what it says, for whoever cannot see it
    draw : draws into the part of the sheet between title and foot
    number : crimes that it shows; None where it shows something else
    """
    with mpl.rc_context(_LARGE):
        figure = Figure(figsize=(WIDE / DOTS_PER_INCH, HIGH / DOTS_PER_INCH), dpi=DOTS_PER_INCH)
        parts: Any = figure.subfigures(3, 1, height_ratios=(1.2, 7.1, 0.7))
        head, body, foot = parts
        _write(head, 0.5, _lines(title, _TITLE_LETTERS), fontsize=25, fontweight="bold", color=INK)
        _write(foot, 0.55, _lines(f"{pack.force}. {rests_on(pack, number)}", _FOOT_LETTERS), fontsize=10.5, color=INK)
        draw(body)
        FigureCanvasAgg(figure)
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    return Still(name, words.printable(title), words.printable(alt), png.getvalue(), svg.getvalue())


def _lines(text: str, letters: int) -> str:
    """Return `text` on two lines at most, each as long as the sheet is wide."""
    held = textwrap.wrap(drawable(text, _MOST_LINES * letters), letters)
    return "\n".join(held[:_MOST_LINES])


def _write(part: SubFigure, height: float, text: str, **look: Any) -> None:
    part.text(0.02, height, text, ha="left", va="center", **look)
