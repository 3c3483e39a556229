"""Reading whole folders: what comes out of good ones, and faults that lie in files rather than in their words."""

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from mentorcert.catalog.programme import LessonKind, Media, RequirementKind, Step, StepKind
from mentorcert.catalog.questions import QuestionKind
from mentorcert.catalog.reader import read
from mentorcert.errors import NotFound
from tests.catalog.factories import (
    CHECK,
    FILES,
    FILM,
    JPEG,
    LESSON,
    MEDIA,
    PROGRAM,
    RUBRIC,
    SCENARIO,
    UNIT,
    WEBM,
    change,
    make_programme,
    write,
)

CAPTIONS = FILES[f"{MEDIA}/film.en.vtt"].encode()


def said(content: Path, rubrics: Path) -> list[str]:
    return [str(fault) for fault in check(content, rubrics)]


def test_a_good_programme_is_read_whole(here: Path) -> None:
    reading = read(*make_programme(here))
    (programme,) = reading.programmes
    unit = programme.unit("start")
    assert reading.faults == ()
    assert (sum(1 for _ in programme.all_steps()), programme.lesson_count, unit.minutes) == (4, 2, 19)
    assert unit.steps == (
        Step("first", StepKind.READ, "The first lesson", 7),
        Step("film", StepKind.FILM, "A film", 2),
        Step("reflection", StepKind.REFLECTION, "Looking back", 5),
        Step("check", StepKind.CHECK, "What you know", 5),
    )
    assert [(each.kind, each.at_least, each.at_least_percent, each.rubric) for each in programme.requirements] == [
        (RequirementKind.PREWORK, None, None, None),
        (RequirementKind.ATTENDANCE, 1, None, None),
        (RequirementKind.CHECKS, None, 80, None),
        (RequirementKind.RECORDING, None, None, "tiny-rubric"),
        (RequirementKind.CRITICAL, None, None, "tiny-rubric"),
    ]
    assert programme.rubric_ids == ("tiny-rubric",)


def test_a_lesson_has_its_text_and_its_media_from_the_programmes_folder(here: Path) -> None:
    (programme,) = read(*make_programme(here)).programmes
    first, film = programme.unit("start").lessons
    assert (first.kind, first.try_, first.path) == (
        LessonKind.READ,
        "Begin something.",
        "units/01-start/lessons/first.md",
    )
    assert first.source == "## Beginning\n\nBegin, as in ![two people](../media/two.jpg)."
    assert (film.film, film.captions, film.poster) == (
        "units/01-start/media/film.webm",
        "units/01-start/media/film.en.vtt",
        "units/01-start/media/two.jpg",
    )
    assert programme.media == (
        Media("units/01-start/media/film.en.vtt", sha256(CAPTIONS).hexdigest(), "text/vtt", 39),
        Media("units/01-start/media/film.webm", sha256(WEBM).hexdigest(), "video/webm", 11),
        Media("units/01-start/media/two.jpg", sha256(JPEG).hexdigest(), "image/jpeg", 13),
    )


def test_every_kind_of_question_is_read(here: Path) -> None:
    (programme,) = read(*make_programme(here)).programmes
    questions = programme.unit("start").check.questions
    assert [(each.kind, each.answer_key, each.rule) for each in questions] == [
        (QuestionKind.CHOICE, ("a",), "This before that."),
        (QuestionKind.MULTIPLE, ("a", "b"), None),
        (QuestionKind.TRUEFALSE, ("true",), None),
        (QuestionKind.ORDER, ("a", "b"), None),
        (QuestionKind.MATCH, ("a.a", "b.b"), None),
    ]
    assert questions[2].text == "NO"  # a text, not false


def test_a_rubric_is_read_whole(here: Path) -> None:
    (rubric,) = read(*make_programme(here)).rubrics
    listening, close = rubric.criteria
    assert (rubric.pass_percent, rubric.critical) == (70, (listening,))
    assert (listening.weight, listening.min_level, listening.comment_required) == (60, "solid", True)
    assert (close.weight, close.min_level, close.comment_required, close.critical) == (40, None, False, False)
    assert [(level.id, level.points) for level in close.levels] == [("not-yet", 1), ("solid", 2)]


def test_what_is_not_in_a_programme_is_not_found(here: Path) -> None:
    (programme,) = read(*make_programme(here)).programmes
    assert programme.lesson("start", "film").title == "A film"
    assert programme.step("start", "check").kind is StepKind.CHECK
    assert programme.session("session-2").prework_due_hours_before == 0
    assert programme.scenario("talk").mentee.name == "Sam"
    assert programme.topic("talks").title == "Talks"
    assert programme.requirement("checks").title == "Checks"
    with pytest.raises(NotFound, match='There is no unit "end" here'):
        programme.lesson("end", "film")
    with pytest.raises(NotFound, match='There is no lesson "second" here'):
        programme.lesson("start", "second")


def test_a_second_folder_is_a_second_programme(here: Path) -> None:
    content, rubrics = make_programme(here)
    shutil.copytree(content / "tiny", content / "other")
    change(here, "content/other/program.yaml", "id: tiny", "id: other")
    reading = read(content, rubrics)
    assert reading.faults == ()
    assert [programme.id for programme in reading.programmes] == ["other", "tiny"]


def test_two_programmes_with_one_id(here: Path) -> None:
    content, rubrics = make_programme(here)
    shutil.copytree(content / "tiny", content / "other")
    assert said(content, rubrics) == [
        f'{PROGRAM}:1: the programme id "tiny" is also used in content/other/program.yaml:1. Change one of the two.'
    ]


def test_two_rubrics_with_one_id(here: Path) -> None:
    content, rubrics = make_programme(here)
    shutil.copyfile(here / RUBRIC, rubrics / "again.yaml")
    assert said(content, rubrics) == [
        f'{RUBRIC}:1: the rubric id "tiny-rubric" is also used in rubrics/again.yaml:1. Change one of the two.'
    ]


def test_two_units_with_the_same_scenario(here: Path) -> None:
    content, rubrics = make_programme(here)
    shutil.copytree(content / "tiny/units/01-start", content / "tiny/units/02-end")
    change(here, "content/tiny/units/02-end/unit.yaml", "id: start", "id: end")
    change(here, PROGRAM, "  - start\n", "  - start\n  - end\n")
    assert said(content, rubrics) == [
        'content/tiny/units/02-end/unit.yaml:12: the scenario id "talk" is also used in '
        f"{UNIT}:12. Change one of the two."
    ]


def test_every_problem_is_named_at_once(here: Path) -> None:
    content, rubrics = make_programme(
        here,
        {
            PROGRAM: ("language: en", "language: 1"),
            LESSON: ("minutes: 7", "minutes: -7"),
            CHECK: ("right: true", "right: perhaps"),
            SCENARIO: ("minutes: 10", "minuts: 10"),
            RUBRIC: ("weight: 40", "weight: 41"),
        },
    )
    assert [(fault.path, fault.line) for fault in check(content, rubrics)] == [
        (PROGRAM, 3),
        (CHECK, 8),
        (CHECK, 9),
        (LESSON, 5),
        (SCENARIO, 1),
        (SCENARIO, 4),
        (RUBRIC, 5),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (PROGRAM, "content/tiny/program.yaml:1: the folder has no program.yaml. "
                  "Add program.yaml, or move the folder out of the content folder."),
        (UNIT, f"{UNIT}:1: the folder has no unit.yaml. Add unit.yaml, or move the folder out of units."),
        (CHECK, f'{UNIT}:10: there is no file "check.yaml". Put it at {CHECK}, or correct the name.'),
        (LESSON, f'{UNIT}:8: there is no lesson "first". Add it, or correct the id; those there are: film.'),
        (SCENARIO, f'{UNIT}:12: there is no scenario "talk". Add it, or correct the id; there is no scenario yet.'),
        (f"{MEDIA}/film.webm", f'{FILM}:7: there is no file "../media/film.webm". '
                               f"Put it at {MEDIA}/film.webm, or correct the path."),
    ],
)  # fmt: skip
def test_a_missing_file(here: Path, name: str, expected: str) -> None:
    content, rubrics = make_programme(here)
    (here / name).unlink()
    assert said(content, rubrics) == [expected]


def test_missing_and_empty_folders(here: Path) -> None:
    (here / "content").mkdir()
    assert said(here / "content", here / "rubrics") == [
        "content:1: there is no programme. Add a folder with a program.yaml.",
        "rubrics:1: there is no rubrics folder. Make it, or set the path to where it is.",
    ]


@pytest.mark.parametrize("name", [PROGRAM, UNIT, LESSON, CHECK, SCENARIO, RUBRIC])
def test_a_file_that_is_not_utf_8(here: Path, name: str) -> None:
    content, rubrics = make_programme(here)
    text = (here / name).read_text(encoding="utf-8")
    (here / name).write_bytes(text.replace("\ntitle: ", "\ntitle: Caf\u00e9 ", 1).encode("latin-1"))
    line = text.split("title: ")[0].count("\n") + 1
    assert said(content, rubrics) == [f"{name}:{line}: the file is not UTF-8. Save it again with the encoding UTF-8."]


@pytest.mark.parametrize("name", [PROGRAM, UNIT, CHECK, SCENARIO, RUBRIC])
@pytest.mark.parametrize(("text", "kind"), [("", "empty"), ("- a\n", "a list"), ("words", "a text")])
def test_a_file_without_keys(here: Path, name: str, text: str, kind: str) -> None:
    content, rubrics = make_programme(here)
    write(here, name, text)
    noun = {PROGRAM: "programme", UNIT: "unit", CHECK: "knowledge check", SCENARIO: "scenario", RUBRIC: "rubric"}[name]
    assert [line for line in said(content, rubrics) if line.startswith(f"{name}:")] == [
        f"{name}:1: the {noun} is {kind}, and has no keys. Write it as key: value lines."
    ]


def test_a_control_character(here: Path) -> None:
    content, rubrics = make_programme(here, {SCENARIO: ("observer: Count", "observer: \a Count")})
    assert said(content, rubrics) == [
        f"{SCENARIO}:8: there is a character that YAML does not allow. Remove it; often it came with a paste."
    ]


def test_a_number_that_is_none(here: Path) -> None:
    content, rubrics = make_programme(here, {SCENARIO: ("minutes: 10", "minutes: 2026-99-99")})
    assert [(fault.path, fault.todo) for fault in check(content, rubrics)] == [
        (SCENARIO, "Correct it, or put the value in quotes")
    ]


def test_a_file_that_is_far_too_long(here: Path) -> None:
    content, rubrics = make_programme(here)
    write(here, LESSON, "x" * 1_000_001)
    assert said(content, rubrics) == [f"{LESSON}:1: the file has 1,000,001 bytes, more than 1,000,000. Split it up."]


@pytest.mark.parametrize(
    ("name", "data"), [("film.webm", b""), ("film.webm", b"\xff\xd8\xff"), ("film.en.vtt", b"1\n00:00 --> 00:01\nHi\n")]
)
def test_media_that_is_not_what_its_name_says(here: Path, name: str, data: bytes) -> None:
    content, rubrics = make_programme(here)
    (here / MEDIA / name).write_bytes(data)
    line = {"film.webm": 7, "film.en.vtt": 8}[name]
    assert said(content, rubrics) == [
        f'{FILM}:{line}: "../media/{name}" is not what its name says. Export it again in that format.'
    ]


def test_captions_without_a_caption(here: Path) -> None:
    content, rubrics = make_programme(here)
    write(here, f"{MEDIA}/film.en.vtt", "WEBVTT\n\nHello.\n")
    assert said(content, rubrics) == [
        f'{FILM}:8: "../media/film.en.vtt" holds no caption. '
        "Add captions, each under a line such as 00:01.000 --> 00:03.000."
    ]


def test_a_link_in_the_file_system_that_leads_out_of_the_programme(here: Path) -> None:
    content, rubrics = make_programme(here)
    shutil.move(here / MEDIA / "film.webm", here / "film.webm")
    (here / MEDIA / "film.webm").symlink_to(here / "film.webm")
    assert said(content, rubrics) == [
        f'{FILM}:7: "../media/film.webm" leads out of the programme\'s folder. Keep media inside it.'
    ]


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(here: Path) -> None:
    content, rubrics = make_programme(here)
    plain = read(content, rubrics)
    for name in (PROGRAM, UNIT, LESSON, FILM, CHECK, SCENARIO, RUBRIC):
        path = here / name
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read(content, rubrics).programmes == plain.programmes
    assert read(content, rubrics).faults == ()


def test_faults_outside_the_current_folder_have_the_whole_path(tmp_path: Path) -> None:
    content, rubrics = make_programme(tmp_path, {PROGRAM: ("language: en", "language: 1")})
    assert [fault.path for fault in check(content, rubrics)] == [(tmp_path / PROGRAM).as_posix()]
