"""The form that arranges coaching."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from mentorcert.coaching.queries import Area
from mentorcert.errors import Fault
from mentorcert.people.models import Person


class ArrangeForm(FlaskForm):
    """Who is helped with one criterion, by whom, and how."""

    enrolments = SelectMultipleField(
        _l("Who"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    coach = SelectField(_l("Coach"), validate_choice=False)
    note = TextAreaField(_l("What is planned"), description=_l("They read it: when to meet, what to bring."))

    def __init__(self, area: Area, coaches: Sequence[Person], **options: object) -> None:
        super().__init__(prefix=f"{area.criterion}-", **options)
        self.enrolments.choices = [
            (str(place.enrolment.uuid), f"{place.enrolment.person.name}: {place.weak.reached}") for place in area.open
        ]
        self.coach.choices = [(str(each.uuid), each.name) for each in coaches]
        if self.enrolments.data is None:
            self.enrolments.data = [value for value, _ in self.enrolments.choices]

    def chosen(self) -> list[UUID]:
        """Who was ticked; what is no UUID is left out."""
        return [uuid for each in self.enrolments.data or () if (uuid := _uuid(each))]

    def chosen_coach(self) -> UUID | None:
        """The coach."""
        return _uuid(self.coach.data or "")

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Put what the service found beside the fields that it is about."""
        for fault in faults:
            item = self[fault.where]
            item.errors = [*item.errors, f"{fault.what} {fault.todo}"]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
