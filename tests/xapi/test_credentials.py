"""Keys: proven by their secret, good for their scopes, until they are taken back."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from mentorcert.db import writing
from xapi import credentials, tables
from xapi.credentials import Credential


def make(session: Session, now: datetime, *scopes: str, expires: datetime | None = None) -> tuple[Credential, str]:
    writing(session)
    made = credentials.create(
        session,
        label="Company LMS",
        scopes=scopes or ("all",),
        now=now,
        expires=expires,
        programmes=["mentor-development"],
    )
    session.commit()
    return made


def test_key_and_secret_prove_the_credential(session: Session, now: datetime) -> None:
    credential, secret = make(session, now, "statements/write", "statements/read/mine")
    assert credentials.check(session, credential.key, secret, now) == credential
    assert (credential.label, credential.programmes) == ("Company LMS", ("mentor-development",))


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


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        ("all", (True, True, True)),
        ("all/read", (False, True, True)),
        ("statements/read", (False, True, True)),
        ("statements/read/mine", (False, True, False)),
        ("statements/write", (True, False, False)),
        ("state", (False, False, False)),
        ("define", (False, False, False)),
        ("profile", (False, False, False)),
    ],
)
def test_what_scopes_allow(scope: str, may: tuple[bool, bool, bool], session: Session, now: datetime) -> None:
    credential, _ = make(session, now, scope)
    assert (credential.may_write, credential.may_read, credential.reads_all) == may


@pytest.mark.parametrize(("scopes", "told"), [((), "none given"), (("all", "root", "admin"), "admin, root")])
def test_unknown_scopes_are_refused(scopes: tuple[str, ...], told: str, session: Session, now: datetime) -> None:
    with pytest.raises(ValueError, match=told):
        credentials.create(session, label="x", scopes=scopes, now=now)
