"""`beatplan hotspots`: the analyst's study of where crime gathers."""

from typing import Annotated

import typer

from service.verbs._options import (
    AllowGapsOption,
    AreasOption,
    AsOfOption,
    CrimesOption,
    ForceOption,
    JsonOption,
    OutOption,
    QuietOption,
    SeedOption,
    StreetsOption,
)
from service.verbs._progress import progress, tell


def hotspots(
    crimes: CrimesOption,
    areas: AreasOption,
    out: OutOption,
    force: ForceOption = None,
    cell: Annotated[float | None, typer.Option("--cell", help="Side of a cell, in metres.")] = None,
    bandwidth: Annotated[str | None, typer.Option("--bandwidth", help="Metres, or auto: what caught most.")] = None,
    kernel: Annotated[str, typer.Option("--kernel", help="Shape of a crime's spread in the surfaces.")] = "quartic",
    streets: StreetsOption = None,
    network: Annotated[bool, typer.Option("--network", help="Also the density along the streets.")] = False,
    as_of: AsOfOption = None,
    allow_gaps: AllowGapsOption = False,
    seed: SeedOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Study hot spots: density, local statistics, history and concentration, as layers and tables."""
    from service.hotspot_study import Options, run_study
    from service.inputs import Request

    options = Options.of(cell=cell, bandwidth=bandwidth, kernel=kernel, network=network, streets=streets is not None)
    request = Request(
        crimes=tuple(crimes), areas=areas, out=out, profile=force, streets=streets, as_of=as_of, seed=seed,
        allow_gaps=allow_gaps,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_study(request, options, stage=stage)
    tell(outcome.manifest, outcome.summary, json_file, quiet)
