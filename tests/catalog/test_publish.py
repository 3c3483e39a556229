"""Publishing, and reading what was published."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from mentorcert.audit import AuditEntry
from mentorcert.catalog import queries
from mentorcert.catalog.document import ProgrammeDocument, decode_programme, encode, hash_of
from mentorcert.catalog.faults import CatalogFaults
from mentorcert.catalog.models import MediaFile, ProgrammeVersion, RubricVersion
from mentorcert.catalog.reader import read
from mentorcert.catalog.service import Publication, publish
from mentorcert.db import writing
from mentorcert.errors import NotFound
from mentorcert.files import Files, open_files
from tests.catalog.factories import JPEG, LESSON, MEDIA, PROGRAM, RUBRIC, WEBM, change, make_programme

FILM = "units/01-start/media/film.webm"
DAY = timedelta(days=1)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return open_files("", tmp_path / "data")


class Shop:
    """The two folders, and publishing what is in them now."""

    def __init__(self, root: Path, session: Session, files: Files) -> None:
        self.root, self.session, self.files = root, session, files
        self.content, self.rubrics = make_programme(root)

    def publish(self, now: datetime) -> Publication:
        done = publish(self.session, self.files, self.content, self.rubrics, now, who="tests")
        self.session.commit()
        return done

    def count(self, kind: type[ProgrammeVersion | RubricVersion | MediaFile | AuditEntry]) -> int:
        return self.session.scalar(select(func.count()).select_from(kind)) or 0


@pytest.fixture
def shop(here: Path, session: Session, files: Files) -> Shop:
    queries._programmes.clear()
    queries._rubrics.clear()
    return Shop(here, session, files)


def test_what_was_read_is_what_is_published(shop: Shop, now: datetime) -> None:
    done = shop.publish(now)
    reading = read(shop.content, shop.rubrics)
    (version,), (rubric,) = done.programmes, done.rubrics
    assert queries.programme(shop.session, version.hash) == reading.programmes[0]
    assert queries.rubric(shop.session, rubric.hash) == reading.rubrics[0]
    assert (version.slug, version.title, version.published_at, version.current_since) == (
        *("tiny", "A tiny programme"),
        *(now, now),
    )
    assert version.rubrics == {"tiny-rubric": rubric.hash}
    assert version.hash == hash_of(version.document)


def test_the_same_content_again_makes_no_new_version(shop: Shop, now: datetime) -> None:
    first = shop.publish(now).programmes[0].hash
    counts = [shop.count(kind) for kind in (ProgrammeVersion, RubricVersion, MediaFile, AuditEntry)]
    again = shop.publish(now + DAY)
    assert (again.programmes[0].hash, again.programmes[0].published_at) == (first, now)
    assert (
        [shop.count(kind) for kind in (ProgrammeVersion, RubricVersion, MediaFile, AuditEntry)]
        == counts
        == [1, 1, 3, 2]
    )


def test_the_hash_does_not_hang_on_where_the_folders_are(shop: Shop, now: datetime, tmp_path: Path) -> None:
    first = shop.publish(now).programmes[0].hash
    content, rubrics = make_programme(tmp_path / "elsewhere")
    assert publish(shop.session, shop.files, content, rubrics, now).programmes[0].hash == first


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (PROGRAM, "at_least_percent: 80", "at_least_percent: 81"),
        (LESSON, "Begin, as in", "Begin as in"),
        (RUBRIC, "Sums up.", "Sums it up."),
        (f"{MEDIA}/film.en.vtt", "Hello.", "Hallo."),
    ],
)
def test_any_change_is_a_new_version_and_the_old_one_stays(
    shop: Shop, now: datetime, name: str, old: str, new: str
) -> None:
    before = shop.publish(now).programmes[0]
    document = before.document
    change(shop.root, name, old, new)
    after = shop.publish(now + DAY).programmes[0]
    assert after.hash != before.hash
    assert queries.version(shop.session, before.hash).document == document
    assert queries.newest(shop.session, "tiny") is after
    assert queries.versions(shop.session) == [after, before]


def test_a_programme_stays_on_the_rubric_it_was_published_with(shop: Shop, now: datetime) -> None:
    before = shop.publish(now)
    change(shop.root, RUBRIC, "pass: 70", "pass: 90")
    after = shop.publish(now + DAY)
    old, new = before.programmes[0].hash, after.programmes[0].hash
    assert queries.pinned_rubric(shop.session, old, "tiny-rubric") is before.rubrics[0]
    assert queries.pinned_rubric(shop.session, new, "tiny-rubric") is after.rubrics[0]
    assert queries.rubric(shop.session, before.rubrics[0].hash).pass_percent == 70
    assert queries.newest_rubric(shop.session, "tiny-rubric") is after.rubrics[0]


def test_going_back_makes_the_earlier_version_the_newest_again(shop: Shop, now: datetime) -> None:
    first = shop.publish(now).programmes[0]
    change(shop.root, LESSON, "Begin, as in", "Begin as in")
    second = shop.publish(now + DAY).programmes[0]
    change(shop.root, LESSON, "Begin as in", "Begin, as in")
    assert shop.publish(now + 2 * DAY).programmes[0] is first
    assert (first.published_at, first.current_since) == (now, now + 2 * DAY)
    assert queries.current(shop.session) == [first]
    assert queries.versions(shop.session) == [first, second]


def test_media_are_kept_under_the_hash_of_what_is_in_them(shop: Shop, now: datetime) -> None:
    first = shop.publish(now).programmes[0].hash
    (shop.root / MEDIA / "film.webm").write_bytes(WEBM + b", longer")
    second = shop.publish(now + DAY).programmes[0].hash
    old, new = (queries.media(shop.session, each, FILM) for each in (first, second))
    assert (shop.files.read(old.file_key), shop.files.read(new.file_key)) == (WEBM, WEBM + b", longer")
    assert (old.content_type, old.size) == ("video/webm", len(WEBM))
    picture = queries.media(shop.session, second, "units/01-start/media/two.jpg")
    assert shop.files.read(picture.file_key) == JPEG


def test_nothing_is_published_when_anything_is_wrong(shop: Shop, now: datetime) -> None:
    change(shop.root, LESSON, "minutes: 7", "minutes: 0")
    with pytest.raises(CatalogFaults) as refused:
        shop.publish(now)
    assert [str(fault) for fault in refused.value.faults] == [
        f"{LESSON}:5: minutes is 0, below 1. Write a whole number from 1 to 600."
    ]
    assert [shop.count(kind) for kind in (ProgrammeVersion, RubricVersion, MediaFile)] == [0, 0, 0]


def test_every_publication_is_in_the_audit_log(shop: Shop, now: datetime) -> None:
    first = shop.publish(now)
    change(shop.root, PROGRAM, "One unit.", "A unit.")
    second = shop.publish(now + DAY)
    entries = shop.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.who, each.action, each.subject, each.before, each.after) for each in entries] == [
        ("tests", "catalog.publish", "rubric_version:tiny-rubric", None, {"version": first.rubrics[0].hash}),
        ("tests", "catalog.publish", "programme_version:tiny", None, {"version": first.programmes[0].hash}),
        (
            *("tests", "catalog.publish", "programme_version:tiny"),
            {"version": first.programmes[0].hash},
            {"version": second.programmes[0].hash},
        ),
    ]


def test_what_was_published_can_be_neither_changed_nor_removed(shop: Shop, now: datetime) -> None:
    version = shop.publish(now).programmes[0]
    writing(shop.session)
    version.title = "Another title"
    with pytest.raises(RuntimeError, match="what was published never changes"):
        shop.session.flush()
    shop.session.rollback()
    writing(shop.session)
    shop.session.delete(version)
    with pytest.raises(RuntimeError, match="what was published stays"):
        shop.session.flush()
    shop.session.rollback()


def test_a_version_is_decoded_once_and_then_asks_the_database_nothing(
    shop: Shop, now: datetime, engine: Engine
) -> None:
    done = shop.publish(now)
    wanted, rubric = done.programmes[0].hash, done.rubrics[0].hash
    programme = queries.programme(shop.session, wanted)
    criteria = queries.rubric(shop.session, rubric)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *event: asked.append(event[2]))
    assert queries.programme(shop.session, wanted) is programme
    assert queries.rubric(shop.session, rubric) is criteria
    assert asked == []


def test_listing_versions_does_not_load_what_is_in_them(shop: Shop, now: datetime, engine: Engine) -> None:
    shop.publish(now)
    shop.session.expire_all()
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *event: asked.append(event[2]))
    assert [version.title for version in queries.current(shop.session)] == ["A tiny programme"]
    assert [sql for sql in asked if "document" in sql] == []


def test_a_process_keeps_only_so_many_versions(shop: Shop, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST_KEPT", 1)
    first = shop.publish(now).programmes[0].hash
    change(shop.root, PROGRAM, "One unit.", "A unit.")
    second = shop.publish(now + DAY).programmes[0].hash
    assert [queries.programme(shop.session, each).summary for each in (first, second, first)] == [
        *("One unit.", "A unit.", "One unit."),
    ]
    assert list(queries._programmes) == [first]


def test_what_was_never_published_is_not_found(shop: Shop, now: datetime) -> None:
    wanted = shop.publish(now).programmes[0].hash
    for ask in (
        lambda: queries.programme(shop.session, "0" * 64),
        lambda: queries.rubric(shop.session, "0" * 64),
        lambda: queries.newest(shop.session, "huge"),
        lambda: queries.newest_rubric(shop.session, "huge"),
        lambda: queries.pinned_rubric(shop.session, wanted, "huge"),
        lambda: queries.media(shop.session, wanted, "units/01-start/lessons/first.md"),
        lambda: queries.media(shop.session, wanted, "../../../rubrics/tiny-rubric.yaml"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_document_can_be_read_back_and_is_then_the_same(here: Path) -> None:
    (programme,) = read(*make_programme(here)).programmes
    document = encode(ProgrammeDocument(programme, {"tiny-rubric": "0" * 64}))
    assert decode_programme(document) == ProgrammeDocument(programme, {"tiny-rubric": "0" * 64})
    assert encode(decode_programme(document)) == document
