"""`beatplan serve`: the service in a browser."""

from pathlib import Path
from typing import Annotated

import typer

StoreOption = Annotated[
    str | None, typer.Option("--store", help="Database of the catalogue: sqlite:///... or postgresql://...")
]


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to answer at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port to answer at.")] = 8000,
    store: StoreOption = None,
    folder: Annotated[Path | None, typer.Option("--folder", help="Folder of the files that are kept.")] = None,
    demo: Annotated[bool, typer.Option("--demo", help="A made-up force, and an account of every role.")] = False,
) -> None:
    """Answer browsers: sign in, see what was imported, keep accounts, verify the audit."""
    from service.web.serving import serve as answer
    from service.web.settings import read_settings

    answer(read_settings(store=store, folder=folder), host=host, port=port, demo=demo)
