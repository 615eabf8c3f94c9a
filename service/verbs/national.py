"""`beatplan national`: every force of a nation, worked out alike, beside those like it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geodata.errors import InputError
from service.verbs._options import JsonOption, QuietOption
from service.verbs._progress import progress, tell


def national(
    forces: Annotated[Path, typer.Option("--forces", help="Areas of the forces: any file that OGR reads.")],
    crimes: Annotated[
        Path | None,
        typer.Option("--crimes", help="Folder of files as data.police.uk publishes them; what --store holds if none."),
    ] = None,
    people: Annotated[
        Path | None,
        typer.Option("--people", help="Table by force (population, area_km2, deprived_share), or published tables."),
    ] = None,
    wards: Annotated[Path | None, typer.Option("--wards", help="Areas of wards, for teams by ward.")] = None,
    first: Annotated[str | None, typer.Option("--from", help="First month, YYYY-MM.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last month, YYYY-MM.")] = None,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of a dask scheduler: on this machine, or tls://.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help="Processes of this machine; 0: threads.")] = 0,
    store: Annotated[
        str | None,
        typer.Option("--store", help="Database to import into, sqlite:/// or postgresql://; else in --out."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder to write into; a second run goes on in it.")] = Path(
        "national"
    ),
    cell: Annotated[float, typer.Option("--cell", help="Side of a cell, in metres.")] = 250.0,
    share: Annotated[float, typer.Option("--share", help="Share of a force's area that a forecast flags.")] = 0.01,
    near_repeat: Annotated[
        list[str] | None,
        typer.Option(
            "--near-repeat",
            help="Type of crime whose near repeats are tested over the nation; again for another. "
            "Burglary, vehicle crime and robbery if none is named.",
        ),
    ] = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="Leave it to the service of --store, from what that holds.")
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")] = 0,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Work through a nation: hot spots, concentration, back-tests and teams of every force, and the league."""
    if queue:
        settings = {"cell": cell, "share": share, "seed": seed}
        given = {
            "forces": forces, "people": people, "wards": wards, "first": first, "last": last, "settings": settings,
            "near_repeat": near_repeat,
        }  # fmt: skip
        typer.echo(_queued(given, store, crimes))
        return
    from service.national.force_task import ForceSettings
    from service.national.nation import run_nation
    from service.national.nation_request import NationRequest

    named: dict[str, Any] = {} if near_repeat is None else {"near_repeat": tuple(near_repeat)}
    request = NationRequest(
        crimes=crimes, forces=forces, out=out, people=people, wards=wards, first=first, last=last,
        scheduler=scheduler, workers=workers, store=store, settings=ForceSettings(cell=cell, share=share, seed=seed),
        **named,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_nation(request, stage=stage)
    tell(outcome.figures, outcome.summary, json_file, quiet)


def _queued(given: dict[str, Any], store: str | None, crimes: Path | None) -> str:
    """Put a national run in the queue of the service, and say so."""
    if store is None or crimes is not None:
        raise InputError("`--queue` needs `--store` and takes no `--crimes`: the service works on what it holds.")
    from contextlib import closing

    from service.jobs.nation import ask_nation
    from service.store import open_store

    with closing(open_store(store, make=False)) as kept:
        number = ask_nation(kept, given, actor="command line")
    return f"Job {number} waits for the service; its files will lie in runs/nation/national-{number} of its folder."
