"""The manifest: what went in, how it was treated, what came out; enough to make the same bytes again."""

import hashlib
import json
import platform
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import pandas as pd

_COMPUTES_WITH: Final = (
    "beatplan", "convertbng", "folium", "geopandas", "highspy", "numba", "numpy", "osmium", "pandas", "pyogrio",
    "pyproj", "pyvrp", "scikit-learn", "scipy", "shapely",
)  # fmt: skip
EDITION: Final = 1  # of what a manifest holds
RUN_DIGITS: Final = 12  # of a run's fingerprint, as people are shown it


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def versions() -> dict[str, str]:
    """Return name to version of Python, of Beatplan and of each library that a figure depends on."""
    found = {"python": platform.python_version()}
    for name in _COMPUTES_WITH:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def fingerprint(sources: pd.DataFrame, settings: Mapping[str, Any]) -> str:
    """Return the sha256 over the contents of the inputs and the settings: the name of a run."""
    inputs = sorted(zip(sources["kind"], sources["sha256"], strict=True))
    return hashlib.sha256(_canonical({"inputs": inputs, "settings": settings}).encode()).hexdigest()


def write_manifest(
    path: Path,
    *,
    run: str,
    sources: pd.DataFrame,
    settings: Mapping[str, Any],
    figures: Mapping[str, Any],
    products: Mapping[str, Path],
) -> dict[str, Any]:
    """
    Write `manifest.json` and return what it says.

    Parameters
    ----------
    path : where to write
    run : the run's fingerprint
    sources : table of sources
        Rows are counted over the files of crimes only.
    settings, figures : values that JSON can hold
    products : name to file, each already written
    """
    crimes = sources.loc[sources["rows_read"] > 0] if len(sources) else sources
    manifest = {
        "beatplan": EDITION,
        "run": run,
        "rows_read": int(crimes["rows_read"].sum()),
        "rows_accepted": int(crimes["rows_accepted"].sum()),
        "rows_rejected": int(crimes["rows_rejected"].sum()),
        "inputs": sources.to_dict("records"),
        "settings": settings,
        "figures": figures,
        "versions": versions(),
        "products": {name: sha256_of(file) for name, file in sorted(products.items())},
    }
    path.write_text(_canonical(manifest, indent=2) + "\n", encoding="utf-8")
    return manifest


def _canonical(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, sort_keys=True, ensure_ascii=False, allow_nan=False)
