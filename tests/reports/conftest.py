"""A cohort before its first session, and a facilitator of it."""

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.sessions.models import LiveSession
from tests.factories import give_role, make_cohort, make_person
from tests.sessions import factories


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return make_cohort(session, "Autumn mentors", version=factories.publish(session))


@pytest.fixture
def live(session: Session, cohort: Cohort) -> LiveSession:
    return factories.make_season(session, cohort)[0]


@pytest.fixture
def facilitator(session: Session, cohort: Cohort) -> Person:
    return give_role(session, make_person(session, "Ines Duarte"), Role.FACILITATOR, cohort)
