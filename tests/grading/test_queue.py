"""A queue that is fair: whose turn it is, who may grade whom, and how long a recording is somebody's."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Cohort
from mentorcert.db import writing
from mentorcert.errors import Conflict, Refused
from mentorcert.grading import queries, queueing, service, taking
from mentorcert.grading.drafts import draft_of
from mentorcert.grading.models import Assessment, Round
from mentorcert.grading.service import HoldEnded
from mentorcert.people import service as people
from mentorcert.people.models import Grant, Person
from mentorcert.people.queries import viewer_of
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from tests.factories import NOW, give_role, make_enrolment, make_person
from tests.grading.factories import coaches, draft, graded_by, make_bench, release, take
from tests.recordings.factories import DOOR, hand_in, wish

MINUTE = timedelta(minutes=1)
LAPSED = NOW + timedelta(minutes=61)
DAY = timedelta(days=1)


def at_once(engine: Engine, acts: Sequence[Callable[[Session], object]]) -> list[str]:
    """Run acts at the very same moment, each in a transaction of its own; gives what became of them, sorted."""
    start, outcomes = Barrier(len(acts)), []

    def attempt(act: Callable[[Session], object]) -> None:
        with Session(engine) as own:
            start.wait()
            try:
                outcomes.append(str(act(own)))
                own.commit()
            except Conflict as problem:
                outcomes.append(problem.title)

    threads = [Thread(target=attempt, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def hand_in_links(session: Session, cohort: Cohort, count: int) -> list[Recording]:
    """So many trainees' recordings, the oldest first."""
    return [
        hand_in(session, make_enrolment(session, cohort), wish("", link="https://v.example/1"), now=NOW + each * MINUTE)
        for each in range(count)
    ]


def offered(session: Session, coach: Person) -> list[tuple[int, str]]:
    session.expire_all()
    found = queueing.queue(session, viewer_of(coach), now=NOW)
    return [(each.recording.number, each.round.value) for each in found.waiting]


def test_of_twenty_coaches_ten_get_a_recording_each_and_none_is_taken_twice(engine: Engine, session: Session) -> None:
    cohort = graded_by(session, "{graders: 1}")
    recordings = hand_in_links(session, cohort, 10)
    who = [coach.uuid for coach in coaches(session, cohort, 20)]
    ids = {recording.id for recording in recordings}
    session.rollback()

    def next_of(coach: UUID) -> Callable[[Session], object]:
        return lambda own: taking.take_next(own, who=coach, now=NOW + DAY).round.value

    assert at_once(engine, [next_of(each) for each in who]) == ["Nothing waits for you."] * 10 + ["first"] * 10
    held = session.scalars(select(Assessment)).all()
    assert {each.recording_id for each in held} == ids
    assert len({each.coach_id for each in held}) == len(held) == 10


def test_of_two_places_two_coaches_take_one_each_at_the_same_moment(engine: Engine, session: Session) -> None:
    cohort = graded_by(session, "{graders: 2}")
    hand_in_links(session, cohort, 1)
    who = [coach.uuid for coach in coaches(session, cohort, 3)]
    session.rollback()

    def next_of(coach: UUID) -> Callable[[Session], object]:
        return lambda own: taking.take_next(own, who=coach, now=NOW).round.value

    assert at_once(engine, [next_of(each) for each in who]) == ["Nothing waits for you.", "first", "second"]


def test_the_next_is_the_one_that_waited_longest(session: Session) -> None:
    cohort = graded_by(session, "{graders: 1}")
    newer, older = (
        hand_in(session, make_enrolment(session, cohort), wish("", link="https://v.example/1"), now=at)
        for at in (NOW, NOW - DAY)
    )
    [coach] = coaches(session, cohort, 1)
    assert taking.take_next(session, who=coach.uuid, now=NOW).recording == older
    assert taking.take_next(session, who=coach.uuid, now=NOW).recording == newer


def test_three_on_the_bench_are_enough(session: Session) -> None:
    cohort = graded_by(session, "{graders: 1}")
    hand_in_links(session, cohort, 4)
    [coach] = coaches(session, cohort, 1)
    held = [taking.take_next(session, who=coach.uuid, now=NOW) for _ in range(3)]
    with pytest.raises(Conflict, match="3 recordings are on your bench"):
        taking.take_next(session, who=coach.uuid, now=NOW)
    service.give_back(session, held[0].uuid, who=coach.uuid, now=NOW)
    assert taking.take_next(session, who=coach.uuid, now=NOW).recording == held[0].recording


def test_what_came_in_today_is_left_to_those_who_have_less_to_do(session: Session) -> None:
    cohort = graded_by(session, "{graders: 1}")
    hand_in_links(session, cohort, 4)
    busy, idle = coaches(session, cohort, 2)
    for _ in range(3):
        release(session, taking.take_next(session, who=busy.uuid, now=NOW))
    with pytest.raises(Conflict, match="Nothing waits for you"):
        taking.take_next(session, who=busy.uuid, now=NOW)
    session.rollback()
    found = queueing.queue(session, viewer_of(busy), now=NOW)
    assert ([each.is_reserved for each in found.waiting], found.next_is_there) == ([True], False)
    assert [each.is_reserved for each in queueing.queue(session, viewer_of(idle), now=NOW).waiting] == [False]
    assert taking.take_next(session, who=busy.uuid, now=NOW + 2 * DAY).round is Round.FIRST


def test_one_s_own_trainees_and_one_s_own_office_are_for_others(session: Session) -> None:
    cohort = graded_by(session, "{graders: 1, own_office: false}")
    [leader, neighbour] = coaches(session, cohort, 2)
    give_role(session, leader, Role.FACILITATOR, cohort)
    writing(session)
    neighbour.office = people.office(session, "Leeds")
    trainee = make_person_of(session, "Leeds")
    recording = hand_in(session, make_enrolment(session, cohort, trainee))
    for coach, why in ((leader, "You lead the sessions"), (neighbour, "works in your own office")):
        assert offered(session, coach) == []
        with pytest.raises(Refused, match=why):
            taking.take(session, recording.uuid, who=coach.uuid, now=NOW)
        session.rollback()
    [stranger] = coaches(session, cohort, 1)
    assert offered(session, stranger) == [(recording.number, "first")]


def make_person_of(session: Session, office: str) -> Person:
    session.commit()
    return make_person(session, "Amara Okafor", office=office)


def test_one_s_own_office_is_no_matter_where_the_programme_says_nothing(session: Session) -> None:
    cohort = graded_by(session, "{graders: 1}")
    [coach] = coaches(session, cohort, 1)
    writing(session)
    coach.office = people.office(session, "Leeds")
    hand_in(session, make_enrolment(session, cohort, make_person_of(session, "Leeds")))
    assert offered(session, coach) == [(1, "first")]


def test_a_hold_is_renewed_by_every_sign_of_work(session: Session) -> None:
    found = take(session, make_bench(session))
    assert found.lease_until == NOW + 60 * MINUTE
    service.hold(session, found.uuid, who=found.coach.uuid, now=NOW + 10 * MINUTE)
    assert found.lease_until == NOW + 70 * MINUTE
    service.save_draft(session, found.uuid, draft(), who=found.coach.uuid, now=NOW + 20 * MINUTE)
    assert found.lease_until == NOW + 80 * MINUTE


def test_a_hold_that_lapsed_and_that_nobody_took_goes_on(session: Session) -> None:
    found = take(session, make_bench(session))
    service.save_draft(session, found.uuid, draft(), who=found.coach.uuid, now=LAPSED)
    assert (draft_of(found), found.lease_until) == (draft(1), LAPSED + 60 * MINUTE)


def test_who_lost_the_hold_can_t_save_and_loses_no_text(session: Session) -> None:
    bench = make_bench(session)
    mine = take(session, bench)
    service.save_draft(session, mine.uuid, draft(heard="Saved in time"), who=bench.coach.uuid, now=NOW)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    with pytest.raises(Conflict, match="taken by another coach"):
        take(session, bench, other, now=NOW + 59 * MINUTE)
    session.rollback()
    theirs = take(session, bench, other, now=LAPSED)
    late = draft(1, heard="Written too late")
    for act in (service.save_draft, _submit):
        with pytest.raises(HoldEnded, match="another coach has taken this recording") as ended:
            act(session, mine.uuid, late, who=bench.coach.uuid, now=LAPSED)
        assert (ended.value.draft, ended.value.ended_at) == (late, LAPSED)
        session.rollback()
    service.keep_text(session, mine.uuid, late, who=bench.coach.uuid, now=LAPSED)
    session.commit()
    assert draft_of(theirs).levels == {}
    service.give_back(session, theirs.uuid, who=other.uuid, now=LAPSED)
    session.commit()
    assert draft_of(take(session, bench, now=LAPSED)).entry("listening").comment == "Written too late"
    [lapse] = session.scalars(select(AuditEntry).where(AuditEntry.action == "assessment.lapse"))
    assert lapse.subject == f"assessment:{mine.uuid}"


def _submit(session: Session, uuid: UUID, wanted: object, *, who: UUID, now: object) -> Assessment:
    return service.submit(session, DOOR, uuid, wanted, who=who, now=now)  # type: ignore[arg-type]


def test_submitting_and_taking_over_at_the_same_moment_leave_one_of_the_two(engine: Engine, session: Session) -> None:
    bench = make_bench(session)
    mine = take(session, bench)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    uuid, recording, who, they = mine.uuid, bench.recording.uuid, bench.coach.uuid, other.uuid
    session.rollback()
    outcomes = at_once(
        engine,
        [
            lambda own: bool(service.submit(own, DOOR, uuid, draft(), who=who, now=LAPSED)),
            lambda own: bool(taking.take(own, recording, who=they, now=LAPSED)),
        ],
    )
    gone = {"Recording 1 is graded already.", "Recording 1 was taken by another coach a moment ago."}
    taken = "Your hold had ended, and another coach has taken this recording."
    assert outcomes in [sorted(["True", each]) for each in (taken, *gone)]
    held = queries.of_recording(session, session.scalars(select(Recording)).one())
    assert [each.coach.uuid for each in held] in ([who], [they])
    assert [each.submitted_at is not None for each in held] == [held[0].coach.uuid == who]


def test_two_submissions_from_two_tabs_are_one(engine: Engine, session: Session) -> None:
    found = take(session, make_bench(session))
    uuid, who = found.uuid, found.coach.uuid
    session.rollback()
    submit = [lambda own: bool(service.submit(own, DOOR, uuid, draft(), who=who, now=NOW))] * 2
    assert at_once(engine, submit) == ["This grade was submitted; it does not change any more.", "True"]


def test_a_draft_and_a_submission_at_the_same_moment(engine: Engine, session: Session) -> None:
    """The grade holds what was submitted, whichever came first; the other tab hears of it."""
    found = take(session, make_bench(session))
    uuid, who = found.uuid, found.coach.uuid
    session.rollback()
    outcomes = at_once(
        engine,
        [
            lambda own: bool(service.submit(own, DOOR, uuid, draft(heard="This"), who=who, now=NOW)),
            lambda own: bool(service.save_draft(own, uuid, draft(heard="That"), who=who, now=NOW)),
        ],
    )
    session.expire_all()
    found = session.scalars(select(Assessment)).one()
    heard = draft_of(found).entry("listening").comment
    if found.submitted_at is not None:
        assert (outcomes, heard) == (["This grade was submitted; it does not change any more.", "True"], "This")
    else:
        assert (outcomes, heard) == (["True", "Your other tab has a newer draft."], "That")


@pytest.mark.parametrize("how", ["role", "account"])
def test_what_a_coach_had_who_is_gone_waits_again(session: Session, how: str) -> None:
    bench = make_bench(session)
    take(session, bench)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    assert offered(session, other) == []
    writing(session)
    if how == "role":
        session.execute(delete(Grant).where(Grant.person_id == bench.coach.id))
    else:
        bench.coach.archived_at = NOW
    session.commit()
    assert offered(session, other) == [(1, "first")]
    assert take(session, bench, other).round is Round.FIRST


def test_nothing_waits_of_a_recording_whose_consent_was_withdrawn(session: Session) -> None:
    bench = make_bench(session)
    found = take(session, bench)
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    writing(session)
    bench.recording.consent_withdrawn_at = NOW
    session.commit()
    assert offered(session, other) == []
    with pytest.raises(Conflict, match="The consent to recording 1 was withdrawn"):
        take(session, bench, other, now=LAPSED)
    session.rollback()
    for act in (service.save_draft, _submit):
        with pytest.raises(HoldEnded, match="The consent to recording 1 was withdrawn"):
            act(session, found.uuid, draft(), who=bench.coach.uuid, now=NOW)
        session.rollback()
    assert (found.submitted_at, queries.standing(session, bench.recording)) == (None, None)
