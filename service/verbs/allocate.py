"""`beatplan allocate`: neighbourhood teams by ward, with their proof."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import ForceOption, JsonOption, OutOption, QuietOption
from service.verbs._progress import progress, tell

WardsOption = Annotated[Path, typer.Option("--wards", help="Wards: polygons, or a table with code and neighbourhood.")]
DemandOption = Annotated[Path, typer.Option("--demand", help="Table by ward of crimes, harm and strands a week.")]


def allocate(
    wards: WardsOption,
    demand: DemandOption,
    out: OutOption,
    force: ForceOption = None,
    last: Annotated[Path | None, typer.Option("--last", help="Folder of the last report's products.")] = None,
    delivered: Annotated[Path | None, typer.Option("--delivered", help="Patrols debriefed since, CSV.")] = None,
    days: Annotated[int | None, typer.Option("--days", help="Days that the debriefs cover.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Share inspectors, sergeants, constables and CSOs out between neighbourhoods and wards, and prove it."""
    from service.deployment.allocate import AllocateRequest
    from service.deployment.allocate import allocate as run

    with progress(quiet) as stage:
        found = run(AllocateRequest(wards, demand, out, force, last, delivered, days), stage=stage)
    tell(found.figures, found.summary, json_file, quiet)
