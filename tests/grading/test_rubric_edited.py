"""A rubric that is edited after grading changes no grade: not what was delivered, and not what is under way."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import ProgrammeVersion, RubricVersion
from mentorcert.catalog.service import publish
from mentorcert.files import open_files
from mentorcert.grading import queries
from mentorcert.grading.models import Outcome
from tests.catalog.factories import RUBRIC, change, make_programme
from tests.factories import NOW, make_cohort
from tests.grading.factories import draft, make_bench, release, take

EDITS = (
    ("pass: 70", "pass: 100"),
    ("weight: 60", "weight: 40"),
    ("weight: 40\n    comment: optional", "weight: 60\n    comment: required"),
    ("min_level: solid", "min_level: not-yet"),
    ("Interrupts.", "Never interrupts."),
    ("id: close", "id: ending"),
)


@pytest.fixture
def edited(session: Session, tmp_path: Path) -> "Edited":
    return Edited(session, tmp_path)


class Edited:
    """The tiny programme, and a rubric that somebody edits."""

    def __init__(self, session: Session, root: Path) -> None:
        self.session, self.root = session, root
        self.folders = make_programme(root)

    def publish(self, days: int) -> RubricVersion:
        files = open_files("memory://", self.root)
        done = publish(self.session, files, *self.folders, NOW + timedelta(days=days), who="test")
        self.session.commit()
        return done.rubrics[0]

    def edit(self) -> RubricVersion:
        for old, new in EDITS:
            change(self.root, RUBRIC, old, new)
        return self.publish(1)


def delivered(outcome: Outcome) -> tuple[object, ...]:
    return outcome.percent, outcome.passed, outcome.document, outcome.rubric_version.hash, outcome.statement_ids


def test_a_grade_that_was_released_stays_as_it_was_delivered(session: Session, edited: Edited) -> None:
    before = edited.publish(0)
    bench = make_bench(session, make_cohort(session))
    release(session, take(session, bench))
    outcome = queries.released(session, bench.enrolment)
    assert outcome is not None
    was = delivered(outcome)
    after = edited.edit()
    session.expire_all()
    assert (after.hash != before.hash, catalog.newest_rubric(session, "tiny-rubric").hash) == (True, after.hash)
    assert delivered(outcome) == was
    assert (outcome.percent, outcome.passed, outcome.rubric_version.hash) == (100, True, before.hash)


def test_a_grading_under_way_is_finished_with_the_rubric_it_began_with(session: Session, edited: Edited) -> None:
    before = edited.publish(0)
    bench = make_bench(session, make_cohort(session))
    taken = take(session, bench)
    edited.edit()
    release(session, taken, draft(listening="not-yet"))
    outcome = queries.released(session, bench.enrolment)
    assert outcome is not None
    assert (outcome.percent, outcome.passed, outcome.rubric_version.hash) == (60, False, before.hash)


def test_a_recording_handed_in_later_by_the_same_cohort_meets_the_rubric_it_learned_with(
    session: Session, edited: Edited
) -> None:
    before = edited.publish(0)
    cohort = make_cohort(session)
    after = edited.edit()
    assert take(session, make_bench(session, cohort)).rubric_version.hash == before.hash
    assert take(session, make_bench(session, make_cohort(session, version=newest(session)))).rubric_version is after


def newest(session: Session) -> ProgrammeVersion:
    return catalog.newest(session, "tiny")
