"""Calibration: who may grade, what is hidden until one has submitted, and what ends an exemplar."""

import threading
from datetime import timedelta
from typing import Final

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.catalog.policy import Calibration, Grading
from mentorcert.cohorts.models import Cohort
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound, Refused
from mentorcert.grading import calibration, duties, queueing, taking
from mentorcert.grading import calibration_service as service
from mentorcert.grading.calibration import No, Yes, may_grade
from mentorcert.grading.calibration_models import CalibrationAttempt, Exemplar
from mentorcert.grading.calibration_service import Agreed, NewerDraft
from mentorcert.grading.comparing import Stand
from mentorcert.grading.drafts import Entry
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from mentorcert.upkeep import ended
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.grading.exemplars import RULES, agreed, do_one, exemplar_of, graded, version_of
from tests.grading.factories import graded_by
from tests.recordings.factories import hand_in

DAY: Final = timedelta(days=1)
POLICY: Final = Grading(calibration=Calibration(2, 90, 75))
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return graded_by(session, RULES)


@pytest.fixture
def ines(session: Session) -> Person:
    return make_person(session, "Ines Duarte", roles=(Role.MANAGER,))


@pytest.fixture
def tomasz(session: Session, cohort: Cohort) -> Person:
    return give_role(session, make_person(session, "Tomasz Wrona"), Role.COACH, cohort)


def test_a_coach_may_grade_when_they_are_near_the_panel_and_for_as_long(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    version = version_of(session, cohort).hash
    without = may_grade(session, tomasz.uuid, POLICY, version, NOW)
    assert isinstance(without, No)
    assert without.todo == "Ask your programme manager to add one."
    for _ in range(2):
        exemplar_of(session, cohort, ines)
    assert may_grade(session, tomasz.uuid, POLICY, version, NOW) == No(
        "Your calibration is due.", "Grade 2 exemplars under Calibration, then come back."
    )
    do_one(session, cohort, tomasz, now=NOW)
    assert may_grade(session, tomasz.uuid, POLICY, version, NOW) == No(
        "Your calibration is due.", "Grade one exemplar under Calibration, then come back."
    )
    do_one(session, cohort, tomasz, graded(close="not-yet"), now=NOW + DAY)
    assert may_grade(session, tomasz.uuid, POLICY, version, NOW + DAY) == Yes(NOW + 90 * DAY)
    assert isinstance(may_grade(session, tomasz.uuid, POLICY, version, NOW + 90 * DAY), No)
    assert may_grade(session, tomasz.uuid, Grading(), version, NOW) == Yes()


def test_below_the_bar_a_coach_grades_another_exemplar_first(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    version = version_of(session, cohort).hash
    made = [exemplar_of(session, cohort, ines) for _ in range(3)]
    policy = Grading(calibration=Calibration(2, 90, 80))
    far = graded(listening="not-yet", close="not-yet")
    first = do_one(session, cohort, tomasz, far)
    do_one(session, cohort, tomasz, now=NOW + DAY)
    answer = may_grade(session, tomasz.uuid, policy, version, NOW + DAY)
    assert isinstance(answer, No)
    assert answer.why == "You agree with the panel by 75 %, and this programme asks for 80 %."
    third = do_one(session, cohort, tomasz, now=NOW + 2 * DAY)
    assert {first.exemplar_id, third.exemplar_id} < {each.id for each in made}
    assert may_grade(session, tomasz.uuid, policy, version, NOW + 2 * DAY) == Yes(NOW + 91 * DAY)
    again = service.begin(session, version, who=tomasz.uuid, now=NOW + 3 * DAY)
    assert again.exemplar_id == first.exemplar_id  # all are known: the one of longest ago


@on_one_database
def test_nobody_is_measured_by_what_they_know(session: Session, cohort: Cohort, ines: Person, tomasz: Person) -> None:
    version = version_of(session, cohort).hash
    made = exemplar_of(session, cohort, ines)
    trainee = made.recording.enrolment.person
    assert calibration.exemplars_for(session, tomasz.uuid, version) == [made]
    assert calibration.exemplars_for(session, trainee.uuid, version) == []
    assert calibration.exemplars_for(session, ines.uuid, version) == []
    with pytest.raises(NotFound):
        service.begin(session, version, who=trainee.uuid, now=NOW)


def test_who_practised_with_a_recording_is_not_given_its_grading(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    practised, other = (exemplar_of(session, cohort, ines).recording for _ in range(2))
    policy = Grading(calibration=Calibration(1, 90, 75))
    do_one(session, cohort, tomasz)
    assert isinstance(may_grade(session, tomasz.uuid, policy, version_of(session, cohort).hash, NOW), Yes)
    with pytest.raises(Refused, match="You have calibrated with recording"):
        taking.take(session, practised.uuid, who=tomasz.uuid, now=NOW)
    session.rollback()
    do_one(session, cohort, tomasz)
    viewer = people.viewer_of(session.get_one(Person, tomasz.id))
    waiting = hand_in(session, make_enrolment(session, cohort))
    places = queueing.free_places(session, viewer, now=NOW)
    assert [each.row.id for each in places] == [waiting.id]
    assert other.id != practised.id


def test_an_exemplar_ends_when_consent_or_recording_does(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    version = version_of(session, cohort).hash
    made = exemplar_of(session, cohort, ines)
    begun = service.begin(session, version, who=tomasz.uuid, now=NOW)
    session.commit()
    found: list[list[Exemplar]] = []
    for change in (
        {"consent_uses": ["grading"]},
        {"consent_withdrawn_at": NOW},
        {"media_deleted_at": NOW},
        {"consent_uses": ["grading", "calibration"]},
    ):
        writing(session)
        recording = session.get_one(Recording, made.recording_id)
        recording.consent_withdrawn_at = recording.media_deleted_at = None
        for name, value in change.items():
            setattr(recording, name, value)
        if "consent_uses" not in change:
            recording.consent_uses = ["grading", "calibration"]
        session.commit()
        found.append(calibration.live_exemplars(session, version))
        if not found[-1]:
            with pytest.raises(Conflict, match="no exemplar any more"):
                service.save(session, begun.uuid, graded(), who=tomasz.uuid, now=NOW)
            session.rollback()
    assert found == [[], [], [], [made]]
    service.archive(session, made.uuid, who=ines.uuid, now=NOW)
    assert calibration.live_exemplars(session, version) == []


@on_one_database
def test_an_exemplar_needs_consent_a_panel_and_every_level(session: Session, cohort: Cohort, ines: Person) -> None:
    recording = hand_in(session, make_enrolment(session, cohort))
    with pytest.raises(Conflict, match="coaches may not practise with it"):
        service.keep_exemplar(session, recording.uuid, agreed(session, cohort), who=ines.uuid, now=NOW)
    session.rollback()
    made = exemplar_of(session, cohort, ines)
    with pytest.raises(Conflict, match="is an exemplar already"):
        service.keep_exemplar(session, made.recording.uuid, agreed(session, cohort), who=ines.uuid, now=NOW)
    session.rollback()
    version = version_of(session, cohort).hash
    bad = Agreed(version, " ", {"listening": Entry("superb", "x" * 6000), "close": Entry()})
    with pytest.raises(Invalid) as caught:
        service.keep_exemplar(session, made.recording.uuid, bad, who=ines.uuid, now=NOW)
    assert [fault.where for fault in caught.value.faults] == ["listening", "listening", "close", "panel"]


def test_what_was_agreed_and_what_was_submitted_never_change(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    made = exemplar_of(session, cohort, ines)
    done = do_one(session, cohort, tomasz)
    with pytest.raises(Conflict, match="submitted this one already"):
        service.save(session, done.uuid, graded(1), who=tomasz.uuid, now=NOW)
    session.rollback()
    for change in ({"levels": {"listening": "not-yet", "close": "solid"}}, {"panel": "Nobody"}):
        writing(session)
        exemplar = session.get_one(Exemplar, made.id)
        for name, value in change.items():
            setattr(exemplar, name, value)
        with pytest.raises(RuntimeError):
            session.flush()
        session.rollback()
    writing(session)
    session.get_one(CalibrationAttempt, done.id).levels = {}
    with pytest.raises(RuntimeError):
        session.flush()


def test_a_draft_is_saved_onto_the_one_it_was_made_from(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    exemplar_of(session, cohort, ines)
    begun = service.begin(session, version_of(session, cohort).hash, who=tomasz.uuid, now=NOW)
    again = service.begin(session, version_of(session, cohort).hash, who=tomasz.uuid, now=NOW)
    assert again.id == begun.id
    saved = service.save(session, begun.uuid, graded(0, close=""), who=tomasz.uuid, now=NOW)
    assert (saved.revision, saved.levels) == (1, {"listening": "solid"})
    service.save(session, begun.uuid, graded(0, close=""), who=tomasz.uuid, now=NOW)  # sent twice: no conflict
    session.commit()
    with pytest.raises(NewerDraft):
        service.save(session, begun.uuid, graded(0), who=tomasz.uuid, now=NOW)
    session.rollback()
    with pytest.raises(Invalid) as caught:
        service.submit(session, begun.uuid, graded(2, close=""), who=tomasz.uuid, now=NOW)
    assert [fault.where for fault in caught.value.faults] == ["close"]
    session.rollback()
    with pytest.raises(Refused):
        service.save(session, begun.uuid, graded(2), who=ines.uuid, now=NOW)


def test_a_month_after_consent_ended_the_words_of_an_exemplar_go_and_the_levels_stay(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    made = exemplar_of(session, cohort, ines)
    other = exemplar_of(session, cohort, ines)
    done = do_one(session, cohort, tomasz)
    writing(session)
    session.get_one(Recording, made.recording_id).consent_withdrawn_at = NOW
    session.commit()
    found = []
    for days in (29, 30):
        ended.clear(session, now=NOW + days * DAY)
        session.commit()
        session.refresh(made)
        session.refresh(done)
        found.append((made.rationale, done.comments))
    assert found == [
        ({"listening": "She waits at 0:01.", "close": ""}, {"listening": "I heard it."}),
        ({}, {}),
    ]
    session.refresh(other)
    assert (made.levels, done.levels) == ({"listening": "solid", "close": "solid"},) * 2
    assert other.rationale != {}


@on_one_database
def test_every_step_is_an_audit_row(session: Session, cohort: Cohort, ines: Person, tomasz: Person) -> None:
    made = exemplar_of(session, cohort, ines)
    do_one(session, cohort, tomasz, graded(close="not-yet"))
    service.archive(session, made.uuid, who=ines.uuid, now=NOW)
    service.archive(session, made.uuid, who=ines.uuid, now=NOW)
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    ours = [each for each in rows if each.action.startswith(("exemplar.", "calibration."))]
    assert [(each.action, each.who) for each in ours] == [
        ("exemplar.make", str(ines.uuid)),
        ("calibration.begin", str(tomasz.uuid)),
        ("calibration.submit", str(tomasz.uuid)),
        ("exemplar.archive", str(ines.uuid)),
    ]
    assert ours[2].after == {"levels": {"listening": "solid", "close": "not-yet"}, "agreement": 75}


def test_two_tabs_that_begin_at_once_get_the_same_exemplar(
    session: Session, engine: Engine, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    for _ in range(2):
        exemplar_of(session, cohort, ines)
    version, who = version_of(session, cohort).hash, tomasz.uuid
    session.rollback()
    gate, begun = threading.Barrier(4), []

    def tab() -> None:
        with Session(engine) as mine:
            gate.wait()
            begun.append(service.begin(mine, version, who=who, now=NOW).id)
            mine.commit()

    threads = [threading.Thread(target=tab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 4
    assert len(set(begun)) == 1


@on_one_database
def test_managers_see_every_coach_by_the_same_rule(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    mei = give_role(session, make_person(session, "Mei Lin"), Role.COACH)
    made = [exemplar_of(session, cohort, ines) for _ in range(2)]
    for _ in range(2):
        do_one(session, cohort, tomasz)
    make_cohort(session)  # asks for nothing
    [crew] = duties.crews(session, NOW)
    assert crew.exemplars == made
    assert {who.name: found.stand for who, found in crew.coaches} == {"Mei Lin": Stand.DUE, "Tomasz Wrona": Stand.NEAR}
    rubric = crew.duty.rubric.hash
    for who, found in crew.coaches:
        assert found == calibration.standing_of(session, who.uuid, crew.duty.policy, rubric, NOW)
    assert mei.name in {who.name for who, _ in crew.coaches}
