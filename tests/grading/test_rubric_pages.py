"""The pages of a rubric: as graders see it, its versions, what differs; and its files for other systems."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from mentorcert.catalog import queries as catalog
from mentorcert.catalog.models import RubricVersion
from mentorcert.catalog.rubric_import import imported
from mentorcert.catalog.service import publish
from mentorcert.cohorts.models import Cohort
from mentorcert.files import open_files
from mentorcert.people.models import Person
from mentorcert.permissions import Role
from tests.browsing import Browser
from tests.catalog.exchange import read_text
from tests.catalog.factories import RUBRIC, change, make_programme
from tests.databases import counted
from tests.factories import NOW, give_role, make_cohort, make_enrolment, make_person

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

XSS = "<script>alert(1)</script>"


class Shelf:
    """A rubric that is published again and again."""

    def __init__(self, session: Session, root: Path) -> None:
        self.session, self.root, self.days = session, root, 0
        self.folders = make_programme(root)

    def publish(self, *edits: tuple[str, str]) -> RubricVersion:
        for old, new in edits:
            change(self.root, RUBRIC, old, new)
        self.days += 1
        now = NOW + timedelta(days=self.days)
        done = publish(self.session, open_files("memory://", self.root), *self.folders, now, who="test")
        self.session.commit()
        return done.rubrics[0]

    def cohort(self, name: str) -> Cohort:
        return make_cohort(self.session, name, version=catalog.newest(self.session, "tiny"))


@pytest.fixture
def shelf(session: Session, tmp_path: Path) -> Shelf:
    return Shelf(session, tmp_path)


@pytest.fixture
def reader(client: Browser, session: Session) -> Person:
    person = make_person(session)
    client.sign_in(person)
    return person


def test_a_rubric_is_shown_as_graders_see_it(client: Browser, shelf: Shelf, reader: Person) -> None:
    version = shelf.publish(
        ("comment: required\n", "comment: required\n    bank: [{text: You waited., level: solid}]\n")
    )
    shown = client.get(f"/rubrics/{version.hash}").text
    assert 'type="radio" name="level-listening" value="not-yet"' in shown
    assert all(
        text in shown
        for text in (
            "critical: Solid or above",
            "comment needed",
            "weight 60",
            "Interrupts.",
            "You waited.",
            "70 of 100",
        )
    )
    assert "This is an earlier version." not in shown


def test_every_rubric_is_listed_once_in_its_newest_version(client: Browser, shelf: Shelf, reader: Person) -> None:
    assert "There is no rubric yet." in client.get("/rubrics").text
    old = shelf.publish()
    new = shelf.publish(("pass: 70", "pass: 75"))
    shown = client.get("/rubrics").text
    assert "Recordings are graded by one rubric." in shown
    assert (f'/rubrics/{new.hash}"' in shown, f'/rubrics/{old.hash}"' in shown, "2 versions" in shown) == (
        *(True, False, True),
    )


def test_an_earlier_version_leads_to_what_differs(client: Browser, shelf: Shelf, reader: Person) -> None:
    old = shelf.publish()
    new = shelf.publish(("pass: 70", "pass: 75"))
    shown = client.get(f"/rubrics/{old.hash}").text
    assert "This is an earlier version." in shown
    assert f"/rubrics/{new.hash}/against/{old.hash}" in shown


def test_who_coaches_a_cohort_reads_which_version_it_has(client: Browser, session: Session, shelf: Shelf) -> None:
    shelf.publish()
    autumn = shelf.cohort("Autumn")
    new = shelf.publish(("pass: 70", "pass: 75"))
    shelf.cohort("Winter")
    client.sign_in(give_role(session, make_person(session), Role.COACH, autumn))
    shown = client.get(f"/rubrics/{new.hash}/versions").text
    assert "“A tiny rubric” has two versions." in shown
    assert ("Autumn" in shown, "Winter" in shown, "1 other" in shown) == (True, False, True)
    client.sign_in(make_person(session, "Ines", roles=(Role.MANAGER,)))
    shown = client.get(f"/rubrics/{new.hash}/versions").text
    assert ("Autumn" in shown, "Winter" in shown, "other" in shown.partition("<table")[2]) == (True, True, False)


def test_a_trainee_reads_of_their_own_cohort_only(client: Browser, session: Session, shelf: Shelf) -> None:
    version = shelf.publish()
    mine, _ = shelf.cohort("Autumn"), shelf.cohort("Winter")
    client.sign_in(make_enrolment(session, mine).person)
    shown = client.get(f"/rubrics/{version.hash}/versions").text
    assert ("“A tiny rubric” has one version." in shown, "Autumn" in shown, "Winter" in shown) == (True, True, False)


def test_the_list_of_versions_asks_as_much_for_many_as_for_one(
    client: Browser, shelf: Shelf, engine: Engine, reader: Person
) -> None:
    version = shelf.publish()
    with counted(engine) as one:
        client.get(f"/rubrics/{version.hash}/versions")
    for number in range(10):
        shelf.cohort(f"Cohort number {number}")
        version = shelf.publish((f"pass: {70 + number}", f"pass: {71 + number}"))
    with counted(engine) as many:
        client.get(f"/rubrics/{version.hash}/versions")
    assert len(many) == len(one)


def test_what_differs_is_told_in_words(client: Browser, shelf: Shelf, reader: Person) -> None:
    old = shelf.publish()
    new = shelf.publish(
        *(("pass: 70", "pass: 75"), ("weight: 60", "weight: 50"), ("weight: 40", "weight: 50")),
        *(
            ("Sums up.", "Sums it up."),
            ("title: Close", "title: The close"),
            ("comment: required", "comment: optional"),
        ),
    )
    shown = client.get(f"/rubrics/{new.hash}/against/{old.hash}").text
    assert "Three things differ." in shown
    for sentence in (
        "75 of 100 passes now; it was 70.",
        "It weighs 50 of 100 now; it was 60.",
        "It was called “Close”.",
        "A comment is no longer needed.",
        "The same conversation could be graded otherwise now.",
        'Sums <ins><span class="sr">now: </span>it </ins>up.',
    ):
        assert sentence in shown
    assert "Interrupts." not in shown
    assert "Nothing differs." in client.get(f"/rubrics/{new.hash}/against/{new.hash}").text


def test_criteria_that_came_and_went_are_named(client: Browser, shelf: Shelf, reader: Person) -> None:
    old = shelf.publish()
    new = shelf.publish(("id: close\n    title: Close", f"id: humour\n    title: '{XSS}'"))
    shown = client.get(f"/rubrics/{new.hash}/against/{old.hash}").text
    assert [word in shown for word in ("no longer graded", "new</span>", "Close", XSS)] == [True, True, True, False]


def test_only_versions_of_one_rubric_are_compared(client: Browser, shelf: Shelf, reader: Person) -> None:
    version = shelf.publish()
    (shelf.root / "rubrics" / "other.yaml").write_text(
        (shelf.root / RUBRIC).read_text().replace("id: tiny-rubric", "id: other")
    )
    shelf.publish()
    other = catalog.newest_rubric(shelf.session, "other")
    assert client.get(f"/rubrics/{version.hash}/against/{other.hash}").status_code == 404
    assert client.get(f"/rubrics/{version.hash}/against/nothing").status_code == 404
    assert client.get("/rubrics/nothing/versions").status_code == 404


def test_the_csv_for_canvas_holds_no_formula_and_no_mark(client: Browser, shelf: Shelf, reader: Person) -> None:
    version = shelf.publish(("title: Close", "title: '=1+1'"))
    answer = client.get(f"/rubrics/{version.hash}/canvas.csv")
    assert (answer.content_type, answer.headers["Content-Disposition"]) == (
        *("text/csv; charset=utf-8", 'attachment; filename="tiny-rubric.csv"'),
    )
    table = list(csv.reader(io.StringIO(answer.text)))
    assert (table[0][0], [row[1] for row in table[1:]]) == ("Rubric Name", ["Listening", "'=1+1"])


def test_the_case_package_gives_the_rubric_back(client: Browser, shelf: Shelf, reader: Person) -> None:
    version = shelf.publish()
    answer = client.get(f"/rubrics/{version.hash}/case.json")
    assert (answer.content_type, answer.headers["Content-Disposition"]) == (
        *("application/json", 'attachment; filename="tiny-rubric.json"'),
    )
    assert answer.json is not None
    assert answer.json["CFRubrics"][0]["uri"].endswith(f"/rubrics/{version.hash}")
    assert read_text(imported(answer.data).text) == (catalog.rubric(shelf.session, version.hash), [])
