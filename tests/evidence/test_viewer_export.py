"""What was found as a file: whole, in order, page by page, and safe to open."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

import xapi
from mentorcert import MentorCert
from mentorcert.cohorts.models import Enrolment
from mentorcert.db import db, writing
from mentorcert.evidence import export
from mentorcert.evidence.seeking import Wanted
from mentorcert.evidence.service import Door
from mentorcert.evidence.spreadsheet import MARK
from tests.browsing import Browser
from tests.databases import counted
from tests.evidence.viewing import from_outside, have_many, lines, read, send, void
from tests.factories import NOW, make_enrolment, make_person

MANY = 5_000


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK))))


def test_json_lines_are_the_statements_as_they_are_stored_newest_first(
    ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    void(session, mine, amara, read(session, mine, amara))
    answered = ruth.get("/statements.jsonl")
    assert answered.text.splitlines() == [each.statement.text for each in reversed(xapi.every(session))]
    assert (answered.mimetype, answered.headers["X-Content-Type-Options"]) == ("application/jsonl", "nosniff")


def test_a_statement_over_several_lines_is_one_line(ruth: Browser, session: Session, mine: Door) -> None:
    body = json.dumps(from_outside(result={"response": "one\ntwo\u2028three"}), indent=1, ensure_ascii=False).encode()
    writing(session)
    xapi.append(session, xapi.parse(body, now=NOW), authority=mine.authority, on_stored=mine.fold, now=NOW)
    session.commit()
    [line] = ruth.get("/statements.jsonl").text.split("\n")[:-1]
    assert json.loads(line)["result"] == {"response": "one\ntwo\u2028three"}


def test_a_row_says_who_did_what_and_how_it_went(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    made = read(session, mine, amara)
    taken_back = void(session, mine, amara, made)
    result = {"success": True, "score": {"scaled": 0.5, "raw": 1, "max": 2}, "response": "a", "duration": "PT1M"}
    send(app, session, from_outside(result=result))
    rows = _rows(ruth.get("/statements.csv").text)
    assert [(row["who"], row["what"], row["told by"], row["voided"], row["voids"]) for row in rows] == [
        ("Ann", "Safety at work", "Company LMS", "no", ""),
        ("MentorCert", "“Amara Okafor read The first lesson”", "MentorCert", "no", str(made)),
        ("Amara Okafor", "The first lesson", "MentorCert", "yes", ""),
    ]
    told = (
        "stored",
        "actor",
        "verb",
        "object",
        "success",
        "completion",
        "score scaled",
        "score max",
        "response",
        "duration",
    )
    assert {name: rows[0][name] for name in told} == {
        "stored": "2026-11-24 14:00:00.000",
        "actor": "mbox:mailto:ann@example.com",
        "verb": "waved-at",
        "object": "http://example.com/x",
        "success": "yes",
        "completion": "",
        "score scaled": "0.5",
        "score max": "2",
        "response": "a",
        "duration": "PT1M",
    }
    assert (rows[1]["statement"], rows[2]["registration"]) == (str(taken_back), str(amara.uuid))
    assert list(rows[0]) == list(export.HEADER)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_cell_is_a_formula(app: MentorCert, ruth: Browser, session: Session, start: str) -> None:
    text = f'{start}HYPERLINK("http://evil.example";"x")'
    hostile = from_outside(
        actor={"name": text, "mbox": "mailto:ann@example.com"},
        verb={"id": f"x:/{start.strip()}", "display": {"en": text}},
        object={"id": "x:y", "definition": {"name": {"en": text}, "type": "x:z"}},
        result={"response": text},
    )
    send(app, session, hostile, label=text)
    [row] = _rows(ruth.get("/statements.csv").text)
    assert [
        cell for cell in row.values() if cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    ] == []
    assert [row[name].lstrip("'").lstrip()[:1] for name in ("who", "what", "told by")] == [text.strip()[:1]] * 3


def test_the_file_holds_what_the_list_shows_with_the_same_filters(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, amara: Enrolment
) -> None:
    read(session, mine, amara, "Long ago", days=9)
    read(session, mine, make_enrolment(session, amara.cohort, make_person(session, "Ben Castell")))
    send(app, session, from_outside())
    asked = [
        "",
        "who=amara",
        "verb=completed&since=2026-11-20",
        "activity=safety",
        "authority=system",
        "until=2026-11-16",
    ]
    for each in asked:
        shown = lines(ruth.get(f"/statements?{each}").text)
        rows = _rows(ruth.get(f"/statements.csv?{each}").text)
        assert [row["what"] in line for row, line in zip(rows, shown, strict=True)] == [True] * len(shown), each


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("asked", ["who=nobody", "since=yesterday", "registration=1"])
def test_what_is_unclear_is_asked_about_on_the_page(ruth: Browser, asked: str) -> None:
    answered = ruth.get(f"/statements.csv?{asked}")
    assert (answered.status_code, answered.location) == (303, f"/statements?{asked}")


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_many_statements_are_streamed_a_page_at_a_time(
    app: MentorCert, ruth: Browser, session: Session, mine: Door, ending: str
) -> None:
    have_many(session, mine, MANY)
    with app.app_context():
        engine: Engine = db.engine
    pieces = ruth.get(f"/statements.{ending}", buffered=False).iter_encoded()
    header = next(pieces) if ending == "csv" else b""
    with counted(engine) as said:
        first, asked = next(pieces), len(said)
        have_many(session, mine, 1)  # what comes meanwhile is no part of it
    pages = [first, *pieces]
    assert [each.count(b"number ") for each in pages] == [export.PAGE] * (MANY // export.PAGE)
    assert (asked <= 1, b"number" in header) == (True, False)
    assert max(len(each) for each in pages) < export.PAGE * 1_500


def test_between_two_pages_no_transaction_is_open(engine: Engine, session: Session, mine: Door) -> None:
    have_many(session, mine, export.PAGE + 1)
    pieces: Iterator[str] = export.json_lines(engine, Wanted())
    assert (next(pieces).count("\n"), engine.pool.checkedout()) == (export.PAGE, 0)  # type: ignore[attr-defined]
    assert [each.count("\n") for each in pieces] == [1]


NAMES = {
    "statements-taken-2026-11-24-1400.csv": {},
    "statements-amara-okafor-completed-taken-2026-11-24-1400.csv": {"who": "Amara Okafor", "verb": "completed"},
    "statements-waved-at-about-x-from-2026-11-20-until-2026-11-24t14-00-taken-2026-11-24-1400.csv": {
        "verb": "http://example.com/verbs/waved-at",
        "activity": "http://example.com/a/x/",
        "since": "2026-11-20",
        "until": "2026-11-24T14:00",
    },
    "statements-etc-passwd-taken-2026-11-24-1400.csv": {"who": "../../etc/passwd\r\nX: y"[:16]},
}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_says_what_was_asked_and_when(name: str) -> None:
    assert export.file_name(NAMES[name], "csv", now=NOW) == name


def test_a_long_question_makes_a_short_name() -> None:
    asked = dict.fromkeys(asdict(Wanted()), "x" * 4000) | {
        "who": "é" * 300,
        "verb": "語" * 300,
        "activity": "z" * 300,
    }
    assert len(export.file_name(asked, "jsonl", now=NOW)) < 170
