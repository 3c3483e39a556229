"""One appeal with a reason goes to a coach who has not graded it; the better of the two grades stands."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.certification import queries as certification
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, Refused
from mentorcert.grading import appeals, queries, queueing
from mentorcert.grading.models import Appeal, Kind, Outcome, Round
from mentorcert.people.models import Person
from mentorcert.people.queries import viewer_of
from mentorcert.recordings import attempts
from mentorcert.recordings import queries as recordings
from mentorcert.recordings.attempt_models import ExtraAttempt
from mentorcert.recordings.final import Stage
from mentorcert.recordings.models import Recording
from mentorcert.upkeep import clearing
from tests.browsing import Browser
from tests.factories import NOW
from tests.grading.factories import draft, release
from tests.grading.test_moderation import bench_of, grade, take
from tests.grading.test_queue import at_once
from tests.grading.test_release import let_go, manager_of, told
from tests.recordings.factories import DOOR, hand_in
from xapi import vocabulary as v

LATER = NOW + timedelta(hours=1)
LATEST = NOW + timedelta(hours=2)


def appeal(session: Session, recording: Recording, reason: str = "I waited at 0:01.") -> Appeal:
    """Appeal as the trainee, and commit."""
    who = recording.enrolment.person.uuid
    made = appeals.open_appeal(session, recording.uuid, reason, who=who, now=LATER)
    session.commit()
    return made


def failed(session: Session, rules: str = "{graders: 1}", count: int = 2) -> tuple[Recording, list[Person]]:
    """A recording that was graded and not passed, and coaches, the first of whom graded it."""
    recording, who = bench_of(session, rules, count)
    grade(session, recording, who[0], listening="not-yet", heard="You cut in.")
    return recording, who


def stage(session: Session, recording: Recording) -> Stage:
    session.expire_all()
    return recordings.desk(session, recording.enrolment.uuid, DOOR.iri_base).stage


def test_an_appeal_goes_to_a_coach_who_has_not_graded_it(session: Session) -> None:
    recording, [ade, bo] = failed(session)
    assert stage(session, recording) is Stage.SHORT
    appeal(session, recording)
    assert stage(session, recording) is Stage.GRADING
    assert queueing.queue(session, viewer_of(ade), now=LATER).waiting == []
    [waiting] = queueing.queue(session, viewer_of(bo), now=LATER).waiting
    assert (waiting.recording, waiting.round) == (recording, Round.APPEAL)
    with pytest.raises(Conflict, match="A coach has begun to grade"):
        hand_in(session, recording.enrolment, now=LATER)


def test_a_better_grade_replaces_the_first_and_its_statements(session: Session) -> None:
    recording, [_, bo] = failed(session)
    first = queries.standing(session, recording)
    assert first is not None
    made = appeal(session, recording)
    release(session, take(session, recording, bo), draft(close="not-yet", heard="You waited."), now=LATEST)
    session.expire_all()
    now_stands = queries.standing(session, recording)
    assert now_stands is not None
    assert (now_stands.kind, now_stands.percent, now_stands.passed) == (Kind.APPEAL, 80, True)
    assert now_stands.document["appeal"] == {"changed": True, "comment": ""}
    assert (first.replaced_by_id, made.decided_at, made.decided_outcome_id) == (now_stands.id, LATEST, now_stands.id)
    assert [verb for verb, _ in told(session, recording)] == ["submit", "passed", "scored", "scored"]
    voided = {str(each.statement.id) for each in xapi.every(session) if each.voided}
    assert voided == set(first.statement_ids)
    whole = next(each for each in xapi.every(session) if each.statement.id == now_stands.statement_id)
    assert whole.statement.raw["context"]["extensions"][v.APPEAL_EXTENSION] is True
    assert stage(session, recording) is Stage.PASSED
    judged = certification.candidate(session, recording.enrolment, DOOR.iri_base)
    assert "80 of 100; 70 needed" in [each.done for each in judged.verdicts]
    actions = [each.action for each in session.scalars(select(AuditEntry)) if each.action.startswith("appeal.")]
    assert actions == ["appeal.make", "appeal.decide"]


def test_an_appeal_can_t_lower_a_grade(session: Session) -> None:
    recording, [ade, bo] = bench_of(session, "{graders: 1}", 2)
    grade(session, recording, ade, close="not-yet", heard="First words")
    appeal(session, recording)
    release(session, take(session, recording, bo), draft(listening="not-yet", whole="I heard less."), now=LATEST)
    stands = queries.standing(session, recording)
    assert stands is not None
    assert (stands.kind, stands.percent, stands.passed) == (Kind.APPEAL, 80, True)
    assert stands.document["criteria"][0]["comment"] == "First words"
    assert stands.document["appeal"] == {"changed": False, "comment": "I heard less."}
    whole = next(each for each in xapi.every(session) if each.statement.id == stands.statement_id)
    assert whole.statement.raw["context"]["instructor"]["account"]["name"] == str(ade.uuid)
    assert stage(session, recording) is Stage.PASSED


def test_it_is_released_as_the_programme_says(session: Session) -> None:
    recording, [ade, bo] = bench_of(session, "{release: by-manager}", 2)
    manager = manager_of(session)
    grade(session, recording, ade, listening="not-yet")
    let_go(session, recording, manager)
    made = appeals.open_appeal(
        session, recording.uuid, "I waited.", who=recording.enrolment.person.uuid, now=NOW + timedelta(days=2)
    )
    session.commit()
    grade(session, recording, bo)
    assert (made.decided_at, stage(session, recording)) == (None, Stage.GRADING)
    assert let_go(session, recording, manager).percent == 100


@pytest.mark.parametrize(
    ("rules", "later", "why"),
    [
        ("{appeal_days: 0}", timedelta(), "The time to appeal is over"),
        ("{appeal_days: 3}", timedelta(days=3, seconds=1), "The time to appeal is over"),
    ],
)
def test_after_its_time_there_is_none(session: Session, rules: str, later: timedelta, why: str) -> None:
    recording, _ = failed(session, rules)
    outcome, who = queries.standing(session, recording), recording.enrolment.person.uuid
    assert outcome is not None
    assert appeals.standing(session, outcome, now=NOW + later).until is None
    with pytest.raises(Conflict, match=why):
        appeals.open_appeal(session, recording.uuid, "Late.", who=who, now=NOW + later)


def test_there_is_one_and_it_has_a_reason_and_is_the_trainee_s(session: Session) -> None:
    recording, [ade, bo] = failed(session)
    for reason in ("", "  \n", "y" * 2001):
        with pytest.raises(Invalid):
            appeal(session, recording, reason)
    with pytest.raises(Refused, match="Only whose recording it is"):
        appeals.open_appeal(session, recording.uuid, "For her.", who=ade.uuid, now=LATER)
    session.rollback()
    appeal(session, recording)
    with pytest.raises(Conflict, match="There was an appeal"):
        appeal(session, recording)
    session.rollback()
    release(session, take(session, recording, bo), now=LATEST)
    with pytest.raises(Conflict, match="There was an appeal"):
        appeal(session, recording)


def test_none_after_another_recording_was_handed_in(session: Session) -> None:
    recording, _ = failed(session)
    hand_in(session, recording.enrolment, now=LATER)
    with pytest.raises(Conflict, match="You have handed in another recording since"):
        appeal(session, recording)


def test_two_at_the_same_moment_are_one(engine: Engine, session: Session) -> None:
    recording, _ = failed(session)
    uuid, who = recording.uuid, recording.enrolment.person.uuid
    session.rollback()
    outcomes = at_once(engine, [lambda own: bool(appeals.open_appeal(own, uuid, "I waited.", who=who, now=LATER))] * 2)
    assert outcomes == ["There was an appeal against this grade already.", "True"]


def test_consent_that_is_withdrawn_meanwhile_leaves_the_grade_standing(session: Session) -> None:
    recording, _ = failed(session)
    appeal(session, recording)
    writing(session)
    recording.consent_withdrawn_at = LATEST
    session.commit()
    outcome = queries.standing(session, recording)
    assert outcome is not None
    assert appeals.standing(session, outcome, now=LATEST).has_ended
    assert stage(session, recording) is Stage.SHORT
    assert len(session.scalars(select(Outcome)).all()) == 1


def test_of_somebody_who_is_forgotten_no_word_remains(session: Session) -> None:
    recording, [_, bo] = failed(session, "{attempts: 1}")
    enrolment = recording.enrolment
    attempts.grant(session, enrolment.uuid, "SECRET", who=bo.uuid, now=LATER)
    appeal(session, recording, "SECRET")
    release(session, take(session, recording, bo), draft(heard="SECRET", whole="SECRET"), now=LATEST)
    writing(session)
    clearing.erase_work(session, enrolment.person, LATEST)
    session.commit()
    kept = [
        *(each.document for each in session.scalars(select(Outcome))),
        *(each.reason for each in session.scalars(select(Appeal))),
        *(each.reason for each in session.scalars(select(ExtraAttempt))),
        *(mark.comment for each in queries.submitted(session, recording) for mark in each.marks),
    ]
    assert (len(kept), "SECRET" in str(kept), "You cut in" in str(kept)) == (8, False, False)
    assert [each.percent for each in session.scalars(select(Outcome).order_by(Outcome.id))] == [60, 100]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_trainee_appeals_on_the_page_and_the_next_coach_sees_no_grade(
    app: MentorCert, client: Browser, session: Session
) -> None:
    recording, [ade, bo] = bench_of(session, "{graders: 1}", 2, app.extensions["mentorcert"]["files"])
    grade(session, recording, ade, listening="not-yet", heard="You cut in.")
    page = f"/recordings/{recording.uuid}/feedback"
    client.sign_in(recording.enrolment.person)
    assert "You can appeal once, until Tuesday 8 December." in client.get(page).text
    assert client.submit(page, {"reason": " "}, to=f"/recordings/{recording.uuid}/appeal").status_code == 400
    answer = client.submit(page, {"reason": "I waited at 0:01."}, to=f"/recordings/{recording.uuid}/appeal")
    assert (answer.status_code, answer.location) == (303, page)
    assert "A coach who has not graded this recording looks again." in client.get(page).text
    client.sign_in(bo)
    assert "a second look, after an appeal" in client.get("/queue").text
    assert client.get(page).status_code == 403
    bench = client.submit("/queue", to="/queue/next").location or ""
    shown = client.get(bench).text
    assert "I waited at 0:01." in shown
    assert not [word for word in ("You cut in.", "60 of 100", ade.name, "Amara") if word in shown]
    client.sign_in(ade)
    assert client.get(page).status_code == 200
