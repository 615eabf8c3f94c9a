"""What one run of the working cycle found, in parts: the frozen values that every product is made from."""

from maps.pack.change import VERDICTS, Change
from maps.pack.fairness import Fairness
from maps.pack.ground import Ground
from maps.pack.insight import Insight
from maps.pack.pack import Pack
from maps.pack.past import DECISIONS, Past
from maps.pack.public import Contact, Neighbourhood, Public, Tiles
from maps.pack.standing import Standing
from maps.pack.suffering import Suffering

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
