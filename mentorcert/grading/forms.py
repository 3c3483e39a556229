"""The form that asks how far coaches agree."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, ValidationError

from mentorcert.grading.agreement_queries import Asked
from mentorcert.sessions.forms import DayField, Listed

_DAY: Final = timedelta(days=1)


class AgreementForm(FlaskForm):
    """Which gradings to look at; everything may stay empty. It only reads, so it carries no token."""

    class Meta:
        """No token: the form is sent by GET, and an address can be passed on."""

        csrf = False

    programme = Listed(_l("Programme"))
    rubric = Listed(_l("Rubric"))
    cohort = Listed(_l("Cohort"))
    since = DayField(_l("Graded from"), [Optional()])
    until = DayField(_l("Graded until"), [Optional()])

    def __init__(
        self,
        given: "MultiDict[str, str]",
        *,
        programmes: Iterable[str],
        rubrics: dict[str, str],
        cohorts: dict[str, str],
    ) -> None:
        """`rubrics` and `cohorts` hold what each hash and each UUID is called."""
        super().__init__(formdata=given)
        self._offer(self.programme, _l("all programmes"), {slug: slug for slug in programmes})
        self._offer(self.rubric, _l("the last used"), rubrics)
        self._offer(self.cohort, _l("all cohorts"), cohorts)

    def validate_until(self, field: DayField) -> None:
        """It ends after it begins."""
        if field.data and self.since.data and field.data < self.since.data:
            raise ValidationError(_l("This is before the beginning. Change one of the two."))

    def asked(self, zone: ZoneInfo) -> Asked:
        """What was chosen; days begin and end in this zone."""
        return Asked(
            programme=self.programme.data or None,
            rubric=self.rubric.data or None,
            cohort=UUID(self.cohort.data) if self.cohort.data else None,
            since=_begin(self.since.data, zone),
            until=_begin(self.until.data + _DAY, zone) if self.until.data else None,
        )

    def _offer(self, field: Listed, nothing: Any, named: dict[str, str]) -> None:
        field.data = field.data or ""
        field.choices = [SelectChoice("", nothing), *(SelectChoice(value, label) for value, label in named.items())]


def _begin(day: Any, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None
