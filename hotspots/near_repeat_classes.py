"""Which crime began a chain and which followed it: originators, repeats and near repeats, by rules that are stated."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from geopandas import GeoDataFrame

from geodata.cast import BoolArray, FloatArray, IntArray
from geodata.errors import InputError
from geodata.streets import Streets
from hotspots.bands import Bands, written
from hotspots.dated import Dated
from hotspots.knox import cut_streets
from hotspots.lixels import CutStreets
from hotspots.near_repeat import SAME_PLACE_M
from hotspots.nearness import Metric, nearness, street_pairs

CLASSES: Final = ("originator", "repeat", "near repeat", "alone")


@dataclass(frozen=True)
class Chains:
    """
    What each crime is to the others.

    Parameters
    ----------
    table : one row per crime, in the order and on the index of the crimes
        number (from 1, by time), class, linked_to (number of the crime before it), metres and days to that, space and
        time (the bands of the link), chain, originator (number of the chain's first crime), generation (0 for that),
        chain_size; missing where there is no link, or no chain.
    links : connections in the linking bands, of which each crime keeps the nearest
    half_distance, half_life : metres and days that half of the connections do not exceed; missing without any
    rules : sentences, by which all of it follows
    """

    table: pd.DataFrame
    links: int
    half_distance: float
    half_life: float
    rules: tuple[str, ...]

    def counts(self) -> dict[str, int]:
        """Return how many crimes each class has."""
        held = self.table["class"].value_counts()
        return {name: int(held.get(name, 0)) for name in CLASSES}


@dataclass(frozen=True, eq=False)
class _Links:
    """Connections: positions of the earlier and the later crime, metres, days, and the bands they lie in."""

    earlier: IntArray
    later: IntArray
    metres: FloatArray
    days: IntArray
    space: IntArray
    time: IntArray

    def take(self, rows: IntArray | BoolArray) -> "_Links":
        earlier, later, days = self.earlier[rows], self.later[rows], self.days[rows]
        return _Links(earlier, later, self.metres[rows], days, self.space[rows], self.time[rows])


def near_repeat_classes(
    crimes: GeoDataFrame,
    bands: Bands,
    linking: BoolArray,
    *,
    metric: Metric = "euclidean",
    streets: Streets | None = None,
) -> Chains:
    """
    Return which crimes are originators, repeats, near repeats or alone, and the chains that they make.

    A crime is linked to one crime before it: of those whose distance and days lie in a linking band, the one with the
    fewest steps from the corner of the band matrix, distance and time alike; of equals the nearer, then the sooner,
    then the later. Linked at one place it is a repeat, otherwise a near repeat; not linked, but linked to, it is an
    originator. All that lead back to one originator are one chain.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    bands : Bands
    linking : shape of `bands`
        The bands in which two crimes may be linked, such as those in which the Knox test finds more pairs than chance.
    metric, streets : as in `knox`

    Raises
    ------
    InputError
        If `linking` has another shape than `bands` or names a band without end, or as in `knox`.

    References
    ----------
    .. [1] Esri (2023). Near Repeat Classification. ArcGIS Pro tool reference: half-distance, half-life.
    """
    linking = np.asarray(linking, dtype=np.bool_)
    if linking.shape != bands.shape:
        raise InputError(f"`linking` must have the shape of the bands {bands.shape}, got {linking.shape}.")
    if linking[np.isinf(bands.space[1:])].any() or linking[:, np.isinf(bands.time[1:])].any():
        raise InputError("Crimes must be linked in bands that end, got one up to inf.")
    events = Dated.of(crimes)
    number = _order(crimes)
    links = _links(events, number, bands, linking, metric, cut_streets(metric, streets))
    chosen = _nearest(links, number)
    table = _table(number, chosen, _at_one_place(crimes, chosen), bands).set_index(crimes.index)
    halves = _half(links.metres), _half(links.days.astype(np.float64))
    return Chains(table, links.later.size, *halves, _rules(bands, linking, metric))


def _order(crimes: GeoDataFrame) -> IntArray:
    """Return the number of each crime by time, from 1; at one moment, by row."""
    begin, end = (
        crimes[name].dt.tz_localize(None).astype("int64").to_numpy() for name in ("occurred_from", "occurred_to")
    )
    moment = np.where(crimes["precision"] == "instant", begin + (end - begin) // 2, begin)
    number = np.empty(len(crimes), dtype=np.int64)
    number[np.argsort(moment, kind="stable")] = np.arange(1, len(crimes) + 1)
    return number


def _links(
    events: Dated, number: IntArray, bands: Bands, linking: BoolArray, metric: Metric, cut: CutStreets | None
) -> _Links:
    none = np.empty(0, dtype=np.int64)
    if not linking.any():
        return _Links(none, none, np.empty(0), none, none, none)
    last = int(np.flatnonzero(linking.any(axis=1)).max())
    ended = Bands(bands.space[: last + 2], tuple(edge for edge in bands.time if np.isfinite(edge)), bands.closed)
    if cut is None:
        held = nearness((events,), ended, metric=metric, cut=None, listing=True).listed
        one, other = (none, none) if held is None else held.rows[held.pairs.T]
        across, up = events.x[one] - events.x[other], events.y[one] - events.y[other]
        metres = np.abs(across) + np.abs(up) if metric == "manhattan" else np.sqrt(across * across + up * up)
    else:
        one, other, metres = street_pairs(events, cut, float(ended.metres()[-1]))
    days = np.abs(events.time[one] - events.time[other])
    space = np.searchsorted(ended.metres(), metres, side="right") - 1
    time = np.searchsorted(ended.moments(events.a_day), days, side="right") - 1
    first = number[one] < number[other]
    earlier, later = np.where(first, one, other), np.where(first, other, one)
    inside = (space >= 0) & (space <= last) & (time >= 0) & (time < linking.shape[1])
    links = _Links(earlier, later, metres, days, space, time).take(inside)
    return links.take(linking[links.space, links.time])


def _nearest(links: _Links, number: IntArray) -> _Links:
    """Return one link of each crime that has any."""
    steps = links.space + links.time
    order = np.lexsort((-number[links.earlier], links.days, links.metres, links.space, steps, links.later))
    later = links.later[order]
    return links.take(order[np.append(True, later[1:] != later[:-1])[: later.size]])


def _at_one_place(crimes: GeoDataFrame, links: _Links) -> BoolArray:
    """Return whether both crimes of each link were at one place: by their premises where both are known."""
    near: BoolArray = links.metres <= SAME_PLACE_M
    if "place_id" not in crimes or "place_kind" not in crimes:
        return near
    code = crimes["place_id"].cat.codes.to_numpy()
    code = np.where(crimes["place_kind"] == "premises", code, -1)
    one, other = code[links.earlier], code[links.later]
    return np.where((one >= 0) & (other >= 0), one == other, near)


def _table(number: IntArray, links: _Links, at_one_place: BoolArray, bands: Bands) -> pd.DataFrame:
    size = number.size
    before = np.arange(size)
    before[links.later] = links.earlier
    first, generation = _ancestry(before)
    kind = np.full(size, CLASSES.index("alone"))
    kind[links.earlier] = CLASSES.index("originator")
    kind[links.later] = np.where(at_one_place, CLASSES.index("repeat"), CLASSES.index("near repeat"))
    held = np.bincount(first, minlength=size)[first]
    begun = np.sort(number[np.unique(first[held > 1])])
    chained = pd.DataFrame(
        {
            "chain": np.searchsorted(begun, number[first]) + 1,
            "originator": number[first],
            "generation": generation,
            "chain_size": held,
        },
        dtype="Int64",
    ).where(pd.Series(held > 1))
    linked = pd.DataFrame(
        {
            "linked_to": pd.array(number[links.earlier], dtype="Int64"),
            "metres": links.metres,
            "days": pd.array(links.days, dtype="Int64"),
            "space": pd.array(np.array(bands.space_labels, dtype=object)[links.space], dtype="string"),
            "time": pd.array(np.array(bands.time_labels, dtype=object)[links.time], dtype="string"),
        },
        index=links.later,
    ).reindex(np.arange(size))
    named = pd.Categorical.from_codes(kind, categories=pd.Index(CLASSES))
    return pd.concat([pd.DataFrame({"number": number, "class": named}), linked, chained], axis=1)


def _ancestry(before: IntArray) -> tuple[IntArray, IntArray]:
    """Return for each crime the first of its chain, and how many links back that is."""
    first, generation = before.copy(), (before != np.arange(before.size)).astype(np.int64)
    while (first[first] != first).any():  # each turn doubles how far back all have come
        generation += generation[first]
        first = first[first]
    return first, generation


def _half(lengths: FloatArray) -> float:
    """Return the length of connection number .5 N, in rising order."""
    return float(np.sort(lengths)[max(0, int(np.ceil(0.5 * lengths.size)) - 1)]) if lengths.size else float("nan")


def _rules(bands: Bands, linking: BoolArray, metric: Metric) -> tuple[str, ...]:
    named = [
        f"{bands.space_labels[i]} m x {bands.time_labels[j]} days" for i, j in zip(*np.nonzero(linking), strict=True)
    ]
    return (
        f"Two crimes may be linked in these bands of {metric} distance and whole days: {'; '.join(named) or 'none'}.",
        "A round bracket leaves its end out, a square one holds it; two crimes of one date are 0 days apart.",
        "Each crime is linked to one crime before it: the fewest steps from the corner of the matrix of bands, then "
        "the shorter distance, then the fewer days, then the later crime.",
        "Of two crimes on one day the one with the earlier time came first; without times, the one in the earlier row.",
        f"Linked at one place (the same premises where both are known, or else within {written(SAME_PLACE_M)} metres) "
        "a crime is a repeat, elsewhere a near repeat; an originator is linked to and not itself linked.",
        "Half-distance and half-life are the metres and the days of connection number .5 N, of all N in those bands.",
    )
