"""`beatplan backtest`: which forecast to trust, by the last periods."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from geodata.errors import InputError
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

if TYPE_CHECKING:
    from service.reading.inputs import Request

CELL: Final = 150.0


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
    cell: CellOption = CELL,
    share: Annotated[
        float | None, typer.Option("--share", help="Share of the area flagged, such as 0.01; what can be patrolled.")
    ] = None,
    bandwidth: BandwidthOption = None,
    origins: Annotated[int, typer.Option("--origins", min=1, help="Periods forecast, at most.")] = 26,
    period: PeriodOption = None,
    methods: Annotated[str | None, typer.Option("--methods", help="Names, parted by commas; all if not given.")] = None,
    as_of: AsOfOption = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the intervals.")] = 0,
    deployment: Annotated[
        bool, typer.Option("--deployment", help="Test the plans: teams by ward and, with --streets, patrols.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder that keeps the scores, to go on later.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Try every forecast on the last periods, and say which to use and how sure that is."""
    if deployment:
        _refuse(
            events=events, area_polygon=area_polygon, harm=harm, cell=None if cell == CELL else cell, share=share,
            bandwidth=bandwidth, methods=methods, out=out,
        )  # fmt: skip
        _test_plans(
            _run(crimes, areas, profile=force, streets=streets, as_of=as_of, seed=seed),
            origins,
            period,
            json_file,
            quiet,
        )
        return
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


def _refuse(**given: object) -> None:
    """Refuse what a test of plans has no use for."""
    named = [f"`--{name.replace('_', '-')}`" for name, value in given.items() if value is not None]
    if named:
        raise InputError(f"With `--deployment` plans are made as the report makes them; leave out {', '.join(named)}.")


def _run(crimes: list[str] | None, areas: Path | None, **others: Any) -> "Request":
    if not crimes or areas is None:
        raise InputError("With `--deployment` both `--crimes` and `--areas` must be given, as for a report.")
    from service.reading.inputs import Request

    return Request(tuple(crimes), areas, Path(), **others)


def _test_plans(run: "Request", origins: int, period: str | None, json_file: Path | None, quiet: bool) -> None:
    from service.deployment.backtest import PlanTest, run_plan_test

    with progress(quiet) as stage:
        outcome = run_plan_test(PlanTest(run=run, origins=origins, period=period), stage=stage)
    tell(outcome.figures, outcome.summary, json_file, quiet)
