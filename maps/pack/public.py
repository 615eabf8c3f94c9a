"""What the force says of itself to the public: who the team is, what it works on, and where more is to be read."""

from dataclasses import dataclass

import pandas as pd

from maps.public.releases import Release


@dataclass(frozen=True)
class Contact:
    """
    A named contact, as the force publishes it; what it does not publish is empty.

    Parameters
    ----------
    name, role : "Sergeant A. Example", "neighbourhood sergeant"
    email, telephone : as published
    """

    name: str
    role: str = ""
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class Neighbourhood:
    """
    What the force publishes of one area.

    Parameters
    ----------
    code : of a ward or neighbourhood among the areas
    contact : the named contact, or None
    priorities : local priorities, each a sentence
    similar : codes of the areas that it is compared with; empty for all others
    """

    code: str
    contact: Contact | None = None
    priorities: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Public:
    """
    What stands on pages for the public.

    Parameters
    ----------
    website : address of the force's own page, or empty
    text : what the force wants said above its figures, or empty
    neighbourhoods : what is published of each area, in the order of the profile; areas with nothing are not there
    recorded : every complete month's crimes, one row an area, crime type and month: code, offence, month ("2024-06"),
        crimes; without crime types that could point at a victim; None if not asked
    published : releases that were published before
    """

    website: str = ""
    text: str = ""
    neighbourhoods: tuple[Neighbourhood, ...] = ()
    recorded: pd.DataFrame | None = None
    published: tuple[Release, ...] = ()


@dataclass(frozen=True)
class Tiles:
    """
    A force's own tile server, used for base maps in place of the street extract.

    Parameters
    ----------
    template : address with {z}, {x} and {y}
    attribution : whose map it is, in words
    """

    template: str
    attribution: str
