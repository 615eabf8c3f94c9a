"""The table of what a run was given: each file with its kind and its sha256, rows of crimes counted and told."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from geodata.crimes import CrimeRead, rows_told
from geodata.tables import SOURCES, check
from service import manifest


def all_sources(
    crimes: CrimeRead, named: Mapping[str, Path | None], folders: Mapping[str, Sequence[Path]]
) -> pd.DataFrame:
    """
    Return the table of sources: the files of crimes, and everything beside them.

    Parameters
    ----------
    crimes : what was read of the crimes
    named : kind to file, None where there is none
    folders : kind to the files of one folder, named after their kind
    """
    rows = [(path.name, kind, path) for kind, path in named.items() if path]
    rows += [(f"{kind}: {path.name}", kind, path) for kind, paths in folders.items() for path in paths]
    prints = [(file, kind, manifest.sha256_of(path)) for file, kind, path in rows]
    more = pd.DataFrame(prints, columns=["file", "kind", "sha256"])
    counts = {"rows_read": 0, "rows_accepted": 0, "rows_rejected": 0}
    more = more.astype("string").assign(**counts)
    return check(pd.concat([crimes.sources, more], ignore_index=True), SOURCES)


def crimes_told(sources: pd.DataFrame) -> str:
    """Say how many rows of crimes were read, and what became of them."""
    return rows_told(int(sources["rows_accepted"].sum()), int(sources["rows_rejected"].sum()))
