"""Moments: what a form says, what can be kept, and that what is sent twice is there once. On both databases."""

from datetime import timedelta
from math import inf, nan
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.errors import Conflict, Invalid, Refused
from mentorcert.grading import moments, service
from mentorcert.grading.feedback import Evidence
from mentorcert.grading.models import Assessment, Moment
from mentorcert.grading.moments import Typed
from mentorcert.grading.service import HoldEnded
from mentorcert.permissions import Role
from tests.factories import NOW, give_role, make_person
from tests.grading.factories import make_bench, release, take

LATER = NOW + timedelta(minutes=5)
ONE, TWO = UUID("00000000-0000-4000-8000-000000000001"), UUID("00000000-0000-4000-8000-000000000002")


def kept(session: Session) -> list[tuple[float, str, str]]:
    return [(each.at, each.criterion, each.note) for each in session.scalars(select(Moment).order_by(Moment.at))]


def put(session: Session, found: Assessment, *wishes: Evidence) -> Assessment:
    made = moments.put(session, found.uuid, wishes, who=found.coach.uuid, now=LATER)
    session.commit()
    return made


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("12:26", 746), (" 1:02:03 ", 3723), ("746", 746), ("0:07.5", 7), ("90:00", 5400)]
    + [(text, None) for text in ("", "12:26:", "-1", "1e3", "12.26.1", "٣:٠٠", "nan", "9" * 6)],
)
def test_times_as_people_write_them(text: str, seconds: int | None) -> None:
    assert moments.seconds_of(text) == seconds


def test_a_form_names_its_moments_and_a_new_one_by_its_time() -> None:
    posted = {
        f"mark-note-{ONE}": " held ",
        f"mark-at-{ONE}": "0:01",
        f"mark-of-{ONE}": "listening",
        "mark-note-" + "z" * 36: "no id",
        "comment-listening": "12:26",
        "mark-at": "0:02",
        "mark-of": "close",
        "mark-note": "new",
    }
    first, new = moments.read_form(posted)
    assert first == Typed(ONE, "0:01", "listening", "held")
    assert (new.at, new.criterion, new.note, new.is_new) == ("0:02", "close", "new", True)
    assert list(moments.read_form({"mark-at": " ", "mark-note": "without a time"})) == []


def test_only_what_changed_is_sent_on_and_a_fraction_stays(session: Session) -> None:
    found = take(session, make_bench(session))
    put(session, found, Evidence(1.4, "listening", "held", ONE), Evidence(0.5, "", "", TWO))
    same = Typed(ONE, "0:01", "listening", "held")
    assert moments.changed([same, Typed(TWO, "0:00", "", "")], found.moments) == []
    assert moments.changed([Typed(ONE, "0:01", "close", "held")], found.moments) == [
        Evidence(1.4, "close", "held", ONE)
    ]
    assert moments.changed([Typed(ONE, "0:02", "listening", "held")], found.moments) == [
        Evidence(2.0, "listening", "held", ONE)
    ]
    with pytest.raises(Invalid) as refused:
        moments.changed([Typed(ONE, "soon", "listening", "")], found.moments)
    assert [str(fault) for fault in refused.value.faults] == ["mark: “soon” is no time. Write it like 12:26."]


def test_what_is_sent_twice_is_there_once_and_then_changes(session: Session) -> None:
    found = take(session, make_bench(session))
    for _ in range(2):
        put(session, found, Evidence(1.5, "listening", "eight  seconds\0 of\nsilence", ONE))
    assert kept(session) == [(1.5, "listening", "eight seconds of silence")]
    assert (found.saved_at, found.revision) == (LATER, 0)
    put(session, found, Evidence(1.0, "close", "", ONE), Evidence(0.25, "", "opening", TWO))
    assert kept(session) == [(0.25, "", "opening"), (1.0, "close", "")]
    for _ in range(2):
        moments.remove(session, found.uuid, ONE, who=found.coach.uuid, now=LATER)
        session.commit()
    assert kept(session) == [(0.25, "", "opening")]


@pytest.mark.parametrize(
    ("wish", "what"),
    [
        (Evidence(-0.1, "", ""), "A moment lies outside the recording."),
        (Evidence(4, "", ""), "A moment lies outside the recording."),
        (Evidence(nan, "", ""), "A moment lies outside the recording."),
        (Evidence(inf, "", ""), "A moment lies outside the recording."),
        (Evidence(1, "weather", ""), "A moment names a criterion that this rubric has not."),
        (Evidence(1, "", "x" * 501), "The note of a moment has 501 characters; 500 fit."),
    ],
)
def test_what_can_t_be_kept_is_refused(session: Session, wish: Evidence, what: str) -> None:
    found = take(session, make_bench(session))
    with pytest.raises(Invalid) as refused:
        put(session, found, wish)
    assert [fault.what for fault in refused.value.faults] == [what]
    session.rollback()
    assert kept(session) == []


def test_there_are_no_more_than_fit(session: Session) -> None:
    found = take(session, make_bench(session))
    many = [Evidence(1, "close", "", uuid4()) for _ in range(moments.MOST)]
    put(session, found, *many)
    put(session, found, many[0])
    with pytest.raises(Invalid, match="can’t be saved"):
        put(session, found, Evidence(1, "close", "", uuid4()))


def test_nobody_marks_on_another_s_bench(session: Session) -> None:
    bench = make_bench(session)
    found = take(session, bench)
    put(session, found, Evidence(1, "close", "", ONE))
    other = give_role(session, make_person(session, "Priya"), Role.COACH, bench.cohort)
    with pytest.raises(Refused, match="Another coach grades this recording"):
        moments.put(session, found.uuid, [Evidence(1, "", "", TWO)], who=other.uuid, now=NOW)
    session.rollback()
    theirs = take(session, make_bench(session, bench.cohort, other))
    with pytest.raises(Conflict, match="belongs to another assessment"):
        put(session, theirs, Evidence(1, "", "", ONE))


def test_a_mark_goes_on_holding_the_place_and_stops_with_it(session: Session) -> None:
    found = take(session, make_bench(session))
    before = found.lease_until
    put(session, found, Evidence(1, "close", "", ONE))
    assert found.lease_until == before + timedelta(minutes=5)
    service.give_back(session, found.uuid, who=found.coach.uuid, now=LATER)
    session.commit()
    with pytest.raises(HoldEnded):
        put(session, found, Evidence(1, "close", "", TWO))
    session.rollback()
    again = take(session, make_bench(session))
    release(session, again)
    with pytest.raises(HoldEnded, match="does not change any more"):
        put(session, again, Evidence(1, "close", "", TWO))


def test_what_was_typed_is_shown_again() -> None:
    old = [Evidence(1.4, "close", "old", ONE), Evidence(0.2, "", "", TWO)]
    typed = [
        Typed(ONE, "0:09", "listening", "new"),
        Typed(TWO, "soon", "", "kept"),
        Typed(uuid4(), "0:01", "", "", True),
    ]
    assert moments.merged(old, typed) == [Evidence(0.2, "", "kept", TWO), Evidence(9, "listening", "new", ONE)]
