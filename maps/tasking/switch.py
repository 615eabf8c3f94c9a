"""What a reader may switch on a map, and the questions that switch it for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from folium.map import Layer


@dataclass(frozen=True)
class Switch:
    """
    A layer that the reader may switch.

    Parameters
    ----------
    name : what the page's script calls it
    words : what the reader is told
    layer : the drawing
    """

    name: str
    words: str
    layer: Layer


@dataclass(frozen=True)
class Question:
    """
    A question of the meeting, and the ways to look at its answer.

    Parameters
    ----------
    name : what the page's script calls it
    words : what the reader is told
    choices : words of each way to look at it, with the names of the layers that it shows
    """

    name: str
    words: str
    choices: Mapping[str, tuple[str, ...]]
