"""Secrets of other stores, sealed: we must send them, so a hash will not do.

What the database holds is of no use without the installation's secret key (`MENTORCERT_SECRET_KEY`), which is not in
it. Once that key is changed, the secrets have to be entered again.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Unreadable(Exception):
    """A secret that was sealed with another key."""


class Seal:
    """Seals and opens with a key of its own, derived from the installation's."""

    def __init__(self, secret_key: str) -> None:
        derived = HKDF(SHA256(), length=32, salt=None, info=b"mentorcert delivery").derive(secret_key.encode())
        self._fernet = Fernet(urlsafe_b64encode(derived))

    def close(self, secret: str) -> str:
        """Return the secret as it may be stored."""
        return self._fernet.encrypt(secret.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """Return the secret. Raises Unreadable."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise Unreadable from error
