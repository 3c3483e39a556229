"""What somebody might send to certify themselves or others: it is stored, and it proves nothing."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from mentorcert.evidence.iris import Iris
from mentorcert.evidence.trust import Verdict
from tests.evidence.factories import BASE, FILM, FIRST, LMS, TINY, Raw, World, account
from xapi import vocabulary as v

PROMISE = TINY.step("start", "promise")
OTHERS_UNIT = Iris(BASE, "other").step("start", "first")
CHECK = TINY.step("start", "check")
PLACES = (-1, 10**400, 1e300, "12", True, None, [3], {"s": 3})
"""What is no place in a film."""


def _paused_at(place: object) -> Callable[[World], Raw]:
    return lambda world: world.said(v.PAUSED, FILM, result={"extensions": {v.VIDEO_TIME: place}})


FORGED: dict[str, tuple[Verdict, Callable[[World], Raw]]] = {
    "an attendance": (Verdict.OTHER_VERB, lambda w: w.said(v.ATTENDED, TINY.session(uuid4()))),
    "an attendance said as completed": (Verdict.OTHER_PROGRAMME, lambda w: w.said(about=TINY.session(uuid4()))),
    "a grade": (Verdict.OTHER_VERB, lambda w: w.said(v.PASSED, TINY.final)),
    "a grade said as completed": (Verdict.NO_LESSON, lambda w: w.said(about=TINY.final)),
    "a recording": (Verdict.OTHER_VERB, lambda w: w.said(v.SUBMITTED, TINY.recording(uuid4()))),
    "a certificate": (Verdict.OTHER_VERB, lambda w: w.said(v.EARNED, TINY.certificate(uuid4()))),
    "a check": (Verdict.OTHER_VERB, lambda w: w.said(v.PASSED, CHECK, result={"score": {"scaled": 1}})),
    "a check said as completed": (Verdict.NO_LESSON, lambda w: w.said(about=CHECK)),
    "an answer": (Verdict.OTHER_VERB, lambda w: w.said(v.ANSWERED, f"{CHECK}/q-claim/0123456789ab")),
    "a promise": (Verdict.OTHER_VERB, lambda w: w.said(v.ACKNOWLEDGED, PROMISE)),
    "a promise said as completed": (Verdict.NO_LESSON, lambda w: w.said(about=PROMISE)),
    "a reflection": (Verdict.NO_LESSON, lambda w: w.said(about=TINY.step("start", "reflection"))),
    "strengths": (Verdict.NO_LESSON, lambda w: w.said(about=TINY.step("start", "strengths"))),
    "a whole unit": (Verdict.NO_LESSON, lambda w: w.said(about=TINY.unit("start"))),
    "the whole programme": (Verdict.OTHER_PROGRAMME, lambda w: w.said(about=TINY.course)),
    "a lesson passed": (Verdict.OTHER_VERB, lambda w: w.said(v.PASSED)),
    "a lesson played": (
        Verdict.OTHER_VERB,
        lambda w: w.said(v.PLAYED, result={"extensions": {v.VIDEO_TIME: 1}}),
    ),
    "a lesson of another programme": (Verdict.OTHER_PROGRAMME, lambda w: w.said(about=OTHERS_UNIT)),
    "a lesson in capitals": (Verdict.NO_LESSON, lambda w: w.said(about=FIRST.replace("first", "First"))),
    "a host in capitals": (Verdict.OTHER_PROGRAMME, lambda w: w.said(about=FIRST.replace("mentors", "MENTORS"))),
    "a lesson with a slash": (Verdict.NO_LESSON, lambda w: w.said(about=f"{FIRST}/")),
    "a lesson percent-encoded": (Verdict.NO_LESSON, lambda w: w.said(about=FIRST.replace("first", "%66irst"))),
    "a lesson with a query": (Verdict.NO_LESSON, lambda w: w.said(about=f"{FIRST}?")),
    "a lesson that was denied": (Verdict.NOT_SAID, lambda w: w.said(result={"completion": False})),
    "a lesson that was failed": (Verdict.NOT_SAID, lambda w: w.said(result={"success": False})),
    "a film played nowhere": (Verdict.NOT_SAID, lambda w: w.said(v.PAUSED, FILM)),
    **{f"a film paused at {place!r:.9}": (Verdict.NOT_SAID, _paused_at(place)) for place in PLACES},
    "no registration": (Verdict.NO_STEP, lambda w: w.said(context={})),
    "a registration that is none": (
        Verdict.NO_ENROLMENT,
        lambda w: w.said(context={"registration": str(uuid4())}),
    ),
    "the cohort as registration": (
        Verdict.NO_ENROLMENT,
        lambda w: w.said(context={"registration": str(w.enrolment.cohort.uuid)}),
    ),
    "somebody else": (Verdict.OTHER_PERSON, lambda w: w.said(actor=account(uuid4()))),
    "an account elsewhere of that name": (
        Verdict.OTHER_PERSON,
        lambda w: w.said(actor=account(w.person, "https://lms.example")),
    ),
    "the person in capitals": (Verdict.OTHER_PERSON, lambda w: w.said(actor=account(str(w.person).upper()))),
    "an e-mail that nobody vouched for": (
        Verdict.OTHER_PERSON,
        lambda w: w.said(actor={"mbox": f"mailto:{w.enrolment.person.email}"}),
    ),
    "a group with the person in it": (
        Verdict.OTHER_PERSON,
        lambda w: w.said(actor={"objectType": "Group", "member": [account(w.person)]}),
    ),
    "a group by the person's account": (
        Verdict.OTHER_PERSON,
        lambda w: w.said(actor={"objectType": "Group", **account(w.person)}),
    ),
    "an actor with a very long name": (Verdict.OTHER_PERSON, lambda w: w.said(actor=account("x" * 3000))),
    "a statement about the person": (Verdict.NO_STEP, lambda w: w.said(object={"objectType": "Agent", **LMS})),
    "a reference": (
        Verdict.NO_STEP,
        lambda w: w.said(object={"objectType": "StatementRef", "id": str(uuid4())}),
    ),
    "a statement in a statement": (
        Verdict.NO_STEP,
        lambda w: w.said(object={**w.said(), "objectType": "SubStatement"}),
    ),
}


@pytest.mark.parametrize("name", FORGED)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_forged_is_stored_and_proves_nothing(world: World, name: str) -> None:
    expected, forge = FORGED[name]
    ids = world.send(forge(world))
    assert world.verdicts(ids) == [expected]
    assert world.standings() == {}


def test_all_that_is_forged_proves_nothing_in_one_batch_either(world: World) -> None:
    ids = world.send(*(forge(world) for _, forge in FORGED.values()))
    assert world.verdicts(ids) == [expected for expected, _ in FORGED.values()]
    assert world.standings() == {}
