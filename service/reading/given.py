"""The events or the recorded crime that a run is given."""

import os

from geodata.crimes import CrimeRead, read_crimes
from service.profile.force import Profile
from service.reading.events import Events, read_events
from service.reading.inputs import KEY_VARIABLE


def pseudonym_key() -> bytes | None:
    """Return the key under which victims are hashed, from the environment; None where there is none."""
    key = os.environ.get(KEY_VARIABLE)
    return key.encode() if key else None


def read_given(events: Events | None, crimes: tuple[str, ...], profile: Profile) -> CrimeRead:
    """
    Return the events where these are given, else recorded crime as the profile says that it is read.

    Raises
    ------
    InputError, NotFoundError
        If a file is not there or breaks a rule.
    """
    if events is not None:
        return read_events(events)
    given = profile.crimes
    return read_crimes(
        crimes, crs=profile.analysis.crs, record_key=given.record_key, mapping=given.extract, key=pseudonym_key()
    )
