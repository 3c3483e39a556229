"""Documents in the store: kept byte for byte, merged, listed, deleted, and never overwritten unseen."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.xapi.factories import LESSON, UNIT
from xapi import documents, tables
from xapi.documents import Content, Context, DocumentFaults, Kind, TooLarge
from xapi.preconditions import PreconditionFailed, Preconditions, Rule

AMARA, BEN = "account:https://mentors.example.org|amara", "mbox:mailto:ben@example.org"
ONE, TWO = UUID(int=1), UUID(int=2)
STATE = Context(Kind.STATE, activity=LESSON, agent=AMARA)
BYTES = bytes(range(256))
SECOND = timedelta(seconds=1)


def put(
    session: Session, context: Context, document_id: str, data: bytes, now: datetime, *, of: str = "application/json"
) -> None:
    writing(session)
    content = Content(of, data)
    documents.put(session, context, document_id, content, preconditions=Preconditions(), rule=Rule.FREE, now=now)
    session.commit()


def post(session: Session, data: bytes, now: datetime, *, of: str = "application/json") -> bytes:
    sent = documents.posted(Content(of, data))
    writing(session)
    content = documents.post(session, STATE, "place", sent, preconditions=Preconditions(), now=now)
    session.commit()
    return content.data


def data(session: Session, context: Context, document_id: str) -> bytes | None:
    found = documents.get(session, context, document_id)
    return None if found is None else found.content.data


def how_many(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(tables.document))


def test_any_bytes_come_back_as_they_came(session: Session, now: datetime) -> None:
    put(session, STATE, "place", BYTES, now, of="image/png; x=y")
    found = documents.get(session, STATE, "place")
    tag = hashlib.sha1(BYTES, usedforsecurity=False).hexdigest()
    assert found == documents.Document(Content("image/png; x=y", BYTES), tag, now)
    assert documents.get(session, STATE, "Place") is None


def test_the_next_one_takes_its_place(session: Session, now: datetime) -> None:
    put(session, STATE, "place", b"{}", now)
    put(session, STATE, "place", b"", now + SECOND, of="text/plain")
    found = documents.get(session, STATE, "place")
    assert found is not None
    assert (found.content, found.updated, how_many(session)) == (Content("text/plain", b""), now + SECOND, 1)


@pytest.mark.parametrize(
    "other",
    [
        Context(Kind.STATE, activity=UNIT, agent=AMARA),
        Context(Kind.STATE, activity=LESSON.upper(), agent=AMARA),
        Context(Kind.STATE, activity=LESSON, agent=BEN),
        Context(Kind.STATE, activity=LESSON, agent=AMARA, registration=ONE),
        Context(Kind.ACTIVITY_PROFILE, activity=LESSON),
        Context(Kind.AGENT_PROFILE, agent=AMARA),
    ],
)
def test_each_context_has_its_own(session: Session, now: datetime, other: Context) -> None:
    put(session, STATE, "place", b"1", now)
    put(session, other, "place", b"2", now)
    assert (data(session, STATE, "place"), data(session, other, "place")) == (b"1", b"2")


def test_long_ids_are_kept_apart(session: Session, now: datetime) -> None:
    long = "\N{GRINNING FACE}" * 1999
    context = Context(Kind.STATE, activity=f"https://example.org/{long}", agent=f"mbox:mailto:{long}@example.org")
    put(session, context, long + "1", b"1", now)
    put(session, context, long + "2", b"2", now)
    put(session, context, long[:500], b"3", now)
    assert [data(session, context, each) for each in (long + "1", long + "2", long[:500])] == [b"1", b"2", b"3"]
    assert documents.ids(session, context)[0] == sorted([long + "1", long + "2", long[:500]])


def test_members_of_json_objects_are_merged_one_level_deep(session: Session, now: datetime) -> None:
    assert post(session, b'{"a": {"x": 1}, "b": 1.50, "c": 12345678901234567890.0}', now) == (
        b'{"a": {"x": 1}, "b": 1.50, "c": 12345678901234567890.0}'
    )
    merged = post(session, b'{"a": {"y": 2}, "d": null}', now + SECOND, of="application/json; charset=utf-8")
    assert merged == b'{"a":{"y": 2},"b":1.50,"c":12345678901234567890.0,"d":null}'
    found = documents.get(session, STATE, "place")
    assert found is not None
    assert (found.content.data, found.updated) == (merged, now + SECOND)


def test_what_is_no_json_is_stored_by_post_where_there_is_none(session: Session, now: datetime) -> None:
    assert post(session, BYTES, now, of="application/octet-stream") == BYTES


@pytest.mark.parametrize(
    ("there", "of", "sent", "sent_of", "told"),
    [
        (b"{}", "application/json", b"x", "text/plain", 'the document that you sent is "text/plain"'),
        (b"x", "text/plain", b"{}", "application/json", 'the document that is stored is "text/plain"'),
        (b"[]", "application/json", b"{}", "application/json", "the document that is stored is JSON, but no object"),
        (b"{", "application/json", b"{}", "application/json", "is not JSON.*in the document that is stored"),
        (b"{}", "application/json", b"[]", "application/json", "the document that you sent is JSON, but no object"),
        (b"{}", "application/json", b'{"a":1}{', "application/json", "is not JSON.*in the document that you sent"),
        (b"{}", "application/json", b'{"a":1,"a":2}', "application/json", r"\$\.a: stands twice.*that you sent"),
        (b"{}", "application/json", b"\xff", "application/json", "not UTF-8"),
        (b"{}", "application/json", b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "application/json", "deeper"),
    ],
)
def test_what_cannot_be_merged_changes_nothing(
    session: Session, now: datetime, there: bytes, of: str, sent: bytes, sent_of: str, told: str
) -> None:
    put(session, STATE, "place", there, now, of=of)
    with pytest.raises(DocumentFaults, match=told):
        post(session, sent, now, of=sent_of)
    session.rollback()
    assert data(session, STATE, "place") == there


def test_neither_a_document_nor_a_merge_grows_beyond_the_limit(session: Session, now: datetime) -> None:
    half = b'{"%s": "' + b"x" * (documents.MAX_BYTES // 2) + b'"}'
    post(session, half % b"a", now)
    with pytest.raises(TooLarge, match="at most 8 MiB"):
        post(session, half % b"b", now)
    with pytest.raises(TooLarge):
        Content("text/plain", b"x" * (documents.MAX_BYTES + 1))


def test_lists_hold_ids_stored_since(session: Session, now: datetime) -> None:
    put(session, STATE, "b", b"1", now)
    put(session, STATE, "a", b"2", now + SECOND)
    put(session, Context(Kind.STATE, activity=UNIT, agent=AMARA), "c", b"3", now)
    assert documents.ids(session, STATE) == (["a", "b"], now + SECOND)
    assert documents.ids(session, STATE, since=now) == (["a"], now + SECOND)
    assert documents.ids(session, STATE, since=now + SECOND) == ([], None)


def in_registration(registration: UUID | None) -> Context:
    return Context(Kind.STATE, activity=LESSON, agent=AMARA, registration=registration)


def test_without_a_registration_lists_are_of_all(session: Session, now: datetime) -> None:
    for registration, document_id in [(None, "a"), (ONE, "a"), (ONE, "b"), (TWO, "c")]:
        put(session, in_registration(registration), document_id, b"", now)
    assert documents.ids(session, in_registration(None))[0] == ["a", "b", "c"]
    assert documents.ids(session, in_registration(ONE))[0] == ["a", "b"]


@pytest.mark.parametrize(("registration", "left"), [(ONE, 2), (None, 0)])
def test_all_states_are_deleted_in_a_registration_or_in_all(
    session: Session, now: datetime, registration: UUID | None, left: int
) -> None:
    for each, document_id in [(None, "a"), (ONE, "a"), (ONE, "b"), (TWO, "c")]:
        put(session, in_registration(each), document_id, b"", now)
    other = Context(Kind.STATE, activity=LESSON, agent=BEN)
    put(session, other, "a", b"", now)
    writing(session)
    documents.remove_all(session, in_registration(registration))
    session.commit()
    assert (how_many(session), data(session, other, "a")) == (left + 1, b"")


def test_one_is_deleted_if_it_is_what_was_seen(session: Session, now: datetime) -> None:
    put(session, STATE, "a", b"1", now)
    put(session, STATE, "b", b"1", now)
    writing(session)
    with pytest.raises(PreconditionFailed):
        documents.remove(session, STATE, "a", preconditions=Preconditions(match=frozenset({"z"})))
    tag = frozenset({Content("", b"1").tag})
    documents.remove(session, STATE, "a", preconditions=Preconditions(match=tag))
    documents.remove(session, STATE, "a", preconditions=Preconditions())
    session.commit()
    assert documents.ids(session, STATE)[0] == ["b"]


def test_an_agent_is_forgotten_in_every_document(session: Session, now: datetime) -> None:
    long = f"mbox:mailto:{'x' * 600}@example.org"
    for agent in (AMARA, BEN, long):
        put(session, Context(Kind.STATE, activity=LESSON, agent=agent), "a", b"", now)
        put(session, Context(Kind.AGENT_PROFILE, agent=agent), "a", b"", now)
    put(session, Context(Kind.ACTIVITY_PROFILE, activity=LESSON), "a", b"", now)
    writing(session)
    assert [documents.forget(session, agent) for agent in (AMARA, AMARA, long)] == [2, 0, 2]
    session.commit()
    assert how_many(session) == 3


def at_once(engine: Engine, act: Callable[[Session, int], None], writers: int = 4) -> list[str]:
    """Let writers act at the same moment, each in its own transaction; return how each ended, sorted."""
    start = threading.Barrier(writers)
    ended: list[str] = []

    def write(number: int) -> None:
        with Session(engine) as session:
            start.wait()
            try:
                writing(session)
                act(session, number)
                session.commit()
                ended.append("stored")
            except PreconditionFailed:
                ended.append("refused")

    threads = [threading.Thread(target=write, args=(number,)) for number in range(writers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return sorted(ended)


def test_of_many_who_saw_the_same_one_is_stored(engine: Engine, session: Session, now: datetime) -> None:
    put(session, STATE, "place", b"0", now)
    seen = Preconditions(match=frozenset({Content("", b"0").tag}))

    def overwrite(session: Session, number: int) -> None:
        content = Content("text/plain", b"from %d" % number)
        documents.put(session, STATE, "place", content, preconditions=seen, rule=Rule.FREE, now=now)

    assert at_once(engine, overwrite) == ["refused", "refused", "refused", "stored"]


def test_of_many_who_saw_none_one_is_stored(engine: Engine, session: Session, now: datetime) -> None:
    unseen = Preconditions(none_match=frozenset({"*"}))

    def make(session: Session, number: int) -> None:
        content = Content("text/plain", b"from %d" % number)
        documents.put(session, STATE, "place", content, preconditions=unseen, rule=Rule.NEVER, now=now)

    assert at_once(engine, make) == ["refused", "refused", "refused", "stored"]
    assert how_many(session) == 1


def test_many_merge_into_one_and_nothing_is_lost(engine: Engine, session: Session, now: datetime) -> None:
    def merge(session: Session, number: int) -> None:
        sent = documents.posted(Content("application/json", b'{"%d": 1}' % number))
        documents.post(session, STATE, "place", sent, preconditions=Preconditions(), now=now)

    assert at_once(engine, merge) == ["stored"] * 4
    found = data(session, STATE, "place")
    assert found is not None
    assert sorted(documents.posted(Content("application/json", found)).members or ()) == ["0", "1", "2", "3"]
