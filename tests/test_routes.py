"""Who may do what, written down: every route is asked for by everybody, and compared with the table.

A line a route: its endpoint, and who gets past the door. What is behind it (a form that is empty, a step that is
done) is for the tests of the feature. A route that is missing here fails, and so does a line without a route.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mentorcert import SCOPES, MentorCert
from mentorcert.catalog import queries as catalog
from mentorcert.certification import service as certification
from mentorcert.certification.models import Certificate
from mentorcert.coaching.models import Coaching
from mentorcert.cohorts.models import Cohort, Enrolment
from mentorcert.db import db, writing
from mentorcert.evidence.service import door
from mentorcert.grading.calibration_models import CalibrationAttempt, Exemplar
from mentorcert.grading.models import Assessment
from mentorcert.keys import service as keys
from mentorcert.keys.service import Wish
from mentorcert.people.models import Person
from mentorcert.permissions import RULES, Role, Standing, permission_of
from mentorcert.recordings.models import Upload
from mentorcert.sessions.models import LiveSession, Topic
from tests.browsing import Browser
from tests.certification.factories import meet_everything
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person
from xapi import tables
from xapi.delivery import letters, targets

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

PEOPLE: Final = (
    "nobody",
    "stranger",  # signed in, without a role
    "owner",  # a trainee of this cohort, whose enrolment, recording, grade and certificate it is
    "fellow",  # another trainee of this cohort
    "trainee elsewhere",
    "facilitator",
    "facilitator elsewhere",
    "coach",  # of this cohort; took the recording
    "coach elsewhere",
    "manager",
    "administrator",
)

EVERYBODY: Final = frozenset(PEOPLE)
SIGNED_IN: Final = EVERYBODY - {"nobody"}
FACILITATORS: Final = frozenset({"facilitator", "facilitator elsewhere"})
COACHES: Final = frozenset({"coach", "coach elsewhere"})
LEADS: Final = frozenset({"facilitator", "manager"})
OWNER: Final = frozenset({"owner"})
COACH: Final = frozenset({"coach"})
MANAGER: Final = frozenset({"manager"})
NOBODY: Final[frozenset[str]] = frozenset()

TABLE: Final[dict[str, frozenset[str]]] = {
    "certification.certify": MANAGER,
    "certification.cohort": MANAGER,
    "certification.enrolment": OWNER | MANAGER,
    "certification.look_up": EVERYBODY,
    "certification.mine": SIGNED_IN,
    "certification.revoke": MANAGER,
    "certification.verify": EVERYBODY,
    "cohorts.add": MANAGER,
    "cohorts.check_roster": MANAGER | {"administrator"},
    "cohorts.create": MANAGER,
    "cohorts.import_roster": MANAGER | {"administrator"},
    "cohorts.leaving": MANAGER,
    "cohorts.members": MANAGER,
    "cohorts.new": MANAGER,
    "cohorts.remove": MANAGER,
    "cohorts.upload_roster": MANAGER | {"administrator"},
    "coaching.arrange": COACH | MANAGER,
    "coaching.call_off": COACH | MANAGER,
    "coaching.cohort": COACH | MANAGER,
    "coaching.hold": COACH | MANAGER,
    "coaching.index": COACHES | MANAGER,
    "coaching.plan": OWNER | COACH | MANAGER,
    "consent.cohort": MANAGER,
    "consent.invite": OWNER | MANAGER,
    "consent.mentee": EVERYBODY,  # whoever has the signed link
    "consent.page": OWNER | MANAGER,
    "consent.take_back": EVERYBODY,
    "consent.withdraw": OWNER | MANAGER,
    "coursework.answer": OWNER,
    "coursework.do_step": OWNER,
    "coursework.draft": OWNER,
    "coursework.film_report": OWNER,
    "coursework.media": SIGNED_IN,
    "coursework.question": OWNER,
    "coursework.step": OWNER,
    "delivery.change": frozenset({"administrator"}),
    "delivery.create": frozenset({"administrator"}),
    "delivery.edit": frozenset({"administrator"}),
    "delivery.give_up": frozenset({"administrator"}),
    "delivery.history": frozenset({"administrator"}),
    "delivery.index": frozenset({"administrator"}),
    "delivery.new": frozenset({"administrator"}),
    "delivery.pause": frozenset({"administrator"}),
    "delivery.remove": frozenset({"administrator"}),
    "delivery.resume": frozenset({"administrator"}),
    "delivery.retry": frozenset({"administrator"}),
    "delivery.show": frozenset({"administrator"}),
    "evidence.download": frozenset({"administrator"}),
    "evidence.elsewhere": MANAGER | {"administrator"},
    "evidence.forget_identifier": MANAGER | {"administrator"},
    "evidence.identify": MANAGER | {"administrator"},
    "evidence.newer": frozenset({"administrator"}),
    "evidence.raw": frozenset({"administrator"}),
    "evidence.statement": frozenset({"administrator"}),
    "evidence.statements": frozenset({"administrator"}),
    "grading.agreement_file": MANAGER,
    "grading.agreement_page": MANAGER,
    "grading.appeal": OWNER,
    "grading.archive_exemplar": MANAGER,
    "grading.begin_calibration": COACHES,
    "grading.bench": COACH,
    "grading.both": COACH,
    "grading.calibrate": COACH,
    "grading.calibration_page": COACHES | MANAGER,
    "grading.exemplar": MANAGER,
    "grading.exemplar_captions": COACHES | MANAGER,
    "grading.exemplar_media": COACHES | MANAGER,
    "grading.exemplar_poster": COACHES | MANAGER,
    "grading.exemplars": MANAGER,
    "grading.feedback": OWNER | COACH | MANAGER,
    "grading.feedback_of_assessment": OWNER | COACH | MANAGER,
    "grading.give_back": COACH,
    "grading.grade": COACH,
    "grading.grade_exemplar": COACH,
    "grading.grant_attempt": MANAGER,
    "grading.hold": COACH,
    "grading.keep_exemplar": MANAGER,
    "grading.mark": COACH,
    "grading.mine": OWNER | COACH | MANAGER,
    "grading.new_exemplar": MANAGER,
    "grading.preview": MANAGER,
    "grading.queue": COACHES,
    "grading.release": MANAGER,
    "grading.releases": MANAGER,
    "grading.rubric": SIGNED_IN,
    "grading.rubric_against": SIGNED_IN,
    "grading.rubric_canvas": SIGNED_IN,
    "grading.rubric_case": SIGNED_IN,
    "grading.rubric_versions": SIGNED_IN,
    "grading.rubrics": SIGNED_IN,
    "grading.save_calibration": COACH,
    "grading.save_draft": COACH,
    "grading.take": COACH,
    "grading.take_next": COACHES,
    "home.health": EVERYBODY,
    "home.index": SIGNED_IN,
    "keys.change": frozenset({"administrator"}),
    "keys.create": frozenset({"administrator"}),
    "keys.index": frozenset({"administrator"}),
    "keys.new": frozenset({"administrator"}),
    "keys.revoke": frozenset({"administrator"}),
    "keys.revoking": frozenset({"administrator"}),
    "keys.show": frozenset({"administrator"}),
    "people.change_password": SIGNED_IN,
    "people.forgotten": EVERYBODY,
    "people.index": MANAGER | {"administrator"},
    "people.invite": MANAGER | {"administrator"},
    "people.invite_again": MANAGER | {"administrator"},
    "people.me": SIGNED_IN,
    "people.new": MANAGER | {"administrator"},
    "people.one_time_link": EVERYBODY,
    "people.send_forgotten": EVERYBODY,
    "people.sign_in": EVERYBODY,
    "people.sign_in_as": EVERYBODY,  # there is nothing behind it but in the demo
    "people.sign_out": EVERYBODY,
    "people.try_sign_in": EVERYBODY,
    "people.update_me": SIGNED_IN,
    "people.use_one_time_link": EVERYBODY,
    "recordings.captions": OWNER | COACH,
    "recordings.desk": OWNER,
    "recordings.hand_in": OWNER,
    "recordings.media": OWNER | COACH,
    "recordings.poster": OWNER | COACH,
    "recordings.state": OWNER,
    "recordings.mine": SIGNED_IN,
    "reports.cohort": LEADS,
    "reports.cohorts": FACILITATORS | MANAGER,
    "reports.play": LEADS,
    "reports.prework": LEADS,
    "reports.remind": LEADS,
    "sessions.add_topic": FACILITATORS | MANAGER,
    "sessions.archive_topic": FACILITATORS | MANAGER,
    "sessions.bring_back": LEADS,
    "sessions.cancel": LEADS,
    "sessions.change": LEADS,
    "sessions.console": LEADS,
    "sessions.console_live": LEADS,
    "sessions.correct": LEADS,
    "sessions.edit": LEADS,
    "sessions.index": SIGNED_IN,
    "sessions.lay": LEADS,
    "sessions.live": OWNER | {"fellow"} | LEADS,
    "sessions.rename_topic": FACILITATORS | MANAGER,
    "sessions.restore_topic": FACILITATORS | MANAGER,
    "sessions.run": LEADS,
    "sessions.schedule": LEADS,
    "sessions.show": OWNER | {"fellow"} | LEADS,
    "sessions.topic": FACILITATORS | MANAGER,
    "sessions.topics": FACILITATORS | MANAGER,
    "speakers.judge": COACH,
    "speakers.page": OWNER | COACH,
    "speakers.say": OWNER | COACH,
    "static": EVERYBODY,
    "trainee.enrolment_home": OWNER,
    "trainee.home": SIGNED_IN,
    "trainee.unit": OWNER,
    "upkeep.ask_forget": frozenset({"administrator"}),
    "upkeep.deletions": frozenset({"administrator"}),
    "upkeep.forget": frozenset({"administrator"}),
    "upkeep.tell": EVERYBODY,  # it asks for a key of its own, and is nothing where none is set
    "uploads.create": OWNER,
    "uploads.one": OWNER,
    "uploads.remove": OWNER,
}


SPECIAL: Final = {("coursework.question", "step"): "check", ("coursework.answer", "step"): "check"}
"""What stands in an address where the usual value has no page."""


@dataclass(frozen=True)
class House:
    """A cohort in which everything has happened, and everybody who may or may not come to it."""

    app: MentorCert
    people: dict[str, Person]
    values: dict[str, Any]
    restore: Callable[[], None]

    def ask(self, rule: Rule, method: str, who: str) -> TestResponse:
        """Ask for a route as somebody, and leave the database as it was."""
        client = self.app.test_client()
        assert isinstance(client, Browser)
        if who != "nobody":
            client.sign_in(self.people[who])
        values: dict[str, Any] = {
            name: SPECIAL.get((rule.endpoint, name)) or self.values[name] for name in rule.arguments
        }
        with self.app.test_request_context():
            address = self.app.url_for(rule.endpoint, _method=method, **values)
        answer = client.open(address, method=method)
        answer.close()
        if method != "GET" and answer.status_code < 400:
            self.restore()
        return answer

    def ask_store(self, resource: str, method: str, who: str) -> int:
        """Ask for a resource of the statement store as somebody with a cookie, and no key."""
        client = self.app.test_client()
        assert isinstance(client, Browser)
        if who != "nobody":
            client.sign_in(self.people[who])
        version = {"X-Experience-API-Version": "1.0.3"}
        return int(client.open(f"/xapi/{resource}", method=method, headers=version).status_code)


@pytest.fixture
def house(app: MentorCert, engine: Engine, session: Session, tmp_path: Path) -> House:
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the door is asked about here; forms still want their token
    cohort = make_cohort(session)
    elsewhere = make_cohort(session, version=cohort.version)
    people = _people(session, cohort, elsewhere)
    enrolment = make_enrolment(session, cohort, people["owner"])
    for name, place in (("fellow", cohort), ("trainee elsewhere", elsewhere)):
        make_enrolment(session, place, people[name])
    values = _happened(session, cohort, enrolment, people)
    for person in people.values():
        session.refresh(person)
    session.expunge_all()
    session.close()
    engine.dispose()  # as long as a connection is open, SQLite reads what was changed from beside the file
    path = Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))
    shutil.copyfile(path, tmp_path / "before.sqlite")

    def restore() -> None:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        shutil.copyfile(tmp_path / "before.sqlite", path)

    restore()
    return House(app, people, values, restore)


def _people(session: Session, cohort: Cohort, elsewhere: Cohort) -> dict[str, Person]:
    people = {name: make_person(session, f"{name.title()} Somebody") for name in PEOPLE if name != "nobody"}
    give_role(session, people["facilitator"], Role.FACILITATOR, cohort)
    give_role(session, people["facilitator elsewhere"], Role.FACILITATOR, elsewhere)
    give_role(session, people["coach"], Role.COACH, cohort)
    give_role(session, people["coach elsewhere"], Role.COACH, elsewhere)
    give_role(session, people["manager"], Role.MANAGER)
    give_role(session, people["administrator"], Role.ADMINISTRATOR)
    return people


def _happened(session: Session, cohort: Cohort, enrolment: Enrolment, people: dict[str, Person]) -> dict[str, Any]:
    """Live through everything, so that each id in an address is a real one."""
    mine = door("https://mentors.example.org")
    meet_everything(session, mine, enrolment, people["coach"], now=NOW - timedelta(hours=1))
    made = certification.certify(session, mine, enrolment, organisation="Us", who=people["manager"].uuid, now=NOW)
    topic = Topic(title="Talks", slug="talks", created_at=NOW)
    session.add(topic)
    key, _ = keys.make(session, Wish("LMS", frozenset({"statements/write"})), who=people["administrator"].uuid, now=NOW)
    there: dict[str, Any] = {"name": "LRS", "endpoint": "https://lrs.example.org", "version": "1.0.3"}
    target = targets.create(session, **there, key="k", secret="sealed", history=True, now=NOW)
    letters.add(session, target, UUID(int=1), status=400, said="No.", now=NOW)
    upload = Upload(
        enrolment_id=enrolment.id, name="a.mp4", length=9, created_at=NOW, expires_at=NOW + timedelta(days=1)
    )
    session.add(upload)
    assessment = session.query(Assessment).one()
    exemplar = Exemplar(
        recording=assessment.recording,
        rubric_version=assessment.rubric_version,
        levels={"listening": "solid", "close": "solid"},
        rationale={},
        panel="Three coaches",
        made_by_id=people["manager"].id,
        made_at=NOW,
    )
    attempt = CalibrationAttempt(exemplar=exemplar, coach=people["coach"], started_at=NOW, levels={}, comments={})
    session.add_all([exemplar, attempt])
    session.commit()
    certificate = session.query(Certificate).one()
    assert made.id == certificate.id
    return {
        "cohort": cohort.uuid,
        "key": key.uuid,
        "target": target.uuid,
        "letter": letters.some(session, target)[0].uuid,
        "enrolment": enrolment.uuid,
        "live_session": session.query(LiveSession).one().uuid,
        "recording": assessment.recording.uuid,
        "assessment": assessment.uuid,
        "exemplar": exemplar.uuid,
        "attempt": attempt.uuid,
        "upload": upload.uuid,
        "at": 0,
        "certificate": certificate.uuid,
        "code": certificate.code,
        "person": people["owner"].uuid,
        "role": "trainee",
        "topic": topic.uuid,
        "unit": "start",
        "step": "first",
        "question": "q-choice",
        "version": cohort.version.hash,
        "name": "units/01-start/media/two.jpg",
        "wanted": catalog.pinned_rubric(session, cohort.version.hash, "tiny-rubric").hash,
        "other": catalog.pinned_rubric(session, cohort.version.hash, "tiny-rubric").hash,
        "purpose": "reset",
        "secret": "none",
        "token": "none",
        "criterion": "listening",
        "coaching": _coaching(session, cohort, people["coach"]),
        "filename": "app.js",
        "statement": session.scalars(select(tables.statement.c.id).limit(1)).one(),
        "ending": "csv",
    }


def _coaching(session: Session, cohort: Cohort, coach: Person) -> UUID:
    """Make a coaching, which nobody is in any more."""
    writing(session)
    who = {"coach_id": coach.id, "made_by_id": coach.id}
    made = Coaching(cohort_id=cohort.id, criterion="listening", title="Listening", made_at=NOW, **who)
    session.add(made)
    session.commit()
    return made.uuid


def _routes(app: MentorCert) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PATCH", "DELETE"}):
            yield rule, method


def _strangers_first(endpoint: str) -> list[str]:
    """Return everybody, first those who must be kept out: what somebody removes is there for nobody afterwards."""
    return sorted(PEOPLE, key=lambda who: who in TABLE[endpoint])


def _gets_in(answer: TestResponse) -> bool:
    """Whether an answer comes from behind the door."""
    sent_away = answer.status_code == 302 and "/sign-in?next=" in (answer.location or "")
    return answer.status_code not in {401, 403} and not sent_away


def test_the_table_has_a_line_for_each_route(app: MentorCert) -> None:
    assert sorted({rule.endpoint for rule, _ in _routes(app)}) == sorted(TABLE)


@pytest.mark.timeout(300)
def test_every_route_lets_in_whom_the_table_names(house: House) -> None:
    found = {
        (rule.endpoint, method): frozenset(
            who for who in _strangers_first(rule.endpoint) if _gets_in(house.ask(rule, method, who))
        )
        for rule, method in _routes(house.app)
    }
    wrong = {
        f"{method} {endpoint}": {"too many": sorted(who - TABLE[endpoint]), "missing": sorted(TABLE[endpoint] - who)}
        for (endpoint, method), who in found.items()
        if who != TABLE[endpoint]
    }
    assert wrong == {}


def test_no_route_fails_for_somebody_whom_it_lets_in(house: House) -> None:
    broken = [
        f"{method} {rule.endpoint} as {who}: {status}"
        for rule, method in _routes(house.app)
        for who in sorted(TABLE[rule.endpoint])
        if (status := house.ask(rule, method, who).status_code) >= 500
    ]
    assert broken == []


def test_a_route_that_only_owners_may_use_says_whose_it_is(app: MentorCert) -> None:
    """Without an id in the address there would be no owner to compare with."""
    owned = {permission for permission, rule in RULES.items() if Standing.OWNER in rule}
    unnamed = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if permission_of(app.view_functions[rule.endpoint]) in owned and not set(SCOPES) & rule.arguments
    ]
    assert unnamed == []


def test_an_id_of_nothing_is_not_found_by_those_who_may_look(house: House) -> None:
    house.values.update({name: UUID(int=7) for name in SCOPES})
    found = {
        rule.endpoint: house.ask(rule, "GET", "manager").status_code
        for rule, method in _routes(house.app)
        if method == "GET" and set(SCOPES) & rule.arguments
    }
    assert found == dict.fromkeys(found, 404)


PUBLIC_RESOURCES: Final = {"about", "openapi.yaml", "profile.jsonld"}
"""What the statement store tells whoever asks."""


def test_no_cookie_opens_the_statement_store(house: House) -> None:
    """Its resources ask for a key, whoever is signed in, and by whichever method."""
    resources = {rule.rule for rule in house.app.lrs.url_map.iter_rules()} - {"/<path:rest>"}
    found = {
        (resource, who, method): house.ask_store(resource, method, who)
        for resource in sorted(resource.removeprefix("/") for resource in resources)
        for who in PEOPLE
        for method in ("GET", "POST", "PUT", "DELETE")
    }
    opened = {key for key, status in found.items() if status != 401 and key[0] not in PUBLIC_RESOURCES}
    assert opened == set()
