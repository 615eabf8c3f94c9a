"""A run made again from its manifest: its inputs found by their fingerprints, its products compared to the byte."""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from geodata.errors import InputError, NotFoundError
from service import manifest
from service.cycle import run_cycle
from service.plain_table import plain_table
from service.profile.force import read_profile
from service.reading.inputs import BESIDE, FOLDERS, PROFILE, Request
from service.stages import Stage, silent

if TYPE_CHECKING:
    from service.store import Store

SAME: Final = "same"
"""What is said of a product that came out as it was, byte by byte."""


@dataclass(frozen=True)
class Reproduction:
    """
    What came of making a run again.

    Parameters
    ----------
    run : fingerprint that the manifest tells
    run_again : fingerprint of the run made again: of the same inputs and settings if it is the same
    verdicts : product to "same", "differs", "not made again" or "not made before"
    versions : library to what it was and what it is, where the two differ
    """

    run: str
    run_again: str
    verdicts: Mapping[str, str]
    versions: Mapping[str, tuple[str, str]]

    @property
    def whole(self) -> bool:
        """Whether the run and every product came out the same."""
        return self.run == self.run_again and set(self.verdicts.values()) == {SAME}

    @property
    def figures(self) -> dict[str, Any]:
        """What was found, as JSON can hold it."""
        return {
            "verb": "reproduce", "run": self.run, "run_again": self.run_again, "whole": self.whole,
            "products": dict(self.verdicts), "versions": {name: list(pair) for name, pair in self.versions.items()},
        }  # fmt: skip


def reproduce(
    told: Path, folders: Sequence[Path], *, store: "Store | None" = None, stage: Stage = silent
) -> Reproduction:
    """
    Make a report, or a national run, again, and compare its products with the fingerprints that its manifest tells.

    Parameters
    ----------
    told : `manifest.json` of a report or a national run
    folders : folders, or files, among which its inputs lie, by whatever name
    store : that keeps the inputs of a run of the service
    stage : called with each stage's name

    Raises
    ------
    NotFoundError
        If the manifest, or a file that it names, is not there with the bytes that it had.
    InputError
        If `told` is no manifest of a report.
    """
    was = _read(told)
    with TemporaryDirectory(prefix="beatplan-again-") as place:
        if was["figures"].get("verb") == "national":
            from service.national.nation_again import nation_again

            again = nation_again(was, _find(was["inputs"], folders), Path(place), lay=_lay, stage=stage)
        else:
            with stage("find the inputs"):
                request = _found(was, folders, store, Path(place))
            again = run_cycle(request, stage=stage).manifest
    return Reproduction(was["run"], again["run"], _verdicts(was["products"], again["products"]), _changed(was, again))


def _found(was: Mapping[str, Any], folders: Sequence[Path], store: "Store | None", place: Path) -> Request:
    """Return what was asked; the crimes from the store, where the run was made from crimes that one keeps."""
    from service.jobs.running import KEPT

    beside = [row for row in was["inputs"] if row["kind"] != KEPT]
    if store is None:
        if len(beside) < len(was["inputs"]):
            raise NotFoundError("The run was made from crimes that a store keeps: name it with `--store`.")
        return _request(was, _find(beside, folders), place)
    from service.kept_inputs import crimes_again, places_of

    handed = place / "handed"
    handed.mkdir()
    request = _request(was, _find(beside, (*folders, *places_of(store, was["run"], handed))), place)
    return replace(request, crimes=crimes_again(store, was["inputs"], read_profile(request.profile)))


def summary(found: Reproduction) -> str:
    """Return what came of it as text for a terminal."""
    alike = sum(verdict == SAME for verdict in found.verdicts.values())
    lines = [
        f"Run {found.run[: manifest.RUN_DIGITS]} made again as {found.run_again[: manifest.RUN_DIGITS]}",
        plain_table({"product": list(found.verdicts), "bytes": list(found.verdicts.values())}),
        f"{alike} of {len(found.verdicts)} products are the same to the byte.",
    ]
    lines += [f"  {name} was {then} and is {now}." for name, (then, now) in found.versions.items()]
    return "\n".join(lines)


def _read(told: Path) -> dict[str, Any]:
    try:
        found = json.loads(told.read_text(encoding="utf-8"))
        asked, products = found["figures"]["asked"], found["products"]
        if isinstance(asked, dict) and isinstance(products, dict) and found["beatplan"] == manifest.EDITION:
            return dict(found)
    except FileNotFoundError:
        raise NotFoundError(f"The manifest must be a file, and there is none at {told}.") from None
    except (UnicodeDecodeError, ValueError, KeyError, TypeError):
        pass
    raise InputError(f"A manifest must be one that `beatplan report` of this edition wrote; {told.name} is not.")


def _find(inputs: Sequence[Mapping[str, Any]], folders: Iterable[Path]) -> dict[tuple[str, str], Path]:
    """Return the place of each input by kind and name; files of the same name are looked at first."""
    wanted = {row["sha256"] for row in inputs}
    names = {Path(row["file"].split(": ")[-1]).name for row in inputs}
    files = {file for folder in folders for file in _files(folder)}
    places: dict[str, Path] = {}
    for file in sorted(files, key=lambda file: (file.name not in names, file)):
        if len(places) == len(wanted):
            break
        fingerprint = manifest.sha256_of(file)
        if fingerprint in wanted:
            places.setdefault(fingerprint, file.resolve())
    lacking = [row["file"] for row in inputs if row["sha256"] not in places]
    if lacking:
        raise NotFoundError(
            f"Every file that the manifest names must be there with the bytes that it had; {lacking[0]} is not "
            f"({len(lacking)} of {len(inputs)} lacking)."
        )
    return {(row["kind"], row["file"]): places[row["sha256"]] for row in inputs}


def _files(folder: Path) -> Iterator[Path]:
    if not folder.exists():
        raise NotFoundError(f"Inputs must lie in a folder, and there is none at {folder}.")
    yield from (file for file in folder.rglob("*") if file.is_file()) if folder.is_dir() else (folder,)


def _request(was: Mapping[str, Any], places: Mapping[tuple[str, str], Path], workshop: Path) -> Request:
    """Return what was asked, every input laid out under the name that it had: names are told, and order rows."""
    given: dict[str, Path] = {}
    for (kind, name), path in places.items():
        field = BESIDE.get(kind) or FOLDERS.get(kind) or ("harm" if kind == "harm table" else "crimes")
        laid = _lay(path, workshop / field, name.removeprefix(f"{kind}: "))
        given[field] = workshop / field if field in ("crimes", *FOLDERS.values()) else laid
    _lay_harm(given, was["settings"]["profile"]["harm"]["table"], workshop)
    asked, settings = was["figures"]["asked"], was["settings"]
    crimes = (str(given.pop("crimes", workshop)),)
    return Request(
        crimes=crimes, out=workshop / "again", as_of=settings["as_of"], seed=settings["seed"],
        products=tuple(asked["products"]), hotspots=tuple(asked["hotspots"]), allow_gaps=asked["allow_gaps"],
        priorities=settings["profile"]["community_priorities"], **given,
    )  # fmt: skip


def _lay_harm(given: dict[str, Path], table: str, workshop: Path) -> None:
    """A harm table of the force's own is meant from the folder of its profile."""
    harm = given.pop("harm", None)
    if harm is not None:
        _lay(harm, workshop / BESIDE[PROFILE], table)


def _lay(path: Path, folder: Path, name: str) -> Path:
    """Put a file into a folder without copying it where that can be done, and whatever belongs to it beside it."""
    if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise InputError(f"A manifest must name files below the folders of a run; {name} lies elsewhere.")
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    whole = path.parent.glob(f"{path.stem}.*") if path.suffix.lower() == ".shp" else (path,)
    for file in whole:
        target = place.with_suffix(file.suffix) if file != path else place
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)
    return place


def _verdicts(was: Mapping[str, str], again: Mapping[str, str]) -> dict[str, str]:
    return {name: _verdict(was.get(name), again.get(name)) for name in sorted({*was, *again})}


def _verdict(was: str | None, again: str | None) -> str:
    if was is None or again is None:
        return "not made again" if again is None else "not made before"
    return SAME if was == again else "differs"


def _changed(was: Mapping[str, Any], again: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    then, now = was["versions"], again["versions"]
    pairs = {name: (then.get(name, "none"), now.get(name, "none")) for name in sorted({*then, *now})}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
