"""How a programme has its recordings graded: what is read, what is at fault, and what a published version holds."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from mentorcert.catalog.check import check
from mentorcert.catalog.document import ProgrammeDocument, decode_programme, decode_rubric, encode, hash_of
from mentorcert.catalog.policy import Calibration, Combine, Grading, Release
from mentorcert.catalog.reader import Reading, read
from mentorcert.catalog.schema import schemas
from tests.catalog.factories import PROGRAM, RUBRIC, make_programme

BRIEF = "  brief: Record a talk.\n"
LINE = 20
"""The line of program.yaml on which `grading:` stands then."""


ROOT = Path(__file__).resolve().parents[2]


def with_grading(here: Path, rules: str) -> tuple[Path, Path]:
    return make_programme(here, {PROGRAM: (BRIEF, f"{BRIEF}  grading: {rules}\n")})


def document(reading: Reading) -> str:
    return encode(ProgrammeDocument(reading.programmes[0], {"tiny-rubric": "0" * 64}))


def test_without_rules_one_coach_grades_and_the_trainee_sees_it_at_once(here: Path) -> None:
    [programme] = read(*make_programme(here)).programmes
    assert programme.final.grading == Grading(
        graders=1,
        own_office=True,
        threshold=10,
        combine=Combine.MEAN,
        release=Release.AT_ONCE,
        lease_minutes=60,
        appeal_days=14,
        attempts=3,
        keep_days=180,
        calibration=None,
    )


def test_every_rule_is_read(here: Path) -> None:
    rules = (
        "{graders: 2, own_office: false, threshold: 15, combine: lower, release: by-manager, "
        "lease_minutes: 30, appeal_days: 0, attempts: 0, keep_days: 90, "
        "calibration: {exemplars: 3, every_days: 120, bar: 75}}"
    )
    [programme] = read(*with_grading(here, rules)).programmes
    assert programme.final.grading == Grading(
        graders=2,
        own_office=False,
        threshold=15,
        combine=Combine.LOWER,
        release=Release.BY_MANAGER,
        lease_minutes=30,
        appeal_days=0,
        attempts=0,
        keep_days=90,
        calibration=Calibration(3, 120, 75),
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("2", ["grading is a number, and has no keys. Write it as key: value lines."]),
        ("{graders: 3}", ["graders is 3, above 2. Write a whole number from 1 to 2."]),
        ("{graders: two}", ['graders is "two", not a whole number. Write a whole number from 1 to 2.']),
        ("{grader: 2}", ['there is no key "grader" here. Perhaps you mean "graders".']),
        ("{graders: 0, threshold: 10}", ["graders is 0, below 1. Write a whole number from 1 to 2."]),
        (
            "{threshold: 5, combine: lower}",
            [
                "combine is set, but one coach grades each recording. Write graders: 2, or remove combine.",
                "threshold is set, but one coach grades each recording. Write graders: 2, or remove threshold.",
            ],
        ),
        ("{graders: 2, threshold: 101}", ["threshold is 101, above 100. Write a whole number from 0 to 100."]),
        (
            "{graders: 2, threshold: 7.5}",
            ['threshold is "7.5", not a whole number. Write a whole number from 0 to 100.'],
        ),
        ("{graders: 2, combine: median}", ['combine is "median". Use mean, lower or higher.']),
        ("{release: never}", ['release is "never". Use at-once or by-manager.']),
        ("{own_office: 1}", ['own_office is "1". Write true or false, without quotes.']),
        ("{lease_minutes: 1}", ["lease_minutes is 1, below 5. Write a whole number from 5 to 1440."]),
        ("{appeal_days: -1}", ["appeal_days is -1, below 0. Write a whole number from 0 to 365."]),
        ("{attempts: 51}", ["attempts is 51, above 50. Write a whole number from 0 to 50."]),
        ("{keep_days: 0}", ["keep_days is 0, below 1. Write a whole number from 1 to 3650."]),
        (
            "{calibration: {exemplars: 3, every_days: 120, bar: 101}}",
            ["bar is 101, above 100. Write a whole number from 1 to 100."],
        ),
        (
            "{calibration: {exemplars: 3, bar: 80}}",
            ["calibration has no every_days. Add every_days (after how many days again)."],
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_explained(here: Path, rules: str, expected: list[str]) -> None:
    faults = [str(fault) for fault in check(*with_grading(here, rules))]
    assert faults == [f"{PROGRAM}:{LINE}: {each}" for each in expected]


def test_what_was_published_before_there_were_rules_is_read_as_usual_and_keeps_its_hash(here: Path) -> None:
    reading = read(*make_programme(here))
    published = document(reading)
    assert "grading" not in json.loads(published)["programme"]["final"]
    assert decode_programme(published).programme.final.grading == Grading()
    rubric = encode(reading.rubrics[0])
    assert [set(each) & {"bank"} for each in json.loads(rubric)["criteria"]] == [set(), set()]
    assert (decode_rubric(rubric), hash_of(encode(decode_rubric(rubric)))) == (reading.rubrics[0], hash_of(rubric))


def test_writing_down_what_is_usual_makes_no_new_version(here: Path, tmp_path: Path) -> None:
    usual = document(read(*make_programme(here)))
    written = document(read(*with_grading(tmp_path / "written", "{graders: 1, attempts: 3, appeal_days: 14}")))
    changed = document(read(*with_grading(tmp_path / "changed", "{attempts: 2}")))
    assert (written == usual, changed == usual) == (True, False)


def test_rules_and_a_bank_can_be_read_back(here: Path) -> None:
    rules = "{graders: 2, combine: higher, calibration: {exemplars: 3, every_days: 120, bar: 75}}"
    content, rubrics = with_grading(here, rules)
    (here / RUBRIC).write_text(
        f"{(here / RUBRIC).read_text()}    bank: [{{text: Go on.}}, {{text: So., level: solid}}]\n"
    )
    reading = read(content, rubrics)
    published = document(reading)
    assert decode_programme(published).programme == reading.programmes[0]
    assert decode_rubric(encode(reading.rubrics[0])) == reading.rubrics[0]
    assert encode(decode_programme(published)) == published


def test_every_rule_is_documented_with_what_holds_without_it() -> None:
    page = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
    section = page.partition("## The rules of a programme")[2].partition("\n## ")[0]
    listed = dict(re.findall(r"^\| `([a-z_]+)` \|.*\| ([^|]+) \|$", section, re.MULTILINE))
    usual = {name: str(value).lower() for name, value in asdict(Grading()).items()}
    schema = json.loads(schemas()["program.schema.json"])
    known = schema["properties"]["final"]["properties"]["grading"]["properties"]
    assert listed == usual
    assert set(known) == set(usual)
