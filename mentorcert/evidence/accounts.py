"""The accounts of this installation, as statements name them: its people, its keys, and itself. Pure.

An account has IRI_BASE as its home page. People are named by their UUID, keys by `key:` and theirs, we as `system`.
"""

from typing import Any, Final
from uuid import UUID

import xapi

SYSTEM: Final = "system"
"""The name of our own account."""
KEY: Final = "key:"
"""What stands before the UUID in the name of a key's account."""


def account_key(iri_base: str, name: str) -> str:
    """The canonical agent key of the account with this name; with no name, what all of them begin with."""
    return xapi.agent_key({"account": {"homePage": iri_base, "name": name}})


def system_key(iri_base: str) -> str:
    """The canonical agent key of ourselves, the authority of what we say."""
    return account_key(iri_base, SYSTEM)


def credential_agent(iri_base: str, credential: UUID) -> dict[str, Any]:
    """The agent that is the authority of what is sent with a key."""
    return {"objectType": "Agent", "account": {"homePage": iri_base, "name": f"{KEY}{credential}"}}


def credential_key(iri_base: str, credential: UUID) -> str:
    """The canonical agent key of that authority."""
    return account_key(iri_base, f"{KEY}{credential}")
