"""Passwords: what makes one good enough, and argon2id around it."""

import secrets
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

FEWEST: Final = 12
"""The fewest characters of a password."""
MOST: Final = 200
"""The most: hashing a book would keep others waiting."""

_hasher: Final = PasswordHasher()
_NOBODYS_HASH: Final = _hasher.hash(secrets.token_urlsafe(16))


def fault(password: str, email: str) -> str | None:
    """What is wrong with a new password for the owner of `email`, and what to do; None when it will do."""
    if len(password) < FEWEST:
        return f"This has {len(password)} characters. Use {FEWEST} or more; a few words together are good."
    if len(password) > MOST:
        return f"This has {len(password)} characters. Use {MOST} or fewer."
    if password.strip().lower() == email:
        return "This is your e-mail address. Choose something that others can't know."
    if len(set(password)) < 5:
        return "This repeats the same few characters. Use a few words together."
    return None


def hashed(password: str) -> str:
    """The argon2id hash that is kept of a password. Takes about a tenth of a second on purpose."""
    return _hasher.hash(password)


def fits(known: str, password: str) -> bool:
    """Whether a password is the one whose hash is known. It takes as long for no hash at all as for a good one."""
    try:
        _hasher.verify(known or _NOBODYS_HASH, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(known)
