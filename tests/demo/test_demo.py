"""The demo has something real on every page, the same every time, on any day."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import xapi
from mentorcert import demo
from mentorcert.certification.queries import candidates
from mentorcert.cohorts import queries as cohorts
from mentorcert.config import Settings, from_environment
from mentorcert.demo import live
from mentorcert.evidence.models import Progress
from mentorcert.evidence.service import door
from mentorcert.files import open_files
from mentorcert.sessions.models import LiveSession
from tests import databases, postgres
from tests.xapi.profile_matching import follows, templates_of

NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
PROFILE = json.loads((Path(xapi.__file__).parent / "profile.jsonld").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return from_environment({"MENTORCERT_DEVELOPMENT": "1", "MENTORCERT_DATA": str(tmp_path_factory.mktemp("demo"))})


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, settings: Settings, worker_id: str) -> Iterator[Engine]:
    """A database of each kind with the demo in it, loaded once: that takes seconds, and no test here changes it."""
    url = settings.database_url if request.param == "sqlite" else postgres.fresh_database(f"demo_{worker_id}")
    databases.make_tables(url)
    with databases.engine_for(url) as engine:
        with Session(engine) as session:
            demo.load(session, settings, open_files("memory://", settings.data), now=NOW)
            session.commit()
        yield engine


@pytest.fixture
def loaded(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def test_a_cohort_of_twelve_stands_before_its_seventh_session(loaded: Session, settings: Settings) -> None:
    [cohort] = cohorts.cohorts(loaded)
    standing = {each.enrolment.person.name: each for each in candidates(loaded, cohort, settings.iri_base)}
    assert {name: (each.met, each.certificate is not None) for name, each in standing.items()} == {
        "Amara Okafor": (0, False),
        "Ben Castell": (1, False),
        "Chiara Lenz": (0, False),
        "Daniel Osei": (0, False),
        "Elin Voss": (3, False),
        "Farid Haddad": (0, False),
        "Grace Lindqvist": (5, True),
        "Hugo Marchetti": (0, False),
        "Iris Kowalska": (5, False),
        "Jonas Breuer": (3, False),
        "Kemi Balogun": (3, False),
        "Lucía Ferrer": (0, False),
    }
    season = loaded.scalars(select(LiveSession).order_by(LiveSession.number)).all()
    assert [each.closed_at is not None for each in season] == [True] * 6 + [False] * 2
    assert season[6].starts_at == datetime(2026, 11, 26, 16, 0, tzinfo=UTC)


def test_its_progress_is_what_its_statements_say(loaded: Session, settings: Settings) -> None:
    columns = Progress.__table__.columns
    query = select(*columns).order_by(Progress.registration, Progress.activity)
    before = loaded.execute(query).all()
    assert max(each.stored for each in xapi.every(loaded, limit=5000)) <= NOW + timedelta(minutes=1)
    loaded.rollback()
    door(settings.iri_base).rebuild(loaded)
    loaded.commit()
    assert loaded.execute(query).all() == before


def test_loading_it_again_changes_nothing(loaded: Session, settings: Settings) -> None:
    count = xapi.count(loaded)
    said = demo.load(loaded, settings, open_files("memory://", settings.data), now=NOW + timedelta(days=1))
    assert (said, xapi.count(loaded)) == ("The demo is loaded already.", count)


@pytest.mark.parametrize("hour", range(0, 24 * 7, 7))
def test_the_seventh_session_is_never_over_and_the_sixth_always(hour: int) -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC) + timedelta(hours=hour, minutes=20)
    seventh = live.season_start(now) + timedelta(weeks=live.HELD)
    assert timedelta(0) < seventh + live.LENGTH - now <= timedelta(weeks=1)
    assert seventh.weekday() == live.THURSDAY


def test_whatever_it_says_is_one_template_s_statement_and_follows_the_pattern_of_an_enrolment(loaded: Session) -> None:
    told = sorted((each.statement for each in xapi.every(loaded, limit=5000)), key=lambda each: each.timestamp)
    assert Counter(len(templates_of(each.raw, PROFILE)) for each in told) == {1: len(told)}
    by_registration = defaultdict(list)
    for each in told:
        by_registration[each.registration].append(each.raw)
    by_registration.pop(None, None)  # a void belongs to no enrolment
    [pattern] = [each["id"] for each in PROFILE["patterns"] if each.get("primary")]
    assert [follows(some, pattern, PROFILE) for some in by_registration.values()] == [True] * 12
