"""The standard figures of a run, at the size of a wall screen: PNG and SVG of each, and a page that lists them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from maps.pack import Pack
from maps.wall import evidence, places, times
from maps.wall.frame import Still

__all__ = ["STANDARD", "Still", "standard_figures", "write_figures"]

STANDARD: Final[dict[str, Callable[[Pack], Still | None]]] = {
    "hot-spots": places.hot_spots,
    "change": places.change,
    "week": times.week,
    "trend": times.trend,
    "near-repeat": evidence.near_repeat,
    "hit-rate": evidence.hit_rate,
    "concentration": evidence.lorenz,
    "allocation": places.allocation,
    "before-after": times.before_after,
}
"""Every standard figure by name, each None where the run does not bear it."""


def standard_figures(pack: Pack) -> Iterator[Still]:
    """Return the figures that the run bears, in the order of a meeting's questions."""
    return (still for still in (draw(pack) for draw in STANDARD.values()) if still is not None)


def write_figures(pack: Pack, folder: str | Path) -> tuple[Path, ...]:
    """
    Write each figure as `figure-NAME.png`, 1920 by 1080, and `figure-NAME.svg`.

    Parameters
    ----------
    pack : one run's findings
    folder : there already
    """
    held, paths = Path(folder), []
    for still in standard_figures(pack):
        for ending, data in (("png", still.png), ("svg", still.svg)):
            paths.append(held / f"figure-{still.name}.{ending}")
            paths[-1].write_bytes(data)
    return tuple(paths)
