"""Keys: proven by their secret, good for their scopes, until they are taken back."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert.db import writing
from tests.databases import counted
from xapi import credentials, tables
from xapi.credentials import Credential


def make(session: Session, now: datetime, *scopes: str, expires: datetime | None = None) -> tuple[Credential, str]:
    writing(session)
    made = credentials.create(
        session,
        label="Company LMS",
        scopes=scopes or ("all",),
        now=now,
        owner="Ruth",
        expires=expires,
        programmes=["mentor-development"],
    )
    session.commit()
    return made


def test_key_and_secret_prove_the_credential(session: Session, now: datetime) -> None:
    credential, secret = make(session, now, "statements/write", "statements/read/mine")
    assert credentials.check(session, credential.key, secret, now) == credential
    assert (credential.label, credential.owner) == ("Company LMS", "Ruth")
    assert (credential.programmes, credential.scopes) == (
        ("mentor-development",),
        frozenset({"statements/write", "statements/read/mine"}),
    )


def test_one_is_found_by_its_uuid(session: Session, now: datetime) -> None:
    credential, _ = make(session, now)
    assert [credentials.one(session, each) for each in (credential.uuid, uuid4())] == [credential, None]


def test_a_refused_check_does_the_same_work_whatever_is_wrong(session: Session, engine: Engine, now: datetime) -> None:
    """One select, one digest, one comparison: neither answer nor time says whether there is such a key."""
    valid, secret = make(session, now)
    expired, its_secret = make(session, now, expires=now)
    revoked, another = make(session, now)
    writing(session)
    credentials.revoke(session, revoked.uuid, now)
    session.commit()
    credentials.check(session, valid.key, secret, now)  # what is built once, is built
    tries = {
        "wrong": (valid.key, "x" * 43),
        "expired": (expired.key, its_secret),
        "revoked": (revoked.key, another),
        "expired and wrong": (expired.key, secret),
        "unknown": ("0" * 24, secret),
        "no key at all": ("", secret),
        "not text": ("\0\udc00", secret),
    }
    done = {}
    for what, (key, tried) in tries.items():
        with counted(engine) as said:
            answer, work = worked(lambda: credentials.check(session, key, tried, now))  # noqa: B023  # called at once
        done[what] = (answer, work, said)
    assert done == dict.fromkeys(tries, (None, ["openssl_sha256", "hexdigest", "compare_digest"], done["wrong"][2]))
    assert len(done["wrong"][2]) == 1


def worked(call: Callable[[], Any]) -> tuple[Any, list[str]]:
    """Call, and return what came of it and what was done to secrets on the way."""
    seen = []

    def note(_frame: object, event: str, what: Any) -> None:
        if event == "c_call" and what.__name__ in {"openssl_sha256", "hexdigest", "compare_digest"}:
            seen.append(what.__name__)

    sys.setprofile(note)
    try:
        return call(), seen
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("wrong", ["", "x", "\u0000", "é", "\udc00"])
def test_a_wrong_secret_or_key_proves_nothing(wrong: str, session: Session, now: datetime) -> None:
    credential, secret = make(session, now)
    assert credentials.check(session, credential.key, wrong, now) is None
    assert credentials.check(session, wrong, secret, now) is None


def test_the_secret_is_not_kept_and_not_short(session: Session, now: datetime) -> None:
    _, secret = make(session, now)
    (row,) = session.execute(select(tables.credential))
    assert secret not in [str(value) for value in row]
    assert len(secret) == 43  # 256 bits


def test_two_credentials_share_nothing(session: Session, now: datetime) -> None:
    (one, secret), (other, another) = make(session, now), make(session, now)
    assert len({one.key, other.key, one.uuid, other.uuid, secret, another}) == 6
    assert credentials.check(session, one.key, another, now) is None


def test_it_expires(session: Session, now: datetime) -> None:
    credential, secret = make(session, now, expires=now + timedelta(days=1))
    moments = [timedelta(hours=23), timedelta(days=1), timedelta(days=2)]
    valid = [credentials.check(session, credential.key, secret, now + later) is not None for later in moments]
    assert valid == [True, False, False]


def test_taken_back_it_stays_so(session: Session, now: datetime) -> None:
    credential, secret = make(session, now)
    writing(session)
    assert [credentials.revoke(session, each, now) for each in (credential.uuid, credential.uuid, uuid4())] == [
        True,
        False,
        False,
    ]
    assert credentials.check(session, credential.key, secret, now) is None
    assert [each.revoked for each in credentials.every(session)] == [now]


def test_all_are_listed_the_newest_first(session: Session, now: datetime) -> None:
    (first, _), (second, _) = make(session, now), make(session, now + timedelta(days=1))
    assert credentials.every(session) == [second, first]


def test_use_is_noted_to_the_hour(session: Session, now: datetime) -> None:
    credential, secret = make(session, now)
    noted = []
    for later in (timedelta(0), timedelta(minutes=59), timedelta(minutes=60)):
        writing(session)
        used = credentials.check(session, credential.key, secret, now + later)
        assert used is not None
        credentials.note_use(session, used, now + later)
        session.commit()
        noted += [each.last_used for each in credentials.every(session)]
        session.rollback()
    assert noted == [now, now, now + timedelta(hours=1)]


def test_of_two_uses_at_once_the_first_is_kept(session: Session, now: datetime) -> None:
    credential, _ = make(session, now)
    writing(session)
    for later in (timedelta(minutes=1), timedelta(minutes=2)):  # both saw a credential that was never used
        credentials.note_use(session, credential, now + later)
    session.commit()
    assert [each.last_used for each in credentials.every(session)] == [now + timedelta(minutes=1)]


def test_label_and_owner_change_and_an_end_comes_only_earlier(session: Session, now: datetime) -> None:
    credential, secret = make(session, now, "all")
    ends = [None, now + timedelta(days=9), now + timedelta(days=8), now + timedelta(days=9), None]
    writing(session)
    done = [credentials.change(session, credential.uuid, label="LMS", owner="Ines", expires=each) for each in ends]
    session.commit()
    assert done == [True, True, True, False, False]
    changed = credentials.check(session, credential.key, secret, now)
    assert changed is not None
    assert (changed.label, changed.owner, changed.expires) == ("LMS", "Ines", now + timedelta(days=8))
    assert (changed.scopes, changed.programmes) == (credential.scopes, credential.programmes)
    writing(session)
    assert not credentials.change(session, uuid4(), label="x", owner="", expires=None)


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        (
            "all",
            "may_write may_read reads_all may_define writes_state reads_state writes_profiles reads_profiles",
        ),
        ("all/read", "may_read reads_all reads_state reads_profiles"),
        ("statements/read", "may_read reads_all"),
        ("statements/read/mine", "may_read"),
        ("statements/write", "may_write"),
        ("state", "writes_state reads_state"),
        ("define", "may_define"),
        ("profile", "writes_profiles reads_profiles"),
    ],
)
def test_what_scopes_allow(scope: str, may: str) -> None:
    made = datetime(2026, 11, 24, tzinfo=UTC)
    credential = Credential(uuid4(), "k", "LMS", "", frozenset({scope}), (), made, None, None, None)
    asked = [name for name in dir(Credential) if name.startswith(("may_", "reads_", "writes_"))]
    assert [name for name in asked if getattr(credential, name)] == sorted(may.split())


@pytest.mark.parametrize(("scopes", "told"), [((), "none given"), (("all", "root", "admin"), "admin, root")])
def test_unknown_scopes_are_refused(scopes: tuple[str, ...], told: str, session: Session, now: datetime) -> None:
    with pytest.raises(ValueError, match=told):
        credentials.create(session, label="x", scopes=scopes, now=now)
