"""Put a run's products where they were asked for: all of them, or, if anything fails, none."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from geodata.errors import InputError
from service import manifest


class Run(Protocol):
    """What a manifest says of a run: what it read, how it was set, and its fingerprint."""

    @property
    def run(self) -> str:
        """The run's fingerprint, in hex."""

    @property
    def sources(self) -> pd.DataFrame:
        """Table of files read."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """Everything but the inputs' contents that the products depend on."""


def refuse_file(out: Path | None) -> None:
    """
    Refuse to write into a file, or where nothing may be written; asked before a run too, that nobody waits for nothing.

    Raises
    ------
    InputError
        If `out` is a file, or a folder that cannot be made or written.
    """
    if out is None:
        return
    if out.exists() and not out.is_dir():
        raise InputError(f"`--out` must be a folder, and {out.name} is a file.")
    there = next(folder for folder in (out.absolute(), *out.absolute().parents) if folder.exists())
    try:
        tempfile.TemporaryDirectory(prefix=".beatplan-", dir=there).cleanup()
    except OSError as error:
        raise InputError(f"`--out` must be a folder that can be written, and {out} is not: {error.strerror}.") from None


def publish(
    out: Path, given: Run, *, write: Callable[[Path], Mapping[str, Path]], figures: Mapping[str, Any]
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
        If `out` is a file, or a folder that cannot be made or written.
    """
    refuse_file(out)
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
