"""`beatplan transparency`: the algorithmic transparency record of a run."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import tell


def transparency(
    manifest: Annotated[Path, typer.Argument(help="The `manifest.json` of a run.")],
    out: Annotated[Path, typer.Option("--out", help="File to write, Markdown.")] = Path("transparency.md"),
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Fill in the algorithmic transparency record (ATRS) from what a run says of itself."""
    from service.transparency import OPEN, write_record

    written = write_record(manifest, out)
    questions = written.read_text(encoding="utf-8").count(OPEN)
    told = {"verb": "transparency", "record": str(written), "left_to_the_force": questions}
    tell(told, f"The record is {written}; {questions} points are left to the force.", json_file, quiet)
