"""A whole small programme and rubric on disk, in which a test changes a line or two."""

import atexit
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from mentorcert.catalog.reader import Reading, read

PROGRAM = "content/tiny/program.yaml"
UNIT = "content/tiny/units/01-start/unit.yaml"
LESSON = "content/tiny/units/01-start/lessons/first.md"
FILM = "content/tiny/units/01-start/lessons/film.md"
CHECK = "content/tiny/units/01-start/check.yaml"
SCENARIO = "content/tiny/units/01-start/scenarios/talk.yaml"
RUBRIC = "rubrics/tiny-rubric.yaml"
MEDIA = "content/tiny/units/01-start/media"

WEBM = b"\x1aE\xdf\xa3 a film"
JPEG = b"\xff\xd8\xff a picture"

FILES: dict[str, str] = {
    PROGRAM: """\
id: tiny
title: A tiny programme
language: en
summary: One unit.
topics:
  - {id: talks, title: Talks}
  - {id: feedback, title: Feedback}
units:
  - start
sessions:
  - {id: session-1, title: The first, unit: start, prework_due_hours_before: 18, minutes: 60}
  - {id: session-2, title: The second, unit: start, prework_due_hours_before: 0, minutes: 60}
final:
  id: final
  title: A recording
  due_days_after_last_session: 14
  minutes_min: 15
  minutes_max: 45
  brief: Record a talk.
requirements:
  - {id: prework, kind: prework, title: All pre-work}
  - {id: attendance, kind: attendance, title: One session, at_least: 1}
  - {id: checks, kind: checks, title: Checks, at_least_percent: 80}
  - {id: recording, kind: recording, title: A recording, rubric: tiny-rubric}
  - {id: critical, kind: critical, title: Listening, rubric: tiny-rubric}
certificate: {title: Certified, valid_months: 24, says: They can talk., says_not: They can dance.}
""",
    UNIT: """\
id: start
title: The start
short: Start
summary: How to begin.
topic: talks
outcomes:
  - Begin a talk
lessons: [first, film]
reflection: {id: reflection, title: Looking back, prompt: What happened?, minutes: 5}
check: check.yaml
scenarios:
  - talk
""",
    LESSON: """\
---
id: first
title: The first lesson
kind: read
minutes: 7
lead: Look at the beginning.
try: Begin something.
---

## Beginning

Begin, as in ![two people](../media/two.jpg).
""",
    FILM: """\
---
id: film
title: A film
kind: film
minutes: 2
lead: Watch the silence.
film: ../media/film.webm
captions: ../media/film.en.vtt
poster: ../media/two.jpg
---
It is short.
""",
    CHECK: """\
id: check
title: What you know
minutes: 5
questions:
  - id: q-choice
    kind: choice
    text: Which one?
    options:
      - {id: a, text: This, right: true, why: It is.}
      - {id: b, text: That, why: It is not.}
    rule: This before that.
  - id: q-multiple
    kind: multiple
    text: Which ones?
    options:
      - {id: a, text: One, right: true, why: It is.}
      - {id: b, text: Two, right: true, why: It is too.}
      - {id: c, text: Three, why: It is not.}
  - {id: q-claim, kind: truefalse, text: NO, answer: true, why: So it is.}
  - {id: q-order, kind: order, text: In which order?, items: [{id: a, text: One}, {id: b, text: Two}], why: Counting.}
  - id: q-match
    kind: match
    text: What goes with what?
    pairs: [{id: a, left: Cup, right: Saucer}, {id: b, left: Knife, right: Fork}]
    why: At table.
""",
    SCENARIO: """\
id: talk
title: A talk
topic: talks
minutes: 10
summary: Because it happens. Listen for questions.
mentor: You are early.
mentee: {name: Sam, brief: You are late.}
observer: Count questions.
debrief:
  - What did Sam want?
""",
    RUBRIC: """\
id: tiny-rubric
title: A tiny rubric
summary: Two criteria.
pass: 70
criteria:
  - id: listening
    title: Listening
    weight: 60
    critical: true
    min_level: solid
    comment: required
    levels:
      - {id: not-yet, title: Not yet, points: 1, anchor: Interrupts.}
      - {id: solid, title: Solid, points: 3, anchor: Waits.}
  - id: close
    title: Close
    weight: 40
    comment: optional
    levels:
      - {id: not-yet, title: Not yet, points: 1, anchor: Stops.}
      - {id: solid, title: Solid, points: 2, anchor: Sums up.}
""",
    f"{MEDIA}/film.en.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n",
}


@cache
def read_once(write_files: Callable[[Path], tuple[Path, Path]]) -> Reading:
    """Read what `write_files` writes, once a process: whoever only needs a programme need not wait for the reading."""
    folder = Path(mkdtemp(prefix="mentorcert-programme-"))
    atexit.register(rmtree, folder)
    return read(*write_files(folder))


def make_programme(root: Path, changes: Mapping[str, tuple[str, str]] | None = None) -> tuple[Path, Path]:
    """Write the programme and rubric below `root`; each change replaces a text, once, in a file.

    Gives the folders of content and rubrics.
    """
    for name, text in FILES.items():
        write(root, name, text)
    (root / MEDIA / "film.webm").write_bytes(WEBM)
    (root / MEDIA / "two.jpg").write_bytes(JPEG)
    for name, (old, new) in (changes or {}).items():
        change(root, name, old, new)
    return root / "content", root / "rubrics"


def write(root: Path, name: str, text: str) -> None:
    """Write a file and the folders above it."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def change(root: Path, name: str, old: str, new: str) -> None:
    """Replace the first `old` in a file, which must be there."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
