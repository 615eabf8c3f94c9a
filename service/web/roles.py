"""Who may do what: the roles, and what each is permitted."""

from typing import Final

PUBLIC: Final = "public"  # what anybody may, without an account
SIGNED_IN: Final = "signed in"  # what every account may

ROLES: Final[dict[str, frozenset[str]]] = {
    "analyst": frozenset({"import", "run", "see map", "queue", "see releases"}),
    "planner": frozenset({"plan", "see map", "queue"}),
    "tasking": frozenset({"see map", "decide"}),
    "patrol": frozenset({"patrol"}),
    "panel": frozenset({"prioritise"}),
    "intelligence": frozenset({"see map", "handle intelligence"}),
    "auditor": frozenset({"audit", "see releases"}),
    "admin": frozenset({"administer", "see releases"}),
}
"""Every role with an account, and its permissions; nobody has all of them."""

PERMISSIONS: Final = frozenset({PUBLIC, SIGNED_IN}).union(*ROLES.values())


def may(role: str | None, permission: str) -> bool:
    """Return whether a role, or somebody without an account (None), has a permission."""
    if permission == PUBLIC:
        return True
    return role in ROLES and (permission == SIGNED_IN or permission in ROLES[role])
