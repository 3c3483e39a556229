"""Two coaches who know nothing of each other, and a third who decides where they disagree."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.errors import Conflict
from mentorcert.grading import moderating, queries, queueing, service
from mentorcert.grading.models import Assessment, Moment, Round
from mentorcert.outbox import OutboxRow
from mentorcert.people.models import Person
from mentorcert.people.queries import viewer_of
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from tests.browsing import Browser
from tests.factories import NOW, make_enrolment, make_person
from tests.grading.factories import Bench, coaches, draft, graded_by, release
from tests.grading.factories import take as take_bench
from tests.recordings.factories import hand_in

TWICE = "{graders: 2, threshold: 20}"


def bench_of(session: Session, rules: str = TWICE, count: int = 3, files: Any = None) -> tuple[Recording, list[Person]]:
    """A recording that is graded by these rules, and coaches."""
    cohort = graded_by(session, rules)
    who = coaches(session, cohort, count)
    enrolment = make_enrolment(session, cohort, make_person(session, "Amara Okafor"))
    return hand_in(session, enrolment, files=files), who


def take(session: Session, recording: Recording, coach: Person) -> Assessment:
    return take_bench(session, Bench(coach, recording.enrolment.person, recording.enrolment, recording))


def grade(session: Session, recording: Recording, coach: Person, **said: Any) -> Assessment:
    return release(session, take(session, recording, coach), draft(**said))


def test_two_who_agree_well_enough_are_combined(session: Session) -> None:
    recording, [ade, bo, _] = bench_of(session)
    first, second = take(session, recording, ade), take(session, recording, bo)
    assert (first.round, second.round) == (Round.FIRST, Round.SECOND)
    release(session, second, draft(close="not-yet", heard="You waited.", whole="Well."))
    assert queries.standing(session, recording) is None
    release(session, first, draft(heard="A long silence at 0:01.", whole="Better."))
    outcome = queries.standing(session, recording)
    assert outcome is not None
    assert (outcome.percent, outcome.passed) == (90, True)
    listening, close = outcome.document["criteria"]
    assert (close["level"], close["given"]) == ("not-yet", {"first": "solid", "second": "not-yet"})
    assert (listening["level"], listening["given"]) == ("solid", {"first": "solid", "second": "solid"})
    assert listening["comment"] == "A long silence at 0:01.\n\nYou waited."
    assert outcome.document["comment"] == "Better.\n\nWell."
    assert "The total is the mean of theirs." in outcome.document["says"]
    coach_ids = [each.uuid for each in (ade, bo)]
    assert [each.coach.uuid for each in queries.submitted(session, recording)] == coach_ids


def test_where_they_disagree_a_third_decides_and_all_is_kept(session: Session) -> None:
    recording, [ade, bo, cleo] = bench_of(session)
    grade(session, recording, ade)
    other = take(session, recording, bo)
    writing(session)
    other.moments = [Moment(at=1.0, criterion="listening", note="Cuts in")]
    release(session, other, draft(listening="not-yet", heard="You cut in."))
    assert queries.standing(session, recording) is None
    session.expire_all()
    for coach, rounds in ((ade, []), (bo, []), (cleo, [Round.MODERATION])):
        waiting = queueing.queue(session, viewer_of(coach), now=NOW).waiting
        assert [each.round for each in waiting] == rounds
    with pytest.raises(Conflict, match="You have graded recording 1"):
        take(session, recording, ade)
    session.rollback()
    third = take(session, recording, cleo)
    sides = moderating.sides(session, third)
    assert [(each.letter, each.percent, each.passed) for each in sides.grades] == [("A", 100, True), ("B", 60, False)]
    assert sides.differing == {"listening"}
    assert len(sides.reasons) == 3
    assert [each.note for each in sides.grades[1].moments["listening"]] == ["Cuts in"]
    release(session, third, draft(close="not-yet", heard="You waited, mostly."))
    outcome = queries.standing(session, recording)
    assert outcome is not None
    assert (outcome.percent, outcome.passed) == (80, True)
    assert outcome.document["criteria"][0]["given"] == {"first": "solid", "second": "not-yet", "moderation": "solid"}
    assert outcome.document["criteria"][0]["comment"] == "You waited, mostly."
    assert [each.percent for each in queries.submitted(session, recording)] == [100, 60, 80]


def test_who_does_not_moderate_is_shown_neither_grade(session: Session) -> None:
    recording, [ade, bo, _] = bench_of(session)
    first = grade(session, recording, ade)
    second = take(session, recording, bo)
    assert moderating.sides(session, second) == moderating.sides(session, first) == moderating.Sides()


def test_managers_hear_of_a_disagreement_that_nobody_can_decide(session: Session) -> None:
    recording, [ade, bo] = bench_of(session, count=2)
    manager = make_person(session, "Mona", roles=(Role.MANAGER,))
    grade(session, recording, ade)
    grade(session, recording, bo, listening="not-yet")
    [(row, _grades)] = queueing.for_managers(session, now=NOW)
    assert row.id == recording.id
    [mail] = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail")).all()[-1:]
    assert (mail.payload["to"], mail.payload["template"]) == (manager.email, "grading/mail/waiting")
    coaches(session, recording.enrolment.cohort, 1)
    assert queueing.for_managers(session, now=NOW) == []


def test_every_step_is_an_audit_row(session: Session) -> None:
    recording, [ade, bo, cleo] = bench_of(session)
    grade(session, recording, ade)
    grade(session, recording, bo, listening="not-yet")
    service.give_back(session, take(session, recording, cleo).uuid, who=cleo.uuid, now=NOW)
    grade(session, recording, cleo)
    subjects = ("assessment:", "outcome:", "recording:")
    found = [each.action for each in session.scalars(select(AuditEntry)) if each.subject.startswith(subjects)]
    assert found[-10:] == [
        *("assessment.take", "assessment.submit"),
        *("assessment.take", "assessment.submit", "grade.disagree"),
        *("assessment.take", "assessment.give-back"),
        *("assessment.take", "assessment.submit", "grade.release"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_coach_s_pages_hold_nothing_of_the_other_s_grade_nor_the_trainee_s_name(
    app: MentorCert, client: Browser, session: Session
) -> None:
    files = app.extensions["mentorcert"]["files"]
    recording, [ade, bo, cleo] = bench_of(session, files=files)
    first = take(session, recording, ade)
    second = take(session, recording, bo)
    release(session, first, draft(heard="SECRET WORDS at 0:01", whole="SECRET WHOLE"))
    pages = [
        "/queue",
        *(f"/assessments/{each.uuid}{end}" for each in (first, second) for end in ("", "/grades", "/feedback")),
        *(f"/recordings/{recording.uuid}{end}" for end in ("/feedback", "/captions", "/preview", "/speakers")),
        "/agreement",
        "/calibration",
        "/releases",
        f"/enrolments/{recording.enrolment.uuid}/grade",
        f"/enrolments/{recording.enrolment.uuid}/recording",
    ]
    for coach in (bo, cleo):
        client.sign_in(coach)
        for page in pages:
            said = client.get(page, follow_redirects=True).text
            for word in ("SECRET", "100 of 100", "Amara", "Okafor", ade.name):
                assert word not in said, f"{page} tells {coach.name} of {word}"
    client.sign_in(ade)
    assert client.get("/queue").text.count("100 of 100") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_third_coach_sees_both_beside_the_rubric(app: MentorCert, client: Browser, session: Session) -> None:
    recording, [ade, bo, cleo] = bench_of(session, files=app.extensions["mentorcert"]["files"])
    grade(session, recording, ade, heard="She heard this.")
    grade(session, recording, bo, listening="not-yet", heard="He heard that.")
    client.sign_in(cleo)
    assert "two coaches disagree; you decide" in client.get("/queue").text
    bench = client.submit("/queue", to="/queue/next").location or ""
    for page in (bench, f"{bench}/grades"):
        said = client.get(page).text
        assert all(words in said for words in ("She heard this.", "He heard that.", "Coach A", "Coach B"))
        assert "Their totals are 40 points apart; up to 20 are combined." in said
        assert not any(name in said for name in (ade.name, bo.name, "Amara"))
    client.sign_in(ade)
    assert client.get(f"{bench}/grades").status_code == 403
