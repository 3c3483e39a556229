"""Taking, drafting, giving back, releasing: on both databases."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.audit import AuditEntry
from mentorcert.catalog import queries as catalog
from mentorcert.catalog import service as publishing
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, Refused
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.grading import queries, queueing, service, taking
from mentorcert.grading.drafts import Draft, draft_of
from mentorcert.grading.models import Assessment
from mentorcert.grading.service import HoldEnded, StaleDraft
from mentorcert.outbox import OutboxRow
from mentorcert.people.queries import viewer_of
from mentorcert.permissions import Role
from mentorcert.recordings import queries as recordings
from tests.catalog.factories import RUBRIC, change, make_programme
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.grading.factories import Bench, draft, make_bench, release, take
from tests.recordings.factories import DOOR, hand_in, memory

LATER = NOW + timedelta(minutes=5)


def waiting(session: Session, bench: Bench) -> list[int]:
    found = queueing.queue(session, viewer_of(bench.coach), now=NOW)
    return [each.recording.number for each in found.waiting]


def statements(session: Session, registration: UUID) -> list[str]:
    """The verbs of what is stored of an enrolment, in order."""
    found = [one.statement for one in xapi.every(session, after=0, limit=100)]
    return [each.verb.rsplit("/", 1)[-1] for each in found if each.registration == registration]


def test_a_recording_that_is_taken_waits_no_more(session: Session) -> None:
    bench = make_bench(session)
    assert waiting(session, bench) == [1]
    found = take(session, bench)
    assert waiting(session, bench) == []
    assert (found.coach, found.taken_at, found.revision) == (bench.coach, NOW, 0)
    assert found.rubric_version == catalog.pinned_rubric(session, bench.cohort.version.hash, "tiny-rubric")
    assert bench.recording.grading_began_at == NOW
    assert take(session, bench, now=LATER) == found


def test_of_two_coaches_one_gets_it(session: Session) -> None:
    bench = make_bench(session)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    take(session, bench)
    with pytest.raises(Conflict, match="Recording 1 was taken by another coach a moment ago"):
        take(session, bench, other)


def test_of_two_at_the_very_same_moment_one_gets_it(engine: Engine, session: Session) -> None:
    bench = make_bench(session)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    recording, coaches = bench.recording.uuid, [bench.coach.uuid, other.uuid]
    session.rollback()
    start, outcomes = Barrier(2), []

    def attempt(who: UUID) -> None:
        with Session(engine) as own:
            start.wait()
            try:
                taking.take(own, recording, who=who, now=NOW)
                own.commit()
                outcomes.append("taken")
            except Conflict as problem:
                outcomes.append(problem.title)

    threads = [Thread(target=attempt, args=(who,)) for who in coaches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["Recording 1 was taken by another coach a moment ago.", "taken"]


def test_nobody_grades_their_own(session: Session) -> None:
    bench = make_bench(session)
    give_role(session, bench.trainee, Role.COACH, bench.cohort)
    session.refresh(bench.trainee)
    assert queueing.queue(session, viewer_of(bench.trainee), now=NOW).waiting == []
    with pytest.raises(Refused, match="You can’t grade your own recording"):
        take(session, bench, bench.trainee)


def test_a_replaced_recording_is_not_taken(session: Session) -> None:
    bench = make_bench(session)
    hand_in(session, bench.enrolment)
    assert waiting(session, bench) == [2]
    with pytest.raises(Conflict, match="Recording 1 was replaced by the trainee"):
        take(session, bench)


def test_the_queue_is_of_one_s_own_cohorts_oldest_first(session: Session) -> None:
    bench = make_bench(session)
    other = make_bench(session, make_cohort(session, version=bench.cohort.version))
    newer = make_enrolment(session, bench.cohort)
    hand_in(session, newer, now=NOW - timedelta(days=1))
    assert (waiting(session, bench), waiting(session, other)) == ([3, 1], [2])
    everywhere = make_person(session, "Everywhere", roles=(Role.COACH,))
    session.refresh(everywhere)
    found = queueing.queue(session, viewer_of(everywhere), now=NOW)
    assert [each.recording.number for each in found.waiting] == [3, 1, 2]


def test_a_draft_is_saved_onto_the_one_it_was_made_from(session: Session) -> None:
    found = take(session, make_bench(session))
    service.save_draft(session, found.uuid, draft(close=""), who=found.coach.uuid, now=LATER)
    session.commit()
    service.save_draft(session, found.uuid, draft(1, whole="Well."), who=found.coach.uuid, now=LATER)
    session.commit()
    assert draft_of(found) == draft(2, whole="Well.")
    assert found.saved_at == LATER


def test_a_stale_draft_overwrites_nothing(session: Session) -> None:
    found = take(session, make_bench(session))
    service.save_draft(session, found.uuid, draft(heard="First tab"), who=found.coach.uuid, now=NOW)
    session.commit()
    stale = draft(0, heard="Second tab")
    for act in (service.save_draft, submit):
        with pytest.raises(StaleDraft) as refused:
            act(session, found.uuid, stale, who=found.coach.uuid, now=LATER)
        assert refused.value.saved == found
        session.rollback()
    assert draft_of(found) == draft(1, heard="First tab")


def submit(session: Session, uuid: UUID, wanted: Draft, *, who: UUID, now: object) -> Assessment:
    return service.submit(session, DOOR, uuid, wanted, who=who, now=NOW)


def test_what_was_saved_twice_is_no_conflict(session: Session) -> None:
    found = take(session, make_bench(session))
    service.save_draft(session, found.uuid, draft(), who=found.coach.uuid, now=NOW)
    session.commit()
    assert release(session, found, draft(0)).submitted_at == NOW


def test_a_draft_with_a_level_that_is_not_there_is_refused(session: Session) -> None:
    found = take(session, make_bench(session))
    with pytest.raises(Invalid) as refused:
        service.save_draft(session, found.uuid, draft(listening="best"), who=found.coach.uuid, now=NOW)
    assert [fault.where for fault in refused.value.faults] == ["listening"]


def test_what_is_given_back_waits_again_and_the_draft_is_there_for_its_writer(session: Session) -> None:
    bench = make_bench(session)
    found = take(session, bench)
    service.save_draft(session, found.uuid, draft(heard="Mine"), who=bench.coach.uuid, now=NOW)
    service.give_back(session, found.uuid, who=bench.coach.uuid, now=LATER)
    session.commit()
    assert waiting(session, bench) == [1]
    with pytest.raises(HoldEnded) as ended:
        service.save_draft(session, found.uuid, draft(1), who=bench.coach.uuid, now=LATER)
    assert ended.value.ended_at == LATER
    session.rollback()
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    theirs = take(session, bench, other)
    assert draft_of(theirs) == Draft()
    service.give_back(session, theirs.uuid, who=other.uuid, now=LATER)
    session.commit()
    assert draft_of(take(session, bench)) == draft(heard="Mine")


def test_nobody_else_writes_on_a_coach_s_bench(session: Session) -> None:
    bench = make_bench(session)
    found = take(session, bench)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    acts: list[Callable[[], object]] = [
        lambda: service.save_draft(session, found.uuid, draft(), who=other.uuid, now=NOW),
        lambda: service.give_back(session, found.uuid, who=other.uuid, now=NOW),
        lambda: service.submit(session, DOOR, found.uuid, draft(), who=other.uuid, now=NOW),
    ]
    for act in acts:
        with pytest.raises(Refused, match="Another coach grades this recording"):
            act()
        session.rollback()


@pytest.mark.parametrize(
    ("listening", "close", "percent", "passed"),
    [("solid", "solid", 100, True), ("solid", "not-yet", 80, True), ("not-yet", "solid", 60, False)],
)
def test_the_arithmetic_of_a_grade(session: Session, listening: str, close: str, percent: int, passed: bool) -> None:
    found = release(session, take(session, make_bench(session)), draft(listening=listening, close=close))
    assert (found.percent, found.passed, found.submitted_at) == (percent, passed, NOW)


def test_a_grade_is_told_audited_and_mailed_without_the_grade(session: Session) -> None:
    bench = make_bench(session)
    found = release(session, take(session, bench), draft(close="not-yet"))
    assert statements(session, bench.enrolment.uuid) == ["submit", "passed", "scored", "scored"]
    final = Iris(DOOR.iri_base, "tiny").final
    standing = evidence.standings(session, bench.enrolment.uuid)[final]
    outcome = queries.standing(session, found.recording)
    assert outcome is not None
    assert (standing.last_success, standing.best_score, standing.last_success_id) == (True, 8000, outcome.statement_id)
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "assessment.submit"))
    levels = {"listening": "solid", "close": "not-yet"}
    assert entry.after == {"round": "first", "percent": 80, "passed": True, "levels": levels}
    [row] = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail"))
    assert row.payload == {
        "template": "grading/mail/released",
        "to": bench.trainee.email,
        "subject": "Your recording is graded",
        "values": {"name": "Amara Okafor", "number": 1, "path": f"/recordings/{bench.recording.uuid}/feedback"},
    }
    assert queries.released(session, bench.enrolment) == outcome


def test_an_unfinished_grade_is_refused_with_everything_that_is_open(session: Session) -> None:
    bench = make_bench(session)
    found = take(session, bench)
    with pytest.raises(Invalid) as refused:
        release(session, found, Draft())
    assert [fault.where for fault in refused.value.faults] == ["listening", "close"]
    session.rollback()
    assert statements(session, bench.enrolment.uuid) == ["submit"]
    assert queries.released(session, bench.enrolment) is None


def test_a_released_grade_never_changes(session: Session) -> None:
    found = release(session, take(session, make_bench(session)))
    for act in (service.save_draft, submit):
        with pytest.raises(HoldEnded, match="does not change any more"):
            act(session, found.uuid, draft(1, close="not-yet"), who=found.coach.uuid, now=LATER)
        session.rollback()
    for row, name in ((found, "percent"), (found.marks[0], "level"), (found, "submitted_at")):
        writing(session)
        setattr(row, name, None)
        with pytest.raises(RuntimeError, match="never changes"):
            session.flush()
        session.rollback()
    writing(session)
    session.delete(found)
    with pytest.raises(RuntimeError, match="never changes"):
        session.flush()


def test_another_rubric_later_changes_no_grade(session: Session, tmp_path: Path) -> None:
    bench = make_bench(session)
    found = take(session, bench)
    before = found.rubric_version.hash
    content, rubrics = make_programme(tmp_path)
    change(tmp_path, RUBRIC, "pass: 70", "pass: 90")
    change(tmp_path, RUBRIC, "anchor: Waits.", "anchor: Waits for ever.")
    writing(session)
    publishing.publish(session, memory(), content, rubrics, LATER, who="test")
    session.commit()
    assert catalog.newest_rubric(session, "tiny-rubric").hash != before
    release(session, found, draft(close="not-yet"))
    assert (found.rubric_version.hash, found.percent, found.passed) == (before, 80, True)
    rubric = queries.rubric_of(session, found)
    assert rubric.criterion("listening").level("solid").anchor == "Waits."
    assert recordings.desk(session, bench.enrolment.uuid, DOOR.iri_base).rubric_hash == before


def test_the_scope_of_an_assessment(session: Session) -> None:
    bench = make_bench(session)
    scope = queries.scope_of_assessment(session, take(session, bench).uuid)
    assert scope is not None
    assert (scope.cohort, scope.owner) == (bench.cohort.uuid, bench.trainee.uuid)
    assert queries.scope_of_assessment(session, bench.cohort.uuid) is None
