"""Reading what requirements are judged on, and certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.rubric import Rubric
from mentorcert.certification.models import Certificate
from mentorcert.certification.requirements import Attendance, CriticalLevel, Facts, Grade, Verdict, all_met, verdicts
from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.coursework.prework import programme_state
from mentorcert.errors import NotFound
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.evidence.queries import NOTHING, Standing
from mentorcert.grading import documents
from mentorcert.grading.models import Outcome
from mentorcert.permissions import Scope
from mentorcert.recordings.models import Recording
from mentorcert.sessions.models import LiveSession


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on the way to a certificate: the verdict on every requirement, and the certificate in force."""

    enrolment: Enrolment
    verdicts: tuple[Verdict, ...]
    certificate: Certificate | None

    @property
    def ready(self) -> bool:
        """Whether every requirement is met."""
        return all_met(self.verdicts)

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(verdict.met for verdict in self.verdicts)


def candidate(session: Session, enrolment: Enrolment, iri_base: str) -> Candidate:
    """How far one enrolment is."""
    return _candidates(session, enrolment.cohort, [enrolment], iri_base)[0]


def candidates(session: Session, cohort: Cohort, iri_base: str) -> list[Candidate]:
    """How far everyone in a cohort is, by name. The number of queries does not grow with the cohort."""
    return _candidates(session, cohort, cohorts.enrolments(session, cohort), iri_base)


def in_force(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, Certificate]:
    """The certificates that were not revoked, by the enrolment's key. An expired one is in force until renewed."""
    keys = [enrolment.id for enrolment in enrolments]
    query = select(Certificate).where(Certificate.enrolment_id.in_(keys), Certificate.revoked_at.is_(None))
    return {found.enrolment_id: found for found in session.scalars(query)}


def latest(session: Session, enrolment: Enrolment) -> Certificate | None:
    """The newest certificate of an enrolment, revoked or not."""
    query = select(Certificate).where(Certificate.enrolment_id == enrolment.id).order_by(Certificate.id.desc())
    return session.scalar(query.limit(1))


def certificate(session: Session, uuid: UUID) -> Certificate:
    """A certificate by UUID; raises NotFound."""
    found = session.scalar(select(Certificate).where(Certificate.uuid == uuid))
    if found is None:
        raise NotFound("There is no such certificate.", "Go to the cohort's certificates and choose one.")
    return found


def by_code(session: Session, code: str) -> Certificate | None:
    """The certificate of a verification code."""
    return session.scalar(select(Certificate).where(Certificate.code == code))


def scope_of_certificate(session: Session, uuid: UUID) -> Scope | None:
    """The scope of an address with a certificate in it, or None when there is none."""
    return cohorts.scope_around(session, select(Certificate.enrolment_id).where(Certificate.uuid == uuid))


def _candidates(session: Session, cohort: Cohort, enrolments: Sequence[Enrolment], iri_base: str) -> list[Candidate]:
    programme = cohorts.programme(session, cohort)
    iris = Iris(iri_base, programme.id)
    standings = evidence.standings_of_many(session, [enrolment.uuid for enrolment in enrolments])
    season = _season(session, cohort)
    graded = _graded(session, enrolments)
    handed_in = _handed_in(session, enrolments)
    certificates = in_force(session, enrolments)
    found = []
    for enrolment in enrolments:
        known = standings[enrolment.uuid]
        facts = Facts(
            units=programme_state(iris, programme, known),
            sessions=_attendance(iris, season, known),
            handed_in_at=handed_in.get(enrolment.id),
            grade=graded.get(known.get(iris.final, NOTHING).last_success_id),
        )
        found.append(Candidate(enrolment, verdicts(programme, facts), certificates.get(enrolment.id)))
    return found


def _season(session: Session, cohort: Cohort) -> Sequence[LiveSession]:
    query = select(LiveSession).where(LiveSession.cohort_id == cohort.id, LiveSession.cancelled_at.is_(None))
    return session.scalars(query.order_by(LiveSession.number)).all()


def _attendance(iris: Iris, season: Sequence[LiveSession], known: Mapping[str, Standing]) -> tuple[Attendance, ...]:
    attended = {each.uuid: known.get(iris.session(each.uuid), NOTHING).completed_at for each in season}
    return tuple(
        Attendance(f"Session {each.number}: {each.title}", each.closed_at is not None, attended[each.uuid])
        for each in season
    )


def _graded(session: Session, enrolments: Sequence[Enrolment]) -> dict[UUID | None, Grade]:
    """Released grades by the statement that told of them: a voided statement's grade counts for nothing."""
    query = (
        select(Outcome)
        .join(Recording, Outcome.recording_id == Recording.id)
        .where(Recording.enrolment_id.in_([each.id for each in enrolments]))
    )
    return {found.statement_id: _grade(session, found) for found in session.scalars(query)}


def _grade(session: Session, outcome: Outcome) -> Grade:
    rubric = catalog.rubric(session, outcome.rubric_version.hash)
    return Grade(
        percent=outcome.percent,
        pass_percent=rubric.pass_percent,
        critical=_critical_levels(rubric, documents.levels(outcome.document)),
        released_at=outcome.released_at,
    )


def _critical_levels(rubric: Rubric, levels: Mapping[str, str]) -> tuple[CriticalLevel, ...]:
    return tuple(
        CriticalLevel(each.title, each.level(levels[each.id]).title, each.reaches_minimum(levels[each.id]))
        for each in rubric.critical
    )


def _handed_in(session: Session, enrolments: Sequence[Enrolment]) -> dict[int, datetime]:
    query = (
        select(Recording.enrolment_id, Recording.submitted_at)
        .where(Recording.enrolment_id.in_([each.id for each in enrolments]), Recording.replaced_at.is_(None))
        .order_by(Recording.submitted_at)
    )
    return dict(session.execute(query).all())
