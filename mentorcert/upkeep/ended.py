"""The words of gradings that ended because consent was taken back: a month later they go.

Until then the coach may copy them. Afterwards that somebody began to grade, and their levels, stay as rows; comments
and the notes of moments are emptied, since they may quote what is no longer there. What was delivered is not touched.
"""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.db import writing
from mentorcert.grading import calibration_service
from mentorcert.grading.calibration_models import Exemplar
from mentorcert.grading.models import Assessment, Mark, Moment, Outcome
from mentorcert.recordings.letting_go import UNUSED
from mentorcert.recordings.models import Recording


def clear(session: Session, *, now: datetime) -> int:
    """Empty what was written of recordings whose consent ended `UNUSED` ago or more; gives of how many gradings.

    By commands, not by objects: a grade that was submitted refuses to be changed otherwise.
    """
    writing(session)
    delivered = select(Outcome.id).where(Outcome.recording_id == Recording.id).exists()
    marks = select(Mark.id).where(Mark.assessment_id == Assessment.id, Mark.comment != "").exists()
    moments = select(Moment.id).where(Moment.assessment_id == Assessment.id, Moment.note != "").exists()
    ended = (
        select(Assessment.id, Assessment.uuid)
        .join(Recording, Assessment.recording_id == Recording.id)
        .where(
            Recording.consent_withdrawn_at <= now - UNUSED, ~delivered, or_(Assessment.comment != "", marks, moments)
        )
    )
    found = session.execute(ended).all()
    ids = [each.id for each in found]
    session.execute(update(Mark).where(Mark.assessment_id.in_(ids)).values(comment=""))
    session.execute(update(Moment).where(Moment.assessment_id.in_(ids)).values(note=""))
    session.execute(update(Assessment).where(Assessment.id.in_(ids)).values(comment=""))
    _empty_exemplars(session, now)
    for each in found:
        audit.record(session, now=now, who="retention", action="assessment.empty", subject=f"assessment:{each.uuid}")
    return len(found)


def _empty_exemplars(session: Session, now: datetime) -> None:
    """What a panel and coaches wrote of exemplars goes alike, also where the grade was delivered: they are not that."""
    query = select(Exemplar.recording_id).join(Recording, Exemplar.recording_id == Recording.id)
    ended = session.scalars(query.where(Recording.consent_withdrawn_at <= now - UNUSED))
    calibration_service.empty_words(session, list(ended))
