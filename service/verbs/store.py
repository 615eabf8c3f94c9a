"""`beatplan store`: copies of what the service keeps, and what it must forget or hands over."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import tell
from service.verbs.serve import StoreOption


def store(
    what: Annotated[
        Literal["backup", "restore", "retain", "erase", "export"], typer.Argument(help="What to do with the store.")
    ],
    to: Annotated[str | None, typer.Option("--to", help="New folder of a back-up, or postgresql:// address.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Folder of a back-up.")] = None,
    force: Annotated[str | None, typer.Option("--force", help="Whose crimes, as the store names it.")] = None,
    before: Annotated[str | None, typer.Option("--before", help="First month that stays, YYYY-MM.")] = None,
    crime: Annotated[str | None, typer.Option("--crime", help="Reference of the crime to erase.")] = None,
    victim: Annotated[str | None, typer.Option("--victim", help="Pseudonym whose crimes to erase.")] = None,
    url: StoreOption = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Folder of the files that are kept.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Back up, restore, retain, erase or export what the service keeps."""
    from service.upkeep import Upkeep, look_after
    from service.web.settings import read_settings

    asked = Upkeep(what, to=to, source=source, force=force, before=before, crime=crime, victim=victim)
    figures, summary = look_after(asked, read_settings(store=url, folder=folder))
    tell({"verb": f"store {what}", **figures}, summary, json_file, quiet)
