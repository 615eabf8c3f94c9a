"""Tables for a terminal, and for JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd


def plain_table(columns: Mapping[str, Sequence[str]]) -> str:
    """Return columns under their headings, the first set to the left and the others to the right."""
    widths = [max(map(len, [heading, *texts])) for heading, texts in columns.items()]
    rows = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    return "\n".join(_line(row, widths) for row in rows)


def number(value: float, form: str = ".2f") -> str:
    """Return a number in a form of Python's, a dash where there is none."""
    return format(value, form) if np.isfinite(value) else "-"


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON can hold them: None for what is not known."""
    plain = table.astype(object).where(table.notna() & ~table.isin([np.inf, -np.inf]), None)
    return [{str(name): _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    others = [text.rjust(width) for text, width in zip(row[1:], widths[1:], strict=True)]
    return "  ".join([row[0].ljust(widths[0]), *others]).rstrip()
