"""The list of topics: seeded by programmes, edited by facilitators and managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert import audit
from mentorcert.catalog import programme as catalog
from mentorcert.db import writing
from mentorcert.errors import Fault, Invalid
from mentorcert.sessions import queries
from mentorcert.sessions.models import Topic

LONGEST: Final = 80


def seed(session: Session, topics: Sequence[catalog.Topic], *, now: datetime) -> dict[str, Topic]:
    """Make sure that a programme's topics are there; gives them by their id in the programme.

    One that was renamed or archived stays as it is; one that somebody had added under the same name is that one.
    """
    writing(session)
    known = queries.topics(session, archived=True)
    by_slug = {topic.slug: topic for topic in known if topic.slug}
    by_title = {topic.title.casefold(): topic for topic in known}
    found = {}
    for each in topics:
        topic = by_slug.get(each.id) or by_title.get(each.title.casefold())
        if topic is None:
            topic = Topic(title=each.title, created_at=now)
            session.add(topic)
        topic.slug = topic.slug or each.id
        found[each.id] = topic
    session.flush()
    return found


def add(session: Session, title: str, *, who: object, now: datetime) -> Topic:
    """Add a topic. Raises Invalid for an empty, too long or taken title."""
    writing(session)
    topic = Topic(title=_fit(session, title), created_at=now)
    session.add(topic)
    session.flush()
    audit.record(session, now=now, who=who, action="topic.add", subject=_subject(topic), after={"title": topic.title})
    return topic


def rename(session: Session, uuid: UUID, title: str, *, who: object, now: datetime) -> Topic:
    """Call a topic something else; sessions that have it show the new name. Raises as `add` does."""
    writing(session)
    topic = queries.topic(session, uuid)
    before, topic.title = topic.title, _fit(session, title, topic)
    old, new = {"title": before}, {"title": topic.title}
    audit.record(session, now=now, who=who, action="topic.rename", subject=_subject(topic), before=old, after=new)
    return topic


def archive(session: Session, uuid: UUID, *, who: object, now: datetime) -> Topic:
    """Stop offering a topic; sessions that have it keep it."""
    writing(session)
    topic = queries.topic(session, uuid)
    if topic.archived_at is None:
        topic.archived_at = now
        audit.record(session, now=now, who=who, action="topic.archive", subject=_subject(topic))
    return topic


def restore(session: Session, uuid: UUID, *, who: object, now: datetime) -> Topic:
    """Offer an archived topic again."""
    writing(session)
    topic = queries.topic(session, uuid)
    if topic.archived_at is not None:
        topic.archived_at = None
        audit.record(session, now=now, who=who, action="topic.restore", subject=_subject(topic))
    return topic


def _fit(session: Session, title: str, own: Topic | None = None) -> str:
    """The title as it is kept: without spaces around it, not empty, not too long, not taken."""
    title = " ".join(title.split())
    if not title or len(title) > LONGEST:
        raise _invalid("A topic has a name.", f"Write one of up to {LONGEST} characters.")
    # Compared here: SQLite's lower() knows ASCII only.
    taken = {each.title.casefold(): each for each in session.scalars(select(Topic))}.get(title.casefold())
    if taken is not None and taken is not own:
        if taken.archived_at is not None:
            raise _invalid(f"There is an archived topic “{taken.title}”.", "Bring it back instead.")
        raise _invalid(f"There is a topic “{taken.title}” already.", "Use that one, or choose another name.")
    return title


def _invalid(what: str, todo: str) -> Invalid:
    return Invalid(what, todo, [Fault("title", what, todo)])


def _subject(topic: Topic) -> str:
    return f"topic:{topic.uuid}"
