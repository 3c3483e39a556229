"""The form that hands in a recording. What is wrong with what was sent, the service says; see `show_faults`."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField

from mentorcert.errors import Fault
from mentorcert.recordings.transcript import LARGEST
from mentorcert.recordings.wishes import GRADING, HandIn


class HandInForm(FlaskForm):
    """A file or a link, the transcript, and the consent of the person recorded."""

    file = FileField(_l("The recording"))
    upload = HiddenField()
    link = StringField(
        _l("A link to it instead"),
        description=_l("To a cloud recording, in Zoom, Teams, SharePoint or elsewhere: all of it, from https:// on."),
    )
    passcode = StringField(_l("Passcode of the link"))
    transcript = FileField(
        _l("Transcript"),
        description=_l(
            "As your meeting program exports it: .vtt of Zoom or Teams, .txt of Meet, or subtitles as .srt. Needed "
            "with a file; with a link it helps the coach to find the moments."
        ),
    )
    mentee_name = StringField(
        _l("Whom you coached"), description=_l("You and your programme managers see the name; coaches don’t.")
    )
    mentee_email = StringField(
        _l("Their e-mail address"),
        description=_l("They get a mail with what they agreed to, and a link to take it back. Nothing else is sent."),
    )
    consent = BooleanField(_l("The person recorded agreed that coaches watch this recording to grade it."))
    calibration = BooleanField(_l("They also agreed that coaches practise grading with it."))
    teaching = BooleanField(_l("They also agreed that it is shown to later trainees."))

    def handed_in(self) -> HandIn:
        """What was sent, as the service takes it."""
        file, words = self.file.data, self.transcript.data
        agreed = ((GRADING, self.consent), ("calibration", self.calibration), ("teaching", self.teaching))
        return HandIn(
            mentee_name=self.mentee_name.data or "",
            mentee_email=self.mentee_email.data or "",
            uses=[use for use, box in agreed if box.data],
            source=file.stream if file else None,
            upload=None if file else _uuid(self.upload.data),
            link=self.link.data or "",
            passcode=self.passcode.data or "",
            transcript=words.read(LARGEST + 1) if words else b"",
        )

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Put what the service found beside the fields that it is about."""
        for fault in faults:
            item = self[fault.where]
            item.errors = [*item.errors, f"{fault.what} {fault.todo}"]


def _uuid(text: str | None) -> UUID | None:
    """What the hidden field names. Rubbish in it names nothing: then there is no file yet."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
