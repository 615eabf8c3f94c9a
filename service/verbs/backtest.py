"""`beatplan backtest`: which forecast to trust, by the last periods."""

from pathlib import Path
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
from service.verbs._progress import progress, steps, tell


def backtest(
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
    cell: CellOption = 150.0,
    share: Annotated[
        float | None, typer.Option("--share", help="Share of the area flagged, such as 0.01; what can be patrolled.")
    ] = None,
    bandwidth: BandwidthOption = None,
    origins: Annotated[int, typer.Option("--origins", min=1, help="Periods forecast, at most.")] = 26,
    period: PeriodOption = None,
    methods: Annotated[str | None, typer.Option("--methods", help="Names, parted by commas; all if not given.")] = None,
    as_of: AsOfOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the intervals.")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="Folder that keeps the scores, to go on later.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Try every forecast on the last periods, and say which to use and how sure that is."""
    one_of(events=events, crimes=crimes)
    from service.forecasting.backtest import run_backtest
    from service.forecasting.scene import BacktestRequest

    table = events_of(events, x=x, y=y, date=date, until=until, dayfirst=dayfirst, crs=crs, offence=offence_column)
    request = BacktestRequest(
        events=table, crimes=tuple(crimes or ()), profile=force, areas=areas, polygon=area_polygon, streets=streets,
        harm=harm, cell=cell, share=share, bandwidth=bandwidth, origins=origins, period=period,
        methods=None if methods is None else tuple(name.strip() for name in methods.split(",")),
        as_of=as_of, seed=seed, out=out,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_backtest(request, stage=stage, steps=lambda most: steps("forecast and look", most, quiet))
    tell(outcome.figures, outcome.summary, json_file, quiet)
