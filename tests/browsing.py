"""A test client that does what a browser does with a form: fetches the page, and sends its token along."""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mentorcert.people.models import Person

_TOKEN = re.compile(r'name="csrf(?:-|_)token"[^>]*? (?:content|value)="([^"]+)"')


class Browser(FlaskClient):
    """Flask's test client, able to sign in and to send forms."""

    def sign_in(self, person: Person) -> None:
        """Sign a person in, without the sign-in page."""
        with self.session_transaction() as cookie:
            cookie.clear()
            cookie["_user_id"] = f"{person.uuid}:{person.session_key}"
            cookie["_fresh"] = True

    def submit(self, page: str, data: Mapping[str, Any] | None = None, *, to: str = "") -> TestResponse:
        """Open a page and send a form from it, to its own address or `to`. Files make it multipart."""
        return self.post(to or page, data={**(data or {}), "csrf_token": self.token(page)})

    def token(self, page: str) -> str:
        """Return the token that the page holds. Raises AssertionError when it can't be shown or holds none."""
        response = self.get(page)
        found = _TOKEN.search(response.text)
        assert found, f"{page} ({response.status}) holds no token:\n{response.text[:400]}"
        return found[1]
