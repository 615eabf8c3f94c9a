"""`beatplan hotspots`: the analyst's study of where crime gathers."""

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


def hotspots(
    crimes: CrimesOption,
    areas: AreasOption,
    out: OutOption,
    force: ForceOption = None,
    offence: Annotated[list[str] | None, typer.Option("--offence", help="Only this offence; repeatable.")] = None,
    cell: Annotated[float | None, typer.Option("--cell", help="Side of a cell, in metres.")] = None,
    bandwidth: Annotated[
        str | None, typer.Option("--bandwidth", help="Metres, auto (caught most), normal, likelihood, least-squares.")
    ] = None,
    kernel: Annotated[str, typer.Option("--kernel", help="Shape of a crime's spread in the surfaces.")] = "quartic",
    edge: Annotated[str, typer.Option("--edge", help="Edge correction: none, uniform or diggle.")] = "none",
    adaptive: Annotated[bool, typer.Option("--adaptive", help="Narrow discs where crime is dense.")] = False,
    clusters: Annotated[
        str | None, typer.Option("--clusters", help="Hot spots from the points: dbscan or hdbscan.")
    ] = None,
    apart: Annotated[float, typer.Option("--apart", help="Least metres between two hot spots.")] = 0.0,
    streets: StreetsOption = None,
    network: Annotated[bool, typer.Option("--network", help="Also the density along the streets.")] = False,
    spread: Annotated[
        str | None, typer.Option("--spread", help="How it passes a junction: continuous, discontinuous or simple.")
    ] = None,
    lixel: Annotated[
        float | None, typer.Option("--lixel", help="Longest piece of street with a figure of its own, in metres.")
    ] = None,
    most_street: Annotated[
        float | None, typer.Option("--most-street", help="Most metres of street in one hot spot.")
    ] = None,
    space_time: Annotated[
        float | None, typer.Option("--space-time", help="Also when and where at once: days that a crime reaches.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option("--against", help="Hold crime against before:YYYY-MM-DD, offence:NAME, population, column:NAME."),
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", help="How: relative risk, ratio, log ratio, difference, ...")
    ] = None,
    lsoas: Annotated[Path | None, typer.Option("--lsoas", help="LSOAs, for counts of people by LSOA.")] = None,
    population: Annotated[Path | None, typer.Option("--population", help="Population by code.")] = None,
    localities: Annotated[
        Path | None, typer.Option("--localities", help="Table of the Vulnerable Localities Index's inputs by LSOA.")
    ] = None,
    as_of: AsOfOption = None,
    allow_gaps: AllowGapsOption = False,
    seed: SeedOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Study hot spots: density, local statistics, history and concentration, as a page, layers and tables."""
    from service.reading.inputs import Request
    from service.study.options import options_of
    from service.study.run import run_study

    options = options_of(
        cell=cell, bandwidth=bandwidth, kernel=kernel, edge=edge, adaptive=adaptive, network=network,
        spread=spread, lixel=lixel, streets=streets is not None, space_time=space_time, against=against,
        measure=measure, clusters=clusters, apart=apart, most_street=most_street,
        offences=offence or (), localities=localities,
    )  # fmt: skip
    request = Request(
        crimes=tuple(crimes), areas=areas, out=out, profile=force, streets=streets, lsoas=lsoas, population=population,
        as_of=as_of, seed=seed, allow_gaps=allow_gaps,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_study(request, options, stage=stage)
    tell(outcome.manifest, outcome.summary, json_file, quiet)
