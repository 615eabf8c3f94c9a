"""The tasking report: one self-contained page that a meeting decides from."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maps.pack import Pack

__all__ = ["write_report"]


def write_report(pack: "Pack", path: str | Path) -> Path:
    """
    Write the report, which opens from disk and asks no server for anything.

    Parameters
    ----------
    pack : one run's findings
    path : the file to write

    Returns
    -------
    path : as given
    """
    from maps.drawing.offline import page_html
    from maps.report.page import render
    from maps.tasking.page import tasking_map

    held = Path(path)
    drawn = page_html(tasking_map(pack, compact=True))
    held.write_text(render(pack, drawn), encoding="utf-8", newline="\n")
    return held
