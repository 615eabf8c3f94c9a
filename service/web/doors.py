"""
Every door of the service, in one table: address, who may come through it, and what is behind it.

Nothing is open that is not here, and nothing here is without a permission.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from service.web.roles import PUBLIC, SIGNED_IN
from service.web.rooms import accounts, audit, entrance, imports


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
    Door("GET", "/", SIGNED_IN, entrance.home),
    Door("GET", "/health", PUBLIC, entrance.health),
    Door("GET", "/assets/{name}", PUBLIC, entrance.asset),
    Door("GET", "/log-in", PUBLIC, entrance.log_in_page),
    Door("POST", "/log-in", PUBLIC, entrance.log_in),
    Door("POST", "/log-out", SIGNED_IN, entrance.log_out),
    Door("GET", "/imports", "import", imports.imports),
    Door("GET", "/accounts", "administer", accounts.accounts),
    Door("POST", "/accounts", "administer", accounts.open_account),
    Door("POST", "/accounts/{name}/close", "administer", accounts.shut_account),
    Door("GET", "/audit", "audit", audit.audit_page),
)
