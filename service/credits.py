"""Whose data the products are made from, in the words that the licences ask for."""

from typing import Final

from service.reading.inputs import Inputs

OPEN_GOVERNMENT: Final = "Contains public sector information licensed under the Open Government Licence v3.0."
NATIONAL_STATISTICS: Final = (
    "Contains OS data © Crown copyright and database right; contains National Statistics data © Crown copyright and "
    "database right."
)
OPEN_STREET_MAP: Final = "Streets © OpenStreetMap contributors, ODbL 1.0."


def credits_of(given: Inputs) -> tuple[str, ...]:
    """Return the attribution that the profile gives, or that the usual open data asks for."""
    streets = (OPEN_STREET_MAP,) if given.streets is not None else ()
    own = given.profile.map
    served = (f"Base map: {own.attribution}",) if own.tiles else ()
    return (*(given.profile.force.credits or (OPEN_GOVERNMENT, NATIONAL_STATISTICS, *streets)), *served)
