"""Put a run's products where they were asked for: all of them, or, if anything fails, none."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from geodata.errors import InputError
from service import manifest
from service.inputs import Inputs


def publish(
    out: Path, given: Inputs, *, write: Callable[[Path], Mapping[str, Path]], figures: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Path]]:
    """
    Write everything beside `out` first, then move it in: a run that fails leaves nothing half-written.

    Parameters
    ----------
    out : folder of the products
    given : what the run works from
    write : writes the products into a folder and returns name to file
    figures : the run's main figures, for the manifest

    Returns
    -------
    manifest, products : the manifest's content, and each product by name, the manifest among them

    Raises
    ------
    InputError
        If `out` is a file.
    """
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, and {out.name} is a file.")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as workshop:
        folder = Path(workshop)
        written = write(folder)
        content = manifest.write_manifest(
            folder / "manifest.json",
            run=given.run,
            sources=given.sources,
            settings=given.settings,
            figures=figures,
            products=written,
        )
        out.mkdir(exist_ok=True)
        return content, {name: _moved(folder / name, out / name) for name in sorted([*written, "manifest.json"])}


def _moved(source: Path, target: Path) -> Path:
    shutil.move(source, target)
    return target
