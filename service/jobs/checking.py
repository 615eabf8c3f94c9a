"""A file of the force, checked by the readers that a run reads it with, and only then in force."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from geodata.errors import InputError, NotFoundError
from service.jobs.nation import people_in
from service.jobs.queue import Job, Record
from service.jobs.workshop import workshop
from service.profile.force import Profile, read_profile
from service.stages import Stage
from service.store import Store
from service.store.files import current_files, drop_bytes, lay_out, record_file


def check_file(store: Store, job: Job, stage: Stage) -> Record:
    """
    Read a file as a run would, and return what records it.

    Parameters
    ----------
    store : Store
    job : its request holds kind, name and sha256
    stage : called with each stage's name

    Raises
    ------
    InputError, NotFoundError
        If the reader refuses it; then it is not kept.
    """
    given = job.request
    with store.reading() as reading:
        others = {kind: asdict(file) for kind, file in current_files(reading, job.force).items()}
    with workshop(store, job) as folder, stage("read the file"):
        try:
            paths = lay_out(store, others | {given["kind"]: given}, folder)
            found = _CHECKS[given["kind"]](paths[given["kind"]], read_profile(paths.get("profile")))
        except (InputError, NotFoundError):
            drop_bytes(store, given["sha256"])
            raise

    def record(writing: Connection) -> dict[str, Any]:
        record_file(store, writing, given, force=job.force, actor=job.actor)
        return {"kind": given["kind"], "found": found}

    return record


def _profile(path: Path, _: Profile) -> str:
    profile = read_profile(path)
    bases, shifts = len(profile.bases), len(profile.shifts)
    return f"The profile of {profile.force.name}: {bases} bases, {shifts} shifts."


def _areas(path: Path, profile: Profile) -> str:
    from geodata.areas import read_areas

    own = profile.areas
    areas = read_areas(path, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=profile.analysis.crs)
    return f"{len(areas):,} areas, {areas.area.sum() / 1e6:,.1f} square kilometres."


def _lsoas(path: Path, profile: Profile) -> str:
    from geodata.areas import read_areas

    return f"{len(read_areas(path, kind='LSOA', crs=profile.analysis.crs)):,} LSOAs."


def _streets(path: Path, profile: Profile) -> str:
    from geodata.streets import read_streets
    from service.reading import inputs

    streets = read_streets(path, crs=profile.analysis.crs, cache=inputs._cache())
    return f"{streets.lengths.sum() / 2000:,.1f} kilometres of street. {streets.note}"


def _population(path: Path, _: Profile) -> str:
    from geodata.area_tables import read_population

    return f"The population of {len(read_population(path)):,} areas."


def _deprivation(path: Path, _: Profile) -> str:
    from geodata.area_tables import read_deprivation

    return f"The deprivation of {len(read_deprivation(path)):,} areas."


def _localities(path: Path, _: Profile) -> str:
    from geodata.area_figures import read_rates
    from hotspots.vulnerable_localities import INPUTS

    return f"The rates of {len(read_rates(path, list(INPUTS))):,} areas."


def _harm(path: Path, _: Profile) -> str:
    from geodata.harm import read_harm

    return f"Weights of {len(read_harm(path).weights):,} offences."


def _forces(path: Path, _: Profile) -> str:
    from service.national.force_areas import read_forces

    forces = read_forces(path)
    return f"The areas of {len(forces):,} forces, {forces.area.sum() / 1e6:,.0f} square kilometres."


def _people(path: Path, _: Profile) -> str:
    from service.national.force_areas import read_forces
    from service.national.force_figures import read_figures

    areas = next(path.parent.glob("forces.*"), None)
    if areas is None:
        raise InputError("People are told by force: give the areas of the forces first.")
    found = read_figures(people_in(path), read_forces(areas))
    return " ".join([f"The people of {found.table['population'].count()} forces.", *found.notes])


def _wards(path: Path, _: Profile) -> str:
    from geodata.areas import read_areas

    return f"{len(read_areas(path)):,} wards."


_CHECKS: Final[Mapping[str, Callable[[Path, Profile], str]]] = {
    "profile": _profile,
    "areas": _areas,
    "streets": _streets,
    "lsoas": _lsoas,
    "population": _population,
    "deprivation": _deprivation,
    "localities": _localities,
    "harm": _harm,
    "forces": _forces,
    "people": _people,
    "wards": _wards,
}
