"""The pages of deliveries: what they say of how each stands, what they let people do, and what they refuse."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.delivery.sealing import Seal
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.factories import make_person, publish_programme
from tests.keys.factories import make_key
from tests.xapi.factories import a_statement
from tests.xapi.stores import store
from xapi.delivery import Filter, Target, letters, targets
from xapi.delivery.turns import RARELY
from xapi.tables import target as table

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ENDPOINT = "https://lrs.example.org/xapi"
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def ruth(client: Browser, session: Session) -> Browser:
    """A browser on which an administrator is signed in."""
    client.sign_in(make_person(session, "Ruth Adeyemi", "ruth@example.org", roles=(Role.ADMINISTRATOR,)))
    return client


def wish(**more: Any) -> dict[str, Any]:
    return {
        "name": "Ours",
        "endpoint": ENDPOINT,
        "version": "1.0.3",
        "key": "k",
        "secret": "a secret",
        "skips": "",
        **more,
    }


def make_target(session: Session, now: datetime, name: str = "Ours", **changes: Any) -> UUID:
    writing(session)
    there: dict[str, Any] = {"name": name, "endpoint": ENDPOINT, "version": "1.0.3", "key": "k", "secret": "sealed"}
    made = targets.create(session, **there, history=True, now=now)
    if changes:
        session.execute(update(table).where(table.c.uuid == made.uuid).values(**changes))
    session.commit()
    return made.uuid


def refuse(session: Session, uuid: UUID, now: datetime, *, count: int = 1) -> list[str]:
    """Have a target refuse statements that are stored; gives their ids."""
    stored = store(session, [a_statement() for _ in range(count)], now)
    writing(session)
    for each in stored:
        letters.add(session, one(session, uuid), each.statement.id, status=400, said=HOSTILE, now=now)
    session.commit()
    return [str(each.statement.id) for each in stored]


def one(session: Session, uuid: UUID) -> Target:
    found = targets.one(session, uuid)
    assert found is not None
    return found


def only(session: Session) -> Target:
    session.rollback()
    (found,) = targets.every(session)
    session.rollback()
    return found


def heading(page: TestResponse) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found, page.text
    return " ".join(found[1].split())


def acts(session: Session) -> list[str]:
    session.rollback()
    wanted = AuditEntry.action.startswith("delivery.")
    return list(session.scalars(select(AuditEntry.action).where(wanted).order_by(AuditEntry.id)))


def test_an_lrs_is_added_and_its_secret_is_nowhere_to_be_read(ruth: Browser, session: Session, now: datetime) -> None:
    publish_programme(session)
    store(session, [a_statement(), a_statement()], now)
    verbs = "http://adlnet.gov/expapi/verbs/completed\n\n http://adlnet.gov/expapi/verbs/passed \n"
    answer = ruth.submit("/deliveries/new", wish(programmes=["tiny"], verbs=verbs, version="2.0.0"))
    made = only(session)
    assert (answer.status_code, answer.location) == (303, f"/deliveries/{made.uuid}")
    assert made.filter == Filter(
        ("https://mentors.example.org/activities/tiny",),
        ("http://adlnet.gov/expapi/verbs/completed", "http://adlnet.gov/expapi/verbs/passed"),
    )
    assert (made.name, made.endpoint, made.version, made.key, made.cursor) == ("Ours", ENDPOINT, "2.0.0", "k", 2)
    assert Seal("a secret of thirty-two characters").open(made.secret) == "a secret"
    shown = ruth.get(f"/deliveries/{made.uuid}").text + ruth.get(f"/deliveries/{made.uuid}/change").text
    told = str([entry.after for entry in session.scalars(select(AuditEntry))])
    assert [text for text in (shown, told) if "a secret" in text or made.secret in text] == []
    assert acts(session) == ["delivery.create"]


def test_with_the_history_it_begins_at_the_first_statement(ruth: Browser, session: Session, now: datetime) -> None:
    store(session, a_statement(), now)
    ruth.submit("/deliveries/new", wish(history="y"))
    assert only(session).cursor == 0
    page = ruth.get(f"/deliveries/{only(session).uuid}")
    assert heading(page) == "One statement is on its way to Ours."


@sqlite_only
@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("name", " ", "Give it a name."),
        ("endpoint", "", "Give its endpoint."),
        ("endpoint", "lrs.example.org", "Give an address that starts with https://"),
        ("endpoint", "ftp://lrs.example.org", "Give an address that starts with https://"),
        ("endpoint", "https://", "Give an address that starts with https://"),
        ("endpoint", "https://[::1", "Give an address that starts with https://"),
        ("endpoint", "https://lrs.example.org:99999/", "Give an address that starts with https://"),
        ("endpoint", "https://lrs.exämple.org/", "Give an address that starts with https://"),
        ("endpoint", "https://k:s@lrs.example.org/xapi", "Give the address alone"),
        ("endpoint", "https://lrs.example.org/xapi?a=b", "Give the address alone"),
        ("endpoint", "https://lrs.example.org/a b", "Give the address alone"),
        ("endpoint", "https://lrs.example.org/xapi/statements/", "Leave /statements out: it is added."),
        ("endpoint", "https://mentors.example.org/xapi/", "This is our own address."),
        ("version", "0.95", "Not a valid choice."),
        ("key", "", "Give the key that it made for us."),
        ("secret", "", "Give the secret of that key."),
        ("verbs", "completed", "“completed” is not an IRI."),
        ("programmes", ["elsewhere"], "is not a valid choice"),
        ("skips", "somebody", "Not a valid choice."),
    ],
)
def test_what_is_wrong_is_said(ruth: Browser, session: Session, field: str, value: Any, said: str) -> None:
    page = ruth.submit("/deliveries/new", wish(**{field: value}))
    assert (page.status_code, targets.every(session)) == (400, [])
    assert said.replace("'", "&#39;") in page.text


def test_what_came_with_a_key_is_not_sent_back_to_who_has_it(ruth: Browser, session: Session) -> None:
    key = make_key(session, "Their LMS")
    authority = f"account:https://mentors.example.org|key:{key.uuid}"
    ruth.submit("/deliveries/new", wish(skips=authority))
    assert only(session).filter.skips == authority
    assert "not what Their LMS sent" in ruth.get(f"/deliveries/{only(session).uuid}").text
    assert f'<option selected value="{authority}"' in ruth.get(f"/deliveries/{only(session).uuid}/change").text


def test_how_each_stands_is_said_first(ruth: Browser, session: Session, now: datetime) -> None:
    said = [heading(ruth.get("/deliveries"))]
    uuid = make_target(session, now)
    said += [heading(ruth.get("/deliveries")), heading(ruth.get(f"/deliveries/{uuid}"))]
    store(session, [a_statement(), a_statement()], now - timedelta(minutes=3))
    said += [heading(ruth.get(f"/deliveries/{uuid}"))]
    waiting = {"failures": 3, "error": "It answered 503.", "next_at": now + timedelta(minutes=5), "failed": now}
    for changes in (waiting, {"state": "failing"}, {"state": "paused"}):
        writing(session)
        session.execute(update(table).values(**changes))
        session.commit()
        said += [heading(ruth.get("/deliveries")), heading(ruth.get(f"/deliveries/{uuid}"))]
    assert said == [
        "Statements stay here: no other LRS gets them.",
        "Ours gets its statements.",
        "Ours has everything that it should get.",
        "2 statements are on their way to Ours.",
        "Ours gets nothing for now, and is tried again by itself.",
        "Ours gets nothing for now. It is tried again at 14:05.",
        "Ours takes nothing until you see to it.",
        "Ours takes nothing until you see to it.",
        "Sending to Ours is paused.",
        "Sending to Ours is paused.",
    ]
    page = ruth.get(f"/deliveries/{uuid}").text
    assert "the oldest was stored 3 minutes ago" in page
    assert 'Tuesday 24 November, 14:00</time>: <span class="wrap">It answered 503.' in page


def test_what_is_paused_is_not_said_to_be_sent(ruth: Browser, session: Session, now: datetime) -> None:
    made, said = [make_target(session, now, name) for name in ("Ours", "Theirs", "Third")], []
    for each in made:
        writing(session)
        targets.pause(session, each)
        session.commit()
        said.append(heading(ruth.get("/deliveries")))
    assert said == [
        "Two LRSs get their statements; sending to Ours is paused.",
        "Third gets its statements; sending to two others is paused.",
        "Sending is paused: no other LRS gets statements.",
    ]


def test_a_delivery_can_be_paused_resumed_repeated_changed_and_removed(
    ruth: Browser, session: Session, now: datetime
) -> None:
    store(session, a_statement(), now)
    uuid = make_target(session, now, cursor=1, next_at=now + RARELY, state="failing", secret="sealed before")
    ruth.submit(f"/deliveries/{uuid}/resume", {})
    assert (only(session).state, only(session).next_at) == ("running", now)
    ruth.submit(f"/deliveries/{uuid}/pause", {})
    assert only(session).state == "paused"
    ruth.submit(f"/deliveries/{uuid}/history", {})
    assert (only(session).state, only(session).cursor) == ("running", 0)
    changed = wish(name="Theirs", endpoint=f"{ENDPOINT}/", secret="", version="2.0.0")
    assert ruth.submit(f"/deliveries/{uuid}/change", changed).status_code == 303
    it = only(session)
    assert (it.name, it.endpoint, it.version, it.secret) == ("Theirs", ENDPOINT, "2.0.0", "sealed before")
    elsewhere = wish(endpoint="https://other.example.org/", secret="")
    assert "Enter the secret for the new address" in ruth.submit(f"/deliveries/{uuid}/change", elsewhere).text
    assert ruth.submit(f"/deliveries/{uuid}/change", elsewhere | {"secret": "theirs"}).status_code == 303
    assert only(session).endpoint == "https://other.example.org"
    ruth.submit(f"/deliveries/{uuid}/change", wish(secret="a newer one"))
    assert Seal("a secret of thirty-two characters").open(only(session).secret) == "a newer one"
    assert ruth.submit(f"/deliveries/{uuid}/change", wish(name="")).status_code == 400
    ruth.submit(f"/deliveries/{uuid}/remove", {})
    assert targets.every(session) == []
    kinds = ["resume", "pause", "history", "change", "change", "change", "remove"]
    assert acts(session) == [f"delivery.{each}" for each in kinds]


def test_refused_statements_are_read_sent_again_and_given_up(ruth: Browser, session: Session, now: datetime) -> None:
    uuid = make_target(session, now)
    ids = refuse(session, uuid, now, count=3)
    writing(session)
    session.execute(update(table).values(cursor=3))
    session.commit()
    answered = ruth.get(f"/deliveries/{uuid}")
    assert heading(answered) == "Ours refused 3 statements, and has everything else."
    page = answered.text
    assert "It refused 3 statements." in page
    assert [each for each in ids if f'href="/statements/{each}"' not in page] == []
    assert (HOSTILE in page, "&lt;script&gt;alert(1)&lt;/script&gt;" in page) == (False, True)
    first, second, _ = letters.some(session, one(session, uuid))
    ruth.submit(f"/deliveries/{uuid}/refused/{first.uuid}/retry", {})
    session.rollback()
    assert [each.again for each in letters.some(session, one(session, uuid))] == [True, False, False]
    ruth.submit(f"/deliveries/{uuid}/refused/{second.uuid}/give-up", {})
    session.rollback()
    assert [str(each.statement) for each in letters.some(session, one(session, uuid))] == [ids[0], ids[2]]
    ruth.submit(f"/deliveries/{uuid}/retry", {})
    session.rollback()
    assert [each.again for each in letters.some(session, one(session, uuid))] == [True, True]
    ruth.submit(f"/deliveries/{uuid}/give-up", {})
    session.rollback()
    assert letters.some(session, one(session, uuid)) == []
    given_up = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "delivery.give-up")).all()
    assert [each and each["statements"] for each in given_up] == [[ids[1]], [ids[0], ids[2]]]


def test_what_is_no_longer_there_is_said(ruth: Browser, session: Session, now: datetime) -> None:
    uuid = make_target(session, now)
    assert ruth.get(f"/deliveries/{uuid4()}").status_code == 404
    assert ruth.submit(f"/deliveries/{uuid4()}/pause", {}).status_code == 404
    answers = [ruth.submit(f"/deliveries/{uuid}/refused/{uuid4()}/{what}", {}) for what in ("retry", "give-up")]
    assert [each.status_code for each in answers] == [404, 404]
    assert acts(session) == []


@sqlite_only
def test_a_long_list_of_refused_statements_comes_in_pages(ruth: Browser, session: Session, now: datetime) -> None:
    uuid = make_target(session, now)
    ids = refuse(session, uuid, now, count=letters.PAGE + 1)
    pages = [ruth.get(f"/deliveries/{uuid}?page={each}").text for each in ("1", "2", "-7", "x", "99999999999999999999")]
    assert [sum(f"/statements/{each}" in page for each in ids) for page in pages] == [100, 1, 100, 100, 0]


@sqlite_only
@pytest.mark.parametrize("path", ["/deliveries", "/deliveries/{}"])
def test_the_number_of_queries_does_not_grow(
    ruth: Browser,
    session: Session,
    now: datetime,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
    path: str,
) -> None:
    counts = []
    uuid = uuid4()
    for more in (1, 49):
        for number in range(more):
            uuid = make_target(session, now, f"LRS {number}")
            refuse(session, uuid, now)
        with count_queries() as said:
            assert ruth.get(path.format(uuid)).status_code == 200
        counts.append(len(said))
    assert counts[0] == counts[1]
