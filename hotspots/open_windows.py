"""Where and until when risk is raised after recent crimes, and whether that is still little enough to act upon."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame, GeoSeries
from shapely.geometry.base import BaseGeometry

from geodata import cast
from geodata.errors import InputError
from geodata.streets import Streets
from hotspots.dated import Dated
from hotspots.knox import cut_streets, on_streets
from hotspots.near_repeat import Reach
from hotspots.nearness import Metric
from hotspots.window_ground import Ground, Open, Walked

MOST_SHARE: Final = 0.1  # of all addresses, or of the land: beyond it a "window" is most of a town


@dataclass(frozen=True)
class OpenWindows:
    """
    Windows that are open on a day.

    Parameters
    ----------
    windows : the ground about each recent crime; columns window (from 1, that with most to come first), opened, expires
        (first day on which it is shut), age_days, to_come (share of the excess still to come), addresses inside if
        addresses are given, and geometry
    places : the addresses at risk; columns row (from 1, of the addresses given), to_come (summed over the windows that
        hold each), windows (how many) and expires (the last); empty without addresses
    burden : share of all addresses, of the land, or of the length of its streets, inside any window
    of : "addresses", "the area" or "the streets"
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
    metric: Metric = "euclidean",
    streets: Streets | None = None,
) -> OpenWindows:
    """
    Return the places within the measured distance of crimes within the measured days, and when each is over.

    A window opens with the crime and shuts after the days of `reach`. What is still to come of it falls, by the
    measured excess of pairs at each number of days, from 1 to 0. Where the windows together hold more than `most_share`
    of all addresses (or of the land, or its streets), they tell nobody where to go, and none are given.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    reach : Reach
    on : day for which the windows are open; crimes of that day and later are not yet known
    area : polygons of the land, where no addresses are given; by default the hull of the crimes, by the reach wider
    addresses : points in the CRS of `crimes`
    most_share : 0 to 1
    metric, streets : as in `knox`; along streets a window is what fronts on those within the distance walked

    Raises
    ------
    InputError
        If the strength of near repeat may be nought, `on` is no day, addresses or area are in another CRS, or streets
        and the metric "network" are not given together.

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
    cut = cut_streets(metric, streets)
    recent = _recent(on_streets(Dated.of(crimes), cut), reach, _day(on))
    x, y = recent["x"].to_numpy(), recent["y"].to_numpy()
    ground = Open(x, y, reach.metres, metric == "manhattan") if cut is None else Walked(cut, x, y, reach.metres)
    windows = GeoDataFrame(recent.drop(columns=["x", "y"]), geometry=ground.shapes(), crs=crimes.crs)
    if addresses is not None:
        places = _at_risk(windows, addresses, ground)
        burden, of = len(places) / max(1, len(addresses)), "addresses"
    else:
        places = GeoDataFrame(geometry=GeoSeries([], crs=crimes.crs))
        burden, of = ground.share(_land(crimes, reach, area)), "the area" if cut is None else "the streets"
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


def _recent(events: Dated, reach: Reach, day: pd.Timestamp) -> pd.DataFrame:
    """Return where the windows open on a day stand, until when, and what is still to come of each, most first."""
    today = int(day.asm8.astype("datetime64[D]").astype(np.int64))
    age = today - events.time
    recent = np.flatnonzero((age >= 1) & (age < reach.days))
    to_come = np.array(reach.to_come)[age[recent]]
    order = np.lexsort((events.y[recent], events.x[recent], -to_come))
    recent, to_come = recent[order], to_come[order]
    opened = pd.to_datetime(events.time[recent], unit="D")
    return pd.DataFrame(
        {
            "window": np.arange(1, recent.size + 1),
            "opened": opened.strftime("%Y-%m-%d").astype("string"),
            "expires": (opened + pd.Timedelta(days=int(reach.days))).strftime("%Y-%m-%d").astype("string"),
            "age_days": age[recent],
            "to_come": to_come,
            "x": events.x[recent],
            "y": events.y[recent],
        }
    )


def _land(crimes: GeoDataFrame, reach: Reach, area: GeoSeries | GeoDataFrame | None) -> BaseGeometry:
    whole: BaseGeometry = (crimes if area is None else area).geometry.union_all()
    return whole.convex_hull.buffer(reach.metres) if area is None else whole


def _at_risk(windows: GeoDataFrame, addresses: GeoDataFrame, ground: Ground) -> GeoDataFrame:
    """Return the addresses inside any window; count those of each window in place."""
    x, y = cast.coordinates(addresses, windows.crs)
    place, window = ground.holding(x, y)
    held = np.bincount(place, minlength=len(addresses))
    windows["addresses"] = np.bincount(window, minlength=len(windows))
    to_come = np.bincount(place, weights=windows["to_come"].to_numpy()[window], minlength=len(addresses))
    last = pd.Series(windows["expires"].to_numpy()[window], dtype="string").groupby(place).max()
    inside = np.flatnonzero(held)
    columns = {"row": inside + 1, "to_come": to_come[inside], "windows": held[inside], "expires": last.to_numpy()}
    return GeoDataFrame(columns, geometry=shapely.points(x[inside], y[inside]), crs=windows.crs)
