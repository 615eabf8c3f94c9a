"""`beatplan profile`: a starting profile of a force."""

from pathlib import Path
from typing import Annotated

import typer

from geodata.errors import InputError
from service.verbs._options import AreasOption


def profile(
    areas: AreasOption,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output if not given.")] = None,
) -> None:
    """Write a commented starting profile of a force, from its areas."""
    from service.profile.starting import starting_profile

    text = starting_profile(areas)
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise InputError(f"`--out` must name a file that does not exist yet, so that no profile is lost, got {out}.")
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {out}", err=True)
