"""The standard figures as documents and slides show them: drawn once, titled, with their words for a screen reader."""

from maps.figures.base import Picture
from maps.pack import Pack
from maps.wall import STANDARD


def drawn(pack: Pack, name: str) -> Picture | None:
    """Return the standard figure of that name as a PNG, or None where the run does not bear it."""
    still = STANDARD[name](pack)
    return None if still is None else Picture(still.title, still.alt, "image/png", still.png)


def first(pack: Pack, *names: str) -> Picture | None:
    """Return the first of the named figures that the run bears."""
    return next((picture for picture in (drawn(pack, name) for name in names) if picture is not None), None)
