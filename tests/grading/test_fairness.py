"""Nobody learns a grade by a side door, changes one that is submitted, or decides on what is their own."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.coaching import queries as coaching
from mentorcert.coaching import service as coachings
from mentorcert.errors import Conflict, NotFound, Refused
from mentorcert.grading import (
    calibration,
    calibration_service,
    moments,
    overview,
    queries,
    queueing,
    releasing,
    service,
)
from mentorcert.grading.feedback import Evidence
from mentorcert.grading.models import Assessment, Round
from mentorcert.people.queries import viewer_of
from mentorcert.permissions import Role
from mentorcert.recordings import attempts, consent
from tests.browsing import Browser
from tests.factories import NOW, give_role
from tests.grading.exemplars import agreed, version_of
from tests.grading.factories import draft, make_bench, release
from tests.grading.factories import take as take_bench
from tests.grading.test_appeal import LATER, LATEST, appeal, failed
from tests.grading.test_moderation import bench_of, grade, take
from tests.grading.test_release import BY_MANAGER, let_go, manager_of
from tests.recordings.factories import DOOR, hand_in, wish

SOON = NOW + timedelta(minutes=1)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_moment_that_waits_while_the_grade_is_submitted_comes_too_late(engine: Engine, session: Session) -> None:
    """Only PostgreSQL lets it begin at all: on SQLite whoever writes is alone."""
    found = take_bench(session, make_bench(session))
    uuid, who, waits, said = found.uuid, found.coach.uuid, Event(), []
    session.rollback()
    service.submit(session, DOOR, uuid, draft(), who=who, now=NOW)

    def mark() -> None:
        with Session(engine) as own:
            shown = queries.assessment(own, uuid)  # as a view has it, from before it began to write
            try:
                moments.put(own, uuid, [Evidence(1.0, "listening", "Too late")], who=who, now=SOON)
                own.commit()
            except Conflict as problem:
                said.append(f"{shown.recording.number}: {problem.title}")

    def asks(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if "FOR UPDATE" in statement:
            waits.set()

    event.listen(engine, "before_cursor_execute", asks)
    thread = Thread(target=mark)
    thread.start()
    assert waits.wait(20)
    session.commit()
    thread.join()
    assert said == ["1: This grade was submitted; it does not change any more."]
    [kept] = session.scalars(select(Assessment))
    assert (kept.moments, kept.saved_at) == ([], NOW)


def test_what_was_decided_is_not_released_once_consent_is_withdrawn(session: Session) -> None:
    recording, [coach, *_] = bench_of(session, BY_MANAGER)
    manager = manager_of(session)
    grade(session, recording, coach)
    consent.withdraw(session, recording.uuid, ["grading"], who=consent.MENTEE, now=NOW)
    session.commit()
    assert overview.overview(session, DOOR.iri_base, now=LATER).ready == []
    with pytest.raises(Conflict, match="The consent to recording 1 was withdrawn"):
        let_go(session, recording, manager)
    session.rollback()
    assert (releasing.ready(session, recording), queries.standing(session, recording)) == (None, None)


def test_who_has_seen_both_grades_decides_on_no_appeal(session: Session) -> None:
    """Also when they gave the moderation back: then another coach decided, but they know what was given."""
    recording, [ade, bo, cleo, dan] = bench_of(session, count=4)
    grade(session, recording, ade, listening="not-yet")
    grade(session, recording, bo)
    service.give_back(session, take(session, recording, cleo).uuid, who=cleo.uuid, now=NOW)
    session.commit()
    again = take(session, recording, cleo)
    assert again.round is Round.MODERATION
    service.give_back(session, again.uuid, who=cleo.uuid, now=NOW)
    session.commit()
    grade(session, recording, dan, listening="not-yet")
    appeal(session, recording)
    assert queueing.queue(session, viewer_of(cleo), now=LATER).waiting == []
    with pytest.raises(Refused, match="You have seen how recording 1 was graded"):
        take(session, recording, cleo)
    session.rollback()
    [stuck] = overview.overview(session, DOOR.iri_base, now=LATER).stuck
    assert (stuck.recording, stuck.is_appealed) == (recording, True)


def test_who_may_decide_an_appeal_is_not_shown_what_the_trainee_is_weak_in(session: Session) -> None:
    recording, [ade, bo] = failed(session)
    cohort, trainee = recording.enrolment.cohort, recording.enrolment
    assert [each.criterion for each in coaching.cohort_areas(session, cohort, bo.uuid).areas] == ["listening"]
    appeal(session, recording)
    session.expire_all()
    for who, areas in ((bo, []), (ade, ["listening"]), (manager_of(session), ["listening"])):
        assert [each.criterion for each in coaching.cohort_areas(session, cohort, who.uuid).areas] == areas
    with pytest.raises(NotFound, match="Nobody is below the line in this"):
        coachings.arrange(session, cohort.uuid, "listening", [trainee.uuid], ade.uuid, note="", who=bo.uuid, now=LATER)
    session.rollback()
    release(session, take(session, recording, bo), draft(listening="not-yet"), now=LATEST)
    assert [each.criterion for each in coaching.cohort_areas(session, cohort, bo.uuid).areas] == ["listening"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_page_tells_a_coach_of_a_grade_on_whose_appeal_they_may_decide(
    app: MentorCert, client: Browser, session: Session
) -> None:
    """Neither the plan, nor the weak areas of the cohort, nor the page of another recording of the same trainee."""
    files = app.extensions["mentorcert"]["files"]
    first, [ade, bo] = bench_of(session, "{graders: 1}", 2, files)
    grade(session, first, ade, listening="not-yet", close="not-yet")
    second = hand_in(session, first.enrolment, files=files, now=LATER)
    found = take(session, second, ade)
    release(session, found, draft(listening="not-yet"), now=LATER)
    appeal(session, second)
    enrolment, cohort = first.enrolment.uuid, first.enrolment.cohort.uuid
    plan, areas = f"/enrolments/{enrolment}/plan", f"/cohorts/{cohort}/coaching"
    other = f"/recordings/{first.uuid}/feedback"
    client.sign_in(bo)
    assert client.get(plan).status_code == 403
    assert "No recording of this cohort is graded yet." in client.get(areas).text
    shown = client.get(other)
    assert (shown.status_code, "60 of 100" in shown.text) == (200, False)
    client.sign_in(ade)
    assert all(words in client.get(page).text for page, words in ((plan, "Listening"), (areas, "Amara Okafor")))
    assert "60 of 100, not passed" in client.get(other).text
    consent.withdraw(session, second.uuid, ["grading"], who=consent.MENTEE, now=LATEST)
    session.commit()
    client.sign_in(bo)
    answers = [client.get(page).status_code for page in (plan, f"/recordings/{second.uuid}/feedback")]
    assert answers == [200, 200]  # nobody decides on it any more


def test_nobody_gives_themselves_another_attempt(session: Session) -> None:
    recording, _ = failed(session, "{attempts: 1}")
    mine = recording.enrolment
    give_role(session, mine.person, Role.MANAGER)
    with pytest.raises(Refused, match="your own attempts"):
        attempts.grant(session, mine.uuid, "I want one.", who=mine.person.uuid, now=LATER)
    session.rollback()
    assert attempts.left(session, mine) == 0


def test_nobody_calibrates_with_what_is_on_their_bench(session: Session) -> None:
    """Else they would read the panel's levels, and then submit their own."""
    bench = make_bench(session)
    recording = hand_in(session, bench.enrolment, wish(uses=["grading", "calibration"]), now=NOW)
    version = version_of(session, bench.cohort).hash
    manager = manager_of(session)
    calibration_service.keep_exemplar(session, recording.uuid, agreed(session, bench.cohort), who=manager.uuid, now=NOW)
    session.commit()
    [exemplar] = calibration.exemplars_for(session, bench.coach.uuid, version)
    held = take(session, recording, bench.coach)
    assert calibration.exemplars_for(session, bench.coach.uuid, version) == []
    service.give_back(session, held.uuid, who=bench.coach.uuid, now=NOW)
    session.commit()
    assert calibration.exemplars_for(session, bench.coach.uuid, version) == [exemplar]
