"""The form of the statement viewer."""

from collections.abc import Mapping
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import UUID as IsUuid
from wtforms.validators import Length, NumberRange, Optional, ValidationError
from wtforms.widgets import DateInput, DateTimeLocalInput, TextInput

from mentorcert.evidence.moments import Stretch, stretch

SYSTEM: Final = "system"
FILTERS: Final = ("who", "verb", "activity", "since", "until", "authority", "registration", "related")
"""What an address keeps on the way to other pages of the same list."""

_LONGEST: Final = 4000
_TOO_LONG: Final = _l("Use 4,000 characters or fewer.")
_NO_UUID: Final = _l("This is no UUID. It has 32 digits from 0 to f, in five groups.")
_WRONG_LINK: Final = _l("This link can't be read. Start from the list again.")


class MomentField(Field):
    """A day, or a moment to the minute or closer, in UTC; its data is a `Stretch`. Days are chosen in a calendar."""

    text = ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was sent; raises ValueError with what to write instead."""
        self.text = valuelist[0].strip() if valuelist else ""
        self.data: Stretch | None = stretch(self.text)
        if self.text and self.data is None:
            raise ValueError(_l("Write a day like 2026-11-24, or a time like 2026-11-24T14:30. Times are in UTC."))

    def widget(self, field: "MomentField", **attributes: Any) -> Any:
        """The browser's calendar; with a clock beside it when a time was asked for; what can't be read stays."""
        if field.errors:
            return TextInput()(field, **attributes)
        if field.data is None or field.data.day:
            return DateInput()(field, **attributes)
        return DateTimeLocalInput()(field, step="any", **attributes)

    def _value(self) -> str:
        return self.text.removesuffix("Z").replace(" ", "T")


class FilterForm(FlaskForm):
    """What to look for; everything may stay empty. It only reads, so it carries no token."""

    class Meta:
        """No token: the form is sent by GET, and an address can be passed on."""

        csrf = False

    who = StringField(_l("Who"), [Length(max=_LONGEST, message=_TOO_LONG)])
    verb = StringField(_l("Did what"), [Length(max=_LONGEST, message=_TOO_LONG)])
    activity = StringField(_l("About what"), [Length(max=_LONGEST, message=_TOO_LONG)])
    since = MomentField(_l("From"))
    until = MomentField(_l("Until"))
    authority = SelectField(_l("Told by"))
    registration = StringField(_l("Registration"), [Optional(), IsUuid(_NO_UUID)])
    id = StringField(_l("Statement's id"), [Optional(), IsUuid(_NO_UUID)])
    related = BooleanField(_l("Also where the person or the thing is only mentioned"))
    after = IntegerField(validators=[Optional(), NumberRange(0, 2**62, _WRONG_LINK)])
    seen = IntegerField(default=0, validators=[Optional(), NumberRange(0, 2**31, _WRONG_LINK)])

    def __init__(self, given: "MultiDict[str, str]", keys: Mapping[str, str] | None) -> None:
        """`keys` holds what each source is called; without it, any source may be named."""
        super().__init__(formdata=given)
        self.authority.data = self.authority.data or ""
        self.authority.validate_choice = keys is not None
        self.authority.choices = [
            SelectChoice("", _l("any source")),
            SelectChoice(SYSTEM, "MentorCert"),
            *(SelectChoice(key, label) for key, label in (keys or {}).items()),
        ]

    def validate_until(self, field: MomentField) -> None:
        """It ends after it begins."""
        begin, end = self.since.data, field.data
        if begin and end and end.last < begin.first:
            raise ValidationError(_l("This is before the beginning. Change one of the two."))

    @property
    def more(self) -> bool:
        """Whether anything is asked for that stands under the fold of the form."""
        return bool(self.registration.data or self.related.data or self.registration.errors or self.id.errors)
