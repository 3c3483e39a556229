"""From submitted grades to what the trainee reads: decided, released, told as statements, once and for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from mentorcert import audit, mail
from mentorcert.catalog.policy import Release
from mentorcert.catalog.rubric import Criterion
from mentorcert.cohorts import queries as cohorts
from mentorcert.db import writing
from mentorcert.errors import Conflict, Refused
from mentorcert.evidence import statements
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import about
from mentorcert.evidence.service import Door
from mentorcert.evidence.statements import Thing
from mentorcert.grading import deciding, documents, queries, queueing, taking
from mentorcert.grading.deciding import Decided, Judgement, Moderate
from mentorcert.grading.documents import Document
from mentorcert.grading.models import Appeal, Assessment, Kind, Outcome, Round
from mentorcert.people import queries as people
from mentorcert.permissions import EVERYWHERE, Role
from mentorcert.recordings import keeping
from mentorcert.recordings import queries as recordings
from mentorcert.recordings import service as recording_service
from mentorcert.recordings.models import Recording
from xapi import vocabulary as v

TEMPLATE: Final = "grading/mail/released"
WAITING: Final = "grading/mail/waiting"


@dataclass(frozen=True, slots=True)
class Ready:
    """What can be released of a recording: the document as the trainee will see it, and whose grades it rests on."""

    kind: Kind
    document: dict[str, Any]
    counting: tuple[Assessment, ...]
    decided_at: datetime


def settle(session: Session, door: Door, recording: Recording, *, now: datetime) -> Outcome | None:
    """After a grade was submitted: release what is decided where the programme releases at once.

    Else tell the managers that something waits for them. The caller holds the recording's row.
    """
    found = ready(session, recording)
    if found is not None and recordings.policy_of(session, recording).release is Release.AT_ONCE:
        return _release(session, door, recording, found, who=None, now=now)
    decision = _decision(session, recording) if found is None else None
    if isinstance(decision, Moderate):
        subject, after = f"recording:{recording.uuid}", {"reasons": list(decision.reasons)}
        audit.record(session, now=now, who="grading", action="grade.disagree", subject=subject, after=after)
    if found is not None or isinstance(decision, Moderate):
        tell_managers(session, recording, now=now)
    return None


def ready(session: Session, recording: Recording) -> Ready | None:
    """What is decided of a recording and not released, made from what was submitted; None where there is nothing.

    There is nothing where its grading has ended, because consent was withdrawn for instance.
    """
    if taking.ended(recording):
        return None
    by_round = {each.round: each for each in queries.submitted(session, recording)}
    earlier = queries.standing(session, recording)
    if earlier is None:
        decision = _decision(session, recording)
        return _ready(session, recording, Kind.GRADE, decision, by_round) if isinstance(decision, Decided) else None
    appeal = by_round.get(Round.APPEAL)
    if appeal is None or earlier.kind is Kind.APPEAL:
        return None
    return _looked_again(session, recording, earlier, appeal, by_round)


def release(session: Session, door: Door, recording: UUID, *, who: UUID, now: datetime) -> Outcome:
    """Release what is decided of a recording. Raises Conflict when that was done already, or nothing is decided.

    Raises Refused for one's own.
    """
    writing(session)
    found = recording_service.lock(session, recording)
    require_other(found, who)
    decided = ready(session, found)
    if decided is None:
        done = queries.standing(session, found) is not None
        title = f"Recording {found.number} was released already." if done else "This grade is not decided yet."
        raise Conflict(taking.ended(found) or title, "Load the list again.")
    return _release(session, door, found, decided, who=who, now=now)


def require_other(recording: Recording, who: UUID) -> None:
    """Raise Refused when somebody would release, or see before its release, the grade of their own recording."""
    if recording.enrolment.person.uuid == who:
        raise Refused("This is the grade of your own recording.", "Another programme manager releases it.")


def judgements(submitted: Sequence[Assessment]) -> list[Judgement]:
    """What was submitted, as the rules of deciding take it."""
    return [Judgement(each.round, {mark.criterion: mark.level for mark in each.marks}) for each in submitted]


def _decision(session: Session, recording: Recording) -> deciding.Decision:
    policy, rubric = recordings.policy_of(session, recording), queries.rubric_for(session, recording)
    return deciding.decide(rubric, policy, judgements(queries.submitted(session, recording)))


def _ready(
    session: Session, recording: Recording, kind: Kind, decided: Decided, by_round: dict[Round, Assessment]
) -> Ready:
    counting = tuple(by_round[each] for each in decided.counts)
    rubric, version = queries.rubric_for(session, recording), counting[0].rubric_version
    document = documents.document(rubric, version.hash, decided, list(by_round.values()))
    return Ready(kind, document, counting, max(each.submitted_at for each in by_round.values() if each.submitted_at))


def _looked_again(
    session: Session, recording: Recording, earlier: Outcome, appeal: Assessment, by_round: dict[Round, Assessment]
) -> Ready:
    """What an appeal comes to: the better of the two grades. Nobody loses by asking, and no certificate is undone."""
    rubric, says = queries.rubric_for(session, recording), "A coach who had not graded it decided on the appeal."
    decided = deciding.alone(rubric, judgements([appeal])[0], says)
    found = _ready(session, recording, Kind.APPEAL, decided, by_round)
    if (decided.passed, decided.percent) > (earlier.passed, earlier.percent):
        return Ready(found.kind, documents.after_appeal(found.document), found.counting, found.decided_at)
    kept = documents.after_appeal(earlier.document, kept=appeal.comment)
    counting = deciding.decide(rubric, recordings.policy_of(session, recording), judgements(list(by_round.values())))
    places = counting.counts if isinstance(counting, Decided) else ()
    return Ready(Kind.APPEAL, kept, tuple(by_round[each] for each in places), found.decided_at)


def _release(
    session: Session, door: Door, recording: Recording, decided: Ready, *, who: UUID | None, now: datetime
) -> Outcome:
    earlier = queries.standing(session, recording)
    told = [] if earlier is None else [_voiding(door, each, now) for each in earlier.statement_ids]
    tells = _statements(session, recording, decided, door.iri_base, now)
    ids = door.record(session, [*told, *tells], now=now)
    made = Outcome(
        recording_id=recording.id,
        kind=decided.kind,
        rubric_version_id=decided.counting[0].rubric_version_id,
        percent=decided.document["percent"],
        passed=decided.document["passed"],
        document=decided.document,
        decided_at=decided.decided_at,
        released_at=now,
        released_by_id=people.person(session, who).id if who else None,
        statement_ids=[str(each) for each in ids[len(told) :]],
    )
    session.add(made)
    session.flush()
    if earlier is not None:
        _close_appeal(session, recording, earlier, made, now)
    keeping.set_keep_until(recording, recordings.policy_of(session, recording), now)
    after = {"recording": str(recording.uuid), "kind": made.kind.value, "percent": made.percent, "passed": made.passed}
    action = "grade.release" if earlier is None else "appeal.decide"
    audit.record(session, now=now, who=who or "grading", action=action, subject=f"outcome:{made.uuid}", after=after)
    _tell(session, recording, now)
    return made


def _close_appeal(session: Session, recording: Recording, earlier: Outcome, made: Outcome, now: datetime) -> None:
    earlier.replaced_by_id = made.id
    appeal: Appeal | None = queries.open_appeal(session, recording)
    if appeal is not None:
        appeal.decided_at, appeal.decided_outcome_id = now, made.id
    session.flush()


def _voiding(door: Door, statement: str, now: datetime) -> bytes:
    return statements.voiding(Iris(door.iri_base, ""), UUID(statement), at=now)


def _statements(session: Session, recording: Recording, decided: Ready, iri_base: str, now: datetime) -> list[bytes]:
    """The statement of the whole, and one for each criterion."""
    enrolment = recording.enrolment
    whose, document = about(enrolment, iri_base), decided.document
    programme, rubric = cohorts.programme(session, enrolment.cohort), queries.rubric_for(session, recording)
    grade = statements.Grade(
        recording.uuid,
        tuple(each.coach.uuid for each in decided.counting),
        document["rubric"]["hash"],
        appealed=decided.kind is Kind.APPEAL,
    )
    levels = documents.levels(document)
    final = Thing(whose.iris.final, v.RECORDING, programme.final.title, programme.language)
    whole = statements.grade_released(
        whose, final, grade, percent=document["percent"], passed=document["passed"], levels=levels, at=now
    )
    things = {each.id: _criterion(whose.iris, document, each, programme.language) for each in rubric.criteria}
    return [
        whole,
        *(
            statements.criterion_graded(whose, things[each.id], grade, each, levels[each.id], at=now)
            for each in rubric.criteria
        ),
    ]


def _criterion(iris: Iris, document: Document, criterion: Criterion, language: str) -> Thing:
    return Thing(iris.criterion(document["rubric"]["id"], criterion.id), v.OBJECTIVE, criterion.title, language)


def _tell(session: Session, recording: Recording, now: datetime) -> None:
    """Tell the trainee that the grade is there; what it is stands behind the sign-in only."""
    trainee = recording.enrolment.person
    values = {"name": trainee.name, "number": recording.number, "path": f"/recordings/{recording.uuid}/feedback"}
    mail.post(session, TEMPLATE, to=trainee.email, subject="Your recording is graded", values=values, now=now)


def tell_managers(session: Session, recording: Recording, *, now: datetime) -> None:
    """Tell the managers when a recording waits for them: only when nothing else does, so that nobody is flooded."""
    if [row.id for row, _ in queueing.for_managers(session, now=now)] != [recording.id]:
        return
    for each in people.holders(session, Role.MANAGER, EVERYWHERE):
        values = {"name": each.name, "number": recording.number, "path": "/releases"}
        subject = "A grade waits for you"
        mail.post(session, WAITING, to=each.email, subject=subject, values=values, now=now)
