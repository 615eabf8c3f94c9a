"""
Every door of the service, in one table: address, who may come through it, and what is behind it.

Nothing is open that is not here, and nothing here is without a permission.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from service.web import answers
from service.web.roles import PUBLIC, SIGNED_IN
from service.web.rooms import (
    accounts,
    audit,
    entrance,
    imports,
    interface,
    my_account,
    sign_on,
)


@dataclass(frozen=True)
class Door:
    """
    One address.

    Parameters
    ----------
    method, path : as asked for
    permission : of `roles.PERMISSIONS`
    handler : what answers, once the door has let somebody in
    answer : what a program is told where a browser sees a page; None where there is no page
    uploads : whether files come through; else a form, which is short
    counted : "export" or "run": how often an account may come through within a while is limited
    """

    method: str
    path: str
    permission: str
    handler: Callable[..., Any]
    answer: type[BaseModel] | None = None
    uploads: bool = False
    counted: str = ""


DOORS: Final = (
    Door("GET", "/", SIGNED_IN, entrance.home, answers.Desk),
    Door("GET", "/health", PUBLIC, entrance.health, answers.Health),
    Door("GET", "/assets/{name}", PUBLIC, entrance.asset),
    Door("GET", "/log-in", PUBLIC, entrance.log_in_page, answers.LogIn),
    Door("POST", "/log-in", PUBLIC, entrance.log_in),
    Door("GET", "/sign-on", PUBLIC, sign_on.begin),
    Door("GET", "/sign-on/back", PUBLIC, sign_on.come_back),
    Door("GET", "/my-account", SIGNED_IN, my_account.my_account, answers.MyAccount),
    Door("POST", "/my-account/password", SIGNED_IN, my_account.change_password),
    Door("POST", "/my-account/end-sessions", SIGNED_IN, my_account.end_others),
    Door("POST", "/log-out", SIGNED_IN, entrance.log_out),
    Door("GET", "/api/openapi.json", SIGNED_IN, interface.openapi),
    Door("GET", "/imports", "import", imports.imports, answers.Imports),
    Door("GET", "/accounts", "administer", accounts.accounts, answers.Accounts),
    Door("POST", "/accounts", "administer", accounts.open_account),
    Door("POST", "/accounts/{name}/password", "administer", accounts.reset_password),
    Door("POST", "/accounts/{name}/end-sessions", "administer", accounts.end_sessions),
    Door("POST", "/accounts/{name}/close", "administer", accounts.shut_account),
    Door("GET", "/audit", "audit", audit.audit_page, answers.Audit),
)
