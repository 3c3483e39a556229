"""Somebody who is enrolled, and a key of another system."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests.evidence.factories import World, make_world


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return make_world(session, now)
