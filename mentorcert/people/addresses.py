"""E-mail addresses: the one form in which we keep and compare them."""

import unicodedata
from typing import Final

from email_validator import EmailNotValidError, validate_email

MOST: Final = 254
"""The longest address that mail can carry."""
DEMO_DOMAIN: Final = "harbourline.example"
"""Whose addresses the demo's people have."""


def normal(text: str) -> str:
    """The form that is kept: without spaces around it, lower case, composed letters."""
    return unicodedata.normalize("NFC", text).strip().lower()


def fault(text: str) -> str | None:
    """What keeps this from being an e-mail address, or None. Nobody is asked whether it exists."""
    try:
        validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        return str(error)
    return None
