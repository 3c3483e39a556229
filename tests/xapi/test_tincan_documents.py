"""An independent client keeps its documents in the store unchanged."""

from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from tincan import Activity, ActivityProfileDocument, Agent, AgentProfileDocument, RemoteLRS, StateDocument

from mentorcert.db import writing
from tests.xapi.factories import LESSON, REGISTRATION
from xapi import documents
from xapi.documents import Content, Context, Kind
from xapi.preconditions import Preconditions, Rule

ACTIVITY = Activity(id=LESSON)
AMARA = Agent(mbox="mailto:amara@example.org")
one_kind = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def state(name: str, content: str) -> StateDocument:
    return StateDocument(id=name, activity=ACTIVITY, agent=AMARA, content=content, content_type="text/plain")


def test_states(remote: RemoteLRS) -> None:
    for name in ("place", "notes"):
        saved = remote.save_state(state(name, f"my {name}"))
        assert saved.success, saved.data
    assert sorted(remote.retrieve_state_ids(ACTIVITY, AMARA).content) == ["notes", "place"]
    assert remote.retrieve_state_ids(ACTIVITY, AMARA, since="2100-01-01T00:00:00Z").content == []
    assert remote.retrieve_state(ACTIVITY, AMARA, "place").content.content == b"my place"
    assert remote.delete_state(state("place", "")).success
    assert remote.retrieve_state(ACTIVITY, AMARA, "place").response.status == 404
    assert remote.clear_state(ACTIVITY, AMARA, registration=str(UUID(REGISTRATION))).success
    assert remote.retrieve_state_ids(ACTIVITY, AMARA).content == ["notes"]
    assert remote.clear_state(ACTIVITY, AMARA).success
    assert remote.retrieve_state_ids(ACTIVITY, AMARA).content == []


def profile(content: str, etag: str | None = None) -> ActivityProfileDocument:
    return ActivityProfileDocument(id="reader", activity=ACTIVITY, content=content, etag=etag)


@one_kind
def test_activity_profiles(remote: RemoteLRS, session: Session, now: datetime) -> None:
    """It names no state of the document by itself, so it makes no new ones; that is what the standard wants."""
    refused = remote.save_activity_profile(profile("2"))
    assert (refused.response.status, "If-None-Match" in refused.data) == (400, True)
    first = Content("text/plain", b"1")
    writing(session)
    context = Context(Kind.ACTIVITY_PROFILE, activity=LESSON)
    documents.put(session, context, "reader", first, preconditions=Preconditions(), rule=Rule.FREE, now=now)
    session.commit()
    assert remote.save_activity_profile(profile("2")).response.status == 409
    assert remote.save_activity_profile(profile("2", f'"{first.tag}"')).success
    assert remote.save_activity_profile(profile("3", f'"{first.tag}"')).response.status == 412
    assert remote.retrieve_activity_profile(ACTIVITY, "reader").content.content == b"2"
    assert remote.retrieve_activity_profile_ids(ACTIVITY).content == ["reader"]
    assert remote.delete_activity_profile(profile("")).success
    assert remote.retrieve_activity_profile_ids(ACTIVITY).content == []


@one_kind
def test_agent_profiles(remote: RemoteLRS) -> None:
    assert remote.retrieve_agent_profile_ids(AMARA).content == []
    assert remote.retrieve_agent_profile(AMARA, "wishes").response.status == 404
    assert remote.delete_agent_profile(AgentProfileDocument(id="wishes", agent=AMARA)).success
