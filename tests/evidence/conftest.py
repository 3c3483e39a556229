"""Somebody who is enrolled, a key of another system, and who looks at what both say."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Enrolment
from mentorcert.evidence.service import Door, door
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.evidence.factories import BASE, World, make_world
from tests.factories import make_enrolment, make_person


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return make_world(session, now)


@pytest.fixture
def mine() -> Door:
    return door(BASE)


@pytest.fixture
def amara(session: Session) -> Enrolment:
    return make_enrolment(session, person=make_person(session, "Amara Okafor", "amara@example.org"))


@pytest.fixture
def ruth(client: Browser, session: Session) -> Browser:
    """A browser of an administrator."""
    client.sign_in(make_person(session, "Ruth Adeyemi", roles=(Role.ADMINISTRATOR,)))
    return client
