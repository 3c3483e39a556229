"""Agreement of coaches: what counts, what is said of it, and who may see it."""

import csv
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from io import StringIO
from itertools import count
from typing import Final

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.catalog import queries as catalog
from mentorcert.catalog import rubric as arithmetic
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import writing
from mentorcert.grading import agreement, agreement_queries
from mentorcert.grading.agreement import Grade, Judged, Report, Severity, Verdict
from mentorcert.grading.agreement_queries import Asked
from mentorcert.grading.models import Assessment, Mark, Round
from mentorcert.grading.resampling import Estimate, NotEstimable, Why
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from tests import databases
from tests.browsing import Browser
from tests.factories import NOW, make_cohort, make_enrolment, make_person
from tests.grading.factories import TINY

DAY: Final = timedelta(days=1)
NUMBERS: Final = count(1)
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def grade(coach: int, listening: int, close: int, percent: int = 70) -> Grade:
    return Grade(coach, percent, percent >= 70, {"listening": listening, "close": close})


def report(*pairs: tuple[Grade, ...], names: Sequence[str] = ("Ann", "Ben", "Cleo")) -> Report:
    return agreement.report(TINY, len(pairs) + 1, pairs, dict(enumerate(names)))


def judged(**changes: object) -> Judged:
    usual: dict[str, object] = {
        "number": 1,
        "criterion": TINY.criteria[0],
        "alpha": Estimate(0.5, 30, 0.3, 0.7),
        "exact": Estimate(0.7, 30),
        "adjacent": Estimate(1, 30),
        "confused": (1, 2),
    }
    return Judged(**(usual | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alpha", "exact", "verdict"),
    [
        (Estimate(0.8, 30), 0.8, Verdict.AGREE),
        (Estimate(0.799, 30), 0.8, Verdict.TENTATIVE),
        (Estimate(0.667, 30), 0.8, Verdict.TENTATIVE),
        (Estimate(0.666, 30), 0.8, Verdict.DISAGREE),
        (Estimate(0.1, 30), 0.9, Verdict.ALIKE),
        (Estimate(0.9, 9), 0.9, Verdict.FEW),
        (Estimate(-0.2, 10), 0.2, Verdict.DISAGREE),
        (NotEstimable(Why.NO_VARIANCE, 30), 1.0, Verdict.UNKNOWN),
    ],
)
def test_a_verdict_follows_the_conventions(alpha: Estimate | NotEstimable, exact: float, verdict: Verdict) -> None:
    assert judged(alpha=alpha, exact=Estimate(exact, 30)).verdict is verdict


@pytest.mark.parametrize(
    ("points", "talk"),
    [
        (Estimate(-4, 20, -6, -2), True),
        (Estimate(4, 20, 2, 6), True),
        (Estimate(-4, 20, -9, 1), False),
        (Estimate(2.9, 20, 2, 4), False),
        (Estimate(-30, 3), False),
        (NotEstimable(Why.ONLY_ONE, 1), False),
    ],
)
def test_a_coach_is_named_only_when_it_is_much_and_no_accident(points: Estimate | NotEstimable, talk: bool) -> None:
    assert Severity("Ann", points).worth_a_talk is talk


def test_the_levels_that_are_taken_for_each_other_are_named() -> None:
    assert agreement.confused([(1, 2), (2, 1), (0, 1), (3, 3)]) == (1, 2)
    assert agreement.confused([(2, 3), (0, 1)]) == (0, 1)
    assert agreement.confused([(2, 2)]) is None


def test_a_report_puts_all_numbers_together() -> None:
    found = report((grade(0, 1, 1, 80), grade(1, 1, 0, 60)), (grade(2, 0, 0, 40), grade(0, 0, 1, 44)))
    assert (found.recordings, found.twice) == (3, 2)
    first, second = found.criteria
    assert (first.alpha, first.exact, first.confused) == (Estimate(1, 2), Estimate(1, 2), None)
    assert (second.exact, second.adjacent, second.confused) == (Estimate(0, 2), Estimate(1, 2), (1, 2))
    assert found.totals.passing == Estimate(0.5, 2)
    assert [(each.one, each.other, each.n) for each in found.pairs] == [("Ann", "Ben", 1), ("Ann", "Cleo", 1)]
    assert found.severity == (
        Severity("Ann", Estimate(12, 2)),
        Severity("Ben", NotEstimable(Why.ONLY_ONE, 1)),
        Severity("Cleo", NotEstimable(Why.ONLY_ONE, 1)),
    )


def test_the_strictest_coach_comes_first() -> None:
    pairs = [(grade(0, 1, 1, 80), grade(1, 1, 0, 60))] * 2 + [(grade(1, 0, 0, 40), grade(2, 0, 1, 44))] * 2
    assert [each.name for each in report(*pairs).severity] == ["Ben", "Cleo", "Ann"]


def have(session: Session, cohort: Cohort, *grades: tuple[Round, Person, str, str], at: datetime | None = NOW) -> None:
    """Have a recording graded, by the levels of both criteria; at no time is a draft."""
    recording = make_recording(session, cohort)
    version = catalog.pinned_rubric(session, cohort.version.hash, "tiny-rubric")
    for place, coach, listening, close in grades:
        levels = {"listening": listening, "close": close}
        session.add(
            Assessment(
                recording_id=recording.id,
                coach_id=coach.id,
                rubric_version_id=version.id,
                round=place,
                taken_at=NOW,
                lease_until=NOW,
                submitted_at=at,
                percent=arithmetic.percent(TINY, levels),
                passed=arithmetic.passed(TINY, levels),
                marks=[Mark(criterion=each, level=level) for each, level in levels.items()],
            )
        )
    session.commit()


def make_recording(session: Session, cohort: Cohort) -> Recording:
    """One more link of the cohort's only trainee; what is on it does not matter here."""
    enrolment = session.scalar(select(Enrolment).where(Enrolment.cohort_id == cohort.id))
    enrolment = enrolment or make_enrolment(session, cohort)
    writing(session)
    made = Recording(
        enrolment_id=enrolment.id,
        number=next(NUMBERS),
        link="https://example.org/1",
        mentee_name="Dana",
        consent_uses=["grading"],
        consent_at=NOW,
        submitted_at=NOW,
    )
    session.add(made)
    session.flush()
    return made


def coaches(session: Session) -> tuple[Person, Person, Person]:
    one, other, third = (make_person(session, name) for name in ("Ann Ode", "Ben Iles", "Cleo Roy"))
    return one, other, third


def test_only_blind_grades_that_were_submitted_count(session: Session) -> None:
    ann, ben, cleo = coaches(session)
    cohort = make_cohort(session)
    twice = ((Round.FIRST, ann, "solid", "solid"), (Round.SECOND, ben, "solid", "not-yet"))
    have(session, cohort, *twice, (Round.MODERATION, cleo, "not-yet", "not-yet"))
    have(session, cohort, (Round.FIRST, ann, "not-yet", "solid"), (Round.APPEAL, cleo, "solid", "solid"))
    have(session, cohort, *twice, at=None)
    answer = agreement_queries.found(session, Asked())
    assert answer is not None
    found = answer[1]
    assert (found.recordings, found.twice) == (2, 1)
    assert [(each.one, each.other) for each in found.pairs] == [("Ann Ode", "Ben Iles")]


def test_it_narrows_to_a_programme_a_cohort_a_rubric_and_a_period(session: Session) -> None:
    ann, ben, _ = coaches(session)
    cohort = make_cohort(session)
    other = make_cohort(session, version=cohort.version)
    pair = ((Round.FIRST, ann, "solid", "solid"), (Round.SECOND, ben, "solid", "solid"))
    for days in range(3):
        have(session, cohort, *pair, at=NOW - days * DAY)
    have(session, other, *pair)

    def twice(**asked: object) -> int | None:
        answer = agreement_queries.found(session, Asked(**asked))  # type: ignore[arg-type]
        return answer[1].twice if answer else None

    version = catalog.pinned_rubric(session, cohort.version.hash, "tiny-rubric")
    assert twice() == 4
    assert twice(cohort=cohort.uuid) == 3
    assert twice(programme=cohort.version.slug, rubric=version.hash) == 4
    assert twice(programme="another") is None
    assert twice(rubric="0" * 64) is None
    assert twice(since=NOW) == 2
    assert twice(until=NOW) == 2
    assert twice(cohort=cohort.uuid, since=NOW - DAY, until=NOW) == 1


@on_one_database
def test_the_number_of_queries_does_not_grow(session: Session, engine: Engine) -> None:
    ann, ben, _ = coaches(session)
    cohort = make_cohort(session)
    counts = []
    for _ in range(3):
        have(session, cohort, (Round.FIRST, ann, "solid", "solid"), (Round.SECOND, ben, "solid", "solid"))
        with databases.counted(engine) as said, Session(engine) as fresh:
            agreement_queries.found(fresh, Asked())
        counts.append(len(said))
    assert counts[1:] == [4, 4]


@pytest.fixture
def manager(app: MentorCert, client: Browser, session: Session) -> Browser:
    client.sign_in(make_person(session, "Ines Duarte", roles=(Role.MANAGER,)))
    return client


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_says_that_nothing_was_graded_twice(manager: Browser, session: Session) -> None:
    assert "No recording was graded by two coaches blind to each other." in manager.get("/agreement").text
    ann, *_ = coaches(session)
    have(session, make_cohort(session), (Round.FIRST, ann, "solid", "solid"))
    page = text_of(manager.get("/agreement").text)
    assert "No recording was graded by two coaches blind to each other." in page
    assert "0 of one recording were graded by two coaches" in page
    assert "Nothing to measure yet" in page
    assert "Ann Ode" not in page


def test_the_page_says_what_to_do(manager: Browser, session: Session) -> None:
    """Twelve recordings: on listening both always say the same, on close one in three."""
    ann, ben, _ = coaches(session)
    cohort = make_cohort(session)
    for number in range(12):
        heard = "solid" if number % 2 else "not-yet"
        other = "not-yet" if number % 3 else "solid"
        have(session, cohort, (Round.FIRST, ann, heard, "solid"), (Round.SECOND, ben, heard, other))
    page = text_of(manager.get("/agreement").text)
    assert "Coaches disagree on Close." in page
    assert "Coaches disagree on Close: read anchors 1 “Not yet” and 2 “Solid” together at the next meeting." in page
    assert "Coaches agree on Listening. Nothing to do." in page
    assert "12 of 12 recordings were graded by two coaches" in page
    assert "Ben Iles grades 18.0 points stricter than the other coach on the same recordings" in page
    assert "the coaches differ" not in page  # two-way: the same two graded everything
    assert "Intraclass correlation ICC(2,1)" in page


@on_one_database
def test_few_recordings_are_said_to_be_few(manager: Browser, session: Session) -> None:
    ann, ben, _ = coaches(session)
    cohort = make_cohort(session)
    for heard in ("solid", "not-yet"):
        have(session, cohort, (Round.FIRST, ann, heard, "solid"), (Round.SECOND, ben, heard, "solid"))
    page = text_of(manager.get("/agreement").text)
    assert "Too few recordings were graded twice to say how far coaches agree." in page
    assert "Listening: from 2 recordings only. Wait for 10 before you act on it." in page
    assert "Close: not estimable: all grades are the same." in page


@on_one_database
def test_the_file_holds_every_number_and_no_formula(manager: Browser, session: Session) -> None:
    _, ben, _ = coaches(session)
    evil = make_person(session, "=HYPERLINK(1)")
    cohort = make_cohort(session)
    for heard in ("solid", "not-yet"):
        have(session, cohort, (Round.FIRST, evil, heard, "solid"), (Round.SECOND, ben, heard, "not-yet"))
    answer = manager.get("/agreement.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=agreement-tiny-rubric-")
    head, *rows = csv.reader(StringIO(answer.text.removeprefix("\ufeff")))
    assert head[:4] == ["of", "about", "measure", "value"]
    by_measure = {(row[0], row[1], row[2]): row[3:] for row in rows}
    assert by_measure["criterion", "Listening", "Krippendorff's alpha, ordinal"] == ["1.0", "", "", "2", ""]
    assert by_measure["coach", "'=HYPERLINK(1)", "points above the other coach"][0] == "27.0"
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert len(rows) == 2 * 3 + 3 + 2 + 2


@on_one_database
def test_what_can_not_be_asked_is_said(manager: Browser) -> None:
    answer = manager.get("/agreement?cohort=nobody&since=rubbish&until=2026-11-31")
    assert answer.status_code == 400
    page = text_of(answer.text)
    assert "What was asked for can’t be read." in page
    assert "Choose one from the list." in page
    assert "This is not a date." in page
    swapped = text_of(manager.get("/agreement?since=2026-11-24&until=2026-11-23").text)
    assert "This is before the beginning. Change one of the two." in swapped
    assert manager.get("/agreement.csv").status_code == 404
    assert manager.get("/agreement.csv?cohort=nobody").status_code == 404


@on_one_database
def test_a_day_of_the_filter_begins_where_the_manager_is(app: MentorCert, client: Browser, session: Session) -> None:
    """23:30 in London on the 23rd is the 24th in Helsinki."""
    ann, ben, _ = coaches(session)
    late = datetime.fromisoformat("2026-11-23T23:30:00+00:00")
    have(
        session,
        make_cohort(session),
        (Round.FIRST, ann, "solid", "solid"),
        (Round.SECOND, ben, "solid", "solid"),
        at=late,
    )
    found = {}
    for zone in ("Europe/London", "Europe/Helsinki"):
        client.sign_in(make_person(session, "Ines Duarte", roles=(Role.MANAGER,), zone=zone))
        found[zone] = "1 of one recording" in text_of(client.get("/agreement?until=2026-11-23").text)
    assert found == {"Europe/London": True, "Europe/Helsinki": False}
