"""The pages of cohorts: a new one, who is in it, and importing a list."""

import io
import re
from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.cohorts import queries
from mentorcert.db import db, writing
from mentorcert.outbox import OutboxRow
from mentorcert.people.models import Person
from mentorcert.people.queries import by_email
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import give_role, make_cohort, make_enrolment, make_person, publish_programme

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GOOD = "name,email,office,zone,cohort,role\nMina Sato,mina@example.org,Osaka,Asia/Tokyo,Autumn,trainee\n"


@pytest.fixture
def manager(client: Browser, session: Session) -> Person:
    person = make_person(session, "Ruth Adeyemi", roles=(Role.MANAGER,))
    client.sign_in(person)
    return person


def upload(client: Browser, text: str | bytes) -> tuple[int, str]:
    data = text if isinstance(text, bytes) else text.encode()
    response = client.submit("/people/import", {"roster": (io.BytesIO(data), "roster.csv")})
    return response.status_code, response.text


def checked(page: str) -> str:
    found = re.search(r'name="checked"[^>]* value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.mark.usefixtures("manager")
def test_a_cohort_starts_on_the_newest_version(client: Browser, session: Session) -> None:
    version = publish_programme(session)
    data = {"name": " Autumn  2026 ", "programme": version.hash, "zone": "Africa/Lagos"}
    response = client.submit("/cohorts/new", data)
    session.rollback()
    (cohort,) = queries.cohorts(session)
    assert response.headers["Location"] == f"/cohorts/{cohort.uuid}/people"
    assert (cohort.name, cohort.zone, cohort.version) == ("Autumn 2026", "Africa/Lagos", version)
    again = client.submit("/cohorts/new", data)
    assert (again.status_code, "There is already a cohort called" in again.text) == (400, True)


@sqlite_only
@pytest.mark.usefixtures("manager")
def test_what_can_not_be_a_cohort_is_said_at_each_field(client: Browser, session: Session) -> None:
    publish_programme(session)
    response = client.submit("/cohorts/new", {"name": " ", "programme": "0" * 64, "zone": "Mars"})
    wanted = ("Give the cohort a name.", "A newer version was published.", "Choose a time zone from the list.")
    assert (response.status_code, [text in response.text for text in wanted]) == (400, [True] * 3)


@sqlite_only
@pytest.mark.usefixtures("manager")
def test_without_a_programme_the_page_says_what_to_do(client: Browser) -> None:
    assert "No programme is published yet." in client.get("/cohorts/new").text


@pytest.mark.usefixtures("manager")
def test_people_are_added_by_address_and_invited_when_they_are_new(client: Browser, session: Session) -> None:
    cohort, jonas = make_cohort(session, zone="Asia/Tokyo"), make_person(session, "Jonas Weber")
    page = f"/cohorts/{cohort.uuid}/people"
    assert client.submit(page, {"email": jonas.email, "role": "coach"}).headers["Location"] == page
    unnamed = client.submit(page, {"email": "mina@example.org", "role": "trainee"})
    assert (unnamed.status_code, "We know nobody by this address." in unnamed.text) == (400, True)
    assert client.submit(page, {"email": "mina@example.org", "name": "Mina", "role": "trainee"}).status_code == 303
    session.rollback()
    members = {
        role: [who.name for who in people] for role, people in queries.members(session, cohort).items() if people
    }
    assert members == {Role.TRAINEE: ["Mina"], Role.COACH: ["Jonas Weber"]}
    mina = by_email(session, "mina@example.org")
    assert mina is not None
    assert mina.zone == "Asia/Tokyo"
    assert [row.payload["to"] for row in session.scalars(select(OutboxRow))] == ["mina@example.org"]
    text = client.get(page).text
    assert ("One trainee is enrolled." in text, "A facilitator is missing." in text) == (True, True)


@sqlite_only
@pytest.mark.usefixtures("manager")
def test_only_roles_of_a_cohort_are_given_there(client: Browser, session: Session) -> None:
    cohort, jonas = make_cohort(session), make_person(session, "Jonas Weber")
    page = f"/cohorts/{cohort.uuid}/people"
    assert client.submit(page, {"email": jonas.email, "role": "administrator"}).status_code == 400


def test_leaving_needs_a_reason_and_keeps_what_was_done(client: Browser, session: Session, manager: Person) -> None:
    enrolment = make_enrolment(session)
    cohort, person = enrolment.cohort, enrolment.person
    give_role(session, person, Role.FACILITATOR, cohort)
    page = f"/cohorts/{cohort.uuid}/people/{person.uuid}"
    assert client.submit(f"{page}/trainee/remove", {"reason": " "}).status_code == 400
    assert client.submit(f"{page}/trainee/remove", {"reason": "A new job"}).status_code == 303
    assert client.submit(f"{page}/facilitator/remove", {"reason": "Leave"}).status_code == 303
    session.rollback()
    assert (enrolment.archived_at is not None, any(queries.members(session, cohort).values())) == (True, False)
    entries = session.execute(
        select(AuditEntry.who, AuditEntry.action, AuditEntry.reason).where(AuditEntry.reason != "")
    )
    assert set(entries) == {
        (str(manager.uuid), "enrolment.close", "A new job"),
        (str(manager.uuid), "grant.take", "A new job"),
        (str(manager.uuid), "grant.take", "Leave"),
    }
    for gone in ("trainee", "coach", "manager", "nonsense"):
        assert client.get(f"{page}/{gone}/remove").status_code == 404


@sqlite_only
def test_the_number_of_queries_does_not_grow(client: Browser, app: MentorCert, session: Session) -> None:
    cohort = make_cohort(session)
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    counts = []
    for more in (1, 49):
        for _ in range(more):
            make_enrolment(session, cohort, make_person(session, office="Leeds"))
        with app.app_context(), counted(db.engine) as seen:
            assert client.get(f"/cohorts/{cohort.uuid}/people").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("manager")
def test_a_list_is_checked_then_imported(client: Browser, session: Session) -> None:
    cohort = make_cohort(session, "Autumn")
    status, page = upload(client, GOOD)
    assert (status, "One person is new, and gets an invitation." in page) == (200, True)
    session.rollback()
    assert by_email(session, "mina@example.org") is None
    confirm = {"checked": checked(page)}
    assert client.submit("/people/import", confirm, to="/people/import/confirm").headers["Location"] == "/people"
    session.rollback()
    assert [enrolment.person.name for enrolment in queries.enrolments(session, cohort)] == ["Mina Sato"]
    assert "Everything in this list is so already." in upload(client, GOOD)[1]


@sqlite_only
@pytest.mark.usefixtures("manager")
def test_every_fault_of_a_list_is_on_the_page(client: Browser, session: Session) -> None:
    make_cohort(session, "Autumn")
    status, page = upload(client, "name,email,office,zone,cohort,role\n<b>,x,,,Autumn,boss\n")
    wanted = ("Row 2, email:", "“x” is not an e-mail address.", "Row 2, role:", "Nothing was imported.")
    assert (status, [text in page for text in wanted]) == (400, [True] * 4)
    status, page = upload(client, b"")
    assert (status, "it is empty. Choose the file again." in page) == (400, True)
    response = client.submit("/people/import", {})
    assert (response.status_code, "Choose a file." in response.text) == (400, True)


@sqlite_only
@pytest.mark.usefixtures("manager")
def test_only_the_list_that_was_shown_to_me_is_imported(client: Browser, session: Session) -> None:
    make_cohort(session, "Autumn")
    token = checked(upload(client, GOOD)[1])
    for changed in ("", "nonsense", f"{token[:-3]}abc"):
        response = client.submit("/people/import", {"checked": changed}, to="/people/import/confirm")
        assert (response.status_code, "has to be checked again" in response.text) == (409, True)
    client.sign_in(make_person(session, "Another", roles=(Role.MANAGER,)))
    assert client.submit("/people/import", {"checked": token}, to="/people/import/confirm").status_code == 409


@sqlite_only
@pytest.mark.usefixtures("manager")
def test_a_list_that_no_longer_fits_when_confirmed_is_refused_whole(
    client: Browser, session: Session, now: datetime
) -> None:
    cohort = make_cohort(session, "Autumn")
    token = checked(upload(client, GOOD)[1])
    writing(session)
    cohort.archived_at = now
    session.commit()
    response = client.submit("/people/import", {"checked": token}, to="/people/import/confirm")
    assert (response.status_code, "there is no cohort “Autumn”." in response.text) == (400, True)


@sqlite_only
def test_managing_a_cohort_is_for_managers(client: Browser, session: Session) -> None:
    cohort = make_cohort(session)
    client.sign_in(give_role(session, make_person(session), Role.FACILITATOR, cohort))
    pages = ("/cohorts/new", f"/cohorts/{cohort.uuid}/people", "/people/import")
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    assert client.get(f"/cohorts/{uuid4()}/people").status_code == 404
