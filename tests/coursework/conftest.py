"""Somebody enrolled in the tiny programme with a lesson of every kind."""

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from tests.coursework import factories


@pytest.fixture
def enrolment(session: Session) -> Enrolment:
    return factories.enrol(session)
