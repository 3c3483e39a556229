"""The forms of the live half. What is wrong with dates, links and names is said by the services; forms only read."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    URLField,
)
from wtforms.validators import InputRequired, Optional, ValidationError

from mentorcert.errors import Fault
from mentorcert.people.forms import clean
from mentorcert.sessions import running
from mentorcert.sessions.board import USUAL_ROUNDS
from mentorcert.sessions.planning import Wish

MOST_SKIPPED: Final = 60
YEARS: Final = range(1900, 3000)
"""Outside of them nobody means it, and at the edges of the calendar a day is no instant in every zone."""
ABOUT_SOMEBODY: Final = frozenset({"check-in", "check-out"})
"""Deeds of the console that name a person."""


class DayField(DateField):
    """A date, as browsers send it."""

    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; raises ValueError in our words."""
        try:
            super().process_formdata(list(valuelist))
        except ValueError:
            raise ValueError(_("This is not a date. Write it like 2026-11-26.")) from None
        if self.data is not None and self.data.year not in YEARS:
            raise ValueError(_("This is more than a year away. Look at the year again."))


class ClockField(TimeField):
    """A time of day, as browsers send it."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; raises ValueError in our words."""
        try:
            super().process_formdata(list(valuelist))
        except ValueError:
            raise ValueError(_("This is not a time. Write it like 16:00.")) from None


class NumberField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read it; raises ValueError in our words."""
        try:
            super().process_formdata(list(valuelist))
        except ValueError:
            raise ValueError(_("This is not a whole number.")) from None


class Listed(SelectField):
    """One of a list."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not in the list; raises ValidationError in our words."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choose one from the list.")) from None


class Either(RadioField):
    """One of a few."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is none of them; raises ValidationError in our words."""
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(_("Choose one of these.")) from None


class DaysField(TextAreaField):
    """Dates, one a line or with commas between them."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        days: Sequence[date] = self.data or ()
        return "\n".join(day.isoformat() for day in days)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read them; raises ValueError that names the first that is none."""
        self.data = ()
        words = re.split(r"[\s,;]+", valuelist[0].strip()) if valuelist else []
        if len(words) > MOST_SKIPPED:
            raise ValueError(_("These are too many dates. Name up to %(most)d.", most=MOST_SKIPPED))
        self.data = tuple(dict.fromkeys(_day(word) for word in words if word))


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ValueError(_("“%(word)s” is not a date. Write it like 2026-12-24.", word=word[:40])) from None


class Named(FlaskForm):
    """A form that takes the faults which a service found, each to the field it is about."""

    def take(self, faults: Sequence[Fault]) -> None:
        """Show faults where they belong; one about no field stands above all."""
        for fault in faults:
            said = f"{fault.what} {fault.todo}".strip()
            if fault.where in self:
                self[fault.where].errors = [*self[fault.where].errors, said]
            else:
                self.form_errors.append(said)


_NEEDED: Final = InputRequired(_l("This is needed."))


class SeasonForm(Named):
    """A cohort's season."""

    first = DayField(_l("First session"), [_NEEDED])
    at = ClockField(_l("Starts at"), [_NEEDED])
    count = NumberField(_l("How many"), [_NEEDED])
    skip = DaysField(_l("Weeks without a session"), description=_l("The dates that fall out, one a line: 2026-12-24"))
    until = DayField(_l("Over by"), [Optional()], description=_l("If there is a day by which it must all be done."))
    place = StringField(_l("Place"), filters=[clean])
    link = URLField(_l("Link to the meeting"), filters=[clean], description=_l("It starts with https://"))

    def wish(self) -> Wish:
        """What was asked for."""
        return Wish(
            first=self.first.data,
            at=self.at.data,
            count=self.count.data,
            skip=tuple(self.skip.data or ()),
            until=self.until.data,
            place=self.place.data,
            link=self.link.data,
        )


class SessionForm(Named):
    """One session: when, where, what is due, what is played."""

    day = DayField(_l("Date"), [_NEEDED])
    at = ClockField(_l("Starts at"), [_NEEDED])
    minutes = NumberField(_l("Minutes"), [_NEEDED])
    due_day = DayField(_l("Pre-work due on"), [_NEEDED])
    due_at = ClockField(_l("Due at"), [_NEEDED])
    place = StringField(_l("Place"), filters=[clean])
    link = URLField(_l("Link to the meeting"), filters=[clean], description=_l("It starts with https://"))
    topic = Listed(_l("Topic"))
    scenario = Listed(_l("Scenario"))


class ReasonForm(Named):
    """Why something is done."""

    reason = StringField(_l("Why"), filters=[clean])


class TopicForm(Named):
    """A topic's name."""

    title = StringField(_l("Topic"), filters=[clean])


class CorrectionForm(Named):
    """Somebody's attendance, put right after the session was closed."""

    who = Listed(_l("Who"))
    attended = Either(
        _l("What is so"), choices=[SelectChoice("yes", _l("Was there")), SelectChoice("no", _l("Was not there"))]
    )
    reason = StringField(_l("How you know"), filters=[clean], description=_l("It goes into the audit log."))


class ConsoleForm(FlaskForm):
    """What the console sends: what to do, from which round's page, and what the deed needs."""

    do = StringField()
    """The deed, and after a colon whom it is about."""
    at_round = IntegerField(validators=[Optional()])
    rounds = IntegerField(validators=[Optional()])
    scenario = StringField()
    topic = StringField(validators=[Optional()], filters=[clean])

    def validate_topic(self, field: StringField) -> None:
        """Refuse what is no UUID."""
        _uuid(field.data)

    def validate_do(self, field: StringField) -> None:
        """Refuse a deed about somebody that names nobody."""
        if self.deed in ABOUT_SOMEBODY or ":" in (field.data or ""):
            _uuid(self._about)

    @property
    def deed(self) -> str:
        """What to do."""
        return str(self.do.data or "").partition(":")[0]

    @property
    def person(self) -> UUID:
        """Whom the deed is about; raises ValidationError without anybody."""
        return _uuid(self._about)

    @property
    def wanted_rounds(self) -> int:
        """How many rounds; as many as everybody in a group of three needs, when nothing is said."""
        return USUAL_ROUNDS if self.rounds.data is None else int(self.rounds.data)

    @property
    def round_seen(self) -> int:
        """The round that the page showed."""
        return 0 if self.at_round.data is None else int(self.at_round.data)

    @property
    def _about(self) -> str:
        return str(self.do.data or "").partition(":")[2]


def _uuid(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise ValidationError(_("Choose from the list.")) from None


def round_choices() -> list[int]:
    """The numbers of rounds to choose from."""
    return list(running.ROUNDS)
