"""Pre-work as a table: every session and person, judged when asked, safe to open in a spreadsheet."""

import csv
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from mentorcert.cohorts.models import Cohort
from mentorcert.evidence.spreadsheet import safe
from mentorcert.people.models import Person
from mentorcert.reports import export
from mentorcert.reports.export import HEADER
from mentorcert.sessions import service as sessions
from mentorcert.sessions.models import LiveSession
from mentorcert.sessions.service import Change
from tests.browsing import Browser
from tests.factories import NOW, make_enrolment, make_person
from tests.reports.factories import do


def _table(client: Browser, cohort: Cohort) -> list[list[str]]:
    response = client.get(f"/cohorts/{cohort.uuid}/prework.csv")
    assert (response.status_code, response.mimetype) == (200, "text/csv")
    assert response.headers["Content-Disposition"] == "attachment; filename=prework-2026-11-24.csv"
    return list(csv.reader(response.data.decode("utf-8-sig").splitlines()))


def test_a_row_says_how_far_each_is_for_each_session(
    client: Browser, session: Session, cohort: Cohort, live: LiveSession, facilitator: Person
) -> None:
    amara = make_enrolment(session, cohort, make_person(session, "Amara", "amara@example.org", office="Łódź"))
    make_enrolment(session, cohort, make_person(session, "Ben", "ben@example.org"))
    do(session, amara, at=NOW)
    client.sign_in(facilitator)
    first, *rows = _table(client, cohort)
    assert first == list(HEADER)
    when = ["2026-11-26 16:00+00:00", "2026-11-25 22:00+00:00"]
    later = ["2026-12-03 16:00+00:00", "2026-12-03 16:00+00:00"]
    amaras = ("Amara", "amara@example.org", "Łódź")
    assert rows == [
        ["1", "The first", *when, *amaras, "yes", "5", "5", "2026-11-24 14:00+00:00", "on time"],
        ["2", "The second", *later, *amaras, "no", "0", "3", "", "open"],
        ["1", "The first", *when, "Ben", "ben@example.org", "", "no", "0", "5", "", "open"],
        ["2", "The second", *later, "Ben", "ben@example.org", "", "no", "0", "3", "", "open"],
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_lateness_follows_a_session_that_moved_and_the_time_of_storing_when_a_clock_lies(
    client: Browser, session: Session, cohort: Cohort, live: LiveSession, facilitator: Person
) -> None:
    honest, old = (make_enrolment(session, cohort, make_person(session, name)) for name in ("Amara", "Ben"))
    do(session, honest, at=NOW - timedelta(hours=20), stored=NOW)
    do(session, old, at=NOW - timedelta(hours=30), stored=NOW)
    client.sign_in(facilitator)
    judged = [row[-1] for row in _table(client, cohort) if row[0] == "1"]
    assert judged == ["on time", "on time"]
    sessions.change(session, live.uuid, Change(due_at=NOW - timedelta(hours=10)), who="test", now=NOW)
    session.commit()
    judged = [row[-1] for row in _table(client, cohort) if row[0] == "1"]
    assert judged == ["on time", "late"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_text_is_a_formula(
    client: Browser, session: Session, cohort: Cohort, live: LiveSession, facilitator: Person
) -> None:
    make_enrolment(session, cohort, make_person(session, '=HYPERLINK("http://x")', "+1@example.org", office="@x"))
    client.sign_in(facilitator)
    assert _table(client, cohort)[1][4:7] == ['\'=HYPERLINK("http://x")', "'+1@example.org", "'@x"]
    hostile = ["=1", "+1", "-1", "@x", "\tx", "\rx", "x=1", ""]
    assert [safe(each) for each in hostile] == ["'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "x=1", ""]


def test_a_table_of_many_pages_names_everybody_once(
    client: Browser,
    session: Session,
    cohort: Cohort,
    live: LiveSession,
    facilitator: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export, "PAGE", 3)
    for number in range(7):
        make_enrolment(session, cohort, make_person(session, "Same Name", f"same.{number}@example.org", password=False))
    client.sign_in(facilitator)
    addresses = [row[5] for row in _table(client, cohort)[1:] if row[0] == "1"]
    assert (len(addresses), len(set(addresses))) == (7, 7)
