"""`beatplan reproduce`: does a report come out again as it was, byte by byte?"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import progress, tell
from service.verbs.serve import StoreOption

if TYPE_CHECKING:
    from service.store import Store


def reproduce(
    manifest: Annotated[Path, typer.Argument(help="The `manifest.json` of a report.")],
    inputs: Annotated[
        list[Path] | None,
        typer.Option("--inputs", help="Folder or file of what it read; may be repeated."),
    ] = None,
    store: StoreOption = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Folder of the files that the store keeps.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make a report again from its manifest and compare every product; exit 2 if anything differs."""
    from service.reproduce import reproduce as again
    from service.reproduce import summary

    with progress(quiet) as stage, _opened(store, folder) as kept:
        found = again(manifest, inputs or [], store=kept, stage=stage)
    tell(found.figures, summary(found), json_file, quiet)
    if not found.whole:
        raise typer.Exit(2)


@contextmanager
def _opened(url: str | None, folder: Path | None) -> Iterator["Store | None"]:
    """Open the store of a run of the service, which must be there; None where none is named."""
    if url is None:
        yield None
        return
    from service.store import open_store

    store = open_store(url, folder, make=False)
    try:
        yield store
    finally:
        store.close()
