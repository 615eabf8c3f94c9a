"""`beatplan review`: did an intervention work?"""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import (
    AsOfOption,
    CrsOption,
    DateOption,
    DayFirstOption,
    EventsOption,
    ForceOption,
    HarmOption,
    InsteadOption,
    JsonOption,
    OffenceColumnOption,
    QuietOption,
    UntilOption,
    XOption,
    YOption,
    events_of,
    one_of,
)
from service.verbs._progress import progress, tell


def review(
    plan: Annotated[
        list[Path], typer.Option("--plan", help="Registered intervention in TOML; may be given more than once.")
    ],
    events: EventsOption = None,
    x: XOption = "x",
    y: YOption = "y",
    date: DateOption = "date",
    until: UntilOption = None,
    dayfirst: DayFirstOption = False,
    crs: CrsOption = "EPSG:27700",
    offence_column: OffenceColumnOption = None,
    crimes: InsteadOption = None,
    force: ForceOption = None,
    harm: HarmOption = None,
    delivered: Annotated[Path | None, typer.Option("--delivered", help="Delivered patrols, CSV.")] = None,
    as_of: AsOfOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for the table and the sentences.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Review interventions: what changed in their places beside controls, around them, and how sure that is."""
    one_of(events=events, crimes=crimes)
    from service.review.products import write_review
    from service.review.run import ReviewRequest, run_review

    table = events_of(events, x=x, y=y, date=date, until=until, dayfirst=dayfirst, crs=crs, offence=offence_column)
    request = ReviewRequest(
        plans=tuple(plan), events=table, crimes=tuple(crimes or ()), profile=force, harm=harm, delivered=delivered,
        as_of=as_of,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_review(request, stage=stage)
        if out is not None:
            write_review(outcome, out)
    tell(outcome.figures, outcome.summary, json_file, quiet)
