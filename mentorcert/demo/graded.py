"""The demo's recordings: handed in, waiting, on a coach's bench, graded, and one trainee certified."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from mentorcert.certification import service as certification
from mentorcert.cohorts.models import Enrolment
from mentorcert.demo.cast import ORGANISATION, TRAINEES, Recorded
from mentorcert.demo.study import Event
from mentorcert.evidence.service import Door
from mentorcert.files import Files
from mentorcert.grading import service as grading
from mentorcert.grading import taking
from mentorcert.grading.drafts import Draft, Entry
from mentorcert.people.models import Person
from mentorcert.recordings import keeping, queries
from mentorcert.recordings import service as recordings
from mentorcert.recordings.service import Found
from mentorcert.recordings.wishes import HandIn

MEDIA: Final = Path(__file__).parent / "media"
CRITERIA: Final = (
    *("agreement", "listening", "questions", "empathy"),
    *("strengths", "feedback", "difficulty", "commitments"),
)


@dataclass(frozen=True, slots=True)
class Story:
    """One recording: the film or the link, and what a coach found in it."""

    mentee: str
    film: str = ""
    """The name of a film in `media`; a link when empty."""
    coach: str = ""
    """The first part of the address of the coach who grades it."""
    levels: tuple[str, ...] = ()
    """A level for each of `CRITERIA`, as far as the coach has come."""
    comments: Mapping[str, str] | None = None
    whole: str = ""
    days_ago: int = 3


STORIES: Final[Mapping[str, Story]] = {
    "grace.lindqvist": Story(
        mentee="Nadia",
        film="amara.webm",
        coach="tomasz.wrona",
        levels=("solid", "strong", "strong", "solid", "partly", "solid", "solid", "strong"),
        comments={
            "listening": "At 0:27 you let four seconds go by. What she says after it is the reason she came.",
            "questions": "Two of your best questions come right after a pause. Not one of them carries advice.",
            "strengths": "She rewrote a plan twice in a weekend. Say what that shows, so that she can use it.",
            "commitments": "She left with one step, a time, and her own words for it. You wrote none of them.",
        },
        whole="You listen better than you think. Next, name what she is good at.",
        days_ago=9,
    ),
    "iris.kowalska": Story(
        mentee="Piotr",
        coach="priya.raman",
        levels=("solid", "solid", "solid", "strong", "solid", "solid", "partly", "solid"),
        comments={
            "listening": "You give back his words before you ask on, and he corrects you once. So it should go.",
            "questions": "Open questions come first throughout; at minute 11 you ask leave before you offer an idea.",
            "difficulty": "When he said “it’s pointless anyway” you changed the subject. Stay one question longer.",
        },
        whole="Steady and warm. What is left is to stay when it gets uncomfortable.",
        days_ago=4,
    ),
    "elin.voss": Story(
        mentee="Oskar",
        film="elin.webm",
        coach="tomasz.wrona",
        levels=("partly", "not-yet", "not-yet", "partly", "partly", "partly", "not-yet", "partly"),
        comments={
            "listening": "At 0:10 and 0:17 he begins to say what it is about, and you are faster. Count to four.",
            "questions": "There are two questions in the recording, and both have your answer in them.",
            "strengths": "“You’re really good at this” is kind, and he can’t use it. Say what he did.",
        },
        whole="You want to help, and you help too soon. Ask twice before you say what you would do.",
        days_ago=6,
    ),
    "jonas.breuer": Story(
        mentee="Selin",
        coach="priya.raman",
        levels=("solid", "solid", "partly"),
        comments={"listening": "Good summary at minute 6. Look at minute 9 again."},
        days_ago=2,
    ),
    "kemi.balogun": Story(mentee="Tom", film="kemi.mp4", days_ago=1),
}


@dataclass(frozen=True)
class Grading:
    """The recordings of the cohort, and the people who deal with them."""

    session: Session
    files: Files
    door: Door
    persons: Mapping[str, Person]
    enrolments: Mapping[str, Enrolment]

    def events(self, now: datetime) -> Iterator[Event]:
        """Each recording from handing in to where it stands today."""
        for each in TRAINEES:
            if each.recorded is not Recorded.NOT_YET:
                yield from self._story(each.email, each.recorded, now)

    def _story(self, who: str, recorded: Recorded, now: datetime) -> Iterator[Event]:
        story, at = STORIES[who], now - timedelta(days=STORIES[who].days_ago)
        yield at, self._hand_in(who, story)
        if story.levels:
            is_done = recorded is not Recorded.TAKEN
            begun = at + timedelta(hours=5) if is_done else now - timedelta(minutes=45)  # or the hold would have lapsed
            yield begun, self._take(who, story)
            yield begun + timedelta(minutes=40), self._save(who, story, last=is_done)
        if recorded is Recorded.CERTIFIED:
            yield now, self._certify(who)

    def _hand_in(self, who: str, story: Story) -> Callable[[datetime], object]:
        def hand_in(now: datetime) -> object:
            uses, whose = ("grading",), self._id(who)
            if not story.film:
                wish = HandIn(story.mentee, uses, link=f"https://video.{who.partition('.')[0]}.example/coaching")
                return recordings.hand_in(self.session, self.door, self.files, whose[0], wish, who=whose[1], now=now)
            film = MEDIA / story.film
            with film.open("rb") as source:
                wish = HandIn(story.mentee, uses, source=source, transcript=film.with_suffix(".vtt").read_bytes())
                made = recordings.hand_in(self.session, self.door, self.files, whose[0], wish, who=whose[1], now=now)
            return recordings.accept(self.session, self.door, made.uuid, self._found(film), now=now)

        return hand_in

    def _found(self, film: Path) -> Found:
        """What the worker would find; it lies beside the film, so that the demo needs no ffmpeg."""
        key = f"{keeping.FOLDER}/{uuid4()}"
        self.files.put(key, film.with_suffix(".jpg"), "image/jpeg")
        return Found(poster_key=key, **json.loads(film.with_suffix(".json").read_text(encoding="ascii")))

    def _take(self, who: str, story: Story) -> Callable[[datetime], object]:
        coach = self.persons[story.coach].uuid
        return lambda now: taking.take(self.session, self._recording(who), who=coach, now=now)

    def _save(self, who: str, story: Story, *, last: bool) -> Callable[[datetime], object]:
        coach, said = self.persons[story.coach].uuid, story.comments or {}
        levels = dict(zip(CRITERIA, story.levels, strict=False))
        entries = {each: Entry(levels.get(each, ""), said.get(each, "")) for each in CRITERIA}
        draft = Draft(revision=0, comment=story.whole, entries=entries)

        def save(now: datetime) -> object:
            held = taking.take(self.session, self._recording(who), who=coach, now=now)
            if not last:
                return grading.save_draft(self.session, held.uuid, draft, who=coach, now=now)
            return grading.submit(self.session, self.door, held.uuid, draft, who=coach, now=now)

        return save

    def _certify(self, who: str) -> Callable[[datetime], object]:
        manager = self.persons["helena.brandt"].uuid
        return lambda now: certification.certify(
            self.session, self.door, self.enrolments[who], organisation=ORGANISATION, who=manager, now=now
        )

    def _recording(self, who: str) -> UUID:
        found = queries.newest(self.session, self.enrolments[who])
        assert found is not None
        return found.uuid

    def _id(self, who: str) -> tuple[UUID, UUID]:
        return self.enrolments[who].uuid, self.persons[who].uuid
