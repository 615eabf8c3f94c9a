"""`beatplan audit`: is the chain of who did what whole?"""

from typing import Annotated, Literal

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import tell
from service.verbs.serve import StoreOption


def audit(
    what: Annotated[Literal["verify"], typer.Argument(help="What to do with the chain.")],
    store: StoreOption = None,
    head: Annotated[
        str | None, typer.Option("--head", help="Hash told by an earlier run, which must be there.")
    ] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Verify that no entry of the store's audit was changed, left out or cut off."""
    from geodata.errors import InputError
    from service.store import audit as chain
    from service.store import open_store
    from service.web.settings import read_settings

    settings = read_settings(store=store)
    kept = open_store(settings.store, settings.folder, make=False)
    try:
        with kept.reading() as reading:
            found = chain.verify(reading, head=head)
    finally:
        kept.close()
    if found.broken is not None:
        raise InputError(f"The audit must be whole, and entry {found.broken} of {found.entries} does not follow.")
    told = {"verb": f"audit {what}", "entries": found.entries, "head": found.head, "broken": None}
    tell(told, f"The audit is whole: {found.entries:,} entries, head {found.head}", json_file, quiet)
