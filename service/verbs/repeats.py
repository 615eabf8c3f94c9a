"""`beatplan repeats`: who suffers again, how soon, and what is due to them."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import (
    AddressColumnOption,
    AsOfOption,
    CrsOption,
    DateOption,
    DayFirstOption,
    EventsOption,
    ForceOption,
    JsonOption,
    OffenceColumnOption,
    PlaceColumnOption,
    QuietOption,
    SeedOption,
    UntilOption,
    VictimColumnOption,
    XOption,
    YOption,
    events_of,
    one_of,
)
from service.verbs._progress import progress, tell


def repeats(
    events: EventsOption = None,
    x: XOption = "x",
    y: YOption = "y",
    date: DateOption = "date",
    until: UntilOption = None,
    dayfirst: DayFirstOption = False,
    crs: CrsOption = "EPSG:27700",
    offence_column: OffenceColumnOption = None,
    place: PlaceColumnOption = None,
    address: AddressColumnOption = None,
    victim: VictimColumnOption = None,
    crimes: Annotated[list[str] | None, typer.Option("--crimes", help="Recorded crime, as for `report`.")] = None,
    areas: Annotated[Path | None, typer.Option("--areas", help="Areas, for figures by area.")] = None,
    force: ForceOption = None,
    premises: Annotated[
        Path | None, typer.Option("--premises", help="List of premises: uprn or address, x, y.")
    ] = None,
    population: Annotated[Path | None, typer.Option("--population", help="Population by area code.")] = None,
    places: Annotated[float | None, typer.Option("--places", help="How many premises or dwellings there are.")] = None,
    people: Annotated[float | None, typer.Option("--people", help="How many people there are.")] = None,
    as_of: AsOfOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write into; nothing is written without.")] = None,
    seed: SeedOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Repeat victimisation of places and people: counts, time course, and the response list."""
    from service.repeats.run import run_repeats
    from service.repeats.scene import RepeatsRequest

    one_of(events=events, crimes=crimes)
    table = events_of(
        events, x=x, y=y, date=date, until=until, dayfirst=dayfirst, crs=crs, offence=offence_column,
        place=place, address=address, victim=victim,
    )  # fmt: skip
    request = RepeatsRequest(
        events=table, crimes=tuple(crimes or ()), profile=force, areas=areas, premises=premises, population=population,
        places=places, people=people, as_of=as_of, seed=seed, out=out,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_repeats(request, stage=stage)
    tell(outcome.figures, outcome.summary, json_file, quiet)
