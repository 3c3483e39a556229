"""What programme managers look over: grades to release, disagreements without a third coach, attempts that are used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from mentorcert.cohorts import queries as cohorts
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.evidence import queries as evidence
from mentorcert.evidence.iris import Iris
from mentorcert.grading import queueing, releasing
from mentorcert.grading.releasing import Ready
from mentorcert.recordings import attempts
from mentorcert.recordings.models import Recording

SHOWN: Final = 50
"""How many grades the list shows at once: each is made again from what was submitted."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """A recording that needs a coach who has not graded it, and has none."""

    recording: Recording
    is_appealed: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What waits for a manager, the oldest first."""

    ready: Sequence[tuple[Recording, Ready]]
    """The first `SHOWN`."""
    count: int
    """How many grades can be released altogether."""
    stuck: Sequence[Stuck]
    used_up: Sequence[Enrolment]
    """Who did not pass, and has no attempt left."""


def overview(session: Session, iri_base: str, *, now: datetime) -> Overview:
    """What waits for a manager. What was decided is made again from what was submitted: a few queries a grade."""
    waiting = queueing.for_managers(session, now=now)
    decided = [row.id for row, grades in waiting if grades.is_decided]
    found = _recordings(session, [row.id for row, _ in waiting])
    ready = [(found[key], releasing.ready(session, found[key])) for key in decided[:SHOWN]]
    return Overview(
        [(recording, made) for recording, made in ready if made is not None],
        len(decided),
        [Stuck(found[row.id], row.is_appealed) for row, grades in waiting if not grades.is_decided],
        used_up(session, iri_base),
    )


def used_up(session: Session, iri_base: str) -> list[Enrolment]:
    """Who did not pass and has no attempt left, by cohort and name. Four queries a cohort at most."""
    return [each for cohort in cohorts.cohorts(session) for each in _used_up(session, cohort, iri_base)]


def _used_up(session: Session, cohort: Cohort, iri_base: str) -> list[Enrolment]:
    programme = cohorts.programme(session, cohort)
    allowed = programme.final.grading.attempts
    if not allowed:
        return []
    enrolled = {each.id: each for each in cohorts.enrolments(session, cohort)}
    counts = attempts.counts(session, enrolled)
    spent = [enrolled[key] for key, (used, extra) in counts.items() if used >= allowed + extra]
    if not spent:
        return []
    final = Iris(iri_base, programme.id).final
    known = evidence.standings_of_many(session, [each.uuid for each in spent], below=final)
    return [each for each in spent if known[each.uuid].get(final, evidence.NOTHING).last_success is False]


def _recordings(session: Session, keys: Sequence[int]) -> dict[int, Recording]:
    query = select(Recording).where(Recording.id.in_(keys)).options(defer(Recording.transcript))
    return {each.id: each for each in session.scalars(query)}
