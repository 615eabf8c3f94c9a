"""`beatplan near-repeat`: how near and how soon crime follows crime."""

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
    PlaceColumnOption,
    QuietOption,
    StreetsOption,
    UntilOption,
    XOption,
    YOption,
    events_of,
    one_of,
)
from service.verbs._progress import progress, tell

SPACE = "0,0.1,100,200,300,400,600,800"
TIME = "0,7,14,21,28"


def near_repeat(
    events: EventsOption = None,
    x: XOption = "x",
    y: YOption = "y",
    date: DateOption = "date",
    until: UntilOption = None,
    dayfirst: DayFirstOption = False,
    crs: CrsOption = "EPSG:27700",
    offence_column: OffenceColumnOption = None,
    place: PlaceColumnOption = None,
    crimes: Annotated[list[str] | None, typer.Option("--crimes", help="Recorded crime, as for `report`.")] = None,
    force: ForceOption = None,
    offence: Annotated[list[str] | None, typer.Option("--offence", help="Only this offence; may be repeated.")] = None,
    against: Annotated[
        list[str] | None, typer.Option("--against", help="Offence of the other group, for pairs between two groups.")
    ] = None,
    space: Annotated[str, typer.Option("--space", help="Edges of the bands of distance, in metres; inf ends.")] = SPACE,
    time: Annotated[str, typer.Option("--time", help="Edges of the bands of time, in days.")] = TIME,
    closed: Annotated[str, typer.Option("--closed", help="left for [a, b), right for (a, b].")] = "left",
    metric: Annotated[str, typer.Option("--metric", help="euclidean, manhattan or network.")] = "euclidean",
    streets: StreetsOption = None,
    exact_times: Annotated[bool, typer.Option("--exact-times", help="To the minute, not to the day.")] = False,
    permutations: Annotated[int, typer.Option("--permutations", min=0, help="Dealings of the times for p.")] = 999,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the dealings.")] = 0,
    nrc_labels: Annotated[
        bool, typer.Option("--nrc-labels", help="The Near Repeat Calculator's labels, which are wrong.")
    ] = False,
    cross_checks: Annotated[
        bool, typer.Option("--cross-checks", help="Also Mantel's, Baker's and Jacquez's tests; up to 5,000 events.")
    ] = False,
    areas: Annotated[Path | None, typer.Option("--areas", help="Areas, of which windows are a share.")] = None,
    premises: Annotated[Path | None, typer.Option("--premises", help="Addresses, of which windows hold some.")] = None,
    as_of: AsOfOption = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder to write into; nothing is written without.")] = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Near repeat: the Knox test band by band, chains of crimes, and where risk is raised until when."""
    one_of(events=events, crimes=crimes)
    from service.near_repeat.request import NearRepeatRequest, bands_of, metric_of
    from service.near_repeat.run import run_near_repeat

    table = events_of(
        events, x=x, y=y, date=date, until=until, dayfirst=dayfirst, crs=crs, offence=offence_column, place=place
    )
    request = NearRepeatRequest(
        bands=bands_of(space, time, closed), events=table, crimes=tuple(crimes or ()), profile=force,
        offence=tuple(offence or ()), against=tuple(against or ()), metric=metric_of(metric, streets), streets=streets,
        exact_times=exact_times, permutations=permutations, seed=seed, calculator_labels=nrc_labels,
        cross_checks=cross_checks, areas=areas, premises=premises, as_of=as_of, out=out,
    )  # fmt: skip
    with progress(quiet) as stage:
        outcome = run_near_repeat(request, stage=stage)
    tell(outcome.figures, outcome.summary, json_file, quiet)
