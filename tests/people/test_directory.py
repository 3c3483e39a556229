"""The list of everybody, and inviting somebody new."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.db import db
from mentorcert.errors import Refused
from mentorcert.outbox import OutboxRow
from mentorcert.people import giving, queries
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.databases import counted
from tests.factories import give_role, make_cohort, make_person

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def names(page: str) -> list[str]:
    return [
        line.split(">")[2].split("<")[0]
        for line in page.splitlines()
        if line.strip().startswith('<tr><th scope="row">')
    ]


def test_the_list_can_be_searched_and_filtered(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, "Ruth Adeyemi", roles=(Role.MANAGER,), office="Leeds"))
    make_person(session, "Jonas Weber", "j.weber@example.org", office="Hamburg")
    make_person(session, "ada 100%", office="Leeds", password=False)
    searches = {
        "": ["ada 100%", "Jonas Weber", "Ruth Adeyemi"],
        "?q=weBer": ["Jonas Weber"],
        "?q=j.weber@": ["Jonas Weber"],
        "?q=0%25": ["ada 100%"],
        "?q=_": [],
        "?office=Leeds": ["ada 100%", "Ruth Adeyemi"],
        "?office=Leeds&q=weber": [],
        "?office=Nowhere": [],
        "?page=2": [],
        "?page=-1": ["ada 100%", "Jonas Weber", "Ruth Adeyemi"],
    }
    assert {search: names(client.get(f"/people{search}").text) for search in searches} == searches
    assert "Three people, one of them still invited." in client.get("/people").text


def test_a_page_holds_a_hundred_and_says_how_to_go_on(session: Session) -> None:
    for number in range(queries.PAGE + 1):
        make_person(session, f"Person {number:03}", password=False)
    first, total = queries.directory(session)
    second, _ = queries.directory(session, page=2)
    assert (len(first), [person.name for person in second], total) == (100, ["Person 100"], 101)


@sqlite_only
def test_the_number_of_queries_does_not_grow(client: Browser, app: MentorCert, session: Session) -> None:
    cohort = make_cohort(session)
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    counts = []
    for more in (1, 49):
        for _ in range(more):
            give_role(session, make_person(session, office="Leeds"), Role.COACH, cohort)
        with app.app_context(), counted(db.engine) as seen:
            assert client.get("/people").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_somebody_new_gets_an_account_roles_and_an_invitation(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, roles=(Role.ADMINISTRATOR,)))
    data = {
        "name": "Mina Sato",
        "email": "Mina@Example.org",
        "office": "Osaka",
        "zone": "Asia/Tokyo",
        "roles": ["manager", "administrator"],
    }
    assert client.submit("/people/new", data).headers["Location"] == "/people"
    session.rollback()
    mina = queries.by_email(session, "mina@example.org")
    assert mina is not None
    assert mina.office is not None
    assert (mina.name, mina.office.name, mina.zone, mina.password_hash) == ("Mina Sato", "Osaka", "Asia/Tokyo", "")
    assert {(grant.role, grant.scope) for grant in mina.grants} == {(Role.MANAGER, "*"), (Role.ADMINISTRATOR, "*")}
    (row,) = session.scalars(select(OutboxRow))
    assert (row.payload["to"], row.payload["template"]) == ("mina@example.org", "people/mail/invitation")


@sqlite_only
def test_an_address_that_is_taken_is_said_at_the_field(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    taken = make_person(session, "Jonas Weber", "jonas@example.org")
    data = {"name": "Somebody", "email": "JONAS@example.org", "office": "New", "zone": "UTC"}
    response = client.submit("/people/new", data)
    assert response.status_code == 400
    assert "has an account already. Look the person up" in response.text
    session.rollback()
    assert (queries.offices(session), taken.name) == ([], "Jonas Weber")


@sqlite_only
def test_a_manager_makes_nobody_an_administrator(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    assert "Administrator" not in client.get("/people/new").text
    data = {"name": "Somebody", "email": "new@example.org", "zone": "UTC", "roles": ["administrator"]}
    assert client.submit("/people/new", data).status_code == 400
    with pytest.raises(Refused):
        giving.check_may_give({Role.MANAGER}, {Role.ADMINISTRATOR})
    assert giving.may_give({Role.TRAINEE}) == frozenset()


def test_an_invitation_can_be_sent_again_until_it_is_accepted(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    waiting, here = make_person(session, password=False), make_person(session)
    assert client.submit("/people", to=f"/people/{waiting.uuid}/invitation").status_code == 303
    assert client.submit("/people", to=f"/people/{here.uuid}/invitation").status_code == 409
    session.rollback()
    assert [row.payload["to"] for row in session.scalars(select(OutboxRow))] == [waiting.email]


def test_a_page_beyond_all_pages_is_empty(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, roles=(Role.MANAGER,)))
    assert client.get(f"/people?page={10**20}").status_code == 200


@sqlite_only
def test_who_only_learns_does_not_see_the_list(client: Browser, session: Session) -> None:
    client.sign_in(make_person(session, roles=(Role.TRAINEE,)))
    assert [client.get(page).status_code for page in ("/people", "/people/new", "/people/import")] == [403, 403, 403]
