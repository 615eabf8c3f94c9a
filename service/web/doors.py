"""
Every door of the service, in one table: address, who may come through it, and what is behind it.

Nothing is open that is not here, and nothing here is without a permission.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from service.web import rooms
from service.web.roles import PUBLIC, SIGNED_IN


@dataclass(frozen=True)
class Door:
    """
    One address.

    Parameters
    ----------
    method, path : as asked for
    permission : of `roles.PERMISSIONS`
    handler : what answers, once the door has let somebody in
    """

    method: str
    path: str
    permission: str
    handler: Callable[..., Any]


DOORS: Final = (
    Door("GET", "/", SIGNED_IN, rooms.home),
    Door("GET", "/health", PUBLIC, rooms.health),
    Door("GET", "/assets/{name}", PUBLIC, rooms.asset),
    Door("GET", "/log-in", PUBLIC, rooms.log_in_page),
    Door("POST", "/log-in", PUBLIC, rooms.log_in),
    Door("POST", "/log-out", SIGNED_IN, rooms.log_out),
    Door("GET", "/imports", "import", rooms.imports),
    Door("GET", "/accounts", "administer", rooms.accounts),
    Door("POST", "/accounts", "administer", rooms.open_account),
    Door("POST", "/accounts/{name}/close", "administer", rooms.shut_account),
    Door("GET", "/audit", "audit", rooms.audit_page),
)
