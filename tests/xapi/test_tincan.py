"""An independent client works against the store unchanged."""

from datetime import UTC, datetime
from uuid import UUID

from tincan import Activity, ActivityDefinition, Agent, Context, RemoteLRS, Result, Score, Statement, StatementRef, Verb

from tests.xapi.factories import COMPLETED, LESSON, REGISTRATION, VOIDED


def completed(name: str) -> Statement:
    return Statement(
        actor=Agent(name=name, mbox=f"mailto:{name}@example.org"),
        verb=Verb(id=COMPLETED, display={"en": "completed"}),
        object=Activity(id=LESSON, definition=ActivityDefinition(name={"en": "Open questions"})),
        result=Result(score=Score(scaled=0.75), success=True),
        context=Context(registration=UUID(REGISTRATION)),
        timestamp=datetime(2026, 11, 24, 14, 0, tzinfo=UTC),
    )


def test_what_tincan_saves_it_finds(remote: RemoteLRS) -> None:
    assert remote.about().content.version == ["1.0.3"]
    saved = remote.save_statement(completed("amara"))
    assert saved.success, saved.data
    found = remote.retrieve_statement(str(saved.content.id))
    assert (found.success, found.content.result.score.scaled) == (True, 0.75)
    batch = remote.save_statements([completed("ben"), completed("cara"), completed("dan")])
    assert batch.success, batch.data


def test_tincan_pages_through_what_it_asks_for(remote: RemoteLRS) -> None:
    remote.save_statements([completed(name) for name in ("ben", "cara", "dan", "eve", "ben")])
    page = remote.query_statements({"limit": 2, "activity": Activity(id=LESSON), "ascending": True})
    names: list[str] = []
    while page.success:
        names += [each.actor.name for each in page.content.statements]
        if not page.content.more:
            break
        page = remote.more_statements(page.content)
    assert names == ["ben", "cara", "dan", "eve", "ben"]
    only = remote.query_statements({"agent": Agent(mbox="mailto:ben@example.org"), "since": "2026-01-01T00:00:00Z"})
    assert len(only.content.statements) == 2


def test_tincan_voids(remote: RemoteLRS) -> None:
    saved = remote.save_statement(completed("amara"))
    void = Statement(
        actor=Agent(mbox="mailto:amara@example.org"), verb=Verb(id=VOIDED), object=StatementRef(id=saved.content.id)
    )
    assert remote.save_statement(void).success
    assert not remote.retrieve_statement(str(saved.content.id)).success
    assert remote.retrieve_voided_statement(str(saved.content.id)).success
