"""
A made-up nation: forces side by side, fixed map points, and years of months as data.police.uk would publish them.

It is never held whole: what is kept is where crime is likely, and every month of every force is drawn by itself from
the seed, in any order and on any number of processes, the same bytes each time. Nothing in it is about anyone.
"""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.random import SeedSequence, default_rng

from geodata._files import Content
from geodata._nation import Nation, NationForce
from geodata._nation_crime import expected, plant
from geodata._nation_files import NOWHERE, month_file, point_texts
from geodata._nation_land import CITY_FROM, make_land
from geodata._nation_points import MapPoints, make_points
from geodata._nation_tables import Named, forces_table, hotspots_table, lsoas_table, named, wards_table, write_tables
from geodata._rows import assemble
from geodata.cast import FloatArray, IntArray, whole, within
from geodata.crimes import CrimeRead
from geodata.errors import InputError, NotFoundError
from geodata.police_uk import judge, read_street
from geodata.tables import WORKING_CRS

__all__ = ["Nation", "NationForce", "make_nation", "month_bytes", "read_months", "write_nation"]

_POINTS_A_FORCE: Final = 17_442  # 750,000 for 43 forces
_POINTS_AN_AREA: Final = 21
_VISITORS: Final = (1.15, 16.0)  # of the capital and of the force in its middle, times those who live there
_MISSING: Final = (0.01, 0.02)
_STRAY: Final = 0.001
_STRAY_POINTS: Final = 400
_LAND, _PLANTED = range(2)  # streams of random numbers; `_nation_files` has the third


def make_nation(
    seed: int = 0,
    *,
    forces: int = 43,
    incidents: int = 65_000_000,
    years: int = 15,
    start: str = "2011-01",
    map_points: int | None = None,
) -> Nation:
    """
    Return a made-up nation: its forces, each able to draw any of its months, and the truth planted in it.

    Its forces lie side by side on British National Grid, as many to the square kilometre as in England and Wales: a
    capital's with a seventh of all people or more, from eight forces on a very small one in the middle of it, and
    others of towns and country. One or two rows in a hundred have no coordinates, one in a thousand lies in another
    force, and anti-social behaviour has no identifier.

    Parameters
    ----------
    seed : the same seed makes the same nation
    forces : 1 to 100
    incidents : rows published, exactly
    years : of twelve months each, at most 100
    start : first month, "2011-01"
    map_points : about how many, at least 500 a force; 17,442 a force (750,000 for 43) where not given

    Raises
    ------
    InputError
        If a number is out of its range, or `start` is not a month.
    """
    forces = int(within(whole(forces, "forces"), "forces", 1, 100))
    months = _months(start, int(within(whole(years, "years"), "years", 1, 100)))
    rows = whole(incidents, "incidents")
    count = _POINTS_A_FORCE * forces if map_points is None else whole(map_points, "map_points", 500 * forces)
    seed = whole(seed, "seed")
    rng = default_rng(SeedSequence(seed, spawn_key=(_LAND,)))
    ground = make_land(rng, forces, max(20 * forces, round(count / _POINTS_AN_AREA)))
    points = make_points(rng, ground, count)
    names = named(rng, ground)
    share, shares = expected(rng, ground, months, _visitors(forces))
    recorded = rng.multinomial(rows, share.ravel()).reshape(share.shape)
    drawing = _Drawing(seed, months, recorded, shares, rng.uniform(*_MISSING, forces))
    made = _forces(drawing, points, names, np.searchsorted(ground.force[points.area], np.arange(forces + 1)))
    areas, figures = forces_table(ground, names, recorded)
    return Nation(
        forces=made,
        areas=areas,
        figures=figures,
        wards=wards_table(ground, names),
        lsoas=lsoas_table(ground, names),
        points=points,
        hotspots=hotspots_table(points, made),
    )


def month_bytes(nation: Nation, force: str, month: str) -> bytes:
    """
    Return a force's month as published, the bytes of a street-level file.

    Parameters
    ----------
    nation : made-up nation
    force : its name in file names
    month : "2011-01"

    Raises
    ------
    NotFoundError
        If the nation has no such force, or no such month.
    """
    chosen = {each.slug: each for each in nation.forces}.get(force)
    if chosen is None or month not in chosen.months:
        raise NotFoundError("The made-up nation has no such force and month.")
    return month_file(chosen, chosen.months.index(month))


def read_months(nation: Nation, forces: Iterable[str] | None = None) -> Iterator[tuple[str, str, CrimeRead]]:
    """
    Yield each month of each force as its file would be read, without a file: one at a time, to be kept elsewhere.

    Parameters
    ----------
    nation : made-up nation
    forces : names as in file names; all of them where None

    Yields
    ------
    force, month, read : what was read and what was refused
    """
    for force in nation.forces:
        for number, month in enumerate(force.months):
            if forces is None or force.slug in forces:
                data = month_file(force, number)
                digest = hashlib.sha256(data).hexdigest()
                batch = read_street(Content(data, digest, digest), _file_name(force, month))
                read = assemble([batch], judge(batch.table, WORKING_CRS), WORKING_CRS)
                yield force.slug, month, CrimeRead(*read, ())


def write_nation(nation: Nation, folder: str | Path, *, workers: int = 1) -> dict[str, Path]:
    """
    Write a nation as data.police.uk would publish it, and tables of its areas and people beside it.

    Parameters
    ----------
    nation : made-up nation
    folder : made if it is not there
    workers : processes; the bytes are the same on any number

    Returns
    -------
    paths : "crimes" (folder of YYYY-MM/YYYY-MM-force-street.csv), "areas" (GeoJSON; PFA23CD, PFA23NM), "figures" (CSV
        by force: population, area_km2, deprived_share), "wards", "lsoas" (GeoJSON), "ward figures", "people" (CSV of
        the same), "hotspots" (GeoJSON of what was planted)

    Raises
    ------
    InputError
        If `workers` is not at least 1.
    """
    crimes = Path(folder) / "crimes"
    tables = write_tables(nation, Path(folder))
    # the largest first, so that no worker is left with it at the end
    forces = sorted(nation.forces, key=lambda force: -int(force.incidents.sum()))
    if whole(workers, "workers", 1) == 1:
        for force in forces:
            _write_force(force, crimes)
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            list(pool.map(_write_force, forces, [crimes] * len(forces)))
    return {"crimes": crimes, **tables}


@dataclass(frozen=True, eq=False)
class _Drawing:
    """What all forces are drawn by: seed, months, incidents and shares by force and month, rows without coordinates."""

    seed: int
    months: tuple[str, ...]
    incidents: IntArray
    shares: FloatArray
    missing: FloatArray


def _forces(drawing: _Drawing, points: MapPoints, names: Named, ends: IntArray) -> tuple[NationForce, ...]:
    texts = point_texts(points, names.lsoa_codes, names.lsoas)
    return tuple(_force(drawing, number, points, names, texts, ends) for number in range(len(names.forces)))


def _force(
    drawing: _Drawing, number: int, points: MapPoints, names: Named, texts: pa.Array, ends: IntArray
) -> NationForce:
    rng = default_rng(SeedSequence(drawing.seed, spawn_key=(_PLANTED, number)))
    mine = slice(int(ends[number]), int(ends[number + 1]))
    away = rng.integers(0, ends[-1], _STRAY_POINTS)
    away = away[(away < mine.start) | (away >= mine.stop)]
    return NationForce(
        number=number,
        code=names.force_codes[number],
        name=names.forces[number],
        slug=names.force_slugs[number],
        seed=drawing.seed,
        months=drawing.months,
        incidents=drawing.incidents[number],
        shares=drawing.shares[number],
        texts=pa.concat_arrays([texts[mine], pa.array([NOWHERE]), texts.take(pa.array(away))]),
        area=points.area[mine],
        addresses=points.addresses[mine],
        risk=points.risk[mine],
        spots=plant(rng, points, mine, len(drawing.months)),
        missing=float(drawing.missing[number]),
        stray=_STRAY if len(away) else 0.0,
    )


def _months(start: str, years: int) -> tuple[str, ...]:
    try:
        first = date.fromisoformat(f"{start}-01")
    except (TypeError, ValueError):
        raise InputError("`start` must be a month such as 2011-01, got something else.") from None
    return tuple(str(month) for month in pd.period_range(first, periods=12 * years, freq="M"))


def _visitors(forces: int) -> FloatArray:
    """Return the people in each force by day as a multiple of those who live there."""
    return np.array([*_VISITORS, *[1.0] * forces])[:forces] if forces >= CITY_FROM else np.ones(forces)


def _file_name(force: NationForce, month: str) -> str:
    return f"{month}/{month}-{force.slug}-street.csv"


def _write_force(force: NationForce, folder: Path) -> None:
    for number, month in enumerate(force.months):
        path = folder / _file_name(force, month)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(month_file(force, number))
