"""What a made-up nation is: its forces, each with what is needed to draw any of its months by itself."""

from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
from geopandas import GeoDataFrame

from geodata._nation_points import MapPoints
from geodata.cast import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Spots:
    """
    The hot spots planted in a force.

    Parameters
    ----------
    of_point : number of the hot spot that holds each map point, -1 for none
    strength : of each hot spot: the chance of its points is multiplied by it
    history : position of what it is in `_nation_crime.HISTORIES`
    spans : first month of each, and the first in which it is no more, shape (hot spots, 2)
    """

    of_point: IntArray
    strength: FloatArray
    history: IntArray
    spans: IntArray


@dataclass(frozen=True, eq=False)
class NationForce:
    """
    One made-up force: small enough to be handed to a worker, enough to draw every month of it.

    Parameters
    ----------
    number : its place in the nation
    code, name : as in the table of forces
    slug : its name in the names of files: lower-case letters and hyphens
    seed : of the nation
    months : "2011-01", ..., all of them
    incidents : in each month, one whole number each
    shares : of each category in each month, shape (months, categories), in sum 1
    texts : of each of its map points, as published: longitude, latitude, location, LSOA code and name; then of
        nowhere; then of some points of other forces
    area : number of the small area of each map point, by which rows are published in order
    addresses, risk : as of `MapPoints`
    spots : the truth planted
    missing : share of rows without coordinates
    stray : share of rows on the ground of another force, 0 where there is none
    """

    number: int
    code: str
    name: str
    slug: str
    seed: int
    months: tuple[str, ...]
    incidents: IntArray
    shares: FloatArray
    texts: pa.Array
    area: IntArray
    addresses: IntArray
    risk: FloatArray
    spots: Spots
    missing: float
    stray: float


@dataclass(frozen=True, eq=False)
class Nation:
    """
    A made-up nation.

    Parameters
    ----------
    forces : one after the other, the capital's first
    areas : table of forces: code, name, kind, edition, population, deprivation_decile (1 = most deprived); polygons
    figures : table of forces: force (as in file names), code, name, population, area_km2, deprived_share (of its
        people, in the most deprived fifth of the nation's), incidents
    wards : table of wards, with the code of their force
    lsoas : table of small areas, with the codes of their ward and force
    points : every map point
    hotspots : table of hotspot_id, force, strength, history ("persistent", "new", "former"), first and last month,
        points; geometry polygon: the truth planted
    """

    forces: tuple[NationForce, ...]
    areas: GeoDataFrame
    figures: pd.DataFrame
    wards: GeoDataFrame
    lsoas: GeoDataFrame
    points: MapPoints
    hotspots: GeoDataFrame
