"""One click signs in as somebody of the demo, in the demo only."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from mentorcert.config import Settings
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.factories import make_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class TestInTheDemo:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, demo=True)

    def test_the_sign_in_page_lists_its_people_and_lets_anybody_be_them(
        self, client: Browser, session: Session
    ) -> None:
        person = make_person(session, "Ruth Adeyemi", "ruth@harbourline.example", roles=(Role.MANAGER,), office="Leeds")
        make_person(session, "Real Person", roles=(Role.MANAGER,))
        page = client.get("/sign-in").text
        assert ("Ruth Adeyemi" in page, "Programme manager" in page, "Leeds" in page) == (True, True, True)
        assert "Real Person" not in page
        response = client.submit("/sign-in", {"person": str(person.uuid)}, to="/demo/sign-in?next=/me")
        assert (response.status_code, response.headers["Location"]) == (303, "/me")
        assert "ruth@harbourline.example" in client.get("/me").text

    def test_nobody_else_can_be_taken(self, client: Browser, session: Session) -> None:
        outsider = make_person(session, email="outsider@notharbourline.example", roles=(Role.MANAGER,))
        for wanted in (str(outsider.uuid), "", "nonsense"):
            assert client.submit("/sign-in", {"person": wanted}, to="/demo/sign-in").status_code == 404


def test_outside_the_demo_there_is_no_such_thing(client: Browser, session: Session) -> None:
    person = make_person(session, "Ruth Adeyemi", "ruth@harbourline.example", roles=(Role.MANAGER,))
    assert "Ruth Adeyemi" not in client.get("/sign-in").text
    assert client.submit("/sign-in", {"person": str(person.uuid)}, to="/demo/sign-in").status_code == 404
