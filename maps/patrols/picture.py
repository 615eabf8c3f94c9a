"""One patrol as a still map: the way, numbered stops, the hot spots and the base, for paper."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import shapely

from maps.figures.still import Sheet, frame, text
from maps.figures.still_ground import Atlas
from maps.pack import Pack
from maps.style import CHOSEN, INK, ROUTES
from maps.tasking.facts import Patrol
from maps.words import shortened

_STOP: Final = 27  # radius, tenths of a millimetre
_ARROW: Final = 15
_SHORTEST_LEG: Final = 110  # on paper, that has room for an arrow
_LINE: Final = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'


def patrol_picture(pack: Pack, atlas: Atlas, walk: Patrol, *, width: int, height: int) -> str:
    """
    Return a patrol as an SVG of a size on paper.

    Parameters
    ----------
    pack : one run's findings
    atlas : the ground of the same run
    walk : one of its patrols
    width, height : tenths of a millimetre
    """
    spots = pack.hotspots.set_index("hotspot_id").geometry
    visited = spots.reindex(dict.fromkeys(stop.hotspot for stop in walk.stops))
    sheet = Sheet.around([walk.line, *visited], width=width, height=height)
    marks = _marks(sheet, walk)
    base = sheet.places(np.array([walk.line.coords[0]]))[0].tolist()
    clear = [(x - _half(label), y - _STOP, x + _half(label), y + _STOP) for label, x, y in (*marks, ("", *base))]
    other = sheet.path(spots.drop(visited.index).to_numpy()) if len(spots) > len(visited) else ""
    here = sheet.path(visited.to_numpy())
    parts = (
        atlas.ground(sheet, clear=[*clear, (width - 110, 0, width, 130), (0, height - 80, 480, height)]),
        f'<path d="{other}" fill="none" stroke="#7a8793" stroke-width="3"/>',
        f'<path d="{here}" fill="{CHOSEN}" fill-opacity=".3" stroke="{INK}" stroke-width="6"/>',
        *_way(sheet, walk),
        *_base(walk.base, *base),
        *_numbers(marks, ROUTES[walk.colour]),
    )
    return frame(sheet, "".join(parts))


def _way(sheet: Sheet, walk: Patrol) -> Iterator[str]:
    colour = ROUTES[walk.colour]
    legs = [(stop.leg, stop.driven) for stop in walk.stops] + [(walk.home, walk.driven_back)]
    walked = sheet.path([leg for leg, driven in legs if not driven])
    driven = sheet.path([leg for leg, by_car in legs if by_car]) if any(by_car for _, by_car in legs) else ""
    for path, dash, wide in ((driven, 'stroke-dasharray="1 16"', 7), (walked, "", 9)):
        if path:
            yield f'<path d="{path}" {_LINE} stroke="#fff" stroke-width="{wide + 9}" stroke-opacity=".9"/>'
            yield f'<path d="{path}" {_LINE} stroke="{colour}" stroke-width="{wide}" {dash}/>'
    for leg, by_car in legs:
        if not by_car and leg.length * sheet.per_metre > _SHORTEST_LEG:
            yield _arrow(sheet, leg, colour)


def _arrow(sheet: Sheet, leg: shapely.LineString, colour: str) -> str:
    """Draw which way a leg goes, at its middle."""
    half, ahead = leg.length / 2, 8 / sheet.per_metre
    ends = np.array([leg.interpolate(half - ahead).coords[0], leg.interpolate(half + ahead).coords[0]])
    (x1, y1), (x2, y2) = sheet.places(ends)
    turn = np.degrees(np.arctan2(y2 - y1, x2 - x1))
    return (
        f'<path d="M{_ARROW} 0l-{2 * _ARROW} {_ARROW}v-{2 * _ARROW}z" fill="{colour}" stroke="#fff" stroke-width="4" '
        f'transform="translate({(x1 + x2) / 2:.0f} {(y1 + y2) / 2:.0f}) rotate({turn:.0f})"/>'
    )


def _marks(sheet: Sheet, walk: Patrol) -> list[tuple[str, int, int]]:
    """Return what stands at each place, "1" or "1 5 17", and where: to the side where one would cover another."""
    numbers: dict[str, list[str]] = {}
    ends = {stop.hotspot: stop.leg.coords[-1] for stop in reversed(walk.stops)}
    for stop in walk.stops:
        numbers.setdefault(stop.hotspot, []).append(str(stop.number))
    placed: list[tuple[str, int, int]] = []
    for spot, held in numbers.items():
        x, y = sheet.places(np.array([ends[spot]]))[0].tolist()
        label = " ".join(held)
        while any(abs(x - a) < _half(label) + _half(other) and abs(y - b) < 2 * _STOP for other, a, b in placed):
            x += _STOP
        placed.append((label, x, y))
    return placed


def _half(label: str) -> int:
    """Return half the width of a mark."""
    return _STOP + 8 * (len(label) - 1) if len(label) > 2 else _STOP


def _numbers(marks: list[tuple[str, int, int]], colour: str) -> Iterator[str]:
    for label, x, y in reversed(marks):
        half = _half(label)
        box = f'x="{x - half}" y="{y - _STOP}" width="{2 * half}" height="{2 * _STOP}" rx="{_STOP}"'
        yield f'<rect {box} fill="{colour}" stroke="#fff" stroke-width="6"/>'
        more = 'font-weight="700" dominant-baseline="central"'
        yield text(label, x, y, size=33 if len(label) == 1 else 29, fill="#fff", more=more, halo=0)


def _base(name: str, x: int, y: int) -> Iterator[str]:
    yield f'<path d="M{x - 18} {y - 18}h36v36h-36z" fill="{INK}" stroke="#fff" stroke-width="7"/>'
    yield text(shortened(name, 28), x, y + 52, size=30, more='font-weight="700"', halo=11)
