"""The wiring: one commit a request, nothing half-done, errors as pages, no view without a permission."""

from collections.abc import Callable
from html import unescape
from io import BytesIO

import pytest
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert, create_app
from mentorcert.config import Settings
from mentorcert.db import db, writing
from mentorcert.errors import Conflict, Fault, Invalid
from mentorcert.people.models import Office
from mentorcert.permissions import Permission, needs
from mentorcert.web import here
from tests.browsing import Browser
from tests.factories import make_person

View = Callable[[], ResponseReturnValue]


def _serve(app: MentorCert, view: View, permission: Permission | None = Permission.PUBLIC) -> None:
    """Put a view of the test's own at /probe."""
    if permission:
        view = needs(permission)(view)
    app.add_url_rule("/probe", "probe", view)


def _add_office(name: str) -> None:
    writing(here.session())
    here.session().add(Office(name=name))


def _offices(app: MentorCert) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Office.name)))


def test_a_request_commits_once_it_answered(app: MentorCert) -> None:
    def view() -> ResponseReturnValue:
        _add_office("Leeds")
        return "done"

    _serve(app, view)
    assert app.test_client().get("/probe").status_code == 200
    assert _offices(app) == ["Leeds"]


@pytest.mark.parametrize("status", [400, 403, 404, 409, 500])
def test_a_refusal_keeps_nothing(app: MentorCert, status: int) -> None:
    def view() -> ResponseReturnValue:
        _add_office("Leeds")
        here.session().flush()
        return "no", status

    _serve(app, view)
    assert app.test_client().get("/probe").status_code == status
    assert _offices(app) == []


def test_a_commit_that_fails_on_a_constraint_is_a_clear_409(app: MentorCert) -> None:
    def view() -> ResponseReturnValue:
        _add_office("Leeds")
        here.session().add(Office(name="Leeds"))
        return "never sent"

    _serve(app, view)
    answer = app.test_client().get("/probe")
    assert answer.status_code == 409
    assert "Somebody changed this at the same moment." in answer.text
    assert "Go back, load the page again, and repeat what you did." in answer.text
    assert _offices(app) == []


def test_a_problem_says_what_is_so_and_what_to_do(app: MentorCert) -> None:
    def view() -> ResponseReturnValue:
        raise Conflict("The session is closed.", "Correct attendance instead.")

    _serve(app, view)
    answer = app.test_client().get("/probe")
    assert answer.status_code == 409
    assert "<h1>The session is closed.</h1>" in answer.text
    assert "Correct attendance instead." in answer.text


def test_every_fault_is_named_on_the_page_and_in_json(app: MentorCert) -> None:
    def view() -> ResponseReturnValue:
        faults = [Fault("row 2, email", "there is no @.", "Correct it."), Fault("row 3", "<b>no</b> name.")]
        raise Invalid("Two rows can't be imported.", "Correct the file.", faults)

    _serve(app, view)
    page = app.test_client().get("/probe")
    assert page.status_code == 400
    assert "row 3</b> <b>no</b> name." not in page.text
    assert "<b>no</b> name." in unescape(page.text)
    data = app.test_client().get("/probe", headers={"Accept": "application/json"})
    assert data.json == {
        "error": "Two rows can't be imported.",
        "todo": "Correct the file.",
        "faults": ["row 2, email: there is no @. Correct it.", "row 3: <b>no</b> name."],
    }


def test_a_fault_of_ours_is_a_page_that_tells_nothing_inside(app: MentorCert, caplog: pytest.LogCaptureFixture) -> None:
    def view() -> ResponseReturnValue:
        raise ZeroDivisionError("the secret is swordfish")

    _serve(app, view)
    answer = app.test_client().get("/probe")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in answer.text
    assert "swordfish" not in answer.text
    assert "the secret is swordfish" in caplog.text


def test_a_view_without_a_permission_keeps_the_application_from_starting(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(settings)
    _serve(app, lambda: "open to all", permission=None)
    with pytest.raises(RuntimeError, match="views without a permission: probe"):
        app.refuse_unguarded_views()
    with app.app_context():
        db.engine.dispose()


def test_nobody_is_sent_to_sign_in_and_back(app: MentorCert) -> None:
    answer = app.test_client().get("/certificate?page=2")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/certificate?page%3D2"


def test_pages_carry_the_headers_that_protect_them(app: MentorCert) -> None:
    headers = app.test_client().get("/verify").headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_an_installation_keeps_the_address_that_it_began_with(settings: Settings) -> None:
    create_app(settings)
    moved = Settings(
        **{**{name: getattr(settings, name) for name in settings.__slots__}, "iri_base": "https://other.example"}
    )
    with pytest.raises(Invalid, match=r"belongs to https://mentors\.example\.org") as refused:
        create_app(moved)
    assert "Set MENTORCERT_IRI_BASE to that" in refused.value.todo


def test_health_asks_the_database(app: MentorCert) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")


class Unread(BytesIO):
    """A body that nobody may read."""

    def read(self, *_: object) -> bytes:
        raise AssertionError("the body was read")

    readline = readinto = read  # type: ignore[assignment]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_stranger_sends_is_refused_unread(app: MentorCert) -> None:
    answer = app.test_client().post(
        "/people/import", input_stream=Unread(), content_type="multipart/form-data; boundary=x", content_length=10**8
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("address", ["/verify?code=a%00b", "/media/a%00b/c", "/sign-in?a%00b=c"])
def test_nul_in_an_address_is_refused(client: Browser, session: Session, address: str) -> None:
    client.sign_in(make_person(session))
    answer = client.get(address)
    assert (answer.status_code, "can&#39;t be understood" in answer.text) == (400, True)


def test_nul_in_a_form_is_refused_and_nothing_is_kept(client: Browser, session: Session) -> None:
    assert client.submit("/sign-in", {"email": "a\0b@example.org", "password": "x"}).status_code == 400
    person = make_person(session, "Amara Okafor")
    client.sign_in(person)
    assert client.submit("/me", {"name": "A\0b", "zone": "UTC", "theme": ""}).status_code == 400
    session.refresh(person)
    assert person.name == "Amara Okafor"
