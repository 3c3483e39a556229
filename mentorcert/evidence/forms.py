"""The form of the statement viewer."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import UUID as IsUuid
from wtforms.validators import Length, NumberRange, Optional

from mentorcert.evidence.sentences import VERBS

SYSTEM: Final = "system"
_WRONG_LINK: Final = _l("This link can't be read. Start from the list again.")


class FilterForm(FlaskForm):
    """What to look for; everything may stay empty. It only reads, so it carries no token."""

    class Meta:
        """No token: the form is sent by GET, and an address can be passed on."""

        csrf = False

    who = StringField(_l("Who"), [Length(max=200, message=_l("Use 200 characters or fewer."))])
    verb = SelectField(
        _l("Did what"),
        choices=[
            SelectChoice("", _l("anything")),
            *(SelectChoice(iri, word) for iri, word in sorted(VERBS.items(), key=lambda each: each[1])),
        ],
    )
    since = DateField(_l("Since"), [Optional()])
    authority = SelectField(_l("Told by"))
    registration = StringField(validators=[Optional(), IsUuid(_WRONG_LINK)])
    activity = StringField(validators=[Length(max=4000, message=_WRONG_LINK)])
    id = StringField(validators=[Optional(), IsUuid(_WRONG_LINK)])
    after = IntegerField(validators=[Optional(), NumberRange(0, 2**62, _WRONG_LINK)])
    seen = IntegerField(default=0, validators=[Optional(), NumberRange(0, 2**31, _WRONG_LINK)])

    def __init__(self, given: "MultiDict[str, str]", keys: Mapping[str, str]) -> None:
        super().__init__(formdata=given)
        self.verb.data = self.verb.data or ""
        self.authority.data = self.authority.data or ""
        self.authority.choices = [
            SelectChoice("", _l("any source")),
            SelectChoice(SYSTEM, "MentorCert"),
            *(SelectChoice(key, label) for key, label in keys.items()),
        ]
