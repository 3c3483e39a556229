"""Calibration: how near is near enough, who may grade, and what nobody sees before they have submitted."""

import re
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from mentorcert import MentorCert
from mentorcert.audit import AuditEntry
from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.catalog.policy import Calibration, Grading
from mentorcert.catalog.rubric import Criterion, Level, Rubric
from mentorcert.cohorts.models import Cohort
from mentorcert.db import writing
from mentorcert.errors import Conflict, Invalid, NotFound, Refused
from mentorcert.grading import calibration, comparing, duties, queueing, taking
from mentorcert.grading import calibration_service as service
from mentorcert.grading.calibration import No, Yes, may_grade
from mentorcert.grading.calibration_models import CalibrationAttempt, Exemplar
from mentorcert.grading.calibration_service import Agreed, NewerDraft
from mentorcert.grading.comparing import Comparison, Stand, Standing
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.people import queries as people
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from mentorcert.recordings.models import Recording
from mentorcert.upkeep import ended
from tests.browsing import Browser
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from tests.grading.factories import graded_by
from tests.recordings.factories import hand_in, wish

DAY: Final = timedelta(days=1)
RULES: Final = "{calibration: {exemplars: 2, every_days: 90, bar: 75}}"
POLICY: Final = Grading(calibration=Calibration(2, 90, 75))
LEVELS: Final = tuple(Level(f"l{number}", f"Level {number}", number, f"Anchor {number}.") for number in range(1, 5))
FOUR: Final = Rubric(
    "four",
    "Four",
    "",
    60,
    (Criterion("a", "A", 50, LEVELS, True, "l3"), Criterion("b", "B", 50, LEVELS)),
)
on_one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def compared(exemplar: int, chosen: str, agreed: str, *, at: datetime = NOW) -> Comparison:
    """Levels of both criteria by their numbers: "34" is l3 and l4."""
    mine, theirs = ({"a": f"l{one[0]}", "b": f"l{one[1]}"} for one in (chosen, agreed))
    return Comparison(exemplar, at, mine, theirs)


@pytest.mark.parametrize(
    ("chosen", "percent"),
    [("33", 100), ("34", 75), ("24", 50), ("13", 50), ("14", 25), ("11", 0), ("31", 50)],
)
def test_the_same_level_counts_one_and_the_one_beside_it_a_half(chosen: str, percent: int) -> None:
    assert comparing.percent(FOUR, [compared(1, chosen, "33")]) == percent


def test_half_a_percent_goes_up() -> None:
    made = [compared(number, "33", "33") for number in range(3)] + [compared(3, "34", "33")]
    assert comparing.percent(FOUR, made) == 94  # 93.75
    assert comparing.percent(FOUR, [*made, *made, compared(9, "13", "33")]) == 89  # 8.0 of 9: 88.9


def test_a_difference_says_how_far_and_whether_it_decides() -> None:
    first, second = comparing.differences(FOUR, {"a": "l2", "b": "l4"}, {"a": "l3", "b": "l1"})
    assert (first.apart, first.minimum_disputed) == (-1, True)
    assert (second.apart, second.minimum_disputed) == (3, False)


def standing(made: Sequence[Comparison], exemplars: int = 5, policy: Calibration | None = None) -> Standing:
    return comparing.standing(FOUR, policy or Calibration(2, 90, 75), made, frozenset(range(exemplars)), NOW)


def test_a_coach_stands_where_their_last_exemplars_say() -> None:
    assert standing([]) == Standing(Stand.DUE, 0, 2, None, 75, None)
    one = compared(0, "33", "33", at=NOW - 3 * DAY)
    assert standing([one]) == Standing(Stand.DUE, 1, 2, 100, 75, NOW + 87 * DAY)
    assert standing([one, compared(1, "24", "33")]) == Standing(Stand.NEAR, 2, 2, 75, 75, NOW + 87 * DAY)
    assert standing([one, compared(1, "14", "33")]).stand is Stand.BELOW


def test_what_counts_is_the_newest_of_each_exemplar_within_the_period() -> None:
    old = compared(0, "11", "33", at=NOW - 2 * DAY)
    again = compared(0, "33", "33", at=NOW - DAY)
    assert standing([again, old, compared(1, "33", "33")]).percent == 100
    third = [compared(number, "33", "33", at=NOW - number * DAY) for number in (1, 2)]
    assert standing([compared(0, "11", "33", at=NOW - 3 * DAY), *third]).percent == 100
    lapsed = [compared(0, "33", "33", at=NOW - 90 * DAY), compared(1, "33", "33", at=NOW - 89 * DAY)]
    assert standing(lapsed) == Standing(Stand.DUE, 1, 2, 100, 75, NOW + DAY)


def test_where_there_are_fewer_exemplars_all_are_enough_and_none_is_not() -> None:
    assert standing([compared(0, "33", "33")], exemplars=1).stand is Stand.NEAR
    assert standing([], exemplars=1) == Standing(Stand.DUE, 0, 1, None, 75, None)
    assert standing([], exemplars=0) == Standing(Stand.WITHOUT, 0, 0, None, 75, None)
    assert standing([compared(0, "33", "33")], exemplars=0).stand is Stand.NEAR


chosen = st.text("1234", min_size=2, max_size=2)


@settings(max_examples=60, deadline=None)
@given(mine=chosen, theirs=chosen)
def test_agreement_is_within_bounds_and_the_same_from_both_sides(mine: str, theirs: str) -> None:
    found = comparing.percent(FOUR, [compared(1, mine, theirs)])
    assert 0 <= found <= 100
    assert found == comparing.percent(FOUR, [compared(1, theirs, mine)])
    assert (found == 100) == (mine == theirs)


def exemplar_of(session: Session, cohort: Cohort, manager: Person, *, close: str = "solid") -> Exemplar:
    """Have a recording whose people agreed to calibration, and a panel that agreed on solid in listening."""
    recording = hand_in(session, make_enrolment(session, cohort), wish(uses=["grading", "calibration"]))
    made = service.keep_exemplar(session, recording.uuid, agreed(session, cohort, close), who=manager.uuid, now=NOW)
    session.commit()
    return made


def agreed(session: Session, cohort: Cohort, close: str = "solid", panel: str = "Ann, Ben") -> Agreed:
    entries = {"listening": Entry("solid", "She waits at 0:01."), "close": Entry(close, "")}
    return Agreed(version_of(session, cohort).hash, panel, entries)


def version_of(session: Session, cohort: Cohort) -> RubricVersion:
    return catalog.pinned_rubric(session, cohort.version.hash, "tiny-rubric")


def graded(revision: int = 0, listening: str = "solid", close: str = "solid") -> Draft:
    return Draft(revision, "", {"listening": Entry(listening, "I heard it."), "close": Entry(close, "")})


def do_one(
    session: Session, cohort: Cohort, coach: Person, draft: Draft | None = None, *, now: datetime = NOW
) -> CalibrationAttempt:
    """Begin the next exemplar and submit it."""
    version = version_of(session, cohort).hash
    begun = service.begin(session, version, who=coach.uuid, now=now)
    made = service.submit(session, begun.uuid, draft or graded(), who=coach.uuid, now=now)
    session.commit()
    return made


@pytest.fixture
def cohort(session: Session) -> Cohort:
    return graded_by(session, RULES)


@pytest.fixture
def ines(session: Session) -> Person:
    return make_person(session, "Ines Duarte", roles=(Role.MANAGER,))


@pytest.fixture
def tomasz(session: Session, cohort: Cohort) -> Person:
    return give_role(session, make_person(session, "Tomasz Wrona"), Role.COACH, cohort)


def test_a_coach_may_grade_when_they_are_near_the_panel_and_for_as_long(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    version = version_of(session, cohort).hash
    without = may_grade(session, tomasz.uuid, POLICY, version, NOW)
    assert isinstance(without, No)
    assert without.todo == "Ask your programme manager to add one."
    for _ in range(2):
        exemplar_of(session, cohort, ines)
    assert may_grade(session, tomasz.uuid, POLICY, version, NOW) == No(
        "Your calibration is due.", "Grade 2 exemplars under Calibration, then come back."
    )
    do_one(session, cohort, tomasz, now=NOW)
    assert may_grade(session, tomasz.uuid, POLICY, version, NOW) == No(
        "Your calibration is due.", "Grade one exemplar under Calibration, then come back."
    )
    do_one(session, cohort, tomasz, graded(close="not-yet"), now=NOW + DAY)
    assert may_grade(session, tomasz.uuid, POLICY, version, NOW + DAY) == Yes(NOW + 90 * DAY)
    assert isinstance(may_grade(session, tomasz.uuid, POLICY, version, NOW + 90 * DAY), No)
    assert may_grade(session, tomasz.uuid, Grading(), version, NOW) == Yes()


def test_below_the_bar_a_coach_grades_another_exemplar_first(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    version = version_of(session, cohort).hash
    made = [exemplar_of(session, cohort, ines) for _ in range(3)]
    policy = Grading(calibration=Calibration(2, 90, 80))
    far = graded(listening="not-yet", close="not-yet")
    first = do_one(session, cohort, tomasz, far)
    do_one(session, cohort, tomasz, now=NOW + DAY)
    answer = may_grade(session, tomasz.uuid, policy, version, NOW + DAY)
    assert isinstance(answer, No)
    assert answer.why == "You agree with the panel by 75 %, and this programme asks for 80 %."
    third = do_one(session, cohort, tomasz, now=NOW + 2 * DAY)
    assert {first.exemplar_id, third.exemplar_id} < {each.id for each in made}
    assert may_grade(session, tomasz.uuid, policy, version, NOW + 2 * DAY) == Yes(NOW + 91 * DAY)
    again = service.begin(session, version, who=tomasz.uuid, now=NOW + 3 * DAY)
    assert again.exemplar_id == first.exemplar_id  # all are known: the one of longest ago


@on_one_database
def test_nobody_is_measured_by_what_they_know(session: Session, cohort: Cohort, ines: Person, tomasz: Person) -> None:
    version = version_of(session, cohort).hash
    made = exemplar_of(session, cohort, ines)
    trainee = made.recording.enrolment.person
    assert calibration.exemplars_for(session, tomasz.uuid, version) == [made]
    assert calibration.exemplars_for(session, trainee.uuid, version) == []
    assert calibration.exemplars_for(session, ines.uuid, version) == []
    with pytest.raises(NotFound):
        service.begin(session, version, who=trainee.uuid, now=NOW)


def test_who_practised_with_a_recording_is_not_given_its_grading(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    practised, other = (exemplar_of(session, cohort, ines).recording for _ in range(2))
    policy = Grading(calibration=Calibration(1, 90, 75))
    do_one(session, cohort, tomasz)
    assert isinstance(may_grade(session, tomasz.uuid, policy, version_of(session, cohort).hash, NOW), Yes)
    with pytest.raises(Refused, match="You have calibrated with recording"):
        taking.take(session, practised.uuid, who=tomasz.uuid, now=NOW)
    session.rollback()
    do_one(session, cohort, tomasz)
    viewer = people.viewer_of(session.get_one(Person, tomasz.id))
    waiting = hand_in(session, make_enrolment(session, cohort))
    places = queueing.free_places(session, viewer, now=NOW)
    assert [each.row.id for each in places] == [waiting.id]
    assert other.id != practised.id


def test_an_exemplar_ends_when_consent_or_recording_does(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    version = version_of(session, cohort).hash
    made = exemplar_of(session, cohort, ines)
    begun = service.begin(session, version, who=tomasz.uuid, now=NOW)
    session.commit()
    found: list[list[Exemplar]] = []
    for change in (
        {"consent_uses": ["grading"]},
        {"consent_withdrawn_at": NOW},
        {"media_deleted_at": NOW},
        {"consent_uses": ["grading", "calibration"]},
    ):
        writing(session)
        recording = session.get_one(Recording, made.recording_id)
        recording.consent_withdrawn_at = recording.media_deleted_at = None
        for name, value in change.items():
            setattr(recording, name, value)
        if "consent_uses" not in change:
            recording.consent_uses = ["grading", "calibration"]
        session.commit()
        found.append(calibration.live_exemplars(session, version))
        if not found[-1]:
            with pytest.raises(Conflict, match="no exemplar any more"):
                service.save(session, begun.uuid, graded(), who=tomasz.uuid, now=NOW)
            session.rollback()
    assert found == [[], [], [], [made]]
    service.archive(session, made.uuid, who=ines.uuid, now=NOW)
    assert calibration.live_exemplars(session, version) == []


@on_one_database
def test_an_exemplar_needs_consent_a_panel_and_every_level(session: Session, cohort: Cohort, ines: Person) -> None:
    recording = hand_in(session, make_enrolment(session, cohort))
    with pytest.raises(Conflict, match="coaches may not practise with it"):
        service.keep_exemplar(session, recording.uuid, agreed(session, cohort), who=ines.uuid, now=NOW)
    session.rollback()
    made = exemplar_of(session, cohort, ines)
    with pytest.raises(Conflict, match="is an exemplar already"):
        service.keep_exemplar(session, made.recording.uuid, agreed(session, cohort), who=ines.uuid, now=NOW)
    session.rollback()
    version = version_of(session, cohort).hash
    bad = Agreed(version, " ", {"listening": Entry("superb", "x" * 6000), "close": Entry()})
    with pytest.raises(Invalid) as caught:
        service.keep_exemplar(session, made.recording.uuid, bad, who=ines.uuid, now=NOW)
    assert [fault.where for fault in caught.value.faults] == ["listening", "listening", "close", "panel"]


def test_what_was_agreed_and_what_was_submitted_never_change(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    made = exemplar_of(session, cohort, ines)
    done = do_one(session, cohort, tomasz)
    with pytest.raises(Conflict, match="submitted this one already"):
        service.save(session, done.uuid, graded(1), who=tomasz.uuid, now=NOW)
    session.rollback()
    for change in ({"levels": {"listening": "not-yet", "close": "solid"}}, {"panel": "Nobody"}):
        writing(session)
        exemplar = session.get_one(Exemplar, made.id)
        for name, value in change.items():
            setattr(exemplar, name, value)
        with pytest.raises(RuntimeError):
            session.flush()
        session.rollback()
    writing(session)
    session.get_one(CalibrationAttempt, done.id).levels = {}
    with pytest.raises(RuntimeError):
        session.flush()


def test_a_draft_is_saved_onto_the_one_it_was_made_from(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    exemplar_of(session, cohort, ines)
    begun = service.begin(session, version_of(session, cohort).hash, who=tomasz.uuid, now=NOW)
    again = service.begin(session, version_of(session, cohort).hash, who=tomasz.uuid, now=NOW)
    assert again.id == begun.id
    saved = service.save(session, begun.uuid, graded(0, close=""), who=tomasz.uuid, now=NOW)
    assert (saved.revision, saved.levels) == (1, {"listening": "solid"})
    service.save(session, begun.uuid, graded(0, close=""), who=tomasz.uuid, now=NOW)  # sent twice: no conflict
    session.commit()
    with pytest.raises(NewerDraft):
        service.save(session, begun.uuid, graded(0), who=tomasz.uuid, now=NOW)
    session.rollback()
    with pytest.raises(Invalid) as caught:
        service.submit(session, begun.uuid, graded(2, close=""), who=tomasz.uuid, now=NOW)
    assert [fault.where for fault in caught.value.faults] == ["close"]
    session.rollback()
    with pytest.raises(Refused):
        service.save(session, begun.uuid, graded(2), who=ines.uuid, now=NOW)


def test_a_month_after_consent_ended_the_words_of_an_exemplar_go_and_the_levels_stay(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    made = exemplar_of(session, cohort, ines)
    other = exemplar_of(session, cohort, ines)
    done = do_one(session, cohort, tomasz)
    writing(session)
    session.get_one(Recording, made.recording_id).consent_withdrawn_at = NOW
    session.commit()
    found = []
    for days in (29, 30):
        ended.clear(session, now=NOW + days * DAY)
        session.commit()
        session.refresh(made)
        session.refresh(done)
        found.append((made.rationale, done.comments))
    assert found == [
        ({"listening": "She waits at 0:01.", "close": ""}, {"listening": "I heard it."}),
        ({}, {}),
    ]
    session.refresh(other)
    assert (made.levels, done.levels) == ({"listening": "solid", "close": "solid"},) * 2
    assert other.rationale != {}


@on_one_database
def test_every_step_is_an_audit_row(session: Session, cohort: Cohort, ines: Person, tomasz: Person) -> None:
    made = exemplar_of(session, cohort, ines)
    do_one(session, cohort, tomasz, graded(close="not-yet"))
    service.archive(session, made.uuid, who=ines.uuid, now=NOW)
    service.archive(session, made.uuid, who=ines.uuid, now=NOW)
    rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    ours = [each for each in rows if each.action.startswith(("exemplar.", "calibration."))]
    assert [(each.action, each.who) for each in ours] == [
        ("exemplar.make", str(ines.uuid)),
        ("calibration.begin", str(tomasz.uuid)),
        ("calibration.submit", str(tomasz.uuid)),
        ("exemplar.archive", str(ines.uuid)),
    ]
    assert ours[2].after == {"levels": {"listening": "solid", "close": "not-yet"}, "agreement": 75}


def test_two_tabs_that_begin_at_once_get_the_same_exemplar(
    session: Session, engine: Engine, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    for _ in range(2):
        exemplar_of(session, cohort, ines)
    version, who = version_of(session, cohort).hash, tomasz.uuid
    session.rollback()
    gate, begun = threading.Barrier(4), []

    def tab() -> None:
        with Session(engine) as mine:
            gate.wait()
            begun.append(service.begin(mine, version, who=who, now=NOW).id)
            mine.commit()

    threads = [threading.Thread(target=tab) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 4
    assert len(set(begun)) == 1


@on_one_database
def test_managers_see_every_coach_by_the_same_rule(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person
) -> None:
    mei = give_role(session, make_person(session, "Mei Lin"), Role.COACH)
    made = [exemplar_of(session, cohort, ines) for _ in range(2)]
    for _ in range(2):
        do_one(session, cohort, tomasz)
    make_cohort(session)  # asks for nothing
    [crew] = duties.crews(session, NOW)
    assert crew.exemplars == made
    assert {who.name: found.stand for who, found in crew.coaches} == {"Mei Lin": Stand.DUE, "Tomasz Wrona": Stand.NEAR}
    rubric = crew.duty.rubric.hash
    for who, found in crew.coaches:
        assert found == calibration.standing_of(session, who.uuid, crew.duty.policy, rubric, NOW)
    assert mei.name in {who.name for who, _ in crew.coaches}


@pytest.fixture
def coach(app: MentorCert, session: Session, tomasz: Person) -> Browser:
    client = app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(tomasz)
    return client


@pytest.fixture
def manager(app: MentorCert, session: Session, ines: Person) -> Browser:
    client = app.test_client()
    assert isinstance(client, Browser)
    client.sign_in(ines)
    return client


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@on_one_database
def test_a_coach_calibrates_and_reads_where_they_differ(
    session: Session, cohort: Cohort, ines: Person, coach: Browser
) -> None:
    for _ in range(2):
        exemplar_of(session, cohort, ines, close="not-yet")
    version = version_of(session, cohort).hash
    assert "Two exemplars are due before you grade." in coach.get("/calibration").text
    sheet = coach.submit("/calibration", to=f"/calibration/{version}/begin").headers["Location"]
    page = coach.get(sheet).text
    assert "what the panel agreed on is shown when you have submitted" in page
    assert "She waits at 0:01." not in page
    assert "Ann, Ben" not in page
    assert "Amara" not in page
    half = {"revision": "0", "level-listening": "solid", "do": "submit"}
    refused = coach.submit(sheet, half)
    assert refused.status_code == 400
    assert "“Close” has no level yet. Choose one." in text_of(refused.text)
    assert "“Listening” needs a comment." in text_of(refused.text)
    answer = coach.submit(sheet, {**half, "level-close": "solid", "comment-listening": "<b>mine</b>"})
    result = text_of(coach.get(answer.headers["Location"]).text)
    assert "You agree with the panel by 75 %." in result
    assert "She waits at 0:01." in result
    assert "Close one level milder" in result
    assert "You chose Solid , the panel Not yet" in result
    assert "By your levels 100 of 100, passed" in result
    assert "1 of 2 graded, agreement 75 %; 75 % is asked for" in result
    assert "One exemplar is due before you grade." in coach.get("/calibration").text
    do_one(session, cohort, session.scalars(select(Person).where(Person.name == "Tomasz Wrona")).one(), graded())
    assert "You are calibrated until Monday 22 February 2027." in text_of(coach.get("/calibration").text)


@on_one_database
def test_a_draft_keeps_itself_and_another_tab_is_not_overwritten(
    session: Session, cohort: Cohort, ines: Person, tomasz: Person, coach: Browser
) -> None:
    exemplar_of(session, cohort, ines)
    begun = service.begin(session, version_of(session, cohort).hash, who=tomasz.uuid, now=NOW)
    session.commit()
    sheet = f"/calibration/attempts/{begun.uuid}"
    fields = {"revision": "0", "level-listening": "solid"}
    assert coach.submit(sheet, fields, to=f"{sheet}/draft").json == {"revision": 1, "saved_at": NOW.isoformat()}
    other = {"revision": "0", "level-listening": "not-yet"}
    stale = coach.submit(sheet, other, to=f"{sheet}/draft")
    assert (stale.status_code, stale.json["reason"]) == (409, "newer")  # type: ignore[index]
    shown = coach.submit(sheet, {**other, "do": "save"})
    assert shown.status_code == 409
    assert "Your other tab has a newer draft. Save again to keep what stands here." in text_of(shown.text)
    assert 'name="revision" value="1"' in shown.text
    assert re.search(r'value="not-yet" checked', shown.text)
    assert coach.submit(sheet, {**other, "revision": "1", "do": "save"}).status_code == 303


@on_one_database
def test_a_manager_keeps_an_exemplar_and_sees_who_is_calibrated(
    session: Session, cohort: Cohort, manager: Browser, tomasz: Person
) -> None:
    recording = hand_in(session, make_enrolment(session, cohort), wish(uses=["grading", "calibration"]))
    closed = hand_in(session, make_enrolment(session, cohort))
    page = manager.get("/calibration/exemplars").text
    assert "There is no exemplar for this version of the rubric, so no coach can begin to grade." in page
    assert "No coach is calibrated." in text_of(page)
    assert f"Recording {recording.number}" in page
    assert f"Recording {closed.number}" not in page
    form = f"/calibration/exemplars/of/{recording.uuid}"
    assert "Amara" not in manager.get(form).text
    refused = manager.submit(form, {"level-listening": "solid"})
    assert refused.status_code == 400
    assert "Nobody is named who agreed on this. Name those who did." in text_of(refused.text)
    fields = {"level-listening": "solid", "comment-listening": "Waits.", "level-close": "solid"}
    kept = manager.submit(form, {**fields, "panel": " Ann,  Ben "})
    shown = text_of(manager.get(kept.headers["Location"]).text)
    assert f"Recording {recording.number} is an exemplar." in shown
    assert "Ann, Ben agreed on these levels" in shown
    do_one(session, cohort, tomasz)
    assert "All coaches are calibrated." in manager.get("/calibration/exemplars").text
    manager.submit(kept.headers["Location"], to=f"{kept.headers['Location']}/archive")
    assert "One archived exemplar" in manager.get("/calibration/exemplars").text


@on_one_database
def test_an_exemplar_is_watched_without_names_for_as_long_as_it_is_one(
    app: MentorCert, session: Session, cohort: Cohort, ines: Person, coach: Browser
) -> None:
    files = app.extensions["mentorcert"]["files"]
    recording = hand_in(session, make_enrolment(session, cohort), wish(uses=["grading", "calibration"]), files)
    made = service.keep_exemplar(session, recording.uuid, agreed(session, cohort), who=ines.uuid, now=NOW)
    session.commit()
    address = f"/calibration/exemplars/{made.uuid}"
    film = coach.get(f"{address}/media", headers={"Range": "bytes=0-9"})
    assert (film.status_code, len(film.data)) == (206, 10)
    words = coach.get(f"{address}/captions").text
    assert "What brings you here?" in words
    assert "<v Mentor>" in words
    assert "Amara" not in words
    assert coach.get(address).status_code == 403
    writing(session)
    session.get_one(Recording, recording.id).consent_uses = ["grading"]
    session.commit()
    gone = [coach.get(f"{address}/{each}").status_code for each in ("media", "captions", "poster")]
    assert gone == [404, 404, 404]
