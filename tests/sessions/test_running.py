"""Running a session: who is here, the scenario, the groups, the clock; on both databases."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts import service as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.errors import Conflict, NotFound
from mentorcert.sessions import queries, running, service
from mentorcert.sessions.models import LiveSession, Part
from mentorcert.sessions.running import Dealt
from tests.factories import make_enrolment, make_person
from tests.sessions import factories
from tests.sessions.factories import IRIS


def _here(session: Session, live: LiveSession) -> list[str]:
    return [presence.enrolment.person.name for presence in queries.presences(session, live)]


def _table(session: Session, live: LiveSession) -> dict[int, dict[str, Part]]:
    """Who plays what by round."""
    table: dict[int, dict[str, Part]] = {}
    for seat in queries.seats(session, live):
        table.setdefault(seat.round, {})[seat.enrolment.person.name] = seat.part
    return table


def test_people_are_checked_in_and_out(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.check_in(session, live, *four[2:])
    assert _here(session, live) == ["Amara", "Ben", "Chiara", "Daniel"]
    running.check_out(session, live.uuid, [four[1].uuid])
    running.check_out(session, live.uuid, [four[1].uuid])
    session.commit()
    assert _here(session, live) == ["Amara", "Chiara", "Daniel"]


def test_who_is_in_another_cohort_can_not_be_here(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    for stranger in (make_enrolment(session).uuid, uuid4()):
        with pytest.raises(NotFound):
            running.check_in(session, live.uuid, [four[0].uuid, stranger], now=now)
        session.rollback()
    assert _here(session, live) == []


def test_who_left_the_cohort_is_not_here_any_more(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four)
    cohorts.leave(session, four[0], reason="Moved", who="test", now=now)
    session.commit()
    assert _here(session, live) == ["Ben", "Chiara", "Daniel"]


def test_over_the_rounds_everybody_who_is_here_plays_each_part(
    session: Session, live: LiveSession, four: list[Enrolment]
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.start(session, live)
    table = _table(session, live)
    assert {name: {table[round_][name] for round_ in (1, 2, 3)} for name in ("Amara", "Ben", "Chiara")} == {
        name: set(Part) for name in ("Amara", "Ben", "Chiara")
    }


def test_nobody_gets_a_part_before_the_orientation_is_acknowledged(
    session: Session, live: LiveSession, cohort: Cohort, four: list[Enrolment]
) -> None:
    [farid, grace] = [make_enrolment(session, cohort, make_person(session, name)) for name in ("Farid", "Grace")]
    factories.check_in(session, live, *four[:3], farid, grace)
    dealt = running.deal(session, live.uuid, IRIS, rounds=3, at_round=0)
    session.commit()
    assert dealt == Dealt(1, ("Farid", "Grace"))
    assert set(_table(session, live)[1]) == {"Amara", "Ben", "Chiara"}
    factories.acknowledge(session, farid)
    assert running.deal(session, live.uuid, IRIS, rounds=3, at_round=0) == Dealt(1, ("Grace",))
    session.commit()
    assert len(_table(session, live)[1]) == 4


def test_one_alone_is_told_so(session: Session, live: LiveSession, cohort: Cohort, four: list[Enrolment]) -> None:
    with pytest.raises(Conflict) as nobody:
        running.deal(session, live.uuid, IRIS, rounds=3, at_round=0)
    session.rollback()
    factories.check_in(session, live, four[0], make_enrolment(session, cohort))
    with pytest.raises(Conflict) as alone:
        running.deal(session, live.uuid, IRIS, rounds=3, at_round=0)
    assert [(each.value.title, each.value.todo) for each in (nobody, alone)] == [
        ("Role-play takes two people. Nobody can play now.", "Check in who is here."),
        (
            "Role-play takes two people. Only Amara can play now.",
            "Check in who is here. Amara Okafor must acknowledge the orientation first.",
        ),
    ]


def test_rounds_that_were_played_stay_when_groups_are_dealt_again(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.start(session, live)
    running.go_on(session, live.uuid, at_round=1, now=now)
    session.commit()
    first = _table(session, live)[1]
    factories.check_in(session, live, four[3])
    running.deal(session, live.uuid, IRIS, rounds=4, at_round=2)
    session.commit()
    table = _table(session, live)
    assert (table[1], {round_: len(parts) for round_, parts in table.items()}) == (first, {1: 3, 2: 4, 3: 4, 4: 4})
    mentors = [name for parts in table.values() for name, part in parts.items() if part is Part.MENTOR]
    assert Counter(mentors) == Counter(["Amara", "Ben", "Chiara", "Daniel"])


def test_who_met_in_a_closed_session_sits_with_others_in_the_next(
    session: Session, cohort: Cohort, now: datetime
) -> None:
    first, second = factories.make_season(session, cohort)
    nine = factories.enrol(session, cohort, 9)
    pairs = []
    for live in (first, second):
        factories.check_in(session, live, *nine)
        factories.start(session, live)
        seats = [seat for seat in queries.seats(session, live) if seat.round == 1]
        pairs.append(
            {(a.enrolment_id, b.enrolment_id) for a in seats for b in seats if a.group == b.group and a is not b}
        )
        factories.close(session, live)
    assert pairs[0] & pairs[1] == set()


@pytest.mark.parametrize("rounds", [0, -1, 7])
def test_so_many_rounds_can_not_be_dealt(
    session: Session, live: LiveSession, four: list[Enrolment], rounds: int
) -> None:
    factories.check_in(session, live, *four)
    with pytest.raises(Conflict, match=f"{rounds} rounds can't be dealt"):
        running.deal(session, live.uuid, IRIS, rounds=rounds, at_round=0)


def test_the_clock_runs_stops_and_gets_a_minute_more(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.start(session, live, now=now)
    assert running.seconds_left(live, now + timedelta(seconds=200)) == 400
    running.pause(session, live.uuid, at_round=1, now=now + timedelta(seconds=200))
    session.commit()
    assert (live.round_ends_at, running.seconds_left(live, now + timedelta(hours=1))) == (None, 400)
    running.extend(session, live.uuid, at_round=1, now=now + timedelta(seconds=300))
    running.resume(session, live.uuid, at_round=1, now=now + timedelta(seconds=300))
    session.commit()
    assert live.round_ends_at == now + timedelta(seconds=760)
    running.extend(session, live.uuid, at_round=1, now=now + timedelta(seconds=1000))
    session.commit()
    assert live.round_ends_at == now + timedelta(seconds=1060)
    assert running.seconds_left(live, now + timedelta(seconds=2000)) == 0


def test_after_the_last_round_there_is_the_talk(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four[:3])
    factories.start(session, live, rounds=2)
    for at_round in (1, 2):
        running.go_on(session, live.uuid, at_round=at_round, now=now)
    session.commit()
    assert (live.round, live.rounds, live.round_ends_at) == (3, 2, None)
    for act in (running.pause, running.resume, running.extend, running.go_on):
        with pytest.raises(Conflict):
            act(session, live.uuid, at_round=3, now=now)
        session.rollback()


def test_a_page_that_is_out_of_date_does_nothing(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    factories.check_in(session, live, *four)
    factories.start(session, live)
    for act in (running.go_on, running.pause, running.extend):
        with pytest.raises(Conflict, match="Round 1 has begun already"):
            act(session, live.uuid, at_round=0, now=now)
        session.rollback()
    with pytest.raises(Conflict, match="Round 1 has begun already"):
        running.deal(session, live.uuid, IRIS, rounds=3, at_round=0)
    session.rollback()
    assert (live.round, live.round_ends_at) == (1, now + timedelta(minutes=10))


def test_a_round_needs_groups(session: Session, live: LiveSession, now: datetime) -> None:
    with pytest.raises(Conflict, match="There are no groups yet"):
        running.go_on(session, live.uuid, at_round=0, now=now)


def test_only_the_scenario_that_was_looked_at_is_shown(session: Session, live: LiveSession, now: datetime) -> None:
    with pytest.raises(Conflict, match="Another scenario was chosen meanwhile: A talk"):
        running.reveal(session, live.uuid, "walk", who="test", now=now)
    session.rollback()
    running.reveal(session, live.uuid, "talk", who="test", now=now)
    running.reveal(session, live.uuid, "talk", who="test", now=now + timedelta(minutes=1))
    session.commit()
    assert live.revealed_at == now


def test_a_shown_scenario_is_not_exchanged_but_can_be_hidden_before_the_first_round(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    running.reveal(session, live.uuid, "talk", who="test", now=now)
    with pytest.raises(Conflict, match="The scenario was shown already"):
        service.choose(session, live.uuid, "walk", who="test", now=now)
    session.rollback()
    running.reveal(session, live.uuid, "talk", who="test", now=now)
    running.hide(session, live.uuid, who="test", now=now)
    session.commit()
    assert live.revealed_at is None
    factories.check_in(session, live, *four)
    factories.start(session, live)
    with pytest.raises(Conflict, match="The first round has begun"):
        running.hide(session, live.uuid, who="test", now=now)


def test_no_scenario_is_said(session: Session, live: LiveSession, now: datetime) -> None:
    service.choose(session, live.uuid, "", who="test", now=now)
    with pytest.raises(Conflict, match="No scenario is chosen yet"):
        running.reveal(session, live.uuid, "", who="test", now=now)


def test_every_change_makes_live_pages_ask_again(
    session: Session, live: LiveSession, four: list[Enrolment], now: datetime
) -> None:
    seen = [live.revision]
    factories.check_in(session, live, *four)
    seen.append(live.revision)
    factories.start(session, live)
    seen.append(live.revision)
    factories.close(session, live)
    seen.append(live.revision)
    assert seen == sorted(set(seen))
