"""The files of a nation's months: found by their names, and each read into the segment of its force and month."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from geodata.errors import InputError
from geodata.projection import working_crs
from geodata.street_months import force_and_month, read_street_month
from service.cluster import Facts
from service.store import Store
from service.store.segments import refuse_bad_name, write_columns


@dataclass(frozen=True)
class MonthFile:
    """
    One file to be read.

    Parameters
    ----------
    force, month : by its name
    path, name : where it lies, and in the folder given
    size, changed : bytes, and when it was last written, nanoseconds: a file that has changed is another
    segments : folder of the store's segments
    crs : the working CRS
    """

    force: str
    month: str
    path: str
    name: str
    size: int
    changed: int
    segments: str
    crs: str


def month_files(
    store: Store, folder: Path, crs: str, forces: Sequence[str] = (), months: Callable[[str], bool] | None = None
) -> list[MonthFile]:
    """
    Return the files of street-level crime in a folder, by force and month; arguments as of `import_nation`.

    Raises
    ------
    InputError
        If there is none, none of one of `forces`, or two of one force and month.
    """
    named = sorted((*name, path) for path in _below(folder) if (name := force_and_month(path.rpartition("/")[2])))
    missing = sorted(set(forces) - {force for force, _, _ in named})
    if missing or not named:
        whose = f" of {missing[0]}" if missing else ""
        raise InputError(
            f"A folder of data.police.uk must hold files such as 2024-06-durham-street.csv; {folder} holds none{whose}."
        )
    for one, other in pairwise(named):
        if one[:2] == other[:2]:
            raise InputError(f"A force's month must lie in one file; {one[2]} and {other[2]} are of one.")
    about = {"segments": str(store.segments.resolve()), "crs": working_crs(crs).to_string()}
    wanted = [name for name in named if not forces or name[0] in forces]
    files = [_month_file(folder.resolve(), *name, about) for name in wanted if months is None or months(name[1])]
    if not files:
        raise InputError(f"A folder of data.police.uk must hold a month that is asked for; {folder} holds none.")
    return files


def read_months(*files: MonthFile) -> Facts:
    """Write the segment of each file, and tell of it as `read_month` does."""
    told = [read_month(file) for file in files]
    return {"months": told, "files": [facts["file"] for facts in told if facts["segment"]]}


def read_month(file: MonthFile) -> Facts:
    """Write the segment of one file, and tell of it: its rows, those refused by reason, or why it cannot be read."""
    told: dict[str, Any] = {"name": file.name, "broken": "", "rows": 0, "segment": None, "rejected": {}}
    try:
        read = read_street_month(Path(file.path), file.name, file.month, crs=file.crs)
    except InputError as reason:
        return told | {"broken": str(reason)}
    told |= {"rows": read.rows, "rejected": read.rejected, "sha256": read.sha256}
    if not read.crimes.num_rows:
        return told
    folder = Path(file.segments)
    segment = write_columns(folder, file.force, file.month, read.crimes, file.crs)
    return told | {"segment": asdict(segment), "file": str(folder / segment.path)}


def _below(folder: Path) -> Iterator[str]:
    """Return the path of each file in a folder, to the bottom, relative to it."""
    for place, _, names in os.walk(folder):
        inside = Path(place).relative_to(folder).as_posix()
        yield from (name if inside == "." else f"{inside}/{name}" for name in names)


def _month_file(folder: Path, force: str, month: str, name: str, about: Mapping[str, str]) -> MonthFile:
    refuse_bad_name(force)
    state = (folder / name).stat()
    return MonthFile(force, month, str(folder / name), name, state.st_size, state.st_mtime_ns, **about)
