"""The list of topics: seeded, added to, renamed, archived."""

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort
from mentorcert.errors import Invalid
from mentorcert.sessions import queries, service, topics
from mentorcert.sessions.models import LiveSession
from tests.factories import make_cohort
from tests.sessions import factories


def _titles(session: Session) -> list[str]:
    return [topic.title for topic in queries.topics(session)]


def test_a_programmes_topics_are_seeded_once(session: Session, live: LiveSession, cohort: Cohort) -> None:
    assert _titles(session) == ["Feedback", "Talks"]
    factories.make_season(session, make_cohort(session, "Winter", version=cohort.version))
    assert _titles(session) == ["Feedback", "Talks"]


def test_a_third_topic_is_added_and_assigned_to_a_session(session: Session, live: LiveSession, now: datetime) -> None:
    topic = topics.add(session, "  Saying   no ", who="test", now=now)
    session.commit()
    service.choose(session, live.uuid, "walk", topic.uuid, who="test", now=now)
    session.commit()
    assert _titles(session) == ["Feedback", "Saying no", "Talks"]
    assert (live.topic, live.scenario) == (topic, "walk")


def test_a_renamed_topic_stays_the_programmes_own(
    session: Session, live: LiveSession, cohort: Cohort, now: datetime
) -> None:
    [feedback, _] = queries.topics(session)
    topics.rename(session, feedback.uuid, "Giving feedback", who="test", now=now)
    session.commit()
    factories.make_season(session, make_cohort(session, "Winter", version=cohort.version))
    assert _titles(session) == ["Giving feedback", "Talks"]


def test_an_archived_topic_is_offered_no_more_until_it_is_brought_back(
    session: Session, live: LiveSession, now: datetime
) -> None:
    [feedback, _] = queries.topics(session)
    topics.archive(session, feedback.uuid, who="test", now=now)
    session.commit()
    assert _titles(session) == ["Talks"]
    topics.restore(session, feedback.uuid, who="test", now=now)
    session.commit()
    assert _titles(session) == ["Feedback", "Talks"]


def test_one_that_was_added_by_hand_is_the_programmes_own(session: Session, cohort: Cohort, now: datetime) -> None:
    mine = topics.add(session, "talks", who="test", now=now)
    session.commit()
    live = factories.make_season(session, cohort)[0]
    assert (live.topic, mine.slug, _titles(session)) == (mine, "talks", ["Feedback", "talks"])


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("", "A topic has a name."),
        (" \n ", "A topic has a name."),
        ("x" * 81, "A topic has a name."),
        ("TALKS", "There is a topic “Talks” already."),
        ("Feedback", "There is an archived topic “Feedback”."),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    session: Session, live: LiveSession, now: datetime, title: str, what: str
) -> None:
    [feedback, _] = queries.topics(session)
    topics.archive(session, feedback.uuid, who="test", now=now)
    session.commit()
    with pytest.raises(Invalid) as caught:
        topics.add(session, title, who="test", now=now)
    assert caught.value.title == what


def test_a_topic_may_be_renamed_to_its_own_name_in_other_letters(
    session: Session, live: LiveSession, now: datetime
) -> None:
    [_, talks] = queries.topics(session)
    topics.rename(session, talks.uuid, "TALKS", who="test", now=now)
    session.commit()
    assert _titles(session) == ["Feedback", "TALKS"]
