"""The command line: `beatplan` and its verbs, in the order of the cycle."""

import contextlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.errors import InputError, NotFoundError

app = typer.Typer(
    name="beatplan",
    help="From recorded crime to a tasking plan, for police forces in England and Wales.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Stage = Callable[[str], AbstractContextManager[None]]

REFUSED = 2
OUR_FAULT = 1

CrimesOption = Annotated[
    list[str],
    typer.Option(
        "--crimes",
        help="Folder, file or glob of crimes (CSV or JSON, plain or gzipped).",
    ),
]
AreasOption = Annotated[Path, typer.Option("--areas", help="Wards, beats or neighbourhoods: any file that OGR reads.")]
ForceOption = Annotated[Path | None, typer.Option("--force", help="Force profile in TOML (see `beatplan profile`).")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder to write the pack into.")]
StreetsOption = Annotated[Path | None, typer.Option("--streets", help="Streets: .osm, .osm.gz, .osm.pbf, .graphml.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="First day not yet known, YYYY-MM-DD.")]
AllowGapsOption = Annotated[bool, typer.Option("--allow-gaps", help="Go on although months are missing.")]
SeedOption = Annotated[
    int | None, typer.Option("--seed", min=0, help="Seed of everything random, in place of the profile's.")
]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Also write the run's figures to this file.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]


@app.command()
def demo(
    out: OutOption = Path("out/demo"),
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the made-up force.")] = 0,
    wards: Annotated[int, typer.Option("--wards", min=1, help="Wards of the made-up force.")] = 40,
    incidents: Annotated[int, typer.Option("--incidents", min=1, help="Incidents in its two years.")] = 20_000,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make up a force and run the whole cycle on it."""
    from service.demo import made_up_request

    with _progress(quiet) as stage:
        with stage("make up a force"):
            request = made_up_request(out, seed=seed, wards=wards, incidents=incidents)
        _run(request, stage, json_file, quiet)


@app.command()
def profile(
    areas: AreasOption,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; standard output if not given.")] = None,
) -> None:
    """Write a commented starting profile of a force, from its areas."""
    from service.starting_profile import starting_profile

    text = starting_profile(areas)
    if out is None:
        typer.echo(text, nl=False)
        return
    if out.exists():
        raise InputError(f"`--out` must name a file that does not exist yet, so that no profile is lost, got {out}.")
    out.write_text(text, encoding="utf-8")
    typer.echo(f"Wrote {out}", err=True)


@app.command()
def report(
    crimes: CrimesOption,
    areas: AreasOption,
    out: OutOption,
    force: ForceOption = None,
    streets: StreetsOption = None,
    lsoas: Annotated[Path | None, typer.Option("--lsoas", help="LSOAs, to carry such tables to wards.")] = None,
    population: Annotated[Path | None, typer.Option("--population", help="Population by code.")] = None,
    deprivation: Annotated[Path | None, typer.Option("--deprivation", help="Deprivation by code.")] = None,
    as_of: AsOfOption = None,
    allow_gaps: AllowGapsOption = False,
    seed: SeedOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """From recorded crime to a tasking pack: report, map, tables, plan and manifest."""
    from service.inputs import Request

    request = Request(
        crimes=tuple(crimes), areas=areas, out=out, profile=force, streets=streets, lsoas=lsoas,
        population=population, deprivation=deprivation, as_of=as_of, seed=seed, allow_gaps=allow_gaps,
    )  # fmt: skip
    with _progress(quiet) as stage:
        _run(request, stage, json_file, quiet)


@app.command()
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
    with _progress(quiet) as stage:
        _tell(run_study(request, options, stage=stage), json_file, quiet)


def main() -> None:
    """Run `beatplan`: exit code 0 done, 2 the input was refused, 1 our fault."""
    try:
        app()
    except (InputError, NotFoundError) as error:
        typer.echo(f"beatplan: {error}", err=True)
        sys.exit(REFUSED)
    except OSError as error:
        typer.echo(f"beatplan: a file could not be read or written: {error.strerror} ({error.filename}).", err=True)
        sys.exit(REFUSED)
    except Exception as error:
        if os.environ.get("BEATPLAN_TRACEBACK"):
            raise
        # The place of the fault and its kind, never its message: a message may hold a row of data.
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        typer.echo(f"beatplan: this is our fault, not your input's: {type(error).__name__} at {where}.", err=True)
        sys.exit(OUR_FAULT)


def _run(request: Any, stage: Stage, json_file: Path | None, quiet: bool) -> None:
    from service.cycle import run_cycle

    _tell(run_cycle(request, stage=stage), json_file, quiet)


def _tell(outcome: Any, json_file: Path | None, quiet: bool) -> None:
    """Write the manifest's content where it was asked for, and print what was made."""
    if json_file is not None:
        json_file.write_text(json.dumps(outcome.manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if not quiet:
        typer.echo(outcome.summary)


@contextlib.contextmanager
def _progress(quiet: bool) -> Iterator[Stage]:
    """Give a way to announce stages: on a terminal a moving line each, elsewhere a line when each is done."""
    if quiet:
        yield lambda _name: contextlib.nullcontext()
        return
    from rich.console import Console

    console = Console(stderr=True)

    @contextlib.contextmanager
    def stage(name: str) -> Iterator[None]:
        started = time.perf_counter()
        with console.status(f"{name} ..."):
            yield
        console.print(f"[green]done[/green] {name} [dim]{time.perf_counter() - started:.1f} s[/dim]", highlight=False)

    yield stage
