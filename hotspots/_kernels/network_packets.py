"""
Packets: what is still under way on a network, kept by how far it still reaches.

A packet stands for events, or parts of them, that arrive by one side of an edge with nearly the same reach z left: it
keeps a reference reach and the moments sum s (z - reference)^j, j = 0, ..., 5, of its shares s. The kernels are
polynomials of degree 5 at most once integrated, so that sums over a packet's members come out exactly from its moments;
only where a kernel ends amid a packet is the end taken to be that of the reference.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit

from geodata.cast import FloatArray, IntArray
from geodata.compiled import inner
from hotspots._kernels.network import Lixels, NumberArray, Profile, farther_than

REACH: Final = 0  # columns of a packet: its reference reach, six moments (of which all but the first count only if
MOMENT: Final = 1  # its members do not all reach as far), and 1 if they do not, 0 if they do
MIXED: Final = 7
COLUMNS: Final = 8  # one cache line
TOTAL: Final = 0  # places kept free to work in
LEAVING: Final = 1
MOVED: Final = 2


class Packets(NamedTuple):
    """Packets in lists, one for each slab of reach, and one of empty places."""

    rows: FloatArray
    side: NumberArray  # by which each arrives
    after: NumberArray  # the next in its list, -1 at the end
    first: NumberArray  # of each slab, and of the empty places at the end
    empty: IntArray  # how many places are empty


@inner
def make_packets(slabs: int) -> Packets:
    """Return room for a few packets in `slabs` slabs of reach."""
    first = np.full(slabs + 1, -1, dtype=np.int32)
    packets = Packets(
        np.empty((0, COLUMNS)), np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32), first, np.zeros(1, np.int64)
    )
    return with_room(packets, 1024)


@inner
def with_room(packets: Packets, wanted: int) -> Packets:
    """Return the packets with at least so many empty places."""
    if packets.empty[0] >= wanted:
        return packets
    old = len(packets.rows)
    size = max(2 * old, old + wanted)
    rows, side, after = np.empty((size, COLUMNS)), np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    for place in range(old):
        side[place], after[place] = packets.side[place], packets.after[place]
        for column in range(COLUMNS):
            rows[place, column] = packets.rows[place, column]
    fresh = max(old, MOVED + 1)
    for place in range(fresh, size):
        after[place] = place + 1
    after[size - 1] = packets.first[-1]
    packets.first[-1] = fresh
    packets.empty[0] += size - fresh
    return Packets(rows, side, after, packets.first, packets.empty)


@njit(cache=True)
def put(packets: Packets, side: int, reach: float, source: int) -> None:
    """Put a packet with the moments of another in the list of the slab to which it still reaches."""
    place = packets.first[-1]
    packets.first[-1] = packets.after[place]
    packets.empty[0] -= 1
    copy(packets.rows, place, source, 1.0)
    packets.rows[place, REACH] = reach
    packets.side[place] = side
    slabs = packets.first.size - 1
    slab = min(int(reach * slabs), slabs - 1)
    packets.after[place] = packets.first[slab]
    packets.first[slab] = place


@njit(cache=True)
def drop(packets: Packets, place: int) -> None:
    """Make a place empty."""
    packets.after[place] = packets.first[-1]
    packets.first[-1] = place
    packets.empty[0] += 1


@njit(cache=True)
def copy(rows: FloatArray, into: int, other: int, share: float) -> None:
    """Make a packet a share of another."""
    rows[into, REACH], rows[into, MIXED] = rows[other, REACH], rows[other, MIXED]
    rows[into, MOMENT] = share * rows[other, MOMENT]
    if rows[other, MIXED] != 0.0:
        for column in range(MOMENT + 1, MIXED):
            rows[into, column] = share * rows[other, column]


@njit(cache=True)
def shift(rows: FloatArray, place: int, apart: float) -> None:
    """Take the moments of a packet about a reference that lies `apart` below its own."""
    if rows[place, MIXED] == 0.0:
        rows[place, MIXED] = 1.0
        for column in range(MOMENT + 1, MIXED):
            rows[place, column] = apart * rows[place, column - 1]
    else:
        # The product of these steps is the binomial shift of the moments: 15 multiplications.
        for lowest in range(MOMENT + 1, MIXED):
            for column in range(MIXED - 1, lowest - 1, -1):
                rows[place, column] += apart * rows[place, column - 1]


@njit(cache=True)
def add(rows: FloatArray, into: int, other: int, share: float) -> None:
    """Add a share of another packet to one, whose reference stays."""
    apart = rows[other, REACH] - rows[into, REACH]
    copy(rows, MOVED, other, share)
    if apart != 0.0:
        shift(rows, MOVED, apart)
    if rows[MOVED, MIXED] != rows[into, MIXED]:
        shift(rows, into if rows[into, MIXED] == 0.0 else MOVED, 0.0)
    for column in range(MOMENT, MIXED if rows[into, MIXED] != 0.0 else MOMENT + 1):
        rows[into, column] += rows[MOVED, column]


@inner
def merge(rows: FloatArray, into: int, other: int) -> None:
    """Add another packet to one, about their common mean: any other reference lets packets grow wide (errors x 100)."""
    apart = rows[other, REACH] - rows[into, REACH]
    whole = abs(rows[into, MOMENT]) + abs(rows[other, MOMENT])
    if apart != 0.0 and whole > 0.0:
        pulled = apart * abs(rows[other, MOMENT]) / whole
        shift(rows, into, -pulled)
        rows[into, REACH] += pulled
    add(rows, into, other, 1.0)


@inner
def lay_packet(
    mass: FloatArray, lixels: Lixels, side: int, length: float, rows: FloatArray, place: int, profile: Profile
) -> None:
    """Lay the mass of a packet that sets out along a side on the lixels of the edge."""
    edge, whole, mixed = side >> 1, rows[place, REACH], rows[place, MIXED] != 0.0
    moments = (rows[place, 1], rows[place, 2], rows[place, 3], rows[place, 4], rows[place, 5], rows[place, 6])
    first, last = lixels.start[edge], lixels.start[edge + 1] - 1
    before = _still(profile, moments, mixed, whole)
    for j in range(last - first + 1):
        if side & 1:
            lixel, bound = last - j, length - lixels.at[last + edge - j]
        else:
            lixel, bound = first + j, lixels.at[first + edge + j + 1]
        after = _still(profile, moments, mixed, whole - bound)
        mass[lixel] += before - after
        if whole <= bound:
            break
        before = after


@inner
def _still(profile: Profile, moments: Profile, mixed: bool, reach: float) -> float:
    """Return the mass of a packet that is still under way `reach` before the end of its reference."""
    still = moments[0] * farther_than(profile, reach)
    if mixed and reach > 0.0:
        # The other terms of the Taylor polynomial about the reference, which has no more than six.
        _, b, c, d, e, f = profile
        slope = b + reach * (2.0 * c + reach * (3.0 * d + reach * (4.0 * e + reach * 5.0 * f)))
        bend = c + reach * (3.0 * d + reach * (6.0 * e + reach * 10.0 * f))
        third = d + reach * (4.0 * e + reach * 10.0 * f)
        still += moments[1] * slope + moments[2] * bend + moments[3] * third
        still += moments[4] * (e + 5.0 * f * reach) + moments[5] * f
    return still
