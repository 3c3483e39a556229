"""What the worker does at night: a slice of the self-check, what the rules let go, what is long done."""

import dataclasses
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

import xapi
from mentorcert import outbox
from mentorcert.config import Settings
from mentorcert.db import writing
from mentorcert.evidence.models import Progress
from mentorcert.files import Blobs, Files, open_files
from mentorcert.outbox import OutboxRow
from mentorcert.upkeep import checking, nightly
from mentorcert.upkeep.models import SelfCheck
from tests.evidence.factories import World, make_world
from xapi import tables, verify

DAY = timedelta(days=1)


@pytest.fixture
def world(session: Session, now: datetime) -> World:
    world = make_world(session, now)
    for days in (90, 60, 0):
        world.send(world.said(about=f"https://lms.example/{days}"), now=now - days * DAY)
    return world


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files("", tmp_path)


def slices(world: World, files: Files, now: datetime, most: int) -> list[tuple[int, int, bool]]:
    """Check slice by slice until one comes to its end."""
    done: list[tuple[int, int, bool]] = []
    while not done or not done[-1][2]:
        result = checking.look(world.session, world.door, Blobs(files), most=most)
        row = checking.keep(world.session, result, now=now)
        done.append((row.sequence, row.checked, row.finished_at is not None))
        world.session.commit()
    return done


def test_a_check_goes_on_where_it_stopped_and_then_begins_anew(
    world: World, files: Files, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify.page, "__defaults__", (2,))
    assert slices(world, files, now, most=1) == [(2, 2, False), (3, 3, False), (3, 3, True)]
    assert slices(world, files, now, most=10) == [(3, 3, True)]
    assert [row.faults for row in world.session.scalars(select(SelfCheck))] == [0, 0]


def test_what_a_check_finds_is_kept_through_its_slices_and_logged_once(
    world: World, files: Files, settings: Settings, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    writing(world.session)
    world.session.execute(update(tables.statement).where(tables.statement.c.sequence == 1).values(verb="x:y"))
    world.session.commit()
    first = checking.look(world.session, world.door, Blobs(files), most=1)
    assert (first.faults, len(first.fresh), first.finished) == (1, 1, False)
    checking.keep(world.session, first, now=now)
    world.session.commit()
    with caplog.at_level(logging.ERROR):
        nightly.run(world.session, settings, files, now=now)
    assert caplog.messages == []
    row = checking.latest(world.session)
    assert row is not None
    assert (row.faults, len(row.told), row.finished_at) == (1, 1, now)
    world.session.rollback()
    with caplog.at_level(logging.ERROR):
        nightly.run(world.session, settings, files, now=now)
    assert [each.startswith("self-check: statement ") for each in caplog.messages] == [True]


def test_a_night_lets_go_what_the_rules_say_and_what_is_long_done(
    world: World, files: Files, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    writing(world.session)
    outbox.put(world.session, "mail", {}, now=now - 60 * DAY)
    world.session.flush()
    [mail] = outbox.claim(world.session, now=now - 60 * DAY)
    outbox.done(mail, now=now - 60 * DAY)
    world.session.commit()
    Blobs(files).put("a" * 64, iter([b"x"]))
    os.utime(tmp_path / "files" / "attachments" / "aa" / ("a" * 64), times=(now.timestamp(), now.timestamp()))
    nightly.run(world.session, dataclasses.replace(settings, keep_received_days=70), files, now=now + 2 * DAY)
    assert [each.sequence for each in xapi.every(world.session)] == [2, 3]
    assert world.session.scalars(select(OutboxRow)).all() == []
    assert list(files.listed("attachments")) == []
    row = checking.latest(world.session)
    assert row is not None
    assert (row.checked, row.faults) == (2, 0)


def test_a_part_that_fails_does_not_keep_the_others_from_their_turn(
    world: World, settings: Settings, now: datetime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    files = open_files("", tmp_path)
    (tmp_path / "files" / "attachments").mkdir(parents=True)
    (tmp_path / "files" / "attachments" / "loop").symlink_to("loop")
    with caplog.at_level(logging.ERROR):
        nightly.run(world.session, settings, files, now=now)
    assert caplog.messages[:1] == ["clearing did not come to its end"]
    assert checking.latest(world.session) is not None


def test_progress_that_is_wrong_is_found_however_many_enrolments_there_are(
    world: World, files: Files, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "_REGISTRATIONS", 1)
    other = make_world(world.session, now)
    for each in (world, other):
        each.send(each.said())
    writing(world.session)
    wrong = update(Progress).where(Progress.registration == other.registration).values(best_score=1)
    world.session.execute(wrong.values(best_score_at=now, best_score_id=other.registration))
    world.session.commit()
    (line,) = checking.progress_faults(world.session, world.door)
    assert line.startswith(f"progress of registration {other.registration}, activity ")
