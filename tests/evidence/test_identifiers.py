"""How other systems name a person: added with a voucher, removed with a reason, folded at once."""

from uuid import UUID

import pytest
from sqlalchemy import select

from mentorcert.audit import AuditEntry
from mentorcert.errors import Conflict, Invalid, NotFound
from mentorcert.evidence import identifiers
from mentorcert.evidence.trust import Verdict
from tests.evidence.factories import FILM, FIRST, LMS, Raw, World, account
from tests.factories import make_person
from xapi import vocabulary as v


def test_an_identifier_makes_count_what_was_sent_before_and_its_removal_takes_it_back(world: World) -> None:
    person = world.enrolment.person
    world.send(world.said(actor=LMS), world.said(v.PAUSED, FILM, actor=LMS, result={"extensions": {v.VIDEO_TIME: 9}}))
    assert world.standings() == {}
    made = identifiers.add(
        world.session, world.door, person, LMS, verified_by=" HR,  by list ", who="test", now=world.now
    )
    world.session.commit()
    assert sorted(world.standings()) == sorted([FIRST, FILM])
    assert [each.verified_by for each in identifiers.of_person(world.session, person)] == ["HR, by list"]
    identifiers.remove(world.session, world.door, person, made.ifi_key, reason="Left", who="test", now=world.now)
    world.session.commit()
    assert world.standings() == {}
    entries = world.session.scalars(select(AuditEntry).where(AuditEntry.action.startswith("identifier."))).all()
    assert [(each.action, each.reason) for each in entries] == [("identifier.add", ""), ("identifier.remove", "Left")]
    assert "employee-4711" not in str([(each.before, each.after) for each in entries])


def test_an_identifier_means_one_person(world: World) -> None:
    other = make_person(world.session)
    identifiers.add(world.session, world.door, other, LMS, verified_by="HR", who="test", now=world.now)
    world.session.commit()
    with pytest.raises(Conflict):
        identifiers.add(
            world.session, world.door, world.enrolment.person, LMS, verified_by="HR", who="test", now=world.now
        )
    world.session.rollback()
    ids = world.send(world.said(actor=LMS))
    assert world.verdicts(ids) == [Verdict.OTHER_PERSON]


@pytest.mark.parametrize(
    ("agent", "voucher"),
    [
        ({}, "HR"),
        ({"mbox": "amara@example.org"}, "HR"),
        ({"mbox": "mailto:amara@example.org", "openid": "https://a.example"}, "HR"),
        ({"objectType": "Group", "mbox": "mailto:all@example.org"}, "HR"),
        (account(UUID(int=1)), "HR"),
        (account("x" * 600, "https://lms.example"), "HR"),
        (LMS, " "),
        (LMS, "x" * 201),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_identifies_nobody_is_refused(world: World, agent: Raw, voucher: str) -> None:
    with pytest.raises(Invalid):
        identifiers.add(
            world.session, world.door, world.enrolment.person, agent, verified_by=voucher, who="test", now=world.now
        )
    world.session.rollback()
    assert identifiers.of_person(world.session, world.enrolment.person) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_identifier_that_is_not_there_can_not_be_removed(world: World) -> None:
    with pytest.raises(NotFound):
        identifiers.remove(world.session, world.door, world.enrolment.person, "mbox:x", who="test", now=world.now)
