"""Options that verbs share, and how a table of events is given."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geodata.errors import InputError

if TYPE_CHECKING:
    from service.reading.events import Events

CrimesOption = Annotated[
    list[str],
    typer.Option("--crimes", help="Folder, file or glob of crimes (CSV or JSON, plain or gzipped)."),
]
AreasOption = Annotated[Path, typer.Option("--areas", help="Wards, beats or neighbourhoods: any file that OGR reads.")]
ForceOption = Annotated[Path | None, typer.Option("--force", help="Force profile in TOML (see `beatplan profile`).")]
OutOption = Annotated[Path, typer.Option("--out", help="Folder to write into.")]
StreetsOption = Annotated[Path | None, typer.Option("--streets", help="Streets: .osm, .osm.gz, .osm.pbf, .graphml.")]
AsOfOption = Annotated[str | None, typer.Option("--as-of", help="First day not yet known, YYYY-MM-DD.")]
AllowGapsOption = Annotated[bool, typer.Option("--allow-gaps", help="Go on although months are missing.")]
SeedOption = Annotated[
    int | None, typer.Option("--seed", min=0, help="Seed of everything random, in place of the profile's.")
]
JsonOption = Annotated[Path | None, typer.Option("--json", help="Also write the run's figures to this file.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]

EventsOption = Annotated[
    list[str] | None,
    typer.Option("--events", help="File, folder or glob of events: any delimited text, plain or gzipped."),
]
XOption = Annotated[str, typer.Option("--x", help="Column of easting or longitude (its number without a header).")]
YOption = Annotated[str, typer.Option("--y", help="Column of northing or latitude.")]
DateOption = Annotated[
    str, typer.Option("--date", help="Column of the date, or several: date,time or year,month,day,hour,minute.")
]
UntilOption = Annotated[str | None, typer.Option("--until", help="Column, or columns, of a span's last moment.")]
DayFirstOption = Annotated[bool, typer.Option("--dayfirst", help="01/02/2016 is the first of February.")]
CrsOption = Annotated[str, typer.Option("--crs", help="CRS of the coordinates; EPSG:4326 for longitude, latitude.")]
OffenceColumnOption = Annotated[str | None, typer.Option("--offence-column", help="Column of the offence.")]
PlaceColumnOption = Annotated[str | None, typer.Option("--place", help="Column of the premises.")]
AddressColumnOption = Annotated[
    str | None, typer.Option("--address", help="Column of the address as typed, where --place does not say.")
]
VictimColumnOption = Annotated[str | None, typer.Option("--victim", help="Column of the victim.")]

InsteadOption = Annotated[
    list[str] | None, typer.Option("--crimes", help="Recorded crime in place of --events: folder, file or glob.")
]
AreasHereOption = Annotated[Path | None, typer.Option("--areas", help="Wards, beats or neighbourhoods.")]
PolygonOption = Annotated[Path | None, typer.Option("--area-polygon", help="Outline of the area studied.")]
HarmOption = Annotated[str | None, typer.Option("--harm", help="Harm table, by name or path.")]
CellOption = Annotated[float, typer.Option("--cell", help="Side of a cell, in metres.")]
BandwidthOption = Annotated[float | None, typer.Option("--bandwidth", help="Metres; three cells if not given.")]
PeriodOption = Annotated[
    str | None, typer.Option("--period", help="7d, 28d, month; weeks, or months where only they are known.")
]


def one_of(**given: object) -> None:
    """Refuse anything but exactly one of the options named, such as `one_of(events=..., crimes=...)`."""
    named = [f"`--{name}`" for name in given]
    there = [f"`--{name}`" for name, value in given.items() if value]
    if len(there) != 1:
        raise InputError(f"Exactly one of {', '.join(named)} must be given, got {' and '.join(there) or 'none'}.")


def events_of(paths: list[str] | None, **columns: Any) -> "Events | None":
    """Return the table of events that the options name, or None where recorded crime is given in its place."""
    from service.reading.events import Events

    return Events(paths=tuple(paths), **columns) if paths else None
