"""Who may give which roles to others."""

from collections.abc import Collection
from typing import Final

from mentorcert.errors import Refused
from mentorcert.permissions import Role

MAY_GIVE: Final = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.MANAGER: frozenset(Role) - {Role.ADMINISTRATOR},
}
"""Who may give which roles: nobody makes themselves, or a friend, an administrator."""


def may_give(roles: Collection[Role]) -> frozenset[Role]:
    """The roles that somebody who holds `roles` may give to others."""
    return frozenset[Role]().union(*(MAY_GIVE.get(role, frozenset()) for role in roles))


def check_may_give(givers: Collection[Role], wanted: Collection[Role]) -> None:
    """Raise Refused when somebody who holds the roles `givers` may not give one of those `wanted`."""
    if missing := frozenset(wanted) - may_give(givers):
        names = ", ".join(sorted(missing))
        raise Refused(f"You can't give this role: {names}.", "Ask an administrator to do it.")
