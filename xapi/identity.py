"""Who is who: one canonical key for each agent, group and activity."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
"""The inverse functional identifiers: a valid agent has exactly one of them."""

INDEXED: Final = 500
"""How many characters of a key an index takes; PostgreSQL refuses index rows above some 2,700 bytes."""
_DIGESTED: Final = "sha256:"


def agent_key(agent: Mapping[str, Any]) -> str:
    """Return the one canonical key of a valid agent or group; two are the same exactly if their keys are.

    `mbox:mailto:…`, `sha1:…` in lower case, `openid:…`, `account:<homePage>|<name>` with `%`, `|` and control
    characters in either part percent-escaped. A group without an identifier is known by its members alone.
    """
    if "mbox" in agent:
        return f"mbox:{agent['mbox']}"
    if "mbox_sha1sum" in agent:
        return f"sha1:{agent['mbox_sha1sum'].lower()}"
    if "openid" in agent:
        return f"openid:{agent['openid']}"
    if "account" in agent:
        account = agent["account"]
        return f"account:{_escaped(account['homePage'])}|{_escaped(account['name'])}"
    keys = "\n".join(sorted({agent_key(member) for member in agent.get("member", ())}))
    return f"anonymous:{hashlib.sha256(keys.encode()).hexdigest()}"


def is_group(agent: Mapping[str, Any]) -> bool:
    """Whether this is a group, identified or not."""
    return agent.get("objectType") == "Group"


def keys_of(agent: Mapping[str, Any]) -> Iterator[str]:
    """Give the key of an agent or group and the keys of a group's members: whoever a search for one of them finds."""
    yield agent_key(agent)
    for member in agent.get("member", ()):
        yield agent_key(member)


def indexed(key: str) -> str:
    """Return the key as the search columns hold it: itself, or a digest when it is too long for an index.

    What looks like such a digest is digested too: nobody can name theirs after somebody else's.
    """
    if len(key) <= INDEXED and not key.startswith(_DIGESTED):
        return key
    return f"{_DIGESTED}{hashlib.sha256(key.encode()).hexdigest()}"


def _escaped(part: str) -> str:
    if part.isprintable() and "%" not in part and "|" not in part:
        return part
    return "".join(f"%{ord(each):02X}" if each in "%|" or ord(each) < 32 or ord(each) == 127 else each for each in part)
