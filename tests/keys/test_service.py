"""Keys: what one may do is fixed, who answers for it may change, its end comes only earlier; all of it is audited."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound
from mentorcert.evidence.service import door
from mentorcert.keys import queries, service
from mentorcert.keys.queries import Deed, Owner, State
from mentorcert.keys.service import Wish
from tests.factories import make_person, publish_programme
from tests.keys.factories import BASE, end_account, make_key, send
from xapi import credentials

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
DAY = timedelta(days=1)


def where(problem: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [fault.where for fault in problem.value.faults]


def test_a_key_is_what_was_wished_and_proves_itself_by_its_secret(session: Session, now: datetime) -> None:
    publish_programme(session)
    ines = make_person(session, "Ines Duarte", "ines@example.org")
    wish = Wish("LMS", frozenset({"statements/write"}), ("tiny",), "INES@example.org", now + DAY)
    uuid, who = uuid4(), uuid4()
    made, secret = service.make(session, wish, uuid=uuid, who=who, now=now)
    session.commit()
    assert credentials.check(session, made.key, secret, now) == made
    assert (made.uuid, made.label, made.programmes, made.owner) == (uuid, "LMS", ("tiny",), str(ines.uuid))
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "key.create"))
    assert (entry.who, entry.subject, entry.before) == (str(who), f"key:{uuid}", None)
    assert entry.after == {
        "label": "LMS",
        "owner": str(ines.uuid),
        "scopes": ["statements/write"],
        "programmes": ["tiny"],
        "expires": (now + DAY).isoformat(),
    }
    assert secret not in str(entry.after)


def test_the_same_key_is_made_once(session: Session, now: datetime) -> None:
    uuid, wish = uuid4(), Wish("LMS", frozenset({"all"}))
    service.make(session, wish, uuid=uuid, who="test", now=now)
    session.commit()
    with pytest.raises(Conflict, match="made already"):
        service.make(session, wish, uuid=uuid, who="test", now=now)
    assert len(credentials.every(session)) == 1


def test_everything_that_is_wrong_with_a_wish_is_told_at_once(session: Session, now: datetime) -> None:
    gone = make_person(session, email="gone@example.org")
    end_account(session, gone)
    with pytest.raises(Invalid) as empty:
        service.make(session, Wish("", frozenset(), (), "nobody@example.org", now), who="test", now=now)
    wish = Wish("x" * 81, frozenset({"root", "state"}), ("none",), gone.email)
    with pytest.raises(Invalid) as odd:
        service.make(session, wish, who="test", now=now)
    assert (where(empty), where(odd)) == (
        ["label", "scopes", "owner", "expires"],
        ["label", "scopes", "programmes", "programmes", "owner"],
    )
    session.rollback()
    assert credentials.every(session) == []


def test_a_day_is_over_at_its_end_on_the_clock_of_who_said_it() -> None:
    leeds = service.end_of(date(2027, 1, 31), ZoneInfo("Europe/London"))
    lagos = service.end_of(date(2027, 1, 31), ZoneInfo("Africa/Lagos"))
    assert [each.astimezone(UTC) for each in (leeds, lagos)] == [
        datetime(2027, 2, 1, tzinfo=UTC),
        datetime(2027, 1, 31, 23, tzinfo=UTC),
    ]
    with pytest.raises(Invalid):
        service.end_of(date.max, UTC)


def test_name_owner_and_an_earlier_end_change_and_are_audited(session: Session, now: datetime) -> None:
    ruth, ines = make_person(session, "Ruth", "ruth@example.org"), make_person(session, "Ines", "ines@example.org")
    key = make_key(session, owner=ruth.email, expires=now + 9 * DAY)
    changed = service.change(
        session, key.uuid, label="Other", owner=ines.email, expires=now + DAY, who=ruth.uuid, now=now
    )
    session.commit()
    assert (changed.label, changed.owner, changed.expires) == ("Other", str(ines.uuid), now + DAY)
    assert (changed.scopes, changed.programmes) == (key.scopes, key.programmes)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "key.change"))
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["owner"], entry.after["owner"]) == (str(ruth.uuid), str(ines.uuid))


@pytest.mark.parametrize("days", [10, None, 0])
def test_an_end_never_comes_later_or_in_the_past(days: int | None, session: Session, now: datetime) -> None:
    key = make_key(session, expires=now + 9 * DAY)
    wanted = None if days is None else now + days * DAY
    with pytest.raises(Invalid) as problem:
        service.change(session, key.uuid, label="LMS", owner="", expires=wanted, who="test", now=now)
    session.rollback()
    assert (where(problem), credentials.one(session, key.uuid)) == (["expires"], key)


@sqlite_only
def test_what_stays_as_it_is_is_not_audited_also_when_the_key_has_ended(session: Session, now: datetime) -> None:
    key = make_key(session, expires=now + DAY)
    later = now + 2 * DAY
    service.change(session, key.uuid, label=key.label, owner="", expires=key.expires, who="test", now=later)
    session.commit()
    assert [deed.action for deed in queries.history(session, key.uuid)] == ["key.create"]


def test_revoked_it_stays_so_and_says_who_did_it_and_why(session: Session, now: datetime) -> None:
    ruth = make_person(session, "Ruth Adeyemi")
    key = make_key(session)
    service.revoke(session, key.uuid, reason="The laptop is lost.", who=ruth.uuid, now=now)
    session.commit()
    with pytest.raises(Conflict):
        service.revoke(session, key.uuid, who=ruth.uuid, now=now)
    with pytest.raises(NotFound):
        service.revoke(session, uuid4(), who=ruth.uuid, now=now)
    session.rollback()
    assert queries.history(session, key.uuid) == [
        Deed(now, "key.create", "test", ""),
        Deed(now, "key.revoke", "Ruth Adeyemi", "The laptop is lost."),
    ]


def test_each_state_is_told(session: Session, now: datetime) -> None:
    used = make_key(session, "used")
    writing(session)
    credentials.note_use(session, used, now)
    session.commit()
    make_key(session, "unused")
    make_key(session, "soon", expires=now + 32 * DAY)
    make_key(session, "later", expires=now + 32 * DAY + timedelta(seconds=1))
    make_key(session, "expired", expires=now + 2 * DAY)
    revoked = make_key(session, "revoked", expires=now + 2 * DAY)
    service.revoke(session, revoked.uuid, who="test", now=now)
    session.commit()
    states = {each.credential.label: each.state for each in queries.every(session, BASE, now + 2 * DAY)}
    assert states == {
        "used": State.VALID,
        "unused": State.UNUSED,
        "soon": State.SOON,
        "later": State.UNUSED,
        "expired": State.EXPIRED,
        "revoked": State.REVOKED,
    }


def test_a_key_says_who_answers_for_it_what_it_may_complete_and_how_much_it_sent(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_programme(session)
    jonas = make_person(session, "Jonas Weber", "jonas@example.org")
    one = make_key(session, "one", programmes=("tiny",), owner=jonas.email)
    other = make_key(session, "other")
    end_account(session, jonas)
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)
    send(session, one, 2)
    send(session, other, 5)
    told = {each.credential.label: each for each in queries.every(session, BASE, now)}
    assert (told["one"].owner, told["other"].owner) == (Owner("Jonas Weber", "jonas@example.org", True), None)
    assert (told["one"].programmes, told["other"].programmes) == (("A tiny programme",), ())
    assert {label: each.sent for label, each in told.items()} == {"one": 2, "other": 4}  # four is more than three
    assert queries.key(session, one.uuid, BASE, now) == told["one"]
    assert door(BASE).authority.key not in {each.authority for each in told.values()}


@sqlite_only
def test_an_owner_that_is_no_person_of_ours_is_nobody(session: Session, now: datetime) -> None:
    writing(session)
    for owner in ("somebody", str(uuid4())):
        credentials.create(session, label=owner, scopes=["all"], owner=owner, now=now)
    session.commit()
    assert [each.owner for each in queries.every(session, BASE, now)] == [None, None]
