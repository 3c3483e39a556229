"""A cohort of four who are ready, and the first of its two sessions."""

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.sessions.models import LiveSession
from tests.factories import make_cohort
from tests.sessions import factories


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session, "Autumn", version=factories.publish(session))


@pytest.fixture
def live(session: Session, cohort: Cohort) -> LiveSession:
    return factories.make_season(session, cohort)[0]


@pytest.fixture
def four(session: Session, cohort: Cohort) -> list[Enrolment]:
    return factories.enrol(session, cohort, 4)
