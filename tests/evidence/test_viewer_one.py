"""One statement: where it came from, what it is tied to, what it changed, and its bytes."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.evidence.service import Door
from tests.browsing import Browser
from tests.evidence.factories import World
from tests.evidence.viewing import ANN, facts, from_outside, lines, read, send, void
from tests.factories import make_person
from xapi import vocabulary as v


def _whole(ruth: Browser, statement: UUID) -> str:
    answered = ruth.get(f"/statements/{statement}")
    assert answered.status_code == 200
    return answered.text


def _title(html: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]) if found else ""


def _ties(html: str, term: str) -> list[tuple[str, str]]:
    found = re.search(rf"<dt>{term}</dt><dd>(.*?)</dd>", html, re.DOTALL)
    return re.findall(r'href="/statements/([^"]+)"><bdi>(.*?)</bdi>', found[1]) if found else []


def test_what_we_recorded_ourselves_says_what_is_known_from_it(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    told = facts(_whole(ruth, read(session, mine, amara)))
    shown = {term: told[term] for term in ("Sent by", "Received", "Version", "Number", "Enrolment of", "Known from it")}
    assert shown == {
        "Sent by": "MentorCert itself",
        "Received": "Tuesday 24 November 2026, 14:00:00.000 UTC",
        "Version": "xAPI 1.0.3",
        "Number": "1, in the order of storing",
        "Enrolment of": "Amara Okafor",
        "Known from it": "when it was completed, when somebody last heard of it",
    }
    assert told["Effect"] == "Completed it. All about it"


def test_a_statement_of_another_system_names_its_key_and_who_answers_for_it(
    app: MentorCert, ruth: Browser, session: Session
) -> None:
    owner = make_person(session, "Ines Duarte")
    send(app, session, from_outside(), owner=str(owner.uuid))
    [stored] = xapi.every(session)
    [key] = xapi.credentials.every(session)
    told = facts(_whole(ruth, stored.statement.id))
    assert (told["Sent with"], told["Its owner"]) == (f"the key Company LMS , {key.key}", "Ines Duarte")
    assert told["Effect"] == "None: it names no enrolment as its registration, or is about no activity."


def test_an_authority_that_is_no_key_is_named_as_it_names_itself(ruth: Browser, session: Session, world: World) -> None:
    [made] = world.send(from_outside(), key=xapi.Authority({"mbox": "mailto:elsewhere@example.com"}))
    assert facts(_whole(ruth, made))["Sent by"] == "elsewhere@example.com , which is no key of ours"


@pytest.mark.parametrize(
    ("changes", "effect"),
    [
        ({}, "Completed it. All about it"),
        ({"verb": v.PASSED}, "None: its verb completes nothing when another system says it."),
        (
            {"actor": ANN},
            "None: its actor is not known to be the person who is enrolled. "
            "When it is them, say so under People, “In other systems”.",
        ),
        ({"context": {"registration": str(uuid4())}}, "None: its registration is no enrolment of ours."),
    ],
)
def test_what_another_system_says_counts_or_the_page_says_why_not(
    ruth: Browser, world: World, changes: dict[str, Any], effect: str
) -> None:
    [made] = world.send(world.said(**changes))
    assert facts(_whole(ruth, made))["Effect"] == effect


def test_a_lesson_of_ours_that_another_system_does_not_name_has_its_title(ruth: Browser, world: World) -> None:
    made, elsewhere = world.send(world.said(), world.said(about="https://lms.example.com/x"))
    assert [_title(_whole(ruth, each)) for each in (made, elsewhere)] == [
        "Amara Okafor completed The first lesson",
        "Amara Okafor completed https://lms.example.com/x",
    ]


def test_a_void_and_its_target_lead_to_each_other(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    target = read(session, mine, amara)
    made = void(session, mine, amara, target)
    of_target, of_void = _whole(ruth, target), _whole(ruth, made)
    assert _ties(of_target, "Voided by") == [(str(made), "MentorCert took back “Amara Okafor read The first lesson”")]
    assert _ties(of_void, "Refers to") == [(str(target), "Amara Okafor read The first lesson")]
    assert (facts(of_target)["Effect"], facts(of_void)["Effect"]) == (
        "None: it was taken back.",
        f"Takes back statement {target}.",
    )
    assert "Known from it" not in facts(of_target)


def test_whatever_refers_to_a_statement_is_listed_and_what_is_missing_is_said(
    app: MentorCert, ruth: Browser, session: Session
) -> None:
    target, missing = uuid4(), uuid4()
    reference = {"objectType": "StatementRef", "id": str(target)}
    send(
        app,
        session,
        from_outside(id=str(target), context={"statement": {"objectType": "StatementRef", "id": str(missing)}}),
        from_outside(object=reference),
    )
    about = xapi.every(session)[1].statement.id
    html = _whole(ruth, target)
    assert _ties(html, "Referred to by") == [(str(about), "Ann waved at “Ann waved at Safety at work”")]
    assert facts(html)["Refers to"] == f"{missing} is not stored here (yet)"


def test_attachments_are_listed_those_of_a_statement_within_too(
    app: MentorCert, ruth: Browser, session: Session
) -> None:
    def file(name: str) -> dict[str, object]:
        where = f"https://example.com/{name}"
        said = {"usageType": "http://example.com/notes", "display": {"en": name}, "contentType": "text/plain"}
        return {**said, "length": 27, "sha2": "a" * 64, "fileUrl": where}

    inner = {**from_outside(attachments=[file("Inner")]), "objectType": "SubStatement"}
    send(app, session, from_outside(object=inner, attachments=[file("Outer")]))
    [stored] = xapi.every(session)
    html = _whole(ruth, stored.statement.id)
    assert "2 attachments" in html
    assert re.findall(r'<th scope="row"><bdi>(\w+)</bdi>', html) == ["Outer", "Inner"]
    assert "https://example.com/Outer" in html


def test_its_bytes_are_shown_and_can_be_taken(ruth: Browser, session: Session, mine: Door, amara: Enrolment) -> None:
    made = read(session, mine, amara)
    html, [stored] = _whole(ruth, made), xapi.every(session)
    assert html.count("They stand here as escapes") == 0
    assert ruth.get(f"/statements/{made}.json").text == stored.statement.text


def test_its_links_find_it_again_among_its_like(ruth: Browser, session: Session, mine: Door, amara: Enrolment) -> None:
    html = _whole(ruth, read(session, mine, amara))
    links = dict(re.findall(r'<a href="(/statements\?[^"]+)">([^<]+)</a>', html))
    asked = {text: lines(ruth.get(address.replace("&amp;", "&")).text) for address, text in links.items()}
    names = ["All by the same actor", "All with this verb", "All about the same", "All of this registration"]
    own = ["Amara Okafor read The first lesson"]
    assert asked == dict.fromkeys([*names, "What else came in those two minutes", "All about it"], own)


def test_an_id_finds_its_statement_and_one_that_there_is_not_is_a_page(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    made = read(session, mine, amara)
    assert ruth.get(f"/statements?id={made}").location == f"/statements/{made}"
    assert [ruth.get(f"/statements/{uuid4()}{end}").status_code for end in ("", ".json")] == [404, 404]


def test_a_statement_that_many_refer_to_asks_no_more_queries(
    app: MentorCert,
    ruth: Browser,
    session: Session,
    count_queries: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    target = uuid4()
    about = [from_outside(object={"objectType": "StatementRef", "id": str(target)}) for _ in range(50)]
    send(app, session, from_outside(id=str(target)), about[0])
    with count_queries() as few:
        assert len(_ties(_whole(ruth, target), "Referred to by")) == 1
    send(app, session, *about[1:])
    with count_queries() as many:
        assert len(_ties(_whole(ruth, target), "Referred to by")) == 20
    assert (len(many), len(few)) == (len(few), 6)
