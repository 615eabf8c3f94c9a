"""What products ask beyond the plan: what changed, who suffers, the last tasking, where it stands; each where asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from geodata.fitness import Fitness
from maps.pack import Change, Past, Standing, Suffering
from service.analysis import Scene
from service.change import what_changed
from service.deployment import Teams
from service.inputs import Inputs
from service.last_time import look_back
from service.places import Chosen
from service.standing import where_it_stands
from service.suffering import who_suffers

PARTS: Final = ("change", "suffering", "past", "standing")


@dataclass(frozen=True)
class Further:
    """The parts of a pack that products may do without; None where not asked for, or not to be had."""

    change: Change | None = None
    suffering: Suffering | None = None
    past: Past | None = None
    standing: Standing | None = None


def look_further(
    given: Inputs, scene: Scene, chosen: Chosen, *, fitness: Fitness, teams: Teams, parts: Iterable[str] = PARTS
) -> Further:
    """
    Return the parts asked for.

    Parameters
    ----------
    given : what the run works from
    scene : the crimes analysed
    chosen : the hot spots
    fitness : what the data can bear
    teams : who works in which ward
    parts : names among `PARTS`
    """
    makers: dict[str, Callable[[], Any]] = {
        "change": lambda: what_changed(given, scene, chosen),
        "suffering": lambda: who_suffers(given, scene, fitness),
        "past": lambda: None if given.last is None else look_back(given.last, scene, given.wards),
        "standing": lambda: where_it_stands(given, scene, teams),
    }
    return Further(**{name: makers[name]() for name in PARTS if name in set(parts)})
