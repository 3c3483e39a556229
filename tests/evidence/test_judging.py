"""What judging statements of other systems costs, and what is kept for it."""

from uuid import UUID, uuid4

import xapi
from mentorcert.evidence.receiving import Kept
from mentorcert.evidence.trust import Verdict
from tests import databases
from tests.evidence.factories import FILM, LMS, World, account, ours
from tests.factories import make_enrolment, make_person
from xapi import vocabulary as v


def test_what_never_changes_is_asked_once(world: World) -> None:
    first = world.send(world.said(), world.said(about=FILM))
    unknown = world.said(context={"registration": str(uuid4())})
    [mine] = world.door.record(world.session, [ours(world, world.now)], now=world.now)
    world.session.commit()
    asked = {
        "ours": _asked(world, [mine]),
        "known": _asked(world, first),
        "hopeless": _asked(world, world.send(world.said(v.EARNED))),
        "no enrolment": _asked(world, world.send(unknown, unknown)),
        "known elsewhere": _asked(world, world.send(world.said(actor=LMS), world.said(actor=LMS))),
    }
    assert {name: len(queries) for name, queries in asked.items()} == {
        "ours": 0,
        "known": 0,
        "hopeless": 0,
        "no enrolment": 1,
        "known elsewhere": 1,
    }


def _asked(world: World, ids: list[UUID]) -> list[str]:
    """The queries that judging stored statements costs."""
    stored = xapi.lookup(world.session, ids)
    with databases.counted(world.engine) as said:
        world.door.judge.verdicts(world.session, stored)
    return said


def test_an_enrolment_that_is_made_later_is_known_at_once(world: World) -> None:
    registration = uuid4()
    world.send(world.said(context={"registration": str(registration)}))
    person = make_person(world.session)
    late = make_enrolment(world.session, world.enrolment.cohort, person)
    ids = world.send(world.said(actor=account(person.uuid), context={"registration": str(late.uuid)}))
    assert world.verdicts(ids) == [Verdict.RECEIVED]


def test_few_values_are_kept_and_the_least_asked_goes_first() -> None:
    kept: Kept[int, int] = Kept(2)
    asked: list[int] = []

    def find(missing: list[int]) -> dict[int, int]:
        asked.extend(missing)
        return {each: each * 10 for each in missing if each != 9}

    assert kept.of([1, 2], find) == {1: 10, 2: 20}
    assert kept.of([1], find) == {1: 10}
    assert kept.of([3], find) == {3: 30}
    assert kept.of([1, 3, 2], find) == {1: 10, 3: 30, 2: 20}
    assert kept.of([9, 9], find) == {}
    assert kept.of([9], find) == {}
    assert asked == [1, 2, 3, 2, 9, 9]
