"""Read what a run is given: profile, crimes, areas and, where there are any, streets and tables about areas."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import pandas as pd
from geopandas import GeoDataFrame

from geodata.crimes import CrimeRead, read_crimes
from geodata.errors import InputError
from geodata.harm import HarmTable, read_harm
from geodata.map_features import read_map_features
from geodata.streets import Streets, covers, read_streets
from geodata.tables import TIME_ZONE
from maps.public.releases import Release, read_earlier
from service import manifest
from service.profile.force import Profile, read_profile
from service.reading.areas import read_places
from service.reading.last_run import FILES, LastRun, read_last_run
from service.reading.past_reviews import review_files
from service.reading.sources import all_sources

PROFILE: Final = "force profile"
BESIDE: Final = {
    "areas": "areas", "streets": "streets", "LSOAs": "lsoas", "population": "population", "deprivation": "deprivation",
    PROFILE: "profile", "decisions": "decisions", "delivered patrols": "delivered",
    "vulnerable localities": "localities", "people": "people", "published releases": "published",
}  # fmt: skip
"""Kind of each file beside the crimes, as the table of sources names it, to the field of `Request` that names it."""

FOLDERS: Final = {"last tasking": "last", "review": "reviews"}
"""Kind of files that lie in a folder, to the field of `Request` that names the folder."""

KEY_VARIABLE: Final = "BEATPLAN_PSEUDONYM_KEY"


@dataclass(frozen=True)
class Request:
    """
    What a run is asked to do.

    Parameters
    ----------
    crimes : folders, files or globs; or what was read of them before, with its fingerprints
    areas : file of wards, beats or neighbourhoods
    out : folder of the products; files there of the same names are replaced, and only if the run succeeds
    profile : force profile in TOML
    streets, lsoas, population, deprivation, localities, people : files, each optional
    as_of : first day (YYYY-MM-DD) that is not yet known
    seed : in place of the profile's
    allow_gaps : whether to go on although months are missing
    last : folder of the products of an earlier run, to look back on
    decisions, delivered : CSV files about that run, each optional
    products : names of the products to write; empty for the usual ones
    hotspots : ids of the hot spots to profile; empty for the first three
    reviews : folder of results of `beatplan review --json`, for what worked elsewhere
    published : the `public.csv` that was published last
    priorities : what each ward counts for, by its code, in place of the profile's community priorities of those wards
    """

    crimes: tuple[str, ...] | CrimeRead
    areas: Path
    out: Path
    profile: Path | None = None
    streets: Path | None = None
    lsoas: Path | None = None
    population: Path | None = None
    deprivation: Path | None = None
    as_of: str | None = None
    seed: int | None = None
    allow_gaps: bool = False
    localities: Path | None = None
    people: Path | None = None
    last: Path | None = None
    decisions: Path | None = None
    delivered: Path | None = None
    products: tuple[str, ...] = ()
    hotspots: tuple[str, ...] = ()
    reviews: Path | None = None
    published: Path | None = None
    priorities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Inputs:
    """
    What a run works from.

    Parameters
    ----------
    profile : the force profile
    crimes : what was read of the crimes, with rejects and sources
    wards : table of areas
    streets : the street network, or None
    harm : the harm table
    sources : table of sources, of every file read
    as_of : first moment not yet known, or None
    seed : of everything random
    options : what else was asked for, as JSON can hold it
    features : what a base map is drawn from, or None without streets
    last : the last tasking, or None
    localities : inputs of the Vulnerable Localities Index, one row a ward by its code; None if not given
    people : people of each group, one row a ward by its code; None if not given
    lsoa_editions : codes of the LSOAs given, by the year of their boundaries
    published : releases that were published before
    """

    profile: Profile
    crimes: CrimeRead
    wards: GeoDataFrame
    streets: Streets | None
    harm: HarmTable
    sources: pd.DataFrame
    as_of: pd.Timestamp | None
    seed: int
    options: Mapping[str, Any] = field(default_factory=dict)
    features: GeoDataFrame | None = None
    last: LastRun | None = None
    localities: pd.DataFrame | None = None
    people: pd.DataFrame | None = None
    lsoa_editions: Mapping[int, frozenset[str]] = field(default_factory=dict)
    published: tuple[Release, ...] = ()

    @cached_property
    def settings(self) -> dict[str, Any]:
        """Everything but the inputs' contents that the products depend on, as JSON can hold it."""
        as_of = None if self.as_of is None else str(self.as_of.date())
        return {"profile": self.profile.model_dump(mode="json"), "as_of": as_of, "seed": self.seed, **self.options}

    @cached_property
    def run(self) -> str:
        """The run's fingerprint, in hex."""
        return manifest.fingerprint(self.sources, self.settings)


def read(request: Request) -> Inputs:
    """
    Read everything that `request` names.

    Raises
    ------
    NotFoundError
        If a file is not there.
    InputError
        If a file, the profile or `as_of` breaks a rule, or the files do not fit together.
    """
    profile = _prioritised(read_profile(request.profile), request.priorities)
    crs = profile.analysis.crs
    places = read_places(
        request.areas, profile, lsoas=request.lsoas, population=request.population, deprivation=request.deprivation,
        localities=request.localities, people=request.people,
    )  # fmt: skip
    wards = places.wards
    streets = None if request.streets is None else read_streets(request.streets, crs=crs, cache=_cache())
    features = None if request.streets is None else read_map_features(request.streets, crs=crs, cache=_cache())
    if streets is not None and not covers(streets, wards):
        raise InputError(f"The streets must overlap the areas, and those in {request.streets} do not.")
    table = _beside(request.profile, profile.harm.table)
    harm = read_harm(table)
    crimes = request.crimes if isinstance(request.crimes, CrimeRead) else _read_crimes(request.crimes, profile)
    _refuse_unknown_words(profile, wards, crimes, harm)
    last = _read_last(request, profile)
    seed = profile.analysis.seed if request.seed is None else request.seed
    return Inputs(
        profile, crimes, wards, streets, harm, _all_sources(request, crimes, table), as_of=_moment(request.as_of),
        seed=seed, features=features, last=last, localities=places.localities, people=places.people,
        lsoa_editions=places.lsoa_editions,
        published=() if request.published is None else read_earlier(request.published),
    )  # fmt: skip


def _read_crimes(paths: tuple[str, ...], profile: Profile) -> CrimeRead:
    key, own = os.environ.get(KEY_VARIABLE), profile.crimes
    secret = key.encode() if key else None
    return read_crimes(paths, crs=profile.analysis.crs, record_key=own.record_key, mapping=own.extract, key=secret)


def _prioritised(profile: Profile, priorities: Mapping[str, float]) -> Profile:
    if not priorities:
        return profile
    return profile.model_copy(update={"community_priorities": {**profile.community_priorities, **priorities}})


def _read_last(request: Request, profile: Profile) -> LastRun | None:
    if request.last is not None:
        return read_last_run(request.last, profile, request.decisions, request.delivered)
    for name, given in (("decisions", request.decisions), ("delivered", request.delivered)):
        if given is not None:
            raise InputError(f"`--{name}` is about the last tasking: name the folder of its products with `--last`.")
    return None


def _refuse_unknown_words(profile: Profile, wards: GeoDataFrame, crimes: CrimeRead, harm: HarmTable) -> None:
    """Refuse a ward or an offence that the profile names and nothing else does: a typo must not pass for a setting."""
    offences = {*crimes.crimes["offence"].cat.categories, *harm.weights}
    _known("control_strategy", profile.control_strategy, offences, "an offence")
    codes = set(wards["code"])
    _known("community_priorities", profile.community_priorities, codes, "the code of an area")
    _known("posts.current", profile.posts.current, codes, "the code of an area")
    _known("neighbourhoods", profile.neighbourhoods, codes, "the code of an area")
    similar = {code: None for page in profile.neighbourhoods.values() for code in page.similar}
    _known("neighbourhoods.similar", similar, codes, "the code of an area")
    aimed = {offence: None for target in profile.targets for offence in target.offences}
    _known("targets.offences", aimed, offences, "an offence")


def _known(section: str, names: dict[str, Any], known: set[str], what: str) -> None:
    unknown = sorted(set(names) - known)
    if unknown:
        raise InputError(f'Each name in `{section}` must be {what}; "{unknown[0]}" is not ({len(unknown)} found).')


def _all_sources(request: Request, crimes: CrimeRead, harm: str | Path) -> pd.DataFrame:
    named = {kind: getattr(request, field) for kind, field in BESIDE.items()}
    named["harm table"] = harm if isinstance(harm, Path) else None
    folders = {
        "last tasking": [] if request.last is None else [request.last / name for name in FILES],
        "review": review_files(request.reviews),
    }
    return all_sources(crimes, named, folders)


def _beside(profile: Path | None, table: str) -> str | Path:
    """A harm table's file is meant from the profile's folder."""
    return profile.parent / table if profile is not None and table.endswith(".csv") else table


def _moment(as_of: str | None) -> pd.Timestamp | None:
    if as_of is None:
        return None
    try:
        return pd.to_datetime(as_of, format="%Y-%m-%d").tz_localize(TIME_ZONE)
    except ValueError:
        raise InputError(f"`--as-of` must be a day written YYYY-MM-DD, got {as_of}.") from None


def _cache() -> Path:
    """The folder that keeps prepared street networks between runs."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "beatplan"
