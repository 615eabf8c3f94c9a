"""What a test of near repeat works on: events that can bear a claim in metres and days."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame, GeoSeries

from geodata.areas import read_areas
from geodata.cast import BoolArray
from geodata.crimes import CrimeRead
from geodata.errors import InputError, NotFoundError
from geodata.fitness import assess
from geodata.premises_list import read_premises
from geodata.streets import Streets, read_streets
from service import manifest
from service.near_repeat.request import NearRepeatRequest
from service.profile.force import read_profile
from service.reading.given import read_given
from service.reading.sources import all_sources

CLAIM: Final = "Near repeats"
SAID: Final = 3  # claims offered instead


@dataclass(frozen=True, eq=False)
class Scene:
    """
    What a test works on.

    Parameters
    ----------
    request : NearRepeatRequest
    crimes : table of crimes of the one group
    against : of the other group, or None
    streets : network, or None
    area : polygons, or None
    addresses : points, or None
    read : what was read, with rejects and sources
    sources : table of sources of every file read
    """

    request: NearRepeatRequest
    crimes: GeoDataFrame
    against: GeoDataFrame | None
    streets: Streets | None
    area: GeoSeries | None
    addresses: GeoDataFrame | None
    read: CrimeRead
    sources: pd.DataFrame

    @property
    def settings(self) -> dict[str, Any]:
        """What was asked."""
        return self.request.settings

    @cached_property
    def run(self) -> str:
        """The run's fingerprint, in hex."""
        return manifest.fingerprint(self.sources, self.settings)


def set_scene(request: NearRepeatRequest) -> Scene:
    """
    Read everything that `request` names.

    Raises
    ------
    NotFoundError
        If a file, or an offence asked for, is not there.
    InputError
        If a file breaks a rule, or the events cannot bear a claim in metres and days.
    """
    read = _read(request)
    crs = read.crimes.crs.to_string()
    _refuse_unfit(read, recorded=request.events is None)
    streets = None if request.streets is None else read_streets(request.streets, crs=crs)
    area = None if request.areas is None else read_areas(request.areas, crs=crs).geometry
    addresses = None if request.premises is None else _addresses(request.premises, crs)
    crimes, against = _groups(read.crimes, request)
    return Scene(
        request=request,
        crimes=crimes,
        against=against,
        streets=streets,
        area=area,
        addresses=addresses,
        read=read,
        sources=_sources(request, read),
    )


def _read(request: NearRepeatRequest) -> CrimeRead:
    read = read_given(request.events, request.crimes, read_profile(request.profile))
    if read.crimes.empty:
        raise InputError("At least one crime must have a place and a date, and none of those read has.")
    return read


def _refuse_unfit(read: CrimeRead, *, recorded: bool) -> None:
    """Refuse crimes mostly known by month, and recorded crime at map points; say what can be said instead."""
    crimes = read.crimes
    by_month = int((crimes["precision"] == "month").sum())
    snapped = int((crimes["place_kind"] == "map point").sum()) if recorded else 0
    if 2 * by_month <= len(crimes) and 2 * snapped <= len(crimes):
        return
    hull = GeoSeries([crimes.union_all().convex_hull.buffer(1.0)], crs=crimes.crs)
    columns = {"code": ["all"], "name": ["all"], "kind": ["hull"], "population": [float("nan")]}
    claims = assess(read, GeoDataFrame(columns, geometry=hull), periods=None).claims
    own = claims["claim"].str.startswith(CLAIM)
    allowed = claims.loc[claims["allowed"] & ~own, "claim"].str.lower().head(SAID)
    why = claims.loc[own & ~claims["allowed"], "reason"].tolist()
    if not why:
        points = crimes.geometry.drop_duplicates().size
        why = [f"Positions are map points: {len(crimes):,} crimes lie on {points:,}, each standing for a street"]
    raise InputError(
        "Near repeat needs the day and the position of each crime, and this data cannot bear it: "
        f"{why[0].rstrip('.')}. What can be said from it: {'; '.join(allowed) or 'nothing more'}."
    )


def _groups(crimes: GeoDataFrame, request: NearRepeatRequest) -> tuple[GeoDataFrame, GeoDataFrame | None]:
    """Return the crimes of the one group and of the other; what is asked of the other is not in the one."""
    known = (crimes["precision"] != "month").to_numpy()
    if not request.against:
        one = _named(crimes, request.offence, "--offence") if request.offence else known
        return crimes.loc[one & known].reset_index(drop=True), None
    other = _named(crimes, request.against, "--against")
    one = _named(crimes, request.offence, "--offence") if request.offence else ~other
    if (one & other).any() or not one.any():
        raise InputError("The offences of `--offence` and `--against` must differ, and each have crimes.")
    return crimes.loc[one & known].reset_index(drop=True), crimes.loc[other & known].reset_index(drop=True)


def _named(crimes: GeoDataFrame, offences: Sequence[str], name: str) -> BoolArray:
    wanted = {offence.casefold() for offence in offences}
    found: BoolArray = crimes["offence"].astype(str).str.casefold().isin(wanted).to_numpy(dtype=np.bool_)
    if not found.any():
        there = ", ".join(sorted(map(str, crimes["offence"].unique()))[:20])
        raise NotFoundError(f"`{name}` must name an offence among those read: {there}.")
    return found


def _addresses(path: Path, crs: str) -> GeoDataFrame:
    held = read_premises(path, crs=crs)
    return GeoDataFrame(held[["identifier", "address"]], geometry=GeoSeries.from_xy(held["x"], held["y"], crs=crs))


def _sources(request: NearRepeatRequest, read: CrimeRead) -> pd.DataFrame:
    others = {
        "streets": request.streets, "areas": request.areas, "premises": request.premises,
        "force profile": request.profile,
    }  # fmt: skip
    return all_sources(read, others, {})
