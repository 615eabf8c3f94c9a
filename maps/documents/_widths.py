"""How wide the columns of a table are on paper and on a slide, from what they hold."""

from collections.abc import Sequence
from typing import Final

import numpy as np

_MOST: Final = 46  # letters beyond which a cell's words run on to another line
_AIR: Final = 2.5  # letters of space about the words


def shares(headings: Sequence[str], rows: Sequence[Sequence[Sequence[str]]], *, letters: int) -> list[float]:
    """
    Return each column's share of the width: room for its longest word first, then as its lines ask.

    Parameters
    ----------
    headings : one a column
    rows : cells, each a sequence of lines
    letters : how many fit beside each other over the whole width
    """
    columns = [[heading, *(line for row in rows for line in row[at])] for at, heading in enumerate(headings)]
    least = np.array([max(len(word) for line in lines for word in (line.split(" ") or [""])) for lines in columns])
    # A heading may break; it asks for half its length, a cell for all of it.
    wanted = [max([len(lines[0]) / 2, *map(len, lines[1:])]) for lines in columns]
    least = least + _AIR
    more = np.maximum(np.minimum(np.array(wanted), _MOST) + _AIR - least, 0.0)
    left = max(letters - float(least.sum()), 0.0)
    width = least + (more * min(1.0, left / more.sum()) if more.sum() else 0.0)
    return [float(share) for share in width / width.sum()]
