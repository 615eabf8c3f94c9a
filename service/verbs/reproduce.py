"""`beatplan reproduce`: does a report come out again as it was, byte by byte?"""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import progress, tell


def reproduce(
    manifest: Annotated[Path, typer.Argument(help="The `manifest.json` of a report.")],
    inputs: Annotated[
        list[Path],
        typer.Option("--inputs", help="Folder or file of what it read; may be repeated."),
    ],
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make a report again from its manifest and compare every product; exit 2 if anything differs."""
    from service.reproduce import reproduce as again
    from service.reproduce import summary

    with progress(quiet) as stage:
        found = again(manifest, inputs, stage=stage)
    tell(found.figures, summary(found), json_file, quiet)
    if not found.whole:
        raise typer.Exit(2)
