"""What the profile says for the public and for base maps, as products take it."""

from maps.pack import Contact, Neighbourhood, Public, Tiles
from service.profile.force import Profile
from service.profile.public import LocalPage


def public(profile: Profile) -> Public:
    """Return what stands on pages for the public."""
    areas = tuple(_neighbourhood(code, page) for code, page in profile.neighbourhoods.items())
    return Public(profile.public.website, profile.public.text, areas)


def tiles(profile: Profile) -> Tiles | None:
    """Return the force's own tile server, None where it names none."""
    server = profile.map
    return None if server.tiles is None else Tiles(server.tiles, server.attribution)


def _neighbourhood(code: str, page: LocalPage) -> Neighbourhood:
    contact = None if page.contact is None else Contact(**page.contact.model_dump())
    return Neighbourhood(code, contact, page.priorities, page.similar)
