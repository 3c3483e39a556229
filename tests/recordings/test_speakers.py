"""A person says who is who; names stay with the trainee; coaches say what is a question."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings import context, speakers, transcript
from mentorcert.recordings.cues import Cue
from mentorcert.recordings.models import Recording
from mentorcert.recordings.question_models import QuestionVerdict, Verdict
from mentorcert.recordings.voices import Voice
from tests.browsing import Browser
from tests.factories import NOW, give_role, make_enrolment, make_person
from tests.recordings.factories import hand_in, wish

TALK = (
    Cue(0, 6, "AO’s phone", "What brings you here?"),
    Cue(6, 12, "Dana", "Time & money."),
    Cue(12, 14, "AO’s laptop", "Did you ask for <b>help</b>?"),
    Cue(14, 15, "Host", "Ten minutes left."),
    Cue(15, 20, "Dana", "No."),
)
RIGHT = {1: "mentor", 2: "mentee", 3: "mentor", 4: "other"}
NAMES = ("AO’s phone", "AO’s laptop", "Host", "Dana", "Amara")
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def enrolment(session: Session) -> Enrolment:
    return make_enrolment(session, person=make_person(session, "Amara Okafor"))


@pytest.fixture
def recording(session: Session, enrolment: Enrolment) -> Recording:
    return handed_in(session, enrolment)


@pytest.fixture
def coach(session: Session, enrolment: Enrolment) -> Person:
    return give_role(session, make_person(session, "Tomasz Wrona"), Role.COACH, enrolment.cohort)


def handed_in(session: Session, enrolment: Enrolment, cues: tuple[Cue, ...] = TALK) -> Recording:
    """A recording that is a link, so that its transcript may be of any length."""
    data = transcript.written(cues).encode()
    return hand_in(session, enrolment, wish("", link="https://meet.example/rec/1", transcript=data))


def begin_grading(session: Session, recording: Recording) -> None:
    writing(session)
    recording.grading_began_at = NOW
    session.commit()


@SQLITE
def test_before_anybody_says_it_who_is_who_is_a_guess(recording: Recording) -> None:
    assert [(each.number, each.name, each.percent, each.voice) for each in speakers.headings(recording)] == [
        (1, "AO’s phone", 30, None),
        (2, "Dana", 55, Voice.MENTEE),
        (3, "AO’s laptop", 10, None),
        (4, "Host", 5, None),
    ]
    assert [cue.speaker for cue in speakers.shown(recording)] == ["Voice 1", "Mentee", "Voice 3", "Voice 4", "Mentee"]


def test_what_a_person_says_counts_and_leaves_a_trace_without_names(session: Session, recording: Recording) -> None:
    by = recording.enrolment.person.uuid
    speakers.confirm(session, recording.uuid, RIGHT, by=by, now=NOW)
    session.commit()
    session.refresh(recording)
    assert recording.speakers_confirmed_at == NOW
    assert [cue.speaker for cue in speakers.shown(recording)] == ["Mentor", "Mentee", "Mentor", "Voice 4", "Mentee"]
    heard = context.heard(session, recording, None)
    assert (heard.talk.mentor_percent, heard.talk.unknown_percent, heard.is_confirmed) == (42, 0, True)
    assert [each.question.text for each in heard.questions] == ["What brings you here?", "Did you ask for <b>help</b>?"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "recording.speakers")).one()
    assert (entry.who, entry.subject) == (str(by), f"recording:{recording.uuid}")
    assert entry.before == {"voice 1": "", "voice 2": "mentee", "voice 3": "", "voice 4": ""}
    assert entry.after == {"voice 1": "mentor", "voice 2": "mentee", "voice 3": "mentor", "voice 4": "other"}


@SQLITE
@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({1: "mentor"}, ["voice-2", "voice-3", "voice-4"]),
        ({**RIGHT, 2: "manager"}, ["voice-2"]),
        ({1: "mentee", 2: "mentee", 3: "other", 4: "other"}, ["voice-1"]),
    ],
)
def test_each_voice_wants_an_answer(
    session: Session, recording: Recording, said: dict[int, str], faults: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        speakers.confirm(session, recording.uuid, said, by=recording.enrolment.person.uuid, now=NOW)
    assert [fault.where for fault in refused.value.faults] == faults
    session.rollback()
    assert recording.speakers_confirmed_at is None


def test_once_a_coach_has_begun_only_a_coach_corrects_it(session: Session, recording: Recording, coach: Person) -> None:
    begin_grading(session, recording)
    with pytest.raises(Conflict, match="A coach has begun to grade this recording"):
        speakers.confirm(session, recording.uuid, RIGHT, by=recording.enrolment.person.uuid, now=NOW)
    session.rollback()
    assert speakers.confirm(session, recording.uuid, RIGHT, by=coach.uuid, now=NOW).speakers["Host"] == "other"


@SQLITE
def test_a_transcript_that_names_nobody_has_nobody_to_tell_apart(session: Session, enrolment: Enrolment) -> None:
    made = handed_in(session, enrolment, (Cue(0, 4, "", "What brings you here?"), Cue(4, 9, "", "Time.")))
    heard = context.heard(session, made, None)
    assert (heard.is_told_apart, heard.questions, heard.talk.mentor_percent) == (False, (), None)
    with pytest.raises(NotFound):
        speakers.confirm(session, made.uuid, {}, by=made.enrolment.person.uuid, now=NOW)


@SQLITE
def test_of_a_crowd_the_first_voices_are_asked_about_and_the_others_are_somebody_else(
    session: Session, enrolment: Enrolment
) -> None:
    crowd = tuple(Cue(at, at + 1, f"Voice of {chr(65 + at)}", "Hello.") for at in range(20))
    made = handed_in(session, enrolment, crowd)
    said = {number: "mentor" if number == 1 else "mentee" for number in range(1, speakers.MOST + 1)}
    speakers.confirm(session, made.uuid, said, by=enrolment.person.uuid, now=NOW)
    known = speakers.who(made, crowd)
    assert [known["Voice of A"], known["Voice of L"], known["Voice of M"]] == [Voice.MENTOR, Voice.MENTEE, Voice.OTHER]


def test_what_coaches_say_of_a_question_is_their_own(session: Session, recording: Recording, coach: Person) -> None:
    speakers.confirm(session, recording.uuid, RIGHT, by=coach.uuid, now=NOW)
    session.commit()
    heard = context.judge(session, recording.uuid, 0, "closed", by=coach.uuid, now=NOW)
    assert [(each.verdict, each.is_open) for each in heard.questions] == [(Verdict.CLOSED, False), (None, False)]
    heard = context.judge(session, recording.uuid, 12000, "struck", by=coach.uuid, now=NOW)
    assert (len(heard.confirmed), len(heard.waiting)) == (1, 0)
    heard = context.judge(session, recording.uuid, 0, "", by=coach.uuid, now=NOW)
    session.commit()
    assert [each.verdict for each in heard.questions] == [None, Verdict.STRUCK]
    other = give_role(session, make_person(session, "Priya"), Role.COACH, recording.enrolment.cohort)
    assert [each.verdict for each in context.heard(session, recording, other.uuid).questions] == [None, None]


def test_a_verdict_is_on_the_words_that_the_coach_saw(session: Session, recording: Recording, coach: Person) -> None:
    speakers.confirm(session, recording.uuid, RIGHT, by=coach.uuid, now=NOW)
    context.judge(session, recording.uuid, 0, "open", by=coach.uuid, now=NOW)
    recording.transcript = recording.transcript.replace("What brings", "What makes")
    session.commit()
    assert [each.verdict for each in context.heard(session, recording, coach.uuid).questions] == [None, None]
    assert "brings" not in str([vars(each) for each in session.scalars(select(QuestionVerdict))])


@SQLITE
@pytest.mark.parametrize(("at", "verdict", "problem"), [(7, "open", NotFound), (0, "maybe", Invalid)])
def test_there_is_no_verdict_on_nothing(
    session: Session, recording: Recording, coach: Person, at: int, verdict: str, problem: Any
) -> None:
    speakers.confirm(session, recording.uuid, RIGHT, by=coach.uuid, now=NOW)
    with pytest.raises(problem):
        context.judge(session, recording.uuid, at, verdict, by=coach.uuid, now=NOW)


@SQLITE
def test_the_trainee_says_who_is_who(
    app: MentorCert, client: Browser, session: Session, enrolment: Enrolment, recording: Recording
) -> None:
    desk, page = f"/enrolments/{enrolment.uuid}/recording", f"/recordings/{recording.uuid}/speakers"
    client.sign_in(enrolment.person)
    assert page in client.get(desk).text
    shown = client.get(page).text
    assert "There are four voices in the transcript. Say who is who." in shown
    assert "AO’s phone" in shown
    answer = client.submit(page, {"voice-1": "mentor", "voice-2": "mentee"})
    assert answer.status_code == 400
    assert answer.text.count("This voice has no answer yet. Say who it is.") == 2
    assert answer.text.count(" checked") == 2
    answer = client.submit(page, {f"voice-{number}": voice for number, voice in RIGHT.items()})
    assert (answer.status_code, answer.location) == (303, desk)
    begin_grading(session, recording)
    assert "only they can correct it" in client.get(page).text
    assert client.post(page, data={"csrf_token": client.token(page), "voice-1": "mentee"}).status_code == 409


@SQLITE
def test_coaches_see_no_names(app: MentorCert, client: Browser, recording: Recording, coach: Person) -> None:
    client.sign_in(coach)
    for address in ("speakers", "captions"):
        text = client.get(f"/recordings/{recording.uuid}/{address}").text
        assert [name for name in NAMES if name in text] == []
    assert "&lt;b&gt;help&lt;/b&gt;" in client.get(f"/recordings/{recording.uuid}/speakers").text
    answer = client.submit(f"/recordings/{recording.uuid}/speakers", {f"voice-{n}": v for n, v in RIGHT.items()})
    assert answer.location == f"/recordings/{recording.uuid}/speakers"


@SQLITE
def test_a_coach_presses_what_a_question_is(
    app: MentorCert, client: Browser, session: Session, recording: Recording, coach: Person
) -> None:
    speakers.confirm(session, recording.uuid, RIGHT, by=coach.uuid, now=NOW + timedelta(minutes=1))
    session.commit()
    client.sign_in(coach)
    page, address = f"/recordings/{recording.uuid}/speakers", f"/recordings/{recording.uuid}/questions/0"
    sent = {"csrf_token": client.token(page), "verdict": "open"}
    answer = client.post(address, data=sent, headers={"Accept": "application/json"})
    assert answer.json == {
        "verdict": "open",
        "numbers": "Mentor speaks 42 %. Longest stretch 0:06. One question confirmed, 1 open. "
        "One more is a candidate. Context, not a grade.",
    }
    came = f"https://localhost/assessments/{recording.uuid}"
    answer = client.post(address, data=sent, headers={"Referer": came})
    assert (answer.status_code, answer.location) == (303, f"{came}#asked-0")
    answer = client.post(address, data=sent, headers={"Referer": "https://elsewhere.example/x"})
    assert answer.location == f"{page}#asked-0"
    assert client.post(f"{address}9", data=sent).status_code == 404
