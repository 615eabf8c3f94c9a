"""Where and until when risk is raised after recent crimes, and whether that is still little enough to act upon."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from scipy.spatial import cKDTree

from geodata import cast
from geodata.errors import InputError
from hotspots.dated import Dated
from hotspots.near_repeat import Reach

MOST_SHARE: Final = 0.1  # of all addresses, or of the land: beyond it a "window" is most of a town


@dataclass(frozen=True)
class OpenWindows:
    """
    Windows that are open on a day.

    Parameters
    ----------
    windows : a disc about each recent crime; columns window (from 1, those with most to come first), opened, expires
        (first day on which it is shut), age_days, to_come (share of the excess still to come), addresses inside if
        addresses are given, and geometry
    places : the addresses at risk; columns row (from 1, of the addresses given), to_come (summed over the windows that
        hold each), windows (how many) and expires (the last); empty without addresses
    burden : share of all addresses, or of the land, inside any window
    of : "addresses" or "the area"
    refused : why no windows are given although some are open; None where they are
    """

    windows: GeoDataFrame
    places: GeoDataFrame
    burden: float
    of: str
    refused: str | None


def open_windows(
    crimes: GeoDataFrame,
    reach: Reach,
    *,
    on: str | pd.Timestamp,
    area: GeoSeries | GeoDataFrame | None = None,
    addresses: GeoDataFrame | None = None,
    most_share: float = MOST_SHARE,
) -> OpenWindows:
    """
    Return the places within the measured distance of crimes within the measured days, and when each is over.

    A window opens with the crime and shuts after the days of `reach`. What is still to come of it falls, by the
    measured excess of pairs at each number of days, from 1 to 0. Where the windows together hold more than `most_share`
    of all addresses (or of the land), they tell nobody where to go, and none are given.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    reach : Reach
    on : day for which the windows are open; crimes of that day and later are not yet known
    area : polygons of the land, where no addresses are given; by default the hull of the crimes, by the reach wider
    addresses : points in the CRS of `crimes`
    most_share : 0 to 1

    Raises
    ------
    InputError
        If the strength of near repeat may be nought, `on` is no day, or addresses or area are in another CRS.

    References
    ----------
    .. [1] Fielding, M. & Jones, V. (2012). "Disrupting the optimal forager": predictive risk mapping and domestic
       burglary reduction in Trafford, Greater Manchester. International Journal of Police Science & Management 14(1),
       30-41.
    """
    share = cast.within(most_share, "most_share", 0.0, 1.0)
    if reach.strength_low <= 0:
        raise InputError(
            "Windows must rest on near repeat that was measured: the interval of its strength holds 0 "
            f"({reach.strength_low:.2f} to {reach.strength_high:.2f})."
        )
    for name, given in (("area", area), ("addresses", addresses)):
        if given is not None and given.crs != crimes.crs:
            raise InputError(f"`{name}` must be in the CRS of the crimes.")
    windows = _windows(crimes, reach, _day(on))
    burden, places = _burden(windows, crimes, reach, area, addresses)
    of = "the area" if addresses is None else "addresses"
    if burden <= share:
        return OpenWindows(windows, places, burden, of, None)
    refused = (
        f"{burden:.0%} of {of} would lie in a window, and {share:.0%} is the most that is told apart from the rest: "
        "no windows are given. Shorten the days or the distance, or leave it at hot spots."
    )
    return OpenWindows(windows.iloc[:0], places.iloc[:0], burden, of, refused)


def _day(on: str | pd.Timestamp) -> pd.Timestamp:
    try:
        return pd.Timestamp(on).tz_localize(None).normalize()
    except (TypeError, ValueError):
        raise InputError("The day of the windows must be such as 2024-03-01, got something else.") from None


def _windows(crimes: GeoDataFrame, reach: Reach, day: pd.Timestamp) -> GeoDataFrame:
    events = Dated.of(crimes)
    today = int(day.asm8.astype("datetime64[D]").astype(np.int64))
    age = today - events.time
    recent = np.flatnonzero((age >= 1) & (age < reach.days))
    to_come = np.array(reach.to_come)[age[recent]]
    order = np.lexsort((events.y[recent], events.x[recent], -to_come))
    recent, to_come = recent[order], to_come[order]
    opened = pd.to_datetime(events.time[recent], unit="D")
    discs = shapely.buffer(shapely.points(events.x[recent], events.y[recent]), reach.metres, quad_segs=16)
    columns = {
        "window": np.arange(1, recent.size + 1),
        "opened": opened.strftime("%Y-%m-%d").astype("string"),
        "expires": (opened + pd.Timedelta(days=int(reach.days))).strftime("%Y-%m-%d").astype("string"),
        "age_days": age[recent],
        "to_come": to_come,
    }
    return GeoDataFrame(columns, geometry=discs, crs=crimes.crs)


def _burden(
    windows: GeoDataFrame,
    crimes: GeoDataFrame,
    reach: Reach,
    area: GeoSeries | GeoDataFrame | None,
    addresses: GeoDataFrame | None,
) -> tuple[float, GeoDataFrame]:
    if addresses is not None:
        places = _at_risk(windows, addresses, reach)
        return len(places) / max(1, len(addresses)), places
    if area is None:
        land = shapely.buffer(shapely.convex_hull(shapely.multipoints(crimes.get_coordinates())), reach.metres)
    else:
        land = shapely.union_all(area.geometry.to_numpy())
    inside = shapely.intersection(shapely.union_all(windows.geometry.to_numpy()), land)
    return float(shapely.area(inside) / shapely.area(land)), GeoDataFrame(geometry=GeoSeries([], crs=crimes.crs))


def _at_risk(windows: GeoDataFrame, addresses: GeoDataFrame, reach: Reach) -> GeoDataFrame:
    """Return the addresses inside any window; count those of each window in place."""
    x, y = cast.coordinates(addresses, windows.crs)
    middles = shapely.get_coordinates(shapely.centroid(windows.geometry.to_numpy()))
    here, there = cKDTree(np.column_stack((x, y))), cKDTree(middles.reshape(-1, 2))
    near = here.sparse_distance_matrix(there, reach.metres, output_type="ndarray")
    order = np.lexsort((near["j"], near["i"]))
    place, window = near["i"][order], near["j"][order]
    held = np.bincount(place, minlength=len(addresses))
    windows["addresses"] = np.bincount(window, minlength=len(windows))
    to_come = np.bincount(place, weights=windows["to_come"].to_numpy()[window], minlength=len(addresses))
    last = pd.Series(windows["expires"].to_numpy()[window], dtype="string").groupby(place).max()
    inside = np.flatnonzero(held)
    columns = {"row": inside + 1, "to_come": to_come[inside], "windows": held[inside], "expires": last.to_numpy()}
    return GeoDataFrame(columns, geometry=shapely.points(x[inside], y[inside]), crs=windows.crs)
