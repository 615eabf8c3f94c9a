"""`beatplan forecast`: what to expect of the week to come, cell by cell."""

from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import (
    AsOfOption,
    CrsOption,
    DateOption,
    DayFirstOption,
    EventsOption,
    ForceOption,
    JsonOption,
    OffenceColumnOption,
    OutOption,
    QuietOption,
    StreetsOption,
    UntilOption,
    XOption,
    YOption,
    one_of,
)
from service.verbs._progress import progress, tell


def forecast(
    out: OutOption,
    events: EventsOption = None,
    x: XOption = "x",
    y: YOption = "y",
    date: DateOption = "date",
    until: UntilOption = None,
    dayfirst: DayFirstOption = False,
    crs: CrsOption = "EPSG:27700",
    offence_column: OffenceColumnOption = None,
    crimes: Annotated[
        list[str] | None, typer.Option("--crimes", help="Recorded crime in place of --events: folder, file or glob.")
    ] = None,
    areas: Annotated[Path | None, typer.Option("--areas", help="Wards, beats or neighbourhoods.")] = None,
    area_polygon: Annotated[Path | None, typer.Option("--area-polygon", help="Outline of the area studied.")] = None,
    force: ForceOption = None,
    streets: StreetsOption = None,
    harm: Annotated[str | None, typer.Option("--harm", help="Harm table, by name or path.")] = None,
    method: Annotated[str, typer.Option("--method", help="Name of one method, or all.")] = "all",
    cell: Annotated[float, typer.Option("--cell", help="Side of a cell, in metres.")] = 150.0,
    bandwidth: Annotated[float | None, typer.Option("--bandwidth", help="Metres; three cells if not given.")] = None,
    period: Annotated[
        str | None, typer.Option("--period", help="7d, 28d, month; weeks, or months where only they are known.")
    ] = None,
    origins: Annotated[int, typer.Option("--origins", min=1, help="Past periods that set the intervals.")] = 4,
    as_of: AsOfOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of moments within a day.")] = 0,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Say what to expect of the week to come in every cell, of crime and of harm, and how sure that is."""
    one_of(events=events, crimes=crimes)
    from service.events import Events
    from service.forecast import ForecastRequest, run_forecast

    table = None
    if events:
        table = Events(
            paths=tuple(events), x=x, y=y, date=date, until=until, dayfirst=dayfirst, crs=crs, offence=offence_column
        )
    request = ForecastRequest(
        events=table, crimes=tuple(crimes or ()), profile=force, areas=areas, polygon=area_polygon, streets=streets,
        harm=harm, cell=cell, bandwidth=bandwidth, period=period, origins=origins, as_of=as_of, seed=seed,
        method=method, out=out,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_forecast(request, stage=stage)
    tell(outcome.figures, outcome.summary, json_file, quiet)
