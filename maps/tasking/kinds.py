"""Types of crime that the map can be narrowed to: the hot spots where each is among those most recorded."""

from dataclasses import dataclass

from maps import words
from maps.pack import Pack
from maps.tasking.facts import offence_mix


@dataclass(frozen=True)
class Kind:
    """
    A type of crime.

    Parameters
    ----------
    name : of the type
    keys : of the hot spots, by rank
    told : how many these are, in a sentence
    """

    name: str
    keys: tuple[str, ...]
    told: str


def kinds(pack: Pack) -> tuple[Kind, ...]:
    """Return the types by how many hot spots have them, then by name; none where all hot spots have the same one."""
    held: dict[str, list[str]] = {}
    spots = pack.hotspots.sort_values("rank", kind="stable")
    for key, mix in zip(spots["hotspot_id"], spots["offence_mix"], strict=True):
        for name, _ in offence_mix(mix):
            held.setdefault(name, []).append(key)
    order = sorted(held, key=lambda name: (-len(held[name]), name))
    found = tuple(Kind(name, tuple(held[name]), _told(len(held[name]), len(spots))) for name in order)
    return found if len(found) > 1 else ()


def _told(here: int, spots: int) -> str:
    return (
        f"{here} of {words.count(spots, 'hot spot')} {'has' if here == 1 else 'have'} it among their most recorded "
        "types. The shades still show all types."
    )
