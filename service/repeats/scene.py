"""Read what repeat victimisation is told from: crimes or events, areas, a list of premises, the profile."""

from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from geopandas import GeoDataFrame

from geodata import cast
from geodata.area_tables import read_population
from geodata.areas import read_areas
from geodata.crimes import CrimeRead
from geodata.errors import InputError
from geodata.harm import HarmTable, read_harm
from geodata.premises_list import read_premises
from geodata.tables import TIME_ZONE
from service import manifest
from service.profile.force import Profile, read_profile
from service.reading import inputs
from service.reading.events import Events
from service.reading.given import pseudonym_key, read_given
from service.reading.sources import all_sources


@dataclass(frozen=True, kw_only=True)
class RepeatsRequest:
    """
    What is asked about repeat victimisation.

    Parameters
    ----------
    events : a table of events of any city, or None
    crimes : folders, files or globs of recorded crime, where `events` is None
    profile : force profile in TOML
    areas : file of areas, for figures by area
    premises : list of premises with positions: how many there are, and who the neighbours are
    population : table of population by area code
    places, people : how many premises (or dwellings) and people there are, where no file says
    as_of : first day (YYYY-MM-DD) that is not yet known; by default the day after the last crime
    seed : in place of the profile's
    out : folder of the products; None to write none
    """

    events: Events | None = None
    crimes: tuple[str, ...] = ()
    profile: Path | None = None
    areas: Path | None = None
    premises: Path | None = None
    population: Path | None = None
    places: float | None = None
    people: float | None = None
    as_of: str | None = None
    seed: int | None = None
    out: Path | None = None


@dataclass(frozen=True)
class Scene:
    """
    What the analysis works on.

    Parameters
    ----------
    crimes : table of crimes of the offences analysed, before `as_of`, with the moment of each
    areas : table of areas, or None
    premises : list of premises, or None
    harm : harm table
    profile : the force profile
    as_of : first moment not yet known
    seed, key : of everything random, and of pseudonyms
    targets : kind to how many there are of it in all, where known
    sources : table of sources
    settings : everything but the inputs' contents that the products depend on, as JSON can hold it
    notes : each a sentence
    """

    crimes: GeoDataFrame
    areas: GeoDataFrame | None
    premises: pd.DataFrame | None
    harm: HarmTable
    profile: Profile
    as_of: pd.Timestamp
    seed: int
    key: bytes | None
    targets: dict[str, float]
    sources: pd.DataFrame
    settings: dict[str, Any]
    notes: tuple[str, ...]

    @cached_property
    def run(self) -> str:
        """The run's fingerprint, in hex."""
        return manifest.fingerprint(self.sources, self.settings)


def set_scene(request: RepeatsRequest) -> Scene:
    """
    Read everything that `request` names.

    Raises
    ------
    InputError, NotFoundError
        If a file is not there or breaks a rule, or no crime is left to analyse.
    """
    profile = read_profile(request.profile)
    read = read_given(request.events, request.crimes, profile)
    crs = read.crimes.crs.to_string()
    areas = _areas(request, profile, crs)
    premises = None if request.premises is None else read_premises(request.premises, crs=crs)
    crimes, as_of, notes = _analysed(read, profile, inputs._moment(request.as_of))
    seed = profile.analysis.seed if request.seed is None else request.seed
    return Scene(
        crimes=crimes, areas=areas, premises=premises, profile=profile, as_of=as_of, seed=seed, key=pseudonym_key(),
        harm=read_harm(inputs._beside(request.profile, profile.harm.table)), sources=_sources(request, read),
        targets=_targets(request, areas, premises), settings=_settings(request, profile, seed), notes=notes,
    )  # fmt: skip


def _areas(request: RepeatsRequest, profile: Profile, crs: str) -> GeoDataFrame | None:
    if request.areas is None:
        if request.population is not None:
            raise InputError("`--population` is of areas, and `--areas` is not given.")
        return None
    own = profile.areas
    areas = read_areas(request.areas, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=crs)
    if request.population is None:
        return areas
    people = read_population(request.population)["population"]
    if not people.index.isin(areas["code"]).any():
        raise InputError(
            f"A table must share codes with the areas; no code of {request.population.name} is among them."
        )
    return areas.assign(population=areas["code"].map(people).astype("float64"))


def _analysed(
    read: CrimeRead, profile: Profile, as_of: pd.Timestamp | None
) -> tuple[GeoDataFrame, pd.Timestamp, tuple[str, ...]]:
    """Return the crimes analysed with the middle of each one's span as its moment, the end of the data, and notes."""
    crimes = read.crimes
    if crimes.empty:
        raise InputError("At least one accepted crime is needed to analyse, got none.")
    moment = crimes["occurred_from"] + (crimes["occurred_to"] - crimes["occurred_from"]) / 2
    moment = moment.where(crimes["precision"] != "month", crimes["occurred_from"]).dt.as_unit("s")
    last = moment.where(crimes["precision"] != "month", crimes["occurred_to"] - pd.Timedelta(seconds=1)).max()
    end = as_of or (last.tz_localize(None).normalize() + pd.Timedelta(days=1)).tz_localize(TIME_ZONE)
    excluded = crimes["offence"].isin(profile.analysis.exclude)
    outside = moment >= end
    if profile.analysis.since is not None:
        outside |= moment < pd.Timestamp(profile.analysis.since).tz_localize(TIME_ZONE)
    kept = crimes.assign(moment=moment)[~excluded & ~outside].reset_index(drop=True)
    if kept.empty:
        raise InputError("Some crime must be left to analyse; every one is excluded or outside the time studied.")
    notes = [f"{read.tally['sentence']}."] if len(read.rejects) else []
    if excluded.any():
        names = ", ".join(sorted(crimes.loc[excluded, "offence"].unique()))
        notes.append(f"{int(excluded.sum()):,} crimes of {names} are left out: they are recorded where police look.")
    if (outside & ~excluded).any():
        notes.append(f"{int((outside & ~excluded).sum()):,} crimes outside the time studied are left out.")
    return kept, end, tuple(notes)


def _targets(request: RepeatsRequest, areas: GeoDataFrame | None, premises: pd.DataFrame | None) -> dict[str, float]:
    given = {"place": ("--places", request.places), "victim": ("--people", request.people)}
    found = {kind: None if number is None else cast.above_zero(number, name) for kind, (name, number) in given.items()}
    if found["place"] is None and premises is not None:
        found["place"] = float(len(premises))
    if found["victim"] is None and areas is not None and areas["population"].notna().all():
        found["victim"] = float(areas["population"].sum())
    return {kind: number for kind, number in found.items() if number is not None}


def _sources(request: RepeatsRequest, read: CrimeRead) -> pd.DataFrame:
    others = {
        "areas": request.areas,
        "premises": request.premises,
        "population": request.population,
        "force profile": request.profile,
    }
    return all_sources(read, others, {})


def _settings(request: RepeatsRequest, profile: Profile, seed: int) -> dict[str, Any]:
    events = None if request.events is None else {**asdict(request.events), "paths": None}
    asked = {"verb": "repeats", "places": request.places, "people": request.people, "as_of": request.as_of}
    return {**asked, "events": events, "seed": seed, "profile": profile.model_dump(mode="json")}
