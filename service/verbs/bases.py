"""`beatplan bases`: where officers should report in, and which wards make a beat."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.verbs._options import ForceOption, JsonOption, QuietOption, SeedOption, StreetsOption
from service.verbs._progress import progress, tell

WardsOption = Annotated[Path, typer.Option("--wards", help="Wards: polygons.")]
DemandOption = Annotated[Path, typer.Option("--demand", help="Table by ward of crimes and harm a week.")]
MostOption = Annotated[int | None, typer.Option("--most", help="Look for the best 1 to so many bases.")]
WithinOption = Annotated[float, typer.Option("--within", help="Minutes within which a place is covered.")]
SpareOption = Annotated[float, typer.Option("--spare", help="Room of a base beyond an equal share, as a share.")]
BeatsOption = Annotated[int | None, typer.Option("--beats", help="Draw so many contiguous beats of like work instead.")]
BandOption = Annotated[float, typer.Option("--band", help="How far a beat's work may be from the mean, as a share.")]
FolderOption = Annotated[Path | None, typer.Option("--out", help="Folder to write the table into.")]


class By(StrEnum):
    """How officers travel."""

    drive = "drive"
    walk = "walk"


def bases(
    wards: WardsOption,
    demand: DemandOption,
    force: ForceOption = None,
    streets: StreetsOption = None,
    most: MostOption = None,
    by: Annotated[By, typer.Option("--by", help="How officers travel.")] = By.drive,
    minutes: WithinOption = 10.0,
    spare: SpareOption = 0.25,
    beats: BeatsOption = None,
    band: BandOption = 0.1,
    seed: SeedOption = None,
    out: FolderOption = None,
    json_file: JsonOption = None,
    quiet: QuietOption = False,
) -> None:
    """Today's bases beside the best 1 to n, by distance, cover and room; or, with --beats, contiguous beats."""
    from service.deployment.bases import BasesRequest, site_bases
    from service.deployment.beats import BeatsRequest, put_together

    if beats is not None:
        asked = BeatsRequest(wards, demand, beats, force, streets, band=band, seed=seed or 0, out=out)
        with progress(quiet) as stage:
            drawn = put_together(asked, stage=stage)
        tell(drawn.figures, drawn.summary, json_file, quiet)
        return
    request = BasesRequest(
        wards, demand, profile=force, streets=streets, most=most, by=by.value, minutes=minutes, spare=spare, out=out
    )
    with progress(quiet) as stage:
        found = site_bases(request, stage=stage)
    tell(found.figures, found.summary, json_file, quiet)
