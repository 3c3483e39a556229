"""Until it is released nobody but coaches and managers knows a grade; from then on it stays as it was delivered."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.errors import Conflict, Refused
from mentorcert.evidence.iris import Iris
from mentorcert.grading import documents, overview, queries, releasing, service
from mentorcert.grading.models import Kind, Outcome
from mentorcert.keys import service as keys
from mentorcert.keys.service import Wish
from mentorcert.outbox import OutboxRow
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings import attempts
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.final import Stage
from mentorcert.recordings.models import Recording
from tests.browsing import Browser
from tests.factories import NOW, make_enrolment, make_person
from tests.grading.factories import draft
from tests.grading.test_moderation import bench_of, grade, take
from tests.grading.test_queue import at_once
from tests.recordings.factories import DOOR, hand_in
from xapi import vocabulary as v

LATER = NOW + timedelta(days=1)
BY_MANAGER = "{release: by-manager}"
SECRET = "SECRETWORDS"


def manager_of(session: Session) -> Person:
    return make_person(session, "Mona Manager", roles=(Role.MANAGER,))


def let_go(session: Session, recording: Recording, manager: Person) -> Outcome:
    """Release a grade, and commit."""
    made = releasing.release(session, DOOR, recording.uuid, who=manager.uuid, now=LATER)
    session.commit()
    return made


def told(session: Session, recording: Recording) -> list[tuple[str, str]]:
    """(verb, object) of the statements of an enrolment that count, in order."""
    ours = [each for each in xapi.every(session) if each.statement.registration == recording.enrolment.uuid]
    return [
        (each.statement.verb.rsplit("/", 1)[-1], each.statement.object_id.removeprefix(DOOR.iri_base))
        for each in ours
        if not each.voided
    ]


def test_a_manager_releases_what_is_decided(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, BY_MANAGER)
    manager = manager_of(session)
    grade(session, recording, coach, close="not-yet")
    assert (queries.standing(session, recording), told(session, recording)[1:]) == (None, [])
    [(waiting, ready)] = overview.overview(session, DOOR.iri_base, now=LATER).ready
    assert (waiting, ready.document["percent"], ready.decided_at) == (recording, 80, NOW)
    made = let_go(session, recording, manager)
    assert (made.document, made.released_at, made.decided_at) == (ready.document, LATER, NOW)
    assert overview.overview(session, DOOR.iri_base, now=LATER).ready == []
    assert told(session, recording)[1:] == [
        ("passed", "/activities/tiny/final"),
        ("scored", "/rubrics/tiny-rubric/listening"),
        ("scored", "/rubrics/tiny-rubric/close"),
    ]
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "grade.release"))
    assert (entry.who, entry.subject) == (str(manager.uuid), f"outcome:{made.uuid}")
    assert recording.keep_until == LATER + timedelta(days=14 + 180)


def test_a_criterion_s_statement_says_the_points_of_its_level(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, "{graders: 1}")
    grade(session, recording, coach, close="not-yet")
    found = {each.statement.object_id: each.statement.raw for each in xapi.every(session)}
    iris = Iris(DOOR.iri_base, "tiny")
    close, listening = (found[iris.criterion("tiny-rubric", each)] for each in ("close", "listening"))
    assert close["result"]["score"] == {"scaled": 0.5, "raw": 1, "min": 0, "max": 2}
    assert close["result"]["extensions"] == {v.CRITERIA_EXTENSION: {"close": "not-yet"}}
    assert ("success" in close["result"], listening["result"]["success"]) == (False, True)
    assert close["context"]["contextActivities"]["parent"][0]["id"] == iris.final
    assert close["context"]["instructor"]["account"]["name"] == str(coach.uuid)


def test_a_grade_is_released_once_whoever_presses_at_the_same_moment(engine: Engine, session: Session) -> None:
    recording, [coach, *_] = bench_of(session, BY_MANAGER)
    managers = [manager_of(session).uuid for _ in range(2)]
    grade(session, recording, coach)
    uuid = recording.uuid
    session.rollback()
    outcomes = at_once(
        engine,
        [
            lambda own, who=each: releasing.release(own, DOOR, uuid, who=who, now=LATER).kind.value  # type: ignore[misc]
            for each in managers
        ],
    )
    assert outcomes == ["Recording 1 was released already.", "grade"]
    assert len(session.scalars(select(Outcome)).all()) == 1


def test_nobody_releases_their_own_and_nothing_undecided(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, BY_MANAGER)
    manager = manager_of(session)
    with pytest.raises(Conflict, match="not decided yet"):
        let_go(session, recording, manager)
    session.rollback()
    grade(session, recording, coach)
    with pytest.raises(Refused, match="your own recording"):
        let_go(session, recording, recording.enrolment.person)


def test_managers_are_told_when_something_waits_and_not_again_for_the_next(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, BY_MANAGER)
    manager = manager_of(session)
    other = hand_in(session, make_enrolment(session, recording.enrolment.cohort))
    grade(session, recording, coach)
    grade(session, other, coach)
    mails = [each.payload for each in session.scalars(select(OutboxRow).where(OutboxRow.job == "mail"))]
    assert [each["template"] for each in mails if each["to"] == manager.email] == ["grading/mail/waiting"]


def test_what_was_delivered_never_changes(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, "{graders: 1}")
    grade(session, recording, coach)
    outcome = queries.standing(session, recording)
    assert outcome is not None
    for name, value in (("percent", 1), ("passed", False), ("document", {}), ("released_at", LATER)):
        writing(session)
        setattr(outcome, name, value)
        with pytest.raises(RuntimeError, match="never changes"):
            session.flush()
        session.rollback()
    writing(session)
    session.delete(outcome)
    with pytest.raises(RuntimeError, match="never changes"):
        session.flush()


def test_attempts_are_counted_and_a_manager_gives_one_more(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, "{attempts: 1}")
    manager, enrolment = manager_of(session), recording.enrolment
    assert attempts.left(session, enrolment) == 1
    grade(session, recording, coach, listening="not-yet")
    desk = recordings.desk(session, enrolment.uuid, DOOR.iri_base)
    assert (desk.stage, desk.attempts_left, desk.may_hand_in) == (Stage.SHORT, 0, False)
    with pytest.raises(Conflict, match="All your attempts are used"):
        hand_in(session, enrolment, now=LATER)
    session.rollback()
    assert overview.used_up(session, DOOR.iri_base) == [enrolment]
    attempts.grant(session, enrolment.uuid, "She was ill.", who=manager.uuid, now=LATER)
    session.commit()
    assert overview.used_up(session, DOOR.iri_base) == []
    with pytest.raises(Conflict, match="has an attempt left"):
        attempts.grant(session, enrolment.uuid, "Again.", who=manager.uuid, now=LATER)
    session.rollback()
    second = hand_in(session, enrolment, now=LATER)
    grade(session, second, coach)
    session.expire_all()
    found = queries.outcomes(session, [enrolment.id])
    assert {(each.recording_id, each.passed) for each in found} == {(recording.id, False), (second.id, True)}
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "attempt.grant"))
    assert (entry.reason, entry.who) == ("She was ill.", str(manager.uuid))


RESOURCES = (
    "statements?limit=500",
    "statements?format=canonical",
    "statements?related_agents=true&agent={agent}",
    "statements?related_activities=true&activity={final}",
    "statements?attachments=true",
    "activities?activityId={final}",
    "activities?activityId={criterion}",
    "agents?agent={agent}",
    "activities/state?activityId={final}&agent={agent}",
    "activities/profile?activityId={final}",
    "agents/profile?agent={agent}",
    "about",
)
"""Everything of the store that can be read."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_key_finds_an_unreleased_grade_in_any_resource_of_the_store(app: MentorCert, session: Session) -> None:
    """At every step of two coaches, a moderation, a release by a manager and an appeal."""
    recording, [ade, bo, cleo] = bench_of(session, "{graders: 2, release: by-manager}")
    manager = manager_of(session)
    secrets = [each.uuid for each in (ade, bo, cleo)]
    scopes = ("statements/read", "statements/read/mine", "all/read", "all", "state", "profile", "define")
    pairs = [_key(session, each, manager) for each in scopes]

    def leaks() -> set[str]:
        return {word for body in _read(app, pairs, recording) for word in words if word in body}

    words = [SECRET, "solid", "not-yet", "passed", "failed", "scored", *(str(each) for each in secrets)]
    steps = _steps(session, recording, (ade, bo, cleo))
    for _ in steps:
        assert leaks() == set()
    let_go(session, recording, manager)
    assert {"solid", "not-yet", "scored", str(cleo.uuid)} <= leaks()
    assert not {SECRET, str(ade.uuid), str(bo.uuid)} & leaks()


def _steps(session: Session, recording: Recording, who: tuple[Person, ...]) -> Iterator[None]:
    said = [{"close": "not-yet"}, {"listening": "not-yet"}, {"close": "not-yet"}]
    for coach, levels in zip(who, said, strict=True):
        found = take(session, recording, coach)
        yield
        service.save_draft(session, found.uuid, draft(heard=SECRET, **levels), who=coach.uuid, now=NOW)  # type: ignore[arg-type]
        session.commit()
        yield
        service.submit(session, DOOR, found.uuid, draft(1, heard=SECRET, **levels), who=coach.uuid, now=NOW)
        session.commit()
        yield


def _key(session: Session, scope: str, manager: Person) -> tuple[str, str]:
    made, secret = keys.make(session, Wish(f"Key for {scope} {uuid4()}", frozenset({scope})), who=manager.uuid, now=NOW)
    session.commit()
    return made.key, secret


def _read(app: MentorCert, pairs: list[tuple[str, str]], recording: Recording) -> Iterator[str]:
    """What every key reads in every resource."""
    iris = Iris(DOOR.iri_base, "tiny")
    person = {"account": {"homePage": DOOR.iri_base, "name": str(recording.enrolment.person.uuid)}}
    values = {
        "agent": quote(json.dumps(person)),
        "final": quote(iris.final, safe=""),
        "criterion": quote(iris.criterion("tiny-rubric", "listening"), safe=""),
    }
    for pair in pairs:
        for resource in RESOURCES:
            answer = app.test_client().get(
                f"/xapi/{resource.format(**values)}", auth=pair, headers={"X-Experience-API-Version": "1.0.3"}
            )
            yield answer.text if answer.status_code == 200 else ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_trainee_sees_nothing_of_it_anywhere_before_it_is_released(
    app: MentorCert, client: Browser, session: Session
) -> None:
    recording, [coach, *_] = bench_of(session, BY_MANAGER, files=app.extensions["mentorcert"]["files"])
    manager = manager_of(session)
    held = take(session, recording, coach)
    service.submit(session, DOOR, held.uuid, draft(close="not-yet", heard=SECRET), who=coach.uuid, now=NOW)
    session.commit()
    client.sign_in(recording.enrolment.person)
    values = {"recording": recording.uuid, "assessment": held.uuid, "enrolment": recording.enrolment.uuid}
    read = 0
    for page in _pages(app, values):
        answer = client.get(page, follow_redirects=True)
        read += answer.status_code == 200
        said = answer.get_data().decode(errors="replace")
        assert not [word for word in (SECRET, "80 of 100", coach.name) if word in said], page
    assert read >= 8
    client.sign_in(manager)
    preview = client.get(f"/recordings/{recording.uuid}/preview").text
    assert all(words in preview for words in (SECRET, "80 of 100; 70 needed", "You passed."))
    page = client.get("/releases").text
    assert "One grade is ready to release." in page
    assert client.submit("/releases", {"recording": str(recording.uuid)}).status_code == 303
    assert "No grade waits for you." in client.get("/releases").text
    client.sign_in(recording.enrolment.person)
    assert SECRET in client.get(f"/recordings/{recording.uuid}/feedback").text


def _pages(app: MentorCert, values: dict[str, UUID]) -> Iterator[str]:
    """Every address that can be made of these ids, or of none."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.arguments <= set(values) and rule.endpoint != "people.sign_out":
                wanted: dict[str, Any] = {name: values[name] for name in rule.arguments}
                yield app.url_for(rule.endpoint, **wanted)


def test_a_document_without_words_keeps_its_levels(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, "{graders: 1}")
    grade(session, recording, coach, heard=SECRET, whole=SECRET)
    outcome = queries.standing(session, recording)
    assert outcome is not None
    assert outcome.kind is Kind.GRADE
    bare = documents.wordless(outcome.document)
    assert SECRET in json.dumps(outcome.document)
    assert (SECRET in json.dumps(bare), documents.levels(bare)) == (False, documents.levels(outcome.document))
