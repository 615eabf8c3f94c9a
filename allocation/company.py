"""Lone working: who would patrol alone when nobody may is joined to others (rule P10 of `allocation.problem`)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from allocation.problem import Shift, Unit
from allocation.rules import Rules


@dataclass(frozen=True)
class Company:
    """
    Units of which none is alone when nobody may be.

    Parameters
    ----------
    units : in the order given; joined ones under the name of the first, for the minutes that all of them have
    left_out : names of those for whom there was nobody to walk with
    """

    units: tuple[Unit, ...]
    left_out: tuple[str, ...]


def in_company(units: Iterable[Unit], shifts: Iterable[Shift], rules: Rules) -> Company:
    """
    Return the units with those of one officer joined in twos, in shifts with hours in which nobody patrols alone.

    Only units of one base, shift and role are joined; where their number is odd, the last three walk together.

    Parameters
    ----------
    units : as they would be without the rule
    shifts : of the day's pattern
    rules : `pairs_from` and `pairs_until` say when
    """
    dark = {shift.name for shift in shifts if rules.in_pairs(shift.start, shift.end)}
    alike: dict[tuple[str, str, str], list[Unit]] = {}
    kept: dict[str, Unit] = {}
    order = list(units)
    for unit in order:
        if unit.officers == 1 and unit.shift in dark:
            alike.setdefault((unit.base, unit.shift, unit.role), []).append(unit)
        else:
            kept[unit.name] = unit
    for group in alike.values():
        for first in range(0, len(group) - 1, 2):
            together = group[first:] if len(group) - first == 3 else group[first : first + 2]
            minutes = min(unit.minutes for unit in together)
            kept[together[0].name] = replace(together[0], officers=len(together), minutes=minutes)
            if len(together) == 3:
                break
    alone = tuple(group[0].name for group in alike.values() if len(group) == 1)
    return Company(tuple(kept[unit.name] for unit in order if unit.name in kept), alone)
