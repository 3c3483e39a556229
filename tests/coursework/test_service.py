"""Doing coursework, on both databases: what is stored, what is said, and what is said only once."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.cohorts import service as cohorts
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework import film, queries, service
from mentorcert.coursework.models import Reflection, StrengthsResult
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound
from mentorcert.evidence import statements
from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import door
from tests.coursework.factories import ANSWERS, BASE, STEPS, where
from xapi import vocabulary as v

MINUTE = timedelta(minutes=1)


def _said(session: Session) -> list[dict[str, Any]]:
    return [dict(stored.statement.raw) for stored in xapi.every(session)]


def _verbs(session: Session) -> list[str]:
    return [said["verb"]["id"] for said in _said(session)]


def _done(session: Session, enrolment: Enrolment) -> list[str]:
    study = queries.study(session, enrolment.uuid, BASE)
    return [state.step.id for state in study.unit("start").steps if state.done]


def _answer_all(
    session: Session, enrolment: Enrolment, now: datetime, marker: str = "", **other: tuple[str, ...]
) -> None:
    for at, (question, right) in enumerate(ANSWERS.items()):
        given = other.get(question.replace("-", "_"), right)
        service.answer(session, where(enrolment, "check"), question, given, marker, now=now + at * MINUTE)
        session.commit()


def test_every_step_is_said_once_however_often_it_is_done(
    session: Session, enrolment: Enrolment, now: datetime
) -> None:
    for _ in range(2):
        service.read_lesson(session, where(enrolment, "first"), now=now)
        service.watch_film(session, where(enrolment, "film"), now=now)
        service.acknowledge(session, where(enrolment, "promise"), now=now)
        service.record_strengths(session, where(enrolment, "strengths"), ["Calm"], "", now=now)
        row = queries.reflection(session, queries.study(session, enrolment.uuid, BASE).row, "start")
        service.reflect(session, where(enrolment, "reflection"), "So.", "", row.revision if row else 0, now=now)
        session.commit()
    _answer_all(session, enrolment, now)
    assert _done(session, enrolment) == list(STEPS)
    assert _verbs(session) == [v.COMPLETED] * 2 + [v.ACKNOWLEDGED] + [v.COMPLETED] * 2 + [v.ANSWERED] * 5 + [v.PASSED]
    kinds = [said["object"]["definition"]["type"] for said in _said(session)]
    assert kinds[:5] == [v.LESSON, v.VIDEO, v.ORIENTATION, v.STRENGTHS, v.REFLECTION]
    assert set(kinds[5:10]) == {v.INTERACTION}


def test_answers_are_said_in_the_patterns_of_xapi(session: Session, enrolment: Enrolment, now: datetime) -> None:
    _answer_all(
        session,
        enrolment,
        now,
        q_multiple=("c", "a"),
        q_order=("b", "a"),
        q_match=("b.a", "a.b"),
        q_claim=("false",),
    )
    told = [
        (
            said["object"]["definition"]["interactionType"],
            said["object"]["definition"]["correctResponsesPattern"],
            said["result"]["response"],
            said["result"]["score"]["scaled"],
            said["result"]["success"],
        )
        for said in _said(session)[:5]
    ]
    assert told == [
        ("choice", ["a"], "a", 1, True),
        ("choice", ["a[,]b"], "a[,]c", 0, False),
        ("true-false", ["true"], "false", 0, False),
        ("sequencing", ["a[,]b"], "b[,]a", 0, False),
        ("matching", ["a[.]a[,]b[.]b"], "a[.]b[,]b[.]a", 0, False),
    ]
    finished = _said(session)[5]
    assert (finished["verb"]["id"], finished["result"]["score"]["scaled"]) == (v.FAILED, 0.2)


def test_the_best_of_several_attempts_counts(session: Session, enrolment: Enrolment, now: datetime) -> None:
    _answer_all(session, enrolment, now)
    first = queries.study(session, enrolment.uuid, BASE).sitting("start")
    assert (first.shows_result, first.percent, first.best_percent) == (True, 100, 100)
    _answer_all(session, enrolment, now + 60 * MINUTE, first.marker, q_choice=("b",))
    second = queries.study(session, enrolment.uuid, BASE).sitting("start")
    assert (second.shows_result, second.percent, second.best_percent) == (True, 80, 100)


def test_a_second_answer_in_one_attempt_changes_nothing(session: Session, enrolment: Enrolment, now: datetime) -> None:
    check = where(enrolment, "check")
    assert service.answer(session, check, "q-choice", ["b"], "", now=now)
    session.commit()
    assert not service.answer(session, check, "q-choice", ["a"], "", now=now + MINUTE)
    assert queries.study(session, enrolment.uuid, BASE).sitting("start").current == {"q-choice": ("b",)}


def test_an_answer_to_an_attempt_that_is_over_begins_no_new_one(
    session: Session, enrolment: Enrolment, now: datetime
) -> None:
    _answer_all(session, enrolment, now)
    late = service.answer(session, where(enrolment, "check"), "q-match", ["a.b", "b.a"], "", now=now + 60 * MINUTE)
    assert not late
    assert queries.study(session, enrolment.uuid, BASE).sitting("start").shows_result


@pytest.mark.parametrize(
    ("question", "response"),
    [("q-choice", ["z"]), ("q-choice", []), ("q-order", ["a", "a"]), ("q-match", ["a.a"]), ("q-claim", ["perhaps"])],
)
def test_an_answer_that_is_none_is_refused(
    session: Session, enrolment: Enrolment, now: datetime, question: str, response: list[str]
) -> None:
    with pytest.raises(Invalid):
        service.answer(session, where(enrolment, "check"), question, response, "", now=now)
    assert xapi.count(session) == 0


def test_a_finish_that_was_taken_back_can_be_made_again(session: Session, enrolment: Enrolment, now: datetime) -> None:
    check = where(enrolment, "check")
    with pytest.raises(Conflict):
        service.finish_check(session, check, now=now)
    session.rollback()
    _answer_all(session, enrolment, now)
    finish = xapi.every(session)[-1].statement.id
    study = queries.study(session, enrolment.uuid, BASE)
    taken_back = statements.voiding(study.iris, finish, at=now + 10 * MINUTE)
    door(BASE).record(session, [taken_back], now=now + 10 * MINUTE)
    session.commit()
    assert _done(session, enrolment) == []
    service.finish_check(session, check, now=now + 11 * MINUTE)
    service.finish_check(session, check, now=now + 12 * MINUTE)
    session.commit()
    assert _done(session, enrolment) == ["check"]
    assert _verbs(session).count(v.PASSED) == 2


def test_a_film_is_left_and_gone_on_with(session: Session, enrolment: Enrolment, now: datetime) -> None:
    fields = {"event": "left", "time": "41.2", "length": "103", "segments": "0[.]41.2"}
    assert not service.watch_film(session, where(enrolment, "film"), film.report(fields), now=now)
    session.commit()
    place = queries.study(session, enrolment.uuid, BASE).place("start", "film")
    assert (place.resume_at, place.state.done, place.state.begun) == (41, False, True)
    left = _said(session)[0]["result"]["extensions"]
    assert (left[v.VIDEO_TIME], left[v.VIDEO_PROGRESS], left[v.VIDEO_PLAYED_SEGMENTS]) == (41.2, 0.4, "0.000[.]41.200")
    rest = {"event": "paused", "time": "100", "length": "103", "segments": "0[.]100"}
    assert service.watch_film(session, where(enrolment, "film"), film.report(rest), now=now + MINUTE)
    session.commit()
    place = queries.study(session, enrolment.uuid, BASE).place("start", "film")
    assert (place.resume_at, place.state.done) == (0, True)
    ended = film.report(rest | {"event": "completed"})
    assert service.watch_film(session, where(enrolment, "film"), ended, now=now + 2 * MINUTE)
    assert _verbs(session) == [v.TERMINATED, v.PAUSED, v.COMPLETED]


def test_what_is_written_to_oneself_is_in_no_statement(session: Session, enrolment: Enrolment, now: datetime) -> None:
    reflection, strengths = where(enrolment, "reflection"), where(enrolment, "strengths")
    service.save_draft(session, reflection, "a secret dr", "", 0, now=now)
    service.reflect(session, reflection, " a secret draft ", " silence ", 1, now=now)
    service.record_strengths(session, strengths, ["Untangling", " ", "My  calm"], " five moments ", now=now)
    session.commit()
    kept = session.scalars(select(Reflection)).one()
    assert (kept.text, kept.practise, kept.draft, kept.revision) == ("a secret draft", "silence", None, 2)
    result = session.scalars(select(StrengthsResult)).one()
    assert (result.strengths, result.instrument) == (["Untangling", "My calm"], "five moments")
    told = json.dumps(_said(session))
    assert not [word for word in ("secret", "silence", "Untangling", "calm", "moments", "Amara") if word in told]


def test_a_draft_is_no_statement_and_shares_nothing(session: Session, enrolment: Enrolment, now: datetime) -> None:
    row = service.save_draft(session, where(enrolment, "reflection"), "half a th", "silence", 0, now=now)
    session.commit()
    assert (row.practise, row.draft) == ("", {"text": "half a th", "practise": "silence"})
    assert xapi.count(session) == 0


def test_an_older_tab_overwrites_no_newer_draft(session: Session, enrolment: Enrolment, now: datetime) -> None:
    reflection = where(enrolment, "reflection")
    service.save_draft(session, reflection, "first", "", 0, now=now)
    service.save_draft(session, reflection, "second", "", 1, now=now)
    session.commit()
    with pytest.raises(service.StaleDraft):
        service.save_draft(session, reflection, "from the other tab", "", 1, now=now)
    session.rollback()
    with pytest.raises(service.StaleDraft):
        service.reflect(session, reflection, "from the other tab", "", 1, now=now)
    session.rollback()
    assert session.scalars(select(Reflection.draft)).one() == {"text": "second", "practise": ""}


def test_strengths_are_one_to_five(session: Session, enrolment: Enrolment, now: datetime) -> None:
    for words in ([" "], ["a", "b", "c", "d", "e", "f"]):
        with pytest.raises(Invalid):
            service.record_strengths(session, where(enrolment, "strengths"), words, "", now=now)
        session.rollback()
    assert xapi.count(session) == 0


def test_a_step_of_another_kind_or_none_is_refused(session: Session, enrolment: Enrolment, now: datetime) -> None:
    with pytest.raises(Conflict):
        service.read_lesson(session, where(enrolment, "check"), now=now)
    session.rollback()
    with pytest.raises(NotFound):
        service.read_lesson(session, where(enrolment, "nothing"), now=now)


def test_a_closed_enrolment_takes_nothing_more(session: Session, enrolment: Enrolment, now: datetime) -> None:
    writing(session)
    cohorts.leave(session, enrolment, reason="moved", who="test", now=now)
    session.commit()
    with pytest.raises(Conflict):
        service.read_lesson(session, where(enrolment, "first"), now=now)
    session.rollback()
    assert xapi.count(session) == 0


def test_two_tabs_at_once_say_a_thing_once(
    engine: Engine, session: Session, enrolment: Enrolment, now: datetime
) -> None:
    first = where(enrolment, "first")
    with Session(engine) as other:
        other.scalar(select(Enrolment.id))  # it has read before the first tab writes
        service.read_lesson(session, first, now=now)
        session.commit()
        service.read_lesson(other, first, now=now)
        other.commit()
    assert xapi.count(session) == 1


def test_progress_is_the_same_when_it_is_made_anew(session: Session, enrolment: Enrolment, now: datetime) -> None:
    service.read_lesson(session, where(enrolment, "first"), now=now)
    report = film.report({"event": "left", "time": "41", "length": "103", "segments": "0[.]41"})
    service.watch_film(session, where(enrolment, "film"), report, now=now)
    _answer_all(session, enrolment, now, q_choice=("b",))
    before = _progress(session)
    study = queries.study(session, enrolment.uuid, BASE)
    picture = (study.unit("start"), study.sitting("start").score)
    session.rollback()
    door(BASE).rebuild(session)
    session.commit()
    study = queries.study(session, enrolment.uuid, BASE)
    assert _progress(session) == before
    assert (study.unit("start"), study.sitting("start").score) == picture


def _progress(session: Session) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in session.execute(select(Progress.__table__).order_by("activity"))]
