"""The forms that take consent back, and that say where the person recorded can be reached."""

from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from mentorcert.errors import Fault

USES: Final[dict[str, Any]] = {
    "calibration": _l("That coaches practise grading with it"),
    "teaching": _l("That it is shown to later trainees"),
    "grading": _l("Everything: the recording and its transcript are deleted at once"),
}


class _Consent(FlaskForm):
    """A form that shows what the service found, beside the fields that it is about."""

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Put faults beside their fields; what this form has no field for stands at its top."""
        for fault in faults:
            said = f"{fault.what} {fault.todo}"
            if fault.where in self:
                self[fault.where].errors = [*self[fault.where].errors, said]
            else:
                self.form_errors.append(said)


class TakeBackForm(_Consent):
    """What the person recorded takes back; only what holds can be chosen."""

    uses = SelectMultipleField(
        _l("What is taken back"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self, held: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.uses.choices = [(use, label) for use, label in USES.items() if use in held]


class WithdrawForm(TakeBackForm):
    """The same by somebody else, for them."""

    reason = TextAreaField(_l("Why"), description=_l("Who asked for it, and when. It is kept in the audit log."))


class MenteeForm(_Consent):
    """Where the person recorded can be reached."""

    mentee_email = StringField(_l("Their e-mail address"))
