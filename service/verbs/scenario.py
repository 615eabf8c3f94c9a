"""`beatplan scenario`: what if, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import (
    AllowGapsOption,
    AsOfOption,
    JsonOption,
    QuietOption,
    SeedOption,
    StreetsOption,
)
from service.verbs._progress import progress, tell

BaseOption = Annotated[
    Path | None, typer.Option("--base", help="Force profile in TOML, as things are; by default the run's.")
]
ScenarioOption = Annotated[list[Path], typer.Option("--scenario", help="Lines of the profile that change, in TOML.")]
WardsOption = Annotated[Path | None, typer.Option("--wards", help="Wards; by default the run's, else the profile's.")]
DemandOption = Annotated[
    Path | None, typer.Option("--demand", help="Demand by ward; by default the run's, else the profile's.")
]
RunOption = Annotated[
    Path | None, typer.Option("--run", help="Folder of a finished report, whose hot spots are patrolled.")
]
TimesOption = Annotated[
    list[str] | None,
    typer.Option("--crimes", help="Crimes: the times of the run's hot spots, or without a run to find hot spots."),
]
FolderOption = Annotated[Path | None, typer.Option("--out", help="Folder to write the tables into.")]


def scenario(
    scenarios: ScenarioOption,
    base: BaseOption = None,
    wards: WardsOption = None,
    demand: DemandOption = None,
    run: RunOption = None,
    crimes: TimesOption = None,
    streets: StreetsOption = None,
    as_of: AsOfOption = None,
    allow_gaps: AllowGapsOption = False,
    out: FolderOption = None,
    seed: SeedOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Lay up to four scenarios beside the base: teams, patrols, cost, posts moved, each with its gap."""
    from service.deployment.scenarios import ScenarioRequest, compare

    request = ScenarioRequest(
        base=base, scenarios=tuple(scenarios), wards=wards, demand=demand, out=out, run=run,
        crimes=tuple(crimes or ()), streets=streets, as_of=as_of, allow_gaps=allow_gaps, seed=seed,
    )  # fmt: skip
    with progress(quiet) as stage:
        found = compare(request, stage=stage)
    tell(found.figures, found.summary, json_file, quiet)
