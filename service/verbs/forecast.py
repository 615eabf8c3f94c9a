"""`beatplan forecast`: what to expect of the week to come, cell by cell."""

from typing import Annotated

import typer

from service.verbs._options import (
    AreasHereOption,
    AsOfOption,
    BandwidthOption,
    CellOption,
    CrsOption,
    DateOption,
    DayFirstOption,
    EventsOption,
    ForceOption,
    HarmOption,
    InsteadOption,
    JsonOption,
    OffenceColumnOption,
    OutOption,
    PeriodOption,
    PolygonOption,
    QuietOption,
    StreetsOption,
    UntilOption,
    XOption,
    YOption,
    events_of,
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
    crimes: InsteadOption = None,
    areas: AreasHereOption = None,
    area_polygon: PolygonOption = None,
    force: ForceOption = None,
    streets: StreetsOption = None,
    harm: HarmOption = None,
    method: Annotated[str, typer.Option("--method", help="Name of one method, or all.")] = "all",
    cell: CellOption = 150.0,
    bandwidth: BandwidthOption = None,
    period: PeriodOption = None,
    origins: Annotated[int, typer.Option("--origins", min=1, help="Past periods that set the intervals.")] = 4,
    as_of: AsOfOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of moments within a day.")] = 0,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Say what to expect of the week to come in every cell, of crime and of harm, and how sure that is."""
    one_of(events=events, crimes=crimes)
    from service.forecasting.forecast import ForecastRequest, run_forecast

    table = events_of(events, x=x, y=y, date=date, until=until, dayfirst=dayfirst, crs=crs, offence=offence_column)
    request = ForecastRequest(
        events=table, crimes=tuple(crimes or ()), profile=force, areas=areas, polygon=area_polygon, streets=streets,
        harm=harm, cell=cell, bandwidth=bandwidth, period=period, origins=origins, as_of=as_of, seed=seed,
        method=method, out=out,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_forecast(request, stage=stage)
    tell(outcome.figures, outcome.summary, json_file, quiet)
