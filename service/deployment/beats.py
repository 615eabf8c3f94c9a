"""Beats: the wards, or smaller areas, put together into as many contiguous parts of like work, beside today's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from allocation.beats import Beats, check_beats, draw_beats, judge_beats
from geodata.areas import read_areas
from geodata.cast import BoolArray, FloatArray, above_zero, whole, within
from geodata.errors import InputError
from service.deployment.allocate import Stage, records
from service.deployment.patrol_setup import patrol_rules
from service.deployment.ways import ways
from service.plain_table import number, plain_table
from service.profile.force import read_profile
from service.reading.ward_tables import TABLES, read_ward_tables

MOST_AREAS: Final = 1_000
TOUCH: Final = 1.0  # metres between borders drawn apart that are one
BORDER: Final = 10.0  # metres of border that two areas share at least: corners do not join them
LONGITUDE_LATITUDE: Final = "EPSG:4326"
DRAWN: Final = "drawn"
TODAY: Final = "today"


@dataclass(frozen=True)
class BeatsRequest:
    """
    What is to be put together.

    Parameters
    ----------
    wards : polygons: wards, LSOAs or any small areas
    demand : table of what is expected in each
    beats : how many are to be drawn
    profile : force profile in TOML, for priorities and the names of columns, or None
    streets : along which distance is measured; None: straight lines
    band : share of the mean by which a beat's work may differ from it
    seed : of all chance
    out : folder of `beats.csv`, `areas.csv` and `beats.geojson`, or None: nothing is written
    """

    wards: Path
    demand: Path
    beats: int
    profile: Path | None = None
    streets: Path | None = None
    band: float = 0.1
    seed: int = 0
    out: Path | None = None


@dataclass(frozen=True, eq=False)
class Drawn:
    """
    Beats, the map of them, their figures as JSON can hold them, and a table to print.

    Parameters
    ----------
    beats : beat (1 has most work), areas, middle (the area nearest to all its work), work, share, off_mean
    areas : code, name, work, beat and, where it is known, today
    outline : one polygon a beat, EPSG:4326
    """

    beats: pd.DataFrame
    areas: pd.DataFrame
    outline: GeoDataFrame
    figures: dict[str, Any]
    summary: str


@dataclass(frozen=True, eq=False)
class _Map:
    areas: GeoDataFrame
    work: FloatArray
    metres: FloatArray
    touching: BoolArray
    today: np.ndarray[Any, Any] | None
    notes: tuple[str, ...]


def put_together(request: BeatsRequest, *, stage: Stage) -> Drawn:
    """
    Draw contiguous beats of like work, as compact as can be found, beside the neighbourhoods of today.

    Parameters
    ----------
    request : what to read, and where to write
    stage : called with each stage's name as it begins; the stage runs inside what it returns

    Raises
    ------
    InputError, NotFoundError
        If anything given breaks a rule; nothing is written then.
    """
    whole(request.beats, "beats", 1)
    within(above_zero(request.band, "band"), "band", 0.0, 1.0)
    with stage("read"):
        held = _read(request)
    if request.beats > len(held.areas):
        raise InputError(f"`--beats` must be at most the number of areas, {len(held.areas)}, got {request.beats}.")
    with stage("draw beats"):
        found = draw_beats(
            held.work, held.metres, held.touching, count=request.beats, band=request.band, seed=request.seed
        )
    faults = check_beats(found, held.work, held.metres, held.touching, request.band)
    if faults:
        raise RuntimeError(f"The beats break their own rules: {'; '.join(faults[:3])}")
    drawn = _told(held, found, request)
    if request.out is not None:
        request.out.mkdir(parents=True, exist_ok=True)
        drawn.beats.to_csv(request.out / "beats.csv", index=False, lineterminator="\n")
        drawn.areas.to_csv(request.out / "areas.csv", index=False, lineterminator="\n")
        (request.out / "beats.geojson").write_text(drawn.outline.to_json(drop_id=True) + "\n", encoding="utf-8")
    return drawn


def _read(request: BeatsRequest) -> _Map:
    if request.wards.name.lower().endswith(TABLES):
        raise InputError(f"Beats need areas with a shape, and {request.wards.name} is a table.")
    profile = read_profile(request.profile)
    own, crs = profile.areas, profile.analysis.crs
    tables = read_ward_tables(request.wards, request.demand, profile)
    areas = read_areas(request.wards, code=own.code, name=own.name, kind=own.kind, edition=own.edition, crs=crs)
    if len(areas) > MOST_AREAS:
        raise InputError(f"Beats can be drawn of at most {MOST_AREAS:,} areas, got {len(areas):,}.")
    table = tables.demand.set_index("ward").reindex(areas["code"])
    work = (table["harm"] * table["priority"]).to_numpy(dtype=np.float64)
    middle = areas.geometry.representative_point()
    places = np.column_stack([middle.x, middle.y]).astype(np.float64)
    metres, notes = ways((places, places), request.streets, areas, detour=patrol_rules(profile).detour)
    if not work.any():
        notes, work = (*notes, "Nothing is expected in any area: all count alike."), np.ones(len(areas))
    homes = tables.neighbourhoods
    today = None if homes is None else areas["code"].map(homes).to_numpy()
    said = tuple(note for note in tables.notes if not note.startswith("No neighbourhoods"))
    return _Map(areas, work, np.minimum(metres, metres.T), touching(areas), today, (*said, *notes))


def touching(areas: GeoDataFrame) -> BoolArray:
    """
    Return which areas share a border, areas x areas.

    Borders up to a metre or so apart are one; areas that meet in a corner do not touch.

    Parameters
    ----------
    areas : table of areas, in metres
    """
    wide = shapely.buffer(areas.geometry.to_numpy(), TOUCH, quad_segs=1)
    one, other = shapely.STRtree(wide).query(wide, predicate="intersects")
    shared = shapely.area(shapely.intersection(wide[one], wide[other])) / (2 * TOUCH)
    found = np.zeros((len(areas), len(areas)), dtype=np.bool_)
    near = (shared >= BORDER) & (one != other)
    found[one[near], other[near]] = True
    return found


def _told(held: _Map, found: Beats, request: BeatsRequest) -> Drawn:
    """Return the beats in tables, numbered from the one with most work on."""
    order = np.argsort(-found.load, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(1, len(order) + 1)
    names, mean = held.areas["name"], float(found.load.mean())
    beats = pd.DataFrame(
        {
            "beat": np.arange(1, len(order) + 1),
            "areas": np.bincount(found.beat, minlength=len(order))[order],
            "middle": [str(names.iloc[found.centre[at]]) for at in order],
            "work": found.load[order],
            "share": found.load[order] / found.load.sum(),
            "off_mean": found.load[order] / mean - 1.0,
        }
    )
    areas = pd.DataFrame({"code": held.areas["code"], "name": names, "work": held.work, "beat": rank[found.beat]})
    drawn = {DRAWN: found.beat} | ({} if held.today is None else {TODAY: held.today})
    plans = [_plan(name, labels, held, request.band) for name, labels in drawn.items()]
    notes = list(held.notes)
    if not found.within_band:
        notes.insert(0, f"No beats were found whose work is within {request.band:.0%} of the mean; these come nearest.")
    figures = {
        "plans": plans, "beats": records(beats), "areas": records(areas), "band": request.band, "value": found.value,
        "bound": found.bound, "gap": found.gap, "within_band": found.within_band, "notes": notes,
    }  # fmt: skip
    shapes = held.areas.assign(beat=rank[found.beat])[["beat", "geometry"]].dissolve("beat").reset_index()
    outline = GeoDataFrame(shapes.merge(beats, on="beat"), crs=held.areas.crs).to_crs(LONGITUDE_LATITUDE)
    areas = areas if held.today is None else areas.assign(today=held.today)
    return Drawn(beats, areas, outline, figures, _summary(plans, found, beats, notes, request.out))


def _plan(name: str, labels: np.ndarray[Any, Any], held: _Map, band: float) -> dict[str, Any]:
    """Return what a way to draw beats comes to, its loads as shares of their mean."""
    judged = judge_beats(labels, held.work, held.metres, held.touching, band)
    return {
        "plan": name,
        "beats": len(judged.load),
        "mean_metres": judged.value / float(held.work.sum()),
        "lightest": float(judged.load.min() / judged.load.mean()),
        "heaviest": float(judged.load.max() / judged.load.mean()),
        "torn": judged.pieces,
        "within_band": judged.within_band,
    }


def _summary(plans: list[dict[str, Any]], found: Beats, beats: pd.DataFrame, notes: list[str], out: Path | None) -> str:
    columns = {
        "plan": [plan["plan"] for plan in plans],
        "beats": [str(plan["beats"]) for plan in plans],
        "mean metres": [number(plan["mean_metres"], ",.0f") for plan in plans],
        "lightest": [f"{plan['lightest']:.0%}" for plan in plans],
        "heaviest": [f"{plan['heaviest']:.0%}" for plan in plans],
        "torn": [str(plan["torn"]) for plan in plans],
    }
    proof = f"No beats of like work that hang together are more compact by over {found.gap:.1%}."
    rows = [
        f"{row.beat}: {row.areas} areas about {row.middle}, work {row.work:,.4g} ({row.off_mean:+.1%})"
        for row in beats.itertuples()
    ]
    return "\n".join([plain_table(columns), "", *rows, proof, *notes, *([] if out is None else [f"Made in {out}"])])
