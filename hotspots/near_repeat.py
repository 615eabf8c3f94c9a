"""How near and how soon crime follows crime: the distance, the days and the strength of near repeat, measured."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from geopandas import GeoDataFrame

from geodata import cast
from geodata.cast import FloatArray, IntArray
from geodata.errors import InputError
from geodata.streets import Streets
from hotspots.bands import Bands
from hotspots.dated import Dated
from hotspots.knox import cut_streets, on_streets
from hotspots.knox_interval import CONFIDENCE
from hotspots.nearness import Metric, Nearness, nearness

SAME_PLACE_M: Final = 0.1  # nearer than this is the one place: a repeat, and no near repeat
STEP_M: Final = 25.0
FURTHEST_M: Final = 800.0
LONGEST_DAYS: Final = 56
HALVINGS: Final = 6  # of the map, into 64 parts with as many crimes each
DRAWS: Final = 499  # of parts, from which the intervals come
FEWEST: Final = 128  # crimes: two in each part
_LEAST: Final = 0.1  # pairs: an expectation of none would forbid what was observed


@dataclass(frozen=True)
class Reach:
    """
    Within what distance and how many days more crime follows a crime than chance gives, and how much more.

    Parameters
    ----------
    crimes : on which it rests
    metres, metres_low, metres_high : distance up to which pairs are in excess, with its interval
    days, days_low, days_high : days, from 0 up to but not including so many
    strength, strength_low, strength_high : further crimes that each crime brings on, on average
    to_come : by days since the last crime, from 0: the share of the excess that is still to come
    step : metres to which the distance can be told
    """

    crimes: int
    metres: float
    metres_low: float
    metres_high: float
    days: float
    days_low: float
    days_high: float
    strength: float
    strength_low: float
    strength_high: float
    to_come: tuple[float, ...]
    step: float = STEP_M

    @property
    def sentence(self) -> str:
        """Say what was measured, with its intervals."""
        days = f"{self.days:.0f} {'day' if round(self.days) == 1 else 'days'}"
        return (
            f"After a crime, more crime than chance gives comes within {self.metres:.0f} metres ({self.metres_low:.0f} "
            f"to {self.metres_high:.0f}) and {days} ({self.days_low:.0f} to {self.days_high:.0f}): {self.strength:.2f} "
            f"more for each one ({self.strength_low:.2f} to {self.strength_high:.2f})."
        )


@dataclass(frozen=True, eq=False)
class _Profile:
    """
    Pairs of one map or of many drawn from it, by band of distance and day.

    Parameters
    ----------
    pairs : shape (maps, bands, days)
    space : pairs at whatever time, shape (maps, bands)
    crimes : of each map
    share : of all pairs of times, those so many days apart
    """

    pairs: FloatArray
    space: FloatArray
    crimes: FloatArray
    share: FloatArray

    @property
    def excess(self) -> FloatArray:
        """Pairs beyond those that chance would put there."""
        return self.pairs - self.space[:, :, None] * self.share


def near_repeat_reach(
    crimes: GeoDataFrame,
    *,
    metric: Metric = "euclidean",
    streets: Streets | None = None,
    furthest: float = FURTHEST_M,
    longest: int = LONGEST_DAYS,
    draws: int = DRAWS,
    seed: int = 0,
) -> Reach:
    """
    Return within what distance and how many days crime brings on crime, and how many others each brings on.

    Pairs are counted by 25 metres and by day, and set against the Knox test's exact expectation. Distance and days are
    where the ratio of the two falls: of all ways to set one ratio within some distance and days and a lower one, of at
    least 1, beyond, that under which the counts are likeliest. Pairs at one place, within 0.1 metres, are repeats, and
    have no say in it. What is brought on in turn brings on more, and two
    brought on by one are a pair too: of X excess pairs, repeats among them, within twice the distance and the days,
    among n crimes, the strength is 1 - (1 + 2 X / n)^(-1/2), by which chains of all lengths count once [1]_ [2]_.

    Intervals come from drawing, again and again, 64 parts of the map with as many crimes each: crimes far apart are
    independent, crimes of one chain are not. A distance or a number of days is told no closer than half a step.

    It measures what the Knox test tests: ask that first. Where no near repeat is, the two ratios are noise, and the
    interval of the strength holds 0.

    Parameters
    ----------
    crimes : table of crimes, in a projected CRS
    metric, streets : as in `knox`
    furthest : metres to which pairs are counted, at least twice the distance that may be found
    longest : days to which pairs are counted, likewise
    draws : of the intervals
    seed : of the draws

    Raises
    ------
    InputError
        If crimes are fewer than 128, or as in `knox`.

    References
    ----------
    .. [1] Hawkes, A. G. (1971). Spectra of some self-exciting and mutually exciting point processes. Biometrika 58(1),
       83-90.
    .. [2] Hardiman, S. J. & Bouchaud, J.-P. (2014). Branching-ratio approximation for the self-exciting Hawkes
       process. Physical Review E 90, 062807.
    """
    furthest, longest = cast.above_zero(furthest, "furthest", "metres"), cast.whole(longest, "longest", 4)
    draws, seed = cast.whole(draws, "draws", 1), cast.whole(seed, "seed")
    cut = cut_streets(metric, streets)
    events = on_streets(Dated.of(crimes), cut)
    if events.size < FEWEST:
        raise InputError(f"At least {FEWEST} crimes must be given to measure near repeat, got {events.size}.")
    steps = max(4, int(np.ceil(furthest / STEP_M)))
    edges = (0.0, SAME_PLACE_M, *(STEP_M * i for i in range(1, steps + 1)))
    bands = Bands(edges, tuple(float(day) for day in range(longest + 1)))
    near = nearness((events,), bands, metric=metric, cut=cut, listing=True)
    parts = _by_part(near, _parts(events), longest)
    times = np.random.default_rng(seed).multinomial(1 << HALVINGS, np.full(1 << HALVINGS, 0.5**HALVINGS), draws)
    return _measured(_drawn(parts, np.vstack((np.ones(1 << HALVINGS), times))), events.size)


def _parts(events: Dated) -> IntArray:
    """Return the number of the part of the map in which each event lies: halves of halves, across the longer side."""
    part = np.zeros(events.size, dtype=np.int64)
    groups = [np.arange(events.size)]
    for _ in range(HALVINGS):
        halves = []
        for group in groups:
            wide = np.ptp(events.x[group]) >= np.ptp(events.y[group])
            along, aside = (events.x, events.y) if wide else (events.y, events.x)
            order = group[np.lexsort((events.time[group], aside[group], along[group]))]
            halves += [order[: order.size // 2], order[order.size // 2 :]]
        groups = halves
    for number, group in enumerate(groups):
        part[group] = number
    return part


def _by_part(near: Nearness, part: IntArray, days: int) -> _Profile:
    """Return the pairs of each part; a pair across its border counts half here and half there."""
    held = near.listed
    if held is None:
        raise InputError("Pairs must be listed to be told by part of the map.")
    parts, bands = int(part.max()) + 1, held.first.size - 2
    band = np.repeat(np.arange(-1, bands), np.diff(held.first))
    gap = np.abs(held.time[held.pairs[:, 0]] - held.time[held.pairs[:, 1]])
    soon = gap < days
    pairs, space = np.zeros(parts * bands * days), np.zeros(parts * bands)
    for end in held.pairs.T:
        cell = part[held.rows[end]] * bands + band
        space += np.bincount(cell, minlength=space.size) / 2
        pairs += np.bincount(cell[soon] * days + gap[soon], minlength=pairs.size) / 2
    share = np.array(near.time[1 : days + 1]) / max(1, sum(near.time))
    crimes = np.bincount(part, minlength=parts).astype(np.float64)
    return _Profile(pairs.reshape(parts, bands, days), space.reshape(parts, bands), crimes, share)


def _drawn(parts: _Profile, times: FloatArray) -> _Profile:
    """Return maps in which each part stands so many times."""
    pairs = (times @ parts.pairs.reshape(len(parts.pairs), -1)).reshape(len(times), *parts.pairs.shape[1:])
    return _Profile(pairs, times @ parts.space, times @ parts.crimes, parts.share)


def _measured(maps: _Profile, crimes: int) -> Reach:
    bands, days = _corners(maps)
    strength = _strength(maps, bands, days)
    metres, (near, far) = _with_interval(STEP_M * bands.astype(np.float64), STEP_M / 2)
    last, (soon, late) = _with_interval(days.astype(np.float64), 0.5)
    held, (low, high) = _with_interval(strength, 0.0)
    excess = np.maximum(maps.excess[0, : bands[0] + 1, : days[0]].sum(axis=0), 0.0)
    to_come = np.minimum(1.0, excess[::-1].cumsum()[::-1] / max(excess.sum(), _LEAST))
    return Reach(crimes, metres, near, far, last, soon, late, held, low, high, tuple(to_come.tolist()))


def _with_interval(values: FloatArray, half_step: float) -> tuple[float, tuple[float, float]]:
    """Return the first value, of the whole map, and the interval in which those of the maps drawn lie, a bit wider."""
    low, high = np.quantile(values[1:], ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2))
    return float(values[0]), (float(low - half_step), float(high + half_step))


def _corners(maps: _Profile) -> tuple[IntArray, IntArray]:
    """Return for each map the bands, the one place left out, and the days, within which the ratio is higher."""
    observed, chance = (
        part[:, 1:].cumsum(axis=1).cumsum(axis=2) for part in (maps.pairs, maps.space[:, :, None] * maps.share)
    )
    beyond, chance_beyond = observed[:, -1:, -1:] - observed, chance[:, -1:, -1:] - chance
    inner = observed / np.maximum(chance, _LEAST)
    outer = np.maximum(1.0, beyond / np.maximum(chance_beyond, _LEAST))
    # Of n pairs where E are expected, a ratio r is likely by n ln r - r E; what is the same for all splits is left out.
    gain = observed * np.log(np.maximum(inner, _LEAST)) - inner * chance
    gain += beyond * np.log(outer) - outer * chance_beyond
    gain = np.where((inner > outer) & (chance_beyond > _LEAST), gain, -np.inf)
    bands, days = np.unravel_index(gain.reshape(len(gain), -1).argmax(axis=1), gain.shape[1:])
    return bands + 1, days + 1


def _strength(maps: _Profile, bands: IntArray, days: IntArray) -> FloatArray:
    """Return how many others each crime brings on: from the pairs of whole chains, within twice the reach."""
    close = np.arange(maps.pairs.shape[1]) < 2 * bands[:, None] + 1  # the one place too
    soon = np.arange(maps.pairs.shape[2]) < 2 * days[:, None]
    excess = np.einsum("mij,mi,mj->m", maps.excess, close.astype(float), soon.astype(float))
    # Pairs of chains are among those from whom chance is reckoned: what they take up there is given back.
    whole = excess / (1.0 - (maps.share * soon).sum(axis=1))
    inflated = np.maximum(1.0 + 2.0 * whole / maps.crimes, _LEAST)
    return np.asarray(1.0 - inflated**-0.5, dtype=np.float64)
