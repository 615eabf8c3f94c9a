"""What a proxy before the service says of who asks, and from where: believed from its own address only."""

import ipaddress

from fastapi import Request

from service.web.settings import Proxy, Settings


class NotTrustedError(Exception):
    """Somebody else than the proxy says who asks."""


def vouched_for(request: Request, settings: Settings) -> str:
    """
    Return the account's name that the proxy gives; empty where it gives none.

    Raises
    ------
    NotTrustedError
        If another than the proxy gives one.
    """
    name = "" if settings.proxy is None else request.headers.get(settings.proxy.header, "")
    if name and not _is_the_proxy(request, settings.proxy):
        raise NotTrustedError
    return name


def origin_of(request: Request, settings: Settings) -> str:
    """Return where an asking comes from: what the proxy says last, where it is the proxy that asks."""
    said = request.headers.get("x-forwarded-for", "")
    if said and _is_the_proxy(request, settings.proxy):
        return said.split(",")[-1].strip()
    return "" if request.client is None else request.client.host


def _is_the_proxy(request: Request, proxy: Proxy | None) -> bool:
    if proxy is None or request.client is None:
        return False
    try:
        return ipaddress.ip_address(request.client.host) in proxy.addresses
    except ValueError:
        return False
