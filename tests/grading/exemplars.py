"""Exemplars of the tiny rubric, and coaches who grade them."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.cohorts.models import Cohort
from mentorcert.grading import calibration_service as service
from mentorcert.grading.calibration_models import CalibrationAttempt, Exemplar
from mentorcert.grading.calibration_service import Agreed
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.people.models import Person
from tests.factories import NOW, make_enrolment
from tests.recordings.factories import hand_in, wish

RULES: Final = "{calibration: {exemplars: 2, every_days: 90, bar: 75}}"


def exemplar_of(session: Session, cohort: Cohort, manager: Person, *, close: str = "solid") -> Exemplar:
    """Have a recording whose people agreed to calibration, and a panel that agreed on solid in listening."""
    recording = hand_in(session, make_enrolment(session, cohort), wish(uses=["grading", "calibration"]))
    made = service.keep_exemplar(session, recording.uuid, agreed(session, cohort, close), who=manager.uuid, now=NOW)
    session.commit()
    return made


def agreed(session: Session, cohort: Cohort, close: str = "solid", panel: str = "Ann, Ben") -> Agreed:
    entries = {"listening": Entry("solid", "She waits at 0:01."), "close": Entry(close, "")}
    return Agreed(version_of(session, cohort).hash, panel, entries)


def version_of(session: Session, cohort: Cohort) -> RubricVersion:
    return catalog.pinned_rubric(session, cohort.version.hash, "tiny-rubric")


def graded(revision: int = 0, listening: str = "solid", close: str = "solid") -> Draft:
    return Draft(revision, "", {"listening": Entry(listening, "I heard it."), "close": Entry(close, "")})


def do_one(
    session: Session, cohort: Cohort, coach: Person, draft: Draft | None = None, *, now: datetime = NOW
) -> CalibrationAttempt:
    """Begin the next exemplar and submit it."""
    version = version_of(session, cohort).hash
    begun = service.begin(session, version, who=coach.uuid, now=now)
    made = service.submit(session, begun.uuid, draft or graded(), who=coach.uuid, now=now)
    session.commit()
    return made
