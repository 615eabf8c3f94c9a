"""
A made-up nation as data.police.uk would publish it: one street-level file a force and month, in its order of rows.

What all rows of a map point share is put into words once; a file is then a few lookups and one joining of texts, whose
bytes are the file: some 350,000 rows a second on one core, of which the drawing takes half.
"""

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.random import Generator, SeedSequence, default_rng

from geodata._nation import NationForce
from geodata._nation_crime import drawn
from geodata._nation_points import MapPoints
from geodata._town_crime import OFFENCES
from geodata._town_files import ANTI_SOCIAL, OUTCOMES
from geodata._town_osm import degrees
from geodata.cast import BoolArray, IntArray

HEADER: Final = (
    b"Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,"
    b"Last outcome category,Context\r\n"
)
NOWHERE: Final = ",,No Location,,"
_ID_BYTES: Final = 32
_ANTI_SOCIAL: Final = [kind.name for kind in OFFENCES].index(ANTI_SOCIAL)
_DRAWN: Final = 2  # stream of random numbers that every month of every force has of its own


def month_file(force: NationForce, month: int) -> bytes:
    """
    Return what is published of a force's month, the same whatever was drawn before it.

    Parameters
    ----------
    force : of a made-up nation
    month : its place among the nation's months
    """
    rng = default_rng(SeedSequence(force.seed, spawn_key=(_DRAWN, force.number, month)))
    point, category = drawn(rng, force, month)
    outcome = rng.integers(0, len(OUTCOMES), len(point))
    own = len(force.area)
    astray, lost = rng.uniform(size=(2, len(point))) < np.array([[force.stray], [force.missing]])
    text = np.where(astray, own + rng.integers(1, max(2, len(force.texts) - own), len(point)), point)
    text[lost] = own
    # published by small area, those without one last, then by category
    area = np.where(text == own, len(force.area), force.area[point])
    order = np.argsort(area * len(OFFENCES) + category, kind="stable")
    text, category, outcome = text[order], category[order], outcome[order]
    before = f",{force.months[month]},{force.name},{force.name},"
    parts = (_ids(rng, category != _ANTI_SOCIAL), before, force.texts.take(pa.array(text)), _ends(category, outcome))
    rows = pc.binary_join_element_wise(*parts, "")
    return HEADER + _content(rows)


def point_texts(points: MapPoints, codes: list[str], names: list[str]) -> pa.Array:
    """Return what the rows of each map point share: where it is, what it is called, and its small area."""
    longitude, latitude = (pa.array(np.char.mod("%.6f", axis)) for axis in degrees(points.xy, 6))
    called = pa.array([f"On or near {name}" for name in points.names])
    areas = pa.array([f"{code},{name}" for code, name in zip(codes, names, strict=True)])
    return pc.binary_join_element_wise(
        longitude, latitude, called.take(pa.array(points.name)), areas.take(pa.array(points.area)), ","
    )


def _ids(rng: Generator, known: BoolArray) -> pa.Array:
    """Return 64 random hexadecimal digits for each incident that has an identifier, "" for the others."""
    digits = rng.bytes(_ID_BYTES * int(known.sum())).hex().encode("ascii")
    ends = np.concatenate(([0], np.cumsum(known * 2 * _ID_BYTES))).astype(np.int32)
    return pa.StringArray.from_buffers(len(known), pa.py_buffer(ends), pa.py_buffer(digits))


def _ends(category: IntArray, outcome: IntArray) -> pa.Array:
    """Return the end of each row: its category, and what came of it; nothing is said to come of disorder."""
    ends = [f",{kind.name},{'' if kind.name == ANTI_SOCIAL else told},\r\n" for kind in OFFENCES for told in OUTCOMES]
    return pa.array(ends).take(pa.array(category * len(OUTCOMES) + outcome))


def _content(rows: pa.Array) -> bytes:
    """Return texts joined with nothing between them: as they lie in memory."""
    if not len(rows):
        return b""
    _, ends, held = rows.buffers()
    places = np.frombuffer(ends, dtype=np.int32)[rows.offset : rows.offset + len(rows) + 1]
    return bytes(memoryview(held)[places[0] : places[-1]])
