"""What a patrol asks at its stops: of places and times, never of a person."""

from collections.abc import Iterable
from typing import Final

from maps.tasking.facts import offence_mix

_MOST: Final = 4
# By a word in the crime type: of whom to ask, and what.
_ASK: Final = {
    "burglar": "Households and shops: doors or windows tried lately? Homes standing empty, deliveries left outside?",
    "vehicle": "Drivers: tools or bags left in view? Which streets and car parks feel unsafe, and at what time?",
    "shoplift": "Shops: busiest hours for theft, and which doors? Do they report every theft, and what stops them?",
    "robbery": "Passers-by and staff: where is it dark or hemmed in? When do phones get snatched?",
    "violen": "Licensed premises and taxi ranks: when does trouble begin, and where do people gather afterwards?",
    "bicycle": "Cyclists: are the stands overlooked and lit? Offer to have frames registered and marked.",
    "theft": "Cafés, stations and shops: where do bags and phones go missing, and when?",
    "damage": "Residents and schools: what was damaged, when was it seen whole, and who looks after it?",
    "arson": "Residents: rubbish or empty buildings that could burn? Who should clear them?",
    "social": "Residents and shops: what happens, on which days, and what has helped before?",
    "order": "Licensed premises and shops: when does it get out of hand, and what has helped before?",
    "drug": "Residents and park staff: which corners, stairs or parks are not used any more, and when?",
    "weapon": "Schools, shops and park staff: has anything been found or hidden here, and where?",
}
_ASK_ANYWAY: Final = "Anyone here: what has changed lately, when is it worst, and what would help?"


def prompts(mixes: Iterable[str]) -> tuple[str, ...]:
    """
    Return what to ask, about the crime types that make up most of what happens first.

    Parameters
    ----------
    mixes : of the hot spots visited, as their table has them, "Burglary 40 %, Vehicle crime 22 %"
    """
    shares: dict[str, float] = {}
    for mix in mixes:
        for name, share in offence_mix(mix):
            shares[name] = shares.get(name, 0.0) + share
    ranked = sorted(shares, key=lambda name: (-shares[name], name))
    found = dict.fromkeys(ask for offence in ranked for word, ask in _ASK.items() if word in offence.lower())
    return (*list(found)[: _MOST - 1], _ASK_ANYWAY)
