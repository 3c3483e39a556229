"""Two coaches disagree, a third decides, a manager releases, the trainee appeals, a fourth coach looks again."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from mentorcert import create_app
from mentorcert.config import from_environment
from mentorcert.db import db
from mentorcert.people.addresses import DEMO_DOMAIN
from mentorcert.permissions import Role
from tests import databases, servers
from tests.factories import give_role, make_enrolment, make_person
from tests.grading.factories import graded_by
from tests.journeys.conftest import NewPage
from tests.journeys.visitor import Visitor
from tests.recordings.factories import hand_in, wish

RULES = "{graders: 2, release: by-manager}"
COACHES = ("Ade Bello", "Bo Lind", "Cleo Marsh", "Dara Voss")


@pytest.fixture
def live_server(tmp_path: Path, sqlite_template: Path) -> Iterator[str]:
    """A server with one recording that two coaches grade, four coaches, a manager, and whose it is."""
    url, port = databases.copy_template(sqlite_template, tmp_path), servers.free_port()
    with databases.engine_for(url) as engine, Session(engine) as session:
        _furnish(session)
    values = {"DATA": str(tmp_path / "var"), "DATABASE_URL": url, "PORT": str(port), "DEVELOPMENT": "1", "DEMO": "1"}
    app = create_app(from_environment({f"MENTORCERT_{name}": value for name, value in values.items()}))
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _furnish(session: Session) -> None:
    cohort = graded_by(session, RULES)
    for name in COACHES:
        give_role(session, make_person(session, name, _address(name)), Role.COACH, cohort)
    make_person(session, "Mona Reyes", _address("Mona Reyes"), roles=(Role.MANAGER,))
    enrolment = make_enrolment(session, cohort, make_person(session, "Amara Obi", _address("Amara Obi")))
    link = wish("", link="https://video.example/1")
    hand_in(session, enrolment, link, now=datetime.now(UTC) - timedelta(hours=1))


def _address(name: str) -> str:
    return f"{name.partition(' ')[0].lower()}@{DEMO_DOMAIN}"


@pytest.mark.timeout(240)
def test_from_a_disagreement_to_an_appeal(new_page: NewPage, live_server: str) -> None:
    ade, bo, cleo, dara = (Visitor(new_page()).sign_in(name) for name in COACHES)
    mona = Visitor(new_page()).sign_in("Mona Reyes")
    amara = Visitor(new_page()).sign_in("Amara Obi")

    grade(ade, "One recording waits for a coach.", "2", "You waited at 0:01.")
    grade(bo, "One recording waits for a coach.", "1", "You cut in.")
    amara.open("/recording").sees("Recording 1 is with your coaches. You hear by mail when it is graded.")
    ade.open("/queue").sees("Nothing waits for a grade.")

    cleo.open("/queue").reads("two coaches disagree; you decide")
    grade(cleo, "One recording waits for a coach.", "1", "You cut in twice.", "You cut in.", "You waited at 0:01.")

    mona.open("/releases").sees("One grade is ready to release.").follow(re.compile("^As they will read it"))
    mona.sees("You have not passed yet.").press("Release it")
    mona.sees("No grade waits for you.")

    amara.open("/recording").press(re.compile("^Read your feedback"))
    amara.sees("You have not passed yet.").reads("You cut in twice.")
    amara.page.locator("summary", has_text="Appeal").click()
    amara.page.get_by_label("What was misjudged").fill("I waited at 0:01 until she went on.")
    amara.looks().press_twice("Appeal")
    amara.sees("You have not passed yet.").reads("A coach who has not graded this recording looks again.")

    dara.open("/queue").reads("a second look, after an appeal")
    grade(dara, "One recording waits for a coach.", "2", "She does wait.", "I waited at 0:01 until she went on.")
    mona.open("/releases").sees("One grade is ready to release.").reads("Decided on appeal.")
    mona.page.get_by_label("Release recording 1").check()
    mona.press("Release what is ticked")
    mona.sees("No grade waits for you.")
    amara.page.reload()
    amara.sees("You passed.").reads("It was looked at again, and the grade has changed.", "She does wait.")


def grade(coach: Visitor, title: str, level: str, comment: str, *told: str) -> None:
    """Take the next recording, see what one is told of it, choose a level for listening and the best for the close."""
    coach.open("/queue").sees(title).press("Take the next")
    coach.sees("Recording 1, coaching conversation").reads(*told)
    page = coach.page
    press(page, level, "j", "2", "k", "e")
    page.keyboard.type(comment)
    expect(page.locator("[data-graded]")).to_have_text("2 of 2 graded.")
    coach.press_twice("Submit grade")
    coach.sees("Nothing waits for a grade.").reads("Your grade of recording 1 is submitted.")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
