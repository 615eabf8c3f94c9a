"""Questions that a problem profile puts to those who know a place: prompts, never assertions, never about a person."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from maps.figures.curves import DAYS

# Words of an offence's name, and what to ask where it is among the commonest.
_BY_OFFENCE: Final = (
    (("burglary",), "How did they get in: which doors, windows or passages, and do the homes share a weakness?"),
    (("vehicle", "bicycle", "cycle"), "Where do vehicles or bicycles stand, and who can see them there?"),
    (("shoplift",), "Which shops report most, what is taken, and how are goods, tills and exits laid out?"),
    (("violence", "assault", "sexual"), "Is it indoors or in the street, and does it follow closing times or queues?"),
    (("robbery", "theft from the person"), "What makes people stop, wait or show a phone here?"),
    (("anti-social", "antisocial", "nuisance", "public order"), "What draws people here, and what else could they do?"),
    (("damage", "arson"), "What is damaged, who owns it, and how soon is it mended?"),
    (("drug", "weapon"), "How much of this follows where officers look, and how much was reported by others?"),
    (("theft",), "What is left unwatched here, by whom and for how long?"),
)  # fmt: skip
_EVERY: Final = "Which three addresses or corners call for service most, and what do they have in common?"
_MOST: Final = 4

PLACE: Final = (
    "Who owns, manages or looks after this place, and what do they stand to gain from a change?",
    "What brings people here, and what lets crime go unseen: light, sight lines, ways in and out?",
)
VICTIM: Final = (
    "Who or what is harmed here, and are they the same again?",
    "Who could look out for them, and what keeps them from doing so?",
)
OFFENDER: Final = (
    "What makes offending here easy, quick or worth it, whoever it is?",
    "Who could discourage it: staff, landlords, schools, families, transport?",
)
TIME: Final = ("What opens, closes, starts or ends at the times when crime is high?",)
RESPONSE: Final = (
    "Could it be made harder: locks, barriers, layout, who may enter?",
    "Could it be made riskier: light, sight, staff, neighbours, visits at the right hour?",
    "Could it pay less: what is on show, marked, or left behind?",
    "Could what provokes it be taken away: queues, crowding, disputes, noise?",
    "Could excuses be removed: clear rules, signs, bins, toilets, ways home?",
)


def about_offences(offences: Iterable[str]) -> tuple[str, ...]:
    """Return questions that fit the commonest crime types, those that any place deserves last."""
    asked = [
        question
        for offence in offences
        for words, question in _BY_OFFENCE
        if any(w in offence.casefold() for w in words)
    ]
    return (*tuple(dict.fromkeys(asked))[:_MOST], _EVERY)


def about_history(history: str, trend: str) -> tuple[str, ...]:
    """Return a question that fits how long the place has been hot and where it is heading."""
    asked = {
        "persistent": "It has been hot in most periods: what has been tried here before, and why did that not last?",
        "emerging": "It is hot of late and was not before: what is new here since?",
        "intermittent": "It is hot now and then: what happens in those periods and not in the others?",
        "former": "It was hot and is less so: what changed, and will that stay?",
    }.get(history, "Is this place hot, or did a few crimes happen to fall together?")
    return (
        asked,
        *(("Recorded crime is rising here: is there more of it, or is more of it told?",) if trend == "rising" else ()),
    )


def peak(week: np.ndarray | None) -> str:
    """Say on which day and about which hour most crime falls, or nothing where it is not known."""
    if week is None:
        return ""
    day, hour = divmod(int(week.argmax()), 24)
    return f"Most crime in any one hour falls on {_LONG[DAYS[day]]} from {hour:02d}:00."


_LONG: Final = dict(
    zip(DAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)
