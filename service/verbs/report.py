"""`beatplan report`: from recorded crime to a tasking pack."""

from pathlib import Path
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


def report(
    crimes: CrimesOption,
    areas: AreasOption,
    out: OutOption,
    force: ForceOption = None,
    streets: StreetsOption = None,
    lsoas: Annotated[Path | None, typer.Option("--lsoas", help="LSOAs, to carry such tables to wards.")] = None,
    population: Annotated[Path | None, typer.Option("--population", help="Population by code.")] = None,
    deprivation: Annotated[Path | None, typer.Option("--deprivation", help="Deprivation by code.")] = None,
    localities: Annotated[
        Path | None, typer.Option("--localities", help="Inputs of the Vulnerable Localities Index by code.")
    ] = None,
    people: Annotated[Path | None, typer.Option("--people", help="People by code, columns `kind: group`.")] = None,
    as_of: AsOfOption = None,
    allow_gaps: AllowGapsOption = False,
    last: Annotated[
        Path | None, typer.Option("--last", help="Folder of an earlier run's products, to look back.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option("--decisions", help="Decisions on that run's hot spots, CSV.")
    ] = None,
    delivered: Annotated[
        Path | None, typer.Option("--delivered", help="Debriefed patrols since that run, CSV.")
    ] = None,
    product: Annotated[
        list[str] | None, typer.Option("--product", help="What to write; may be repeated; `all` writes everything.")
    ] = None,
    hotspot: Annotated[
        list[str] | None, typer.Option("--hotspot", help="Hot spot to profile, H03; may be repeated.")
    ] = None,
    reviews: Annotated[
        Path | None, typer.Option("--reviews", help="Folder of results of `beatplan review --json`.")
    ] = None,
    published: Annotated[
        Path | None, typer.Option("--published", help="The `public.csv` published last, to be carried on.")
    ] = None,
    seed: SeedOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """From recorded crime to a tasking pack: report, map, tables, plan and manifest."""
    from service.cycle import run_cycle
    from service.reading.inputs import Request

    request = Request(
        crimes=tuple(crimes), areas=areas, out=out, profile=force, streets=streets, lsoas=lsoas,
        population=population, deprivation=deprivation, as_of=as_of, seed=seed, allow_gaps=allow_gaps,
        localities=localities, people=people, last=last, decisions=decisions, delivered=delivered,
        products=tuple(product or ()), hotspots=tuple(hotspot or ()), reviews=reviews, published=published,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_cycle(request, stage=stage)
    tell(outcome.manifest, outcome.summary, json_file, quiet)
