"""What other systems may say of lessons, whoever sends it and however their clocks go; and who takes it back."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import xapi
from mentorcert.catalog import service as catalog
from mentorcert.catalog.models import ProgrammeVersion
from mentorcert.cohorts import service as cohorts
from mentorcert.db import writing
from mentorcert.evidence import identifiers, queries, statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.models import Progress
from mentorcert.evidence.queries import Standing
from mentorcert.evidence.service import Door
from mentorcert.evidence.trust import Verdict
from mentorcert.files import open_files
from tests.catalog.factories import UNIT, make_programme, read_once
from tests.evidence.factories import (
    BASE,
    FILM,
    FIRST,
    LMS,
    TINY,
    Raw,
    World,
    account,
    make_key,
    ours,
    publish_other,
    void,
)
from tests.factories import NOW, make_cohort, make_enrolment, publish_programme
from xapi import credentials
from xapi import vocabulary as v

OTHERS_UNIT = Iris(BASE, "other").step("start", "first")


def test_a_lesson_that_was_read_elsewhere_is_completed(world: World) -> None:
    ids = world.send(world.said())
    assert world.verdicts(ids) == [Verdict.RECEIVED]
    assert world.standings() == {FIRST: Standing(completed_at=world.now, last_at=world.now)}


def test_a_film_that_was_left_elsewhere_goes_on_there_and_is_completed_in_the_end(world: World) -> None:
    for minute, (verb, seconds) in enumerate([(v.PLAYED, 0), (v.PAUSED, 61.5), (v.TERMINATED, 30)]):
        at = (world.now + timedelta(minutes=minute - 5)).isoformat()
        world.send(world.said(verb, FILM, result={"extensions": {v.VIDEO_TIME: seconds}}, timestamp=at))
    left = world.now - timedelta(minutes=3)
    assert world.standings() == {FILM: Standing(position=30_000, last_at=left)}
    world.send(world.said(v.COMPLETED, FILM, result={"completion": True}))
    assert world.standings() == {FILM: Standing(position=30_000, completed_at=world.now, last_at=world.now)}


def test_somebody_is_known_by_how_another_system_names_them(world: World) -> None:
    person = world.enrolment.person
    identifiers.add(world.session, world.door, person, LMS, verified_by="HR", who="test", now=world.now)
    world.session.commit()
    world.send(world.said(actor={"name": "Whoever", **LMS}))
    assert list(world.standings()) == [FIRST]


def test_a_registration_is_the_same_in_capitals(world: World) -> None:
    world.send(world.said(context={"registration": str(world.registration).upper()}))
    assert list(world.standings()) == [FIRST]


def test_what_was_sent_before_its_key_was_revoked_still_counts(world: World) -> None:
    world.send(world.said())
    name: str = world.key.agent["account"]["name"]
    writing(world.session)
    assert credentials.revoke(world.session, UUID(name.removeprefix("key:")), world.now)
    world.session.commit()
    assert list(world.standings()) == [FIRST]


def test_what_is_sent_for_a_closed_enrolment_counts_because_it_can_be_opened_again(world: World) -> None:
    cohorts.leave(world.session, world.enrolment, reason="", who="test", now=world.now)
    world.session.commit()
    world.send(world.said())
    assert list(world.standings()) == [FIRST]


def test_a_statement_says_nothing_about_its_authority(world: World) -> None:
    stranger = make_key(world.session, world.now)
    for claimed in (account("system"), dict(world.key.agent)):
        world.send(world.said(authority=claimed), key=stranger)
    assert world.standings() == {}


@pytest.mark.parametrize(
    "agent",
    [account("key:system"), account(f"key:{UUID(int=7)}"), account("key:"), LMS, {"mbox": "mailto:a@b.example"}],
)
def test_an_authority_that_is_no_key_of_ours_proves_nothing(world: World, agent: Raw) -> None:
    ids = world.send(world.said(), key=xapi.Authority(agent=agent))
    assert world.verdicts(ids) == [Verdict.NO_PROGRAMME]
    assert world.standings() == {}


def test_a_key_proves_nothing_for_programmes_that_it_does_not_name(world: World) -> None:
    nothing = make_key(world.session, world.now)
    other = make_key(world.session, world.now, "other")
    prefix = make_key(world.session, world.now, "tin", "")
    ids = [world.send(world.said(), key=key)[0] for key in (nothing, other, prefix)]
    assert world.verdicts(ids) == [Verdict.NO_PROGRAMME, Verdict.OTHER_PROGRAMME, Verdict.OTHER_PROGRAMME]
    assert world.standings() == {}


def test_a_key_of_two_programmes_does_not_carry_lessons_from_one_to_the_other(world: World) -> None:
    both = make_key(world.session, world.now, "other", "tiny")
    cohort = make_cohort(world.session, version=publish_other(world.session, world.now))
    there = make_enrolment(world.session, cohort, world.enrolment.person).uuid
    ids = world.send(
        world.said(about=OTHERS_UNIT),
        world.said(context={"registration": str(there)}),
        world.said(about=OTHERS_UNIT, context={"registration": str(there)}),
        key=both,
    )
    assert world.verdicts(ids) == [Verdict.NO_LESSON, Verdict.NO_LESSON, Verdict.RECEIVED]
    assert world.standings() == {}
    assert list(queries.standings(world.session, there)) == [OTHERS_UNIT]


def test_an_enrolment_in_another_programme_is_out_of_a_key_s_reach(world: World) -> None:
    cohort = make_cohort(world.session, version=publish_other(world.session, world.now))
    there = make_enrolment(world.session, cohort, world.enrolment.person).uuid
    ids = world.send(world.said(context={"registration": str(there)}))
    assert world.verdicts(ids) == [Verdict.OTHER_PROGRAMME]


def test_a_lesson_counts_in_the_version_that_the_enrolment_is_pinned_to(session: Session, now: datetime) -> None:
    old = make_enrolment(session, make_cohort(session, version=_with_a_lesson_less(session)))
    publish_programme(session)
    world = World(session, Door(BASE), old, old.person.uuid, old.uuid, make_key(session, now, "tiny"), now)
    ids = world.send(world.said(about=FILM), world.said())
    assert world.verdicts(ids) == [Verdict.NO_LESSON, Verdict.RECEIVED]
    assert list(world.standings()) == [FIRST]


def _with_a_lesson_less(session: Session) -> ProgrammeVersion:
    files = open_files("memory://", Path())
    version = catalog.publish_reading(session, files, read_once(_shorter), NOW, who="test").programmes[0]
    session.commit()
    return version


def _shorter(root: Path) -> tuple[Path, Path]:
    folders = make_programme(root, {UNIT: ("lessons: [first, film]", "lessons: [first]")})
    (root / "content/tiny/units/01-start/lessons/film.md").unlink()
    return folders


def test_another_system_says_nothing_of_scores_and_answers(world: World) -> None:
    result = {"score": {"scaled": 1, "raw": 100, "max": 100}, "success": True, "response": "yes", "completion": True}
    world.send(world.said(result=result))
    assert world.standings() == {FIRST: Standing(completed_at=world.now, last_at=world.now)}


@pytest.mark.parametrize(
    "said", ["0001-01-01T00:00:00Z", "2026-11-23T13:59:59Z", "2026-11-24T14:00:01Z", "9999-12-31T23:59:59Z"]
)
def test_a_clock_that_can_not_be_is_not_believed(world: World, said: str) -> None:
    world.send(world.said(timestamp=said))
    assert world.standings() == {FIRST: Standing(completed_at=world.now, last_at=world.now)}


def test_who_was_offline_for_a_day_read_it_when_they_say(world: World) -> None:
    yesterday = world.now - timedelta(hours=24)
    world.send(world.said(timestamp=yesterday.isoformat()))
    assert world.standings() == {FIRST: Standing(completed_at=yesterday, last_at=yesterday)}


def test_what_we_said_first_stays_the_first(world: World) -> None:
    earlier = world.now - timedelta(days=3)
    world.door.record(world.session, [ours(world, earlier)], now=earlier)
    world.session.commit()
    world.send(world.said(timestamp="1999-01-01T00:00:00Z"))
    assert world.standings()[FIRST].completed_at == earlier


def test_a_key_takes_back_what_it_sent(world: World) -> None:
    [kept] = world.send(world.said(), now=world.now - timedelta(minutes=5))
    [gone] = world.send(world.said())
    world.send(void(gone))
    assert world.standings()[FIRST].last_at == world.now - timedelta(minutes=5)
    world.send(void(kept))
    assert world.standings() == {}


def test_a_void_that_comes_first_holds_for_its_own_key_alone(world: World) -> None:
    other = make_key(world.session, world.now, "tiny")
    mine, ours = uuid4(), uuid4()
    world.send(void(mine), void(ours))
    world.send(world.said(id=str(mine)))
    assert world.standings() == {}
    world.send(world.said(id=str(ours)), key=other)
    assert list(world.standings()) == [FIRST]


def test_nobody_outside_takes_back_what_we_said(world: World) -> None:
    [mine] = world.door.record(world.session, [ours(world, world.now)], now=world.now)
    world.session.commit()
    with pytest.raises(xapi.ForbiddenVoid):
        world.send(void(mine))
    world.session.rollback()
    assert list(world.standings()) == [FIRST]


def test_we_take_back_what_others_said(world: World) -> None:
    [theirs] = world.send(world.said())
    world.door.record(world.session, [statements.voiding(TINY, theirs, at=world.now)], now=world.now)
    world.session.commit()
    assert world.standings() == {}


def test_a_void_refolds_without_what_never_counted(world: World) -> None:
    nothing = make_key(world.session, world.now)
    world.send(world.said(timestamp=(world.now - timedelta(hours=3)).isoformat()), key=nothing)
    [kept, gone] = world.send(world.said(), world.said())
    world.send(void(gone))
    assert world.standings() == {FIRST: Standing(completed_at=world.now, last_at=world.now)}
    assert world.session.scalars(select(Progress.completed_id)).all() == [kept]
