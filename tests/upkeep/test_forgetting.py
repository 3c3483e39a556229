"""Forgetting somebody: what they did stays evidence, and nothing in the database says who it was."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import xapi
from mentorcert import audit, mail
from mentorcert.audit import AuditEntry
from mentorcert.certification import service as certification
from mentorcert.certification.models import Certificate
from mentorcert.cohorts.models import Enrolment
from mentorcert.coursework.models import Reflection, StrengthsResult
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid
from mentorcert.evidence import identifiers
from mentorcert.evidence.service import Door
from mentorcert.grading.models import Assessment
from mentorcert.outbox import OutboxRow
from mentorcert.people import service as people
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings import service as recordings
from mentorcert.recordings.models import Recording, State
from mentorcert.recordings.service import Found
from mentorcert.upkeep import clearing, forgetting
from mentorcert.upkeep.forgetting import Forgotten
from tests.certification.factories import meet_everything
from tests.databases import ALL_METADATA
from tests.evidence.factories import FILM, LMS, World, account, make_world
from tests.factories import make_enrolment, make_person
from xapi import verify

NAME = "Zuleikha Ōkubo"
EMAIL = "zuleikha.okubo@example.org"
SHA1 = hashlib.sha1(f"mailto:{EMAIL}".encode()).hexdigest()
REASON = "Zuleikha Ōkubo (zuleikha.okubo@example.org) asked for it"


@dataclass
class Life:
    """Somebody of whom everything is known, here and elsewhere."""

    world: World
    person: Person
    coach: Person
    enrolment: Enrolment
    session: Session
    door: Door
    now: datetime

    def forget(self, **options: Any) -> Forgotten:
        done = forgetting.forget(
            self.session, self.door, self.person, **{"reason": REASON, "who": "test", "now": self.now, **options}
        )
        self.session.commit()
        return done


@pytest.fixture
def life(session: Session, now: datetime) -> Life:
    world = make_world(session, now)
    door = world.door
    coach = make_person(session, "Coach Ade")
    person = make_person(session, NAME, EMAIL, roles=(Role.MANAGER,), office="Leeds")
    enrolment = make_enrolment(session, world.enrolment.cohort, person)
    meet_everything(session, door, enrolment, coach, now=now)
    world.enrolment, world.person, world.registration = enrolment, person.uuid, enrolment.uuid
    writing(session)
    people.send_link(session, person, "reset", now=now)
    people.update_profile(session, person, name=NAME, zone="Africa/Lagos", theme="dark", now=now)
    certification.certify(session, door, enrolment, organisation="Us", who=coach.uuid, now=now)
    mail.post(session, "x", to=coach.email, subject=f"About {NAME}", values={"name": NAME}, now=now)
    audit.record(session, now=now, who="x", action="roster.import", subject="roster:csv", after={"rows": [EMAIL, NAME]})
    session.add(Reflection(enrolment_id=enrolment.id, unit="start", text=f"I, {NAME}", written_at=now))
    session.add(StrengthsResult(enrolment_id=enrolment.id, strengths=["Zeal"], recorded_at=now))
    identifiers.add(session, door, person, LMS, verified_by="the LMS", who="test", now=now)
    session.commit()
    _tell_elsewhere(world)
    return Life(world, person, coach, enrolment, session, door, now)


def _tell_elsewhere(world: World) -> None:
    """Let another system tell of them, by each of their identifiers and in each place."""
    mailbox = {"objectType": "Agent", "mbox": f"mailto:{EMAIL}", "name": NAME}
    world.send(
        world.said(about=FILM, actor={**LMS, "name": NAME}),
        world.said(actor={"mbox": f"mailto:{EMAIL.title()}"}, about="https://lms.example/course"),
        world.said(actor={"mbox_sha1sum": SHA1.upper()}, object=mailbox),
        world.said(actor={"objectType": "Group", "member": [mailbox, {"mbox": "mailto:dana@example.org"}]}),
        world.said(context={"instructor": mailbox, "team": {"objectType": "Group", "member": [mailbox]}}),
        world.said(object={"objectType": "SubStatement", **world.said(actor=mailbox)}),
        world.said(actor={**account(world.person), "name": NAME}, about="https://lms.example/course"),
        world.said(actor={"mbox": "mailto:dana@example.org"}, about="https://lms.example/course"),
    )


def dump(session: Session) -> str:
    """Every value of every table."""
    tables = [table for metadata in ALL_METADATA for table in metadata.sorted_tables]
    rows = [f"{table.name} {tuple(row)}" for table in tables for row in session.execute(select(table))]
    session.rollback()
    return "\n".join(rows)


def test_nothing_in_any_table_says_who_it_was(life: Life) -> None:
    before = dump(life.session).casefold()
    traces = [
        NAME.casefold(),
        EMAIL,
        SHA1,
        "employee-4711",
        hashlib.sha256(b"account:https://lms.example|employee-4711").hexdigest(),
    ]
    assert [each in before for each in traces] == [True] * 5
    done = life.forget()
    after = dump(life.session).casefold()
    assert [line for line in after.splitlines() if any(each in line for each in traces)] == []
    assert done == Forgotten(statements=7, signatures=0, documents=0, certificates=1, recordings=1)


def test_what_they_did_counts_as_before(life: Life) -> None:
    before = life.world.standings()
    assert FILM in before
    life.forget()
    assert life.world.standings() == before


def test_the_store_is_sound_afterwards(life: Life) -> None:
    life.forget()
    seen, found = verify.page(life.session, verify.begin(life.session), 1000)
    assert found + verify.whole(life.session, seen) == []


def test_one_pseudonym_takes_the_place_of_all_that_nobody_vouched_for(life: Life) -> None:
    life.forget()
    told = [each.statement for each in xapi.every(life.session)][-8:]
    names = [each.raw["actor"].get("account", {}).get("name", "") for each in told]
    assert names[0] == str(life.person.uuid)
    assert names[1].startswith("forgotten:")
    assert names[2] == names[1] == told[2].raw["object"]["account"]["name"]
    assert told[7].raw["actor"] == {"mbox": "mailto:dana@example.org"}


def test_the_account_leads_nowhere(life: Life) -> None:
    life.forget()
    person = life.session.scalars(select(Person).where(Person.uuid == life.world.person)).one()
    assert (person.name, person.email) == (clearing.NAME, f"{person.uuid}@forgotten.invalid")
    assert (person.zone, person.theme, person.office, person.password_hash, person.grants) == ("UTC", "", None, "", [])
    assert person.archived_at == life.now
    assert people.sign_in(life.session, EMAIL, "correct horse battery") is None


def test_words_and_voices_go_and_the_grade_stays(life: Life) -> None:
    life.forget()
    session = life.session
    assert [session.scalars(select(table)).all() for table in (Reflection, StrengthsResult)] == [[], []]
    recording = session.scalars(select(Recording)).one()
    assert (recording.link, recording.mentee_name, recording.transcript, recording.file_key) == ("", "", "", "")
    assert (recording.mentee_email, recording.poster_key, recording.waveform, recording.speakers) == ("", "", [], {})
    assert recording.media_deleted_at == life.now
    grade = session.scalars(select(Assessment)).one()
    assert (grade.percent, grade.passed, {mark.level for mark in grade.marks}) == (79, True, {"solid"})


def test_a_check_under_way_brings_no_recording_back(life: Life) -> None:
    session, recording = life.session, life.session.scalars(select(Recording)).one()
    writing(session)
    recording.state = State.CHECKING
    session.commit()
    life.forget()
    with pytest.raises(Conflict):
        recordings.accept(session, life.door, recording.uuid, Found("video/mp4", 2, "recordings/still"), now=life.now)
    session.rollback()
    assert (recording.state, recording.poster_key, recording.content_type) == (State.REFUSED, "", "")


def test_the_certificate_stays_in_the_register_without_the_name(life: Life) -> None:
    life.forget()
    found = life.session.scalars(select(Certificate)).one()
    assert found.document["holder"] == "The holder, whose name was erased,"
    assert found.fingerprint == certification.fingerprint(found.document)


def test_mail_to_them_is_not_sent_and_mail_to_others_does_not_name_them(life: Life) -> None:
    life.forget()
    waiting = [dict(row.payload) for row in life.session.scalars(select(OutboxRow)) if row.state != "done"]
    assert waiting == [
        {"template": "x", "to": life.coach.email, "subject": "About (erased)", "values": {"name": "(erased)"}}
    ]


def test_an_audit_entry_remains_without_the_name(life: Life) -> None:
    life.forget()
    entry = life.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.subject, entry.reason) == (
        "person.forget",
        f"person:{life.world.person}",
        "(erased) ((erased)) asked for it",
    )
    assert entry.after == {"statements": 7, "signatures": 0, "documents": 0, "certificates": 1, "recordings": 1}


def test_done_again_it_finds_nothing_but_what_was_found_out_since(life: Life) -> None:
    life.forget()
    again = life.forget()
    assert (again.statements, forgetting.is_forgotten(life.person)) == (0, True)
    late = life.forget(also=[{"mbox": "mailto:dana@example.org"}])
    assert late.statements == 2
    assert "dana@example.org" not in dump(life.session)


def test_nobody_is_forgotten_without_a_reason_or_by_themselves(life: Life) -> None:
    before = dump(life.session)
    with pytest.raises(Invalid):
        life.forget(reason=" ")
    with pytest.raises(Conflict):
        life.forget(who=life.person.uuid)
    with pytest.raises(Invalid):
        life.forget(also=[{"mbox": "dana"}])
    life.session.rollback()
    assert dump(life.session) == before


def test_somebody_without_an_account_is_forgotten_by_what_names_them(life: Life) -> None:
    def forget(agent: dict[str, Any]) -> Forgotten:
        done = forgetting.forget_agent(life.session, life.door, agent, reason="asked", who="test", now=life.now)
        life.session.commit()
        return done

    assert forget({"mbox": "mailto:Dana@example.org"}).statements == 2
    assert "dana@example.org" not in dump(life.session).casefold()
    assert forget({"mbox": "mailto:dana@example.org"}).statements == 0
    for known in ({"mbox": f"mailto:{EMAIL}"}, LMS):
        with pytest.raises(Conflict):
            forget(known)
        life.session.rollback()


def test_what_it_would_be_about_is_known_before(life: Life) -> None:
    assert forgetting.known(life.session, life.person) == forgetting.Known(6, 1, 1, [])


def test_others_are_left_alone(life: Life) -> None:
    """Whose name is a part of somebody's, or who has a similar address, is somebody else."""
    session = life.session
    other = make_person(session, f"{NAME}-Ade", f"x{EMAIL}")
    session.commit()
    writing(session)
    subject = f"person:{other.uuid}"
    audit.record(
        session, now=life.now, who="x", action="y", subject=subject, reason=f"{NAME}s x{EMAIL}", after={"a": 1}
    )
    session.commit()
    life.forget()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "y")).one()
    assert (entry.reason, entry.before, entry.after) == (f"{NAME}s x{EMAIL}", None, {"a": 1})
    assert (other.name, other.email) == (f"{NAME}-Ade", f"x{EMAIL}")


def test_what_another_system_calls_them_may_be_any_word_elsewhere(life: Life) -> None:
    session, short = life.session, {"account": {"homePage": "https://other.example", "name": "day"}}
    writing(session)
    for subject in ("cohort:1", f"person:{life.person.uuid}"):
        audit.record(session, now=life.now, who="x", action="y", subject=subject, reason="a day, and another Day")
    session.commit()
    life.forget(also=[short])
    told = session.scalars(select(AuditEntry.reason).where(AuditEntry.action == "y").order_by(AuditEntry.id))
    assert list(told) == ["a day, and another Day", "a (erased), and another (erased)"]
