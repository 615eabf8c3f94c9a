"""Why a plan is as it is, in plain words."""

import numpy as np

from allocation._benefit import Benefit
from allocation.problem import Problem
from allocation.rules import TeamRules
from allocation.wording import figure
from geodata.cast import IntArray


def ward_reasons(
    benefit: Benefit, constables: IntArray, csos: IntArray, *, floor: IntArray, rules: TeamRules
) -> list[str]:
    """
    Return a sentence for each ward: what its next officer would be worth, beside the cut-off.

    The cut-off is the least that a post of the role now adds anywhere above the floor. CSOs are spoken of where there
    are any, constables otherwise.
    """
    cso = bool(csos.sum())
    step = np.array([0, 1]) if cso else np.array([1, 0])
    now = benefit.values(constables, csos)
    next_worth = benefit.values(constables + step[0], csos + step[1]) - now
    held = csos if cso else constables
    last_worth = now - benefit.values(np.maximum(constables - step[0], 0), np.maximum(csos - step[1], 0))
    officers = constables + csos
    free = (held > 0) & (officers > floor)
    cut_off = float(last_worth[free].min()) if free.any() else None
    role = "CSO" if cso else "constable"
    return [
        _reason(role, int(officers[w]), int(floor[w]), rules.floor, next_worth[w], cut_off) for w in range(len(now))
    ]


def _reason(role: str, officers: int, floor: int, wanted: int, worth: float, cut_off: float | None) -> str:
    if floor < wanted:
        place = (
            f"The floor of {wanted} was dropped here" if officers < wanted else f"Above the dropped floor of {wanted}"
        )
    elif officers == floor:
        place = f"Held at the floor of {floor}"
    else:
        place = "Above the floor" if floor else "Placed by worth"
    ending = "no post is left above the floors" if cut_off is None else f"the cut-off was {figure(cut_off)}"
    return f"{place}: the next {role} here is worth {figure(worth)} a week, {ending}."


def patrol_rules(problem: Problem) -> tuple[str, ...]:
    """Return the rules P1 to P8, and P10 where it is asked for, in plain words."""
    rules = problem.rules
    way = "in straight lines" if problem.travel.basis == "straight line" else "along the streets"
    far = "a longer one is not made"
    if rules.drive_kmh is not None:
        far = (
            f"a longer one is driven at {rules.drive_kmh:g} km/h over {rules.detour:g} times the straight line, with "
            f"{rules.handover} minutes to get in and out, in no less time than the longest walk"
        )
    shares = ", ".join(f"{100 * share:g} %" for share in rules.decay)
    pairs: tuple[str, ...] = ()
    if rules.pairs_from is not None:
        hours = (f"{minute // 60:02d}:{minute % 60:02d}" for minute in (rules.pairs_from, rules.pairs_until))
        pairs = ("P10 Nobody patrols alone between {} and {}.".format(*hours),)
    return (
        "P1 A unit patrols its own shift from its own base.",
        "P2 A stop lasts as long as the visit that the hot spot asks for.",
        f"P3 A leg of up to {rules.longest_walk:g} metres is walked at {rules.walk_kmh:g} km/h {way}; {far}.",
        f"P4 A unit leaves after a briefing of {rules.briefing} minutes, is back {rules.debrief} minutes before the "
        "end of its shift, and is away for its minutes on patrol at most.",
        f"P5 No hot spot has more visits in a shift than it asks for, nor more than {len(rules.decay)}.",
        f"P6 In one shift, a visit begins at least {rules.gap} minutes after the last one at the same hot spot ended.",
        f"P7 The visits to a hot spot in a shift are worth {shares} of the first.",
        "P8 Metres count what is walked, not what is driven.",
        *pairs,
    )
