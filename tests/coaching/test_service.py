"""Coaching is arranged for one or for a group, held or called off; on both databases."""

from collections.abc import Callable
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.coaching import queries, service
from mentorcert.coaching.models import Coaching
from mentorcert.cohorts.models import Enrolment
from mentorcert.errors import Conflict, Invalid, NotFound
from mentorcert.grading import appeals, taking
from mentorcert.grading import queries as grading
from mentorcert.outbox import OutboxRow
from mentorcert.permissions import Role
from tests.coaching.factories import Graded, grade, grade_again, make_graded
from tests.factories import NOW, give_role, make_enrolment, make_person
from tests.grading.factories import draft, release


@pytest.fixture
def graded(session: Session) -> Graded:
    return make_graded(session)


def arrange(
    session: Session,
    of: Graded,
    *who: Enrolment,
    criterion: str = "listening",
    coach: UUID | None = None,
    note: str = "",
) -> Coaching:
    coach = coach or of.coach.uuid
    chosen = [each.uuid for each in who]
    made = service.arrange(session, of.cohort.uuid, criterion, chosen, coach, note=note, who=of.manager.uuid, now=NOW)
    session.commit()
    return made


def open_names(session: Session, of: Graded, criterion: str = "listening") -> list[str]:
    session.rollback()
    area = queries.cohort_areas(session, of.cohort, of.manager.uuid).area(criterion)
    return [place.enrolment.person.name for place in area.open]


def test_two_trainees_weak_in_one_criterion_are_offered_one_group_session(session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet")
    grade(session, graded, "Bela", close="not-yet")
    chidi = grade(session, graded, "Chidi", listening="not-yet", close="not-yet")
    make_enrolment(session, graded.cohort)
    found = queries.cohort_areas(session, graded.cohort, graded.manager.uuid)
    assert (found.graded, found.people) == (3, 3)
    assert [(area.criterion, [place.enrolment.person.name for place in area.open]) for area in found.areas] == [
        ("listening", ["Amara", "Chidi"]),
        ("close", ["Bela", "Chidi"]),
    ]
    made = arrange(session, graded, amara, chidi)
    assert (made.is_group, made.title, made.coach) == (True, "Listening", graded.coach)
    assert open_names(session, graded) == []
    assert open_names(session, graded, "close") == ["Bela", "Chidi"]


def test_everybody_is_told_whom_they_meet_and_not_how_anybody_did(session: Session, graded: Graded) -> None:
    who = [grade(session, graded, name, listening="not-yet") for name in ("Amara", "Chidi")]
    arrange(session, graded, *who, note="Bring the recording.")
    rows = session.scalars(select(OutboxRow).where(OutboxRow.job == "mail").order_by(OutboxRow.id)).all()
    mails = [(row.payload["template"], row.payload["to"]) for row in rows if "coaching" in row.payload["template"]]
    assert mails == [
        (service.ARRANGED, who[0].person.email),
        (service.ARRANGED, who[1].person.email),
        (service.TO_COACH, graded.coach.email),
    ]
    assert "Not yet" not in "".join(str(row.payload) for row in rows)
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "coaching.arrange"))
    assert (entry.who, (entry.after or {})["criterion"]) == (str(graded.manager.uuid), "listening")


def test_one_alone_has_it_in_the_plan_with_lessons_and_boosts(session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet", close="not-yet")
    made = arrange(session, graded, amara)
    plan = queries.plan(session, amara.uuid)
    assert [(item.weak.criterion, item.coaching) for item in plan.items] == [("listening", made), ("close", None)]
    [(unit, lesson)] = plan.items[0].suggestion.lessons
    assert (unit.id, lesson.id, plan.items[0].suggestion.checks) == ("start", "first", (unit,))
    assert plan.items[1].suggestion.lessons == ()


def test_without_a_grade_there_is_no_plan_and_without_weakness_nothing_in_it(session: Session, graded: Graded) -> None:
    assert queries.plan(session, make_enrolment(session, graded.cohort).uuid).outcome is None
    plan = queries.plan(session, grade(session, graded, "Amara").uuid)
    assert (plan.outcome is None, plan.items) == (False, ())
    assert queries.cohort_areas(session, graded.cohort, graded.manager.uuid).areas == ()


def test_a_new_grade_asks_anew(session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet")
    arrange(session, graded, amara)
    grade_again(session, graded, amara, listening="not-yet")
    assert open_names(session, graded) == ["Amara"]
    grade_again(session, graded, amara)
    assert queries.cohort_areas(session, graded.cohort, graded.manager.uuid).areas == ()


def test_what_is_arranged_goes_on_after_an_appeal_that_left_the_weakness(session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet", close="not-yet")
    made = arrange(session, graded, amara)
    [first] = grading.outcomes(session, [amara.id])
    appeals.open_appeal(session, first.recording.uuid, "I waited.", who=amara.person.uuid, now=NOW)
    session.commit()
    other = give_role(session, make_person(session, "Priya"), Role.COACH, graded.cohort)
    found = taking.take(session, first.recording.uuid, who=other.uuid, now=NOW)
    release(session, found, draft(listening="not-yet"))
    [second] = grading.outcomes(session, [amara.id])
    assert (first.percent, second.percent, second.id != first.id) == (40, 60, True)
    assert [(each.weak.criterion, each.coaching) for each in queries.plan(session, amara.uuid).items] == [
        ("listening", made)
    ]
    assert open_names(session, graded) == []


def test_nobody_is_helped_twice_with_the_same(session: Session, graded: Graded) -> None:
    amara, chidi = (grade(session, graded, name, listening="not-yet") for name in ("Amara", "Chidi"))
    arrange(session, graded, amara)
    with pytest.raises(Conflict):
        arrange(session, graded, amara, chidi)
    session.rollback()
    assert open_names(session, graded) == ["Chidi"]


def test_what_is_called_off_leaves_them_open_and_what_was_held_stays(session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet")
    made = arrange(session, graded, amara)
    for _ in range(2):
        service.call_off(session, made.uuid, who=graded.coach.uuid, now=NOW)
        session.commit()
    assert open_names(session, graded) == ["Amara"]
    with pytest.raises(Conflict):
        service.hold(session, made.uuid, who=graded.coach.uuid, now=NOW)
    session.rollback()
    again = arrange(session, graded, amara)
    for _ in range(2):
        assert service.hold(session, again.uuid, who=graded.coach.uuid, now=NOW).done_at == NOW
        session.commit()
    with pytest.raises(Conflict):
        service.call_off(session, again.uuid, who=graded.coach.uuid, now=NOW)
    session.rollback()
    actions = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("coaching.")))
    assert list(actions) == ["coaching.arrange", "coaching.call-off", "coaching.arrange", "coaching.hold"]


def test_what_makes_no_sense_is_refused_with_every_fault(session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet")
    stranger = make_person(session, "No coach").uuid
    with pytest.raises(Invalid) as refused:
        arrange(session, graded, coach=stranger, note="x" * 2001)
    assert [fault.where for fault in refused.value.faults] == ["enrolments", "coach", "note"]
    session.rollback()
    with pytest.raises(NotFound):
        arrange(session, graded, amara, criterion="close")
    session.rollback()
    with pytest.raises(NotFound):
        service.hold(session, uuid4(), who=stranger, now=NOW)


def test_two_who_arrange_at_once_do_it_once(engine: Engine, session: Session, graded: Graded) -> None:
    amara = grade(session, graded, "Amara", listening="not-yet")
    chosen, cohort, coach = [amara.uuid], graded.cohort.uuid, graded.coach.uuid
    session.rollback()
    barrier, refused = Barrier(2), []

    def try_it() -> None:
        with Session(engine) as own:
            barrier.wait()
            try:
                service.arrange(own, cohort, "listening", chosen, coach, note="", who=coach, now=NOW)
                own.commit()
            except Conflict as problem:
                refused.append(problem.title)

    both: list[Callable[[], None]] = [try_it, try_it]
    threads = [Thread(target=each) for each in both]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == ["One of them is helped already, or above the line by now."]
    assert session.scalar(select(func.count(Coaching.id))) == 1
