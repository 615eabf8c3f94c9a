"""A small table in plain text, for a terminal."""

from collections.abc import Mapping, Sequence

import numpy as np


def plain_table(columns: Mapping[str, Sequence[str]]) -> str:
    """Return columns under their headings, the first set to the left and the others to the right."""
    widths = [max(map(len, [heading, *texts])) for heading, texts in columns.items()]
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    return "\n".join(_line(row, widths) for row in rows)


def number(value: float, form: str = ".2f") -> str:
    """Return a number in a form of Python's, a dash where there is none."""
    return format(value, form) if np.isfinite(value) else "-"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    others = [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *others]).rstrip()
