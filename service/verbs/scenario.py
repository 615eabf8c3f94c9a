"""`beatplan scenario`: what if, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import progress, tell

BaseOption = Annotated[Path, typer.Option("--base", help="Force profile in TOML, as things are.")]
ScenarioOption = Annotated[list[Path], typer.Option("--scenario", help="Lines of the profile that change, in TOML.")]
WardsOption = Annotated[Path | None, typer.Option("--wards", help="Wards; by default the profile's.")]
DemandOption = Annotated[Path | None, typer.Option("--demand", help="Demand by ward; by default the profile's.")]
FolderOption = Annotated[Path | None, typer.Option("--out", help="Folder to write the tables into.")]


def scenario(
    base: BaseOption,
    scenarios: ScenarioOption,
    wards: WardsOption = None,
    demand: DemandOption = None,
    out: FolderOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Lay up to four scenarios beside the base: value, cover, wards, cost, posts moved, each with its gap."""
    from service.deployment.scenarios import ScenarioRequest, compare

    request = ScenarioRequest(base=base, scenarios=tuple(scenarios), wards=wards, demand=demand, out=out)
    with progress(quiet) as stage:
        found = compare(request, stage=stage)
    tell(found.figures, found.summary, json_file, quiet)
