"""Retention: what is old goes where nothing rests on it, and progress is the same without it."""

import os
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

import xapi
from mentorcert.audit import AuditEntry
from mentorcert.db import writing
from mentorcert.evidence import statements
from mentorcert.evidence.queries import about
from mentorcert.evidence.statements import Thing
from mentorcert.files import Blobs, Files, open_files
from mentorcert.upkeep import checking, retention
from mentorcert.upkeep.retention import Page, Rule
from tests.evidence.factories import FILM, World, make_world
from tests.xapi.bodies import BOUNDARY, Mixed, an_attachment
from tests.xapi.factories import a_statement
from xapi import attachments, multipart, tables
from xapi import vocabulary as v

DAY = timedelta(days=1)
FILM_RULE = Rule("film", "of films' players", 30, frozenset({v.PLAYED, v.PAUSED, v.TERMINATED}))
RECEIVED_RULE = Rule("received", "of other systems", 30, of_others=True)


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    return make_world(session, now - 40 * DAY)


def watch(world: World, seconds: list[int], at: datetime) -> None:
    """Report a film at each of these places, through our own door."""
    bodies = [
        world.said(
            v.PAUSED,
            FILM,
            timestamp=(at + timedelta(seconds=each)).isoformat(),
            result={"extensions": {v.VIDEO_TIME: each}},
        )
        for each in seconds
    ]
    world.send(*bodies, key=world.door.authority, now=at)


def purge(world: World, rule: Rule, now: datetime, *, dry_run: bool = False) -> list[Page]:
    done = []
    for page in retention.pages(world.session, world.door, rule, now=now, dry_run=dry_run):
        done.append(page)
        world.session.commit()
    return done


def held(session: Session) -> list[int]:
    numbers = [each.sequence for each in xapi.every(session)]
    session.rollback()
    return numbers


def sound(world: World) -> list[str]:
    result = checking.look(world.session, world.door, Blobs(open_files("memory://", Path())))
    world.session.rollback()
    return result.told


def test_old_reports_of_a_film_go_but_the_one_that_progress_comes_from(world: World, now: datetime) -> None:
    watch(world, [10, 20, 30], now - 40 * DAY)
    watch(world, [5], now - DAY)
    before = world.standings()
    assert purge(world, FILM_RULE, now) == [Page(through=3, removed=3, kept=0)]
    assert held(world.session) == [4]
    assert world.standings() == before
    assert sound(world) == []


def test_what_progress_comes_from_stays_however_old(world: World, now: datetime) -> None:
    watch(world, [10, 30, 20], now - 40 * DAY)
    world.send(world.said(about="https://lms.example/x"), now=now - 40 * DAY)
    before = world.standings()
    assert purge(world, FILM_RULE, now) == [Page(through=3, removed=2, kept=1)]
    assert held(world.session) == [2, 4]
    assert (world.standings(), before[FILM].position) == (before, 30_000)


def test_what_other_systems_sent_goes_unless_it_completed_something(world: World, now: datetime) -> None:
    old = now - 40 * DAY
    world.send(world.said(), world.said(timestamp=(old + DAY).isoformat()), now=old)
    world.send(world.said(about="https://lms.example/x"), world.said(v.PLAYED, about="https://lms.example/x"), now=old)
    world.send(world.said(about="https://lms.example/new"), now=now)
    before = world.standings()
    assert purge(world, RECEIVED_RULE, now) == [Page(through=4, removed=2, kept=2)]
    assert held(world.session) == [1, 2, 5]
    assert world.standings() == before
    assert sound(world) == []


def test_what_we_say_ourselves_is_not_of_other_systems(world: World, now: datetime) -> None:
    whose = about(world.enrolment, world.door.iri_base)
    thing = Thing("https://mentors.example.org/x", v.LESSON, "A lesson")
    world.door.record(
        world.session, [statements.lesson_completed(whose, "start", thing, at=now - 40 * DAY)], now=now - 40 * DAY
    )
    world.session.commit()
    world.send(world.said(about="https://lms.example/x"), now=now)
    assert purge(world, RECEIVED_RULE, now) == []


def test_what_refers_and_what_is_referred_to_and_the_newest_stay(world: World, now: datetime) -> None:
    old = now - 40 * DAY
    [target] = world.send(world.said(about="https://lms.example/a"), now=old)
    [voided] = world.send(world.said(about="https://lms.example/b"), now=old)
    world.send(world.said("https://lms.example/saw", object=reference(target)), now=old)
    world.send({**world.said(v.VOIDED, object=reference(voided)), "context": {}}, now=old)
    world.send(world.said(about="https://lms.example/c"), now=old)
    world.send(world.said(about="https://lms.example/d"), now=old)
    assert purge(world, RECEIVED_RULE, now) == [Page(through=5, removed=1, kept=0)]
    assert held(world.session) == [1, 2, 3, 4, 6]
    assert sound(world) == []


def reference(target: object) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": str(target)}


def test_a_number_is_not_given_twice(world: World, now: datetime) -> None:
    world.send(world.said(about="https://lms.example/a"), world.said(about="https://lms.example/b"), now=now - 40 * DAY)
    purge(world, RECEIVED_RULE, now)
    world.send(world.said(about="https://lms.example/c"), now=now)
    assert held(world.session) == [2, 3]


def test_what_is_still_to_be_sent_on_stays(world: World, now: datetime) -> None:
    for each in "abcd":
        world.send(world.said(about=f"https://lms.example/{each}"), now=now - 40 * DAY)
    refused = xapi.every(world.session)[0].statement.id
    world.session.rollback()
    writing(world.session)
    world.session.execute(insert(tables.target), a_target(now, cursor=2))
    letter = {"target": 1, "statement": refused, "status": 400, "said": "", "refused": now, "attempts": 1}
    world.session.execute(insert(tables.dead_letter), {"uuid": refused, "again": False, **letter})
    world.session.commit()
    assert purge(world, RECEIVED_RULE, now) == [Page(through=2, removed=1, kept=0)]
    assert held(world.session) == [1, 3, 4]


def a_target(now: datetime, *, cursor: int) -> dict[str, Any]:
    empty = dict.fromkeys(("key", "secret", "error"), "")
    numbers = dict.fromkeys(("failures", "refusals"), 0)
    lists: dict[str, Any] = {"activities": [], "verbs": [], "sent": []}
    own = {"id": 1, "uuid": xapi.parse(_ANY, now=now)[0].id, "name": "LMS", "endpoint": "https://lms.example/xapi"}
    state = {"version": "1.0.3", "created": now, "state": "running", "cursor": cursor, "size": 50, "next_at": now}
    return {**empty, **numbers, **lists, **own, **state}


_ANY = {"actor": {"mbox": "mailto:a@example.org"}, "verb": {"id": "x:y"}, "object": {"id": "x:z"}}


def test_a_dry_run_says_the_same_and_changes_nothing(world: World, now: datetime) -> None:
    watch(world, [10, 20, 30], now - 40 * DAY)
    watch(world, [5], now - DAY)
    assert purge(world, FILM_RULE, now, dry_run=True) == [Page(through=3, removed=3, kept=0)]
    assert held(world.session) == [1, 2, 3, 4]


def test_every_page_has_its_entry_in_the_audit_log(
    world: World, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    watch(world, [10, 20, 30], now - 40 * DAY)
    watch(world, [5], now - DAY)
    assert [each.removed for each in purge(world, FILM_RULE, now)] == [2, 1]
    told = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "statements.purge")).all()
    assert [each.after for each in told] == [
        {"statements": 2, "rule": "film", "days": 30, "numbers": [1, 2]},
        {"statements": 1, "rule": "film", "days": 30, "numbers": [3, 3]},
    ]
    assert sound(world) == []


def test_attachments_go_with_their_statements_and_files_that_nothing_names_later(
    world: World, now: datetime, tmp_path: Path
) -> None:
    ids = world.send(
        world.said(about="https://lms.example/a"), world.said(about="https://lms.example/b"), now=now - 40 * DAY
    )
    writing(world.session)
    rows = [
        {"statement": one, "sha2": sha2 * 64, "length": 1, "stored": now} for one, sha2 in zip(ids, "ab", strict=True)
    ]
    world.session.execute(insert(tables.attachment), rows)
    world.session.commit()
    files = open_files("", tmp_path)
    for each in "abc":
        Blobs(files).put(each * 64, iter([each.encode()]))
    purge(world, RECEIVED_RULE, now)
    assert world.session.scalar(select(func.count()).select_from(tables.attachment)) == 1
    stored = sorted(moment for _, moment in files.listed("attachments"))
    assert retention.clear_attachments(world.session, files, now=stored[0] + DAY) == 0
    assert retention.clear_attachments(world.session, files, now=stored[-1] + 2 * DAY) == 2
    assert [key[-1] for key, _ in files.listed("attachments")] == ["b"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_comes_again_is_as_good_as_new(world: World, tmp_path: Path) -> None:
    """Nothing names it yet: its statement is stored a moment later."""
    files, body = open_files("", tmp_path), Mixed(a_statement(attachments=[an_attachment(b"notes")]), [b"notes"])
    keep = partial(_keep, files, bytes(body))
    key, stored = keep()
    os.utime(tmp_path / "files" / key, times=(0, 0))
    assert keep() >= (key, stored)
    assert retention.clear_attachments(world.session, files, now=stored + DAY / 2) == 0


def _keep(files: Files, body: bytes) -> tuple[str, datetime]:
    with multipart.read(BytesIO(body), BOUNDARY) as received:
        attachments.keep(Blobs(files), received)
    [kept] = files.listed("attachments")
    return kept
