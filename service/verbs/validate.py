"""`beatplan validate`: do published values come out on this machine?"""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import progress, tell


def validate(
    incidents: Annotated[
        Path | None, typer.Option("--incidents", help="Folder of the crimes that further tables were published of.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the report: a page, and for Word.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Work out every published value again and say how many agree to the last digit; exit 2 if one does not."""
    from service.validation.run import summary
    from service.validation.run import validate as work_out

    with progress(quiet) as stage:
        found = work_out(incidents, out=out, stage=stage)
    tell(found.figures, summary(found), json_file, quiet)
    if found.agreeing < len(found.values):
        raise typer.Exit(2)
