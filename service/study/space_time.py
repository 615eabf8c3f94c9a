"""Where and when crime thickened most: the density in space and time, told week by week, or month by month."""

import warnings

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from hotspots.density import CoarseGridWarning
from hotspots.space_time import LEAST_DAYS_BY_MONTH, space_time_density
from maps.study.study import MOST_SLICES, SpaceTime
from service.analysis.scene import Scene
from service.study.cells import DIGITS


def refuse_months(scene: Scene, days: float | None) -> None:
    """
    Refuse to tell days apart where only the month is known.

    Raises
    ------
    InputError
        If `days` is below 31 and any crime is known by month only.
    """
    by_month = int((scene.crimes["precision"] == "month").sum())
    if days is not None and by_month and days < LEAST_DAYS_BY_MONTH:
        raise InputError(
            f"`--space-time` must be at least {LEAST_DAYS_BY_MONTH:g} days where crimes are known by month only, got "
            f"{days:g}: {by_month:,} of {len(scene.crimes):,} are, and on which days of it they came nobody knows."
        )


def space_time(scene: Scene, hotspots: GeoDataFrame, days: float | None) -> SpaceTime | None:
    """Return the density in space and time, its peak in each period, and its newest slices; None where not asked."""
    if days is None:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CoarseGridWarning)  # `analysis.too_coarse` tells
        voxels = space_time_density(
            scene.crimes, scene.grid, scene.periods.edges, bandwidth=scene.bandwidth, days=days
        )  # fmt: skip
    voxels.columns = pd.Index(scene.periods.labels, name=scene.periods.unit)
    peaks = _peaks(voxels[scene.study], scene, hotspots)
    return SpaceTime(days, scene.periods.unit, peaks, voxels.iloc[:, -MOST_SLICES:], _sentence(peaks, scene, days))


def _peaks(voxels: pd.DataFrame, scene: Scene, hotspots: GeoDataFrame) -> pd.DataFrame:
    """Return for each slice the densest cell, and the one that is furthest above its own mean."""
    dense = voxels.to_numpy()
    usual = dense.mean(axis=1, dtype=np.float64)
    tops = {
        "densest": dense.argmax(axis=0),
        "furthest above usual": np.array([np.argmax(line - usual) for line in dense.T], dtype=np.int64),
    }
    tables = [_rows(what, top, voxels, usual, scene) for what, top in tops.items()]
    found = pd.concat(tables).sort_values([scene.periods.unit, "peak"], kind="stable", ignore_index=True)
    points = GeoDataFrame(geometry=scene.grid.polygons(found["cell"]).centroid.to_numpy(), crs=scene.grid.crs)
    held = points.sjoin(hotspots[["hotspot_id", "geometry"]], how="left", predicate="intersects")
    return found.assign(hotspot_id=held.loc[~held.index.duplicated(), "hotspot_id"].astype("string").to_numpy())


def _rows(what: str, top: IntArray, voxels: pd.DataFrame, usual: FloatArray, scene: Scene) -> pd.DataFrame:
    cell = voxels.index.to_numpy()[top]
    east, north = scene.grid.centres(cell)
    density = voxels.to_numpy()[top, np.arange(top.size)].astype(np.float64)
    return pd.DataFrame(
        {
            scene.periods.unit: voxels.columns, "peak": what, "cell": cell, "easting": east, "northing": north,
            "density": density.round(DIGITS), "usual": usual[top].round(DIGITS),
        }
    )  # fmt: skip


def _sentence(peaks: pd.DataFrame, scene: Scene, days: float) -> str:
    above = peaks[peaks["peak"] == "furthest above usual"].reset_index(drop=True)
    top = above.iloc[int((above["density"] - above["usual"]).to_numpy().argmax())]
    where = f"in {top['hotspot_id']}" if pd.notna(top["hotspot_id"]) else "outside the hot spots"
    unit = scene.periods.unit
    return (
        f"Crime rose furthest above what is usual at the place in the {unit} of {top[unit]}, {where}: "
        f"{top['density']:,.1f} crimes a week and square kilometre where {top['usual']:,.1f} are usual. "
        f"Each crime is spread over {days:g} days before and after it, so that within {days:g} days of either end of "
        "the data the density is too low."
    )
