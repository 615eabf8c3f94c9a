"""`beatplan demo`: the whole cycle on a made-up force."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import JsonOption, OutOption, QuietOption
from service.verbs._progress import progress, tell


def demo(
    out: OutOption = Path("out/demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the made-up force.")] = 0,
    wards: Annotated[int, typer.Option("--wards", min=1, help="Wards of the made-up force.")] = 40,
    incidents: Annotated[int, typer.Option("--incidents", min=1, help="Incidents in its two years.")] = 20_000,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make up a force and run the whole cycle on it."""
    from service.cycle import run_cycle
    from service.demo import made_up_request

    with progress(quiet) as stage:
        with stage("make up a force"):
            request = made_up_request(out, seed=seed, wards=wards, incidents=incidents)
        outcome = run_cycle(request, stage=stage)
    tell(outcome.manifest, outcome.summary, json_file, quiet)
