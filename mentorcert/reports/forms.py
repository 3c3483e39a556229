"""The forms of the reports."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.fields import Field
from wtforms.validators import InputRequired


class UuidsField(Field):
    """Any number of boxes that are ticked, each the UUID of a thing."""

    data: list[UUID]

    def process_data(self, value: Any) -> None:
        """Nothing is ticked unless somebody did."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the boxes; one that is no UUID is a fault of this field."""
        try:
            self.data = [UUID(each) for each in valuelist]
        except ValueError:
            self.data = []
            raise ValueError(_l("This can't be read. Load the page again, and tick whom to remind.")) from None


class RemindForm(FlaskForm):
    """Whom to remind, before which session."""

    session = IntegerField(_l("Session"), [InputRequired(_l("Load the page again."))])
    enrolments = UuidsField(_l("Whom to remind"), [InputRequired(_l("Nobody is ticked. Tick whom to remind."))])


class PlayForm(FlaskForm):
    """Which scenario to play in which session."""

    session = IntegerField(_l("Session"), [InputRequired(_l("Load the page again."))])
    scenario = StringField(_l("Scenario"), [InputRequired(_l("Choose a scenario."))])
