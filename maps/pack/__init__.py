"""What one run of the working cycle found, in parts: the frozen values that every product is made from."""

from typing import TYPE_CHECKING, Final

from geodata.on_demand import on_demand

if TYPE_CHECKING:
    from maps.pack.change import VERDICTS, Change
    from maps.pack.fairness import Fairness
    from maps.pack.ground import Ground
    from maps.pack.insight import Insight
    from maps.pack.pack import Pack
    from maps.pack.past import DECISIONS, Past
    from maps.pack.public import Contact, Neighbourhood, Public, Tiles
    from maps.pack.standing import Standing
    from maps.pack.suffering import Suffering

_HOMES: Final = {
    "change": ("VERDICTS", "Change"),
    "fairness": ("Fairness",),
    "ground": ("Ground",),
    "insight": ("Insight",),
    "pack": ("Pack",),
    "past": ("DECISIONS", "Past"),
    "public": ("Contact", "Neighbourhood", "Public", "Tiles"),
    "standing": ("Standing",),
    "suffering": ("Suffering",),
}

__all__ = [
    "DECISIONS",
    "VERDICTS",
    "Change",
    "Contact",
    "Fairness",
    "Ground",
    "Insight",
    "Neighbourhood",
    "Pack",
    "Past",
    "Public",
    "Standing",
    "Suffering",
    "Tiles",
]

__getattr__ = on_demand(__name__, _HOMES)
