"""What pages with a recording show of it: who speaks when, what is said, and the moments that are evidence."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from mentorcert.catalog.rubric import Criterion
from mentorcert.cohorts import queries as cohorts
from mentorcert.grading import feedback
from mentorcert.grading.feedback import Evidence, Pin
from mentorcert.recordings import context, final
from mentorcert.recordings.models import Recording
from mentorcert.recordings.voices import Voice
from mentorcert.web import here


def watched(
    recording: Recording, criteria: Sequence[Criterion], comments: Mapping[str, str], marked: Sequence[Evidence]
) -> dict[str, Any]:
    """The words without names, who speaks when, and the moments of the comments (by criterion) and of those marked."""
    pins = feedback.pins(criteria, comments, marked, recording.seconds)
    return {
        **heard(recording, pins),
        "pins": pins,
        "pins_of": {
            **{each.id: [pin for pin in pins if each.id in pin.criteria] for each in criteria},
            "": [pin for pin in pins if not pin.criteria],
        },
    }


def heard(recording: Recording, pins: Sequence[Pin]) -> dict[str, Any]:
    """The words without names, who speaks when, and how long it is: of a link, as far as anything is known of it."""
    labels = {Voice.MENTOR: str(_("Mentor")), Voice.MENTEE: str(_("Mentee"))}
    found = context.heard(here.session(), recording, here.person(), labels)
    ends = max([found.talk.ends, *(pin.seconds for pin in pins)])
    return {"cues": found.cues, "heard": found, "talk": found.talk, "seconds": recording.seconds or ends}


def length_note(recording: Recording) -> str:
    """What a coach should know of a recording that is shorter or longer than it was asked to be."""
    task = cohorts.programme(here.session(), recording.enrolment.cohort).final
    if final.is_short(task, recording.seconds):
        return str(_("Shorter than the %(minutes)d minutes that were asked for.", minutes=task.minutes_min))
    if final.is_long(task, recording.seconds):
        return str(_("Longer than the %(minutes)d minutes that were asked for.", minutes=task.minutes_max))
    return ""
