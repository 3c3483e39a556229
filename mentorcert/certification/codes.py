"""Verification codes: short enough to type from paper, long enough that nobody finds one by trying."""

import secrets
from typing import Final

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without O, I, 0 and 1, which people mix up."""
_GROUP: Final = 4


def new_code() -> str:
    """A random code such as `K7QX-4M2P`: 40 bits."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(2 * _GROUP))
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"


def read_code(typed: str) -> str | None:
    """The code that somebody typed in any case, with or without spaces and dashes; None when it can't be one."""
    letters = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(letters) != 2 * _GROUP or any(letter not in ALPHABET for letter in letters):
        return None
    return f"{letters[:_GROUP]}-{letters[_GROUP:]}"
